// How often a rule was right, as people decided: a share with its 95 % interval (Wilson 1927), or that too few were decided to say. Pure.
import { many, percent } from "./format.js";

const kFew = 10; // decisions

export function interval(part, whole) {
  if (whole === 0) return { low: 0, high: 1 };
  const z = 1.96;
  const share = part / whole;
  const middle = share + (z * z) / (2 * whole);
  const reach = z * Math.sqrt((share * (1 - share)) / whole + (z * z) / (4 * whole * whole));
  const scale = 1 + (z * z) / whole;
  return { low: Math.max(0, (middle - reach) / scale), high: Math.min(1, (middle + reach) / scale) };
}

// Does a rule speak for a comment? Then it is right where people approved.
export const speaksFor = (rule) => rule.score < 0 || rule.action === "approve";

// {right, decided, share, low, high, few} of counts {spam, approved, rejected}; null of a rule that says nothing of good or bad.
export function precision(rule, counts) {
  if (rule.kind === "policy" || !counts) return null;
  const decided = counts.spam + counts.approved + counts.rejected;
  const right = speaksFor(rule) ? counts.approved : counts.spam + counts.rejected;
  return { right, decided, share: decided ? right / decided : 0, ...interval(right, decided), few: decided < kFew };
}
const range = ({ low, high }) => `${Math.round(low * 100)}–${Math.round(high * 100)} %`;
// "97 %, 95–98 % (513 decided)"
export function precisionText(one) {
  if (!one) return "–";
  if (one.decided === 0) return "none decided";
  if (one.few) return `too few to say (${one.right} of ${one.decided})`;
  return `${percent(one.share)}, ${range(one)} of ${many(one.decided, "decided one")}`;
}
export const precisionShort = (one) => (!one || one.decided === 0 ? "–" : one.few ? `${one.right} of ${one.decided}` : percent(one.share));
export { range };
