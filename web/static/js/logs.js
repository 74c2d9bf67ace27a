// The log: the last lines that are chosen, and new ones as they come. The address has the choice, so it can be sent to somebody.

import { ask } from "./api.js";
import { exactly, timeOf } from "./format.js";
import { onPulse } from "./pulse.js";

const MOST = 500;
const PAUSE = 2000; // milliseconds until a stream that was refused is tried again
const MOVING = 2500; // milliseconds that a lost stream has to go on at another panel before it is told of
const TYPING = 400;
const SHORT = { WARNING: "WARN", CRITICAL: "FATAL" };
const byId = (id) => document.getElementById(id);
const lines = byId("lines");
const form = byId("filters");
let source = null;
let paused = false;
let held = []; // what came while it was paused
let seen = ""; // the time of the newest line that is shown, or of the pause
let again = 0;
let moment = Number(new URLSearchParams(location.search).get("at")) || 0; // Unix seconds that the lines are around; 0: the newest ones
let moving = 0;

function part(kind, text, name = "span") {
  return Object.assign(document.createElement(name), { className: kind, textContent: text });
}

function lineOf({ time, level, process, logger, text, error }) {
  const at = Date.parse(time) / 1000;
  const line = part(`line ${level.toLowerCase()}`, "", "p");
  const when = Object.assign(part("", timeOf(at), "time"), { dateTime: time, title: exactly(at) });
  const what = part("what", text);
  what.title = logger;
  if (error) what.append(part("error", error));
  line.append(when, part("level", SHORT[level] ?? level), part("from", process), what);
  return line;
}

const atEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;

function add(items) {
  const follow = atEnd();
  lines.append(...items.map(lineOf));
  while (lines.childElementCount > MOST) lines.firstElementChild.remove();
  if (follow) lines.scrollTop = lines.scrollHeight;
  tell();
}

function tell() {
  const count = lines.childElementCount;
  byId("none").hidden = count > 0;
  lines.hidden = count === 0;
  byId("shown").textContent = paused ? `${held.length} new` : `${count} ${count === 1 ? "line" : "lines"}`;
}

function take(items) {
  if (!paused) {
    add(items);
    return;
  }
  held = [...held, ...items].slice(-MOST);
  tell();
}

// The stream has begun, or begun again. While it is paused, what is shown stays.
function begin(items) {
  held = [];
  if (paused) {
    take(items.filter(({ time }) => time > seen));
    return;
  }
  lines.hidden = false;
  lines.replaceChildren();
  add(items);
  lines.scrollTop = lines.scrollHeight;
}

function choice() {
  const chosen = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...chosen]) if (!value) chosen.delete(name);
  return chosen;
}

// The lines around a time, the last one before it marked. New lines do not come meanwhile.
async function around() {
  clearTimeout(again);
  source?.close();
  const asked = moment;
  try {
    const { items } = await ask("GET", `/api/logs?at=${moment}&${choice()}`);
    if (moment !== asked) return;
    lines.hidden = false;
    lines.replaceChildren(...items.map(lineOf));
    byId("none").hidden = items.length > 0;
    lines.hidden = items.length === 0;
    byId("shown").textContent = `around ${exactly(moment)}`;
    const before = items.filter(({ time }) => Date.parse(time) <= Math.ceil(moment * 1000)).length;
    const marked = lines.children[Math.max(before - 1, 0)];
    marked?.classList.add("then");
    if (marked) lines.scrollTop = marked.offsetTop - lines.offsetTop - lines.clientHeight / 2;
  } catch ({ message }) {
    byId("shown").textContent = message;
  }
}

function show() {
  byId("newest").hidden = !moment;
  byId("pause").hidden = Boolean(moment);
  if (moment) around();
  else listen();
}

function listen() {
  clearTimeout(again);
  source?.close();
  if (document.hidden || moment) return;
  source = new EventSource(`/api/logs/stream?${choice()}`);
  source.addEventListener("last", ({ data }) => {
    clearTimeout(moving);
    begin(JSON.parse(data).items);
  });
  source.addEventListener("lines", ({ data }) => take(JSON.parse(data).items));
  source.addEventListener("error", () => {
    clearTimeout(moving);
    moving = setTimeout(() => (byId("shown").textContent = "Reconnecting…"), MOVING);
    if (source.readyState !== EventSource.CLOSED) return;
    ask("GET", `/api/logs?limit=1&${choice()}`).catch(({ message }) => (byId("shown").textContent = message));
    again = setTimeout(listen, PAUSE);
  });
}

function choose() {
  if (paused) pause(false);
  history.replaceState(null, "", `?${moment ? `at=${moment}&` : ""}${choice()}`);
  show();
}

function pause(now) {
  paused = now;
  seen = lines.lastElementChild?.querySelector("time").dateTime ?? new Date().toISOString();
  byId("pause").setAttribute("aria-pressed", String(now));
  byId("pause").querySelector("span").textContent = now ? "Go on" : "Pause";
  if (!now) add(held.splice(0));
  tell();
}

// The processes that there are; one that is gone stays while it is chosen.
function offer({ processes }) {
  const select = form.elements.process;
  const known = new Set([...select.options].map(({ value }) => value));
  for (const name of ["supervisor", ...processes.map((each) => each.name)]) if (!known.has(name)) select.add(new Option(name, name));
}

function restore() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const input = form.elements.namedItem(name);
    if (!input) continue;
    if (name === "process") input.add(new Option(value, value));
    input.value = value;
  }
}

let typing = 0;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", choose);
form.elements.text.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(choose, TYPING);
});
byId("newest").addEventListener("click", () => {
  moment = 0;
  choose();
});
byId("pause").addEventListener("click", () => pause(!paused));
document.addEventListener("visibilitychange", () => (document.hidden ? source?.close() : listen()));
document.addEventListener("answered", ({ detail }) => {
  if (!detail.pseudonym) return;
  form.elements.text.value = detail.pseudonym;
  choose();
});
onPulse(offer);
restore();
show();
