// The list of a chat's messages: kept in step with the chat, at the bottom unless its reader is elsewhere.

import { bubble, dayMark } from "./bubble.js";
import { dayOf, h, iconButton } from "./dom.js";

const NEAR = 60; // pixels from the end that still count as being there

export class MessageList {
  #rows = new Map();
  #day = "";
  #stick = true;
  #top = 0; // where the end was scrolled to

  constructor(chat, actions) {
    this.chat = chat;
    this.actions = { ...actions, jump: (id) => this.jump(id) };
    this.inner = h("div", { class: "inner" });
    this.scroller = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-label": `Chat with ${chat.bot.name}`, tabindex: "0" }, this.inner);
    this.badge = h("span", { class: "badge", hidden: true });
    this.downButton = iconButton("down", "Go to the newest message", () => this.toEnd(true), "to-end");
    this.downButton.append(this.badge);
    this.downButton.hidden = true;
    this.element = h("div", { class: "messages-frame" }, this.scroller, this.downButton);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.#walk(event));
    this.observer = new ResizeObserver(() => this.#stick && this.toEnd());
    this.observer.observe(this.inner);
    this.observer.observe(this.scroller);
    this.abort = new AbortController();
    for (const [name, act] of Object.entries(this.#reactions())) chat.addEventListener(name, ({ detail }) => act(detail), { signal: this.abort.signal });
    this.rebuild();
  }

  #reactions() {
    return {
      added: (message) => this.#append(message),
      changed: (message) => this.#redraw(message),
      removed: (id) => this.#remove(id),
      loaded: () => this.rebuild(),
      prepended: (before) => this.#goOnFrom(before),
      state: () => this.#mark(),
    };
  }

  close() {
    this.abort.abort();
    this.observer.disconnect();
    this.chat.atEnd = false;
  }

  rebuild() {
    const nodes = [];
    this.#rows.clear();
    this.#day = "";
    if (this.chat.earlier) nodes.push(h("button", { type: "button", class: "earlier", onclick: this.actions.earlier }, "Earlier messages"));
    for (const message of this.chat.messages.values()) nodes.push(...this.#nodes(message));
    this.inner.replaceChildren(...nodes);
    if (this.#stick) this.toEnd();
  }

  toEnd(smooth = false) {
    this.#stick = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.#top = this.scroller.scrollTop;
    this.#mark();
  }

  jump(id) {
    const row = this.#rows.get(id);
    if (!row) return;
    this.#stick = false;
    row.scrollIntoView({ block: "center" });
    row.classList.remove("found");
    requestAnimationFrame(() => row.classList.add("found"));
  }

  // Earlier messages were put on top: what was read stays where it was.
  #goOnFrom(id) {
    this.#stick = false;
    this.rebuild();
    this.#rows.get(id)?.scrollIntoView({ block: "start" });
  }

  // An album stands in one row, under the number of each of its messages.
  #row(message) {
    const group = this.chat.group(message);
    const row = bubble(this.chat, group, this.actions);
    for (const { id } of group) this.#rows.set(id, row);
    return row;
  }

  #nodes(message) {
    if (this.#rows.has(message.id)) return [];
    const day = dayOf(message.date);
    const nodes = day === this.#day ? [] : [dayMark(message.date)];
    this.#day = day;
    return [...nodes, this.#row(message)];
  }

  #append(message) {
    const stick = message.out || this.#stays(); // scrolled this very moment: the event is still to come
    const begun = this.chat.group(message).find(({ id }) => this.#rows.has(id));
    if (begun) this.#rows.get(begun.id).replaceWith(this.#row(message));
    else this.inner.append(...this.#nodes(message));
    this.#stick = stick;
    if (stick) this.toEnd();
    else this.#mark();
  }

  // Whoever was in the row stays in it.
  #redraw(message) {
    const old = this.#rows.get(message.id);
    if (!old) return;
    const held = old.contains(document.activeElement);
    const row = this.#row(message);
    old.replaceWith(row);
    if (held) (row.querySelector(".key") ?? row.querySelector(".bubble")).focus({ preventScroll: true });
  }

  #remove(id) {
    const row = this.#rows.get(id);
    this.#rows.delete(id);
    const [other] = [...this.#rows].find(([, one]) => one === row) ?? [];
    if (other === undefined) row?.remove();
    else row.replaceWith(this.#row(this.chat.messages.get(other)));
  }

  #scrolled() {
    this.#stick = this.#stays();
    this.#mark();
  }

  // A keyboard that opens takes room at the end and scrolls nothing: whoever was at the end stays there.
  #stays() {
    return this.#nearEnd() || (this.#stick && this.scroller.scrollTop >= this.#top);
  }

  #nearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #mark() {
    this.chat.atEnd = this.#stick;
    this.actions.seen(this.chat);
    this.downButton.hidden = this.#stick;
    this.badge.hidden = this.chat.unread === 0;
    this.badge.textContent = String(this.chat.unread);
  }

  // Arrows go from message to message; Enter opens the menu of the one in focus.
  #walk(event) {
    if (event.target.tagName === "INPUT") return; // there the arrows wind
    const rows = [...new Set(this.#rows.values())];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const focus = (index) => rows[index]?.querySelector(".bubble").focus();
    if (event.key === "ArrowUp") focus(at < 0 ? rows.length - 1 : Math.max(0, at - 1));
    else if (event.key === "ArrowDown" && at >= 0) focus(Math.min(rows.length - 1, at + 1));
    else if (event.key === "Enter" && document.activeElement.matches("div.bubble")) this.#menuOf(rows[at]);
    else return;
    event.preventDefault();
  }

  #menuOf(row) {
    const message = this.chat.messages.get(Number(row.dataset.id));
    const { left, bottom } = row.querySelector(".bubble").getBoundingClientRect();
    this.actions.menu(message, { clientX: left, clientY: Math.min(bottom, innerHeight - 200), preventDefault: () => {} });
  }
}
