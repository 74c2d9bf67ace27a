// Figures and times as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
export const UNKNOWN = "–";

const known = (value) => value !== null && value !== undefined;

export const count = (value) => (known(value) ? whole.format(value) : UNKNOWN);

export function number(value) {
  if (!known(value)) return UNKNOWN;
  return Math.abs(value) >= 100 ? whole.format(value) : one.format(value);
}

export const rate = (value) => (known(value) ? `${number(value)} /s` : UNKNOWN);

export function duration(seconds) {
  if (!known(seconds)) return UNKNOWN;
  if (seconds > 0 && seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 10) return `${one.format(seconds)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

export const timeOf = (at) => clock.format(new Date(at * 1000));
export const exactly = (at) => exact.format(new Date(at * 1000));
export const ago = (at, now) => (now - at < 1 ? "now" : `${duration(Math.round(now - at))} ago`);

// "+2 in 5 min", or nothing where one of both is not known.
export function change(value, before, write = number) {
  if (!known(value) || !known(before)) return "";
  const by = value - before;
  if (Math.abs(by) < 0.05) return "same as 5 min ago";
  return `${by > 0 ? "+" : "−"}${write(Math.abs(by))} in 5 min`;
}
