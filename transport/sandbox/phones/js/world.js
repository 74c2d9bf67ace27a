// All phones of this page: who they are (remembered in localStorage), what they did and what came for them.

import { PAGE, api } from "./api.js";
import { Chat } from "./chat.js";
import { Live } from "./live.js";
import { Wallet } from "./stars/wallet.js";
import { attempt } from "./toast.js";

const RETRY = 2000;
const MEMORY = "masquerade.phones";
const NAMES = ["Anna", "Boris", "Chiara", "David", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Luca", "Mira", "Noor", "Olga", "Pavel"];

function recall() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY) ?? "[]");
  } catch {
    return [];
  }
}

function resolvers() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

export class Person extends EventTarget {
  constructor({ id, name, bot = null }, bots) {
    super();
    this.id = id;
    this.name = name;
    this.current = bot; // id of the bot whose chat is open; null shows the list of chats
    this.seq = null; // the newest event seen
    this.onScreen = true; // false while the phone is scrolled out of the page
    this.wallet = new Wallet(id);
    this.chats = new Map(bots.map((one) => [one.id, new Chat(this, one)]));
  }

  get unread() {
    let sum = 0;
    for (const chat of this.chats.values()) sum += chat.unread;
    return sum;
  }

  chat(bot) {
    return this.chats.get(bot) ?? [...this.chats.values()].find((one) => one.bot.username.toLowerCase() === String(bot).toLowerCase());
  }

  say(name) {
    this.dispatchEvent(new Event(name));
  }
}

export class World extends EventTarget {
  bots = [];
  people = new Map();
  fileLimit = Infinity; // bytes of the largest file that the sandbox takes
  ready = false;
  #begun = resolvers(); // whoever comes before the bots are known waits

