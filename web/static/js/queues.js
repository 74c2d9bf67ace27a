// The queues: who waits now, and how long it takes to be matched.

import { ask } from "./api.js";
import { Charts } from "./charts.js";
import { count, duration } from "./format.js";
import { onPulse } from "./pulse.js";

const EVERY = 5000; // milliseconds between two looks at the waits
const BANDS = { minor: "under 18", from_18: "18 to 24", from_25: "25 to 34", from_35: "35 to 44", from_45: "45 to 54", from_55: "55 and older" };
const GENDERS = { male: "Men", female: "Women", other: "Others" };
const byId = (id) => document.getElementById(id);
let due = 0;

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function cell(text, kind = "") {
  return Object.assign(document.createElement("td"), { textContent: text, className: kind });
}

function queueRow({ scope, gender, band, waiting, vips, oldest }) {
  const row = document.createElement("tr");
  const name = `${GENDERS[gender] ?? gender}, ${BANDS[band] ?? band}`;
  row.append(cell(scope === "*" ? name : `${name}, bot ${scope}`), cell(count(waiting), "number"), cell(count(vips), vips ? "number" : "number zero"));
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

async function look() {
  due = performance.now() + EVERY;
  const { lately, hour } = await ask("GET", "/api/queues");
  showWaits(byId("lately"), lately);
  showWaits(byId("hour"), hour);
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
  showQueues(overview);
  if (performance.now() > due) look().catch(() => null);
});
charts.start();
