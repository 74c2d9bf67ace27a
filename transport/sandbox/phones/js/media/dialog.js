// Before files are sent: what each goes as, a caption, and whether pictures hide behind a spoiler.

import { h, icon, iconButton } from "../dom.js";
import { toast } from "../toast.js";
import { NAMES, isVisual, kindsOf, sizeText } from "./kinds.js";
import { inBatches, tooLarge } from "./sending.js";

const LABELS = { ...NAMES, document: "File, as it is" };

function preview({ file }) {
  if (!file.type.startsWith("image/")) return h("span", { class: "preview" }, icon("file"));
  const url = URL.createObjectURL(file);
  return h("img", { class: "preview", src: url, alt: "", onload: () => URL.revokeObjectURL(url), onerror: () => URL.revokeObjectURL(url) });
}

// Files that can be sent at all, each with what it will be sent as.
function accepted(files, limit) {
  const items = [];
  for (const file of files) {
    const item = { file, kind: kindsOf(file)[0] };
    const problem = file.size === 0 ? `${file.name} is empty.` : tooLarge([item], limit);
    if (problem) toast(problem, "bad");
    else items.push(item);
  }
  return items;
}

class SendDialog {
  constructor({ files, limit, caption, title, onSend, onCancel }) {
    this.limit = limit;
    this.items = accepted(files, limit);
    this.actions = { onSend, onCancel };
    this.list = h("ul", { class: "to-send" });
    this.note = h("p", { class: "hint", role: "status" });
    this.asFiles = h("input", { type: "checkbox", onchange: () => this.#sendAsFiles() });
    this.spoiler = h("input", { type: "checkbox" });
    this.spoilerLine = h("label", { class: "check" }, this.spoiler, "Hide behind a spoiler");
    this.caption = h("textarea", { rows: 2, placeholder: "Caption", "aria-label": "Caption", onkeydown: (event) => this.#key(event) });
    this.caption.value = caption;
    this.sendButton = h("button", { class: "action primary" }, "Send");
    const form = h(
      "form",
      { onsubmit: (event) => (event.preventDefault(), this.#send()) },
      h("h2", {}, title),
      this.list,
      this.note,
      h("label", { class: "check" }, this.asFiles, "Send as file"),
      this.spoilerLine,
      this.caption,
      h("div", { class: "buttons" }, h("button", { type: "button", class: "action", onclick: () => this.dialog.close() }, "Cancel"), this.sendButton),
    );
    this.dialog = h("dialog", { class: "sheet send-sheet", "aria-label": title, onclose: () => this.#closed() }, form);
    this.#draw();
  }

  open() {
    if (this.items.length === 0) return this.actions.onCancel?.(this.caption.value);
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
    this.problem = tooLarge(this.items, this.limit);
    this.note.hidden = this.items.length < 2;
    this.note.classList.toggle("bad", Boolean(this.problem));
    this.note.textContent = this.problem || (album ? `${this.items.length} in one album.` : `These do not go together: they are sent as ${batches.length} messages.`);
    this.sendButton.disabled = Boolean(this.problem);
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
    if (this.problem) return;
    this.sent = true;
    this.dialog.close();
    this.actions.onSend({ items: this.items, caption: this.caption.value.trim(), spoiler: this.spoiler.checked });
  }

  #closed() {
    this.dialog.remove();
    if (!this.sent) this.actions.onCancel?.(this.caption.value);
  }
}

// {files, limit, caption, title, onSend({items, caption, spoiler}), onCancel?(caption)}
export function askBeforeSending(request) {
  new SendDialog(request).open();
}
