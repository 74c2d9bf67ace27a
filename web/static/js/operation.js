// The steps of an operation that runs, line by line, until it is over.

import { ask } from "./api.js";

const AGAIN = 2000; // milliseconds until it is asked again after the supervisor did not answer
const byId = (id) => document.getElementById(id);
let followed = 0;

function say(text, kind = "") {
  const line = Object.assign(document.createElement("li"), { textContent: text, className: kind });
  byId("steps").append(line);
  byId("steps").scrollTop = byId("steps").scrollHeight;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// One operation at a time: the supervisor does not do two.
export async function follow({ number, title }) {
  if (number === followed) return;
  followed = number;
  byId("operation").hidden = false;
  byId("operation-title").textContent = title ? `Under way: ${title}` : "Under way";
  byId("steps").replaceChildren();
  for (let known = 0, over = false; !over && followed === number; ) {
    const progress = await ask("GET", `/api/operations/${number}?known=${known}`).catch(() => null);
    if (!progress) {
      await pause(AGAIN);
      continue;
    }
    for (const line of progress.lines) say(line);
    known += progress.lines.length;
    over = progress.over;
    if (over && progress.failure) say(progress.failure, "bad");
  }
  byId("operation-title").textContent = "Done";
}
