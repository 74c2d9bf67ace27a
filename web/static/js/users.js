// Picks people of the list, and bans them together: first how they stand, then some at a time, so that one sees how far it is. All
// requests have one key, so that pressing again after a failure bans nobody twice.

import { ask } from "./api.js";
import { read, refuse } from "./forms.js";
import { toastLater } from "./toast.js";

const AT_ONCE = 20;

const boxes = () => [...document.querySelectorAll('#people > .wide input[name="pick"]')];
const picked = () => boxes().filter((box) => box.checked).map((box) => Number(box.value));
const people = (count) => `${count} ${count === 1 ? "person" : "people"}`;
const at = (id) => document.getElementById(id);

let key = "";
let left = [];

function show() {
  const count = picked().length;
  at("picked").textContent = count ? `${people(count)} picked` : "Nobody is picked";
  at("ban-picked").disabled = count === 0;
  at("pick-all").checked = count === boxes().length;
  at("pick-all").indeterminate = count > 0 && count < boxes().length;
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function chats(chatting) {
  if (chatting === 0) return "None of them is chatting.";
  return chatting === 1 ? "One of them is chatting: that chat ends." : `${chatting} of them are chatting: these chats end.`;
}

function before({ count, banned, unknown, chatting }) {
  const parts = [`This bans ${people(count)}.`];
  if (banned.length) parts.push(`Banned already, and banned anew: ${banned.join(", ")}.`);
  if (unknown.length) parts.push(`Without a profile: ${unknown.join(", ")}.`);
  parts.push(chats(chatting));
  return parts.join(" ");
}

async function begin() {
  key = newKey();
  left = picked();
  const form = at("ban-many-form");
  at("ban-many-before").textContent = "Looking how they stand…";
  at("ban-many-progress").hidden = true;
  at("ban-many-go").textContent = `Ban ${people(left.length)}`;
  refuse(form, { message: "", field: "" });
  try {
    at("ban-many-before").textContent = before(await ask("POST", "/api/bans/check", { users: left }));
  } catch (error) {
    at("ban-many-before").textContent = "";
    refuse(form, error);
  }
}

// Takes those out of `left` who are done. Throws where the panel refuses or does not answer.
async function banSome(terms) {
  const { items } = await ask("POST", "/api/bans", { ...terms, users: left.slice(0, AT_ONCE), key });
  const failed = items.filter((each) => each.outcome === "failed");
  const done = new Set(items.filter((each) => each.outcome !== "failed").map((each) => each.id));
  left = left.filter((id) => !done.has(id));
  if (failed.length) throw new Error("The database does not answer.");
}

async function banAll(form) {
  const terms = read(form);
  const all = left.length;
  const progress = at("ban-many-progress");
  Object.assign(progress, { max: all, value: 0, hidden: false });
  try {
    while (left.length) {
      await banSome(terms);
      progress.value = all - left.length;
    }
    return true;
  } catch (error) {
    progress.hidden = left.length === all;
    const some = left.length < all ? ` Not banned: ${left.join(", ")}. Press again to go on; nobody is banned twice.` : "";
    refuse(form, { message: error.message + some, field: some ? "" : error.field });
    return false;
  }
}

async function submit(event) {
  event.preventDefault();
  const [form, go, count] = [event.target, at("ban-many-go"), left.length];
  for (const place of form.querySelectorAll("[data-wrong]")) place.textContent = "";
  go.disabled = true;
  const done = await banAll(form);
  go.disabled = false;
  if (!done) return;
  toastLater(`Banned ${people(count)}.`);
  location.reload();
}

if (at("pick-all")) {
  at("people").addEventListener("change", (event) => {
    if (event.target.id === "pick-all") for (const box of boxes()) box.checked = event.target.checked;
    show();
  });
  at("ban-picked").addEventListener("click", begin);
  at("ban-many-form").addEventListener("submit", submit);
  show();
}
