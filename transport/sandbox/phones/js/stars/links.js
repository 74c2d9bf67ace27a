// Links of Telegram that the page follows by itself: to an invoice, and to a bot with the argument of its /start.

const HOSTS = new Set(["t.me", "telegram.me", "www.t.me"]);
const INVOICE = /^\/(?:\$|invoice\/)([\w-]+)\/?$/;
const BOT = /^\/(\w{3,32})\/?$/;

// {link} of an invoice, {bot, start} with a username, or null for every other address.
export function readLink(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol === "tg:") return readShort(url);
  if (!/^https?:$/.test(url.protocol) || !HOSTS.has(url.hostname)) return null;
  const slug = INVOICE.exec(decodeURI(url.pathname))?.[1];
  if (slug) return { link: linkOf(slug) };
  const bot = BOT.exec(url.pathname)?.[1];
  return bot ? { bot, start: url.searchParams.get("start") } : null;
}

// tg://resolve?domain=…&start=… and tg://invoice?slug=…
function readShort({ href, searchParams }) {
  const [, kind] = /^tg:\/*(\w+)/.exec(href) ?? [];
  const domain = searchParams.get("domain");
  const slug = searchParams.get("slug");
  if (kind === "invoice" && slug) return { link: linkOf(slug) };
  return kind === "resolve" && domain ? { bot: domain, start: searchParams.get("start") } : null;
}

const linkOf = (slug) => `https://t.me/$${slug}`;
