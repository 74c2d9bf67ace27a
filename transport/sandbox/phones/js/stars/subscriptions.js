// A person's subscriptions, each with what can be done about it.

import { h } from "../dom.js";
import { momentOf, priceText } from "./amounts.js";

function stateOf({ over, until, canceled, bot_canceled: byBot, failed }) {
  if (over && failed) return `Ended ${momentOf(until)}: there were too few Stars`;
  if (over) return `Ended ${momentOf(until)}`;
  if (byBot) return `Cancelled by the bot, stays until ${momentOf(until)}`;
  if (canceled) return `Cancelled, stays until ${momentOf(until)}`;
  return `Renews ${momentOf(until)}`;
}

// [action, label], or null where nothing can be done
function actionOf({ over, canceled, bot_canceled: byBot }) {
  if (byBot) return null;
  if (over) return ["fulfil", "Pay again"];
  return canceled ? ["restore", "Restore"] : ["cancel", "Cancel"];
}

// change(id, action)
export function subscriptionLine(person, subscription, change) {
  const { id, title, bot } = subscription;
  const [action, label] = actionOf(subscription) ?? [];
  const button = action && h("button", { type: "button", class: "action", "aria-label": `${label}: ${title}`, onclick: () => change(id, action) }, label);
  return h(
    "li",
    { class: "subscription", "data-id": id },
    h("b", {}, title),
    h("small", {}, `${person.chat(bot)?.bot.name ?? "A bot"} · ${priceText(subscription)}`),
    h("small", { class: "state" }, stateOf(subscription)),
    button,
  );
}
