// Figures with a line of how they went over the last minute.

const SVG = "http://www.w3.org/2000/svg";
const KEPT = 60;

function line(points) {
  const top = Math.max(...points, 1);
  const step = 100 / (KEPT - 1);
  const from = 100 - (points.length - 1) * step;
  return points.map((value, at) => `${(from + at * step).toFixed(2)},${(27 - (value / top) * 24).toFixed(2)}`).join(" ");
}

class Tile {
  #points = [];

  constructor({ title, hint, value, trend }) {
    Object.assign(this, { value, trend });
    this.element = document.createElement("article");
    this.element.className = "tile";
    this.element.title = hint;
    this.number = document.createElement("strong");
    const name = document.createElement("span");
    name.textContent = title;
    const chart = document.createElementNS(SVG, "svg");
    chart.setAttribute("viewBox", "0 0 100 28");
    chart.setAttribute("preserveAspectRatio", "none");
    chart.setAttribute("aria-hidden", "true");
    this.path = document.createElementNS(SVG, "polyline");
    chart.append(this.path);
    this.element.append(name, this.number, chart);
  }

  show(status) {
    this.number.textContent = this.value(status.figures);
    this.#points.push(this.trend(status.figures));
    if (this.#points.length > KEPT) this.#points.shift();
    this.path.setAttribute("points", line(this.#points));
  }
}

export class Tiles {
  constructor(place, tiles) {
    this.tiles = tiles.map((one) => new Tile(one));
    place.replaceChildren(...this.tiles.map(({ element }) => element));
  }

  show(status) {
    for (const tile of this.tiles) tile.show(status);
  }
}
