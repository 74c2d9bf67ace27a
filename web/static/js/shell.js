// What each page has: theme, menu, keys, command line, dialogs, forms, the pulse.

import { ask } from "./api.js";
import { fold } from "./fold.js";
import { installForms } from "./forms.js";
import { installHealth } from "./health.js";
import { installKeys } from "./keys.js";
import { installPalette, leadsTo, offer } from "./palette.js";
import { installPulse, onPulse } from "./pulse.js";
import { showLate } from "./toast.js";

const byId = (id) => document.getElementById(id);
const THEMES = ["system", "light", "dark"];
const NAMES = { system: "as the system", light: "light", dark: "dark" };

function showTheme() {
  const theme = localStorage.getItem("theme") ?? "system";
  byId("theme").setAttribute("aria-label", `Theme: ${NAMES[theme] ?? NAMES.system}`);
}

function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(localStorage.getItem("theme") ?? "system") + 1) % THEMES.length];
  if (theme === "system") {
    localStorage.removeItem("theme");
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem("theme", theme);
    document.documentElement.dataset.theme = theme;
  }
  showTheme();
  document.dispatchEvent(new Event("theme"));
}

function showMenu(open) {
  byId("menu").classList.toggle("open", open);
  byId("menu-button").setAttribute("aria-expanded", String(open));
  if (open) byId("menu").querySelector("a")?.focus();
}

function installMenu() {
  byId("menu-button").addEventListener("click", () => showMenu(!byId("menu").classList.contains("open")));
  document.addEventListener("click", ({ target }) => {
    if (byId("menu").classList.contains("open") && !target.closest("#menu, #menu-button")) showMenu(false);
  });
  byId("menu").addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    showMenu(false);
    byId("menu-button").focus();
  });
}

// A button with data-opens="id" opens that dialog, one with data-closes closes the dialog that it is in.
function installDialogs() {
  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-opens]");
    if (opener) byId(opener.dataset.opens).showModal();
    target.closest("[data-closes]")?.closest("dialog").close();
    if (target instanceof HTMLDialogElement) target.close(); // a click beside it
  });
}

async function logOut() {
  await ask("POST", "/api/logout");
  location.assign("/admin/login");
}

// Bots in the command line, as the newest pulse has them.
function offerBots() {
  let bots = [];
  onPulse((overview) => (bots = overview.bots));
  offer((text) => {
    const named = leadsTo("/admin/bots") && text ? bots.filter(({ username }) => username.toLowerCase().includes(text)) : [];
    return named.map(({ username }) => ({ title: `@${username}`, about: "bot", path: "/admin/bots" }));
  });
}

byId("theme").addEventListener("click", nextTheme);
byId("logout")?.addEventListener("click", logOut);
byId("help").addEventListener("click", () => byId("keys").showModal());
showTheme();
installMenu();
installDialogs();
installForms();
installPalette();
installKeys();
offerBots();
installHealth();
installPulse();
fold();
document.addEventListener("htmx:after:swap", () => fold());
showLate();
