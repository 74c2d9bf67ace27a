// Where a person writes: text, the message replied to or being edited, and the bot's reply keyboard.

import { summary } from "./bubble.js";
import { h, icon, iconButton } from "./dom.js";
import { Recorder } from "./media/recorder.js";
import { thumbnail } from "./media/view.js";

const TALLEST = 140;

// actions: {send(text), edit(message, text), attach(files), voice(item), pressKey(text), unblock()}
export class Composer {
  constructor(chat, actions) {
    this.chat = chat;
    this.actions = actions;
    this.input = h("textarea", {
      rows: 1,
      placeholder: "Message",
      "aria-label": `Message to ${chat.bot.name}`,
      enterkeyhint: "send",
      autocapitalize: "sentences",
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
    });
    this.files = h("input", { type: "file", multiple: true, hidden: true, "aria-label": `Files for ${chat.bot.name}`, onchange: () => this.#chosen() });
    this.attachButton = iconButton("attach", "Attach files", () => this.files.click(), "attach");
    this.uploads = h("div", { class: "uploads" });
    this.sendButton = iconButton("send", "Send", () => this.submit(), "send");
    this.recorder = new Recorder(actions.voice, () => this.update());
    this.voiceButton = iconButton("microphone", "Record a voice message", () => this.recorder.start(), "send");
    this.keysButton = iconButton("keys", "Show or hide the bot's keyboard", () => this.#toggleKeys(), "toggle-keys");
    this.context = h("div", { class: "context", hidden: true });
    this.field = h("div", { class: "field" }, this.files, this.attachButton, this.input, this.keysButton);
    this.line = h("form", { class: "write", onsubmit: (event) => event.preventDefault() }, this.field, this.voiceButton, this.sendButton);
    this.keys = h("div", { class: "reply-keys", role: "group", "aria-label": `Keyboard of ${chat.bot.name}` });
    this.unblock = h("button", { type: "button", class: "wide", onclick: actions.unblock }, `Unblock ${chat.bot.name}`);
    this.start = h("button", { type: "button", class: "wide start", onclick: () => actions.send("/start") }, "Start");
    this.element = h("div", { class: "composer" }, this.uploads, this.context, this.recorder.element, this.line, this.keys, this.unblock, this.start);
    this.keysShown = true;
    this.input.value = chat.draft;
    this.update();
  }

  // Something can be sent now: the chat has begun and is not blocked.
  get open() {
    return !this.line.hidden;
  }

  // Follows the chat: blocked, empty, replying, editing, the keyboard.
  update() {
    const { chat } = this;
    const empty = chat.loaded && chat.messages.size === 0;
    this.unblock.hidden = !chat.blocked;
    this.start.hidden = chat.blocked || !empty;
    this.recorder.element.hidden = !this.recorder.active;
    this.line.hidden = chat.blocked || empty || this.recorder.active;
    this.keysButton.hidden = !chat.keyboard;
    this.keys.hidden = chat.blocked || !chat.keyboard || !this.keysShown;
    this.#drawKeys();
    this.#drawContext();
    this.#drawUploads();
    this.#typed();
  }

  reply(message) {
    this.chat.set({ replyTo: message, editing: null });
    this.input.focus();
  }

  edit(message) {
    this.chat.set({ editing: message, replyTo: null });
    this.input.value = message.text || message.caption;
    this.#typed();
    this.input.focus();
  }

  submit() {
    const text = this.input.value.trim();
    const { editing } = this.chat;
    if (!text && !editing?.media) return; // a caption may be taken away
    this.input.value = "";
    this.#typed();
    if (editing) this.actions.edit(editing, text);
    else this.actions.send(text);
  }

  // A text that could not be sent comes back, unless something else is being written by now.
  giveBack(text) {
    if (this.input.value) return;
    this.input.value = text;
    this.#typed();
  }

  #drawKeys() {
    if (this.drawn === this.chat.keyboard) return;
    this.drawn = this.chat.keyboard;
    this.keysShown = true;
    this.keys.hidden = this.chat.blocked || !this.drawn;
    const key = ({ text }) => h("button", { type: "button", class: "key", onclick: () => this.actions.pressKey(text) }, h("span", {}, text));
    this.keys.replaceChildren(...(this.drawn ?? []).map((row) => h("div", { class: "keys" }, row.map(key))));
  }

  #drawContext() {
    const { replyTo, editing } = this.chat;
    const message = editing ?? replyTo;
    this.context.hidden = !message;
    if (!message) return;
    const title = editing ? (editing.media ? "Edit caption" : "Edit") : `Reply to ${message.out ? this.chat.person.name : this.chat.bot.name}`;
    this.context.replaceChildren(
      icon(editing ? "edit" : "reply"),
      thumbnail(message, this.chat) ?? "",
      h("div", { class: "context-text" }, h("b", {}, title), h("span", {}, summary(message))),
      iconButton("close", "Cancel", () => this.#cancel()),
    );
  }

  #cancel() {
    if (this.chat.editing) this.input.value = "";
    this.chat.set({ replyTo: null, editing: null });
    this.#typed();
    this.input.focus();
  }

  #chosen() {
    const files = [...this.files.files];
    this.files.value = "";
    if (files.length > 0) this.actions.attach(files);
  }

  // What was written becomes the caption.
  takeDraft() {
    const text = this.input.value;
    this.input.value = "";
    this.#typed();
    return text;
  }

  #drawUploads() {
    this.uploads.replaceChildren(
      ...this.chat.uploads.map(({ name, part }) =>
        h("div", { class: "upload" }, h("span", {}, `Sending ${name}`), h("progress", { max: 1, value: part, "aria-label": `Sending ${name}` })),
      ),
    );
  }

  #toggleKeys() {
    this.keysShown = !this.keysShown;
    this.keysButton.setAttribute("aria-pressed", String(!this.keysShown));
    this.update();
  }

  #typed() {
    this.chat.draft = this.input.value;
    const ready = this.input.value.trim() !== "" || Boolean(this.chat.editing);
    this.sendButton.classList.toggle("ready", ready);
    this.sendButton.hidden = !ready;
    this.voiceButton.hidden = ready;
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST)}px`;
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && (this.chat.replyTo || this.chat.editing)) {
      event.stopPropagation();
      this.#cancel();
    } else if (event.key === "ArrowUp" && this.input.value === "") {
      const own = [...this.chat.messages.values()].filter(({ out, text, media }) => out && (text || media)).at(-1);
      if (!own) return;
      event.preventDefault();
      this.edit(own);
    }
  }
}
