// The supervision tree: process → group → class of actors. The states of processes come with each pulse, the rest every two seconds.

import { ask } from "./api.js";
import { ago, count, duration, exactly, number, UNKNOWN } from "./format.js";
import { follow } from "./operation.js";
import { leadsTo } from "./palette.js";
import { onPulse } from "./pulse.js";

const EVERY = 2000; // milliseconds between two looks at the actors
const FEW = 4; // so many workers are shown unfolded
const TONES = { ready: "good", starting: "warn", draining: "warn", backoff: "bad", fatal: "bad", stopped: "bad" };
const WORDS = { backoff: "comes back", fatal: "down for good" };
const COLUMNS = ["", "", "mailbox", "number fold", "number fold", "number fold", "number", "fold why", "acts-cell"];
const byId = (id) => document.getElementById(id);
const body = byId("tree").tBodies[0];
const rows = new Map();
const folded = new Map(); // what somebody has folded or unfolded
let tree = null;
let due = 0;
let now = Date.now() / 1000;

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function part(name, kind, text = "") {
  return Object.assign(document.createElement(name), { className: kind, textContent: text });
}

function rowOf(key, depth) {
  if (!rows.has(key)) {
    const row = document.createElement("tr");
    row.append(...COLUMNS.map((kind) => part("td", kind)));
    if (depth) row.cells[0].classList.add(`deep-${depth}`);
    rows.set(key, row);
  }
  return rows.get(key);
}

function figure(cell, value, text, bad = "") {
  write(cell, text);
  cell.classList.toggle("zero", !value);
  cell.classList.toggle("bad", Boolean(bad && value));
}

// With a link to the lines of the log of then.
function lastError(cell, text, at) {
  if (!cell.firstElementChild) cell.append(part("span", ""), part("a", "then"));
  const [what, then] = cell.children;
  write(what, text ? (at ? `${text}, ` : text) : UNKNOWN);
  then.hidden = !text || !at || !leadsTo("/admin/logs");
  if (!then.hidden) {
    then.href = `/admin/logs?at=${at.toFixed(3)}`;
    write(then, ago(at, now));
  }
  cell.title = text && at ? `${exactly(at)}: ${text}` : "";
  cell.classList.toggle("zero", !text);
}

function button(cell, kind, text, press) {
  if (!cell.firstElementChild) {
    const it = Object.assign(part("button", kind), { type: "button" });
    it.addEventListener("click", () => press());
    cell.append(it);
  }
  write(cell.firstElementChild, text);
  return cell.firstElementChild;
}

const workers = () => tree.processes.filter(({ process }) => process.name.startsWith("worker")).length;
const isOpen = (name) => folded.get(name) ?? workers() <= FEW;

function showState(cell, { state, uptime, memory_mb: memory }) {
  if (!cell.firstElementChild) cell.append(part("span", "state"), part("span", "about"));
  cell.children[0].className = `state ${TONES[state] ?? "warn"}`;
  write(cell.children[0], WORDS[state] ?? state);
  write(cell.children[1], uptime ? `${duration(uptime)}, ${count(memory)} MB` : "");
}

function processRow({ process, groups, trouble }) {
  const row = rowOf(process.name, 0);
  const { name } = process;
  if (groups.length > 0) {
    const toggle = button(row.cells[0], "toggle", name, () => {
      folded.set(name, !isOpen(name));
      show();
    });
    toggle.setAttribute("aria-expanded", String(isOpen(name)));
  } else if (row.cells[0].firstElementChild) write(row.cells[0].firstElementChild, name);
  else row.cells[0].append(part("span", "", name));
  showState(row.cells[1], process);
  const sum = (field) => groups.flatMap(({ actors }) => actors).reduce((all, one) => all + (one[field] ?? 0), 0);
  const known = groups.length > 0;
  figure(row.cells[2], sum("queued"), known ? count(sum("queued")) : UNKNOWN);
  row.cells[2].title = "waiting in all its mailboxes";
  figure(row.cells[3], sum("per_second"), known ? number(sum("per_second")) : UNKNOWN);
  figure(row.cells[4], sum("slow"), known ? count(sum("slow")) : UNKNOWN);
  figure(row.cells[5], sum("failed"), known ? count(sum("failed")) : UNKNOWN, "bad");
  figure(row.cells[6], process.restarts, count(process.restarts), "bad");
  showRest(row.cells[0], process, known && `${number(sum("per_second"))} messages/s, ${count(sum("slow"))} slow, ${count(sum("failed"))} failed`);
  lastError(row.cells[7], trouble || process.last_error, trouble ? 0 : process.last_error_at);
  if (byId("restart")) button(row.cells[8], "button small", "Restart", () => askRestart(name)).setAttribute("aria-label", `Restart ${name}`);
  return row;
}

