// A voice message by microphone: a line that takes the composer's place while it listens.

import { h, iconButton } from "../dom.js";
import { attempt } from "../toast.js";
import { lengthText } from "./kinds.js";

const TICK = 200; // milliseconds
const NAME = { "audio/webm": "voice.webm", "audio/mp4": "voice.m4a", "audio/ogg": "voice.ogg" };

export class Recorder {
  #recorder = null;
  #timer = 0;
  #begun = 0;
  #keep = false;

  // `onRecorded` gets {file, kind, duration}; `onState` is called when listening begins and ends.
  constructor(onRecorded, onState) {
    this.onRecorded = onRecorded;
    this.onState = onState;
    this.time = h("span", { class: "recorded", role: "timer" });
    this.done = iconButton("send", "Send the recording", () => this.stop(true), "send ready");
    this.element = h(
      "div",
      { class: "recording", hidden: true, onkeydown: (event) => event.key === "Escape" && this.stop(false) },
      iconButton("close", "Throw the recording away", () => this.stop(false)),
      this.time,
      this.done,
    );
  }

  get active() {
    return this.#recorder !== null;
  }

  async start() {
    if (this.active) return;
    await attempt(async () => this.#listen(await microphone()));
  }

  stop(keep) {
    this.#keep = keep;
    this.#recorder?.stop();
  }

  #listen(stream) {
    const parts = [];
    const recorder = new MediaRecorder(stream);
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      this.#ended(parts, recorder.mimeType);
    });
    this.#recorder = recorder;
    this.#begun = performance.now();
    this.#timer = setInterval(() => this.#show(), TICK);
    recorder.start();
    this.#show();
    this.onState();
    this.done.focus();
  }

  #show() {
    this.time.textContent = `Recording ${lengthText(Math.floor(this.#seconds()))}`;
  }

  #seconds() {
    return (performance.now() - this.#begun) / 1000;
  }

  #ended(parts, mime) {
    const duration = Math.round(this.#seconds());
    const [type] = mime.split(";");
    clearInterval(this.#timer);
    this.#recorder = null;
    this.onState();
    if (this.#keep) this.onRecorded({ file: new File(parts, NAME[type] ?? "voice", { type }), kind: "voice", duration });
  }
}

async function microphone() {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    throw new Error(error.name === "NotAllowedError" ? "The browser does not let this page use the microphone." : "No microphone was found. A sound file can be sent instead.");
  }
}
