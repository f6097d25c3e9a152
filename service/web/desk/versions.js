// Published versions: who, when and why; what was in each; differences; going back. And the log of all changes to rules.
import { all, get, post } from "./api.js";
import { Differences, filesOf } from "./difference.js";
import { ago, full, number } from "./format.js";
import { go, withWords } from "./nav.js";
import { h, Component, Button, Choice, Dialog, Empty, Link, Load, Table, Trouble, notify } from "./ui.js";

const kMost = 1000; // versions, and changes in the log, shown
const when = (time) => h("span", { title: full(time) }, ago(time));
const kWhat = { drafted: "drafted", draft_dropped: "dropped the draft of", draft_removal: "drafted the removal of", published: "published", restored: "went back", state: "switched a rule" };

export const Versions = (props) => {
  const { site, rules, query } = props;
  return h(
    "div",
    { class: "stack" },
    h(Load, {
      key: `versions/${site}`,
      id: `${rules.published}/${rules.site_published}`,
      what: "Loading the versions",
      load: (signal) => listed("/v1/rules/versions", site, signal),
      children: [({ items, more }) => h("div", { class: "stack" }, h(VersionTable, { ...props, items, more }), query.get("version") && h(OneVersion, { key: query.get("version"), ...props, items }))],
    }),
    h(Load, { key: `log/${site}`, id: `${rules.published}/${rules.site_published}`, what: "Loading the log", load: (signal) => listed("/v1/rules/log", site, signal), children: [(log) => h(Log, log)] }),
  );
};
const listed = (path, site, signal) => all(path, { site }, kMost, { signal });

const VersionTable = ({ items, more }) =>
  h(
    "section",
    { class: "panel", "aria-label": "Versions" },
    h("h2", null, "Versions"),
    items.length === 0
      ? h(Empty, { title: "Nothing has been published here" }, h("p", null, "The rules are as they come with the program."))
      : h(Table, {
          caption: "Versions of the rules",
          rows: items,
          rowKey: (one) => one.no,
          columns: [
            { title: "Version", head: true, cell: (one) => h("span", null, h(Link, { href: withWords({ version: one.no, against: null }) }, `Version ${one.no}`), one.in_force && h("span", { class: "chip good" }, "in force")) },
            { title: "When", cell: (one) => when(one.at) },
            { title: "By", cell: (one) => h("bdi", null, one.by) },
            { title: "Note", cell: (one) => h("span", { class: "free-words" }, one.restores ? `back to version ${one.restores}${one.note ? ": " : ""}` : "", h("bdi", null, one.note)) },
            { title: "Set", cell: (one) => h("code", null, one.rules_version) },
          ],
        }),
    more && h("p", { class: "soft" }, `The newest ${number(items.length)}.`),
  );

class OneVersion extends Component {
  constructor(props) {
    super(props);
    this.state = { asking: false, busy: false, problem: null };
  }
  async restore(no) {
    this.setState({ busy: true, problem: null, asking: false });
    try {
      const version = await post(`/v1/rules/versions/${no}/restore`);
      notify(`Version ${version.no} is in force: as version ${no} was.`, { seconds: 15 });
      go(withWords({ version: version.no, against: null }));
      this.props.refresh();
    } catch (problem) {
      this.setState({ busy: false, problem });
    }
  }
  render({ items, query, admin }, { asking, busy, problem }) {
    const no = Number(query.get("version"));
    const now = items.find((one) => one.in_force)?.no;
    const at = items.findIndex((one) => one.no === no);
    // Beside the one in force; that one itself beside the one before it.
    const against = query.has("against") ? Number(query.get("against")) : no === now ? (items[at + 1]?.no ?? 0) : (now ?? 0);
    const one = (n, signal) => (n ? get(`/v1/rules/versions/${n}`, {}, { signal }) : { packs: [] });
    return h(
      "section",
      { class: "panel", "aria-label": `Version ${no}` },
      h(
        "div",
        { class: "bar" },
        h("h2", null, `Version ${no}`),
        h(Choice, {
          label: "Beside",
          value: String(against),
          set: (value) => go(withWords({ against: value })),
          options: [...items.filter((each) => each.no !== no).map((each) => [String(each.no), `version ${each.no}${each.in_force ? " (in force)" : ""}`]), ["0", "nothing published"]],
        }),
        no !== now && admin && h(Button, { class: "rest", busy, onClick: () => this.setState({ asking: true }) }, `Go back to version ${no}`),
        no !== now && h(Link, { class: `button quiet ${admin ? "" : "rest"}`, href: withWords({ version: null, against: null }) }, "Close"),
      ),
      problem && h(Trouble, { problem: problem.status === 409 ? { ...problem, message: problem.message, advice: problem.advice || "The rules were changed meanwhile: look at the versions anew and try again" } : problem, again: problem.status === 409 ? this.props.refresh : undefined }),
      h(Load, {
        id: `${no}/${against}`,
        what: "Comparing",
        load: (signal) => Promise.all([one(no, signal), one(against, signal)]),
        children: [
          ([mine, other]) =>
            h(
              "div",
              { class: "stack" },
              h("h3", null, against ? (against > no ? `What changed from it to version ${against}` : `What changed from version ${against} to it`) : "All that it holds"),
              h(Differences, { level: "h4", before: filesOf(against > no ? mine.packs : other.packs), after: filesOf(against > no ? other.packs : mine.packs) }),
              h("h3", null, "Its packs"),
              mine.packs.length === 0 && h("p", { class: "soft" }, "None beside those that come with the program."),
              mine.packs.map((pack) =>
                h(
                  "details",
                  { key: pack.name },
                  h("summary", null, pack.name, h("span", { class: "soft" }, Object.keys(pack.lists).length ? `, with ${Object.keys(pack.lists).join(", ")}` : "")),
                  h("pre", { class: "packtext", tabindex: "0", role: "group", "aria-label": `Text of ${pack.name}` }, h("bdi", null, pack.text)),
                ),
              ),
            ),
        ],
      }),
      asking &&
        h(
          Dialog,
          { title: `Go back to version ${no}?`, onClose: () => this.setState({ asking: false }), actions: [h(Button, { onClick: () => this.setState({ asking: false }) }, "Stay"), h(Button, { kind: "primary", onClick: () => this.restore(no) }, "Go back")] },
          h("p", null, `Its packs, states and scores are in force again at once, as a new version. Drafts stay, and so does every version after it: you can come back.`),
        ),
    );
  }
}

const Log = ({ items, more }) =>
  h(
    "section",
    { class: "panel", "aria-label": "Log" },
    h("h2", null, "Log of changes"),
    h(Table, {
      caption: "Who changed the rules",
      empty: "Nobody has changed anything here.",
      rows: items,
      columns: [
        { title: "When", cell: (one) => when(one.at) },
        { title: "Who", cell: (one) => h("bdi", null, one.by) },
        { title: "What", cell: (one) => h("span", { class: "free-words" }, [kWhat[one.what] ?? one.what, one.pack].filter(Boolean).join(" ")) },
        { title: "Version", number: true, cell: (one) => (one.version ? h(Link, { href: withWords({ version: one.version, against: null }) }, String(one.version)) : "") },
        { title: "Note", cell: (one) => h("bdi", { class: "free-words" }, one.note) },
      ],
    }),
    more && h("p", { class: "soft" }, `The newest ${number(items.length)}.`),
  );
