// Sends forms with data-api="POST /api/…" as JSON, and shows a refusal beside its field.
//
// Names with dots make objects ("limits.count"). A number field is a number, a checkbox true or false, a field with data-json
// whatever JSON it holds; an empty field with data-optional is left out. data-done is said after, "{name}" in it is a part of the
// answer. data-then: reload, stay, or an address. The form fires `answered` with the answer before that; preventDefault() keeps
// the page from going on.

import { ask } from "./api.js";
import { toast, toastLater } from "./toast.js";

function valueOf(input) {
  if (input.type === "checkbox") return input.checked;
  if (input.type === "number" || input.dataset.type === "number") return input.value === "" ? null : Number(input.value);
  return input.dataset.json === undefined ? input.value : JSON.parse(input.value);
}

export function read(form) {
  const body = {};
  for (const input of form.elements) {
    if (!input.name || input.disabled || (input.type === "radio" && !input.checked)) continue;
    if (input.dataset.optional !== undefined && input.value === "") continue;
    const parts = input.name.split(".");
    const last = parts.pop();
    const place = parts.reduce((at, part) => (at[part] ??= {}), body);
    place[last] = valueOf(input);
  }
  return body;
}

function clear(form) {
  for (const place of form.querySelectorAll("[data-wrong]")) place.textContent = "";
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

export function refuse(form, { message, field }) {
  const near = [...form.querySelectorAll("[data-wrong]")];
  const place = near.find((one) => field && one.dataset.wrong === field) ?? near.find((one) => one.dataset.wrong === "");
  if (!place) return toast(message);
  place.textContent = message;
  const input = field ? form.elements.namedItem(field) : null;
  if (input instanceof HTMLElement) {
    input.setAttribute("aria-invalid", "true");
    input.focus();
  }
}

function said(text, answer) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(answer?.[name] ?? ""));
}

function goOn(form, answer) {
  const { done = "", then = "reload" } = form.dataset;
  form.closest("dialog")?.close();
  if (then === "stay") {
    if (done) toast(said(done, answer));
    return;
  }
  if (done) toastLater(said(done, answer));
  if (then === "reload") location.reload();
  else location.assign(then);
}

async function send(form, button) {
  const [method, path] = form.dataset.api.split(" ");
  clear(form);
  if (button) button.disabled = true;
  try {
    const body = read(form);
    const answer = await ask(method, path, method === "DELETE" && Object.keys(body).length === 0 ? null : body);
    if (form.dispatchEvent(new CustomEvent("answered", { detail: answer, bubbles: true, cancelable: true }))) goOn(form, answer);
  } catch (error) {
    refuse(form, error);
  } finally {
    if (button) button.disabled = false;
  }
}

export function installForms() {
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.api) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
}
