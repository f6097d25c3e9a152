// Writing one pack: its rules by a form, or its text; its lists; what the service says of it while one writes; and a comment to try it on.
// Nothing here is in force before it is published.
import { del, post, put } from "./api.js";
import { ago } from "./format.js";
import { go, withWords } from "./nav.js";
import { placeOf } from "./errors.js";
import { statusOf } from "./packs.js";
import { Lists } from "./pack_lists.js";
import { Opinion } from "./opinion.js";
import { RuleForms } from "./rule_form.js";
import { TryBox } from "./rule_try.js";
import { TextEditor } from "./text_editor.js";
import { rulesOf, valueOf } from "./toml.js";
import { h, Component, Button, Dialog, Link, Trouble, announce, notify } from "./ui.js";
import { unsaved } from "./unsaved.js";

const kPause = 500; // ms after the latest key
const kCompiling = 3000; // ms
const kLong = 300_000; // bytes from which a pack is checked when asked only

export class PackEditor extends Component {
  constructor(props) {
    super(props);
    const { held, site, query } = props;
    const base = baseOf(held);
    const work = unsaved.get(site, held.name) ?? { text: base.text, lists: base.lists };
    this.state = { ...work, base, opinion: null, checking: false, busy: "", problem: null, asking: "", mode: query.get("as") ?? "form", spot: null };
  }
  componentDidMount() {
    this.check(true);
  }
  componentDidUpdate(before) {
    if (before.held !== this.props.held) this.setState({ base: baseOf(this.props.held) });
  }
  componentWillUnmount() {
    clearTimeout(this.later);
    this.checking?.abort();
  }
  get name() {
    return this.props.held.name;
  }
  changed({ text, lists, base } = this.state) {
    return text !== base.text || JSON.stringify(lists) !== JSON.stringify(base.lists);
  }
  long() {
    return this.state.text.length + Object.values(this.state.lists).reduce((sum, one) => sum + one.length, 0) > kLong;
  }

  set(change) {
    // From the first key on a new rule stands in the text: who comes back finds it there.
    if (this.props.query.get("fresh")) go(withWords({ fresh: null, like: null, rule: null, at: "last" }), { replace: true });
    this.setState(change, () => {
      const { text, lists } = this.state;
      if (this.changed()) unsaved.set(this.props.site, this.name, { text, lists });
      else unsaved.drop(this.props.site, this.name);
      clearTimeout(this.later);
      this.setState({ stale: true });
      if (!this.long()) this.later = setTimeout(() => this.check(), kPause);
    });
  }
  // What the service says of the pack as it is here.
  async check(first = false) {
    const { text, lists } = this.state;
    this.checking?.abort();
    if (!text.trim() || (first && this.long())) return this.setState({ opinion: null, checking: false, stale: true });
    const mine = (this.checking = new AbortController());
    this.setState({ checking: true });
    try {
      const opinion = await post("/v1/rules/validate", { text, lists, ...this.scope() }, { signal: mine.signal });
      if (!mine.signal.aborted) this.setState({ opinion, checking: false, stale: false, checkProblem: null });
    } catch (checkProblem) {
      if (checkProblem.name === "AbortError" || mine.signal.aborted) return;
      this.setState({ checkProblem, checking: false });
      // Other rules are being compiled: one set at a time.
      if (checkProblem.status === 503) this.later = setTimeout(() => this.check(), kCompiling);
    }
  }
  scope() {
    return this.props.site ? { site: this.props.site } : {};
  }
  async save() {
    const { text, lists } = this.state;
    this.setState({ busy: "save", problem: null });
    try {
      await put(`/v1/rules/packs/${this.name}`, { text, lists }, { query: this.props.site ? { site: this.props.site } : {} });
      unsaved.drop(this.props.site, this.name);
      this.setState({ busy: "", base: { ...this.state.base, text, lists } });
      notify(`The draft of ${this.name} is kept. Nothing changes before it is published.`);
      if (this.props.query.get("at")) go(withWords({ at: null, rule: rulesOf(text).map((one) => valueOf(one, "name")).at(-1) }), { replace: true });
      this.props.again();
      this.props.refresh();
    } catch (problem) {
      this.setState({ busy: "", problem });
    }
  }
  // Back to what the service holds; with `draft` that goes, too.
  async drop(draft) {
    this.setState({ asking: "", problem: null });
    try {
      if (draft) await del(`/v1/rules/packs/${this.name}`, { site: this.props.site, draft: "true" });
      unsaved.drop(this.props.site, this.name);
      const { held } = this.props;
      const base = baseOf(draft ? { ...held, draft: null } : held);
      this.setState({ ...base, base, opinion: null }, () => this.check(true));
      notify(draft ? `The draft of ${this.name} is dropped.` : "Back to what was saved.");
      if (draft && !held.published && !held.from_files) go(withWords({ pack: null, rule: null, fresh: null, at: null }));
      if (draft) this.props.again();
      this.props.refresh();
    } catch (problem) {
      this.setState({ problem });
    }
  }
  async backtest() {
    const { text, lists } = this.state;
    this.setState({ busy: "backtest", problem: null });
    try {
      const started = await post("/v1/rules/backtests", { ...this.scope(), packs: [{ name: this.name, text, lists }] });
      go(withWords({ part: "backtest", backtest: started.id, pack: null, rule: null, fresh: null, as: null, at: null }));
    } catch (problem) {
      this.setState({ busy: "", problem });
    }
  }
  show(mode, spot = null) {
    this.setState({ mode, spot });
    announce(mode === "text" ? "The pack's text" : mode === "lists" ? "Lists of the pack" : "Rules by a form");
  }

