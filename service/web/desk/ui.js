// What all pages of the desk are put together from. Preact 8: `h(element or component, attributes, children...)`.
import { h, Component } from "./preact.js";
export { h, Component };

// Runs when what was drawn is on the screen: what nobody waits for does not keep anybody waiting.
export const afterPaint = (run) => requestAnimationFrame(() => setTimeout(run));

let counter = 0;
export const newId = (prefix = "id") => `${prefix}-${++counter}`;

// ---- saying what happened: to eyes in a notice, to ears in the page's live regions

const kTogether = 700; // ms in which two messages are read as one, so that none is cut off
const told = {};
function tell(id, text) {
  const place = document.getElementById(id);
  if (!place) return;
  const before = told[id] && Date.now() - told[id].at < kTogether ? told[id].text + " " : "";
  told[id] = { text, whole: before + text, at: Date.now() };
  place.textContent = "";
  // The same words twice are two messages.
  requestAnimationFrame(() => (place.textContent = told[id].whole));
}
export const announce = (text) => tell("live", text);
export const alarm = (text) => tell("alert", text);

const notices = { list: [], changed: () => {} };
// A notice that goes by itself, but for errors. `kind`: "info" or "error"; `action`: {label, run}.
export function notify(text, { kind = "info", action = null, seconds = kind === "error" ? 0 : 8 } = {}) {
  const notice = { id: newId("notice"), text, kind, action };
  notices.list = [...notices.list.slice(-2), notice];
  notices.changed();
  (kind === "error" ? alarm : announce)(text);
  if (seconds > 0) setTimeout(() => drop(notice.id), seconds * 1000);
}
export const notifyProblem = (problem, what = "") =>
  notify([what, problem.message, problem.advice].filter(Boolean).map(sentence).join(" "), { kind: "error" });
function drop(id) {
  notices.list = notices.list.filter((one) => one.id !== id);
  notices.changed();
}
export const sentence = (text) => {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : whole + ".";
};
export class Notices extends Component {
  componentDidMount() {
    notices.changed = () => this.forceUpdate();
  }
  render() {
    return h(
      "section",
      { class: "notices", "aria-label": "Messages" },
      notices.list.map((one) =>
        h(
          "div",
          { key: one.id, class: `notice ${one.kind}` },
          h("span", null, one.text),
          one.action && h(Button, { kind: "quiet", onClick: () => (drop(one.id), one.action.run()) }, one.action.label),
          h("button", { class: "close", "aria-label": "Close this message", onClick: () => drop(one.id) }, "×"),
        ),
      ),
    );
  }
}

// ---- controls

// `kind`: "primary", "danger", "quiet" or nothing; `keys`: the key that does the same, shown on it; `busy`: it is being carried out.
export function Button({ kind = "", keys, busy, children, class: more = "", ...rest }) {
  return h(
    "button",
    { type: "button", "aria-keyshortcuts": keys, "aria-disabled": busy ? "true" : undefined, ...rest, onClick: busy ? undefined : rest.onClick, class: `button ${kind} ${more}` },
    children,
    keys && h("kbd", { "aria-hidden": "true" }, keys),
  );
}
export const Link = ({ href, children, ...rest }) => h("a", { href, ...rest }, children);

// A labelled control: `control` makes it from {id, "aria-describedby", "aria-invalid"}.
export class Labelled extends Component {
  constructor(props) {
    super(props);
    this.id = newId("field");
  }
  render({ label, hint, error, wide, control }) {
    const told = [hint && `${this.id}-hint`, error && `${this.id}-error`].filter(Boolean).join(" ") || undefined;
    return h(
      "div",
      { class: wide ? "field wide" : "field" },
      h("label", { for: this.id }, label),
      control({ id: this.id, "aria-describedby": told, "aria-invalid": error ? "true" : undefined }),
      hint && h("p", { id: `${this.id}-hint`, class: "hint" }, hint),
      error && h("p", { id: `${this.id}-error`, class: "error" }, error),
    );
  }
}
// `set` gets the text as it is typed.
export const TextField = ({ label, hint, error, wide, value, set, area, rows, ...rest }) =>
  h(Labelled, {
    label,
    hint,
    error,
    wide,
    control: (own) => h(area ? "textarea" : "input", { type: area ? undefined : "text", rows, spellcheck: "false", ...rest, ...own, value: value ?? "", onInput: (event) => set(event.target.value) }),
  });
// `options`: [value, label] pairs.
export const Choice = ({ label, hint, error, wide, value, set, options, ...rest }) =>
  h(Labelled, {
    label,
    hint,
    error,
    wide,
    control: (own) =>
      h(
        "select",
        { ...rest, ...own, onChange: (event) => set(event.target.value) },
        options.map(([one, text]) => h("option", { key: one, value: one, selected: String(one) === String(value ?? "") }, text)),
      ),
  });
export const Tick = ({ label, value, set, ...rest }) =>
  h("label", { class: "tick" }, h("input", { type: "checkbox", ...rest, checked: Boolean(value), onChange: (event) => set(event.target.checked) }), h("span", null, label));

