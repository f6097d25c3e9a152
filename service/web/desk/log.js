// The log: what was decided, by whom, newest first; what became of it, and the way to take it back.
import "./core.js";
import { all, get, post } from "./api.js";
import { h, Component, Button, Choice, Dialog, Empty, Link, Load, TextField, Trouble, announce, notify, sentence } from "./ui.js";
import { ago, doneWord, full, many, number } from "./format.js";
import { go, withWords } from "./nav.js";
import { Excerpts, Pages, SiteChoice, Words, focusHeading, siteName } from "./parts.js";

const kKinds = [["", "All kinds"], ["approve", "Approved"], ["reject", "Rejected"], ["spam", "Marked as spam"], ["undo", "Undone"], ["learn", "Taught"]];
const kWhy = {
  stale: "changed meanwhile, by somebody who was faster or by an edit",
  superseded: "decided again since: the later decision stands",
  already: "stood so already",
  not_found: "removed since",
  checked: "kept by an Akismet client: its status is not moved",
  other_site: "of another site",
};

// "3 decided again since ...; 1 removed since".
function reasons(skipped) {
  const counts = new Map();
  for (const one of skipped) counts.set(one.why, (counts.get(one.why) ?? 0) + 1);
  return [...counts].map(([why, n]) => `${number(n)} ${kWhy[why] ?? why}`).join("; ");
}
const what = (one) => sentence(doneWord(one.decision)).slice(0, -1);
const commentsOf = (one) => `/desk?${new URLSearchParams({ decision: one.id, status: "any" })}`;

// Shows what an undo will touch, does it, and tells what came of it.
class Undo extends Component {
  constructor(props) {
    super(props);
    this.state = { note: "", busy: false, problem: null, done: null };
    this.key = crypto.randomUUID();
  }
  async run() {
    const { decision, changed, close } = this.props;
    this.setState({ busy: true, problem: null });
    try {
      const done = await post(`/v1/decisions/${decision.id}/undo`, this.state.note ? { note: this.state.note } : {}, { key: this.key });
      changed();
      if (done.skipped.length === 0 && !done.approximate && !done.partial) {
        notify(`Undone: ${many(done.changed, "comment is", "comments are")} as before.`);
        close();
        return focusHeading();
      }
      announce(`Undone for ${many(done.changed, "comment")}`);
      this.setState({ busy: false, done });
    } catch (problem) {
      if (problem.status === 409) changed();
      this.setState({ busy: false, problem });
      this.key = crypto.randomUUID();
    }
  }
  render({ decision, close }, { note, busy, problem, done }) {
    const bulk = decision.standing > 1;
    const leave = () => (close(), focusHeading());
    if (done)
      return h(
        Dialog,
        { title: "Undone", onClose: leave, actions: h(Button, { kind: "primary", onClick: leave }, "Close") },
        h("p", null, h("strong", null, `${many(done.changed, "comment is", "comments are")} as before.`)),
        h(
          "p",
          null,
          done.approximate
            ? "What it had taught was too long ago to be taken back exactly: it is worked against instead, and the learner comes near to what it was."
            : "What it had taught is taken back exactly.",
        ),
        done.partial && h("p", null, "It was a decision over several sites: this site's part is undone, the others' stands."),
        done.skipped.length > 0 && h("p", null, `${many(done.skipped.length, "comment")} stayed: ${reasons(done.skipped)}.`),
      );
    const wish = bulk ? `Undo for ${many(decision.standing, "comment")}` : "Undo it";
    return h(
      Dialog,
      {
        title: bulk ? `Undo a decision on ${many(decision.standing, "comment")}?` : "Undo this decision?",
        onClose: close,
        actions: [h(Button, { onClick: close }, "Leave it"), h(Button, { kind: "danger", busy, onClick: () => this.run() }, busy ? "Undoing…" : wish)],
      },
      h("p", null, h("strong", null, what(decision)), ` by `, h(Words, { text: decision.by || "nobody", most: 60 }), `, ${ago(decision.at)}.`),
      decision.changed > decision.standing &&
        h("p", null, `It changed ${many(decision.changed, "comment")}; ${number(decision.changed - decision.standing)} of them ${decision.changed - decision.standing === 1 ? "was" : "were"} decided again since and stay as they are.`),
      decision.decision === "learn"
        ? h("p", null, "What was taught is forgotten again.")
        : h(Load, { id: decision.id, what: "Looking at its comments", load: (signal) => get("/v1/queue", { decision: decision.id, status: "any", limit: 5, sort: "newest" }, { signal }) }, (page) =>
            page.items.length ? h("div", null, h("h3", null, bulk ? "Some of them" : "The comment"), h(Excerpts, { items: page.items, label: "Comments of this decision" })) : h("p", { class: "soft" }, "Its comments are not kept any more."),
          ),
      h(TextField, { label: "Note", hint: "Kept in the log, for the others.", value: note, maxlength: 2000, set: (text) => this.setState({ note: text }) }),
      problem && h(Trouble, { problem }),
    );
  }
}

const Time = ({ at }) => h("time", { dateTime: at, title: full(at) }, ago(at));

