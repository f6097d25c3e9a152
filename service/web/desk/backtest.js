// A backtest: drafts, or what is not saved, or an earlier version, over the stored comments, beside today's rules. Its id is in the query
// (?backtest=), so one may leave the page, come back, and send the link to somebody; the latest ones, also those of others, are listed.
import { del, get, post } from "./api.js";
import { ago, full, many, number, percent, plainScore } from "./format.js";
import { go, withWords } from "./nav.js";
import { Excerpt, Text } from "./text.js";
import { h, Component, Button, Choice, Link, Progress, Table, TextField, Trouble, announce } from "./ui.js";
import { unsaved } from "./unsaved.js";

const kPoll = 700; // ms
const kActions = ["approve", "hold", "spam", "discard"];
const kShown = 20; // samples of a list at first
const strict = (action) => kActions.indexOf(action);
const decided = (people) => people.spam + people.rejected + people.approved;

export class Backtest extends Component {
  constructor(props) {
    super(props);
    this.state = { latest: [], status: null, problem: null, startProblem: null, busy: false, what: unsaved.of(props.site).length ? "unsaved" : "drafts", limit: "100000", since: "", version: "" };
  }
  componentDidMount() {
    this.follow();
  }
  componentDidUpdate(before) {
    if (before.query.get("backtest") !== this.props.query.get("backtest")) this.follow();
  }
  componentWillUnmount() {
    this.left = true;
    clearTimeout(this.later);
  }

  // A list that fails is no news: what is looked at tells it.
  async list() {
    const all = await get("/v1/rules/backtests", {}, { quiet: true }).catch(() => null);
    if (all && !this.left) this.setState({ latest: all.items });
  }
  async follow() {
    clearTimeout(this.later);
    const id = this.props.query.get("backtest");
    if (this.state.status?.state !== "running") this.list();
    if (!id) return this.setState({ status: null, problem: null });
    try {
      const status = await get(`/v1/rules/backtests/${encodeURIComponent(id)}`);
      if (this.left || id !== this.props.query.get("backtest")) return;
      const was = this.state.status;
      this.setState({ status, problem: null });
      if (status.state === "running") this.later = setTimeout(() => this.follow(), kPoll);
      else if (was?.state === "running") this.list();
      if (status.state !== "running" && was?.id === id && was.state === "running") announce(status.state === "done" ? `The backtest is done: ${many(status.report.changed, "verdict")} would change.` : `The backtest was ${status.state}.`);
    } catch (problem) {
      if (this.left || problem.name === "AbortError") return;
      this.setState({ problem, status: null });
    }
  }
  async start() {
    const { site } = this.props;
    const { what, limit, since, version } = this.state;
    const wish = { limit: Number(limit), ...(site && { site }), ...(since && { since: `${since}T00:00:00Z` }) };
    if (what === "unsaved") wish.packs = unsaved.of(site);
    if (what === "version") wish.version = Number(version);
    this.setState({ busy: true, startProblem: null });
    try {
      const status = await post("/v1/rules/backtests", wish);
      this.setState({ busy: false, status });
      go(withWords({ backtest: status.id }));
      announce("The backtest runs.");
    } catch (startProblem) {
      this.setState({ busy: false, startProblem });
      this.list(); // somebody else's may run
    }
  }
  async cancel() {
    try {
      await del(`/v1/rules/backtests/${this.state.status.id}`);
      this.follow();
    } catch (problem) {
      this.setState({ problem });
    }
  }

