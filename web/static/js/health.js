// The pill in the bar, "updated …", and the line that says that what is shown is old.

import { timeOf } from "./format.js";
import { onPulse, onTrouble } from "./pulse.js";

const JUST_NOW = 60; // seconds in which a crash is told of, though all is well again
const byId = (id) => document.getElementById(id);
let last = 0; // when the newest figures are of, in Unix seconds

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function show(tone, text) {
  byId("health").className = `pill ${tone}`;
  write(byId("health"), text);
}

function words({ healthy, beat }) {
  if (!healthy) return ["bad", "Something is wrong"];
  const crash = beat.happenings.find(({ tone, at }) => tone === "bad" && beat.at - at < JUST_NOW);
  if (crash) return ["warn", crash.subject ? `${crash.subject} is back` : "Back again"];
  return ["good", "All is well"];
}

function fresh(overview) {
  last = overview.beat.at;
  document.body.classList.remove("behind");
  byId("banner").hidden = true;
  show(...words(overview));
  write(byId("updated"), `updated ${timeOf(last)}`);
}

function behind(sentence) {
  document.body.classList.add("behind");
  show("warn", "Reconnecting…");
  write(byId("banner"), `${last ? `As of ${timeOf(last)}. ` : ""}${sentence} Trying again…`);
  byId("banner").hidden = false;
}

export function installHealth() {
  if (!byId("health")) return;
  onPulse(fresh);
  onTrouble(behind);
}
