// One phone: the list of chats, or the chat that is open.

import { summary } from "./bubble.js";
import { Conversation } from "./conversation.js";
import { avatar, h, iconButton, timeOf } from "./dom.js";
import { balanceButton } from "./stars/overview.js";

export class Phone {
  #conversation = null;
  #abort = new AbortController();

  constructor(world, person) {
    this.world = world;
    this.person = person;
    this.screen = h("div", { class: "screen" });
    this.starsOnList = balanceButton(person, this.#abort.signal);
    const away = iconButton("close", `Put ${person.name}'s phone away`, () => world.putAway(person));
    this.element = h(
      "section",
      { class: "phone", "aria-label": `${person.name}'s phone`, "data-user": String(person.id) },
      h("header", { class: "owner" }, avatar(person.name, person.id), h("h2", {}, person.name), balanceButton(person, this.#abort.signal), away),
      this.screen,
    );
    this.#follow();
    this.#switch();
  }

  close() {
    this.#conversation?.close();
    this.#abort.abort();
    this.element.remove();
  }

  shown() {
    this.#conversation?.shown();
  }

  focus() {
    this.element.querySelector(".start:not([hidden]), textarea, .chat-row")?.focus({ preventScroll: true });
  }

  #follow() {
    const { signal } = this.#abort;
    this.person.addEventListener("switched", () => this.#switch(), { signal });
    this.person.addEventListener("unread", () => this.#badges(), { signal });
    const redraw = () => this.person.current === null && this.#drawList();
    for (const chat of this.person.chats.values()) for (const name of ["added", "changed", "removed", "loaded", "state"]) chat.addEventListener(name, redraw, { signal });
  }

  #switch() {
    this.#conversation?.close();
    this.#conversation = null;
    if (this.person.current === null) this.#drawList();
    else this.#drawChat(this.person.chat(this.person.current));
  }

  #drawChat(chat) {
    this.#conversation = new Conversation(this.world, chat, this.element);
    this.screen.replaceChildren(this.#conversation.element);
    this.#conversation.shown();
    this.#badges();
  }

  #drawList() {
    const rows = [...this.person.chats.values()].map((chat) => this.#chatRow(chat));
    this.screen.replaceChildren(h("div", { class: "chats" }, h("header", {}, h("h3", {}, "Chats"), this.starsOnList), ...rows));
  }

  #chatRow(chat) {
    const { bot, last, unread } = chat;
    return h(
      "button",
      { type: "button", class: "chat-row", onclick: () => this.#openChat(bot.id) },
      avatar(bot.name, bot.id),
      h("span", { class: "chat-name" }, bot.name),
      h("time", {}, last ? timeOf(last.date) : ""),
      h("span", { class: "chat-last" }, last ? (last.out && !last.service ? "You: " : "") + summary(last) : `@${bot.username}`),
      unread > 0 && h("span", { class: "badge", "aria-label": `${unread} unread` }, String(unread)),
    );
  }

  #openChat(bot) {
    this.world.open(this.person, bot);
    this.focus();
  }

  // How much waits in the other chats, on the arrow that leads there.
  #badges() {
    const back = this.#conversation?.back;
    if (!back) return;
    const others = this.person.unread - this.#conversation.chat.unread;
    back.querySelector(".badge")?.remove();
    if (others > 0) back.append(h("span", { class: "badge", "aria-label": `${others} unread in other chats` }, String(others)));
  }
}
