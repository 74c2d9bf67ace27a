// Voice messages and music: one plays at a time.

import { h, icon } from "../dom.js";
import { attempt } from "../toast.js";
import { fileUrl, lengthText, sizeText } from "./kinds.js";
import { whenNear } from "./sight.js";

const BARS = 44;
const LARGEST_DRAWN = 4_000_000; // bytes; the curve of a longer one is not worth reading it twice
const RATE = 8000; // Hz: enough to see loud and soft

let playing = null;

// Plays or pauses; what played before falls silent.
export function takeOver(element) {
  if (!element.paused) return element.pause();
  if (playing !== element) playing?.pause();
  playing = element;
  return attempt(() => element.play());
}

// Loudness from 0 to 1 of each of the bars, and the length in seconds.
async function measure(media) {
  const bytes = await (await fetch(fileUrl(media))).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  const step = Math.max(1, Math.floor(samples.length / BARS));
  const peaks = Array.from({ length: BARS }, (_, bar) => {
    let peak = 0;
    for (const sample of samples.subarray(bar * step, (bar + 1) * step)) peak = Math.max(peak, Math.abs(sample));
    return peak;
  });
  const loudest = Math.max(...peaks, 0.01);
  return { peaks: peaks.map((peak) => peak / loudest), seconds: sound.duration };
}

function drawBars(track, peaks) {
  track.replaceChildren(
    ...peaks.map((peak) => {
      const bar = h("i");
      bar.style.setProperty("--peak", peak.toFixed(2));
      return bar;
    }),
  );
}

function player(media, name) {
  const element = h("audio", { preload: "none", src: fileUrl(media) });
  const button = h("button", { type: "button", class: "round-button" }, icon("play"));
  const seek = h("input", { type: "range", min: "0", max: "1000", value: "0", step: "1", "aria-label": `Position in ${name.toLowerCase()}` });
  const time = h("span", { class: "time" });
  const one = { element, button, seek, time, seconds: media.duration ?? 0, track: null };
  const state = () => {
    button.replaceChildren(icon(element.paused ? "play" : "pause"));
    button.setAttribute("aria-label", `${element.paused ? "Play" : "Pause"} ${name.toLowerCase()}`);
  };
  button.addEventListener("click", () => takeOver(element));
  for (const event of ["play", "pause", "ended"]) element.addEventListener(event, state);
  element.addEventListener("ended", () => (element.currentTime = 0));
  element.addEventListener("durationchange", () => setLength(one, element.duration));
  element.addEventListener("timeupdate", () => showTime(one));
  seek.addEventListener("input", () => seekTo(one));
  state();
  showTime(one);
  return one;
}

function setLength(one, seconds) {
  if (Number.isFinite(seconds) && seconds > 0) one.seconds = seconds;
  showTime(one);
}

function showTime({ element, seek, time, seconds, track }) {
  const part = seconds ? Math.min(1, element.currentTime / seconds) : 0;
  seek.value = String(part * 1000);
  seek.setAttribute("aria-valuetext", lengthText(element.currentTime));
  time.textContent = element.currentTime > 0 ? `${lengthText(element.currentTime)} / ${lengthText(seconds)}` : lengthText(seconds);
  const bars = track?.children ?? [];
  for (let at = 0; at < bars.length; at++) bars[at].classList.toggle("heard", at < part * bars.length);
  seek.style.setProperty("--part", `${part * 100}%`);
}

function seekTo(one) {
  const { element, seek } = one;
  if (element.readyState === 0) element.load();
  if (one.seconds) element.currentTime = (Number(seek.value) / 1000) * one.seconds;
}

export function voice({ media }) {
  const one = player(media, "Voice message");
  one.track = h("span", { class: "bars", "aria-hidden": "true" });
  drawBars(one.track, Array(BARS).fill(0.12));
  const node = h("div", { class: "sound voice" }, one.button, h("div", { class: "track" }, one.track, one.seek), one.time, one.element);
  whenNear(node, () => media.size <= LARGEST_DRAWN && drawCurve(one, media));
  return node;
}

async function drawCurve(one, media) {
  try {
    const { peaks, seconds } = await measure(media);
    drawBars(one.track, peaks);
    setLength(one, seconds);
  } catch {
    one.track.classList.add("flat"); // not a sound that this browser can read: it stays a plain bar
  }
}

export function audio({ media }) {
  const title = media.title || media.file_name || "Music";
  const one = player(media, title);
  one.element.preload = "metadata";
  one.element.removeAttribute("src");
  const about = h("span", { class: "about" }, media.performer || sizeText(media.size));
  const node = h("div", { class: "sound music" }, one.button, h("b", { class: "title" }, title), one.seek, h("span", { class: "under" }, one.time, about), one.element);
  whenNear(node, () => (one.element.src = fileUrl(media)));
  return node;
}
