// From files on this machine to requests: what goes together, and the bytes as JSON carries them.

import { sizeText } from "./kinds.js";

const MOST = 10; // pictures in an album
const ALBUMS = { photo: "pictures", video: "pictures", document: "files", audio: "music" };

// Files that follow each other and may stand in one album do; the others go alone. An animation never shares.
export function inBatches(items) {
  const batches = [];
  for (const item of items) {
    const sort = ALBUMS[item.kind] ?? null;
    const last = batches.at(-1);
    if (sort && last?.sort === sort && last.items.length < MOST) last.items.push(item);
    else batches.push({ sort, items: [item] });
  }
  return batches.map((batch) => batch.items);
}

// Why these cannot be sent, as a sentence; empty where they can. `limit` in bytes is of one request.
export function tooLarge(items, limit) {
  const most = `at most ${sizeText(limit)} can be sent`;
  const large = items.find(({ file }) => file.size > limit);
  if (large) return `${large.file.name} has ${sizeText(large.file.size)}: ${most}.`;
  const sizes = inBatches(items).map((batch) => batch.reduce((sum, { file }) => sum + file.size, 0));
  const sum = Math.max(...sizes);
  return sum > limit ? `Together these have ${sizeText(sum)}: ${most} in one album.` : "";
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(new Error(`${file.name} cannot be read.`)));
    reader.readAsDataURL(file);
  });
}

function loaded(tag, event, url) {
  return new Promise((resolve) => {
    const node = document.createElement(tag);
    node.addEventListener(event, () => resolve(node), { once: true });
    node.addEventListener("error", () => resolve(null), { once: true });
    node.src = url;
  });
}

// Width, height and length, as Telegram's apps tell them with the file; nothing where the browser cannot say.
async function figures({ file, kind }) {
  if (kind === "document") return {};
  const url = URL.createObjectURL(file);
  try {
    if (file.type.startsWith("image/")) {
      const node = await loaded("img", "load", url);
      return node ? { width: node.naturalWidth, height: node.naturalHeight } : {};
    }
    const node = await loaded(file.type.startsWith("video/") ? "video" : "audio", "loadedmetadata", url);
    const duration = Number.isFinite(node?.duration) ? { duration: Math.round(node.duration) } : {};
    return node?.videoWidth ? { width: node.videoWidth, height: node.videoHeight, ...duration } : duration;
  } finally {
    URL.revokeObjectURL(url);
  }
}

export async function asMedia(item, { caption, spoiler }) {
  const { file, kind, duration } = item;
  const known = duration ? { duration } : await figures(item);
  const media = { kind, caption, data: await base64(file), file_name: file.name, mime_type: file.type, ...known };
  if (spoiler && ["photo", "video", "animation"].includes(item.kind)) media.spoiler = true;
  return media;
}
