// Every rule with what it adds and how often it was right; one of them opened beside the list.
import { number, score } from "./format.js";
import { go, withWords } from "./nav.js";
import { precision, precisionShort, precisionText } from "./precision.js";
import { RulePanel } from "./rule_panel.js";
import { Text } from "./text.js";
import { h, Component, Choice, Empty, Link, TextField, Trouble, announce, listenToKeys } from "./ui.js";
import { Spark } from "./weeks.js";

const kKinds = { pattern: "Pattern", composite: "Combination", heuristic: "Heuristic", learner: "Learner", policy: "Policy" };
const kStates = { live: "Live", shadow: "Shadow", off: "Off" };
export const kindWord = (kind) => kKinds[kind] ?? kind;

// What a rule does when it hits, in short.
export const effect = (rule) => [rule.score !== 0 || !rule.action ? score(rule.score) : "", rule.action].filter(Boolean).join(", ");
export const queueOf = (name, site) => `/desk?${new URLSearchParams({ rule: name, status: "any", ...(site ? { site } : {}) })}`;

// Roles are said as well, for on a narrow screen the table is laid out as cards, and browsers then forget that it is a table.
// Columns: [word in the query, title, value to sort by, the usual direction].
const kColumns = [
  ["name", "Rule", (one) => one.rule.name, 1],
  ["kind", "Kind", (one) => kindWord(one.rule.kind), 1],
  ["pack", "Pack", (one) => one.rule.pack ?? "", 1],
  ["score", "Score", (one) => one.rule.score, -1],
  ["state", "State", (one) => Object.keys(kStates).indexOf(one.rule.state), -1],
  ["hits", "Hits", (one) => one.counts?.hits ?? 0, -1],
  ["precision", "Precision", (one) => (one.right && one.right.decided ? one.right.low : -1), 1],
];

class Row extends Component {
  shouldComponentUpdate(next) {
    return ["row", "open", "site", "href"].some((name) => next[name] !== this.props[name]);
  }
  render({ row: { rule, counts, weeks, right, loading }, open, site, href }) {
    return h(
      "tr",
      { role: "row", class: [open ? "open" : "", rule.state].join(" ") },
      h("th", { scope: "row", role: "rowheader" }, h(Link, { href, "aria-current": open ? "true" : undefined, "data-rule": rule.name }, rule.name), h("span", { class: "about" }, h(Text, { text: rule.about, links: false }))),
      h("td", { role: "cell", class: "room" }, kindWord(rule.kind)),
      h("td", { role: "cell", class: rule.pack ? "room" : "room none-here" }, rule.pack ?? "–"),
      h("td", { role: "cell", class: "number" }, effect(rule)),
      h("td", { role: "cell" }, h("span", { class: `rule-state ${rule.state}` }, kStates[rule.state])),
      h("td", { role: "cell", class: "number", "data-label": "hits" }, loading ? "…" : counts?.hits ? h(Link, { href: queueOf(rule.name, site), "aria-label": `${number(counts.hits)} hits of ${rule.name}: show them` }, number(counts.hits)) : "0"),
      h("td", { role: "cell", class: "number", "data-label": "precision", title: precisionText(right) }, loading ? "…" : precisionShort(right)),
      h("td", { role: "cell", class: "room week-cell" }, h(Spark, { weeks })),
    );
  }
}

