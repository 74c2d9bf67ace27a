// One message as it stands in the list.

import { dayOf, h, icon, timeOf } from "./dom.js";
import { formatted, isJumbo, safeUrl } from "./entities.js";

const LONG_PRESS = 500; // milliseconds

const MEDIA = {
  photo: "Photo",
  video: "Video",
  animation: "GIF",
  audio: "Music",
  voice: "Voice message",
  video_note: "Video message",
  sticker: "Sticker",
  document: "File",
  poll: "Poll",
  dice: "Dice",
};

export function summary(message) {
  if (!message) return "A message that is not here";
  const text = message.text || message.caption;
  return text || (message.media ? (MEDIA[message.media.kind] ?? "Attachment") : "Message");
}

function quote(chat, message, jump) {
  const original = chat.messages.get(message.replyTo);
  return h(
    "button",
    { type: "button", class: "quote", "aria-label": `In reply to: ${summary(original)}`, onclick: () => jump(message.replyTo) },
    h("b", {}, original ? (original.out ? chat.person.name : chat.bot.name) : "Earlier"),
    h("span", {}, summary(original)),
  );
}

function attachment({ media }) {
  const name = MEDIA[media.kind] ?? "Attachment";
  const size = media.size ? ` · ${Math.max(1, Math.round(media.size / 1024))} kB` : "";
  const file = media.file_unique_id;
  const inside = [icon("file"), h("span", {}, name + size)];
  return file
    ? h("a", { class: "attachment", href: `/api/files/${encodeURIComponent(file)}`, target: "_blank", rel: "noopener" }, ...inside)
    : h("span", { class: "attachment" }, ...inside);
}

function inlineButton(button, message, press, copy) {
  const label = h("span", {}, button.text);
  if (button.copy) return h("button", { type: "button", class: "key", onclick: () => copy(button.copy) }, label, icon("copy"));
  if (button.url) {
    const href = safeUrl(button.url);
    return h("a", { class: "key", href, target: "_blank", rel: "noopener noreferrer" }, label, icon("link"));
  }
  return h("button", { type: "button", class: "key", onclick: (event) => press(message, button, event.currentTarget) }, label, h("i", { class: "spinner" }));
}

function keyboard(message, { press, copy }) {
  const rows = message.keyboard.rows.map((row) => h("div", { class: "keys" }, row.map((button) => inlineButton(button, message, press, copy))));
  return h("div", { class: "inline-keys", role: "group", "aria-label": "Buttons of this message" }, ...rows);
}

function shownTime(message) {
  return (message.edited ? "edited " : "") + timeOf(message.date);
}

function meta(message) {
  const sent = new Date(message.date * 1000).toISOString();
  return h("span", { class: "meta" }, message.edited && h("span", { class: "edited" }, "edited "), h("time", { datetime: sent }, timeOf(message.date)));
}

// actions: {press, copy, jump, command, reply, menu}
export function bubble(chat, message, actions) {
  const text = message.text || message.caption;
  const jumbo = message.entities.length === 0 && isJumbo(text);
  const body = h(
    "div",
    { class: jumbo ? "bubble jumbo" : "bubble", tabindex: "-1", "aria-label": `${message.out ? chat.person.name : chat.bot.name}: ${summary(message)}` },
    message.forwarded && h("span", { class: "forwarded" }, "Forwarded message"),
    message.replyTo !== null && quote(chat, message, actions.jump),
    message.media && attachment(message),
    text && h("div", { class: "text", dir: "auto" }, ...formatted(text, message.entities, actions.command), h("span", { class: "meta-room", "data-time": shownTime(message) })),
    meta(message),
  );
  const reply = h("button", { type: "button", class: "quick-reply", tabindex: "-1", "aria-label": "Reply", title: "Reply", onclick: () => actions.reply(message) }, icon("reply"));
  const row = h("div", { class: `row ${message.out ? "out" : "in"}`, "data-id": String(message.id) }, h("div", { class: "line" }, body, reply));
  if (message.keyboard) row.append(keyboard(message, actions));
  body.addEventListener("dblclick", () => actions.reply(message));
  body.addEventListener("contextmenu", (event) => actions.menu(message, event));
  onLongPress(body, (event) => actions.menu(message, event));
  return row;
}

// Not every phone's browser makes a context menu of a long press.
function onLongPress(node, act) {
  let timer = 0;
  node.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") timer = setTimeout(() => act(event), LONG_PRESS);
  });
  for (const name of ["pointerup", "pointercancel", "pointermove", "contextmenu"]) node.addEventListener(name, () => clearTimeout(timer));
}

export function dayMark(seconds) {
  return h("div", { class: "day", "data-day": dayOf(seconds) }, h("span", {}, dayOf(seconds)));
}
