// Reads and fills the controls of templates/controls.html. A number that is empty or none reads as its text, so that the panel
// says what is wrong with it.

function numberOf(input) {
  const number = Number(input.value);
  return input.value.trim() === "" || Number.isNaN(number) ? input.value : number;
}

function wordsOf(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf("=");
    return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }));
}

function cellOf(cell) {
  const input = cell.querySelector("input, textarea");
  switch (cell.dataset.kind) {
    case "switch": return input.checked;
    case "words": return wordsOf(input.value);
    case "whole":
    case "decimal": return numberOf(input);
    default: return input.value;
  }
}

function isEmpty(value) {
  return value === false || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

function rowOf(row) {
  const cells = [...row.querySelectorAll("td[data-column]")].map((cell) => [cell, cellOf(cell)]);
  return Object.fromEntries(
    cells.filter(([cell, value]) => cell.dataset.optional === undefined || !isEmpty(value)).map(([cell, value]) => [cell.dataset.column, value]),
  );
}

export function valueOf(setting) {
  const input = setting.querySelector("input, textarea");
  switch (setting.dataset.kind) {
    case "switch": return input.checked;
    case "choice": return setting.querySelector("input:checked")?.value;
    case "whole":
    case "decimal": return numberOf(input);
    case "numbers": return [...setting.querySelectorAll("input")].map(numberOf);
    case "list": return input.value.split("\n").map((line) => line.trim()).filter(Boolean);
    case "rows": return [...setting.querySelectorAll("tbody tr")].map(rowOf);
    default: return input.value;
  }
}

// The same whatever the order of names, and whether an empty part is written or left out.
export function normal(value) {
  if (Array.isArray(value)) return value.map(normal);
  if (value === null || typeof value !== "object") return value;
  const names = Object.keys(value).filter((name) => !isEmpty(value[name])).sort();
  return Object.fromEntries(names.map((name) => [name, normal(value[name])]));
}

// Rows are added, moved and removed. `changed` is called after that.
export function installRows(changed) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row]");
    if (!button) return;
    const setting = button.closest(".setting");
    const row = button.closest("tr");
    if (button.dataset.row === "add") {
      setting.querySelector("tbody").append(setting.querySelector("template").content.cloneNode(true));
      setting.querySelector("tbody tr:last-child input").focus();
    } else if (button.dataset.row === "remove") {
      row.remove();
      setting.querySelector('[data-row="add"]').focus();
    } else if (row.previousElementSibling) {
      row.previousElementSibling.before(row);
      button.focus();
    }
    changed();
  });
}
