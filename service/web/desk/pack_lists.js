// List files of a pack, one entry a line: short ones are edited here, long ones come from a file and go into one.
import { many, number } from "./format.js";
import { h, Component, Button, TextField, notify } from "./ui.js";

const kName = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*\.txt$/;
const kEditable = 200_000; // characters
const kMost = 7_500_000; // characters of one list: the service takes 8 MiB in all
const kShown = 12; // lines of a long one

const entries = (text) => text.split("\n").filter((line) => line.trim() && !line.startsWith("#")).length;

export class Lists extends Component {
  constructor(props) {
    super(props);
    this.state = { name: "", problem: "" };
  }
  trouble(name) {
    if (!kName.test(name) || name.length > 100) return "A list's name ends with .txt and is made of letters, digits, -, _ and points.";
    if (name in this.props.lists) return "There is a list of this name.";
    return "";
  }
  put(name, text) {
    this.props.set({ ...this.props.lists, [name]: text });
  }
  async take(name, file) {
    if (!file) return;
    if (file.size > kMost) return this.setState({ problem: `${file.name} is larger than the service takes (${number(kMost)} bytes). Put it into the rules folder instead.` });
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()).replace(/\r\n?/g, "\n");
      this.setState({ problem: "" });
      this.put(name, text);
      notify(`${name}: ${many(entries(text), "entry", "entries")} from ${file.name}.`);
    } catch (error) {
      this.setState({ problem: `${file.name} cannot be read as UTF-8 text.` });
    }
  }
  save(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
  render({ lists, set }, { name, problem }) {
    const wrong = name ? this.trouble(name) : "";
    return h(
      "div",
      { class: "stack" },
      h("p", { class: "soft" }, "A pattern names a list as list = \"name.txt\". One entry a line; lines that begin with # are comments."),
      problem && h("p", { class: "error", role: "alert" }, problem),
      Object.entries(lists).map(([one, text]) =>
        h(
          "section",
          { class: "list-file", key: one, "aria-label": one },
          h("div", { class: "bar" }, h("h3", null, one), h("span", { class: "soft" }, many(entries(text), "entry", "entries")), h(Button, { kind: "quiet", class: "rest", "aria-label": `Save ${one} as a file`, onClick: () => this.save(one, text) }, "Save as a file"), h(Button, { kind: "quiet", "aria-label": `Remove ${one}`, onClick: () => set(Object.fromEntries(Object.entries(lists).filter(([other]) => other !== one))) }, "Remove")),
          text.length <= kEditable
            ? h(TextField, { label: `Entries of ${one}`, area: true, class: "code", rows: Math.min(16, Math.max(4, text.split("\n").length + 1)), value: text, set: (now) => this.put(one, now) })
            : h("div", null, h("p", { class: "soft" }, "Too long to be written here: save it as a file, change that, and upload it again. It begins:"), h("pre", { class: "begins", tabindex: "0", role: "group", "aria-label": `First lines of ${one}` }, h("bdi", null, text.split("\n", kShown).join("\n")))),
          h("label", { class: "upload" }, h("span", null, `Replace ${one} by a file`), h("input", { type: "file", accept: ".txt,text/plain", onChange: (event) => this.take(one, event.target.files[0]) })),
        ),
      ),
      h(
        "form",
        {
          class: "bar add",
          "aria-label": "Another list",
          onSubmit: (event) => {
            event.preventDefault();
            if (!name || wrong) return;
            this.put(name, "");
            this.setState({ name: "" });
          },
        },
        h(TextField, { label: "Name of a new list", placeholder: "words.txt", value: name, error: wrong || undefined, set: (text) => this.setState({ name: text.trim() }) }),
        h(Button, { type: "submit", busy: !name || Boolean(wrong) }, "Add list"),
      ),
    );
  }
}
