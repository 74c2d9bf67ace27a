// Short sentences at the edge of the screen, and the alerts that bots ask for.

import { h } from "./dom.js";

const SHOWN_FOR = 5000;

export function toast(text, kind = "info") {
  const box = document.getElementById("toasts");
  if ([...box.children].some((one) => one.textContent === text)) return;
  const node = h("div", { class: `toast ${kind}` }, text);
  node.addEventListener("click", () => node.remove());
  box.append(node);
  setTimeout(() => node.remove(), SHOWN_FOR);
}

// Runs an action that may be refused; says why and answers false where it was.
export async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    toast(error.message, "bad");
    return false;
  }
}

// An answer to a button, over the phone that pressed it.
export function answer(phone, text, alert) {
  if (alert) return alertBox(phone, text);
  const node = h("div", { class: "answer", role: "status" }, text);
  phone.append(node);
  setTimeout(() => node.remove(), SHOWN_FOR);
  return node;
}

// Stays until it is read. The title is the page's own, the text a bot's.
export function alertBox(phone, text, title = "") {
  const close = () => node.remove();
  const ok = h("button", { type: "button", class: "action primary", onclick: close }, "OK");
  const node = h(
    "div",
    { class: "alert-veil", role: "alertdialog", "aria-label": [title, text].filter(Boolean).join(" "), onkeydown: (event) => event.key === "Escape" && close() },
    h("div", { class: "alert" }, title && h("small", {}, title), h("p", {}, text), ok),
  );
  phone.append(node);
  ok.focus();
  return node;
}
