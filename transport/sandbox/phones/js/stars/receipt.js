// The receipt of a payment: what was paid, when, to whom, whether it was given back, and the transaction's id.

import { h, icon } from "../dom.js";
import { inStars, momentOf } from "./amounts.js";
import { Problem, facts, heading, sheet, show } from "./sheet.js";

const BY_HAND = "The browser does not let this page copy. The id is marked: copy it by hand.";

// The receipt of a transaction in the wallet, or of a service message: both name the same charge.
export const ofTransaction = ({ id, amount, refund, date, title, bot }) => ({ id, stars: Math.abs(amount), refund, date, title, bot });

export function ofMessage({ service, date }, bot) {
  const { kind, charge_id: id, stars, title, recurring, until } = service;
  return { id, stars, refund: kind === "refunded", date, title, bot, recurring, until };
}

function rowsOf({ id, stars, refund, date, bot, recurring, until }, person) {
  const refunded = refund ? null : person.wallet.refundOf(id);
  const name = person.chat(bot)?.bot.name ?? "A bot";
  return [
    [refund ? "Given back" : "Paid", inStars(stars)],
    [refund ? "By" : "To", name],
    ["On", momentOf(date)],
    recurring && ["Subscription", recurring === "first" ? "first payment" : "renewal"],
    until && ["Paid until", momentOf(until)],
    refunded && ["Refunded", momentOf(refunded.date)],
  ];
}

function idLine(id, problem) {
  const text = h("code", {}, id);
  const label = h("span", { role: "status" }, "Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(id);
      label.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text);
      problem.say(BY_HAND);
    }
  };
  const button = h("button", { type: "button", class: "action", "aria-label": "Copy the transaction id", onclick: copy }, icon("copy"), label);
  return h("section", { class: "transaction-id" }, h("h3", {}, "Transaction id"), text, button);
}

export async function openReceipt(person, receipt) {
  const problem = new Problem();
  const facing = h("div", {});
  const draw = () => facing.replaceChildren(facts(rowsOf(receipt, person)));
  const dialog = sheet(
    "Receipt",
    { name: "receipt", onClose: () => person.wallet.removeEventListener("changed", draw) },
    heading(receipt.refund ? "Refund" : "Receipt", () => dialog),
    h("p", { class: "about" }, receipt.title || "Stars"),
    facing,
    idLine(receipt.id, problem),
    problem.element,
  );
  draw();
  person.wallet.addEventListener("changed", draw);
  show(dialog);
  await problem.attempt(() => person.wallet.refresh());
}
