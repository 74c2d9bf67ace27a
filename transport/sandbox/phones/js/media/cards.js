// Files, polls, dice, contacts and places.

import { h, icon } from "../dom.js";
import { fileUrl, nameOf, sizeText } from "./kinds.js";

export function file({ media }) {
  const name = media.file_name || nameOf(media);
  const ending = /\.([a-z\d]{1,4})$/i.exec(name)?.[1] ?? "";
  const inside = [
    h("span", { class: "file-mark", "aria-hidden": "true" }, ending ? ending.toLowerCase() : icon("file")),
    h("span", { class: "file-name" }, name),
    h("span", { class: "file-size" }, sizeText(media.size ?? 0)),
  ];
  if (!media.file_unique_id) return h("span", { class: "file" }, ...inside);
  return h("a", { class: "file", href: fileUrl(media), download: name, "aria-label": `Download ${name}` }, ...inside);
}

const wordsOf = (option) => (typeof option === "string" ? option : (option.text ?? ""));

export function poll({ media }) {
  const about = [media.anonymous === false ? "Public poll" : "Anonymous poll", media.multiple && "several answers", media.quiz && "quiz"].filter(Boolean);
  return h(
    "div",
    { class: "poll", role: "group", "aria-label": "Poll" },
    h("b", {}, media.question ?? "Poll"),
    h("small", {}, about.join(" · ")),
    h("ul", {}, ...(media.options ?? []).map((option) => h("li", {}, wordsOf(option)))),
  );
}

const FACES = ["⚀", "⚁", "⚂", "⚃", "⚄", "⚅"];

export function dice({ media }) {
  const emoji = media.emoji ?? "🎲";
  const face = emoji === "🎲" ? FACES[media.value - 1] : null;
  return h(
    "div",
    { class: "dice", role: "img", "aria-label": `${emoji} shows ${media.value ?? "nothing"}` },
    h("span", { class: "dice-face" }, face ?? emoji),
    media.value && h("span", { class: "dice-value" }, String(media.value)),
  );
}

export function contact({ media }) {
  const name = [media.first_name, media.last_name].filter(Boolean).join(" ") || "Contact";
  return h("span", { class: "file" }, h("span", { class: "file-mark", "aria-hidden": "true" }, name.slice(0, 1)), h("span", { class: "file-name" }, name), h("span", { class: "file-size" }, media.phone_number ?? ""));
}

export function place({ media }) {
  const at = `${media.latitude}, ${media.longitude}`;
  return h("span", { class: "file" }, h("span", { class: "file-mark", "aria-hidden": "true" }, "📍"), h("span", { class: "file-name" }, media.title ?? "Location"), h("span", { class: "file-size" }, at));
}
