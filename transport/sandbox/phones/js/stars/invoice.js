// An invoice as it stands in a message; its Pay button belongs to the message's keyboard.

import { h, icon } from "../dom.js";
import { inStars } from "./amounts.js";

export function invoice({ media }) {
  return h(
    "div",
    { class: "invoice", role: "group", "aria-label": `Invoice: ${media.title}` },
    h("span", { class: "invoice-mark", "aria-hidden": "true" }, icon("star")),
    h("b", {}, media.title),
    h("span", { class: "price" }, inStars(media.stars)),
    h("p", {}, media.description),
    media.paid && h("span", { class: "paid-mark" }, icon("check"), "Paid"),
  );
}

// The button of a paid invoice leads to its receipt.
export function payButton(button, message, { pay, receiptOf }) {
  if (!message.media?.paid) return h("button", { type: "button", class: "key pay", onclick: () => pay(message) }, h("span", {}, button.text));
  return h("button", { type: "button", class: "key paid", onclick: () => receiptOf(message) }, icon("check"), h("span", {}, "Receipt"));
}