  render({ site, sites, packs, query }, { latest, status, problem, startProblem, busy, what, limit, since, version }) {
    const drafts = packs.filter((one) => one.draft);
    const waiting = unsaved.of(site);
    const scope = site ? (sites.find((one) => one.id === site)?.name || site) : "all sites";
    const nothing = what === "drafts" ? drafts.length === 0 : what === "version" ? !(Number(version) >= 1) : waiting.length === 0;
    const running = status?.state === "running";
    return h(
      "div",
      { class: "stack" },
      h(
        "form",
        {
          class: "panel",
          "aria-label": "Start a backtest",
          onSubmit: (event) => {
            event.preventDefault();
            if (!busy && !running && !nothing) this.start();
          },
        },
        h("h2", null, "Backtest"),
        h("p", { class: "soft" }, `Judges the stored comments of ${scope} again, as they were known when they came, by today's rules and by changed ones. Nothing is changed by it.`),
        h(
          "div",
          { class: "fields" },
          h(Choice, {
            label: "What is tried",
            value: what,
            set: (value) => this.setState({ what: value }),
            hint: what === "drafts" ? (drafts.length ? drafts.map((one) => one.name).join(", ") : "There are no drafts: write a rule first.") : what === "unsaved" ? waiting.map((one) => one.name).join(", ") : undefined,
            options: [["drafts", "The drafts"], ...(waiting.length ? [["unsaved", "What is not saved, without other drafts"]] : []), ["version", "An earlier version"]],
          }),
          what === "version" && h(TextField, { label: "Version", inputmode: "numeric", value: version, set: (text) => this.setState({ version: text.trim() }), error: version && !(Number(version) >= 1) ? "Write a version's number." : undefined }),
          h(Choice, { label: "Over", value: limit, set: (value) => this.setState({ limit: value }), options: [["1000", "the newest 1,000 comments"], ["10000", "the newest 10,000"], ["100000", "the newest 100,000"], ["1000000", "the newest million"]] }),
          h(TextField, { label: "That came since", hint: "Nothing: whenever they came.", type: "date", value: since, set: (text) => this.setState({ since: text }) }),
        ),
        startProblem && h(Trouble, { problem: busyWords(startProblem) }),
        h("div", { class: "bar" }, h(Button, { type: "submit", kind: "primary", busy: busy || running || nothing }, busy ? "Starting…" : "Start"), h("span", { class: "soft" }, "One runs at a time, beside the service.")),
      ),
      (latest.length > 1 || (latest.length === 1 && latest[0].id !== status?.id)) && h(Latest, { all: latest, sites, current: query.get("backtest") }),
      problem && h(Trouble, { problem: problem.status === 404 ? { ...problem, message: "This backtest is not known any more", advice: "Results are kept in memory until the service ends, the latest few; start it again." } : problem, again: problem.status === 404 ? undefined : () => this.follow() }),
      status && h(Running, { status, sites, cancel: () => this.cancel() }),
      status?.report && h(Report, { key: status.id, report: status.report, site, query }),
    );
  }
}
// One runs at a time: whose, the service says.
const busyWords = (problem) => (problem.status !== 429 ? problem : { ...problem, message: problem.message, advice: problem.advice || "Wait for its end and start again.", where: "" });

const kStates = { running: "Running", done: "Done", cancelled: "Cancelled", failed: "Failed" };
const siteOf = (one, sites) => (one.site ? sites.find((each) => each.id === one.site)?.name || one.site : "all sites");
const result = (one) => (one.state === "done" ? `${many(one.changed, "verdict")} of ${number(one.seen)} would change` : one.state === "failed" ? one.problem : `${number(one.seen)} of about ${number(one.total)} comments`);

const Latest = ({ all, sites, current }) =>
  h(
    "section",
    { class: "panel", "aria-label": "The latest" },
    h("h2", null, "The latest"),
    h(Table, {
      caption: "Backtests that run or have ended; they are kept until the service ends",
      rows: all,
      rowKey: (one) => one.id,
      columns: [
        { title: "Started", head: true, cell: (one) => h(Link, { href: withWords({ backtest: one.id }), "aria-current": one.id === current ? "true" : undefined, title: full(one.started_at) }, ago(one.started_at)) },
        { title: "By", cell: (one) => h("bdi", null, one.by) },
        { title: "Over", cell: (one) => siteOf(one, sites) },
        { title: "State", cell: (one) => kStates[one.state] },
        { title: "Result", cell: result },
      ],
    }),
  );

