// One message as it stands in the list.

import { dayOf, h, icon, timeOf } from "./dom.js";
import { formatted, isJumbo, safeUrl, withCommands } from "./entities.js";
import { nameOf } from "./media/kinds.js";
import { album, draw, styleOf, thumbnail } from "./media/view.js";
import { payButton } from "./stars/invoice.js";
import { serviceRow, serviceText } from "./stars/service.js";
import { onSwipe } from "./swipe.js";

const LONG_PRESS = 500; // milliseconds

export function summary(message) {
  if (!message) return "A message that is not here";
  if (message.service) return serviceText(message.service);
  if (message.media?.kind === "invoice") return `⭐ ${message.media.title}`;
  const text = message.text || message.caption;
  return text || (message.media ? nameOf(message.media) : "Message");
}

function quote(chat, message, jump) {
  const original = chat.messages.get(message.replyTo);
  return h(
    "button",
    { type: "button", class: "quote", "aria-label": `In reply to: ${summary(original)}`, onclick: () => jump(message.replyTo) },
    h("b", {}, original ? (original.out ? chat.person.name : chat.bot.name) : "Earlier"),
    h("span", {}, summary(original)),
    thumbnail(original, chat),
  );
}

function inlineButton(button, message, actions) {
  const { press, copy } = actions;
  if (button.pay) return payButton(button, message, actions);
  const label = h("span", {}, button.text);
  if (button.copy) return h("button", { type: "button", class: "key", onclick: () => copy(button.copy) }, label, icon("copy"));
  if (button.url) {
    const href = safeUrl(button.url);
    return h("a", { class: "key", href, target: "_blank", rel: "noopener noreferrer" }, label, icon("link"));
  }
  return h("button", { type: "button", class: "key", onclick: (event) => press(message, button, event.currentTarget) }, label, h("i", { class: "spinner" }));
}

function keyboard(message, actions) {
  const rows = message.keyboard.rows.map((row) => h("div", { class: "keys" }, row.map((button) => inlineButton(button, message, actions))));
  return h("div", { class: "inline-keys", role: "group", "aria-label": "Buttons of this message" }, ...rows);
}

function shownTime(message) {
  return (message.edited ? "edited " : "") + timeOf(message.date);
}

function meta(message) {
  const sent = new Date(message.date * 1000).toISOString();
  return h("span", { class: "meta" }, message.edited && h("span", { class: "edited" }, "edited "), h("time", { datetime: sent }, timeOf(message.date)));
}

function words(message, actions) {
  const text = message.text || message.caption;
  if (!text) return null;
  const entities = message.out ? message.entities : withCommands(text, message.entities);
  const shown = h("span", { class: "words" }, ...formatted(text, entities, actions.command));
  return h("div", { class: "text", dir: "auto" }, shown, h("span", { class: "meta-room", "data-time": shownTime(message) }));
}

// A caption stands below, or above where its sender wanted that.
const captionedBy = (message, drawn, captions) => (message.media?.caption_above ? [...captions, drawn] : [drawn, ...captions]);

// Pictures of an album share a frame with their captions; files and music keep each its own.
function contents(chat, messages, actions) {
  const context = { chat, view: actions.view };
  if (messages.length > 1 && styleOf(messages) === "visual")
    return captionedBy(messages[0], album(messages, context), messages.map((one) => words(one, actions)));
  return messages.flatMap((one) => captionedBy(one, one.media && h("div", { class: "media", "data-message": String(one.id) }, draw(one, context)), [words(one, actions)]));
}

function styles(messages) {
  const [first] = messages;
  const jumbo = !first.media && first.entities.length === 0 && isJumbo(first.text);
  return ["bubble", jumbo ? "jumbo" : styleOf(messages)].filter(Boolean).join(" ");
}

// One message, or those of an album. actions: {press, copy, jump, command, reply, menu, view, pay, receipt, receiptOf}
export function bubble(chat, messages, actions) {
  const [first] = messages;
  if (first.service) return serviceRow(first, actions.receipt);
  const last = messages.at(-1);
  const told = messages.length > 1 ? `Album of ${messages.length}: ${summary(messages.find(({ caption }) => caption) ?? first)}` : summary(first);
  const body = h(
    "div",
    { class: styles(messages), tabindex: "-1", "aria-label": `${first.out ? chat.person.name : chat.bot.name}: ${told}` },
    first.forwarded && h("span", { class: "forwarded" }, "Forwarded message"),
    first.replyTo !== null && quote(chat, first, actions.jump),
    ...contents(chat, messages, actions),
    meta({ ...last, edited: messages.some(({ edited }) => edited) }),
  );
  const reply = h("button", { type: "button", class: "quick-reply", tabindex: "-1", "aria-label": "Reply", title: "Reply", onclick: () => actions.reply(first) }, icon("reply"));
  const row = h("div", { class: `row ${first.out ? "out" : "in"}`, "data-id": String(first.id) }, h("div", { class: "line" }, body, reply));
  row.classList.toggle("tall", Boolean(first.media));
  if (last.keyboard) row.append(keyboard(last, actions));
  const meant = ({ target }) => messages.find(({ id }) => String(id) === target.closest("[data-message]")?.dataset.message) ?? captioned(messages);
  body.addEventListener("dblclick", (event) => event.target.closest("button, a, input") || actions.reply(meant(event)));
  body.addEventListener("contextmenu", (event) => actions.menu(meant(event), event));
  onLongPress(body, (event) => actions.menu(meant(event), event));
  onSwipe(body, () => actions.reply(first));
  return row;
}

// Where an album as a whole is meant, it is the one that speaks for it.
const captioned = (messages) => messages.find(({ caption }) => caption) ?? messages[0];

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
