// What can be sent besides text: its names, its files, its figures.

export const NAMES = {
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
  contact: "Contact",
  location: "Location",
  invoice: "Invoice",
};

const VISUAL = new Set(["photo", "video", "animation"]);
const OFFERED = {
  image: ["photo", "sticker", "document"],
  gif: ["animation", "photo", "document"],
  video: ["video", "animation", "video_note", "document"],
  audio: ["audio", "voice", "document"],
  voice: ["voice", "audio", "document"],
  other: ["document"],
};

export const nameOf = (media) => NAMES[media.kind] ?? "Attachment";
export const isVisual = (media) => VISUAL.has(media?.kind);
export const fileUrl = ({ file_unique_id: id }) => `/api/files/${encodeURIComponent(id)}`;

function familyOf({ type, name }) {
  if (type === "image/gif") return "gif";
  if (/^image\/(png|jpeg|webp|avif|bmp)$/.test(type)) return "image";
  if (/^audio\/(ogg|opus)/.test(type) || /\.(oga|opus)$/i.test(name)) return "voice";
  const [family] = type.split("/");
  return family === "audio" || family === "video" ? family : "other";
}

// What a file can be sent as; the first is the guess.
export const kindsOf = (file) => OFFERED[familyOf(file)];

export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function lengthText(seconds) {
  const whole = Number.isFinite(seconds) ? Math.round(seconds) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
