// The open chat of a phone: header, messages, composer, and what a person can do there.

import { api } from "./api.js";
import { Composer } from "./composer.js";
import { avatar, h, iconButton } from "./dom.js";
import { openMenu, openMenuUnder } from "./menu.js";
import { askBeforeSending } from "./media/dialog.js";
import { takeFiles } from "./media/drop.js";
import { fileUrl } from "./media/kinds.js";
import { Uploads } from "./media/uploads.js";
import { Viewer } from "./media/viewer.js";
import { MessageList } from "./messages.js";
import { inStars } from "./stars/amounts.js";
import { readLink } from "./stars/links.js";
import { openOverview } from "./stars/overview.js";
import { openPayment } from "./stars/payment.js";
import { ofMessage, openReceipt } from "./stars/receipt.js";
import { answer, attempt, toast } from "./toast.js";

const DICE = new Set(["🎲", "🎯", "🎳", "🏀", "⚽", "⚽️", "🎰"]); // alone in a message they are rolled
const PATIENCE = 15_000; // milliseconds until an unanswered button gives up

export class Conversation {
  #pressed = []; // buttons that wait for their answer, oldest first
  #queue = Promise.resolve(); // what was typed goes out in that order
  #abort = new AbortController();

  constructor(world, chat, phone) {
    this.world = world;
    this.chat = chat;
    this.phone = phone;
    this.uploads = new Uploads(chat);
    this.composer = new Composer(chat, {
      send: (text) => this.send(text),
      attach: (files) => this.#attach(files),
      voice: (item) => this.#upload({ items: [item], caption: "", spoiler: false }),
      edit: (message, text) => this.edit(message, text),
      pressKey: (text) => this.#inOrder(() => api.press(this.user, this.bot, text)),
      unblock: () => this.#block(false),
    });
    this.list = new MessageList(chat, {
      press: (message, button, node) => this.press(message, button, node),
      copy: (text) => this.#copy(text),
      command: (text) => this.send(text),
      earlier: () => attempt(() => world.readEarlier(chat)),
      reply: (message) => this.composer.reply(message),
      menu: (message, event) => this.#menu(message, event),
      view: (message) => new Viewer(chat, message).open(),
      seen: (one) => world.seen(one),
      pay: (message) => openPayment(chat.person, { bot: this.bot, message_id: message.id }, phone),
      receipt: (message) => openReceipt(chat.person, ofMessage(message, this.bot)),
      receiptOf: (message) => this.#receiptOf(message),
    });
    this.empty = h(
      "div",
      { class: "nothing" },
      avatar(chat.bot.name, chat.bot.id),
      h("b", {}, chat.bot.name),
      h("span", {}, `@${chat.bot.username}`),
      h("p", {}, `${chat.person.name} has not written to this bot yet.`),
    );
    this.element = h("div", { class: "conversation" }, this.#header(), h("div", { class: "stage" }, this.list.element, this.empty), this.composer.element);
    takeFiles(this.element, chat.bot.name, () => this.composer.open, (files) => this.#attach(files));
    this.list.element.addEventListener("click", (event) => this.#followLink(event));
    this.#follow();
    this.#update();
  }

  get user() {
    return this.chat.person.id;
  }

  get bot() {
    return this.chat.bot.id;
  }

  close() {
    this.#abort.abort();
    this.composer.recorder.stop(false);
    this.list.close();
  }

  shown() {
    this.list.toEnd();
    this.composer.update();
  }

  send(text) {
    const reply = this.chat.replyTo?.id;
    this.chat.set({ replyTo: null });
    const call = DICE.has(text) ? api.roll : api.send;
    return this.#inOrder(() => call(this.user, this.bot, text, reply), text);
  }

  edit(message, text) {
    this.chat.set({ editing: null });
    const call = message.media ? api.editCaption : api.edit;
    return this.#inOrder(() => call(this.user, this.bot, message.id, text), text);
  }

  async press(message, button, node) {
    node.classList.add("busy");
    node.setAttribute("aria-busy", "true");
    const waiting = { id: message.id, node };
    this.#pressed.push(waiting);
    waiting.timer = setTimeout(() => this.#release(waiting) && toast(`${this.chat.bot.name} did not answer the button.`), PATIENCE);
    const label = button.data_base64 ? button.text : button.data; // data that is no text cannot be named
    if (!(await attempt(() => api.press(this.user, this.bot, label, message.id)))) this.#release(waiting);
  }

  #attach(files) {
    askBeforeSending({
      files,
      limit: this.world.fileLimit,
      caption: this.composer.takeDraft(),
      title: files.length > 1 ? `Send ${files.length} files` : "Send a file",
      onCancel: (caption) => this.composer.giveBack(caption),
      onSend: (what) => this.#upload(what),
    });
  }

  async #upload(what) {
    const replyTo = this.chat.replyTo?.id;
    this.chat.set({ replyTo: null });
    if (!(await this.uploads.send(what, replyTo))) this.composer.giveBack(what.caption);
  }

  #replace(message) {
    const choose = h("input", { type: "file" });
    choose.addEventListener("change", () =>
      askBeforeSending({
        files: choose.files,
        limit: this.world.fileLimit,
        caption: message.caption,
        title: "Put another in its place",
        onSend: (what) => this.uploads.replace(message.id, what),
      }),
    );
    choose.click();
  }

  // Links to invoices and to the bots of this world; all others are the browser's.
  #followLink(event) {
    const found = readLink(event.target.closest("a")?.href ?? "");
    const chat = found?.bot && this.chat.person.chat(found.bot);
    if (!found?.link && !chat) return;
    event.preventDefault();
    if (found.link) openPayment(this.chat.person, { link: found.link }, this.phone);
    else attempt(() => this.world.openWith(chat, found.start));
  }