const Running = ({ status, sites, cancel }) =>
  h(
    "section",
    { class: "panel", "aria-label": "Progress" },
    h(
      "p",
      null,
      kStates[status.state],
      ": ",
      siteOf(status, sites),
      ", started ",
      h("span", { title: full(status.started_at) }, ago(status.started_at)),
      " by ",
      h("bdi", null, status.by),
      ".",
    ),
    status.state === "running" && h(Progress, { label: `${number(status.seen)} of about ${number(status.total)} comments`, value: Math.min(status.seen, status.total), max: status.total }),
    status.state === "running" && h("div", null, h(Button, { onClick: cancel }, "Cancel")),
    status.problem && h("p", { class: "bad" }, status.problem),
    status.state === "cancelled" && h("p", { class: "soft" }, `After ${number(status.seen)} comments. There is no report of a part.`),
  );

const sum = (changes) => changes.reduce((all, { count, people }) => ({ count: all.count + count, approved: all.approved + people.approved, rejected: all.rejected + people.rejected, spam: all.spam + people.spam, undecided: all.undecided + people.undecided }), { count: 0, approved: 0, rejected: 0, spam: 0, undecided: 0 });
const people = (all) => [all.spam && `${number(all.spam)} called spam`, all.rejected && `${number(all.rejected)} rejected`, all.approved && `${number(all.approved)} approved`, all.undecided && `${number(all.undecided)} not decided`].filter(Boolean).join(", ");

function Report({ report, site }) {
  const caught = report.changes.filter((one) => strict(one.to) > strict(one.from));
  const freed = report.changes.filter((one) => strict(one.to) < strict(one.from));
  const c = sum(caught), f = sum(freed);
  return h(
    "div",
    { class: "stack" },
    h(
      "section",
      { class: "panel", "aria-label": "Result" },
      h("h2", null, report.changed ? `${many(report.changed, "verdict")} of ${number(report.seen)} would change` : `No verdict of ${number(report.seen)} would change`),
      h("p", { class: "soft" }, `People decided ${number(decided(report.people))} of these comments (${people(report.people)}). The learner was not asked, neither for today nor for the changes: it has learned these very comments and would flatter itself.`),
      report.unchecked > 0 && h("p", { class: "bad" }, `${many(report.unchecked, "comment")} could not be checked.`),
      report.changed > 0 && h("div", { class: "two-tiles" }, h(Tile, { title: "Newly caught", all: c, wrong: c.approved, words: "of which people had approved" }), h(Tile, { title: "Newly freed", all: f, wrong: f.spam + f.rejected, words: "of which people had called spam or rejected" })),
      report.changed > 0 && h(Matrix, { changes: report.changes }),
    ),
    h(Samples, { title: "Newly caught", what: "Comments that would be judged more strictly.", all: c, samples: report.samples.filter((one) => strict(one.to) > strict(one.from)), wrong: ["approved"], wrongTitle: "People had approved" }),
    h(Samples, { title: "Newly freed", what: "Comments that would be judged more mildly.", all: f, samples: report.samples.filter((one) => strict(one.to) < strict(one.from)), wrong: ["spam", "rejected"], wrongTitle: "People had called spam or rejected" }),
    h(RuleHits, { rules: report.rules, site }),
  );
}

const Tile = ({ title, all, wrong, words }) =>
  h("div", { class: wrong > 0 ? "two-tile mistaken" : "two-tile" }, h("h3", null, title), h("p", { class: "big-number" }, number(all.count)), h("p", null, words, ": ", h("strong", { class: wrong > 0 ? "bad" : "good" }, number(wrong))), all.count > 0 && h("p", { class: "soft" }, people(all)));

const Matrix = ({ changes }) => {
  const of = (from, to) => changes.find((one) => one.from === from && one.to === to);
  return h(
    "details",
    { open: true },
    h("summary", null, "From what to what"),
    h(Table, {
      caption: "Verdicts today by row, with the changes by column",
      rows: kActions,
      rowKey: (one) => one,
      columns: [
        { title: "Today ↓  then →", head: true, cell: (from) => from },
        ...kActions.map((to) => ({
          title: to,
          number: true,
          cell: (from) => {
            const one = of(from, to);
            if (from === to) return h("span", { class: "soft" }, "·");
            return one ? h("span", null, number(one.count), h("span", { class: "cellnote" }, people(one.people))) : "0";
          },
        })),
      ],
    }),
  );
};

