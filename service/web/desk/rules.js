// The rules page: which rules there are and how well they do; writing, trying, backtesting and publishing new ones; going back.
// The scope is one site or all sites (?site=), the part of the page is ?part=, so that every look at it can be shared as a link.
import "./core.js";
import { get } from "./api.js";
import { Backtest } from "./backtest.js";
import { many } from "./format.js";
import { go, withWords } from "./nav.js";
import { Packs } from "./packs.js";
import { Publish } from "./publish.js";
import { RuleList } from "./rule_list.js";
import { TryPart } from "./rule_try.js";
import { SiteWeights } from "./site_weights.js";
import { h, Component, Choice, Link, Trouble, Waiting } from "./ui.js";
import { unsaved } from "./unsaved.js";
import { Versions } from "./versions.js";

const kParts = [
  ["", "Rules", RuleList],
  ["packs", "Packs", Packs],
  ["try", "Try", TryPart],
  ["backtest", "Backtest", Backtest],
  ["publish", "Publish", Publish],
  ["versions", "Versions", Versions],
  ["weights", "Site weights", SiteWeights],
];
const kMostPages = 50; // of 200 rules or sites each

// Sums of {hits, spam, approved, rejected} by rule, over the sites in reach.
async function countsOf(site) {
  const counts = new Map();
  let cursor;
  for (let page = 0; page < kMostPages; page++) {
    const stats = await get("/v1/stats", { site, limit: 200, cursor });
    for (const one of stats.sites.flatMap((each) => each.rules)) {
      const sum = counts.get(one.rule) ?? { hits: 0, spam: 0, approved: 0, rejected: 0 };
      for (const name of Object.keys(sum)) sum[name] += one[name];
      counts.set(one.rule, sum);
    }
    if (!(cursor = stats.next)) break;
  }
  return counts;
}
async function weeksOf(site) {
  const weeks = new Map();
  let cursor;
  for (let page = 0; page < kMostPages; page++) {
    const stats = await get("/v1/stats/rules", { site, weeks: 26, limit: 200, cursor });
    for (const one of stats.rules) weeks.set(one.rule, one.weeks);
    if (!(cursor = stats.next)) break;
  }
  return weeks;
}

export default class RulesPage extends Component {
  constructor(props) {
    super(props);
    this.state = { rules: null, packs: null, counts: null, weeks: null, problem: null, countsProblem: null };
    this.refresh = () => this.load();
    this.loseNothing = (event) => {
      if (unsaved.any()) event.preventDefault();
    };
  }
  componentDidMount() {
    addEventListener("beforeunload", this.loseNothing);
    this.load();
  }
  componentDidUpdate(before) {
    if (this.site(before) !== this.site()) this.setState({ rules: null, counts: null, weeks: null }, () => this.load());
  }
  componentWillUnmount() {
    removeEventListener("beforeunload", this.loseNothing);
    this.asked = null;
  }
  site({ who, query } = this.props) {
    return who.site ?? query.get("site") ?? "";
  }

  // Rules and packs first; the numbers, which take longer, come to them.
  async load() {
    const site = this.site();
    const mine = (this.asked = {});
    const keep = (state) => this.asked === mine && this.setState(state);
    try {
      const [rules, packs] = await Promise.all([get("/v1/rules", { site }), get("/v1/rules/packs", { site })]);
      keep({ rules, packs: packs.items, problem: null, countsProblem: null });
    } catch (problem) {
      return keep({ problem });
    }
    const failed = (countsProblem) => keep({ countsProblem });
    countsOf(site).then((counts) => keep({ counts }), failed);
    weeksOf(site).then((weeks) => keep({ weeks }), failed);
  }

  render({ who, sites, query, refreshSites }, { rules, packs, counts, weeks, problem, countsProblem }) {
    const site = this.site();
    const admin = who.role === "admin";
    const part = kParts.find(([name]) => name === (query.get("part") ?? "")) ?? kParts[0];
    const drafts = packs?.filter((one) => one.draft) ?? [];
    const Part = part[2];
    return h(
      "div",
      { class: "page rules" },
      h(
        "div",
        { class: "bar" },
        h("h1", null, "Rules"),
        !who.site &&
          h(Choice, {
            label: "For",
            value: site,
            set: (one) => go(withWords({ site: one, rule: null, pack: null, backtest: null, version: null, against: null })),
            options: [["", "All sites"], ...sites.map((one) => [one.id, one.name || one.id])],
          }),
        rules && h("p", { class: "soft rest" }, inForce(rules, site)),
      ),
      h(
        "nav",
        { class: "parts", "aria-label": "Parts of the rules page" },
        h(
          "ul",
          null,
          kParts.map(([name, title]) =>
            h(
              "li",
              { key: name },
              h(
                Link,
                { href: withWords({ part: name, rule: null, pack: null, fresh: null, at: null, version: null, against: null }), "aria-current": name === part[0] ? "page" : undefined },
                title,
                name === "publish" && drafts.length > 0 && h("span", { class: "mark-count" }, drafts.length, h("span", { class: "hidden" }, drafts.length === 1 ? " draft" : " drafts")),
              ),
            ),
          ),
        ),
      ),
      problem && h(Trouble, { problem, again: this.refresh }),
      rules?.reload.errors.length > 0 && h(Refused, { errors: rules.reload.errors }),
      !rules && !problem && h(Waiting, { what: "Loading the rules" }),
      rules && h(Part, { key: `${site}/${part[0]}`, who, admin, site, sites, query, rules, packs, counts, weeks, countsProblem, refresh: this.refresh, refreshSites }),
    );
  }
}

function inForce({ version, published, site_published, rules }, site) {
  const no = site ? site_published : published;
  return [many(rules.length, "rule"), no ? `version ${no} in force` : "as shipped", `set ${version}`].join(" · ");
}

const Refused = ({ errors }) =>
  h(
    "div",
    { class: "trouble", role: "alert" },
    h("p", null, h("strong", null, "The latest packs from files were refused; the rules before them go on serving.")),
    h("ul", null, errors.map((one) => h("li", null, [one.where, one.detail].filter(Boolean).join(": ")))),
  );
