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
    albumId: raw.album_id ?? null,
    caption: raw.caption ?? "",
    date: raw.date ?? known?.date ?? now(),
    edited: Boolean(raw.edited ?? raw.edit_date),
  };
}

export class Chat extends EventTarget {
  messages = new Map();
  unread = 0;
  blocked = false;
  keyboard = null; // rows of the reply keyboard, or null
  keyboardFrom = 0; // id of the message that brought it
  replyTo = null;
  editing = null;
  draft = "";
  atEnd = false; // its newest message is drawn where a reader of this phone would see it

  constructor(person, bot) {
    super();
    this.person = person;
    this.bot = bot;
  }

  get last() {
    let last = null;
    for (const message of this.messages.values()) if (!last || message.id > last.id) last = message;
    return last;
  }

  get inView() {
    return this.atEnd && this.person.onScreen && !document.hidden;
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
    const message = { ...read(raw, this.messages.get(raw.id)), edited: raw.edited ?? true };
    this.messages.set(message.id, message);
    this.say("changed", message);
  }

  remove(id) {
    if (this.messages.delete(id)) this.say("removed", id);
  }

  load(history) {
    for (const raw of history) {
      this.messages.set(raw.id, read(raw, this.messages.get(raw.id)));
      this.#follow(raw);
    }
    this.messages = new Map([...this.messages].sort(([a], [b]) => a - b));
    this.say("loaded");
  }

  set(changes) {
    Object.assign(this, changes);
    this.say("state");
  }

  // The reply keyboard is the newest one that the bot sent, until it takes it away.
  #follow({ id, out, keyboard }) {
    if (out || !keyboard || keyboard.kind === "inline" || id < this.keyboardFrom) return;
    this.keyboardFrom = id;
    const rows = keyboard.kind === "reply" && keyboard.rows?.length ? keyboard.rows : null;
    this.set({ keyboard: rows });
  }
}
