// All weights that one site has of its own, beside its thresholds.
import { atField, changePolicy } from "./knobs.js";
import { withWords } from "./nav.js";
import { h, Component, Button, Choice, Empty, Link, Table, TextField, Trouble, notify } from "./ui.js";

const kModeration = [
  ["hold_all", "hold every comment"],
  ["hold_first", "hold an author's first comment"],
  ["publish", "publish unless flagged"],
];
const kThresholds = [
  ["hold", "Held from", "the comment waits for a moderator"],
  ["spam", "Spam from", "it is set aside as spam"],
  ["discard", "Discarded from", "it is blatant, and marked so"],
];
const numberOf = (text) => Number(String(text).trim().replace(",", "."));

export const SiteWeights = (props) => {
  const site = props.sites.find((one) => one.id === props.site);
  if (!props.site) return h("div", { class: "panel" }, h(Empty, { title: "Choose a site above" }, h("p", null, "A site may have thresholds, weights and knobs of its own.")));
  if (!site) return h("div", { class: "panel" }, h(Empty, { title: "This site is not known here" }, h("p", null, "It is gone, or out of your reach.")));
  return h(Weights, { key: `${site.id}/${site.version}`, ...props, one: site });
};

class Weights extends Component {
  constructor(props) {
    super(props);
    const { moderation, hold, spam, discard } = props.one.policy;
    this.state = { moderation, hold: String(hold), spam: String(spam), discard: String(discard), key: "", value: "", busy: false, problem: null };
  }
  async save(policy, what) {
    this.setState({ busy: true, problem: null });
    try {
      await changePolicy(this.props.one, policy);
      notify(what);
      await this.props.refreshSites();
      this.setState({ busy: false });
    } catch (problem) {
      this.setState({ busy: false, problem });
    }
  }
  // Every "rule.score" and "rule.knob": [key, usual].
  known() {
    return this.props.rules.rules.filter((one) => one.kind !== "policy").flatMap((rule) => [[`${rule.name}.score`, rule.score], ...rule.knobs.map((one) => [`${rule.name}.${one.name}`, one.usual])]);
  }
  render({ one, admin }, { moderation, key, value, busy, problem, ...thresholds }) {
    const { overrides } = one.policy;
    const usual = new Map(this.known());
    const told = atField(problem, [...kThresholds.map(([name]) => name), key, "moderation"]);
    const wrong = kThresholds.some(([name]) => !(numberOf(thresholds[name]) > 0));
    const without = (gone) => Object.fromEntries(Object.entries(overrides).filter(([name]) => name !== gone));
    return h(
      "div",
      { class: "stack" },
      h(
        "form",
        {
          class: "panel",
          "aria-label": "Thresholds",
          onSubmit: (event) => {
            event.preventDefault();
            if (admin && !busy && !wrong) this.save({ moderation, ...Object.fromEntries(kThresholds.map(([name]) => [name, numberOf(thresholds[name])])) }, `The thresholds of ${one.name || one.id} are kept.`);
          },
        },
        h("h2", null, `Thresholds of ${one.name || one.id}`),
        h("p", { class: "soft" }, "The scores of all hits add up. What the sum is compared with:"),
        h(
          "div",
          { class: "fields" },
          kThresholds.map(([name, label, hint]) =>
            h(TextField, { key: name, label, hint, inputmode: "decimal", readonly: !admin, value: thresholds[name], error: numberOf(thresholds[name]) > 0 ? told.of(name) : "Write a number above 0.", set: (text) => this.setState({ [name]: text }) }),
          ),
          h(Choice, { label: "What nothing speaks against", value: moderation, disabled: !admin, set: (word) => this.setState({ moderation: word }), options: kModeration, error: told.of("moderation") }),
        ),
        admin ? h("div", { class: "bar" }, h(Button, { type: "submit", kind: "primary", busy }, "Keep the thresholds")) : h("p", { class: "soft" }, "Only an admin changes them."),
      ),
      told.rest && h(Trouble, { problem: told.rest }),
      h(
        "section",
        { class: "panel", "aria-label": "Weights of its own" },
        h("h2", null, "Weights and knobs of its own"),
        h(Table, {
          caption: "Weights and knobs of this site",
          empty: "It has none: every rule weighs as usual.",
          rows: Object.entries(overrides).sort(),
          rowKey: ([name]) => name,
          columns: [
            { title: "Rule and knob", head: true, cell: ([name]) => h(Link, { href: withWords({ part: null, rule: name.split(".")[0] }) }, name) },
            { title: "Here", number: true, cell: ([, number]) => String(number) },
            { title: "Usually", number: true, cell: ([name]) => (usual.has(name) ? String(usual.get(name)) : "no such rule now") },
            { title: h("span", { class: "hidden" }, "Change"), cell: ([name]) => admin && h(Button, { kind: "quiet", busy, "aria-label": `${name} back to usual`, onClick: () => this.save({ overrides: without(name) }, `${name} is as usual again.`) }, "Back to usual") },
          ],
        }),
        admin &&
          h(
            "form",
            {
              class: "bar add",
              "aria-label": "Another weight",
              onSubmit: (event) => {
                event.preventDefault();
                if (key.trim() && Number.isFinite(numberOf(value)) && value.trim() && !busy) this.save({ overrides: { ...overrides, [key.trim()]: numberOf(value) } }, `${key.trim()} is ${value.trim()} here.`);
              },
            },
            h(TextField, { label: "Rule and knob", hint: "As rule.score or rule.knob.", list: "knob-names", value: key, error: told.of(key.trim()), set: (text) => this.setState({ key: text }) }),
            h("datalist", { id: "knob-names" }, [...usual.keys()].map((name) => h("option", { value: name }))),
            h(TextField, { label: "Value", hint: usual.has(key) ? `Usually ${usual.get(key)}.` : "A number.", inputmode: "decimal", value, set: (text) => this.setState({ value: text }) }),
            h(Button, { type: "submit", busy }, "Add"),
          ),
      ),
    );
  }
}
