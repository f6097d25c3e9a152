// A site's own weights: the scores and knobs of rules in its policy's overrides, and its thresholds.
import { patch } from "./api.js";
import { plainScore } from "./format.js";
import { h, Component, Button, TextField, Trouble, notify } from "./ui.js";

export const thresholdsText = ({ hold, spam, discard }) => `held from ${plainScore(hold)}, spam from ${plainScore(spam)}, discarded from ${plainScore(discard)}`;
const numberOf = (text) => Number(String(text).trim().replace(",", "."));

// What the service said of one field of a policy, and the problem itself when it is of none of `fields`.
export function atField(problem, fields) {
  const where = problem?.where?.replace("/policy/overrides/", "").replace("/policy/", "");
  const text = problem && [problem.message, problem.advice].filter(Boolean).join("; ");
  return { of: (name) => (where === name ? text : undefined), rest: problem && !fields.includes(where) ? problem : null };
}

// Sends a site's policy with the version that was seen. The API takes `overrides` as a whole.
export const changePolicy = (site, policy) => patch(`/v1/sites/${site.id}`, { policy, version: site.version });

// The fields of one rule on one site.
export class SiteKnobs extends Component {
  constructor(props) {
    super(props);
    const { overrides } = props.site.policy;
    this.state = { values: Object.fromEntries(this.fields().map(([key]) => [key, key in overrides ? String(overrides[key]) : ""])), busy: false, problem: null };
  }
  // [key in the overrides, name, what it means, usual value]
  fields({ rule } = this.props) {
    return [[`${rule.name}.score`, "score", rule.kind === "learner" ? "the most it adds" : "what a hit adds", rule.score], ...rule.knobs.map((one) => [`${rule.name}.${one.name}`, one.name, one.about, one.usual])];
  }
  async save(values) {
    const { site, rule, refreshSites } = this.props;
    const overrides = { ...site.policy.overrides };
    for (const [key] of this.fields()) {
      delete overrides[key];
      if (values[key].trim() !== "") overrides[key] = numberOf(values[key]);
    }
    this.setState({ values, busy: true, problem: null });
    try {
      await changePolicy(site, { overrides });
      notify(`${rule.name} is kept for ${site.name || site.id}.`);
      await refreshSites();
      this.setState({ busy: false });
    } catch (problem) {
      this.setState({ busy: false, problem });
    }
  }
  render({ rule, site, admin }, { values, busy, problem }) {
    const fields = this.fields();
    const told = atField(problem, fields.map(([key]) => key));
    const wrong = (key) => values[key].trim() !== "" && !Number.isFinite(numberOf(values[key]));
    const own = fields.some(([key]) => key in site.policy.overrides);
    return h(
      "form",
      {
        class: "siteknobs",
        "aria-label": `${rule.name} on this site`,
        onSubmit: (event) => {
          event.preventDefault();
          if (admin && !busy && !fields.some(([key]) => wrong(key))) this.save(values);
        },
      },
      h("h3", null, `Weights on ${site.name || site.id}`),
      h("p", { class: "soft" }, `Comments here are ${thresholdsText(site.policy)}.`),
      h(
        "div",
        { class: "fields" },
        fields.map(([key, name, about, usual]) =>
          h(TextField, {
            key,
            label: name,
            hint: `${about}; usually ${usual}`,
            placeholder: String(usual),
            inputmode: "decimal",
            readonly: !admin,
            value: values[key],
            error: wrong(key) ? "Write a number, or nothing for the usual one." : told.of(key),
            set: (text) => this.setState({ values: { ...values, [key]: text } }),
          }),
        ),
      ),
      told.rest && h(Trouble, { problem: told.rest }),
      admin
        ? h(
            "div",
            { class: "bar" },
            h(Button, { type: "submit", busy }, "Keep for this site"),
            own && h(Button, { kind: "quiet", busy, onClick: () => this.save(Object.fromEntries(fields.map(([key]) => [key, ""]))) }, "Back to usual"),
          )
        : h("p", { class: "soft" }, "Only an admin changes a site's weights."),
    );
  }
}
