// Dialogs about Stars: the browser keeps the focus in them, and Escape closes them.

import { h, iconButton } from "../dom.js";

// Not yet shown. `onClose` is called each time it is closed.
export function sheet(label, { name, onClose }, ...children) {
  const closed = () => {
    if (dialog.open) return; // shown again before the browser came to tell
    dialog.remove();
    onClose?.();
  };
  const dialog = h("dialog", { class: `sheet stars-sheet ${name}`, "aria-label": label, onclose: closed }, ...children);
  return dialog;
}

export function show(dialog) {
  document.getElementById("overlays").append(dialog);
  dialog.showModal();
}

export const heading = (text, dialog) => h("header", {}, h("h2", {}, text), iconButton("close", "Close", () => dialog().close()));

// rows: [name, value]; falsy ones are left out.
export function facts(rows) {
  return h("dl", { class: "facts" }, ...rows.filter(Boolean).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

// A line inside a dialog that says what went wrong: toasts lie under dialogs.
export class Problem {
  element = h("p", { class: "problem", role: "alert", hidden: true });

  say(text) {
    this.element.hidden = !text;
    this.element.textContent = text;
  }

  // Runs an action that may be refused; says why and answers false where it was.
  async attempt(action) {
    this.say("");
    try {
      await action();
      return true;
    } catch (error) {
      this.say(error.message);
      return false;
    }
  }
}
