// The buttons Test: what each bot sees of the channels that are entered, and whether Telegram takes the prices. Nothing is saved.

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

function price({ offer, language, title, description, stars, made: taken, problem }) {
  const head = line("", made("span", taken ? "taken" : "refused", `pill ${taken ? "good" : "bad"}`), " ", made("code", `${offer}, ${language}`), ` ${title}, ${stars} Stars`);
  return [head, line(taken ? "hint" : "wrong", taken ? description : problem)];
}

const TESTS = {
  channels: { path: "/api/config/test", none: "No channel is entered.", waits: "The bots look at the channels…", shown },
  prices: { path: "/api/config/test-prices", none: "Nothing is sold.", waits: "A bot asks Telegram for an invoice of each…", shown: price },
};

async function test(button, { path, none, waits, shown: drawn }) {
  const setting = button.closest(".setting");
  const outcome = setting.querySelector("[data-outcome]");
  const value = valueOf(setting);
  if (value.length === 0) return outcome.replaceChildren(line("hint", none));
  button.disabled = true;
  outcome.replaceChildren(line("hint", waits));
  try {
    const { items } = await ask("POST", path, { key: setting.dataset.key, value });
    outcome.replaceChildren(...items.flatMap(drawn));
  } catch (error) {
    outcome.replaceChildren(line("wrong", error.message));
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-test], [data-prices]");
  if (button) test(button, button.matches("[data-test]") ? TESTS.channels : TESTS.prices);
});
// What is entered meanwhile is not what was tested.
document.addEventListener("input", (event) => event.target.closest(".setting")?.querySelector("[data-outcome]")?.replaceChildren());
