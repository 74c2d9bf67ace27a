// Photos, videos and animations as they stand in a message, stickers, and round video messages.

import { h, icon } from "../dom.js";
import { fileUrl, lengthText, nameOf } from "./kinds.js";
import { playWhileSeen, whenNear } from "./sight.js";
import { takeOver } from "./sound.js";

const WIDEST = 300;
const TALLEST = 340;
const SMALLEST = 110;
const LARGEST_SCALE = 2;
const UNKNOWN = { width: 4, height: 3 };

// The room that a picture takes is known before it has come, so that nothing jumps.
function reserve(node, { width, height }) {
  const known = width && height ? { width, height } : UNKNOWN;
  const scale = Math.min(WIDEST / known.width, TALLEST / known.height, known === UNKNOWN ? Infinity : LARGEST_SCALE);
  node.style.setProperty("--width", `${Math.max(SMALLEST, Math.round(known.width * scale))}px`);
  node.style.setProperty("--ratio", String(Math.min(3, Math.max(0.4, known.width / known.height))));
}

const image = (media, alt) => h("img", { src: fileUrl(media), loading: "lazy", decoding: "async", alt, draggable: "false" });

function film(media, properties) {
  const video = h("video", { muted: true, playsInline: true, preload: "none", tabindex: "-1", ...properties });
  whenNear(video, () => {
    video.preload = "metadata";
    video.src = fileUrl(media);
  });
  return video;
}

function loop(media) {
  if (media.mime_type?.startsWith("image/")) return image(media, "");
  const video = film(media, { loop: true });
  video.addEventListener("error", () => video.replaceWith(image(media, "")), { once: true }); // a GIF in the old sense
  playWhileSeen(video);
  return video;
}

const CONTENTS = {
  photo: (media) => [image(media, "")],
  video: (media, mark) => {
    const video = film(media);
    video.addEventListener("loadedmetadata", () => (mark.textContent = lengthText(video.duration)));
    mark.textContent = media.duration ? lengthText(media.duration) : "Video";
    return [video, h("span", { class: "play" }, icon("play")), mark];
  },
  animation: (media, mark) => {
    mark.textContent = "GIF";
    return [loop(media), mark];
  },
};

// context: {chat, view(message)}; under a spoiler the first press shows it, the next one opens it.
export function picture(message, { chat, view }) {
  const { media } = message;
  const name = nameOf(media);
  const button = h("button", { type: "button", class: "picture", "data-message": String(message.id) }, ...CONTENTS[media.kind](media, h("span", { class: "mark" })));
  const show = (hidden) => {
    button.classList.toggle("veiled", hidden);
    button.setAttribute("aria-label", hidden ? `Hidden ${name.toLowerCase()}; press to see` : `Open ${name.toLowerCase()}`);
  };
  const press = () => {
    if (!button.classList.contains("veiled")) return view(message);
    chat.revealed.add(message.id);
    show(false);
  };
  reserve(button, media);
  show(Boolean(media.spoiler) && !chat.revealed.has(message.id));
  button.addEventListener("click", press);
  return button;
}

export function sticker({ media }) {
  const emoji = h("span", { class: "sticker-emoji" }, media.emoji ?? "🎭");
  if (media.mime_type === "application/x-tgsticker") return h("span", { class: "sticker", role: "img", "aria-label": "Animated sticker" }, emoji);
  if (media.mime_type?.startsWith("video/")) return h("span", { class: "sticker" }, loop(media));
  const drawn = image(media, `Sticker ${media.emoji ?? ""}`.trim());
  drawn.addEventListener("error", () => drawn.replaceWith(emoji), { once: true });
  return h("span", { class: "sticker" }, drawn);
}

export function roundVideo({ media }) {
  const time = h("span", { class: "mark" }, media.duration ? lengthText(media.duration) : "");
  const video = film(media);
  const button = h("button", { type: "button", class: "round", "aria-label": "Play video message" }, video, h("span", { class: "play" }, icon("play")), time);
  const mark = () => {
    button.classList.toggle("playing", !video.paused);
    button.setAttribute("aria-label", video.paused ? "Play video message" : "Pause video message");
  };
  for (const name of ["play", "pause", "ended"]) video.addEventListener(name, mark);
  video.addEventListener("loadedmetadata", () => (time.textContent = lengthText(video.duration)));
  video.addEventListener("timeupdate", () => (time.textContent = lengthText(video.duration - video.currentTime)));
  button.addEventListener("click", () => {
    video.muted = false;
    takeOver(video);
  });
  return button;
}
