// The drafts of a scope, what they change line by line, and putting them in force.
import { get, post } from "./api.js";
import { Differences, filesOf } from "./difference.js";
import { ago, many } from "./format.js";
import { withWords } from "./nav.js";
import { h, Component, Button, Dialog, Empty, Link, Load, TextField, Trouble, notify } from "./ui.js";
import { unsaved } from "./unsaved.js";

export const Publish = (props) => {
  const { packs, site, sites } = props;
  const drafts = packs.filter((one) => one.draft);
  const where = site ? sites.find((one) => one.id === site)?.name || site : "all sites";
  if (drafts.length === 0)
    return h("div", { class: "panel" }, h(Empty, { title: `Nothing is drafted for ${where}` }, h("p", null, "What is in force is all that there is. ", h(Link, { href: withWords({ part: "packs", fresh: "rule" }) }, "Write a rule"), unsaved.of(site).length ? ", or save what you are writing." : ".")));
  const id = JSON.stringify(drafts.map((one) => [one.name, one.draft]));
  return h(Load, { key: site, id, what: "Comparing", load: (signal) => Promise.all(drafts.map((one) => get(`/v1/rules/packs/${one.name}`, { site }, { signal }))), children: [(held, again) => h(Drafts, { ...props, held, again, where })] });
};

class Drafts extends Component {
  constructor(props) {
    super(props);
    this.state = { note: "", asking: false, busy: false, problem: null };
  }
  async publish() {
    const { site, refresh, packs } = this.props;
    const { note } = this.state;
    this.setState({ busy: true, problem: null, asking: false });
    try {
      const version = await post("/v1/rules/publish", { ...(site && { site }), ...(note.trim() && { note: note.trim() }) });
      notify(`Version ${version.no} is in force: ${many(packs.filter((one) => one.draft).length, "pack")}.`, { seconds: 15 });
      refresh();
    } catch (problem) {
      this.setState({ busy: false, problem });
    }
  }
  render({ held, admin, where, site, refresh }, { note, asking, busy, problem }) {
    const before = filesOf(held.map((one) => one.published ?? one.from_files).map((one, at) => one && { name: held[at].name, ...one }).filter(Boolean));
    const back = (one) => one.draft.removes && one.from_files; // the shipped one comes back
    const after = filesOf(held.map((one) => (one.draft.removes ? back(one) : one.draft)).map((one, at) => one && { name: held[at].name, text: one.text, lists: one.lists }).filter(Boolean));
    const waiting = unsaved.of(site);
    return h(
      "div",
      { class: "stack" },
      h(
        "section",
        { class: "panel", "aria-label": "Publish" },
        h("h2", null, `${many(held.length, "draft")} for ${where}`),
        h("ul", { class: "plainlist" }, held.map((one) => h("li", { key: one.name }, h(Link, { href: withWords({ part: "packs", pack: one.name }) }, one.name), one.draft.removes ? " is to go" : "", h("span", { class: "soft" }, `, drafted ${ago(one.draft.at)} by `, h("bdi", null, one.draft.by))))),
        waiting.length > 0 && h("p", { class: "note" }, `Not saved, and so not published: ${waiting.map((one) => one.name).join(", ")}.`),
        problem && h(Trouble, { problem: problem.status === 409 ? { ...problem, message: problem.message, advice: `${problem.advice ? problem.advice + ". " : ""}The rules or the drafts were changed meanwhile: look at the differences anew` } : problem, again: problem.status === 409 ? refresh : undefined }),
        admin
          ? h(
              "form",
              {
                class: "stack",
                onSubmit: (event) => {
                  event.preventDefault();
                  if (!busy) this.setState({ asking: true });
                },
              },
              h(TextField, { label: "Note", hint: "Why, for those who come after. Not needed.", maxlength: 2000, value: note, set: (text) => this.setState({ note: text }) }),
              h("div", { class: "bar" }, h(Button, { type: "submit", kind: "primary", busy }, busy ? "Publishing…" : "Publish"), h(Link, { class: "button", href: withWords({ part: "backtest" }) }, "Backtest first")),
            )
          : h("p", { class: "note" }, "Only an admin publishes. Your drafts stay here until then; what is in force stays as it is. ", h(Link, { href: withWords({ part: "backtest" }) }, "Backtest them"), " meanwhile."),
      ),
      h("section", { class: "panel", "aria-label": "What changes" }, h("h2", null, "What changes"), h(Differences, { before, after })),
      asking &&
        h(
          Dialog,
          { title: `Publish for ${where}?`, onClose: () => this.setState({ asking: false }), actions: [h(Button, { onClick: () => this.setState({ asking: false }) }, "Not yet"), h(Button, { kind: "primary", onClick: () => this.publish() }, "Publish")] },
          h("p", null, `${many(held.length, "pack")} ${held.length === 1 ? "goes" : "go"} in force at once: ${held.map((one) => one.name).join(", ")}. New comments are judged by it; what people decided stays. You can go back to any earlier version.`),
        ),
    );
  }
}
