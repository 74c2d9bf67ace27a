// The sandbox's HTTP interface (docs/sandbox.md). Every refusal becomes an ApiError with a sentence for people.

export const PAGE = 500;

export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function reason(response) {
  const text = await response.text();
  try {
    const body = JSON.parse(text);
    return body.error ?? body.message ?? text;
  } catch {
    return response.headers.get("content-type")?.startsWith("text/plain") ? text : "";
  }
}

async function call(method, path, body) {
  const request = { method };
  if (body !== undefined) {
    request.headers = { "content-type": "application/json" };
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new ApiError("The sandbox cannot be reached. Is it running?", 0);
  }
  return read(response);
}

async function read(response) {
  if (!response.ok) throw new ApiError((await reason(response)) || `The sandbox answered ${response.status} ${response.statusText}.`, response.status);
  return response.status === 204 ? null : response.json();
}

function sent(method, path, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch cannot tell how far it is
    request.open(method, path);
    request.setRequestHeader("content-type", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("error", () => reject(new ApiError("The sandbox cannot be reached, or it hung up in the middle of the file.", 0)));
    request.addEventListener("load", () => resolve(new Response(request.status === 204 ? null : request.response, { status: request.status, statusText: request.statusText })));
    request.send(JSON.stringify(body));
  });
}

// A call whose body is large: `onProgress` hears the part that has gone, from 0 to 1.
async function upload(method, path, body, onProgress) {
  return read(await sent(method, path, body, onProgress));
}

export const api = {
  bots: () => call("GET", "/api/bots"),
  users: () => call("GET", "/api/users"),
  addUser: (name, language) => call("POST", "/api/users", { name, language }),
  fileLimit: async () => (await call("GET", "/api/files")).limit,
  // {messages, keyboard, blocked, seq}: the newest PAGE messages, or those before one of them
  history: (user, bot, before) => call("GET", `/api/users/${user}/chats/${bot}/history?limit=${PAGE}${before ? `&before=${before}` : ""}`),
  send: (user, bot, text, replyTo) => call("POST", `/api/users/${user}/messages`, replyTo ? { bot, text, reply_to: replyTo } : { bot, text }),
  roll: (user, bot, emoji, replyTo) => call("POST", `/api/users/${user}/messages`, replyTo ? { bot, dice: emoji, reply_to: replyTo } : { bot, dice: emoji }),
  edit: (user, bot, message, text) => call("POST", `/api/users/${user}/edit`, { bot, message_id: message, text }),
  editCaption: (user, bot, message, caption) => call("POST", `/api/users/${user}/edit`, { bot, message_id: message, caption }),
  // `what` is {media} or {album}; both with reply_to where it is a reply
  sendMedia: (user, bot, what, onProgress) => upload("POST", `/api/users/${user}/messages`, { bot, ...what }, onProgress),
  replaceMedia: (user, bot, message, media, onProgress) => upload("POST", `/api/users/${user}/edit`, { bot, message_id: message, media }, onProgress),
  press: (user, bot, button, message) => call("POST", `/api/users/${user}/press`, message ? { bot, button, message_id: message } : { bot, button }),
  block: (user, bot) => call("POST", `/api/users/${user}/block`, { bot }),
  unblock: (user, bot) => call("POST", `/api/users/${user}/unblock`, { bot }),
  // {form_id, bot, title, description, stars, period, balance}; `what` is {bot, message_id} or {link}
  openForm: (user, what) => call("POST", `/api/users/${user}/forms`, what),
  // {outcome, text?, charge_id?}; the same form is paid once, however often
  pay: (user, form) => call("POST", `/api/users/${user}/pay`, { form_id: form }),
  stars: (user) => call("GET", `/api/users/${user}/stars`),
  addStars: (user, add) => call("POST", `/api/users/${user}/stars`, { add }),
  changeSubscription: (user, subscription, action) => call("POST", `/api/users/${user}/subscriptions/${encodeURIComponent(subscription)}`, { action }),
  clock: () => call("GET", "/api/clock"),
  moveClock: (advance) => call("POST", "/api/clock", { advance }),
  stats: () => call("GET", "/api/stats"),
  addFault: (fault) => call("POST", "/api/faults", fault),
  clearFaults: () => call("DELETE", "/api/faults"),
};
