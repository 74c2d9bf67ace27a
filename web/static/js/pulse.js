// What the panel tells each second. One tab of the browser listens for all: a visible one, which holds the lock "pulse".
//
// `onPulse(handler)`: handler(overview) with each answer (GET /api/overview, and `beat`). `onTrouble(handler)`: handler(sentence)
// while the supervisor, or the panel, does not answer. The same as events of the document, for htmx: `pulse` and `trouble`.

import { ask } from "./api.js";

const SILENCE = 5000; // milliseconds without news until the figures count as old
const PAUSE = 2000;
const MOVING = 2500; // milliseconds that a lost stream has to go on at another panel before it is told of
const UNREACHABLE = "The panel cannot be reached.";
const channel = new BroadcastChannel("pulse");
let silence = 0;
let release = null; // gives the lock back
let waiting = null; // aborts the wait for the lock

export const onPulse = (handler) => document.addEventListener("pulse", ({ detail }) => handler(detail));
export const onTrouble = (handler) => document.addEventListener("trouble", ({ detail }) => handler(detail));

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

function hear({ name, data }) {
  clearTimeout(silence);
  silence = setTimeout(() => tell("trouble", UNREACHABLE), SILENCE);
  if (name === "status") tell("pulse", JSON.parse(data));
  else tell("trouble", name === "trouble" ? JSON.parse(data).error : UNREACHABLE);
}

function spread(message) {
  hear(message);
  channel.postMessage(message);
}

// Listens until `stopped` is settled.
function listen(stopped) {
  let again = 0;
  let lost = 0;
  const heard = (message) => {
    clearTimeout(lost);
    lost = 0;
    spread(message);
  };
  const source = new EventSource("/api/overview/stream");
  for (const name of ["status", "trouble"]) source.addEventListener(name, ({ data }) => heard({ name, data }));
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) {
      lost ||= setTimeout(() => heard({ name: "lost" }), MOVING);
      return;
    }
    heard({ name: "lost" });
    ask("GET", "/api/overview").catch(() => null); // goes to the login page where the session is over
    again = setTimeout(() => listen(stopped), PAUSE);
    stopped.then(() => clearTimeout(again));
  });
  stopped.then(() => {
    clearTimeout(lost);
    source.close();
  });
}

function lead() {
  const stopped = new Promise((resolve) => (release = resolve));
  listen(stopped);
  return stopped;
}

function take() {
  if (release || waiting) return;
  if (!navigator.locks) {
    lead();
    return;
  }
  waiting = new AbortController();
  navigator.locks
    .request("pulse", { signal: waiting.signal }, () => {
      waiting = null;
      return lead();
    })
    .catch(() => null); // given up while it waited
}

function leave() {
  waiting?.abort();
  release?.();
  waiting = release = null;
  clearTimeout(silence);
}

export function installPulse() {
  channel.addEventListener("message", ({ data }) => {
    if (!document.hidden) hear(data);
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : take()));
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", () => !document.hidden && take());
  if (!document.hidden) take();
}
