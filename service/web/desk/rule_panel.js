// One rule: what it looks for, how it did, and its switches. Only an admin changes what is in force.
import { put } from "./api.js";
import { number, plainScore } from "./format.js";
import { SiteKnobs } from "./knobs.js";
import { withWords } from "./nav.js";
import { precision, precisionText, speaksFor } from "./precision.js";
import { effect, kindWord, queueOf } from "./rule_list.js";
import { Text } from "./text.js";
import { h, Component, Button, Link, TextField, Trouble, notify } from "./ui.js";
import { Weeks } from "./weeks.js";

const kStates = [
  ["live", "Live", "it counts"],
  ["shadow", "Shadow", "its hits are shown and counted, and add nothing"],
  ["off", "Off", "it does not run"],
];

export class RulePanel extends Component {
  constructor(props) {
    super(props);
    this.state = { score: String(props.rule.score), busy: "", problem: null };
  }
  componentDidMount() {
    this.heading?.focus({ preventScroll: true });
  }
  componentDidUpdate(before) {
    if (before.rule.score !== this.props.rule.score) this.setState({ score: String(this.props.rule.score) });
  }

  async switch(change, back) {
    const { rule, site, refresh } = this.props;
    this.setState({ busy: Object.keys(change)[0], problem: null });
    try {
      const version = await put(`/v1/rules/${rule.name}/state`, { ...change, ...(site ? { site } : {}) });
      this.setState({ busy: "" });
      const what = "state" in change ? `${rule.name} is ${change.state} now` : `${rule.name} adds ${plainScore(change.score)} now`;
      notify(`${what}: version ${version.no}.`, { action: back && { label: "Undo", run: () => this.switch(back) }, seconds: 15 });
      refresh();
    } catch (problem) {
      this.setState({ busy: "", problem });
    }
  }

  render({ rule, admin, who, site, sites, counts, weeks, close, refreshSites }, { score, busy, problem }) {
    // A pack of all sites is written in that scope, which a token of one site does not reach.
    const shared = rule.pack_from === "published" && !rule.pack_site;
    const packWords = rule.pack && withWords({ part: "packs", pack: rule.pack, rule: rule.name, site: shared ? null : site });
    const reached = rule.pack && !(shared && who.site);
    const of = sites.find((one) => one.id === site);
    const right = precision(rule, counts);
    const fixed = rule.kind === "policy";
    const wanted = Number(score.replace(",", "."));
    return h(
      "section",
      { class: "panel rule", "aria-labelledby": "rule-title" },
      h("div", { class: "bar" }, h("h2", { id: "rule-title", tabindex: "-1", ref: (one) => (this.heading = one) }, rule.name), h(Button, { kind: "quiet", class: "rest", onClick: close, keys: "Esc" }, "Close")),
      h("p", { class: "sentence" }, h(Text, { text: rule.about, links: false })),
      h(
        "dl",
        { class: "fact-list" },
        fact("Kind", kindWord(rule.kind)),
        fact("Where", rule.pack ? [reached ? h(Link, { href: packWords }, `pack ${rule.pack}`) : `pack ${rule.pack}`, rule.pack_from === "files" ? ", shipped" : shared ? ", published for all sites" : ", published for this site"] : "built into the program"),
        fact("A hit", rule.kind === "learner" ? `adds at most ${effect(rule)}` : rule.score === 0 && rule.action ? `asks for ${rule.action}` : effect(rule)),
        fact("Hits", counts?.hits ? h(Link, { href: queueOf(rule.name, site) }, `${number(counts.hits)}: show them`) : "none so far"),
        counts && fact("People said", `${number(counts.spam)} spam, ${number(counts.rejected)} rejected, ${number(counts.approved)} approved`),
        right && fact(speaksFor(rule) ? "Rightly approved" : "Precision", precisionText(right)),
      ),
      !fixed &&
        h(
          "fieldset",
          { class: "switches" },
          h("legend", null, site ? `On this site${of ? ` (${of.name || of.id})` : ""}` : "On all sites"),
          h(
            "div",
            { class: "segments", role: "group", "aria-label": "State" },
            kStates.map(([state, title, meaning]) =>
              h(Button, { key: state, "aria-pressed": String(rule.state === state), busy: !admin || busy !== "", title: meaning, onClick: () => rule.state !== state && this.switch({ state }, { state: rule.state }) }, title),
            ),
          ),
          h("p", { class: "hint" }, `${kStates.find(([state]) => state === rule.state)[1]}: ${kStates.find(([state]) => state === rule.state)[2]}.`),
          h(
            "form",
            {
              class: "bar",
              onSubmit: (event) => {
                event.preventDefault();
                if (admin && !busy && Number.isFinite(wanted) && wanted !== rule.score) this.switch({ score: wanted }, { score: rule.score });
              },
            },
            h(TextField, {
              label: rule.kind === "learner" ? "The most it adds (0 to 7)" : "Score (−20 to 20)",
              value: score,
              inputmode: "decimal",
              readonly: !admin,
              error: score.trim() === "" || !Number.isFinite(wanted) ? "Write a number." : undefined,
              set: (text) => this.setState({ score: text }),
            }),
            h(Button, { type: "submit", busy: !admin || busy !== "" || wanted === rule.score }, "Set"),
          ),
          h("p", { class: "soft" }, admin ? "In force at once, as a new version that can be gone back from." : "Only an admin switches rules. You may draft a pack that does, for an admin to publish."),
        ),
      problem && h(Trouble, { problem }),
      h("h3", null, "Last 26 weeks"),
      h(Weeks, { rule, weeks }),
      rule.knobs.length > 0 &&
        h(
          "div",
          null,
          h("h3", null, "Knobs"),
          h("dl", { class: "fact-list" }, rule.knobs.map((one) => fact(one.name, `${one.about}; usually ${one.usual}`))),
        ),
      !fixed &&
        (of
          ? h(SiteKnobs, { key: `${of.id}/${of.version}`, rule, site: of, admin, refreshSites })
          : !who.site && h("p", { class: "soft" }, "Choose a site above to give the rule another weight", rule.knobs.length ? " or other knobs" : "", " there alone.")),
      reached && rule.kind === "pattern" && h("div", { class: "bar" }, h(Link, { class: "button", href: packWords }, rule.pack_from === "files" ? "Look at its text" : "Edit it"), h(Link, { class: "button quiet", href: withWords({ part: "packs", fresh: "rule", rule: null, like: `${rule.pack}/${rule.name}` }) }, "Write one like it")),
    );
  }
}
const fact = (name, value) => h("div", null, h("dt", null, name), h("dd", null, value));