  render(props, { text, lists, base, opinion, stale, checking, checkProblem, busy, problem, asking, mode, spot }) {
    const { held, site, query } = props;
    const changed = this.changed();
    const reserved = this.name === "switches" || this.name === "site_switches";
    const errors = (opinion?.errors ?? []).map((one) => placeOf(one, text));
    const warnings = (opinion?.warnings ?? []).map((one) => placeOf(one, text));
    const jump = (one) => this.show("text", one);
    const names = rulesOf(text).map((one) => valueOf(one, "name")).filter((one) => typeof one === "string");
    return h(
      "div",
      { class: "stack" },
      h(
        "div",
        { class: "panel" },
        h(
          "div",
          { class: "bar" },
          h("h2", null, h(Link, { href: withWords({ pack: null, rule: null, fresh: null, like: null, as: null, at: null }) }, "Packs"), " / ", this.name),
          h("span", { class: "chip" }, statusOf(held)),
          held.draft && h("span", { class: "soft" }, `drafted ${ago(held.draft.at)} by `, h("bdi", null, held.draft.by)),
          changed && h("span", { class: "chip warn" }, "not saved"),
        ),
        held.draft?.removes && h("p", { class: "note" }, "It is drafted that this pack goes. Saving a draft takes its place."),
        held.from_files && !held.published && h("p", { class: "note" }, "This pack comes with the program. A draft of the same name takes its place, and the program's later versions of it are not seen any more. To change one rule's score or state, use the rule's own switches."),
        reserved && h("p", { class: "note" }, "The rules' switches are kept in this pack by the program: change them at the rules."),
        h(
          "div",
          { class: "bar" },
          h(
            "div",
            { class: "segments", role: "group", "aria-label": "How to write it" },
            [["form", "Form"], ["text", "Text"], ["lists", `Lists (${Object.keys(lists).length})`]].map(([one, title]) => h(Button, { key: one, "aria-pressed": String(mode === one), onClick: () => this.show(one) }, title)),
          ),
          h(
            "span",
            { class: "bar rest" },
            changed && h(Button, { kind: "quiet", onClick: () => this.drop(false) }, "Undo changes"),
            held.draft && !held.draft.removes && h(Button, { kind: "quiet", onClick: () => this.setState({ asking: "drop" }) }, "Drop draft"),
            h(Button, { busy: busy !== "" || !text.trim(), onClick: () => this.backtest() }, busy === "backtest" ? "Starting…" : "Backtest"),
            !reserved && h(Button, { kind: "primary", busy: busy !== "" || !changed || !text.trim(), onClick: () => this.save() }, busy === "save" ? "Saving…" : "Save draft"),
          ),
        ),
        problem && h(Trouble, { problem }),
      ),
      h(
        "div",
        { class: "beside writing" },
        h(
          "div",
          { class: "panel" },
          mode === "form" && h(RuleForms, { text, lists, errors: stale ? [] : errors, pack: this.name, query, set: (one) => this.set({ text: one }), asText: () => this.show("text") }),
          mode === "text" && h(TextEditor, { label: `Text of ${this.name}`, text, errors, spot, readonly: reserved, set: (one) => this.set({ text: one }) }),
          mode === "lists" && h(Lists, { lists, set: (one) => this.set({ lists: one }) }),
        ),
        h(
          "div",
          { class: "stack" },
          h(Opinion, { opinion, errors, warnings, stale, checking, problem: checkProblem, jump, check: () => this.check(), long: this.long(), empty: !text.trim() }),
          h(TryBox, { site, names, packs: text.trim() ? [{ name: this.name, text, lists }] : undefined }),
        ),
      ),
      asking === "drop" &&
        h(
          Dialog,
          { title: `Drop the draft of ${this.name}?`, onClose: () => this.setState({ asking: "" }), actions: [h(Button, { onClick: () => this.setState({ asking: "" }) }, "Keep it"), h(Button, { kind: "danger", onClick: () => this.drop(true) }, "Drop it")] },
          h("p", null, held.published || held.from_files ? "What is in force stays as it is." : "There is no other copy of this pack here."),
        ),
    );
  }
}

// What is written from: the draft, else what is published, else the files. Packs from files come with all lists of their folder; those
// that this one does not name are left where they are.
export function baseOf(held) {
  if (held.draft && !held.draft.removes) return { text: held.draft.text, lists: held.draft.lists };
  if (held.published) return { text: held.published.text, lists: held.published.lists };
  if (!held.from_files) return { text: "", lists: {} };
  const { text, lists } = held.from_files;
  return { text, lists: Object.fromEntries(Object.entries(lists).filter(([name]) => text.includes(name))) };
}