  constructor() {
    super();
    this.live = new Live(() => this.#watch());
    this.live.addEventListener("event", ({ detail }) => this.#apply(detail));
    this.live.addEventListener("up", () => this.#resume());
  }

  // Reads who exists; people of an earlier world (var/ was emptied) are forgotten.
  async start() {
    const [bots, users, limit] = await Promise.all([api.bots(), api.users(), api.fileLimit()]);
    this.bots = bots;
    this.fileLimit = limit;
    const exists = new Set(users.map(({ id }) => id));
    for (const one of recall()) if (exists.has(one.id)) this.#seat(one);
    this.ready = true;
    this.#begun.resolve();
    this.#remember();
    this.live.connect();
  }

  nextName() {
    const taken = new Set([...this.people.values()].map(({ name }) => name));
    return NAMES.find((name) => !taken.has(name)) ?? `Guest ${this.people.size + 1}`;
  }

  async add(name, bot, language = "en") {
    await this.#begun.promise;
    const { id } = await api.addUser(name, language);
    return this.bring({ id, name, bot });
  }

  // Two new people; the second one on the second bot, so that a meeting across bots is seen.
  async addPair() {
    await this.#begun.promise;
    const first = await this.add(this.nextName(), this.bots[0]?.id ?? null);
    const second = await this.add(this.nextName(), (this.bots[1] ?? this.bots[0])?.id ?? null);
    return [first, second];
  }

  async absent() {
    return (await api.users()).filter(({ id, deleted }) => !deleted && !this.people.has(id));
  }

  bring(one) {
    const person = this.#seat(one);
    this.#remember();
    this.#read(person);
    return person;
  }

  putAway(person) {
    this.people.delete(person.id);
    this.#remember();
    this.live.refresh();
    this.dispatchEvent(new CustomEvent("gone", { detail: person }));
  }

  open(person, bot) {
    person.current = bot;
    if (bot !== null) person.chat(bot).set({ unread: 0 });
    this.#remember();
    person.say("switched");
    person.say("unread");
  }

  // As a link to a bot does it: its chat, and /start with the argument where the link has one.
  async openWith(chat, start) {
    this.open(chat.person, chat.bot.id);
    if (start) await api.send(chat.person.id, chat.bot.id, `/start ${start}`);
  }

  // As that person's link to a bot; their phone is taken up where it was put away.
  async follow(user, bot, start) {
    const known = this.people.get(user) ?? (await this.absent()).find(({ id }) => id === user);
    if (!known) throw new Error(`Nobody in this sandbox has the id ${user}.`);
    const person = this.people.get(user) ?? this.bring({ ...known, bot: null });
    const chat = person.chat(bot);
    if (!chat) throw new Error(`There is no bot @${bot} in this sandbox.`);
    await this.openWith(chat, start);
    return person;
  }

  // The end of a chat is on the screen; it counts as read only where somebody can look at it.
  seen(chat) {
    if (chat.unread === 0 || !chat.inView) return;
    chat.set({ unread: 0 });
    chat.person.say("unread");
  }

  #seat(one) {
    const person = new Person(one, this.bots);
    if (person.current !== null && !person.chat(person.current)) person.current = this.bots[0]?.id ?? null;
    this.people.set(person.id, person);
    this.dispatchEvent(new CustomEvent("came", { detail: person }));
    return person;
  }

  #remember() {
    const list = [...this.people.values()].map(({ id, name, current }) => ({ id, name, bot: current }));
    localStorage.setItem(MEMORY, JSON.stringify(list));
  }

  // First what was, then the events since: a phone is followed once its chats are read.
  async #read(person) {
    try {
      const pages = await Promise.all([...person.chats.values()].map((chat) => this.#readChat(chat)));
      await person.wallet.refresh();
      person.seq ??= Math.min(...pages.map(({ seq }) => seq), Number.MAX_SAFE_INTEGER);
      this.live.refresh();
    } catch (error) {
      this.#trouble(error);
      setTimeout(() => this.people.get(person.id) === person && this.#read(person), RETRY);
    }
  }

  async #readChat(chat) {
    const page = await api.history(chat.person.id, chat.bot.id);
    chat.load(page, page.messages.length === PAGE);
    return page;
  }

  async readEarlier(chat) {
    const first = chat.messages.keys().next().value;
    const { messages } = await api.history(chat.person.id, chat.bot.id, first);
    chat.loadEarlier(messages, messages.length === PAGE);
  }

  #watch() {
    const followed = [...this.people.values()].filter(({ seq }) => seq !== null);
    return { watch: followed.map(({ id }) => id), after: Object.fromEntries(followed.map(({ id, seq }) => [id, seq])) };
  }

  // The connection is there (again): the world may have been emptied meanwhile.
  async #resume() {
    const here = [...this.people.values()]; // whoever comes while the answer is under way is not in it
    try {
      const exists = new Set((await api.users()).map(({ id }) => id));
      for (const person of here) {
        if (!exists.has(person.id)) this.putAway(person);
        else if (person.seq === null) this.#read(person);
      }
      this.live.refresh();
    } catch (error) {
      this.#trouble(error);
    }
  }

  #trouble(error) {
    this.dispatchEvent(new CustomEvent("trouble", { detail: error }));
  }

  #apply(event) {
    if (event.type === "error") return this.#trouble(new Error(event.error));
    const person = this.people.get(event.user);
    const chat = person?.chat(event.bot);
    if (!chat) return;
    person.seq = Math.max(person.seq ?? 0, event.seq);
    if (event.type === "message") this.#message(person, chat, event.message);
    else if (event.type === "edit") chat.change(event.message);
    else if (event.type === "delete") chat.remove(event.message.id);
    else if (event.type === "answer") chat.say("answer", event);
  }

  #message(person, chat, raw) {
    const fresh = chat.receive(raw);
    if (raw.service) attempt(() => person.wallet.refresh());
    if (!fresh || raw.out) return;
    if (!chat.inView) {
      chat.set({ unread: chat.unread + 1 });
      person.say("unread");
    }
    person.say("rang");
  }
}
