// The payment sheet: what is bought and for how much; the bot is asked once it is confirmed.

import { api } from "../api.js";
import { avatar, h, icon } from "../dom.js";
import { alertBox, attempt, toast } from "../toast.js";
import { TOP_UP, inStars, priceText } from "./amounts.js";
import { facts, sheet, show } from "./sheet.js";

const NO_INVOICE = "There is no such invoice. The link may be mistyped, or the message was deleted.";
const AGAIN = "Nobody knows whether it was paid: confirm again, it is paid once.";
const UNPAID = {
  timeout: () => "The bot did not answer within ten seconds. Nothing was paid; you can try again.",
  too_poor: ({ form }) => `${inStars(form.stars)} are needed. Nothing was paid.`,
  expired: () => "This payment was left open for too long. Nothing was paid by it.",
  not_payable: (_, text) => `This cannot be paid: ${text}.`,
};

const sheets = new Map(); // by person and invoice: a payment on its way is shown again, not begun twice

// what: {bot, message_id} or {link}. Refusals are said over `phone`, the element of the person's phone.
export async function openPayment(person, what, phone) {
  const key = JSON.stringify([person.id, what]);
  if (sheets.has(key)) return sheets.get(key)?.show();
  sheets.set(key, null); // its form is being asked for
  const begun = await attempt(async () => {
    const payment = new Payment({ person, what, phone, form: await openForm(person, what), onDone: () => sheets.delete(key) });
    sheets.set(key, payment);
    payment.show();
  });
  if (!begun) sheets.delete(key);
}

async function openForm(person, what) {
  try {
    return await api.openForm(person.id, what);
  } catch (error) {
    throw error.status === 404 ? new Error(NO_INVOICE) : error;
  }
}

const choice = (label, act, primary = true) => h("button", { type: "button", class: primary ? "action primary" : "action", onclick: act }, label);

class Payment {
  #asking = false;

  constructor({ person, what, phone, form, onDone }) {
    Object.assign(this, { person, what, phone, form, onDone });
    this.balance = form.balance;
    this.bot = person.chat(form.bot)?.bot ?? { id: form.bot, name: "the bot" }; // made after this page was opened
    this.facts = h("div", {});
    this.progress = h("p", { class: "asking", role: "status" });
    this.note = h("p", { class: "problem", role: "alert", hidden: true });
    this.buttons = h("div", { class: "buttons" });
    this.dialog = sheet(
      `${person.name}'s payment`,
      { name: "payment", onClose: () => this.#asking || this.onDone() },
      h("span", { class: "big-star", "aria-hidden": "true" }, icon("star")),
      h("h2", {}, form.title),
      h("p", { class: "about" }, form.description),
      this.facts,
      this.progress,
      this.note,
      this.buttons,
    );
    this.#draw();
  }

  show() {
    if (this.dialog.open) return;
    show(this.dialog);
    this.main.focus();
  }

  // outcome: why it was not paid so far, in a word; empty before it was tried.
  #draw(outcome = "") {
    const { form, person, bot } = this;
    this.facts.replaceChildren(
      facts([
        ["Price", priceText(form)],
        [`${person.name}'s balance`, inStars(this.balance)],
        ["To", h("span", { class: "payee" }, avatar(bot.name, bot.id), bot.name)],
      ]),
    );
    const missing = form.stars - this.balance;
    this.progress.replaceChildren(...(missing > 0 && !outcome ? [`${inStars(missing)} more are needed.`] : []));
    const cancel = choice(outcome === "not_payable" ? "Close" : "Cancel", () => this.dialog.close(), false);
    this.main = this.#mainButton(outcome) ?? cancel;
    this.buttons.replaceChildren(...new Set([cancel, this.main]));
    if (this.dialog.open) this.main.focus();
  }

  #mainButton(outcome) {
    if (outcome === "not_payable") return null;
    if (outcome === "expired") return choice("Open it again", () => this.#reopen());
    if (this.balance < this.form.stars) return choice(`Get ${inStars(TOP_UP)}`, () => this.#topUp());
    return choice("Confirm", () => this.#confirm());
  }

  // However often it is pressed: one form, which is paid once.
  async #confirm() {
    if (this.#asking) return;
    this.#ask(true);
    this.#say("");
    try {
      await this.#settle(await api.pay(this.person.id, this.form.form_id));
    } catch (error) {
      this.#fail(error.status === 0 ? `${error.message} ${AGAIN}` : error.message);
    }
  }

  #ask(asking) {
    this.#asking = asking;
    this.main.setAttribute("aria-busy", String(asking));
    this.main.setAttribute("aria-disabled", String(asking));
    this.progress.replaceChildren(...(asking ? [h("i", { class: "turning" }), `Asking ${this.bot.name}…`] : []));
  }

  async #settle({ outcome, text }) {
    if (outcome === "paid" || outcome === "refused") return this.#close(outcome, text);
    if (outcome === "too_poor") {
      await this.person.wallet.refresh();
      this.balance = this.person.wallet.balance;
    }
    this.#fail(UNPAID[outcome](this, text), outcome);
  }

  #close(outcome, text) {
    this.#end();
    this.dialog.close();
    if (outcome === "refused") return this.#declined(text || "Without a reason.");
    toast(`Paid ${inStars(this.form.stars)} for ${this.form.title}.`, "good");
    if (document.activeElement === document.body) this.phone.querySelector(".messages")?.focus({ preventScroll: true });
  }

  // In the bot's own words, over the phone; at the edge of the page where that was put away meanwhile.
  #declined(words) {
    const title = `${this.bot.name} declined the payment. Nothing was paid.`;
    if (this.phone.isConnected) alertBox(this.phone, words, title);
    else toast(`${title} ${words}`, "bad");
  }

  // Said in the sheet, or at the edge of the page where it was closed meanwhile.
  #fail(words, outcome = "") {
    this.#end();
    if (!this.dialog.open) return toast(words, "bad");
    this.#say(words);
    this.#draw(outcome);
  }

  #end() {
    this.#ask(false);
    if (!this.dialog.open) this.onDone();
  }

  #say(words) {
    this.note.hidden = !words;
    this.note.textContent = words;
  }

  async #topUp() {
    const { wallet } = this.person;
    try {
      await wallet.add(TOP_UP);
      this.balance = wallet.balance;
      this.#say("");
    } catch (error) {
      this.#say(error.message);
    }
    this.#draw();
  }

  async #reopen() {
    try {
      this.form = await openForm(this.person, this.what);
      this.balance = this.form.balance;
      this.#say("");
      this.#draw();
    } catch (error) {
      this.#fail(error.message, "expired");
    }
  }
}