export class RuleList extends Component {
  constructor(props) {
    super(props);
    this.state = { words: props.query.get("q") ?? "" };
  }
  componentDidMount() {
    this.quiet = listenToKeys(() => ({
      "/": () => document.querySelector(".rule-filters input")?.focus(),
      j: () => this.step(1),
      k: () => this.step(-1),
      n: () => go(withWords({ part: "packs", fresh: "rule", rule: null })),
      Escape: () => this.close(),
    }));
  }
  componentWillUnmount() {
    this.quiet();
    clearTimeout(this.later);
  }
  search(words) {
    this.setState({ words });
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      go(withWords({ q: words }), { replace: true });
      announce(`${number(this.rows().length)} rules`);
    }, 300);
  }
  // j and k: from rule to rule, by the focus.
  step(by) {
    const links = [...document.querySelectorAll("[data-rule]")];
    const at = links.findIndex((one) => one === document.activeElement || (!links.includes(document.activeElement) && one.getAttribute("aria-current")));
    const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }
  close() {
    const name = this.props.query.get("rule");
    if (!name) return;
    go(withWords({ rule: null }));
    requestAnimationFrame(() => [...document.querySelectorAll("[data-rule]")].find((one) => one.dataset.rule === name)?.focus());
  }

  // All rules with their numbers; made anew only when these are, so that a row that stays is not drawn again.
  all() {
    const { rules, counts, weeks } = this.props;
    if (this.made?.rules !== rules || this.made.counts !== counts || this.made.weeks !== weeks)
      this.made = {
        rules,
        counts,
        weeks,
        rows: rules.rules.map((rule) => {
          const own = counts?.get(rule.name);
          return { rule, counts: own, weeks: weeks?.get(rule.name), right: precision(rule, own), loading: !counts, words: `${rule.name} ${rule.about} ${rule.pack ?? ""}`.toLowerCase() };
        }),
      };
    return this.made.rows;
  }
  rows() {
    const { query } = this.props;
    const words = this.state.words.toLowerCase().split(/\s+/).filter(Boolean);
    const [by, direction] = this.order();
    const value = kColumns.find(([name]) => name === by)[2];
    return this.all()
      .filter(
        (one) =>
          words.every((word) => one.words.includes(word)) &&
          (!query.get("kind") || one.rule.kind === query.get("kind")) &&
          (!query.get("state") || one.rule.state === query.get("state")) &&
          (!query.get("of") || (one.rule.pack ?? "") === query.get("of")),
      )
      .sort((a, b) => {
        const x = value(a), y = value(b);
        return (x < y ? -1 : x > y ? 1 : 0) * direction || (a.rule.name < b.rule.name ? -1 : 1);
      });
  }
  order() {
    const [by, backwards] = (this.props.query.get("sort") ?? "hits").split(".");
    const column = kColumns.find(([name]) => name === by) ?? kColumns[5];
    return [column[0], column[3] * (backwards ? -1 : 1)];
  }

  render(props, { words }) {
    const { query, site, rules, packs, countsProblem } = props;
    const rows = this.rows();
    const open = rules.rules.find((one) => one.name === query.get("rule"));
    const [by, direction] = this.order();
    const filter = (label, name, options) => h(Choice, { label, value: query.get(name) ?? "", set: (value) => go(withWords({ [name]: value }), { replace: true }), options: [["", "Any"], ...options] });
    const narrow = Boolean(open);
    return h(
      "div",
      { class: narrow ? "beside" : "" },
      h(
        "section",
        { class: "panel rule-list", "aria-label": "List of rules" },
        h(
          "div",
          { class: "bar rule-filters" },
          h(TextField, { label: "Search", value: words, set: (text) => this.search(text), type: "search", "aria-keyshortcuts": "/" }),
          filter("Kind", "kind", Object.entries(kKinds)),
          filter("State", "state", Object.entries(kStates)),
          filter("Pack", "of", [...new Set([...packs.map((one) => one.name), ...rules.rules.map((one) => one.pack).filter(Boolean)])].sort().map((one) => [one, one])),
          h("div", { class: "narrow-only" }, h(Choice, { label: "Order", value: query.get("sort") ?? "hits", set: (value) => go(withWords({ sort: value }), { replace: true }), options: kColumns.map(([name, title]) => [name, title]) })),
          h(Link, { class: "button primary rest", href: withWords({ part: "packs", fresh: "rule", rule: null }), "aria-keyshortcuts": "n" }, "Write a rule", h("kbd", { "aria-hidden": "true" }, "n")),
        ),
        countsProblem && h(Trouble, { problem: countsProblem, again: props.refresh }),
        h("p", { class: "soft" }, rows.length === rules.rules.length ? `${number(rows.length)} rules.` : `${number(rows.length)} of ${number(rules.rules.length)} rules.`, h("span", { class: "key-hints" }, " ", h("kbd", null, "/"), " search ", h("kbd", null, "j"), " ", h("kbd", null, "k"), " next, previous ", h("kbd", null, "Esc"), " close")),
        rows.length === 0
          ? h(Empty, { title: "No rule is like that" }, h(Link, { href: withWords({ q: null, kind: null, state: null, of: null }), onClick: () => this.setState({ words: "" }) }, "Show all"))
          : h(
              "div",
              { class: "scroll", tabindex: "0", role: "region", "aria-label": "Rules" },
              h(
                "table",
                { class: "rules-table", role: "table" },
                h("caption", { class: "hidden" }, "Rules, what they add, how often they hit, and how often people agreed"),
                h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, kColumns.map((column) => this.head(column, by, direction)), h("th", { scope: "col", role: "columnheader", class: "room" }, "Weeks"))),
                h(
                  "tbody",
                  { role: "rowgroup" },
                  rows.map((row) => h(Row, { key: row.rule.name, row, open: row.rule === open, site, href: withWords({ rule: row.rule.name }) })),
                ),
              ),
            ),
      ),
      open && h(RulePanel, { key: open.name, rule: open, close: () => this.close(), ...props, counts: props.counts?.get(open.name), weeks: props.weeks?.get(open.name) }),
    );
  }
  head([name, title, , usual], by, direction) {
    const sorted = name === by;
    const next = sorted && direction === usual ? `${name}.back` : name;
    return h(
      "th",
      { scope: "col", role: "columnheader", class: ["score", "hits", "precision"].includes(name) ? "number" : ["kind", "pack"].includes(name) ? "room" : "", "aria-sort": sorted ? (direction > 0 ? "ascending" : "descending") : undefined },
      h("button", { class: "sort", onClick: () => go(withWords({ sort: next }), { replace: true }) }, title, h("span", { "aria-hidden": "true" }, sorted ? (direction > 0 ? " ▲" : " ▼") : "")),
    );
  }
}
