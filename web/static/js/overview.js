// The overview: six figures, problems, charts, and what happened in the last hour.

import { ask } from "./api.js";
import { Charts } from "./charts.js";
import { ago, change, count, duration, exactly, number, rate } from "./format.js";
import { leadsTo } from "./palette.js";
import { onPulse } from "./pulse.js";

const ACTS_EVERY = 10_000; // milliseconds between two looks at the audit
const HOUR = 3600; // seconds
const MOST = 20;
const NAMED = new Set(["user", "bot", "process", "admin", "token"]); // what of an act's target is told
const SOURCES = { cli: "command line", bot: "Telegram" };
const byId = (id) => document.getElementById(id);
const both = (one, other) => [one, other].filter(Boolean).join(" · ");

// Figure → [value, what stands below] of the series now, five minutes ago, counts since midnight, and the overview.
const FIGURES = {
  chats: ({ now, before }) => [count(now.chats), change(now.chats, before.chats, count)],
  waiting: ({ now, before }) => [
    count(now.waiting),
    both(now.waiting ? `oldest ${duration(now.oldest_wait)}` : "", change(now.waiting, before.waiting, count)),
  ],
  wait: ({ now, before }) => [
    duration(now.wait_p50),
    now.wait_p50 === null ? "nobody was matched in 5 min" : both(`p95 ${duration(now.wait_p95)}`, change(now.wait_p50, before.wait_p50, duration)),
  ],
  matches: ({ now, before }) => [rate(now.matches), change(now.matches, before.matches)],
  relayed: ({ now, before, today }) => [rate(now.relayed), both(`${count(today.relayed ?? 0)} today`, change(now.relayed, before.relayed))],
  stars: ({ now, before }) => [count(now.stars_today), change(now.stars_today, before.stars_today, count)],
};

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function showFigures({ beat }) {
  const facts = { now: beat.series, before: beat.before, today: beat.today };
  for (const [name, read] of Object.entries(FIGURES)) {
    const place = document.querySelector(`[data-figure="${name}"]`);
    const [value, below] = read(facts);
    write(place.querySelector(".value"), value);
    write(place.querySelector(".change"), below);
  }
}

function pageOf(line, { bots }) {
  const process = line.match(/\b(worker-\d+|panel(-\d+)?|sandbox)\b/)?.[0];
  if (process && leadsTo("/admin/processes")) return ["/admin/processes", "Processes"];
  const named = bots.some(({ id, username }) => line.includes(String(id)) || (username && line.includes(username)));
  if (named && leadsTo("/admin/bots")) return ["/admin/bots", "Bots"];
  return null;
}

// A problem says what is wrong; and how to mend it behind the first semicolon.
function problemLine(line, overview) {
  const [what, ...mend] = line.split("; ");
  const row = document.createElement("li");
  row.append(Object.assign(document.createElement("strong"), { textContent: what }));
  if (mend.length > 0) row.append(` ${mend.join("; ")}`);
  const page = pageOf(line, overview);
  if (page) row.append(" ", Object.assign(document.createElement("a"), { href: page[0], textContent: page[1] }));
  return row;
}

function showProblems(overview) {
  const list = byId("problems");
  list.hidden = overview.problems.length === 0;
  const all = overview.problems.join("\n");
  if (list.dataset.lines === all) return;
  list.dataset.lines = all;
  list.replaceChildren(...overview.problems.map((line) => problemLine(line, overview)));
}

// When it happened; a link to the lines of the log then.
function timeOf({ at, page }, now) {
  const time = Object.assign(document.createElement("time"), { textContent: ago(at, now), title: exactly(at) });
  const path = page ?? (leadsTo("/admin/logs") ? `/admin/logs?at=${at.toFixed(3)}` : "");
  if (!path) return time;
  const link = Object.assign(document.createElement("a"), { href: path, title: page ? "To the audit" : "To the log of then" });
  link.append(time);
  return link;
}

function happeningRow(happening, now) {
  const row = document.createElement("li");
  row.append(Object.assign(document.createElement("span"), { className: `state ${happening.tone}`, textContent: happening.text }));
  row.append(timeOf(happening, now));
  return row;
}

// What admins did, for those who may read the audit.
let acts = [];
let actsDue = 0;

function actOf({ at, who, act, target, source }) {
  const seconds = Date.parse(at) / 1000;
  const [kind, ...rest] = target.split(":");
  const named = kind === "setting" ? rest.join(":") : NAMED.has(kind) ? `${kind} ${rest.join(":")}` : "";
  const where = source === "panel" ? "" : ` (${SOURCES[source] ?? source})`;
  return { at: seconds, tone: "info", text: `${who}${where}: ${[act, named].filter(Boolean).join(" ")}`, page: "/admin/audit" };
}

async function lookAtActs(now) {
  actsDue = performance.now() + ACTS_EVERY;
  const { items } = await ask("GET", `/api/audit?since=${Math.floor(now - HOUR)}&limit=${MOST}`);
  acts = items.map(actOf);
}

function showHappenings({ beat }) {
  if (leadsTo("/admin/audit") && performance.now() > actsDue) lookAtActs(beat.at).catch(() => null);
  const all = [...beat.happenings, ...acts].sort((one, other) => other.at - one.at).slice(0, MOST);
  const list = byId("happenings");
  if (list.contains(document.activeElement)) return; // not under somebody's keyboard
  list.replaceChildren(...all.map((each) => happeningRow(each, beat.at)));
  byId("quiet").hidden = all.length > 0;
}

function showAbout({ version, uptime, under_way: underWay }) {
  write(byId("about"), [`version ${version}`, `up ${duration(uptime)}`, underWay].filter(Boolean).join(" · "));
}

function floods(names) {
  const bots = names.filter((name) => name.startsWith("flood:")).sort();
  return bots.length > 0 ? bots.map((name) => [name, usernames.get(name.slice(6)) ?? name.slice(6)]) : [["flood_waits", "all bots"]];
}

let usernames = new Map();
const charts = new Charts(document.querySelector(".ranges"));
const figure = (name) => document.querySelector(`[data-chart="${name}"]`);
charts.add(figure("relayed"), { series: [["relayed", "relayed"]] });
charts.add(figure("waiting"), {
  series: [["waiting:male", "men"], ["waiting:female", "women"], ["waiting:other", "others"], ["waiting:minors", "minors"]],
  write: count,
  stacked: true,
});
charts.add(figure("wait"), { series: [["wait_p50", "p50"], ["wait_p95", "p95"], ["wait_p99", "p99"]], write: duration, mark: duration, highest: 0.1 });
charts.add(figure("floods"), { series: floods });

onPulse((overview) => {
  usernames = new Map(overview.bots.map(({ id, username }) => [String(id), username ? `@${username}` : String(id)]));
  byId("first").hidden = true;
  showFigures(overview);
  showProblems(overview);
  showHappenings(overview);
  showAbout(overview);
});
charts.start();
