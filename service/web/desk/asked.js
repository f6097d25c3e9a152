// What the queue asks of the API for an address of the desk. Pure, and without the rest of the desk: start.js asks it before that is there.

export const kPage = 50; // comments asked for at once
export const kFilterNames = [
  "site",
  "article",
  "rule",
  "author",
  "email",
  "ip",
  "domain",
  "min_score",
  "max_score",
  "since",
  "until",
  "text",
  "like",
  "decision",
  "decided_by",
];
export const kDay = /^\d{4}-\d\d-\d\d$/;

// The status that a comment must have to be on this tab; null: any.
export const statusOf = (query) => {
  if (query.get("decided_by")) return query.get("status");
  const status = query.get("status") ?? "pending";
  return status === "any" ? null : status;
};
export const sortOf = (query) =>
  query.get("sort") ?? (query.get("decided_by") ? "decided" : statusOf(query) === "pending" ? "useful" : "newest");

// The filter as the API takes it: of GET /v1/queue, or, `asBody`, of a decision.
export function apiFilter(query, asBody = false) {
  const made = { status: statusOf(query) ?? "any" };
  for (const name of kFilterNames) {
    const value = query.get(name);
    if (value) made[name] = value;
  }
  // A day is the moderator's own, from its midnight to the next.
  if (kDay.test(made.since ?? "")) made.since = new Date(made.since + "T00:00").toISOString();
  if (kDay.test(made.until ?? "")) {
    const end = new Date(made.until + "T00:00");
    end.setDate(end.getDate() + 1);
    made.until = end.toISOString();
  }
  if (asBody) for (const name of ["min_score", "max_score"]) if (made[name] !== undefined) made[name] = Number(made[name]);
  return made;
}
// Everything that decides what the list shows, as a word to compare.
export const listKey = (query) => JSON.stringify([apiFilter(query), sortOf(query)]);
// A page of the list; without a cursor the first one.
export const pageOf = (query, cursor) => ({ ...apiFilter(query), sort: sortOf(query), limit: kPage, cursor });
// What the newest comment of a list of waiting ones is asked with, from which on others are news; null: nothing is news there.
export const newestOf = (query) =>
  statusOf(query) === "pending" && query.get("decided_by") !== "me" ? { ...apiFilter(query), sort: "newest", limit: 1 } : null;

export function withQuery(path, query) {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    for (const one of [value].flat()) if (one !== undefined && one !== null && one !== "") words.append(name, one);
  const text = words.toString();
  return text ? `${path}?${text}` : path;
}
