// Keys for the whole panel. They are off while somebody types, and with Ctrl, Alt or Meta.

import { openPalette } from "./palette.js";

const PAUSE = 1200; // milliseconds between `g` and its letter
let going = 0;

const typing = ({ target }) => target.closest("input, select, textarea, [contenteditable]") !== null;
const asking = () => document.querySelector("dialog[open]") !== null;

function go(letter) {
  const link = letter && document.querySelector(`#menu a[data-key="${CSS.escape(letter)}"]`);
  if (link) location.assign(link.href);
}

function step(by) {
  const rows = [...document.querySelectorAll("main tbody tr:not(.more)")];
  const links = rows.map((row) => row.querySelector("a, button:not(.unfold)") ?? row);
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
  if (!next) return;
  if (next.tagName === "TR") next.tabIndex = -1;
  next.focus();
}

const KEYS = {
  "/": openPalette,
  "?": () => document.getElementById("keys").showModal(),
  j: () => step(1),
  k: () => step(-1),
  g: () => (going = performance.now()),
};

export function installKeys() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || asking()) return;
    if (going && performance.now() - going < PAUSE) {
      going = 0;
      go(event.key);
      return;
    }
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
