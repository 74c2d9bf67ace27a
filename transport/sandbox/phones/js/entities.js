// Formatted text. Offsets count UTF-16 code units, as JavaScript strings do.

import { h } from "./dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
  spoiler: "span",
};
const COMMANDS_STAND_IN = new Set(["bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"]);
const BLOCKS = new Set(["PRE", "BLOCKQUOTE"]);
const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

export function safeUrl(address) {
  try {
    const url = new URL(/^[a-z][a-z\d+.-]*:/i.test(address) ? address : `https://${address}`);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function outerFirst(a, b) {
  return a.offset - b.offset || b.length - a.length;
}

// Entities may overlap without nesting: whatever reaches beyond its parent is cut there and goes on behind it.
function nested(entities, from, to) {
  const inside = [];
  const rest = [];
  for (const entity of entities) {
    const end = entity.offset + entity.length;
    if (entity.offset >= to) rest.push(entity);
    else if (end <= to) inside.push(entity);
    else {
      inside.push({ ...entity, length: to - entity.offset });
      rest.push({ ...entity, offset: to, length: end - to });
    }
  }
  return [inside.filter((entity) => entity.length > 0 && entity.offset >= from), rest.sort(outerFirst)];
}

function wrap(entity, text, children, onCommand) {
  const { type } = entity;
  if (type === "text_link" || type === "url" || type === "email") {
    const target = type === "email" ? `mailto:${text}` : safeUrl(entity.url || text);
    if (target) return h("a", { href: target, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
    return h("span", {}, ...children);
  }
  if (type === "bot_command") return h("button", { type: "button", class: "command", onclick: () => onCommand(text) }, ...children);
  if (type === "spoiler") return spoiler(children);
  const tag = TAGS[type];
  return tag ? h(tag, {}, ...children) : h("span", { class: "mention" }, ...children);
}

function spoiler(children) {
  const node = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text; press to read" }, ...children);
  const reveal = () => {
    node.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  node.addEventListener("click", reveal);
  node.addEventListener("keydown", (event) => ["Enter", " "].includes(event.key) && reveal());
  return node;
}

function build(text, entities, from, to, onCommand) {
  const nodes = [];
  let at = from;
  let queue = entities;
  while (queue.length > 0) {
    const [entity, ...others] = queue;
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (start > at) nodes.push(text.slice(at, start));
    const [inside, rest] = nested(others, start, end);
    if (end > start) nodes.push(wrap(entity, text.slice(start, end), build(text, inside, start, end, onCommand), onCommand));
    at = Math.max(at, end);
    queue = rest;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return withoutBlankLines(nodes);
}

const isBlock = (node) => BLOCKS.has(node?.tagName);

// A block stands on lines of its own already: the line breaks of the text around it would be seen twice.
function withoutBlankLines(nodes) {
  return nodes.map((node, at) => {
    if (typeof node !== "string") return node;
    const after = isBlock(nodes[at - 1]) ? node.replace(/^\n/, "") : node;
    return isBlock(nodes[at + 1]) ? after.replace(/\n$/, "") : after;
  });
}

const COMMAND = /(?<![\w/@<>])\/[A-Za-z]\w{0,63}(?:@\w{3,32})?\b(?![/<>])/g;

// Telegram's apps find commands in what bots write, too, where nothing else is marked.
export function withCommands(text, entities) {
  const found = [...text.matchAll(COMMAND)].map(({ 0: word, index }) => ({ type: "bot_command", offset: index, length: word.length }));
  const free = (one) => entities.every(({ type, offset, length }) => COMMANDS_STAND_IN.has(type) || offset + length <= one.offset || offset >= one.offset + one.length);
  return [...entities, ...found.filter(free)];
}

// `onCommand` is called with the text of a /command that was pressed.
export function formatted(text, entities, onCommand) {
  return build(text, [...entities].sort(outerFirst), 0, text.length, onCommand);
}

const JUMBO = /^(?:\p{Extended_Pictographic}(?:\uFE0F|[\u{1F3FB}-\u{1F3FF}]|\u200D\p{Extended_Pictographic})*){1,3}$/u;

export const isJumbo = (text) => text.length < 24 && JUMBO.test(text);
