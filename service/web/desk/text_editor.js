// A text with numbered lines in a plain textarea: what every browser, screen reader and spelling of a keyboard knows.
import { number } from "./format.js";
import { h, Component, newId } from "./ui.js";

export class TextEditor extends Component {
  constructor(props) {
    super(props);
    this.id = newId("text");
    this.state = { line: 1, column: 1 };
    this.follow = () => (this.gutter.scrollTop = this.area.scrollTop);
  }
  componentDidMount() {
    if (this.props.spot) this.jump(this.props.spot);
    this.follow();
  }
  componentDidUpdate(before) {
    if (this.props.spot && before.spot !== this.props.spot) this.jump(this.props.spot);
    this.follow();
  }
  // The caret to a line and column, in view.
  jump({ line, column }) {
    const lines = this.props.text.split("\n");
    const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const at = Math.min(from + column - 1, from + (lines[line - 1]?.length ?? 0));
    this.area.focus();
    this.area.setSelectionRange(at, Math.min(at + 1, from + (lines[line - 1]?.length ?? 0)));
    const height = this.area.scrollHeight / lines.length;
    this.area.scrollTop = Math.max(0, (line - 4) * height);
    this.area.scrollLeft = 0;
    this.where();
  }
  where() {
    const before = this.area.value.slice(0, this.area.selectionStart).split("\n");
    this.setState({ line: before.length, column: before.at(-1).length + 1 });
  }
  render({ label, text, set, errors = [], readonly, rows = 24 }, { line, column }) {
    const lines = text.split("\n").length;
    const bad = new Set(errors.filter((one) => one.own).map((one) => one.line));
    // Escape lets Tab leave the text again, as it writes a tab nowhere: it moves the focus, as everywhere.
    return h(
      "div",
      { class: "editor" },
      h("label", { for: this.id }, label),
      h(
        "div",
        { class: "numbered" },
        h("pre", { class: "gutter", "aria-hidden": "true", ref: (one) => (this.gutter = one) }, numbered(lines, bad)),
        h("textarea", {
          id: this.id,
          class: "code",
          ref: (one) => (this.area = one),
          rows,
          wrap: "off",
          spellcheck: "false",
          autocapitalize: "off",
          autocomplete: "off",
          readonly,
          value: text,
          "aria-invalid": bad.size ? "true" : undefined,
          "aria-describedby": `${this.id}-where`,
          onInput: (event) => set(event.target.value),
          onScroll: this.follow,
          onSelect: () => this.where(),
          onKeyUp: () => this.where(),
          onClick: () => this.where(),
        }),
      ),
      h("p", { class: "soft", id: `${this.id}-where` }, `Line ${number(line)} of ${number(lines)}, column ${number(column)}`),
    );
  }
}
const numbered = (lines, bad) => {
  if (!bad.size) return Array.from({ length: lines }, (_, at) => at + 1).join("\n");
  return Array.from({ length: lines }, (_, at) => [h("span", { class: bad.has(at + 1) ? "bad" : "" }, bad.has(at + 1) ? `! ${at + 1}` : at + 1), "\n"]);
};
