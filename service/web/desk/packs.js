// Packs of a scope: what there is, and the way into one of them.
import { get, del } from "./api.js";
import { ago, full } from "./format.js";
import { go, withWords } from "./nav.js";
import { PackEditor } from "./pack_editor.js";
import { h, Component, Button, Copyable, Dialog, Link, Load, Table, TextField, Trouble, notify } from "./ui.js";
import { unsaved } from "./unsaved.js";

export const kPackName = /^[a-z0-9_]{1,64}$/;
const kReserved = ["switches", "site_switches", "validate", "try", "publish", "versions", "log", "backtests", "packs", "reload"];
export const nameTrouble = (name) =>
  !name ? "Give it a name." : !kPackName.test(name) ? "A name is made of a to z, 0 to 9 and _, at most 64." : kReserved.includes(name) ? "This name is kept for the program's own use." : "";

export const Packs = (props) => {
  const { query, site, rules } = props;
  const fresh = query.get("fresh");
  const pack = query.get("pack");
  if (fresh === "rule" && !pack) return h(ChoosePack, props);
  if (!pack) return h(PackTable, props);
  return h(Load, { id: `${site}/${pack}/${rules.published}/${rules.site_published}`, key: `${site}/${pack}`, what: `Loading ${pack}`, load: (signal) => packOrNone(pack, site, signal), children: [(held, again) => h(PackEditor, { key: `${site}/${pack}`, ...props, held, again })] });
};

// A pack, or one that there is not yet.
async function packOrNone(name, site, signal) {
  try {
    return await get(`/v1/rules/packs/${encodeURIComponent(name)}`, { site }, { signal });
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    return { name, site: site || null, from_files: null, published: null, draft: null };
  }
}

export const statusOf = (pack) =>
  [pack.draft && (pack.draft.removes ? "to be removed" : "draft"), pack.published && "published", pack.from_files && (pack.published ? "in place of the shipped one" : "shipped with the program")].filter(Boolean).join(", ") || "new";

class PackTable extends Component {
  constructor(props) {
    super(props);
    this.state = { removing: null, problem: null };
  }
  async remove(name, onlyDraft) {
    this.setState({ problem: null, removing: null });
    try {
      await del(`/v1/rules/packs/${name}`, { site: this.props.site, draft: onlyDraft ? "true" : undefined });
      notify(onlyDraft ? `The draft of ${name} is dropped.` : `${name} goes with the next publishing.`);
      this.props.refresh();
    } catch (problem) {
      this.setState({ problem });
    }
  }
  render({ site, packs, rules, admin }, { removing, problem }) {
    const count = new Map();
    for (const one of rules.rules) count.set(one.pack, (count.get(one.pack) ?? 0) + 1);
    const waiting = unsaved.of(site).map((one) => one.name);
    return h(
      "section",
      { class: "panel", "aria-label": "Packs" },
      h("div", { class: "bar" }, h("h2", null, "Packs"), h(Link, { class: "button primary rest", href: withWords({ fresh: "rule" }) }, "Write a rule")),
      h("p", { class: "soft" }, "A pack is a file of rules. Packs that are shipped come with the program; those that you write here are drafts until an admin publishes them."),
      problem && h(Trouble, { problem }),
      h(Table, {
        caption: "All packs",
        rows: [...packs].sort((a, b) => (b.draft ? 1 : 0) - (a.draft ? 1 : 0) || (b.published ? 1 : 0) - (a.published ? 1 : 0) || (a.name < b.name ? -1 : 1)),
        rowKey: (one) => one.name,
        columns: [
          { title: "Pack", head: true, cell: (one) => h(Link, { href: withWords({ pack: one.name }) }, one.name) },
          { title: "Status", cell: (one) => [statusOf(one), waiting.includes(one.name) && ", changed here and not saved"] },
          { title: "Changed", cell: (one) => mark(one.draft ?? one.published) },
          { title: "Rules in force", number: true, cell: (one) => h(Link, { href: withWords({ part: null, of: one.name }), "aria-label": `${count.get(one.name) ?? 0} rules of ${one.name}` }, String(count.get(one.name) ?? 0)) },
          {
            title: h("span", { class: "hidden" }, "Acts"),
            cell: (one) => [
              one.draft && h(Button, { kind: "quiet", onClick: () => this.remove(one.name, true), "aria-label": `Drop the draft of ${one.name}` }, one.draft.removes ? "Keep it" : "Drop draft"),
              one.published && !one.draft?.removes && one.name !== "switches" && one.name !== "site_switches" && h(Button, { kind: "quiet", onClick: () => this.setState({ removing: one }), "aria-label": `Remove ${one.name}` }, "Remove"),
            ],
          },
        ],
      }),
      h(Bring),
      removing &&
        h(
          Dialog,
          { title: `Remove ${removing.name}?`, onClose: () => this.setState({ removing: null }), actions: [h(Button, { onClick: () => this.setState({ removing: null }) }, "Keep it"), h(Button, { kind: "danger", onClick: () => this.remove(removing.name, false) }, "Draft its removal")] },
          h("p", null, `That the pack goes is a draft, too: ${admin ? "publish it" : "an admin publishes it"} to put it in force. `, removing.from_files ? "The pack of that name that is shipped with the program comes back then." : "Its rules hit nothing any more then."),
        ),
    );
  }
}
const mark = (one) => one && h("span", { title: full(one.at) }, `${ago(one.at)} by `, h("bdi", null, one.by));

