// Charts of figures over time (uPlot): one shared range, one shared cursor, gaps where nothing was reported.
//
// A chart is a <figure data-chart="NAME"> with a .chart and a <figcaption>. `charts.add(figure, {series, write, mark, stacked, highest})`;
// series: [[name, label]], or a function that finds them in the names that there are. write, mark: how a value is written in words,
// and at the axis. highest: where the axis ends, at least.

import { ask } from "./api.js";
import { UNKNOWN, number } from "./format.js";
import { onPulse } from "./pulse.js";

const HEIGHT = 150;
const MOST = 4; // lines in one chart
const ROWS = 20; // of "as table"
const RANGES = { 15: "15 min", 60: "1 h", 360: "6 h", 1440: "24 h" };
const probe = document.createElement("i");

// A colour of tokens.css as a canvas knows it.
function colour(token, alpha = 1) {
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g);
  probe.remove();
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

function clock(seconds) {
  const at = new Date(seconds * 1000);
  return `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}

function piled(rows) {
  const sums = [];
  let below = null;
  for (const row of rows) {
    const from = below;
    below = row.map((value, at) => (value === null ? null : value + (from?.[at] ?? 0)));
    sums.push(below);
  }
  return sums;
}

// Each layer of a pile is filled down to the one below it; the lowest, which is drawn last, to the axis.
function layers(count) {
  return Array.from({ length: count - 1 }, (_, at) => ({ series: [at + 1, at + 2] }));
}

function element(name, text, kind = "") {
  return Object.assign(document.createElement(name), { textContent: text, className: kind });
}

class Chart {
  #plot = null;
  #shown = [];

  constructor(figure, { series, write = number, mark = number, stacked = false, highest = 1 }) {
    Object.assign(this, { figure, find: typeof series === "function" ? series : () => series, write, mark, stacked, highest });
    this.place = figure.querySelector(".chart");
    this.caption = figure.querySelector("figcaption");
    this.details = figure.parentElement.querySelector("details");
    this.details?.addEventListener("toggle", () => this.#tabulate());
  }

  draw(times, all, from, until) {
    const lines = this.find(Object.keys(all)).slice(0, MOST);
    const rows = lines.map(([name]) => all[name] ?? times.map(() => null));
    Object.assign(this, { times, rows, lines, from, until });
    const names = lines.map(([name]) => name);
    if (!this.#plot || this.#shown.join() !== names.join()) this.#make(names);
    this.#plot.setData([times, ...(this.stacked ? piled(rows).reverse() : rows)]);
    this.#describe();
    if (this.details?.open) this.#tabulate();
  }

  remake() {
    if (!this.times) return;
    this.#make(this.#shown);
    this.#plot.setData([this.times, ...(this.stacked ? piled(this.rows).reverse() : this.rows)]);
  }

  #make(names) {
    this.#plot?.destroy();
    this.#shown = names;
    const axis = { stroke: colour("--text-3"), font: "11px Inter Variable", ticks: { show: false } };
    const grid = { stroke: colour("--line"), width: 1 };
    const lines = names.map((_, at) => this.#line(at, names.length === 1 || this.stacked));
    this.#plot = new uPlot(
      {
        width: this.place.clientWidth - 16,
        height: HEIGHT,
        legend: { show: false },
        cursor: { sync: { key: "page" }, y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: {
          x: { range: () => [this.from, this.until] },
          y: { range: (_, least, most) => [0, Math.max((most ?? 0) * 1.15, this.highest)] },
        },
        axes: [
          { ...axis, grid: { show: false }, size: 24, values: (_, splits) => splits.map(clock) },
          { ...axis, grid, size: 44, values: (_, splits) => splits.map((value) => this.mark(value)) },
        ],
        series: [{}, ...(this.stacked ? lines.reverse() : lines)],
        bands: this.stacked ? layers(names.length) : [],
      },
      [[], ...names.map(() => [])],
      this.place,
    );
  }

  #line(at, filled) {
    const token = `--chart-${at + 1}`;
    const fill = filled ? colour(token, this.stacked ? 0.5 : 0.13) : undefined;
    return { stroke: colour(token), width: 1.5, fill, spanGaps: false, points: { show: false } };
  }

  #describe() {
    const parts = this.lines.map(([, label], at) => {
      const values = this.rows[at].filter((value) => value !== null);
      const last = this.rows[at].findLast((value) => value !== null);
      const text = values.length > 0 ? `${this.write(last)}, ${this.write(Math.min(...values))} to ${this.write(Math.max(...values))}` : UNKNOWN;
      return element("span", `${label} ${text}`, `legend tone-${at + 1}`);
    });
    this.caption.replaceChildren(...(parts.length > 0 ? parts : [element("span", "Nothing in this time.")]));
  }

  #tabulate() {
    if (!this.details.open || !this.times) return;
    const every = Math.max(1, Math.floor(this.times.length / ROWS));
    const head = element("tr", "");
    head.append(...["Time", ...this.lines.map(([, label]) => label)].map((text) => Object.assign(element("th", text), { scope: "col" })));
    const rows = this.times.flatMap((at, index) => {
      if (index % every !== every - 1) return [];
      const row = element("tr", "");
      row.append(element("td", clock(at)), ...this.rows.map((values) => element("td", values[index] === null ? UNKNOWN : this.write(values[index]))));
      return [row];
    });
    const [top, body] = [element("thead", ""), element("tbody", "")];
    top.append(head);
    body.append(...rows.reverse());
    this.details.querySelector("table").replaceChildren(top, body);
  }
}

export class Charts {
  #charts = [];
  #history = null;
  #minutes = 15;
  #due = 0;

  constructor(ranges) {
    this.ranges = ranges;
    const kept = Number(sessionStorage.getItem("range"));
    this.#minutes = RANGES[kept] ? kept : 15;
    for (const button of ranges.querySelectorAll("button")) button.addEventListener("click", () => this.choose(Number(button.value)));
    document.addEventListener("theme", () => this.#remake());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#remake());
    new ResizeObserver(() => this.#remake()).observe(ranges.closest("main"));
  }

  add(figure, options) {
    this.#charts.push(new Chart(figure, options));
  }

  async start() {
    await document.fonts.load("11px Inter Variable"); // the canvas keeps the font that it begins with
    onPulse(({ beat }) => this.#follow(beat));
    await this.choose(this.#minutes);
  }

  async choose(minutes) {
    this.#minutes = minutes;
    sessionStorage.setItem("range", String(minutes));
    for (const button of this.ranges.querySelectorAll("button")) button.setAttribute("aria-pressed", String(Number(button.value) === minutes));
    await this.#load();
  }

  async #load() {
    const asked = this.#minutes;
    const history = await ask("GET", `/api/history?minutes=${asked}`).catch(() => null);
    if (!history || asked !== this.#minutes) return;
    this.#history = history;
    this.#due = performance.now() + history.step * 1000;
    this.#draw();
  }

  // By seconds a beat is one more slot; longer slots are asked for when they are over.
  #follow({ at, series }) {
    if (!this.#history || document.hidden) return;
    if (this.#history.step > 1) {
      if (performance.now() > this.#due) this.#load();
      return;
    }
    const { since, series: all } = this.#history;
    const slot = Math.floor(at) - since;
    const length = this.#minutes * 60;
    for (const name of Object.keys(series)) all[name] ??= [];
    for (const [name, values] of Object.entries(all)) {
      while (values.length < slot) values.push(null);
      values[slot] = series[name] ?? null;
      if (values.length > length) values.splice(0, values.length - length);
    }
    this.#history.since = Math.max(since, Math.floor(at) + 1 - length);
    this.#draw();
  }

  #draw() {
    const { since, step, series } = this.#history;
    const length = Math.max(0, ...Object.values(series).map((values) => values.length));
    const times = Array.from({ length }, (_, at) => since + at * step);
    const until = since + length * step;
    for (const chart of this.#charts) chart.draw(times, series, until - this.#minutes * 60, until);
  }

  #remake() {
    for (const chart of this.#charts) chart.remake();
  }
}
