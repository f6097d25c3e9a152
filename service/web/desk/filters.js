// What of the queue is shown: tabs, filters and order, as words of the address, as parameters of the API and as chips to read.
import { h, Component, Button, newId } from "./ui.js";
import { kDay, kFilterNames, sortOf, statusOf } from "./asked.js";
import { go, withWords } from "./nav.js";
import { day, number } from "./format.js";
import { Words, plain } from "./text.js";

// Key 1 to 5. `counted`: its name among the counts.
export const kTabs = [
  { title: "Pending", words: {}, counted: "pending" },
  { title: "Spam", words: { status: "spam" }, counted: "spam" },
  { title: "Approved", words: { status: "approved" }, counted: "approved" },
  { title: "Rejected", words: { status: "rejected" }, counted: "rejected" },
  { title: "Decided by me", words: { decided_by: "me" }, counted: "decided_by_me" },
];
const kDecided = ["decided", "Newest decision first"];
const kSorts = [
  ["useful", "Most useful first"],
  ["oldest", "Oldest first"],
  ["newest", "Newest first"],
  ["score", "Highest score first"],
];
// `words(value)`: the filter as a chip says it.
const kFilterWords = {
  site: { words: (it) => `site: ${it}` },
  article: { label: "Article", hint: "Its id. Choose the site, too.", words: (it) => `article: ${it}` },
  rule: { label: "Rule that fired", hint: "Its name, such as many_links.", words: (it) => `rule: ${it}` },
  author: { label: "Author’s name", hint: "Words of it.", words: (it) => `author: ${it}` },
  email: { label: "Email", words: (it) => `email: ${it}` },
  ip: { label: "Address or network", hint: "192.0.2.7 or 192.0.2.0/24", words: (it) => `address: ${it}` },
  domain: { label: "Domain of a link", words: (it) => `links to ${it}` },
  min_score: { label: "Score from", inputmode: "decimal", words: (it) => `score from ${it}` },
  max_score: { label: "Score to", inputmode: "decimal", words: (it) => `score to ${it}` },
  since: { label: "From this day", type: "date", words: (it) => `from ${told(it)}` },
  until: { label: "To this day", type: "date", words: (it) => `to ${told(it)}` },
  text: { label: "Words in the text, name or title", wide: true, words: (it) => `“${it}”` },
  like: { words: () => "nearly the same text" },
  decision: { words: () => "changed by one decision" },
  decided_by: { words: (it) => `decided by ${it}` },
};
export const kFilters = kFilterNames.map((name) => ({ name, ...kFilterWords[name] }));
const told = (it) => (kDay.test(it) ? day(it + "T12:00") : it);

export const tabOf = (query) => {
  if (query.get("decided_by") === "me") return 4;
  const status = query.get("status") ?? "pending";
  return kTabs.findIndex((tab) => !tab.words.decided_by && (tab.words.status ?? "pending") === status);
};
export const sortsOf = (query) => (query.get("decided_by") ? [kDecided, ...kSorts.slice(1)] : kSorts);

// The address of a tab: filters stay.
export const tabHref = (at) => withWords({ status: "", decided_by: "", sort: "", comment: "", ...kTabs[at].words }, { path: "/desk" });
export const filtersOf = (query) =>
  kFilters.filter((one) => query.get(one.name) && !(one.name === "decided_by" && query.get("decided_by") === "me"));
export const filterBy = (name, value, more = {}) => go(withWords({ ...more, [name]: value, comment: "" }, { path: "/desk" }));
export const noFilters = () => go(withWords(Object.fromEntries(kFilters.map((one) => [one.name, ""])), { path: "/desk" }));

// ---- on the page

export const Tabs = ({ query, counts }) =>
  h(
    "nav",
    { class: "tabs", "aria-label": "Comments by status" },
    kTabs.map((tab, at) =>
      h(
        "a",
        { href: tabHref(at), "aria-current": at === tabOf(query) ? "page" : undefined, "aria-keyshortcuts": String(at + 1) },
        h("span", null, tab.title),
        counts &&
          h(
            "span",
            { class: "count" },
            number(Math.max(0, counts[tab.counted] ?? 0)) + (tab.counted === "decided_by_me" && counts.decided_by_me_more ? "+" : ""),
          ),
        h("kbd", { "aria-hidden": "true" }, at + 1),
      ),
    ),
  );

export class Search extends Component {
  componentWillReceiveProps(next) {
    if (next.value !== this.props.value) this.setState({ text: undefined });
  }
  render({ value }, { text }) {
    const id = (this.id ??= newId("search"));
    return h(
      "form",
      {
        class: "search",
        role: "search",
        onSubmit: (event) => {
          event.preventDefault();
          filterBy("text", (text ?? value).trim());
        },
      },
      h("label", { for: id, class: "hidden" }, "Search the words of these comments"),
      h("input", {
        id,
        type: "search",
        placeholder: "Search",
        autocomplete: "off",
        value: text ?? value,
        "aria-keyshortcuts": "/",
        onInput: (event) => this.setState({ text: event.target.value }),
        // The cross in the field empties it.
        onSearch: (event) => event.target.value === "" && value && filterBy("text", ""),
        onKeyDown: (event) => event.key === "Escape" && (this.setState({ text: undefined }), event.target.blur()),
      }),
      h("kbd", { "aria-hidden": "true" }, "/"),
    );
  }
}

export const Chips = ({ query, problem, edit }) => {
  const status = query.get("status");
  const odd =
    status && !kTabs.some((tab) => tab.words.status === status)
      ? [{ name: "status", words: (it) => (it === "any" ? "any status" : `status: ${it}`) }]
      : [];
  const all = [...odd, ...filtersOf(query)];
  if (all.length === 0) return null;
  return h(
    "div",
    { class: "chips", role: "group", "aria-label": "Filters" },
    all.map((one) => {
      const words = one.words(query.get(one.name));
      const wrong = problem?.where === `?${one.name}`;
      return h(
        "span",
        { key: one.name, class: wrong ? "chip wrong" : "chip" },
        h("span", { class: "words" }, h(Words, { text: words })),
        h(
          "button",
          { type: "button", class: "close", "aria-label": `Without the filter ${plain(words)}`, onClick: () => filterBy(one.name, "") },
          "×",
        ),
      );
    }),
    all.length > 1 && h(Button, { kind: "quiet", onClick: noFilters }, "Clear all"),
    problem && h(Button, { kind: "quiet", onClick: edit }, "Change"),
  );
};
