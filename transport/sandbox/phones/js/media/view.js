// What stands in a message besides its text: one thing, or an album.

import { h } from "../dom.js";
import { invoice } from "../stars/invoice.js";
import { contact, dice, file, place, poll } from "./cards.js";
import { fileUrl, isVisual } from "./kinds.js";
import { picture, roundVideo, sticker } from "./picture.js";
import { audio, voice } from "./sound.js";

const DRAW = { photo: picture, video: picture, animation: picture, audio, voice, video_note: roundVideo, sticker, document: file, poll, dice, contact, location: place, invoice };
const BARE = new Set(["sticker", "video_note", "dice"]); // without a bubble around

// How many pictures stand in each row of an album, by their number.
const ROWS = { 2: [2], 3: [1, 2], 4: [1, 3], 5: [2, 3], 6: [3, 3], 7: [2, 2, 3], 8: [2, 3, 3], 9: [3, 3, 3], 10: [2, 2, 3, 3] };

export const draw = (message, context) => (DRAW[message.media.kind] ?? file)(message, context);

// The bubble's own class: pictures reach its edges, some kinds have no bubble.
export function styleOf(messages) {
  const [{ media }] = messages;
  if (!media) return "";
  if (messages.length === 1 && BARE.has(media.kind)) return "bare";
  return messages.every((one) => isVisual(one.media)) ? "visual" : "with-media";
}

export function album(messages, context) {
  const rows = ROWS[messages.length] ?? Array(Math.ceil(messages.length / 3)).fill(3);
  const left = messages.map((message) => draw(message, context));
  return h(
    "div",
    { class: "album", role: "group", "aria-label": `Album of ${messages.length}` },
    ...rows.map((number) => h("div", { class: `album-row of-${number}` }, ...left.splice(0, number))),
  );
}

// A small picture for quotes, where there is one to show.
export function thumbnail(message, chat) {
  const { media } = message ?? {};
  if (media?.kind !== "photo" && media?.kind !== "sticker") return null;
  const veiled = media.spoiler && !chat.revealed.has(message.id);
  return h("img", { class: veiled ? "thumb veiled" : "thumb", src: fileUrl(media), alt: "", loading: "lazy", onerror: (event) => event.target.remove() });
}
