// The overview page: listens to the stream and draws what it says; says so when nothing is heard.

import { count, duration, megabytes } from "./format.js";
import { Table } from "./table.js";
import { Tiles } from "./tiles.js";

const SILENCE = 8000; // milliseconds without news until the line counts as dead
const PAUSE = 2000;
const byId = (id) => document.getElementById(id);

// Change since the news before, never below zero (a restarted worker counts from the start).
function rate(name) {
  let before = null;
  return (figures) => {
    const value = figures[name] ?? 0;
    const change = before === null ? 0 : Math.max(0, value - before);
    before = value;
    return change;
  };
}

const tiles = new Tiles(byId("tiles"), [
  { title: "Live chats", hint: "Pairs of strangers who talk now", value: (f) => count(f.chats), trend: (f) => f.chats ?? 0 },
  { title: "Waiting", hint: "People who look for a partner", value: (f) => count(f.waiting), trend: (f) => f.waiting ?? 0 },
  { title: "Oldest wait", hint: "How long the first in the queue has waited", value: (f) => duration(f.oldest_wait), trend: (f) => f.oldest_wait ?? 0 },
  { title: "Relayed", hint: "Messages carried since the start; the line shows how many each second", value: (f) => count(f.relayed), trend: rate("relayed") },
  { title: "Sessions", hint: "Active sessions in memory", value: (f) => count(f.sessions), trend: (f) => f.sessions ?? 0 },
]);

const STATES = { ready: "good", serving: "good", starting: "busy", connecting: "busy", draining: "busy", leaving: "busy", waiting: "busy", drained: "busy", backoff: "bad", fatal: "bad", refused: "bad", stopped: "bad" };
const state = { title: "State", text: (row) => row.state, mark: (row) => STATES[row.state] ?? "busy" };

const tables = {
  processes: new Table(byId("processes"), {
    key: (row) => row.name,
    empty: "No process runs.",
    columns: [
      { title: "Process", text: (row) => row.name },
      state,
      { title: "Pid", text: (row) => row.pid || "–", number: true },
      { title: "Up", text: (row) => duration(row.uptime), number: true },
      { title: "Memory", text: (row) => megabytes(row.memory_mb), number: true },
      { title: "Restarts", text: (row) => count(row.restarts), number: true, mark: (row) => (row.restarts > 0 ? "warn" : "") },
      { title: "Last error", text: (row) => row.last_error || "–" },
    ],
  }),
  bots: new Table(byId("bots"), {
    key: (row) => row.id,
    empty: "No bot is known yet.",
    columns: [
      { title: "Bot", text: (row) => (row.username ? `@${row.username}` : row.id) },
      state,
      { title: "Worker", text: (row) => row.worker || "–" },
      { title: "Detail", text: (row) => row.detail || "–" },
    ],
  }),
  elsewhere: new Table(byId("elsewhere"), {
    key: (row) => `${row.machine}/${row.house}/${row.worker}`,
    empty: "No other supervisor runs on this Redis.",
    columns: [
      { title: "Machine", text: (row) => `${row.machine}/${row.house}` },
      { title: "Worker", text: (row) => row.worker },
      { title: "Bots", text: (row) => count(row.bots.length), number: true },
      { title: "Seen", text: (row) => `${duration(row.seen)} ago`, number: true },
    ],
  }),
  actors: new Table(byId("actors"), {
    key: (row) => row.name,
    empty: "No actor lives.",
    columns: [
      { title: "Actor", text: (row) => row.name },
      { title: "Alive", text: (row) => count(row.alive), number: true },
      { title: "Handled", text: (row) => count(row.handled), number: true },
      { title: "Queued", text: (row) => count(row.queued), number: true },
      { title: "Fullest mailbox", text: (row) => count(row.deepest), number: true },
      { title: "Slow", text: (row) => count(row.slow), number: true },
      { title: "Failed", text: (row) => count(row.failed), number: true, mark: (row) => (row.failed > 0 ? "warn" : "") },
      { title: "Restarted", text: (row) => count(row.restarted), number: true },
      { title: "Dropped", text: (row) => count(row.dropped), number: true },
    ],
  }),
};

function showState(name, text) {
  byId("state").dataset.state = name;
  byId("state").textContent = text;
}

function showBanner(text) {
  byId("banner").hidden = !text;
  byId("banner").textContent = text;
  document.body.classList.toggle("stale", Boolean(text));
}

function showProblems(lines) {
  const list = byId("problems");
  list.hidden = lines.length === 0;
  if (list.dataset.lines === lines.join("\n")) return;
  list.dataset.lines = lines.join("\n");
  list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
}

function show(status) {
  showBanner("");
  showState(status.healthy ? "good" : "bad", status.healthy ? "All is well" : "Something is wrong");
  byId("about").textContent = [`version ${status.version}`, `up ${duration(status.uptime)}`, status.under_way].filter(Boolean).join(" · ");
  byId("elsewhere-card").hidden = status.elsewhere.length === 0;
  showProblems(status.problems);
  tiles.show(status);
  for (const [name, table] of Object.entries(tables)) table.show(status[name]);
  const { updates, flood_waits: floods, dead_letters: dead } = status.figures;
  byId("more").textContent = `Since the start: ${count(updates)} updates · ${count(floods)} flood waits · ${count(dead)} dead letters`;
}

let silence = 0;

function listen() {
  const source = new EventSource("/api/overview/stream");
  const lost = () => {
    showState("busy", "Reconnecting…");
    showBanner("The panel cannot be reached. Trying again…");
  };
  const again = () => {
    source.close();
    lost();
    setTimeout(listen, PAUSE);
  };
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(again, SILENCE);
  };
  source.addEventListener("status", ({ data }) => {
    heard();
    show(JSON.parse(data));
  });
  source.addEventListener("trouble", ({ data }) => {
    heard();
    showState("busy", "Reconnecting…");
    showBanner(`${JSON.parse(data).error} Trying again…`);
  });
  source.addEventListener("error", () => {
    clearTimeout(silence);
    if (source.readyState === EventSource.CLOSED) again();
    else lost();
  });
}

listen();
