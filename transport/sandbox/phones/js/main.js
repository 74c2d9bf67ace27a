// The page: phones side by side (or one at a time on a narrow screen), tabs, and the state of the connection.

import { avatar, h } from "./dom.js";
import { FaultsDrawer } from "./faults.js";
import { askForPerson } from "./people.js";
import { Phone } from "./phone.js";
import { attempt, toast } from "./toast.js";
import { World } from "./world.js";

const RETRY = 2000;
const byId = (id) => document.getElementById(id);
const desk = byId("desk");
const tabs = byId("tabs");
const world = new World();
const phones = new Map();

const inView = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) lookedAt(target.dataset.user, isIntersecting);
  },
  { root: desk, threshold: 0.6 },
);

function lookedAt(user, onScreen) {
  const person = world.people.get(Number(user));
  if (!person) return;
  person.onScreen = onScreen;
  const current = onScreen ? person : [...world.people.values()].find((one) => one.onScreen);
  for (const tab of tabs.children) tab.setAttribute("aria-current", String(tab.dataset.user === String(current?.id)));
  if (onScreen) readAll(person);
}

function readAll(person) {
  for (const chat of person.chats.values()) world.seen(chat);
}

function tabOf(person) {
  const badge = h("span", { class: "badge", hidden: true });
  const tab = h("button", { type: "button", class: "tab", "data-user": String(person.id), onclick: () => turnTo(person) }, avatar(person.name, person.id), h("span", {}, person.name), badge);
  person.addEventListener("unread", () => {
    badge.hidden = person.unread === 0;
    badge.textContent = String(person.unread);
    showTitle();
  });
  return tab;
}

function turnTo(person) {
  const phone = phones.get(person.id);
  phone.element.scrollIntoView({ inline: "center", block: "nearest", behavior: "smooth" });
  phone.focus();
}

function showTitle() {
  let unread = 0;
  for (const person of world.people.values()) unread += person.unread;
  document.title = `${unread > 0 ? `(${unread}) ` : ""}Phones · Masquerade sandbox`;
}

function showWelcome() {
  byId("welcome").hidden = !world.ready || phones.size > 0;
}

world.addEventListener("came", ({ detail: person }) => {
  const phone = new Phone(world, person);
  phones.set(person.id, phone);
  desk.append(phone.element);
  phone.shown();
  inView.observe(phone.element);
  tabs.append(tabOf(person));
  showWelcome();
});

world.addEventListener("gone", ({ detail: person }) => {
  inView.unobserve(phones.get(person.id).element);
  phones.get(person.id).close();
  phones.delete(person.id);
  for (const tab of [...tabs.children]) if (tab.dataset.user === String(person.id)) tab.remove();
  showTitle();
  showWelcome();
});

world.addEventListener("trouble", ({ detail: error }) => toast(error.message, "bad"));

function showLink(state, text, banner) {
  byId("link").dataset.state = state;
  byId("link").textContent = text;
  byId("banner").hidden = !banner;
  byId("banner").textContent = banner ?? "";
}

world.live.addEventListener("up", () => showLink("up", "Live"));
world.live.addEventListener("down", () => showLink("down", "Reconnecting…", "The connection to the sandbox is lost. Trying again…"));

async function openPair() {
  await attempt(async () => turnTo((await world.addPair())[0]));
}

for (const id of ["pair", "welcome-pair"]) byId(id).addEventListener("click", openPair);
byId("one").addEventListener("click", () => askForPerson(world));
new FaultsDrawer(world, byId("faults"));
document.addEventListener("visibilitychange", () => {
  for (const person of world.people.values()) readAll(person);
});

// The address of somebody's link to a bot, /#user=…&bot=…&start=…: their phone opens it. Once: a reload does not.
async function followAddress() {
  const { user, bot, start } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (!user || !bot) return;
  history.replaceState(null, "", location.pathname);
  await attempt(async () => turnTo(await world.follow(Number(user), bot, start)));
}

async function begin() {
  try {
    await world.start();
    showWelcome();
    window.addEventListener("hashchange", followAddress);
    await followAddress();
  } catch (error) {
    showLink("down", "Reconnecting…", error.message);
    setTimeout(begin, RETRY);
  }
}

begin();
