// A person's Stars: the balance, more Stars, subscriptions and transactions.

import { h } from "../dom.js";
import { TOP_UP, inStars, momentOf, withSign } from "./amounts.js";
import { ofTransaction, openReceipt } from "./receipt.js";
import { Problem, heading, sheet, show } from "./sheet.js";
import { subscriptionLine } from "./subscriptions.js";

const MOST = 1_000_000;

class Overview {
  constructor(person) {
    this.person = person;
    this.problem = new Problem();
    this.balance = h("p", { class: "balance", role: "status" });
    this.subscriptions = h("ul", { class: "star-list" });
    this.transactions = h("ul", { class: "star-list" });
    const draw = () => this.#draw();
    this.dialog = sheet(
      `${person.name}'s Stars`,
      { name: "overview", onClose: () => person.wallet.removeEventListener("changed", draw) },
      heading(`${person.name}'s Stars`, () => this.dialog),
      this.balance,
      this.#adding(),
      this.problem.element,
      h("h3", {}, "Subscriptions"),
      this.subscriptions,
      h("h3", {}, "Transactions"),
      this.transactions,
    );
    person.wallet.addEventListener("changed", draw);
  }

  async open() {
    this.#draw();
    show(this.dialog);
    await this.problem.attempt(() => this.person.wallet.refresh());
  }

  #adding() {
    const amount = h("input", { type: "number", value: String(TOP_UP), min: String(-MOST), max: String(MOST), step: "1", required: true, "aria-label": "How many Stars; a negative number takes some away" });
    const add = () => this.problem.attempt(() => this.person.wallet.add(Number(amount.value)));
    return h("form", { class: "adding", onsubmit: (event) => (event.preventDefault(), add()) }, amount, h("button", { class: "action primary" }, "Add Stars"));
  }

  #draw() {
    const { balance, subscriptions, transactions } = this.person.wallet;
    this.balance.textContent = balance === null ? "…" : inStars(balance);
    const focused = document.activeElement?.closest?.(".subscription")?.dataset.id;
    const lines = subscriptions.map((one) => subscriptionLine(this.person, one, (id, action) => this.problem.attempt(() => this.person.wallet.change(id, action))));
    this.subscriptions.replaceChildren(...(lines.length > 0 ? lines.reverse() : [nothing("Nothing is subscribed to.")]));
    const rows = transactions.map((row) => this.#transaction(row));
    this.transactions.replaceChildren(...(rows.length > 0 ? rows.reverse() : [nothing("Nothing was bought yet.")]));
    if (focused) [...this.subscriptions.children].find(({ dataset }) => dataset.id === focused)?.querySelector("button")?.focus();
  }

  // Newest on top; what went to a bot or came from one has a receipt.
  #transaction(row) {
    const { amount, refund, date, title, bot } = row;
    const name = bot ? `${refund ? "Refund: " : ""}${title || "Payment"}` : amount < 0 ? "Stars taken away" : "Stars bought";
    const inside = [
      h("b", {}, name),
      h("span", { class: amount < 0 ? "amount" : "amount in" }, withSign(amount)),
      h("small", {}, [bot && this.person.chat(bot)?.bot.name, momentOf(date)].filter(Boolean).join(" · ")),
    ];
    if (!bot) return h("li", {}, h("div", { class: "transaction" }, ...inside));
    return h("li", {}, h("button", { type: "button", class: "transaction", onclick: () => openReceipt(this.person, ofTransaction(row)) }, ...inside));
  }
}

const nothing = (text) => h("li", { class: "hint" }, text);

export const openOverview = (person) => new Overview(person).open();

// The balance as a button that opens the rest of it.
export function balanceButton(person, signal) {
  const button = h("button", { type: "button", class: "star-chip", onclick: () => openOverview(person) });
  const draw = () => {
    const { balance } = person.wallet;
    button.hidden = balance === null;
    if (balance === null) return;
    button.textContent = inStars(balance);
    button.setAttribute("aria-label", `${person.name}'s Stars: ${inStars(balance)}`);
  };
  draw();
  person.wallet.addEventListener("changed", draw, { signal });
  return button;
}
