// The queues: who waits now and why, how long it takes to be matched, what waits for a bot, and what was given up.

import { ask } from "./api.js";
import { Charts } from "./charts.js";
import { ago, count, duration, exactly } from "./format.js";
import { onPulse } from "./pulse.js";

const EVERY = 5000; // milliseconds between two looks at the waits
const BANDS = { minor: "under 18", from_18: "18 to 24", from_25: "25 to 34", from_35: "35 to 44", from_45: "45 to 54", from_55: "55 and older" };
const GENDERS = { male: "Men", female: "Women", other: "Others" };
const byId = (id) => document.getElementById(id);
let due = 0;
let now = Date.now() / 1000;

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function cell(text, kind = "") {
  return Object.assign(document.createElement("td"), { textContent: text, className: kind });
}

function small(text, kind = "about") {
  return Object.assign(document.createElement("small"), { textContent: text, className: kind });
}

function queueRow({ scope, gender, band, waiting, vips, oldest, why }) {
  const row = document.createElement("tr");
  const name = `${GENDERS[gender] ?? gender}, ${BANDS[band] ?? band}`;
  const who = cell(scope === "*" ? name : `${name}, bot ${scope}`);
  if (why) who.append(small(why));
  row.append(who, cell(count(waiting), "number"), cell(count(vips), vips ? "number" : "number zero"));
  row.append(cell(duration(oldest), "number"));
  return row;
}

function showQueues({ queues, beat }) {
  const sorted = [...queues].sort((one, other) => other.waiting - one.waiting);
  byId("queues").tBodies[0].replaceChildren(...sorted.map(queueRow));
  byId("queues").parentElement.hidden = sorted.length === 0;
  byId("nobody").hidden = sorted.length > 0;
  write(byId("waiting"), count(beat.series.waiting));
  write(byId("oldest"), beat.series.waiting ? duration(beat.series.oldest_wait) : "–");
}

function showWaits(place, { seconds, matched, p50, p95, p99 }) {
  const figures = [count(matched), `${(matched / 2 / (seconds / 60)).toFixed(1)}`, duration(p50), duration(p95), duration(p99)];
  figures.forEach((text, at) => write(place.cells[at + 1], text));
}

function streamRow({ name, entries, aside, most, oldest, share, full, served, lost }) {
  const row = document.createElement("tr");
  const bot = cell(name);
  const notes = [
    served ? "" : "nobody serves it",
    aside ? `${count(aside)} of another release` : "",
    lost ? `${count(lost)} thrown away so far` : "",
  ].filter(Boolean);
  if (notes.length > 0) bot.append(small(notes.join(", ")));
  const bar = Object.assign(document.createElement("progress"), { className: full ? "fill full" : "fill", max: 1, value: share });
  bar.setAttribute("aria-label", `The stream of ${name}`);
  const fill = cell("");
  fill.append(bar, small(`${count(entries)} of ${count(most)}`, "beside"));
  if (full) fill.append(Object.assign(document.createElement("span"), { className: "state bad", textContent: "nearly full" }));
  row.append(bot, fill, cell(entries + aside ? duration(oldest) : "–", entries + aside ? "number" : "number zero"));
  return row;
}

function sendsRow({ name, queued, held, flood_seconds: left }) {
  const row = document.createElement("tr");
  const figure = (value, text) => cell(text, value ? "number" : "number zero");
  row.append(cell(name), figure(queued, count(queued)), figure(held, count(held)), figure(left, left ? duration(left) : "–"));
  return row;
}

function undeliveredRow({ at, name, what, why }, now) {
  const row = document.createElement("tr");
  const seconds = Date.parse(at) / 1000;
  const when = cell("");
  when.append(Object.assign(document.createElement("time"), { textContent: ago(seconds, now), title: exactly(seconds), dateTime: at }));
  const it = cell(what, "long");
  if (name) it.append(small(name));
  row.append(when, it, cell(why, "long"));
  return row;
}

function fill(name, rows) {
  byId(name).tBodies[0].replaceChildren(...rows);
  byId(name).parentElement.hidden = rows.length === 0;
  document.querySelector(`[data-none="${name}"]`).hidden = rows.length > 0;
  document.querySelector(`[data-of="${name}"]`).hidden = true;
}

async function look() {
  due = performance.now() + EVERY;
  const { lately, hour, streams, sends, undelivered } = await ask("GET", "/api/queues");
  showWaits(byId("lately"), lately);
  showWaits(byId("hour"), hour);
  fill("streams", streams.map(streamRow));
  fill("sends", sends.map(sendsRow));
  fill("undelivered", undelivered.map((each) => undeliveredRow(each, now)));
}

// Until the first answer the page says what is wrong.
function wrong({ message }) {
  for (const place of document.querySelectorAll("[data-of]:not([hidden])")) write(place, message);
}

const charts = new Charts(document.querySelector(".ranges"));
const figure = (name) => document.querySelector(`[data-chart="${name}"]`);
charts.add(figure("waiting"), {
  series: [["waiting:male", "men"], ["waiting:female", "women"], ["waiting:other", "others"], ["waiting:minors", "minors"]],
  write: count,
  stacked: true,
});
charts.add(figure("wait"), { series: [["wait_p50", "p50"], ["wait_p95", "p95"], ["wait_p99", "p99"]], write: duration, mark: duration, highest: 0.1 });
onPulse((overview) => {
  now = overview.beat.at;
  showQueues(overview);
  if (performance.now() > due) look().catch(wrong);
});
look().catch(wrong);
charts.start();
