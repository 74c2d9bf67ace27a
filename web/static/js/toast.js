// A message that passes after some seconds, with a way back where there is one.

const SHOWN = 4000; // milliseconds
const WITH_UNDO = 10_000;

export function toast(text, { undo = null } = {}) {
  const place = document.getElementById("toasts");
  const it = Object.assign(document.createElement("p"), { className: "toast" });
  it.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), { className: "button", type: "button", textContent: "Undo" });
    button.addEventListener("click", () => {
      it.remove();
      undo();
    });
    it.append(button);
  }
  place.append(it);
  setTimeout(() => it.remove(), undo ? WITH_UNDO : SHOWN);
}

// Shown on the next page: for acts that lead to one.
export function toastLater(text) {
  sessionStorage.setItem("toast", text);
}

export function showLate() {
  const text = sessionStorage.getItem("toast");
  sessionStorage.removeItem("toast");
  if (text) toast(text);
}