// On a phone: what has no column there. Of a process with actors it comes with them, by a tap.
function showRest(cell, { name, uptime, memory_mb: memory, last_error: error }, counts) {
  if (!cell.querySelector(".rest")) cell.append(part("small", "rest"));
  const parts = [uptime ? `${duration(uptime)}, ${count(memory)} MB` : "", counts, error];
  write(cell.querySelector(".rest"), parts.filter(Boolean).join(" · "));
  cell.classList.toggle("open", !counts || isOpen(name));
}

function groupRow(process, { name }) {
  const row = rowOf(`${process} ${name}`, 1);
  write(row.cells[0], name);
  return row;
}

function fill(cell, { fullest, limit }) {
  if (!cell.firstElementChild) cell.append(part("progress", "fill"), part("span", "about"));
  const [bar, about] = cell.children;
  bar.max = limit || 1;
  bar.value = fullest;
  bar.setAttribute("aria-label", "Fullest mailbox");
  if (!about.firstElementChild) about.append(part("span", ""), part("span", "limit"));
  write(about.children[0], count(fullest));
  write(about.children[1], ` of ${count(limit)}`);
}

function actorRow(process, group, stats) {
  const row = rowOf(`${process} ${group.name} ${stats.name}`, 2);
  button(row.cells[0], "plain-link", stats.name, () => open(process, group.name, stats.name));
  write(row.cells[1], `${count(stats.alive)} alive`);
  fill(row.cells[2], stats);
  figure(row.cells[3], stats.per_second, number(stats.per_second));
  figure(row.cells[4], stats.slow, count(stats.slow));
  figure(row.cells[5], stats.failed, count(stats.failed), "bad");
  figure(row.cells[6], stats.restarts, count(stats.restarts), "bad");
  lastError(row.cells[7], stats.last_error, stats.last_error_at ? Date.parse(stats.last_error_at) / 1000 : 0);
  return row;
}

function* shown() {
  for (const node of tree.processes) {
    yield processRow(node);
    if (!isOpen(node.process.name)) continue;
    for (const group of node.groups) {
      yield groupRow(node.process.name, group);
      for (const stats of group.actors) yield actorRow(node.process.name, group, stats);
    }
  }
}

function show() {
  const wanted = [...shown()];
  const kept = new Set(wanted);
  for (const [key, row] of rows) {
    if (kept.has(row)) continue;
    row.remove();
    rows.delete(key);
  }
  wanted.forEach((row, at) => body.rows[at] !== row && body.insertBefore(row, body.rows[at] ?? null));
}

function showElsewhere(neighbours) {
  byId("elsewhere-card").hidden = neighbours.length === 0;
  const lines = neighbours.map(({ machine, worker, ready, bots, seen }) => {
    const row = document.createElement("tr");
    const state = part("td", "");
    state.append(part("span", `state ${ready ? "good" : "warn"}`, ready ? "ready" : "stopping"));
    row.append(part("td", "", machine), part("td", "", worker), state, part("td", "number", count(bots.length)), part("td", "number fold", `${duration(seen)} ago`));
    return row;
  });
  byId("elsewhere").tBodies[0].replaceChildren(...lines);
}

