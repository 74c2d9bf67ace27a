// The button Test beside the required channels: what each bot sees of those that are entered. Nothing is saved.

import { ask } from "./api.js";
import { valueOf } from "./controls.js";

function made(tag, text, name = "") {
  return Object.assign(document.createElement(tag), { textContent: text, className: name });
}

function line(name, ...parts) {
  const whole = made("p", "", name);
  whole.append(...parts);
  return whole;
}

function shown({ channel, title, sees, bots }) {
  const head = line("", made("span", sees ? "ready" : "not ready", `pill ${sees ? "good" : "bad"}`), ` ${title ? `${title}, ` : ""}`, made("code", channel));
  return [head, ...bots.map((each) => line(each.sees ? "hint" : "wrong", each.sees ? `${each.bot} can see who is a member` : each.problem))];
}

async function test(button) {
  const setting = button.closest(".setting");
  const outcome = setting.querySelector("[data-outcome]");
  const value = valueOf(setting);
  if (value.length === 0) return outcome.replaceChildren(line("hint", "No channel is entered."));
  button.disabled = true;
  outcome.replaceChildren(line("hint", "The bots look at the channels…"));
  try {
    const { items } = await ask("POST", "/api/config/test", { key: setting.dataset.key, value });
    outcome.replaceChildren(...items.flatMap(shown));
  } catch (error) {
    outcome.replaceChildren(line("wrong", error.message));
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-test]");
  if (button) test(button);
});
// What is entered meanwhile is not what was tested.
document.addEventListener("input", (event) => event.target.closest(".setting")?.querySelector("[data-outcome]")?.replaceChildren());