// A dialog over the page: focus stays in it and goes back afterwards, Escape closes it where `onClose` is given. `onKeyDown`: keys of its own.
export class Dialog extends Component {
  constructor(props) {
    super(props);
    this.id = newId("dialog");
  }
  componentDidMount() {
    this.box.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.props.onClose?.();
    });
    this.box.showModal();
  }
  componentWillUnmount() {
    if (this.box.open) this.box.close();
  }
  render({ title, onClose, onKeyDown, children, actions, wide }) {
    return h(
      "dialog",
      { ref: (box) => box && (this.box = box), class: wide ? "wide" : "", "aria-labelledby": this.id, onKeyDown },
      h("header", null, h("h2", { id: this.id }, title), onClose && h("button", { class: "close", "aria-label": "Close", onClick: onClose }, "×")),
      h("div", { class: "body" }, children),
      actions && h("footer", null, actions),
    );
  }
}

// ---- states of a part that asks the service

export const Waiting = ({ what = "Loading" }) => h("p", { class: "waiting", role: "status" }, `${what}…`);
export const Empty = ({ title, children }) => h("div", { class: "empty" }, h("p", { class: "title" }, title), children);
// What went wrong, where, and how to mend it. Rules are refused with all their errors, each with its line and a caret under it.
export const Trouble = ({ problem, again }) => {
  const errors = problem.body?.errors ?? [];
  return h(
    "div",
    { class: "trouble", role: "alert" },
    h("p", null, h("strong", null, sentence(errors.length > 1 ? `${errors.length} errors` : problem.message)), problem.where && errors.length < 2 ? ` (${problem.where})` : ""),
    errors.length > 1 && h("ul", null, errors.map((one) => h("li", null, [one.where, one.detail].filter(Boolean).join(": "), one.advice && h(Advice, { text: one.advice })))),
    errors.length < 2 && problem.advice && h(Advice, { text: problem.advice }),
    again && h(Button, { onClick: again }, "Try again"),
  );
};
const Advice = ({ text }) => (text.includes("\n") ? h("pre", null, text) : h("p", null, sentence(text)));
export const Progress = ({ label, value, max }) => h("label", { class: "progress" }, h("span", null, label), h("progress", max > 0 ? { value, max } : {}));

// Asks by `load(signal)`, once for each `id`, and shows `children[0](what came, again)`. While it asks anew the old stays on view.
export class Load extends Component {
  constructor(props) {
    super(props);
    this.state = { value: undefined, problem: null };
    this.again = () => this.ask();
  }
  componentDidMount() {
    this.ask();
  }
  componentDidUpdate(before) {
    if (before.id !== this.props.id) this.ask();
  }
  componentWillUnmount() {
    this.asking?.abort();
  }
  async ask() {
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    try {
      const value = await this.props.load(mine.signal);
      if (!mine.signal.aborted) this.setState({ value, problem: null });
    } catch (problem) {
      if (problem.name === "AbortError" || mine.signal.aborted) return;
      if (!("advice" in problem)) throw problem;
      this.setState({ problem });
    }
  }
  render({ what, children }, { value, problem }) {
    if (problem) return h(Trouble, { problem, again: this.again });
    if (value === undefined) return h(Waiting, { what });
    return children[0](value, this.again);
  }
}

// `columns`: {title, cell: (row) => child, number?: right-aligned, head?: it names the row}. `rowKey(row)`.
export const Table = ({ caption, columns, rows, rowKey, empty = "There is nothing here." }) =>
  h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      null,
      h("caption", { class: "hidden" }, caption),
      h("thead", null, h("tr", null, columns.map((one) => h("th", { scope: "col", class: one.number ? "number" : "" }, one.title)))),
      h(
        "tbody",
        null,
        rows.length === 0 && h("tr", null, h("td", { colspan: columns.length, class: "none" }, empty)),
        rows.map((row) =>
          h(
            "tr",
            { key: rowKey?.(row) },
            columns.map((one) => h(one.head ? "th" : "td", { scope: one.head ? "row" : undefined, class: one.number ? "number" : "" }, one.cell(row))),
          ),
        ),
      ),
    ),
  );

// A text to take along, with a button that copies it.
export class Copyable extends Component {
  render({ text, label, secret }) {
    return h(
      "div",
      { class: "copyable" },
      h("pre", { tabindex: "0", "aria-label": label, class: secret ? "secret" : "" }, text),
      h(
        Button,
        {
          kind: "quiet",
          "aria-label": `Copy ${label}`,
          onClick: () =>
            navigator.clipboard?.writeText(text).then(
              () => notify(`${sentence(label).slice(0, -1)} copied.`),
              () => notify("The browser does not let the page copy: select the text and copy it by hand.", { kind: "error" }),
            ),
        },
        "Copy",
      ),
    );
  }
}

// ---- keys of a page: `keys({"j": run, ...})` until the function that comes back is called. Not while one writes, nor under a dialog.
// A letter is the same with Caps Lock on, and on a keyboard of another alphabet.
function keyOf({ key, code, shiftKey }) {
  const letter = /^[a-z]$/i.test(key) ? key : key.length === 1 && key > "\x7f" && /^Key[A-Z]$/.test(code) ? code[3] : "";
  return letter ? (shiftKey ? letter.toUpperCase() : letter.toLowerCase()) : key;
}
// Whether keys are letters there, and no commands.
export const isField = (at) => Boolean(at?.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]"));

export function listenToKeys(table) {
  const listener = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = event.target;
    if (isField(at) || document.querySelector("dialog[open]")) return;
    const run = table()[keyOf(event)];
    if (!run) return;
    event.preventDefault();
    run(event);
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}
