// Before files are sent: what each goes as, a caption, and whether pictures hide behind a spoiler.

import { h, icon, iconButton } from "../dom.js";
import { toast } from "../toast.js";
import { NAMES, isVisual, kindsOf, sizeText } from "./kinds.js";
import { inBatches } from "./sending.js";

const LABELS = { ...NAMES, document: "File, as it is" };

function preview({ file }) {
  if (!file.type.startsWith("image/")) return h("span", { class: "preview" }, icon("file"));
  const url = URL.createObjectURL(file);
  return h("img", { class: "preview", src: url, alt: "", onload: () => URL.revokeObjectURL(url), onerror: () => URL.revokeObjectURL(url) });
}

// Files that can be sent at all, each with what it will be sent as.
function accepted(files) {
  const items = [];
  for (const file of files) {
    if (file.size === 0) toast(`${file.name} is empty.`, "bad");
    else items.push({ file, kind: kindsOf(file)[0] });
  }
  return items;
}

class SendDialog {
  constructor({ files, caption, title, single, onSend, onCancel }) {
    this.items = accepted(single ? [...files].slice(0, 1) : files);
    this.actions = { onSend, onCancel };
    this.list = h("ul", { class: "to-send" });
    this.note = h("p", { class: "hint", role: "status" });
    this.asFiles = h("input", { type: "checkbox", onchange: () => this.#sendAsFiles() });
    this.spoiler = h("input", { type: "checkbox" });
    this.spoilerLine = h("label", { class: "check" }, this.spoiler, "Hide behind a spoiler");
    this.caption = h("textarea", { rows: 2, placeholder: "Caption", "aria-label": "Caption", onkeydown: (event) => this.#key(event) });
    this.caption.value = caption;
    const form = h(
      "form",
      { onsubmit: (event) => (event.preventDefault(), this.#send()) },
      h("h2", {}, title),
      this.list,
      this.note,
      h("label", { class: "check" }, this.asFiles, "Send as file"),
      this.spoilerLine,
      this.caption,
      h("div", { class: "buttons" }, h("button", { type: "button", class: "action", onclick: () => this.dialog.close() }, "Cancel"), h("button", { class: "action primary" }, "Send")),
    );
    this.dialog = h("dialog", { class: "sheet send-sheet", "aria-label": title, onclose: () => this.#closed() }, form);
    this.#draw();
  }

  open() {
    if (this.items.length === 0) return;
    document.getElementById("overlays").append(this.dialog);
    this.dialog.showModal();
    this.caption.focus();
  }

  #draw() {
    this.list.replaceChildren(...this.items.map((item) => this.#line(item)));
    this.#follow();
  }

  #line(item) {
    const { file } = item;
    const options = kindsOf(file).map((kind) => h("option", { value: kind, selected: kind === item.kind }, LABELS[kind]));
    const choose = (event) => {
      item.kind = event.target.value;
      this.#follow();
    };
    return h(
      "li",
      {},
      preview(item),
      h("span", { class: "file-name" }, file.name),
      h("span", { class: "file-size" }, sizeText(file.size)),
      h("select", { "aria-label": `Send ${file.name} as`, onchange: choose }, ...options),
      iconButton("close", `Leave ${file.name} out`, () => this.#leaveOut(item)),
    );
  }

  #follow() {
    this.asFiles.checked = this.items.every(({ kind }) => kind === "document");
    this.asFiles.disabled = this.items.every(({ file }) => kindsOf(file).length === 1);
    this.spoilerLine.hidden = !this.items.some(isVisual);
    const batches = inBatches(this.items);
    const album = batches.length === 1 && this.items.length > 1;
    this.note.hidden = this.items.length < 2;
    this.note.textContent = album ? `${this.items.length} in one album.` : `These kinds do not go together: ${batches.length} messages or albums.`;
  }

  #sendAsFiles() {
    for (const item of this.items) item.kind = this.asFiles.checked ? "document" : kindsOf(item.file)[0];
    this.#draw();
  }

  #leaveOut(item) {
    this.items = this.items.filter((one) => one !== item);
    if (this.items.length === 0) this.dialog.close();
    else this.#draw();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    this.sent = true;
    this.dialog.close();
    this.actions.onSend({ items: this.items, caption: this.caption.value.trim(), spoiler: this.spoiler.checked });
  }

  #closed() {
    this.dialog.remove();
    if (!this.sent) this.actions.onCancel?.(this.caption.value);
  }
}

// {files, caption, title, single?, onSend({items, caption, spoiler}), onCancel?(caption)}
export function askBeforeSending(request) {
  new SendDialog(request).open();
}