function askRestart(name) {
  const worker = name.startsWith("worker");
  write(byId("restart-title"), `Restart ${name}?`);
  write(
    byId("restart-about"),
    worker
      ? "It finishes what is under way and hands its bots over. With other workers nobody notices; alone, people may wait some seconds for an answer."
      : "It finishes what is under way. Whoever asks meanwhile waits a few seconds.",
  );
  byId("restart").querySelector("form").dataset.api = `POST /api/processes/${name}/restart`;
  byId("restart").showModal();
}

function childRow(process, { name, actor, restartable }) {
  const row = document.createElement("tr");
  const state = part("td", "");
  state.append(part("span", `state ${actor ? "good" : "warn"}`, actor ? "up" : "starts"));
  const act = part("td", "acts-cell");
  if (byId("actors").dataset.restarts) {
    const press = Object.assign(part("button", "button", "Restart"), { type: "button", disabled: !restartable });
    press.setAttribute("aria-label", `Restart ${name}`);
    press.addEventListener("click", async () => {
      press.disabled = true;
      try {
        await ask("POST", `/api/processes/${process}/children/${name}/restart`);
        write(press, "Asked");
      } catch ({ message }) {
        write(byId("actors-wrong"), message);
      }
    });
    act.append(press);
  }
  row.append(part("td", "", name), state, act);
  return row;
}

function fullestRow({ label, waiting, limit, handling, seconds }) {
  const row = document.createElement("tr");
  const handles = handling ? `${handling} for ${duration(seconds)}` : UNKNOWN;
  row.append(part("td", "", label), part("td", "number", `${count(waiting)} of ${count(limit)}`), part("td", handling ? "" : "zero", handles));
  return row;
}

function about(stats) {
  if (!stats) return "";
  const failure = stats.last_error ? ` Last error: ${stats.last_error}, ${ago(Date.parse(stats.last_error_at) / 1000, now)}.` : "";
  const counts = `${number(stats.per_second)} messages/s, ${count(stats.slow)} slow, ${count(stats.failed)} failed, ${count(stats.restarts)} restarts.`;
  return `${counts}${failure} The list has those with most messages waiting, at most 50.`;
}

async function open(process, groupName, actor) {
  const group = tree.processes.find((node) => node.process.name === process)?.groups.find(({ name }) => name === groupName);
  const children = (group?.children ?? []).filter((child) => child.actor === actor || !child.actor);
  write(byId("actors-title"), `${actor} of ${process}`);
  write(byId("actors-about"), about(group?.actors.find(({ name }) => name === actor)));
  write(byId("actors-wrong"), "");
  byId("fullest").tBodies[0].replaceChildren();
  byId("children").tBodies[0].replaceChildren(...children.map((child) => childRow(process, child)));
  byId("children-part").hidden = children.length === 0;
  byId("actors").showModal();
  try {
    const { items } = await ask("GET", `/api/processes/${process}/actors/${actor}`);
    byId("fullest").tBodies[0].replaceChildren(...items.map(fullestRow));
  } catch ({ message }) {
    write(byId("actors-wrong"), message);
  }
}

async function look() {
  due = performance.now() + EVERY;
  tree = await ask("GET", "/api/processes");
  byId("loading").hidden = true;
  write(byId("machine"), tree.machine);
  if (tree.operation) follow(tree.operation);
  showElsewhere(tree.elsewhere);
  show();
}

function beat({ processes, beat: { at } }) {
  now = at;
  if (tree) {
    const groups = new Map(tree.processes.map((node) => [node.process.name, node]));
    tree.processes = processes.map((process) => {
      const before = groups.get(process.name);
      const same = before && before.process.pid === process.pid;
      return { process, groups: same ? before.groups : [], trouble: same ? before.trouble : "" };
    });
    show();
  }
  if (performance.now() > due) look().catch(({ message }) => !tree && write(byId("loading"), message));
}

document.addEventListener("answered", ({ detail }) => detail.operation && follow({ number: detail.operation, title: "" }));
onPulse(beat);
look().catch(({ message }) => write(byId("loading"), `${message} Trying again…`));
