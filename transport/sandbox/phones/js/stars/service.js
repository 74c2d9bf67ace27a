// Messages about payments, which nobody wrote: a line in the middle that opens the receipt.

import { h, timeOf } from "../dom.js";
import { inStars } from "./amounts.js";

export function serviceText({ kind, stars, title, recurring }) {
  if (kind === "refunded") return `Refunded: ${inStars(stars)} for ${title}`;
  return `You paid ${inStars(stars)} for ${title}${recurring === "renewal" ? " again" : ""}`;
}

// `open(message)` shows the receipt.
export function serviceRow(message, open) {
  const text = serviceText(message.service);
  const button = h(
    "button",
    { type: "button", class: "bubble service", "aria-label": `${text}; open the receipt`, onclick: () => open(message) },
    h("span", {}, text),
    h("small", {}, "Receipt · ", timeOf(message.date)),
  );
  return h("div", { class: "row service-row", "data-id": String(message.id) }, button);
}
