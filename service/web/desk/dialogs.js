// What the queue asks before it acts: the note that goes with a decision, a block, many comments at once, the filters, and the keys.
import "./core.js";
import { h, Component, Button, Choice, Dialog, TextField, Tick, Trouble, Waiting, newId, sentence } from "./ui.js";
import { get } from "./api.js";
import { kActs, kMost, kMostFiltered } from "./deeds.js";
import { kFilters, noFilters } from "./filters.js";
import { many, number, plainScore } from "./format.js";
import { go, withWords } from "./nav.js";
import { Excerpt, Words, hostsIn } from "./text.js";

// Keys of a dialog: those of its decisions, where one does not write.
function onKeys(table) {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const run = table[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
}
const buttonsOf = ({ acts = kActs, busy, run, words = (act) => act.verb }) =>
  acts.map((act) =>
    h(Button, { key: act.decision, kind: `act ${act.kind}`, keys: act.key, busy, onClick: () => run(act.decision) }, words(act)),
  );

// ---- e: the note

const kReasons = ["", "advertising", "off topic", "personal attack", "house rules", "private data", "duplicate", "test"];
export class NoteDialog extends Component {
  constructor(props) {
    super(props);
    this.list = newId("reasons");
    this.state = { reason: "", note: "", ...props.note };
  }
  render({ close, keep, decide, acts = kActs }, { reason, note }) {
    const value = reason.trim() || note.trim() ? { reason: reason.trim(), note: note.trim() } : null;
    return h(
      Dialog,
      {
        title: "Note for the decision",
        onClose: () => (keep(value), close()),
        actions: [
          h(Button, { onClick: () => (keep(null), close()) }, "No note"),
          h(Button, { onClick: () => (keep(value), close()) }, "Keep for the decision"),
          buttonsOf({
            acts: acts.map((one) => ({ ...one, key: undefined })),
            run: (decision) => (keep(value), close(), decide(decision, value ?? {})),
          }),
        ],
      },
      h(TextField, {
        label: "Reason",
        hint: "A word or two. It is seen in the log and can be counted.",
        value: reason,
        set: (text) => this.setState({ reason: text }),
        maxlength: 100,
        list: this.list,
        autofocus: true,
      }),
      h(
        "datalist",
        { id: this.list },
        kReasons.map((one) => h("option", { value: one })),
      ),
      h(TextField, {
        label: "Note",
        hint: "For other moderators. The author never sees it.",
        value: note,
        set: (text) => this.setState({ note: text }),
        maxlength: 2000,
        area: true,
        rows: 4,
      }),
    );
  }
}

// ---- b: decide and block

export class BlockDialog extends Component {
  constructor(props) {
    super(props);
    const { item } = props;
    const hosts = hostsIn([item.content, item.author.url])
      .map((one) => one.host)
      .filter((one) => !one.endsWith(":"));
    // What the service blocks, in its order: a verified id, else the email.
    this.offers = [
      ["author", "The author", item.author.id || item.author.email, "has neither an email nor a verified id"],
      ["ip", "The address", item.client.ip, "is not known"],
      [
        "domain",
        hosts.length > 1 ? "The domains of its links" : "The domain of its link",
        hosts.slice(0, 6).join(", ") + (hosts.length > 6 ? " …" : ""),
        "it has no links",
      ],
    ];
    this.state = Object.fromEntries(this.offers.map(([name, , value]) => [name, name === "author" && Boolean(value)]));
  }
  render({ item, close, decide }, state) {
    const chosen = Object.fromEntries(this.offers.filter(([name]) => state[name]).map(([name]) => [name, true]));
    const run = (decision) => {
      if (Object.keys(chosen).length === 0) return this.setState({ wrong: true });
      close();
      decide(decision, { block: chosen });
    };
    const acts = kActs.filter((one) => one.decision !== "approve");
    return h(
      Dialog,
      {
        title: "Decide and block",
        onClose: close,
        onKeyDown: onKeys({ s: () => run("spam"), r: () => run("reject") }),
        actions: [
          h(Button, { kind: "quiet", onClick: close }, "Cancel"),
          buttonsOf({ acts: [...acts].reverse(), run, words: (act) => `${act.verb} and block` }),
        ],
      },
      h(
        "div",
        { class: "ticks" },
        h("p", null, "What comes from there later is spam at once. Undoing the decision takes the block back, too."),
        this.offers.map(([name, title, value, none], at) =>
          value
            ? h(Tick, {
                key: name,
                label: [title, ": ", h(Words, { text: value })],
                value: state[name],
                set: (on) => this.setState({ [name]: on, wrong: false }),
                autofocus: at === 0 || !this.offers[0][2],
              })
            : h("p", { key: name, class: "soft" }, `${title}: ${none}`),
        ),
        state.wrong && h("p", { class: "bad", role: "alert" }, "Choose what to block first."),
        h("p", { class: "soft" }, "By ", h(Words, { text: item.author.name || "no name" }), "."),
      ),
    );
  }
}

// ---- many at once: what it will touch is shown first

const Sample = ({ items, count }) =>
  h(
    "div",
    { class: "sample" },
    h(
      "ul",
      { "aria-label": "Some of them" },
      items.map((item) =>
        h(
          "li",
          { key: item.id },
          h("span", { class: "sum" }, plainScore(item.verdict.score)),
          h(
            "div",
            null,
            h("strong", null, h(Excerpt, { text: item.author.name || "No name", length: 40 })),
            " ",
            h(Excerpt, { text: item.content, length: 140 }),
          ),
        ),
      ),
    ),
    count > items.length && h("p", { class: "soft" }, `and ${number(count - items.length)} more`),
  );

// `filter`: all that match (as the API takes it), or `items`: those chosen. `decision`: the one that was asked for; left out: one chooses.
// `decide(decision, what, more)`: `what` is the body's ids or filter with the count that was seen.
export class BulkDialog extends Component {
  constructor(props) {
    super(props);
    this.state = { count: props.items?.length, sample: props.items?.slice(0, 5), reason: "", problem: null, note: props.note };
  }
  componentDidMount() {
    if (this.props.filter) this.look();
    this.componentDidUpdate();
  }
  // Once it is known what it touches, Enter does the first thing.
  componentDidUpdate() {
    const act = this.box?.closest("dialog").querySelector("footer .act");
    if (act && !this.focused) act.focus();
    this.focused = Boolean(act);
  }
  async look() {
    const { filter } = this.props;
    this.setState({ problem: null, count: undefined });
    try {
      const [counted, page] = await Promise.all([
        get("/v1/queue/count", { ...filter, at_most: kMostFiltered }),
        get("/v1/queue", { ...filter, sort: "newest", limit: 5 }),
      ]);
      this.setState({ ...counted, sample: page.items });
    } catch (problem) {
      this.setState({ problem });
    }
  }
  async run(decision) {
    const { filter, items, decide, close } = this.props;
    const { count, reason } = this.state;
    if (!count || this.busy || this.tooMany()) return;
    const what = filter ? { filter, expected: count } : { ids: items.map(({ id, version }) => ({ id, version })) };
    this.busy = true;
    this.setState({ busy: true });
    const moved = await decide(decision, { ...what, ...(reason.trim() ? { reason: reason.trim() } : {}) }, count);
    this.busy = false;
    // Others came or went in the meantime: one looks again.
    if (moved === "changed") {
      this.setState({ busy: false, note: "Meanwhile it is another number. Look again before you decide." });
      this.look();
    } else close();
  }
  tooMany() {
    const { count, more } = this.state;
    return more || count > (this.props.filter ? kMostFiltered : kMost);
  }
  render({ title, decision, filter, words, warning, close }, { count, more, sample, problem, reason, busy, note }) {
    const acts = decision ? kActs.filter((one) => one.decision === decision) : [...kActs].reverse();
    const limit = number(filter ? kMostFiltered : kMost);
    const ready = count > 0 && sample && !this.tooMany();
    return h(
      Dialog,
      {
        title,
        onClose: close,
        onKeyDown: onKeys(decision ? {} : Object.fromEntries(acts.map((one) => [one.key, () => this.run(one.decision)]))),
        actions: ready
          ? [
              h(Button, { kind: "quiet", onClick: close }, "Cancel"),
              buttonsOf({
                acts: decision ? acts.map((one) => ({ ...one, key: "Enter" })) : acts,
                busy,
                run: (one) => this.run(one),
                words: (act) => (act.decision === "spam" ? `Mark ${number(count)} as spam` : `${act.verb} ${number(count)}`),
              }),
            ]
          : [h(Button, { onClick: close, autofocus: true }, "Close")],
      },
      h(
        "div",
        { class: "bulk", ref: (box) => (this.box = box) },
        words && h("p", null, words),
        problem && h(Trouble, { problem, again: () => this.look() }),
        !problem && count === undefined && h(Waiting, { what: "Looking what it would touch" }),
        note && h("p", { class: "told odd", role: "status" }, note),
        count === 0 && h("p", null, "There is none any more."),
        count > 0 &&
          h(
            "p",
            { class: "touch" },
            h("strong", null, more ? `More than ${limit}` : many(count, "comment")),
            this.tooMany()
              ? ` match. One decision changes at most ${limit}: narrow the filter first.`
              : count === 1
                ? " will be changed."
                : " will be changed.",
          ),
        warning && h("p", { class: "told odd" }, warning),
        sample?.length > 0 && h(Sample, { items: sample, count: more ? Infinity : count }),
        ready &&
          h(TextField, {
            label: "Reason",
            hint: "If you like: it stands in the log.",
            value: reason,
            set: (text) => this.setState({ reason: text }),
            maxlength: 100,
          }),
        ready && h("p", { class: "soft" }, "It can be undone as a whole."),
      ),
    );
  }
}

// ---- f: the filters

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

// ---- ?: the keys

const kKeys = [
  ["Moving", [["j", "k", "next and previous comment"], ["Enter", "o", "open the comment (small screens), read it"], ["Escape", "back to the list, close what is open"], ["1 – 5", "Pending, Spam, Approved, Rejected, Decided by me"], ["/", "search"], ["f", "filters"], ["n", "show new comments"]]],
  ["Deciding", [["a", "approve"], ["r", "reject"], ["s", "spam"], ["u", "undo the last decision"], ["e", "note or reason for the decision"], ["b", "decide and block the author, address or domain"]]],
  ["Many at once", [["x", "select, or not"], ["Shift+X", "select up to here"], ["Shift+A", "Shift+R", "Shift+S", "approve, reject, spam what is selected"], ["l", "decide all that are like this one"], ["m", "decide the ones like what you just decided"]]],
]; // prettier-ignore
export const HelpDialog = ({ close }) =>
  h(
    Dialog,
    { title: "Keys", onClose: close, wide: true, actions: h(Button, { onClick: close, autofocus: true }, "Close") },
    h(
      "div",
      { class: "keys" },
      kKeys.map(([title, rows]) =>
        h(
          "section",
          { key: title },
          h("h3", null, title),
          h(
            "dl",
            null,
            rows.map((row) =>
              h(
                "div",
                { key: row[0] },
                h(
                  "dt",
                  null,
                  row.slice(0, -1).map((key) => h("kbd", null, key)),
                ),
                h("dd", null, row[row.length - 1]),
              ),
            ),
          ),
        ),
      ),
    ),
    h(
      "p",
      { class: "soft" },
      "With a screen reader the list is a listbox: move to it with Tab, its keys then reach the page. Every decision is said aloud.",
    ),
  );
