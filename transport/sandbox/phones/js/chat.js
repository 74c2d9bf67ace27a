// One person's conversation with one bot, as that phone knows it. Views listen; only World writes.

const now = () => Date.now() / 1000;

function read(raw, known) {
  return {
    id: raw.id,
    out: Boolean(raw.out),
    text: raw.text ?? "",
    entities: raw.entities ?? [],
    replyTo: raw.reply_to ?? null,
    keyboard: raw.keyboard?.kind === "inline" ? raw.keyboard : null,
    media: raw.media ?? null,
    service: raw.service ?? null, // of a payment or a refund: nobody wrote it
    albumId: raw.album_id ?? null,
    caption: raw.caption ?? "",
    date: raw.date ?? known?.date ?? now(),
    edited: Boolean(raw.edited) && raw.media?.kind !== "invoice", // that one was paid, not rewritten
    forwarded: Boolean(raw.forwarded),
  };
}

// A reply keyboard without rows is one that was taken away.
const rowsOf = (keyboard) => (keyboard?.kind === "reply" && keyboard.rows.length > 0 ? keyboard.rows : null);

export class Chat extends EventTarget {
  messages = new Map();
  unread = 0;
  blocked = false;
  keyboard = null; // rows of the reply keyboard, or null
  keyboardFrom = 0; // id of the message that brought it
  loaded = false; // its history was read
  earlier = false; // there is more than what was read
  replyTo = null;
  editing = null;
  draft = "";
  uploads = []; // {name, part}: files on their way, part from 0 to 1
  revealed = new Set(); // ids of messages whose spoiler was lifted
  atEnd = false; // its newest message is drawn where a reader of this phone would see it

  constructor(person, bot) {
    super();
    this.person = person;
    this.bot = bot;
  }

  get last() {
    return [...this.messages.values()].at(-1) ?? null;
  }

  get inView() {
    return this.atEnd && this.person.onScreen && !document.hidden;
  }

  // The messages that stand together with this one: its album, or itself.
  group(message) {
    if (!message.albumId) return [message];
    return [...this.messages.values()].filter(({ albumId }) => albumId === message.albumId);
  }

  say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // The same message may come twice (history and socket): the second time it changes nothing that is seen.
  receive(raw) {
    const known = this.messages.get(raw.id);
    const message = read(raw, known);
    this.messages.set(message.id, message);
    this.#follow(raw);
    if (known) this.say("changed", message);
    else this.say("added", message);
    return !known;
  }

  change(raw) {
    if (!this.messages.has(raw.id)) return;
    this.messages.set(raw.id, read(raw, this.messages.get(raw.id)));
    this.say("changed", this.messages.get(raw.id));
  }

  remove(id) {
    if (this.messages.delete(id)) this.say("removed", id);
  }

  load({ messages, keyboard, blocked }, earlier) {
    this.messages = new Map(messages.map((raw) => [raw.id, read(raw)]));
    this.keyboardFrom = messages.at(-1)?.id ?? 0;
    this.earlier = earlier;
    this.loaded = true;
    this.set({ keyboard: rowsOf(keyboard), blocked });
    this.say("loaded");
  }

  loadEarlier(messages, earlier) {
    const before = this.messages.keys().next().value;
    this.messages = new Map([...messages.map((raw) => [raw.id, read(raw)]), ...this.messages]);
    this.earlier = earlier;
    this.say("prepended", before);
  }

  set(changes) {
    Object.assign(this, changes);
    this.say("state");
  }

  // The reply keyboard is the newest one that the bot sent, until it takes it away.
  #follow({ id, out, keyboard }) {
    if (out || keyboard?.kind !== "reply" || id < this.keyboardFrom) return;
    this.keyboardFrom = id;
    this.set({ keyboard: rowsOf(keyboard) });
  }
}
