// The command line: goes to a page or a part of it, a setting, a user by id, a bot. Other modules add what they know by `offer`.

import { ask } from "./api.js";

const byId = (id) => document.getElementById(id);
const MOST = 12;
const CONFIGURATION = "/admin/configuration";
const sources = [pages, users, parts, knownSettings];
let settings = null; // [{key, title}], once somebody has opened the command line
let found = [];
let chosen = 0;

// `source(text)` gives [{title, about, path}]; `text` is what was typed, in small letters.
export function offer(source) {
  sources.push(source);
}

// Whether the viewer's menu has that page.
export const leadsTo = (path) => document.querySelector(`#menu a[href="${path}"]`) !== null;

function pages(text) {
  const links = [...document.querySelectorAll("#menu a")];
  return links
    .filter((link) => link.textContent.trim().toLowerCase().includes(text))
    .map((link) => ({ title: link.textContent.trim(), about: "page", path: link.getAttribute("href") }));
}

function parts(text) {
  if (!text) return [];
  return [...document.querySelectorAll("#menu a[data-parts]")].flatMap((link) => {
    const page = link.textContent.trim();
    const all = Object.entries(JSON.parse(link.dataset.parts));
    const found = all.filter(([, title]) => title.toLowerCase().includes(text));
    return found.map(([id, title]) => ({ title, about: page, path: `${link.getAttribute("href")}#${id}` }));
  });
}

// By each word of what was typed, in the name or the title.
function knownSettings(text) {
  if (!text || !settings) return [];
  const words = text.split(/\s+/);
  const found = settings.filter(({ key, title }) => words.every((word) => `${key} ${title}`.toLowerCase().includes(word)));
  return found.map(({ key, title }) => ({ title: `${title[0].toUpperCase()}${title.slice(1)}`, about: key, path: `${CONFIGURATION}#${key}` }));
}

async function learnSettings() {
  if (settings || !leadsTo(CONFIGURATION)) return;
  settings = [];
  try {
    settings = (await ask("GET", "/api/config")).items.filter(({ live }) => live);
  } catch {
    settings = null; // the next time somebody opens it
  }
  if (byId("palette").open) search();
}

function users(text) {
  const id = text.replace(/[\s,]/g, "");
  if (!/^\d{1,16}$/.test(id) || !leadsTo("/admin/users")) return [];
  return [{ title: `User ${id}`, about: "user", path: `/admin/users/${id}` }];
}

function draw() {
  const rows = found.map(({ title, about }, at) => {
    const row = Object.assign(document.createElement("li"), { id: `palette-${at}`, textContent: title });
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(at === chosen));
    row.append(Object.assign(document.createElement("small"), { textContent: about }));
    row.addEventListener("click", () => go(at));
    return row;
  });
  byId("palette-list").replaceChildren(...rows);
  byId("palette-none").hidden = rows.length > 0;
  byId("palette-text").setAttribute("aria-activedescendant", rows.length > 0 ? `palette-${chosen}` : "");
  rows[chosen]?.scrollIntoView({ block: "nearest" });
}

function search() {
  const text = byId("palette-text").value.trim().toLowerCase();
  found = sources.flatMap((source) => source(text)).slice(0, MOST);
  chosen = 0;
  draw();
}

function go(at) {
  if (!found[at]) return;
  byId("palette").close(); // a part of this page needs no new page
  location.assign(found[at].path);
}

function onKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.length > 0) {
    event.preventDefault();
    chosen = (chosen + step + found.length) % found.length;
    draw();
  } else if (event.key === "Enter") {
    event.preventDefault();
    go(chosen);
  }
}

export function openPalette() {
  if (!byId("palette").open) byId("palette").showModal();
  byId("palette-text").value = "";
  byId("palette-text").focus();
  search();
  learnSettings();
}

export function installPalette() {
  byId("seek").addEventListener("click", openPalette);
  byId("palette-text").addEventListener("input", search);
  byId("palette-text").addEventListener("keydown", onKey);
}
