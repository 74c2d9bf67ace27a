// Logs in: asks for a code, shows it, and goes on by itself once the number was pressed in Telegram.

const LOOK_EVERY = 1500; // milliseconds
const NEXT = "/admin/dashboard";
const byId = (id) => document.getElementById(id);
const claim = byId("claim");
const answer = byId("answer");
let ends = 0; // when the code is too old, by performance.now()
let looking = 0; // the timer of the next look
let counting = 0; // the timer of the seconds

class Refusal extends Error {
  constructor(problem, status, wait) {
    super(problem?.message ?? "The panel does not answer. Try again in a moment.");
    this.field = problem?.field ?? "";
    this.status = status;
    this.wait = wait;
  }
}

async function ask(method, path, body) {
  const content = body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, { method, ...content });
  } catch {
    throw new Refusal(null, 0, 0);
  }
  const said = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(said?.error, response.status, Number(response.headers.get("Retry-After") ?? 0));
  return said;
}

function goOn() {
  stop();
  say("You are in. The panel opens …");
  location.replace(NEXT);
}

function stop() {
  clearTimeout(looking);
  clearInterval(counting);
}

function say(text) {
  byId("state").textContent = text;
}

function complain(place, text) {
  byId(place).textContent = text;
  byId(place).hidden = !text;
}

async function request(event) {
  event.preventDefault();
  complain("claim-wrong", "");
  const typed = byId("telegram-id").value.trim();
  if (!/^[1-9]\d{0,15}$/.test(typed)) {
    complain("claim-wrong", "A Telegram id is a number, such as 123456789.");
    byId("telegram-id").focus();
    return;
  }
  byId("request").disabled = true;
  try {
    show(await ask("POST", "/api/request-login", { telegram_id: Number(typed) }));
  } catch (error) {
    complain("claim-wrong", error.message);
    byId("telegram-id").focus();
  } finally {
    byId("request").disabled = false;
  }
}

function show(opened) {
  const groups = opened.code.match(/.{1,4}/g);
  byId("code").replaceChildren(...groups.map((group) => Object.assign(document.createElement("span"), { textContent: group })));
  byId("command").textContent = `/admin_login ${groups.join(" ")}`;
  byId("number").textContent = String(opened.number);
  offer(opened.bots);
  claim.hidden = true;
  answer.hidden = false;
  byId("again").hidden = true;
  byId("life").max = opened.expires_in;
  byId("answer-title").focus();
  say("Waiting for your answer in Telegram");
  ends = performance.now() + opened.expires_in * 1000;
  count();
  counting = setInterval(count, 1000);
  look();
}

function offer(bots) {
  for (const id of ["scan", "links"]) byId(id).hidden = bots.length === 0;
  byId("bots").hidden = bots.length < 2;
  const choices = bots.map((bot, place) => {
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "bot", checked: place === 0 });
    input.addEventListener("change", () => choose(bot));
    const label = document.createElement("label");
    label.append(input, `@${bot.username}`);
    return label;
  });
  byId("bots").replaceChildren(byId("bots").querySelector("legend"), ...choices);
  if (bots.length > 0) choose(bots[0]);
}

function choose(bot) {
  const drawn = new DOMParser().parseFromString(bot.qr.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '), "image/svg+xml");
  const picture = document.importNode(drawn.documentElement, true);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", `QR code that opens @${bot.username} with the code`);
  byId("qr").replaceChildren(picture);
  byId("open").href = bot.link;
  byId("open").textContent = `Open @${bot.username}`;
}

function count() {
  const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  byId("left").textContent = `${left} s left`;
  byId("life").value = left;
}

async function look() {
  let wait = LOOK_EVERY;
  try {
    const { state } = await ask("GET", "/api/login");
    if (state === "accepted") return goOn();
    if (state === "expired") return over();
    say("Waiting for your answer in Telegram");
  } catch (error) {
    say(error.message);
    wait = Math.max(wait, error.wait * 1000);
    if (performance.now() > ends) return over();
  }
  looking = setTimeout(look, wait);
}

function over() {
  stop();
  say("This is over: it took too long, or the answer was no.");
  byId("left").textContent = "";
  byId("life").value = 0;
  byId("again").hidden = false;
  byId("again").focus();
}

function begin() {
  stop();
  answer.hidden = true;
  claim.hidden = false;
  byId("telegram-id").focus();
}

// A link of the command line has its secret behind the #, which browsers send to nobody.
async function open() {
  const secret = location.hash.slice(1);
  if (secret) history.replaceState(null, "", location.pathname);
  try {
    const { state } = secret ? await ask("POST", "/api/login", { link: secret }) : await ask("GET", "/api/login");
    if (state === "accepted") return goOn();
    if (secret) complain("claim-wrong", "This link is over: it is good once, for a minute. Make another one.");
  } catch (error) {
    if (secret) complain("claim-wrong", error.message);
  }
}

claim.addEventListener("submit", request);
byId("again").addEventListener("click", begin);
window.addEventListener("hashchange", open);
open();
