// Amounts of Stars, periods and dates as people read them.

const figures = new Intl.NumberFormat("en", { maximumFractionDigits: 9 });
const moment = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const UNITS = [
  [2_592_000, "month"],
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

export const TOP_UP = 1000; // Stars that one press of "Get" adds

export const inStars = (amount) => `${figures.format(amount)} ⭐`;
export const withSign = (amount) => `${amount > 0 ? "+" : "−"}${inStars(Math.abs(amount))}`;

// Dates of Stars go by a clock that can be moved on, so they have a year.
export const momentOf = (seconds) => moment.format(seconds * 1000);

// "month", "5 minutes": what stands behind "every".
export function periodText(seconds) {
  const [length, unit] = UNITS.find(([one]) => seconds % one === 0);
  const count = seconds / length;
  return count === 1 ? unit : `${count} ${unit}s`;
}

export const priceText = ({ stars, period }) => (period ? `${inStars(stars)} every ${periodText(period)}` : inStars(stars));
