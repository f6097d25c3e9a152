// A pattern rule as its form holds it, and as TOML values (toml.js). What is left out of a pack means the usual value. Pure.
import { valueOf } from "./toml.js";

export const kTypes = [
  ["regex", "Regular expression (RE2)"],
  ["word", "Whole words"],
  ["substring", "Text anywhere"],
  ["exact", "The whole text"],
  ["domain", "Domain of a link"],
  ["email", "Email address"],
  ["cidr", "Address or network"],
];
export const kViews = [
  ["folded", "Folded: lower case, tricks undone"],
  ["visible", "Visible: without markup"],
  ["raw", "Raw: as submitted"],
];
export const kFields = [
  ["content", "text"],
  ["author.name", "author's name"],
  ["author.email", "author's email"],
  ["author.url", "author's homepage"],
  ["link", "links"],
  ["client.ip", "address"],
  ["client.user_agent", "browser"],
  ["client.referrer", "referrer"],
  ["article.title", "article's title"],
  ["article.url", "article's URL"],
  ["type", "type"],
];
export const kParts = [
  ["content", "Text"],
  ["name", "Author's name"],
  ["email", "Email"],
  ["url", "Homepage"],
  ["ip", "Address"],
  ["agent", "Browser"],
  ["referrer", "Referrer"],
  ["title", "Article's title"],
  ["article_url", "Article's URL"],
  ["type", "Type"],
];
const kUsualFields = { domain: ["link"], email: ["author.email"], cidr: ["client.ip"] };
export const usualFields = (type) => kUsualFields[type] ?? ["content"];
// Fields in which a type of rule may look.
export const fieldsFor = (type) => {
  const may = { domain: ["link", "content", "author.url", "author.email"], email: ["author.email"], cidr: ["client.ip"] }[type];
  return may ? kFields.filter(([name]) => may.includes(name)) : kFields;
};
export const hasView = (type) => !(type in kUsualFields);

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const example = (one) => (typeof one === "string" ? { content: one } : { ...one });

export const freshRule = () => ({ name: "", about: "", score: "2.0", action: "", type: "word", view: "folded", fields: ["content"], match: "", list: [], state: "live", spam: [{ content: "" }], ham: [{ content: "" }] });

// The form of a block, or null when it holds what the form cannot show.
export function formOf(block) {
  const kKnown = ["name", "about", "score", "action", "type", "match", "list", "fields", "view", "state", "spam", "ham"];
  const value = (name) => valueOf(block, name);
  const entries = list(value("match"));
  const examples = [...list(value("spam")), ...list(value("ham"))];
  const texts = [value("name") ?? "", value("about") ?? "", value("action") ?? "", value("type") ?? "", value("view") ?? "", value("state") ?? "", ...entries, ...list(value("list")), ...list(value("fields"))];
  if (
    block.odd ||
    block.kind !== "pattern" ||
    block.keys.some((one) => !kKnown.includes(one.name)) ||
    texts.some((one) => typeof one !== "string") ||
    entries.some((one) => one.includes("\n")) ||
    examples.some((one) => typeof one !== "string" && (typeof one !== "object" || Array.isArray(one) || Object.values(one).some((part) => typeof part !== "string")))
  )
    return null;
  const type = value("type") ?? "regex";
  return {
    name: value("name") ?? "",
    about: value("about") ?? "",
    score: value("score") === undefined ? "" : String(value("score")),
    action: value("action") ?? "",
    type,
    view: value("view") ?? "folded",
    fields: value("fields") === undefined ? usualFields(type) : list(value("fields")),
    match: entries.join("\n"),
    list: list(value("list")),
    state: value("state") ?? "live",
    spam: list(value("spam")).map(example),
    ham: list(value("ham")).map(example),
  };
}

// The values of a form. `block`: where the rule stands already; what is usual is written only when it stands there.
export function valuesOf(form, block) {
  const stands = (name) => block && valueOf(block, name) !== undefined;
  const unless = (usual, name, value) => (usual && !stands(name) ? undefined : value);
  const number = Number(form.score.replace(",", "."));
  const lines = form.match.split("\n").filter((line) => line.trim());
  const examples = (all) =>
    all
      .map((one) => Object.entries(one).filter(([, text]) => text !== ""))
      .filter((parts) => parts.length)
      .map((parts) => (parts.length === 1 && parts[0][0] === "content" ? parts[0][1] : Object.fromEntries(parts)));
  return {
    name: form.name,
    about: form.about,
    score: form.score.trim() === "" ? undefined : Number.isFinite(number) ? number : form.score,
    action: form.action || undefined,
    type: unless(form.type === "regex", "type", form.type),
    match: lines.length ? lines : undefined,
    list: form.list.length ? form.list : undefined,
    fields: unless(String([...form.fields].sort()) === String([...usualFields(form.type)].sort()), "fields", form.fields),
    view: hasView(form.type) ? unless(form.view === "folded", "view", form.view) : undefined,
    state: unless(form.state === "live", "state", form.state),
    spam: examples(form.spam),
    ham: examples(form.ham),
  };
}
