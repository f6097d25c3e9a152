// Times, numbers and words as the desk writes them. Pure.

const kStatus = { pending: "pending", approved: "approved", rejected: "rejected", spam: "spam", checked: "checked" };
const kDone = { approve: "approved", reject: "rejected", spam: "marked as spam", undo: "undone", learn: "taught" };

export const statusWord = (status) => kStatus[status] ?? status;
export const doneWord = (decision) => kDone[decision] ?? decision;

const number_ = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
export const number = (n) => number_.format(n);
export const many = (n, one, more = one + "s") => `${number(n)} ${n === 1 ? one : more}`;
// With a sign, and without one where it is not below 0; what rounds to 0 has none.
export const score = (x) => (x >= 0.05 ? "+" : "") + plainScore(x);
export const plainScore = (x) => (x <= -0.05 ? "−" : "") + Math.abs(x).toFixed(1);
export const percent = (part, digits = 0) => (part === null || part === undefined ? "–" : `${(part * 100).toFixed(digits)} %`);

const day_ = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const full_ = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const month_ = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" });
export const day = (time) => (time ? day_.format(new Date(time)) : "–");
export const full = (time) => (time ? full_.format(new Date(time)) : "–");
export const month = (time) => (time ? month_.format(new Date(time)) : "–");

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
