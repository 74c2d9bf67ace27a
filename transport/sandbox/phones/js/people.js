// The dialog that takes in a new person, or brings back one whose phone was put away.

import { avatar, h } from "./dom.js";
import { attempt } from "./toast.js";

const LANGUAGES = ["en", "de", "es", "fr", "it", "pt", "ru", "tr", "uk"];

function options(list, chosen) {
  return list.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
}

async function absentees(world, close) {
  const people = await world.absent();
  if (people.length === 0) return null;
  const chips = people.slice(-60).reverse().map(({ id, name }) =>
    h(
      "button",
      {
        type: "button",
        class: "chip",
        onclick: () => {
          world.bring({ id, name, bot: world.bots[0]?.id ?? null });
          close();
        },
      },
      avatar(name, id),
      h("bdi", {}, name),
    ),
  );
  return h("fieldset", { class: "chips" }, h("legend", {}, "Or take up a phone again"), ...chips);
}

export async function askForPerson(world) {
  const name = h("input", { name: "name", value: world.nextName(), required: true, maxlength: "64", autocomplete: "off" });
  const bot = h("select", { name: "bot" }, ...options(world.bots.map((one) => [String(one.id), `${one.name} (@${one.username})`])));
  const language = h("select", { name: "language" }, ...options(LANGUAGES.map((code) => [code, new Intl.DisplayNames(["en"], { type: "language" }).of(code)]), "en"));
  const dialog = h("dialog", { class: "sheet", "aria-label": "New person", onclose: () => dialog.remove() });
  const close = () => dialog.close();
  const add = async () => {
    const chosen = world.bots.find(({ id }) => String(id) === bot.value);
    if (await attempt(() => world.add(name.value.trim(), chosen?.id ?? null, language.value))) close();
  };
  const form = h(
    "form",
    { onsubmit: (event) => (event.preventDefault(), add()) },
    h("h2", {}, "New person"),
    h("label", {}, "Name", name),
    h("label", {}, "Writes to", bot),
    h("label", {}, "Language", language),
    h("div", { class: "buttons" }, h("button", { type: "button", class: "action", onclick: close }, "Cancel"), h("button", { class: "action primary" }, "Add")),
  );
  dialog.append(form);
  document.getElementById("overlays").append(dialog);
  dialog.showModal();
  name.select();
  await attempt(async () => {
    const again = await absentees(world, close);
    if (again) dialog.append(again);
  });
}
