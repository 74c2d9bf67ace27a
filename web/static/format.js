// Figures as people read them.

const whole = new Intl.NumberFormat("en");

export const count = (value) => whole.format(Math.round(value ?? 0));

export function duration(seconds) {
  if (!seconds) return "–";
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

export const megabytes = (value) => (value ? `${count(value)} MB` : "–");