  #receiptOf(invoice) {
    const paid = [...this.chat.messages.values()].find(({ service, replyTo }) => service?.kind === "paid" && replyTo === invoice.id);
    if (paid) openReceipt(this.chat.person, ofMessage(paid, this.bot));
    else openOverview(this.chat.person); // its message has not come: the list has it
  }

  #follow() {
    const { signal } = this.#abort;
    for (const name of ["added", "removed", "loaded", "state"]) this.chat.addEventListener(name, () => this.#update(), { signal });
    this.chat.addEventListener("answer", ({ detail }) => this.#answered(detail), { signal });
  }

  #update() {
    this.empty.hidden = !this.chat.loaded || this.chat.messages.size > 0;
    this.element.setAttribute("aria-busy", String(!this.chat.loaded));
    this.composer.update();
    this.subtitle.textContent = this.chat.blocked ? "blocked" : `@${this.chat.bot.username}`;
  }

  #inOrder(action, text = "") {
    this.#queue = this.#queue.then(async () => {
      if (!(await attempt(action)) && text) this.composer.giveBack(text);
    });
    return this.#queue;
  }

  #answered({ text, alert, message }) {
    const waiting = this.#pressed.find(({ id }) => id === message.id);
    if (waiting) this.#release(waiting);
    if (text) answer(this.phone, text, alert);
  }

  #release(waiting) {
    const at = this.#pressed.indexOf(waiting);
    if (at < 0) return false;
    this.#pressed.splice(at, 1);
    clearTimeout(waiting.timer);
    waiting.node.classList.remove("busy");
    waiting.node.removeAttribute("aria-busy");
    return true;
  }

  #header() {
    const { bot } = this.chat;
    this.subtitle = h("small", {});
    this.back = iconButton("back", "All chats", () => this.world.open(this.chat.person, null), "back");
    const more = iconButton("more", `More about ${bot.name}`, () => openMenuUnder(more, this.#botMenu(), bot.name));
    return h("header", { class: "chat-header" }, this.back, avatar(bot.name, bot.id), h("div", { class: "who" }, h("b", {}, bot.name), this.subtitle), more);
  }

  #botMenu() {
    const { blocked, person } = this.chat;
    const { balance } = person.wallet;
    return [
      { label: balance === null ? "Stars" : `Stars: ${inStars(balance)}`, icon: "star", action: () => openOverview(person) },
      { label: "Send /start", icon: "send", action: () => this.send("/start") },
      { label: blocked ? "Unblock the bot" : "Block the bot", icon: "block", danger: !blocked, action: () => this.#block(!blocked) },
      { label: `Put ${person.name}'s phone away`, icon: "close", action: () => this.world.putAway(person) },
    ];
  }

  async #block(blocked) {
    const call = blocked ? api.block : api.unblock;
    if (await attempt(() => call(this.user, this.bot))) this.chat.set({ blocked });
  }

  async #copy(text) {
    if (await attempt(() => navigator.clipboard.writeText(text))) toast("Copied.");
  }

  #menu(message, event) {
    event.preventDefault();
    const text = message.text || message.caption;
    openMenu({
      x: event.clientX,
      y: event.clientY,
      label: "Message",
      entries: [
        { label: "Reply", icon: "reply", action: () => this.composer.reply(message) },
        message.out && (message.text || message.media?.file_unique_id) && { label: message.media ? "Edit caption" : "Edit", icon: "edit", action: () => this.composer.edit(message) },
        message.out && message.media?.file_unique_id && { label: "Replace file", icon: "replace", action: () => this.#replace(message) },
        message.media?.file_unique_id && { label: "Download", icon: "download", action: () => download(message.media) },
        text && { label: "Copy text", icon: "copy", action: () => this.#copy(text) },
      ],
    });
  }
}

function download(media) {
  h("a", { href: fileUrl(media), download: media.file_name || media.kind }).click();
}
