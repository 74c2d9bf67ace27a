// Moves the clock of Stars on: subscriptions are renewed without anybody waiting for a month.

import { api } from "../api.js";
import { h } from "../dom.js";
import { attempt, toast } from "../toast.js";
import { momentOf } from "./amounts.js";

const STEPS = [
  [60, "1 minute"],
  [600, "10 minutes"],
  [3600, "1 hour"],
  [86_400, "1 day"],
  [2_592_000, "30 days"],
  [31_536_000, "365 days"],
];

export class StarsClock {
  constructor() {
    this.now = h("p", { class: "hint", role: "status" });
    this.by = h("select", { name: "by" }, ...STEPS.map(([seconds, text]) => h("option", { value: String(seconds), selected: text === "30 days" }, text)));
    this.element = h(
      "section",
      { "aria-label": "Clock of Stars" },
      h("h3", {}, "Clock of Stars"),
      h("form", { onsubmit: (event) => (event.preventDefault(), this.#move()) }, this.now, h("label", {}, "Move on by", this.by), h("div", { class: "buttons" }, h("button", { class: "action primary" }, "Move on"))),
    );
  }

  read() {
    return attempt(async () => this.#show(await api.clock()));
  }

  #move() {
    return attempt(async () => {
      this.#show(await api.moveClock(Number(this.by.value)));
      toast(`The clock of Stars moved on by ${this.by.selectedOptions[0].text}.`, "good");
    });
  }

  #show({ now }) {
    this.now.textContent = `It shows ${momentOf(now)}. Subscriptions and payments go by it; it cannot go back.`;
  }
}
