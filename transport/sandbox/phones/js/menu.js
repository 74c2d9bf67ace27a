// A menu at a point or under a button: arrows move, Enter takes, Escape closes and gives the focus back.

import { h, icon } from "./dom.js";

let closeOpen = () => {};

function place(menu, x, y) {
  const margin = 8;
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(margin, Math.min(x, innerWidth - width - margin))}px`;
  menu.style.top = `${y + height + margin > innerHeight ? Math.max(margin, y - height) : y}px`;
}

function walk(event, items, close) {
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) items[(at + steps[event.key] + items.length) % items.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// entries: [{label, icon, action, danger}]; falsy ones are left out.
export function openMenu({ x, y, entries, label }) {
  closeOpen();
  const before = document.activeElement;
  const close = (returnFocus = true) => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (returnFocus) before?.focus?.();
    closeOpen = () => {};
  };
  const outside = (event) => !menu.contains(event.target) && close(false);
  const items = entries.filter(Boolean).map((entry) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        class: entry.danger ? "danger" : "",
        onclick: () => {
          close();
          entry.action();
        },
      },
      icon(entry.icon),
      entry.label,
    ),
  );
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, onkeydown: (event) => walk(event, items, close) }, ...items);
  document.getElementById("overlays").append(menu);
  place(menu, x, y);
  items[0]?.focus({ preventScroll: true });
  document.addEventListener("pointerdown", outside, true);
  closeOpen = close;
}

export function openMenuUnder(button, entries, label) {
  const { right, bottom } = button.getBoundingClientRect();
  openMenu({ x: right - 220, y: bottom + 4, entries, label });
}