function Entry({ one, sites, several, undo }) {
  const count = one.decision === "learn" && one.changed === 0 ? "a lesson" : many(one.changed, "comment");
  const nothing = one.standing === 0;
  return h(
    "li",
    { class: `entry ${one.decision}`, id: `d-${one.id}` },
    h(
      "div",
      { class: "told" },
      h(
        "p",
        null,
        h("strong", { class: "act" }, what(one)),
        h("span", null, count),
        one.decision !== "undo" && one.changed !== one.standing && !one.undone_by && h("span", { class: "soft" }, nothing ? "none of it stands any more" : `${number(one.standing)} still stand${one.standing === 1 ? "s" : ""}`),
        one.undone_by && h("span", { class: "chip" }, "undone"),
      ),
      h(
        "p",
        { class: "soft" },
        "by ",
        one.by ? h(Link, { href: withWords({ by: one.by, id: null }) }, h(Words, { text: one.by, most: 60 })) : "the machine",
        ", ",
        h(Time, { at: one.at }),
        several && [" · ", one.site ? h(Words, { text: siteName(sites, one.site), most: 60 }) : one.site === null ? "several sites" : ""],
        one.partial && " · of a decision over several sites, this one's part",
      ),
      one.sample.length > 0 &&
        h(
          "ul",
          { class: "sample" },
          one.sample.map((part) => h("li", { key: part.id }, h("span", { class: "soft" }, h(Words, { text: part.author || "Nobody", most: 40 }), ": "), h(Words, { text: part.begins || "(no text)", most: 80 }))),
          one.changed > one.sample.length && h("li", { class: "soft" }, `and ${number(one.changed - one.sample.length)} more`),
        ),
      one.reason && h("p", null, h("span", { class: "soft" }, "Reason: "), h(Words, { text: one.reason })),
      one.note && h("p", null, h("span", { class: "soft" }, "Note: "), h(Words, { text: one.note, most: 2000 })),
      one.skipped.length > 0 && h("p", { class: "soft" }, `Left alone: ${reasons(one.skipped)}.`),
      (one.undoes || one.undone_by) &&
        h(
          "p",
          { class: "soft" },
          one.undoes && h(Link, { href: `/desk/log?id=${one.undoes}` }, "The decision that it undid"),
          one.undoes && one.undone_by && " · ",
          one.undone_by && h(Link, { href: `/desk/log?id=${one.undone_by}` }, "What undid it"),
        ),
    ),
    h(
      "div",
      { class: "acts" },
      one.decision !== "learn" && one.changed > 0 && h(Link, { href: commentsOf(one) }, one.changed === 1 ? "Its comment" : "Its comments"),
      one.decision !== "undo" && one.standing > 0 && h(Button, { "aria-label": `Undo: ${what(one)}, ${count}, ${ago(one.at)}`, onClick: () => undo(one) }, "Undo"),
    ),
  );
}

export default class Log extends Component {
  constructor(props) {
    super(props);
    this.state = { undoing: null, by: props.query.get("by") ?? "", people: [] };
  }
  componentDidMount() {
    // Names to choose from: those who decided lately. A help only, so that a failure is nothing to tell of.
    all("/v1/decisions", this.filter(), 200).then(
      ({ items }) => this.setState({ people: [...new Set(items.map((one) => one.by).filter(Boolean))].sort() }),
      () => {},
    );
  }
  componentDidUpdate(before) {
    const by = this.props.query.get("by") ?? "";
    if ((before.query.get("by") ?? "") !== by) this.setState({ by });
  }
  filter() {
    return { site: this.props.query.get("site") };
  }
  async load(cursor, signal) {
    const { query } = this.props;
    const id = query.get("id");
    if (id) return { items: [await get(`/v1/decisions/${encodeURIComponent(id)}`, {}, { signal })], next: null };
    return get("/v1/decisions", { site: query.get("site"), by: query.get("by"), decision: query.get("kind"), limit: 50, cursor }, { signal });
  }
  // Each decision that an undo may have touched is read again; the undo itself is new.
  changed(list) {
    list.again();
  }
  render({ who, sites, query }, { undoing, by, people }) {
    const id = query.get("id");
    const filtered = ["site", "by", "kind"].some((one) => query.get(one));
    const set = (words) => go(withWords(words));
    return h(
      "div",
      { class: "page log" },
      h("h1", null, id ? "A decision" : "Decisions"),
      id
        ? h("p", null, h(Link, { href: "/desk/log" }, "All decisions"))
        : h(
            "form",
            { class: "filters", role: "search", "aria-label": "Which decisions", onSubmit: (event) => (event.preventDefault(), set({ by })) },
            h(SiteChoice, { who, sites, value: query.get("site"), set: (site) => set({ site }) }),
            h(TextField, { label: "By", placeholder: "anybody", list: "people", value: by, set: (text) => this.setState({ by: text }), onChange: (event) => set({ by: event.target.value }), autocomplete: "off" }),
            h("datalist", { id: "people" }, people.map((one) => h("option", { key: one, value: one }))),
            h(Choice, { label: "Kind", value: query.get("kind") ?? "", set: (kind) => set({ kind }), options: kKinds }),
            filtered && h(Button, { kind: "quiet", onClick: () => set({ site: null, by: null, kind: null }) }, "Show all"),
          ),
      h(
        Pages,
        {
          id: query.toString(),
          what: ["decision"],
          load: (cursor, signal) => this.load(cursor, signal),
          empty: h(Empty, { title: filtered ? "Nothing was decided that is so." : "Nothing was decided yet." }, h("p", null, filtered ? h(Link, { href: "/desk/log" }, "Show all decisions") : "What you decide in the queue stands here, and can be undone here.")),
        },
        (items, list) => [
          h("ul", { class: "entries", "aria-label": "Decisions, newest first" }, items.map((one) => h(Entry, { key: one.id, one, sites, several: !who.site && !query.get("site"), undo: (which) => this.setState({ undoing: { which, list } }) }))),
        ],
      ),
      undoing && h(Undo, { key: undoing.which.id, decision: undoing.which, changed: () => this.changed(undoing.list), close: () => this.setState({ undoing: null }) }),
    );
  }
}
