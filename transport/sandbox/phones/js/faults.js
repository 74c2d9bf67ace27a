// The drawer that makes the sandbox misbehave, to see how a bot bears it.

import { api } from "./api.js";
import { h, iconButton } from "./dom.js";
import { StarsClock } from "./stars/clock.js";
import { attempt, toast } from "./toast.js";

const KINDS = [
  ["flood_wait", "Flood wait", "Calls are refused with FLOOD_WAIT for that many seconds."],
  ["drop", "Drop connection", "The bot's connection is cut and refused for that many seconds."],
  ["delay", "Delay", "Answers come that many seconds late."],
  ["error", "Error", "Calls are refused with an internal error."],
  ["duplicate", "Duplicate updates", "Updates reach the bot twice."],
  ["reorder", "Reorder updates", "Updates reach the bot in the wrong order."],
  ["phantom_places", "Phantom places", "Places of the bot's log stay empty, as where messages were deleted."],
  ["lose_answer", "Lose answers", "Calls are done, but their answers never arrive."],
  ["forget_key", "Forget the key", "The bot's key is unknown (-404): it has to log in afresh."],
  ["key_duplicated", "Key used twice", "The bot's key was used from two places (406) and is destroyed."],
  ["precheckout_late", "Late approval", "The bot's next answer to a payment comes too late: the payment times out."],
  ["charge_anyway", "Charge anyway", "The next payment that the bot refuses, or does not answer, is charged all the same."],
  ["unannounced", "Unannounced payment", "The next payment or refund comes without its message: only the list has it."],
  ["renewal_query", "Renewal asks", "The next renewal of a subscription asks the bot first."],
  ["renewal_after_cancel", "Renewal after cancel", "The next renewal of a cancelled subscription is charged."],
];
const TIMED = new Set(["flood_wait", "delay", "drop"]);

function field(label, input) {
  return h("label", {}, label, input);
}

function request(form) {
  const fault = { kind: form.kind.value, times: Number(form.times.value) };
  if (form.bot.value) fault.bot = Number(form.bot.value);
  if (form.method.value.trim()) fault.method = form.method.value.trim();
  if (TIMED.has(fault.kind)) fault.seconds = Number(form.seconds.value);
  return fault;
}

export class FaultsDrawer {
  constructor(world, button) {
    this.world = world;
    this.button = button;
    this.stats = h("dl", { class: "stats" });
    this.hint = h("p", { class: "hint" });
    this.form = this.#form();
    this.clock = new StarsClock();
    this.element = h(
      "aside",
      { class: "drawer", "aria-label": "Faults", hidden: true, onkeydown: (event) => event.key === "Escape" && this.toggle() },
      h("header", {}, h("h2", {}, "Faults"), iconButton("close", "Close faults", () => this.toggle())),
      h("p", {}, "Make this Telegram misbehave and watch the bots cope. Nobody outside the sandbox notices."),
      this.form,
      this.clock.element,
      h("h3", {}, "So far"),
      this.stats,
    );
    document.getElementById("overlays").append(this.element);
    button.addEventListener("click", () => this.toggle());
  }

  async toggle() {
    this.element.hidden = !this.element.hidden;
    this.button.setAttribute("aria-expanded", String(!this.element.hidden));
    if (this.element.hidden) return this.button.focus();
    const bots = this.world.bots.map((bot) => h("option", { value: String(bot.id) }, bot.name));
    this.form.bot.replaceChildren(h("option", { value: "" }, "Every bot"), ...bots);
    this.#choose();
    this.form.kind.focus();
    await Promise.all([this.#readStats(), this.clock.read()]);
  }

  #form() {
    const kind = h("select", { name: "kind", onchange: () => this.#choose() }, ...KINDS.map(([value, text]) => h("option", { value }, text)));
    const seconds = h("input", { name: "seconds", type: "number", min: "0", step: "any", value: "5" });
    const times = h("input", { name: "times", type: "number", min: "1", value: "1" });
    const method = h("input", { name: "method", placeholder: "any, or e.g. messages.SendMessage", autocomplete: "off", spellcheck: false });
    return h(
      "form",
      { onsubmit: (event) => (event.preventDefault(), this.#add()) },
      field("What", kind),
      this.hint,
      field("Whom", h("select", { name: "bot" })),
      field("Method", method),
      h("div", { class: "pair" }, field("Seconds", seconds), field("Times", times)),
      h("div", { class: "buttons" }, h("button", { type: "button", class: "action", onclick: () => this.#clear() }, "Behave again"), h("button", { class: "action primary" }, "Misbehave")),
    );
  }

  #choose() {
    const [, , hint] = KINDS.find(([value]) => value === this.form.kind.value);
    this.hint.textContent = hint;
    this.form.seconds.disabled = !TIMED.has(this.form.kind.value);
  }

  async #add() {
    if (await attempt(() => api.addFault(request(this.form)))) toast(`${this.form.kind.selectedOptions[0].text}: set.`, "good");
    await this.#readStats();
  }

  async #clear() {
    if (await attempt(api.clearFaults)) toast("The sandbox behaves again.", "good");
    await this.#readStats();
  }

  #readStats() {
    return attempt(async () => {
      const flat = Object.entries(await api.stats()).flatMap(([name, value]) => (value && typeof value === "object" ? Object.entries(value) : [[name, value]]));
      this.stats.replaceChildren(...flat.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, figures(value)))));
    });
  }
}

function figures(value) {
  if (typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([name, figure]) => `${name} ${figure}`)
    .join(", ");
}
