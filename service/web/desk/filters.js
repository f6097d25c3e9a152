// What of the queue is shown: tabs, filters and order, as words of the address, as parameters of the API and as chips to read.
import { h, Component, Button, Choice, Dialog, TextField, newId, sentence } from "./ui.js";
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
const kFilters = [
  { name: "site", words: (it) => `site: ${it}` },
  { name: "article", label: "Article", hint: "Its id. Choose the site, too.", words: (it) => `article: ${it}` },
  { name: "rule", label: "Rule that fired", hint: "Its name, such as many_links.", words: (it) => `rule: ${it}` },
  { name: "author", label: "Author’s name", hint: "Words of it.", words: (it) => `author: ${it}` },
  { name: "email", label: "Email", words: (it) => `email: ${it}` },
  { name: "ip", label: "Address or network", hint: "192.0.2.7 or 192.0.2.0/24", words: (it) => `address: ${it}` },
  { name: "domain", label: "Domain of a link", words: (it) => `links to ${it}` },
  { name: "min_score", label: "Score from", inputmode: "decimal", words: (it) => `score from ${it}` },
  { name: "max_score", label: "Score to", inputmode: "decimal", words: (it) => `score to ${it}` },
  { name: "since", label: "From this day", type: "date", words: (it) => `from ${told(it)}` },
  { name: "until", label: "To this day", type: "date", words: (it) => `to ${told(it)}` },
  { name: "text", label: "Words in the text, name or title", wide: true, words: (it) => `“${it}”` },
  { name: "like", words: () => "nearly the same text" },
  { name: "decision", words: () => "changed by one decision" },
  { name: "decided_by", words: (it) => `decided by ${it}` },
];
const kDay = /^\d{4}-\d\d-\d\d$/;
const told = (it) => (kDay.test(it) ? day(it + "T12:00") : it);

export const tabOf = (query) => {
  if (query.get("decided_by") === "me") return 4;
  const status = query.get("status") ?? "pending";
  return kTabs.findIndex((tab) => !tab.words.decided_by && (tab.words.status ?? "pending") === status);
};
// The status that a comment must have to be on this tab; null: any.
export const statusOf = (query) => {
  if (query.get("decided_by")) return query.get("status");
  const status = query.get("status") ?? "pending";
  return status === "any" ? null : status;
};
export const sortOf = (query) =>
  query.get("sort") ?? (query.get("decided_by") ? "decided" : statusOf(query) === "pending" ? "useful" : "newest");
export const sortsOf = (query) => (query.get("decided_by") ? [kDecided, ...kSorts.slice(1)] : kSorts);

// The address of a tab: filters stay.
export const tabHref = (at) => withWords({ status: "", decided_by: "", sort: "", comment: "", ...kTabs[at].words }, { path: "/desk" });
export const filtersOf = (query) =>
  kFilters.filter((one) => query.get(one.name) && !(one.name === "decided_by" && query.get("decided_by") === "me"));
export const filterBy = (name, value, more = {}) => go(withWords({ ...more, [name]: value, comment: "" }, { path: "/desk" }));
export const noFilters = () => go(withWords(Object.fromEntries(kFilters.map((one) => [one.name, ""])), { path: "/desk" }));

// The filter as the API takes it: of GET /v1/queue, or, `asBody`, of a decision.
export function apiFilter(query, asBody = false) {
  const made = { status: statusOf(query) ?? "any" };
  for (const { name } of kFilters) {
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

export class FilterDialog extends Component {
  constructor(props) {
    super(props);
    this.state = Object.fromEntries(kFilters.map((one) => [one.name, props.query.get(one.name) ?? ""]));
    this.state.status = props.query.get("status") ?? (props.query.get("decided_by") ? "any" : "pending");
  }
  apply() {
    const { close, query } = this.props;
    const words = { ...this.state, comment: "" };
    if (words.status === "pending" || (words.status === "any" && words.decided_by)) words.status = "";
    if (words.status !== (query.get("status") ?? "")) words.sort = "";
    close();
    go(withWords(words, { path: "/desk" }));
  }
  render({ sites, close, problem }, state) {
    const error = (name) => problem?.where === `?${name}` && [problem.message, problem.advice].filter(Boolean).map(sentence).join(" ");
    return h(
      Dialog,
      { title: "Show only comments that match", onClose: close, wide: true },
      h(
        "form",
        {
          class: "filterform",
          onSubmit: (event) => {
            event.preventDefault();
            this.apply();
          },
        },
        problem &&
          !kFilters.some((one) => problem.where === `?${one.name}`) &&
          h("p", { class: "bad" }, problem.message, " ", problem.advice),
        h(
          "div",
          { class: "fields" },
          h(Choice, {
            label: "Status",
            value: state.status,
            set: (status) => this.setState({ status }),
            options: [
              ["pending", "Pending"],
              ["spam", "Spam"],
              ["approved", "Approved"],
              ["rejected", "Rejected"],
              ["checked", "Checked for a site that keeps its own"],
              ["any", "Any"],
            ],
            autofocus: !problem,
          }),
          sites.length > 1 &&
            h(Choice, {
              label: "Site",
              value: state.site,
              set: (site) => this.setState({ site }),
              error: error("site"),
              options: [["", "All sites"], ...sites.map((one) => [one.id, one.name || one.id])],
            }),
          kFilters
            .filter((one) => one.label)
            .map(({ name, label, hint, type, inputmode, wide }) =>
              h(TextField, {
                key: name,
                label,
                hint,
                type,
                inputmode,
                wide,
                value: state[name],
                set: (value) => this.setState({ [name]: value }),
                error: error(name),
                autofocus: Boolean(error(name)),
                name,
                autocomplete: "off",
                maxlength: 500,
              }),
            ),
        ),
        h(
          "div",
          { class: "bar" },
          h(Button, { type: "submit", kind: "primary" }, "Show"),
          h(Button, { onClick: () => (close(), noFilters()) }, "Clear all"),
          h(Button, { kind: "quiet", onClick: close }, "Cancel"),
        ),
      ),
    );
  }
}
