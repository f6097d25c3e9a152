// The differences of two states of a scope's packs, pack by pack and list by list. What cannot be seen in a line is named in it (text.js), so
// that nothing is published unseen.
import { diff, hunks } from "./diff.js";
import { many, number } from "./format.js";
import { Text } from "./text.js";
import { rulesOf, valueOf } from "./toml.js";
import { h, Component, Button } from "./ui.js";

const kShown = 400; // lines at first

// Packs as a map from file to text: "name" is the pack's TOML, "name/list.txt" a list of it.
export function filesOf(packs) {
  const files = new Map();
  for (const one of packs) {
    files.set(one.name, one.text);
    for (const [list, text] of Object.entries(one.lists)) files.set(`${one.name}/${list}`, text);
  }
  return files;
}

// Which rules of a pack come, go and change: {added, removed, changed} by name.
export function ruleChanges(before, after) {
  const of = (text) => new Map(rulesOf(text).map((block) => [valueOf(block, "name"), JSON.stringify([block.kind, block.keys.map((key) => [key.name, key.value])])]));
  const a = of(before), b = of(after);
  return { added: [...b.keys()].filter((one) => !a.has(one)), removed: [...a.keys()].filter((one) => !b.has(one)), changed: [...b.keys()].filter((one) => a.has(one) && a.get(one) !== b.get(one)) };
}

// `before`, `after`: maps of filesOf. Without differences it says so.
export function Differences({ before, after, level = "h3" }) {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort().filter((name) => before.get(name) !== after.get(name));
  if (names.length === 0) return h("p", { class: "soft" }, "There are no differences.");
  return h("div", { class: "stack" }, names.map((name) => h(OneFile, { key: name, name, level, before: before.get(name), after: after.get(name) })));
}

class OneFile extends Component {
  constructor(props) {
    super(props);
    this.state = { shown: kShown };
    this.compare();
  }
  componentWillUpdate(next) {
    if (next.before !== this.props.before || next.after !== this.props.after) this.compare(next);
  }
  compare({ before, after } = this.props) {
    this.told = diff(before ?? "", after ?? "");
    this.rows = this.told.lines ? hunks(this.told.lines) : [];
  }
  render({ name, level, before, after }, { shown }) {
    const { added, removed, lines } = this.told;
    const list = name.includes("/");
    const rules = list ? null : ruleChanges(before ?? "", after ?? "");
    const words = rules && [rules.added.length && `adds ${rules.added.join(", ")}`, rules.changed.length && `changes ${rules.changed.join(", ")}`, rules.removed.length && `removes ${rules.removed.join(", ")}`].filter(Boolean).join("; ");
    return h(
      "section",
      { class: "difference", "aria-label": `Differences of ${name}` },
      h("div", { class: "bar" }, h(level, null, before === undefined ? `${name}: new` : after === undefined ? `${name}: gone` : name), h("span", { class: "good" }, `+${number(added)}`), h("span", { class: "bad" }, `−${number(removed)}`), h("span", { class: "hidden" }, `${many(added, "line")} added, ${number(removed)} removed`)),
      words && h("p", { class: "rulewords" }, words.charAt(0).toUpperCase() + words.slice(1), "."),
      lines
        ? h(
            "div",
            { class: "scroll", tabindex: "0", role: "region", "aria-label": `Lines of ${name}` },
            h(
              "table",
              { class: "diff-lines" },
              h("caption", { class: "hidden" }, `Lines of ${name} that differ`),
              h("thead", { class: "hidden" }, h("tr", null, ["Line before", "Line now", "Change", "Text"].map((one) => h("th", { scope: "col" }, one)))),
              h(
                "tbody",
                null,
                this.rows.slice(0, shown).map((row) =>
                  row.skipped
                    ? h("tr", { class: "skipped" }, h("td", { colspan: 4 }, `${many(row.skipped, "line")} as before`))
                    : h("tr", { class: row.sign === "+" ? "plus" : row.sign === "-" ? "minus" : "" }, h("td", { class: "number" }, row.before), h("td", { class: "number" }, row.after), h("td", null, row.sign === "+" ? h("ins", null, "+") : row.sign === "-" ? h("del", null, "−") : ""), h("td", { class: "code" }, h(Text, { text: row.line || " ", links: false }))),
                ),
              ),
            ),
          )
        : h("p", { class: "soft" }, added + removed === 0 ? "The same lines in another order." : `They differ in too much to be shown line by line: ${many(added, "line")} added, ${number(removed)} removed.`),
      this.rows.length > shown && h("div", null, h(Button, { onClick: () => this.setState({ shown: shown + 2000 }) }, `Show more of ${number(this.rows.length)} lines`)),
    );
  }
}