const Bring = () =>
  h(
    "details",
    null,
    h("summary", null, "Bring a list from WordPress or of keywords"),
    h("p", null, "A short list: write a rule of type “word” or “substring” and paste it as entries, one a line; or put it into a list file of a pack. A long one, with a look at which entries would hit honest comments:"),
    h(Copyable, { label: "the command", text: "chaffinch rules import --format wordpress keys.txt --whole-words --data ./data" }),
    h("p", null, "It makes a pack; paste its text here and upload its list, or put both into the rules folder."),
  );

// Where a new rule goes.
class ChoosePack extends Component {
  constructor(props) {
    super(props);
    const own = this.own();
    this.state = { pack: own[0]?.name ?? "", name: own.length ? "" : "own_rules" };
  }
  own() {
    return this.props.packs.filter((one) => (one.published || one.draft) && one.name !== "switches" && one.name !== "site_switches" && !one.draft?.removes);
  }
  render({ packs, query, site }, { pack, name }) {
    const trouble = pack ? "" : nameTrouble(name) || (packs.some((one) => one.name === name) && "There is a pack of this name: choose it above, or another name.");
    return h(
      "form",
      {
        class: "panel slim",
        onSubmit: (event) => {
          event.preventDefault();
          if (!trouble) go(withWords({ pack: pack || name, fresh: "rule", like: query.get("like") }));
        },
      },
      h("h2", null, "Write a rule"),
      h("p", { class: "soft" }, site ? "It looks at this site's comments alone." : "It looks at the comments of all sites."),
      h("fieldset", null, h("legend", null, "In which pack?"), [...this.own().map((one) => [one.name, `${one.name} (${statusOf(one)})`]), ["", "A new pack"]].map(([value, label]) => h("label", { class: "tick", key: value }, h("input", { type: "radio", name: "pack", value, checked: pack === value, onChange: () => this.setState({ pack: value }) }), h("span", null, label)))),
      !pack && h(TextField, { label: "Name of the pack", hint: "For people: what its rules have in common.", value: name, set: (text) => this.setState({ name: text }), error: name ? trouble : undefined, maxlength: 64 }),
      h("div", { class: "bar" }, h(Button, { type: "submit", kind: "primary", busy: Boolean(trouble) }, "Go on"), h(Link, { class: "button quiet", href: withWords({ fresh: null, like: null }) }, "Back")),
    );
  }
}