class Samples extends Component {
  render({ title, what, all, samples, wrong, wrongTitle }, { shown = kShown, only }) {
    if (all.count === 0) return null;
    const mistaken = samples.filter((one) => wrong.includes(one.people));
    const list = only ? mistaken : [...mistaken, ...samples.filter((one) => !wrong.includes(one.people))];
    return h(
      "section",
      { class: "panel", "aria-label": title },
      h("div", { class: "bar" }, h("h2", null, `${title}: ${number(all.count)}`), mistaken.length > 0 && h(Button, { class: "rest", "aria-pressed": String(Boolean(only)), onClick: () => this.setState({ only: !only }) }, `${wrongTitle} (${number(mistaken.length)})`)),
      h("p", { class: "soft" }, what, samples.length < all.count ? ` ${number(samples.length)} of them as a sample; those that people saw otherwise come first.` : ""),
      h(
        "ul",
        { class: "samples" },
        list.slice(0, shown).map((one) =>
          h(
            "li",
            { key: one.id, class: wrong.includes(one.people) ? "mistaken" : "" },
            h(Link, { href: `/desk?${new URLSearchParams({ comment: one.id, status: "any" })}`, class: "begins" }, one.begins.trim() ? h(Excerpt, { text: one.begins }) : "(no text)"),
            h(
              "span",
              { class: "bar" },
              h("span", null, `${one.from} ${plainScore(one.score_from)} → ${one.to} ${plainScore(one.score_to)}`),
              h("span", { class: `chip people ${one.people}` }, one.people === "undecided" ? "not decided" : `people: ${one.people}`),
              one.rules.slice(0, 6).map((rule) => h(Link, { class: "chip", href: withWords({ part: null, backtest: null, rule }) }, rule)),
              one.rules.length > 6 && h("span", { class: "soft" }, `and ${one.rules.length - 6} more`),
            ),
          ),
        ),
      ),
      list.length > shown && h("div", null, h(Button, { onClick: () => this.setState({ shown: shown + 50 }) }, `Show more of ${number(list.length)}`)),
    );
  }
}

class RuleHits extends Component {
  render({ rules }, { all }) {
    const touched = rules.filter((one) => one.changed || one.hits !== one.hits_today);
    const rows = all ? rules : touched;
    return h(
      "section",
      { class: "panel", "aria-label": "Rules" },
      h("div", { class: "bar" }, h("h2", null, all ? `All ${number(rules.length)} rules that hit` : "Rules that changed"), h(Button, { class: "rest", "aria-pressed": String(Boolean(all)), onClick: () => this.setState({ all: !all }) }, all ? "Only those that changed" : `All ${number(rules.length)}`)),
      h(Table, {
        caption: "Rules: hits today and with the changes, and what people said of them",
        empty: "No rule's hits change.",
        rows,
        rowKey: (one) => one.rule,
        columns: [
          { title: "Rule", head: true, cell: (one) => h("span", null, h(Link, { href: withWords({ part: null, backtest: null, rule: one.rule }) }, one.rule), h("span", { class: "about" }, h(Text, { text: one.about, links: false }))) },
          { title: "State", cell: (one) => h("span", { class: `rule-state ${one.state}` }, one.state) },
          { title: "Hits today", number: true, cell: (one) => number(one.hits_today) },
          { title: "Then", number: true, cell: (one) => number(one.hits) },
          { title: "People said", cell: (one) => people(one.people) || "nothing yet" },
          {
            title: "Precision",
            number: true,
            cell: (one) => {
              const n = decided(one.people);
              if (n === 0) return "–";
              return h("span", null, n < 10 ? `too few to say (${number(n)})` : percent(one.precision), n >= 10 && h("span", { class: "cellnote" }, `${Math.round(one.precision_low * 100)}–${Math.round(one.precision_high * 100)} %${one.speaks_for ? ", rightly approved" : ""}`));
            },
          },
        ],
      }),
    );
  }
}
