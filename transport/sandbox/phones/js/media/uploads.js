// Files on their way to a bot: one batch after the other, while text goes ahead.

import { api } from "../api.js";
import { attempt } from "../toast.js";
import { asMedia, inBatches } from "./sending.js";

export class Uploads {
  #queue = Promise.resolve();

  constructor(chat) {
    this.chat = chat;
  }

  // True once all of it is there. The caption stands with the first.
  send({ items, caption, spoiler }, replyTo) {
    return this.#inOrder(async () => {
      let told = caption;
      for (const batch of inBatches(items)) {
        await this.#sendBatch(batch, { caption: told, spoiler }, replyTo);
        told = "";
      }
    });
  }

  replace(message, { items, caption, spoiler }) {
    return this.#inOrder(() =>
      this.#shown(items[0].file.name, async (progress) => {
        const media = await asMedia(items[0], { caption, spoiler });
        await api.replaceMedia(this.chat.person.id, this.chat.bot.id, message, media, progress);
      }),
    );
  }

  async #sendBatch(items, { caption, spoiler }, replyTo) {
    const name = items.length > 1 ? `${items.length} files` : items[0].file.name;
    await this.#shown(name, async (progress) => {
      const media = await Promise.all(items.map((item, at) => asMedia(item, { caption: at === 0 ? caption : "", spoiler })));
      const what = media.length > 1 ? { album: media } : { media: media[0] };
      await api.sendMedia(this.chat.person.id, this.chat.bot.id, replyTo ? { ...what, reply_to: replyTo } : what, progress);
    });
  }

  #inOrder(action) {
    const done = this.#queue.then(() => attempt(action));
    this.#queue = done;
    return done;
  }

  async #shown(name, action) {
    const upload = { name, part: 0 };
    const show = (uploads) => this.chat.set({ uploads });
    show([...this.chat.uploads, upload]);
    try {
      await action((part) => {
        upload.part = part;
        show([...this.chat.uploads]);
      });
    } finally {
      show(this.chat.uploads.filter((one) => one !== upload));
    }
  }
}
