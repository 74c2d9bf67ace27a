// The page of settings: what was changed is compared, saved together or not at all, and can be undone for some seconds.

import { ask } from "./api.js";
import { installRows, normal, valueOf } from "./controls.js";
import { toast } from "./toast.js";

const LOOKS = 10; // times, a second apart, while a process is late
const by = (id) => document.getElementById(id);
const settings = () => [...document.querySelectorAll(".setting")];
const settingOf = (key) => settings().find((each) => each.dataset.key === key);
const valueBefore = (setting) => JSON.parse(setting.dataset.value);
const same = (one, other) => JSON.stringify(normal(one)) === JSON.stringify(normal(other));
const shown = (value) => (typeof value === "string" && value ? value : JSON.stringify(value));

let wanted = []; // what the dialog is about
let asLoaded = by("settings").outerHTML; // without what was entered

function versionOf(setting) {
  return Number(setting.closest("[data-version]").dataset.version);
}

function changes() {
  return settings()
    .map((setting) => ({ setting, value: valueOf(setting) }))
    .filter(({ setting, value }) => !same(value, valueBefore(setting)))
    .map(({ setting, value }) => ({ key: setting.dataset.key, value, version: versionOf(setting) }));
}

function count() {
  const changed = new Set(changes().map((each) => each.key));
  for (const each of settings()) each.classList.toggle("changed", changed.has(each.dataset.key));
  by("changes").hidden = changed.size === 0;
  by("count").textContent = changed.size === 1 ? "1 change" : `${changed.size} changes`;
}

function clear() {
  for (const place of document.querySelectorAll("[data-wrong]")) place.textContent = "";
  for (const place of document.querySelectorAll("#settings [aria-invalid]")) place.removeAttribute("aria-invalid");
  by("diff-wrong").textContent = "";
  by("again").hidden = true;
}

// Beside the setting that is wrong, whose name begins the field: vip.plans[0].stars.
function refuse(error) {
  const setting = settings().find((each) => error.field === each.dataset.key || error.field.startsWith(`${each.dataset.key}[`) || error.field.startsWith(`${each.dataset.key}.`));
  if (!setting) {
    if (!by("diff").open) by("diff").showModal();
    by("diff-wrong").textContent = error.message;
    by("again").hidden = error.status !== 409;
    return;
  }
  by("diff").close();
  setting.querySelector("[data-wrong]").textContent = error.message;
  const input = setting.querySelector("input, textarea");
  input.setAttribute("aria-invalid", "true");
  input.focus();
}

function cell(tag, text, inside = null) {
  const made = document.createElement(tag);
  made.append(inside ? Object.assign(document.createElement(inside), { textContent: text }) : text);
  return made;
}

async function look(these) {
  clear();
  wanted = these;
  try {
    const { changed } = await ask("POST", "/api/config/check", { changes: these });
    by("diff-rows").replaceChildren(...changed.map(({ key, before, after }) => {
      const row = document.createElement("tr");
      row.append(cell("td", settingOf(key)?.querySelector("label, strong").textContent || key), cell("td", shown(before), "code"), cell("td", shown(after), "code"));
      return row;
    }));
    by("diff").showModal();
  } catch (error) {
    by("diff-rows").replaceChildren();
    refuse(error);
  }
}

// How to have it again as it was: the saved value, or none.
function before({ key }) {
  const setting = settingOf(key);
  return { key, value: setting.dataset.saved === undefined ? null : valueBefore(setting) };
}

async function save() {
  const old = wanted.map(before);
  try {
    const answer = await ask("POST", "/api/config/bulk", { changes: wanted, note: by("note").value });
    await refresh(wanted.map((each) => each.key));
    by("diff").close();
    by("note").value = "";
    toast(said(answer), { undo: () => undo(old, answer.versions) });
  } catch (error) {
    refuse(error);
  }
}

async function undo(old, versions) {
  const these = old.map((each) => ({ ...each, version: versions[each.key.split(".")[0]] }));
  try {
    const answer = await ask("POST", "/api/config/bulk", { changes: these, note: "undo" });
    await refresh(old.map((each) => each.key));
    toast(said(answer));
  } catch (error) {
    toast(error.message);
  }
}

function said(answer) {
  inForce(answer.in_force);
  const { running, yes, of, milliseconds } = answer.in_force;
  return running ? `Saved. In force in ${yes} of ${of} processes after ${milliseconds} ms.` : "Saved, from the next start.";
}

function inForce({ running, yes, of, processes }, left = LOOKS) {
  const pill = by("in-force");
  pill.className = `pill ${!running ? "" : yes === of ? "good" : "warn"}`;
  pill.textContent = running ? `In force in ${yes} of ${of} processes` : "Masquerade does not run";
  pill.title = processes.filter((each) => !each.yes).map((each) => `${each.process}: ${each.why_not}`).join("\n");
  if (running && yes < of && left > 0) setTimeout(() => askInForce(left - 1), 1000);
}

async function askInForce(left = LOOKS) {
  try {
    inForce(await ask("GET", "/api/config/in-force"), left);
  } catch (error) {
    by("in-force").textContent = error.message;
  }
}

// The settings as they are now. What was entered and is not among `saved` stays, beside what is new about it.
async function refresh(saved = []) {
  const page = await (await fetch(location.pathname)).text();
  const entered = settings().filter((each) => !saved.includes(each.dataset.key) && !same(valueOf(each), valueBefore(each)));
  show(new DOMParser().parseFromString(page, "text/html").getElementById("settings"));
  for (const old of entered) keep(old, settingOf(old.dataset.key));
  narrow();
  count();
}

function show(fresh) {
  asLoaded = fresh.outerHTML;
  by("settings").replaceWith(fresh);
}

function keep(old, fresh) {
  old.dataset.value = fresh.dataset.value;
  old.toggleAttribute("data-saved", fresh.hasAttribute("data-saved"));
  for (const part of [".source", ".links"]) old.querySelector(part).replaceWith(fresh.querySelector(part));
  fresh.replaceWith(old);
}

function discard() {
  by("settings").outerHTML = asLoaded;
  narrow();
  count();
}

function narrow() {
  const text = by("narrow").value.trim().toLowerCase();
  for (const each of settings()) each.hidden = text !== "" && !each.textContent.toLowerCase().includes(text) && !each.dataset.key.includes(text);
  for (const card of document.querySelectorAll("#settings > section")) card.hidden = !card.querySelector(".setting:not([hidden])");
}

document.addEventListener("input", (event) => {
  if (event.target.id === "narrow") narrow();
  else if (event.target.closest(".setting")) count();
});
document.addEventListener("click", (event) => {
  const returned = event.target.closest("[data-return]")?.closest(".setting");
  if (returned) look([{ key: returned.dataset.key, value: null, version: versionOf(returned) }]);
});
by("look").addEventListener("click", () => look(changes()));
by("save").addEventListener("click", save);
by("discard").addEventListener("click", discard);
by("again").addEventListener("click", async () => {
  await refresh();
  by("diff").close();
});
window.addEventListener("beforeunload", (event) => {
  if (changes().length) event.preventDefault();
});
installRows(count);
askInForce();
