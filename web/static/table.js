// A table that is kept in step with its rows; cells change only where their text does, so a selection survives.

function element(name, text = "", kind = "") {
  const node = document.createElement(name);
  node.textContent = text;
  if (kind) node.className = kind;
  return node;
}

function write(cell, column, row) {
  const text = String(column.text(row));
  if (cell.textContent !== text) cell.textContent = text;
  const mark = column.mark?.(row) ?? "";
  if (cell.dataset.mark !== mark) cell.dataset.mark = mark;
}

// columns: [{title, text(row), number?: bool, mark?(row)}]; key(row) names a row; empty is said where there is none.
export class Table {
  #rows = new Map();

  constructor(table, { columns, key, empty }) {
    this.columns = columns;
    this.key = key;
    const head = element("tr");
    head.append(...columns.map(({ title, number }) => Object.assign(element("th", title, number ? "number" : ""), { scope: "col" })));
    this.body = element("tbody");
    this.empty = element("tr");
    this.empty.append(Object.assign(element("td", empty, "empty"), { colSpan: columns.length }));
    const top = element("thead");
    top.append(head);
    table.replaceChildren(top, this.body);
  }

  show(rows) {
    const gone = new Set(this.#rows.keys());
    rows.forEach((row, index) => {
      const key = String(this.key(row));
      gone.delete(key);
      const line = this.#line(key);
      this.columns.forEach((column, at) => write(line.children[at], column, row));
      if (this.body.children[index] !== line) this.body.insertBefore(line, this.body.children[index] ?? null);
    });
    for (const key of gone) this.#drop(key);
    if (rows.length === 0) this.body.append(this.empty);
    else this.empty.remove();
  }

  #line(key) {
    if (!this.#rows.has(key)) {
      const line = element("tr");
      line.append(...this.columns.map(({ number }) => element("td", "", number ? "number" : "")));
      this.#rows.set(key, line);
    }
    return this.#rows.get(key);
  }

  #drop(key) {
    this.#rows.get(key).remove();
    this.#rows.delete(key);
  }
}
