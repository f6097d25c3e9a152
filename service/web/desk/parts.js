// Pieces that several pages share: which site, lists page by page, comments in short, expiry, files to take along.
import { h, Component, Button, Choice, Empty, Labelled, TextField, Trouble, Waiting, announce, sentence } from "./ui.js";
import { many } from "./format.js";

// ---- texts of strangers

// Characters that hide, or turn the direction of what follows, are named; line ends become spaces.
const kUnseen = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
export const plain = (text) =>
  text.replace(/\s+/g, " ").replace(kUnseen, (one) => `[U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
export const shortened = (text, most) => {
  const points = Array.from(plain(text).slice(0, most * 4));
  return points.length > most ? points.slice(0, most).join("") + "…" : points.join("");
};
// A stranger's words inside a sentence: their direction stays theirs.
export const Words = ({ text, most = 200 }) => h("bdi", { class: "words" }, shortened(text, most));

// Some comments in short, to know what one is about to touch.
export const Excerpts = ({ items, label }) =>
  h(
    "ul",
    { class: "excerpts", "aria-label": label },
    items.map((one) =>
      h("li", { key: one.id }, h("strong", null, h(Words, { text: one.author.name || "Nobody", most: 60 })), " ", h(Words, { text: one.content || "(no text)", most: 160 })),
    ),
  );

// ---- sites

export const siteName = (sites, id) => sites.find((one) => one.id === id)?.name || id;
// Who may see all sites chooses one or all; who has one site is told which. `none`: the word for all.
export const SiteChoice = ({ who, sites, value, set, none = "All sites", label = "Site", ...rest }) => {
  if (who.site) return h("p", { class: "field" }, h("span", { class: "label" }, label), h("span", { class: "fixed" }, h(Words, { text: siteName(sites, who.site), most: 40 })));
  const known = sites.some((one) => one.id === value) || !value ? sites : [{ id: value, name: value }, ...sites];
  return h(Choice, {
    label,
    value: value ?? "",
    set,
    options: [...(none ? [["", none]] : []), ...known.map((one) => [one.id, one.name && one.name !== one.id ? `${shortened(one.name, 60)} (${one.id})` : one.id])],
    ...rest,
  });
};

// ---- lists page by page

// Reads by `load(cursor, signal)`, anew for each `id`; shows `children[0](items, list)`, where `list` has again() and change(items).
// `what`: [one, more] words for what is in it.
export class Pages extends Component {
  constructor(props) {
    super(props);
    this.state = { items: null, next: null, problem: null, busy: false };
    this.again = () => this.read(null, true);
    this.change = (how) => this.setState((state) => ({ items: how(state.items) }));
  }
  componentDidMount() {
    this.again();
  }
  componentDidUpdate(before) {
    if (before.id !== this.props.id) this.again();
  }
  componentWillUnmount() {
    this.asking?.abort();
  }
  async read(cursor, anew) {
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    this.setState({ busy: true, problem: null });
    try {
      let page = await this.props.load(cursor ?? undefined, mine.signal);
      // A page may hold nothing and still have a next one; a few are looked through before the reader is asked.
      for (let looks = 0; page.items.length === 0 && page.next && looks < 20; ++looks) page = await this.props.load(page.next, mine.signal);
      if (mine.signal.aborted) return;
      if (!anew) announce(`${many(page.items.length, ...this.props.what)} more`);
      this.setState((state) => ({ items: anew ? page.items : [...state.items, ...page.items], next: page.next, busy: false }));
    } catch (problem) {
      if (problem.name === "AbortError" || mine.signal.aborted) return;
      if (!("advice" in problem)) throw problem;
      this.setState({ problem, busy: false });
    }
  }
  render({ children, empty }, { items, next, problem, busy }) {
    if (!items) return problem ? h(Trouble, { problem, again: this.again }) : h(Waiting);
    return h(
      "div",
      { class: "pages", "aria-busy": busy ? "true" : "false" },
      items.length || next ? children[0](items, this) : (empty ?? h(Empty, { title: "There is nothing here." })),
      problem && h(Trouble, { problem, again: () => (items.length ? this.read(next, !next) : this.again()) }),
      next && !problem && h(Button, { class: "more", busy, onClick: () => this.read(next, false) }, busy ? "Loading…" : "Show more"),
    );
  }
}

// What had the focus is gone: it goes on from the top of the page.
export function focusHeading() {
  requestAnimationFrame(() => {
    const heading = document.querySelector("main h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  });
}

// ---- fields

// The service's words about the field at `where` (a JSON pointer, or the beginning of one).
export const flaw = (problem, where) =>
  problem && problem.where && (problem.where === where || problem.where.startsWith(where + "/"))
    ? [problem.message, problem.advice].filter(Boolean).map(sentence).join(" ")
    : undefined;
// A problem that none of the fields at `places` tells of already.
export const elsewhere = (problem, places) => (problem && !places.some((one) => flaw(problem, one)) ? problem : null);

// When something ends: never, in some days, or at the end of a day. {choice, day}; `expiryTime` makes what the API takes.
const kSpans = [["", "Never"], ["1", "In a day"], ["7", "In a week"], ["30", "In 30 days"], ["90", "In 90 days"], ["365", "In a year"], ["day", "At the end of a day …"]];
export const expiryTime = ({ choice, day: on } = { choice: "" }) => {
  if (!choice) return undefined;
  if (choice === "day") return on ? new Date(`${on}T23:59:59`).toISOString() : "";
  return new Date(Date.now() + Number(choice) * 86400e3).toISOString();
};
export const Expiry = ({ value, set, error, label = "Ends" }) =>
  h(
    "div",
    { class: "expiry" },
    h(Choice, { label, value: value.choice, options: kSpans, error: value.choice === "day" ? undefined : error, set: (choice) => set({ ...value, choice }) }),
    value.choice === "day" && h(TextField, { label: "Last day", type: "date", value: value.day, error, set: (on) => set({ ...value, day: on }) }),
  );

// Several choices of which all are on view. `options`: [value, label, explanation].
export const Radios = ({ label, value, set, options, name, hint, error }) =>
  h(
    "fieldset",
    { class: "radios", "aria-describedby": error ? `${name}-error` : undefined },
    h("legend", null, label),
    hint && h("p", { class: "hint" }, hint),
    options.map(([one, text, more]) =>
      h(
        "label",
        { key: one, class: "tick" },
        h("input", { type: "radio", name, value: one, checked: one === value, onChange: () => set(one) }),
        h("span", null, text, more && h("span", { class: "hint" }, " ", more)),
      ),
    ),
    error && h("p", { id: `${name}-error`, class: "error" }, error),
  );
// A tick with its explanation under it.
export const Switch = ({ label, hint, value, set }) =>
  h(Labelled, { label, hint, wide: true, control: (own) => h("input", { type: "checkbox", ...own, checked: Boolean(value), onChange: (event) => set(event.target.checked) }) });

// ---- files

// A spreadsheet takes a text that begins so for a formula; a quote in front makes it a text again.
const kFormula = /^[=+\-@\t\r]/;
const cell = (value) => {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = kFormula.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
// `columns`: [heading, value of a row] pairs.
export const csv = (columns, rows) => [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, value]) => value(row)))].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";

export function save(name, text, type = "text/csv") {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
