// On a phone, the columns of the class `fold` of a table appear below their row by a tap.

function details(row, heads) {
  const line = document.createElement("tr");
  line.className = "more";
  const cell = line.appendChild(Object.assign(document.createElement("td"), { colSpan: row.cells.length }));
  const list = cell.appendChild(Object.assign(document.createElement("dl"), { className: "facts" }));
  [...row.cells].forEach((each, at) => {
    if (!each.classList.contains("fold")) return;
    const value = document.createElement("dd");
    value.append(...[...each.childNodes].map((node) => node.cloneNode(true)));
    list.append(Object.assign(document.createElement("dt"), { textContent: heads[at]?.textContent ?? "" }), value);
  });
  return line;
}

function toggle(button) {
  const row = button.closest("tr");
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
  if (open) row.nextElementSibling?.remove();
  else row.after(details(row, row.closest("table").tHead.rows[0].cells));
}

// Gives each row with folded cells its button. Rows that are added later need another call.
export function fold(place = document) {
  const icon = document.getElementById("unfold-icon");
  for (const row of place.querySelectorAll("table.folds > tbody > tr:not(.more)")) {
    if (!row.querySelector(".fold") || row.querySelector(".unfold")) continue;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "unfold" });
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `More of ${row.cells[0].textContent.trim()}`);
    button.append(icon ? icon.content.cloneNode(true) : "…");
    button.addEventListener("click", () => toggle(button));
    row.cells[0].append(button);
  }
}
