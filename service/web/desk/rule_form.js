// The rules of a pack by a form. What is written goes at once into the pack's text, into this rule's place alone: other rules and comments
// stay as they are (toml.js).
import { get } from "./api.js";
import { fieldsFor, formOf, freshRule, hasView, kParts, kTypes, kViews, usualFields, valuesOf } from "./rule_values.js";
import { TomlError, blocksOf, valueOf, withBlock, withoutBlock } from "./toml.js";
import { h, Component, Button, Choice, Dialog, Empty, TextField, Tick, notify, sentence } from "./ui.js";

const isRule = (block) => block.kind === "pattern" || block.kind === "composite";

// {blocks} or {error}
function read(text) {
  try {
    return { blocks: blocksOf(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { error, blocks: [] };
  }
}

export class RuleForms extends Component {
  constructor(props) {
    super(props);
    const { blocks } = read(props.text);
    const at = blocks.findIndex((one) => isRule(one) && valueOf(one, "name") === props.query.get("rule"));
    const rules = blocks.map((one, n) => n).filter((n) => isRule(blocks[n]));
    const first = (props.query.get("at") === "last" ? rules.at(-1) : rules[0]) ?? -1;
    this.state = props.query.get("fresh") === "rule" ? this.fresh() : this.opened(props.text, at >= 0 ? at : first);
  }
  componentDidMount() {
    const like = this.props.query.get("like");
    if (like && this.props.query.get("fresh") === "rule" && this.state.at < 0) this.copy(like);
  }
  componentDidUpdate() {
    // The text was changed elsewhere: taken back, or written by hand.
    if (this.props.text === this.state.wrote) return;
    const { blocks } = read(this.props.text);
    const at = this.state.at >= 0 && this.state.at < blocks.length ? this.state.at : blocks.findIndex(isRule);
    this.setState(this.opened(this.props.text, at));
  }
  // `from`: the text as it was when this rule was opened; `at`: its block there, -1 for one that is not there yet.
  opened(text, at) {
    const block = read(text).blocks[at];
    return { from: text, wrote: text, at, form: block ? formOf(block) : null, removing: false };
  }
  fresh(text = this.props.text) {
    const from = text.trim() ? text : `pack = "${this.props.pack}"\n`;
    return { from, wrote: text, at: -1, form: freshRule(), removing: false };
  }
  async copy(like) {
    const [pack, name] = like.split("/");
    try {
      const path = `/v1/rules/packs/${encodeURIComponent(pack)}`;
      // The site's own pack of this name, else the one of all sites.
      const held = await get(path, { site: this.props.query.get("site") }).catch(() => get(path));
      const { text } = held.published ?? held.from_files ?? held.draft;
      const form = formOf(read(text).blocks.find((one) => isRule(one) && valueOf(one, "name") === name) ?? { kind: "", keys: [] });
      if (form && this.state.at < 0) this.set({ ...form, list: [], name: `${name}_2`.slice(0, 64) });
      if (form?.list.length) notify("Its list files stay with the other pack: add entries of your own.");
    } catch (problem) {
      notify("The rule to begin with could not be read: this one begins empty.", { kind: "error" });
    }
  }
  set(change) {
    const form = { ...this.state.form, ...change };
    const { from, at } = this.state;
    const block = at >= 0 ? read(from).blocks[at] : null;
    const wrote = withBlock(from, block, "pattern", valuesOf(form, block));
    this.setState({ form, wrote });
    this.props.set(wrote);
  }
  remove() {
    const { from, at } = this.state;
    const text = at >= 0 ? withoutBlock(from, read(from).blocks[at]) : from;
    const { blocks } = read(text);
    this.setState(this.opened(text, Math.max(blocks.findIndex(isRule), -1)));
    this.props.set(text);
    notify("The rule is out of the pack's text. It is kept so when the draft is saved.");
  }
  // The errors of this rule's statements, by their names.
  told() {
    const { blocks } = read(this.props.text);
    const rules = blocks.filter(isRule);
    const block = this.state.at >= 0 ? blocks[this.state.at] : rules.at(-1);
    const told = {};
    for (const one of this.props.errors) {
      if (!one.own || !block) continue;
      const last = block.line + this.props.text.slice(block.start, block.end).split("\n").length - 2;
      if (one.line < block.line || one.line > last) continue;
      const key = block.keys.filter((each) => each.line <= one.line).at(-1)?.name ?? "name";
      told[key] = [told[key], sentence(one.detail)].filter(Boolean).join(" ");
    }
    return told;
  }

  render({ text, lists, pack, asText }, { at, form, removing }) {
    const { blocks, error } = read(text);
    if (error)
      return h(
        Empty,
        { title: `Line ${error.line} of the text cannot be read` },
        h("p", null, `${error.message}.`),
        h(Button, { onClick: asText }, "Mend it as text"),
      );
    const rules = blocks.map((block, n) => [n, block]).filter(([, block]) => isRule(block));
    const label = (block) => `${valueOf(block, "name") || "(no name yet)"}${block.kind === "composite" ? " (combination)" : ""}`;
    const fresh = at < 0 && form;
    return h(
      "div",
      { class: "stack" },
      h(
        "div",
        { class: "bar" },
        h(Choice, {
          label: `Rule of ${pack}`,
          value: fresh ? "-1" : String(at),
          set: (value) => this.setState(value === "-1" ? this.fresh() : this.opened(text, Number(value))),
          options: [...rules.filter(([n]) => !(fresh && text !== this.state.from && n === blocks.length - 1)).map(([n, block]) => [String(n), label(block)]), ["-1", fresh && form.name ? form.name : "A new rule"]],
        }),
        h("span", { class: "bar rest" }, !fresh && form && h(Button, { kind: "quiet", onClick: () => this.setState({ removing: true }) }, "Remove this rule"), h(Button, { onClick: () => this.setState(this.fresh(text)) }, "Add a rule")),
      ),
      form
        ? h(Form, { form, told: this.told(), lists, set: (change) => this.set(change) })
        : at >= 0
          ? h(Empty, { title: "This one is written as text" }, h("p", null, "The form knows patterns; combinations of rules, and what is unusual, are written in the pack's text."), h(Button, { onClick: asText }, "Open the text"))
          : h(Empty, { title: "This pack has no rules" }, h(Button, { onClick: () => this.setState(this.fresh(text)) }, "Add a rule")),
      removing &&
        h(
          Dialog,
          { title: `Remove ${form?.name}?`, onClose: () => this.setState({ removing: false }), actions: [h(Button, { onClick: () => this.setState({ removing: false }) }, "Keep it"), h(Button, { kind: "danger", onClick: () => this.remove() }, "Remove it")] },
          h("p", null, "It goes from this draft's text. What is in force stays until the draft is published."),
        ),
    );
  }
}

const kStates = [
  ["live", "Live: it counts"],
  ["shadow", "Shadow: shown and counted, adds nothing"],
  ["off", "Off: it does not run"],
];
const kActions = [
  ["", "Nothing but its score"],
  ["hold", "Hold, whatever the score"],
  ["spam", "Spam, whatever the score"],
  ["discard", "Discard, whatever the score"],
  ["approve", "Approve: outranks scores"],
];
const kEntryHints = {
  regex: "One a line; RE2 syntax. In the folded view write it in lower case: \\b(cheap|free) pills\\b",
  word: "One a line; found between characters that are not letters or digits.",
  substring: "One a line; found anywhere.",
  exact: "One a line; white space at the ends aside.",
  domain: "One a line; the domain and all under it: spam.example",
  email: "One a line: name@spam.example, or @spam.example for every address there.",
  cidr: "One a line: 192.0.2.7 or 192.0.2.0/24",
};

function Form({ form, told, lists, set }) {
  const named = /^[a-z][a-z0-9_]{0,63}$/.test(form.name);
  const files = [...new Set([...Object.keys(lists), ...form.list])];
  return h(
    "form",
    { class: "stack", "aria-label": "Rule", onSubmit: (event) => event.preventDefault() },
    h(
      "div",
      { class: "fields" },
      h(TextField, { label: "Name", hint: "Public, and never used again for something else: cheap_pills", value: form.name, maxlength: 64, error: form.name && !named ? "A name begins with a letter and is made of a to z, 0 to 9 and _." : told.name, set: (name) => set({ name }) }),
      h(TextField, { label: "Sentence", hint: "What it means, for moderators: Offers pills without a prescription.", value: form.about, maxlength: 300, error: told.about, set: (about) => set({ about }) }),
      h(TextField, { label: "Score", hint: "−20 to 20. Usual thresholds: held from 3, spam from 6.", inputmode: "decimal", value: form.score, error: told.score, set: (score) => set({ score }) }),
      h(Choice, { label: "Asks for", value: form.action, error: told.action, options: kActions, set: (action) => set({ action }) }),
      h(Choice, { label: "State", hint: "Begin in the shadow when you are not sure.", value: form.state, error: told.state, options: kStates, set: (state) => set({ state }) }),
      h(Choice, { label: "Looks for", value: form.type, error: told.type, options: kTypes, set: (type) => set({ type, fields: String(form.fields) === String(usualFields(form.type)) || !hasView(type) ? usualFields(type) : form.fields.filter((one) => fieldsFor(type).some(([name]) => name === one)) }) }),
      hasView(form.type) && h(Choice, { label: "In which reading", value: form.view, error: told.view, options: kViews, set: (view) => set({ view }) }),
    ),
    h(
      "fieldset",
      { "aria-describedby": told.fields ? "fields-error" : undefined },
      h("legend", null, "Where it looks"),
      h("div", { class: "tick-row" }, fieldsFor(form.type).map(([name, label]) => h(Tick, { key: name, label, value: form.fields.includes(name), set: (on) => set({ fields: on ? [...form.fields, name] : form.fields.filter((one) => one !== name) }) }))),
      told.fields && h("p", { class: "error", id: "fields-error" }, told.fields),
    ),
    h(TextField, { label: "Entries", wide: true, area: true, class: "code", rows: Math.min(14, Math.max(3, form.match.split("\n").length + 1)), wrap: "off", hint: kEntryHints[form.type], error: told.match, value: form.match, set: (match) => set({ match }) }),
    files.length > 0 &&
      h("fieldset", null, h("legend", null, "Entries from lists of the pack"), h("div", { class: "tick-row" }, files.map((name) => h(Tick, { key: name, label: name, value: form.list.includes(name), set: (on) => set({ list: on ? [...form.list, name] : form.list.filter((one) => one !== name) }) }))), told.list && h("p", { class: "error" }, told.list)),
    h(Examples, { title: "Comments that it must hit", what: "hit", all: form.spam, error: told.spam, set: (spam) => set({ spam }) }),
    h(Examples, { title: "Comments that it must not hit", what: "miss", all: form.ham, error: told.ham, set: (ham) => set({ ham }) }),
  );
}

const Examples = ({ title, what, all, error, set }) =>
  h(
    "fieldset",
    { class: "examples" },
    h("legend", null, title),
    error && h("p", { class: "error" }, error),
    all.map((one, at) =>
      h(Example, { key: at, one, label: `${what === "hit" ? "Hit" : "Miss"} ${at + 1}`, set: (next) => set(all.map((other, n) => (n === at ? next : other))), remove: all.length > 1 && (() => set(all.filter((_, n) => n !== at))) }),
    ),
    h(Button, { kind: "quiet", onClick: () => set([...all, { content: "" }]) }, "Add a comment"),
  );

// A comment by its text, and those of its other parts that matter.
class Example extends Component {
  render({ one, label, set, remove }, { open }) {
    const parts = kParts.slice(1).filter(([name]) => open || one[name] !== undefined);
    return h(
      "div",
      { class: "example" },
      h(TextField, { label, area: true, rows: 2, dir: "auto", value: one.content ?? "", set: (content) => set({ ...one, content }) }),
      parts.length > 0 && h("div", { class: "fields" }, parts.map(([name, title]) => h(TextField, { key: name, label: title, dir: "auto", value: one[name] ?? "", set: (text) => set({ ...one, [name]: text }) }))),
      h("div", { class: "bar" }, !open && h(Button, { kind: "quiet", "aria-label": `${label}: name, links and other parts`, onClick: () => this.setState({ open: true }) }, "Name, links, …"), remove && h(Button, { kind: "quiet", "aria-label": `Remove ${label}`, onClick: remove }, "Remove")),
    );
  }
}
