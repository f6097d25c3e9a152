// Times, numbers and words as the desk writes them. Pure.

const kStatus = { pending: "pending", approved: "approved", rejected: "rejected", spam: "spam", checked: "checked" };
const kDone = { approve: "approved", reject: "rejected", spam: "marked as spam", undo: "undone", learn: "taught" };

export const statusWord = (status) => kStatus[status] ?? status;
export const doneWord = (decision) => kDone[decision] ?? decision;

// By hand: the browser's own Intl takes longer to begin than the first page to be drawn.
export const number = (n) => (n === Infinity ? "∞" : String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ","));
export const many = (n, one, more = one + "s") => `${number(n)} ${n === 1 ? one : more}`;
// With a sign, and without one where it is not below 0; what rounds to 0 has none.
export const score = (x) => (x >= 0.05 ? "+" : "") + plainScore(x);
export const plainScore = (x) => (x <= -0.05 ? "−" : "") + Math.abs(x).toFixed(1);
export const percent = (part, digits = 0) => (part === null || part === undefined ? "–" : `${(part * 100).toFixed(digits)} %`);

const kMonths = "January February March April May June July August September October November December".split(" ");
const two = (n) => String(n).padStart(2, "0");
const dayOf = (at) => `${at.getDate()} ${kMonths[at.getMonth()].slice(0, at.getMonth() === 8 ? 4 : 3)} ${at.getFullYear()}`;
const fullOf = (at) => `${dayOf(at)}, ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
const monthOf = (at) => `${kMonths[at.getMonth()]} ${at.getFullYear()}`;
export const day = (time) => (time ? dayOf(new Date(time)) : "–"); // "28 Nov 2026"
export const full = (time) => (time ? fullOf(new Date(time)) : "–"); // "28 Nov 2026, 23:21:13"
export const month = (time) => (time ? monthOf(new Date(time)) : "–"); // "November 2026"

const kSteps = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [7, "day"],
  [5, "week"],
];
// "4 minutes" for a number of seconds.
export function span(seconds) {
  let left = Math.max(0, Math.round(seconds));
  for (const [size, word] of kSteps) {
    if (left < size) return many(left, word);
    left = Math.round(left / size);
  }
  return many(Math.max(1, Math.round(seconds / (30.4 * 86400))), "month");
}
export function ago(time, now = Date.now()) {
  if (!time) return "–";
  const seconds = (now - new Date(time).getTime()) / 1000;
  if (seconds < 10 && seconds > -60) return "just now";
  return seconds < 0 ? `in ${span(-seconds)}` : `${span(seconds)} ago`;
}
