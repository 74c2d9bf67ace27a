// One person: a ban has a way back, and the page shows how things stand when one returns to it.

import { ask } from "./api.js";
import { fold } from "./fold.js";
import { toast } from "./toast.js";

async function refresh() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("person");
  if (!fresh) return;
  document.getElementById("person").replaceWith(fresh);
  fold();
}

async function undo(path) {
  try {
    await ask("POST", `${path}/undo`);
    toast("As before.");
  } catch (error) {
    toast(error.message);
  }
  refresh();
}

const SOON = 2000; // milliseconds, in which a chat has ended

document.addEventListener("answered", (event) => {
  const dialog = event.target.closest("dialog");
  if (dialog?.id === "end-chat") setTimeout(refresh, SOON);
  if (dialog?.id !== "ban") return;
  event.preventDefault();
  dialog.close();
  event.target.reset();
  const path = event.target.dataset.api.split(" ")[1];
  toast("Banned.", { undo: () => undo(path) });
  refresh();
});

// Nothing that is being written is lost by that.
const writing = () => document.querySelector("dialog[open]") || document.querySelector("#person textarea")?.value;

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !writing()) refresh();
});
