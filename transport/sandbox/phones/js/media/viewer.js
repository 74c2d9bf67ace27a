// A picture or a film over the whole page: arrows lead to the next one, Escape closes.

import { h, icon, iconButton } from "../dom.js";
import { formatted } from "../entities.js";
import { fileUrl, isVisual, nameOf } from "./kinds.js";

const SHOW = {
  photo: (media) => h("img", { src: fileUrl(media), alt: nameOf(media) }),
  video: (media) => h("video", { src: fileUrl(media), controls: true, autoplay: true, playsInline: true }),
  animation: (media) => {
    if (media.mime_type?.startsWith("image/")) return SHOW.photo(media);
    const video = h("video", { src: fileUrl(media), autoplay: true, loop: true, muted: true, playsInline: true });
    video.addEventListener("error", () => video.replaceWith(SHOW.photo(media)), { once: true });
    return video;
  },
};

// All that can be looked at in the chat; what is hidden stays out until it was uncovered.
function shelf(chat) {
  return [...chat.messages.values()].filter(({ id, media }) => isVisual(media) && (!media.spoiler || chat.revealed.has(id)));
}

export class Viewer {
  constructor(chat, message) {
    this.messages = shelf(chat);
    this.at = this.messages.findIndex(({ id }) => id === message.id);
    this.stage = h("div", { class: "viewer-stage" });
    this.count = h("span", { class: "viewer-count", role: "status" });
    this.caption = h("div", { class: "viewer-caption", dir: "auto" });
    this.download = h("a", { class: "icon-button", "aria-label": "Download", title: "Download" }, icon("download"));
    this.previous = iconButton("back", "Previous", () => this.step(-1), "viewer-previous");
    this.next = iconButton("forward", "Next", () => this.step(1), "viewer-next");
    const bar = h("header", {}, this.count, this.download, iconButton("close", "Close", () => this.dialog.close()));
    this.dialog = h(
      "dialog",
      { class: "viewer", "aria-label": "Viewer", onclose: () => this.dialog.remove(), onkeydown: (event) => this.#key(event), onclick: (event) => this.#click(event) },
      bar,
      this.stage,
      this.caption,
      this.previous,
      this.next,
    );
  }

  open() {
    document.getElementById("overlays").append(this.dialog);
    this.#show();
    this.dialog.showModal();
  }

  step(by) {
    if (!this.messages[this.at + by]) return;
    this.at += by;
    this.#show();
  }

  #show() {
    const { media, caption, entities } = this.messages[this.at];
    this.stage.replaceChildren(SHOW[media.kind](media));
    this.caption.replaceChildren(...formatted(caption, entities, () => {}));
    this.caption.hidden = !caption;
    this.count.textContent = this.messages.length > 1 ? `${this.at + 1} of ${this.messages.length}` : nameOf(media);
    this.download.href = fileUrl(media);
    this.download.download = media.file_name || media.kind;
    this.previous.disabled = this.at === 0;
    this.next.disabled = this.at === this.messages.length - 1;
  }

  #key(event) {
    if (event.target.tagName === "VIDEO") return; // there the arrows wind
    if (event.key === "ArrowLeft") this.step(-1);
    else if (event.key === "ArrowRight") this.step(1);
    else return;
    event.preventDefault();
  }

  #click({ target }) {
    if (target === this.dialog || target === this.stage) this.dialog.close();
  }
}
