// Tries rules on a comment: what they see in it, and the verdict with the changes beside today's.
import { post } from "./api.js";
import { percent, plainScore, score } from "./format.js";
import { withWords } from "./nav.js";
import { Text } from "./text.js";
import { h, Component, Button, Link, TextField, Trouble, announce } from "./ui.js";
import { unsaved } from "./unsaved.js";

const kField = { content: "Text", "author.name": "Author's name", "author.email": "Email", "author.url": "Homepage", "client.ip": "Address", "client.user_agent": "Browser", "client.referrer": "Referrer", "article.title": "Article's title", "article.url": "Article's URL", type: "Type" };
const kDone = { approve: "approve", hold: "hold", spam: "spam", discard: "discard as blatant spam" };

// The comment that is being tried stays while one moves about the desk.
let kept = { content: "", name: "", email: "", url: "", ip: "", agent: "", title: "" };

function submission(parts) {
  const author = Object.fromEntries(["name", "email", "url"].filter((name) => parts[name]).map((name) => [name, parts[name]]));
  const client = { ...(parts.ip && { ip: parts.ip }), ...(parts.agent && { user_agent: parts.agent }) };
  return { content: parts.content, ...(parts.title && { article: { id: "/", title: parts.title } }), ...(Object.keys(author).length && { author }), ...(Object.keys(client).length && { client }) };
}
const fieldOf = (parts, name) => ({ content: parts.content, "author.name": parts.name, "author.email": parts.email, "author.url": parts.url, "client.ip": parts.ip, "client.user_agent": parts.agent, "article.title": parts.title })[name];

// `names`: rules that are being written here; what they see is shown first. `packs`: the unsaved packs; none: the drafts.
export class TryBox extends Component {
  constructor(props) {
    super(props);
    this.state = { parts: kept, more: Boolean(kept.name || kept.email || kept.url), busy: false, out: null, tried: null, problem: null };
  }
  componentWillUnmount() {
    this.asking?.abort();
  }
  set(change) {
    kept = { ...this.state.parts, ...change };
    this.setState({ parts: kept });
  }
  async run() {
    const { parts } = this.state;
    const { packs, site } = this.props;
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    this.setState({ busy: true, problem: null });
    try {
      const out = await post("/v1/rules/try", { ...(site && { site }), ...(packs?.length && { packs }), submission: submission(parts) }, { signal: mine.signal });
      this.setState({ busy: false, out, tried: parts });
      announce(`With the changes: ${out.verdict.action}, ${plainScore(out.verdict.score)}. Today: ${out.today.action}, ${plainScore(out.today.score)}.`);
    } catch (problem) {
      if (problem.name !== "AbortError") this.setState({ busy: false, problem, out: null });
    }
  }
  render({ names = [], packs, wide }, { parts, more, busy, out, tried, problem }) {
    const field = (name, label, extra = {}) => h(TextField, { key: name, label, dir: "auto", value: parts[name], set: (text) => this.set({ [name]: text }), ...extra });
    return h(
      "section",
      { class: "panel try", "aria-label": "Try it" },
      h(wide ? "h2" : "h3", null, "Try it on a comment"),
      h(
        "form",
        {
          class: "stack",
          onSubmit: (event) => {
            event.preventDefault();
            if (parts.content.trim() && !busy) this.run();
          },
          onKeyDown: (event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && parts.content.trim() && !busy) this.run();
          },
        },
        field("content", "Comment to try", { area: true, rows: wide ? 6 : 4, maxlength: 65536 }),
        more && h("div", { class: "fields" }, field("name", "Author's name"), field("email", "Email"), field("url", "Homepage"), field("ip", "Address"), field("agent", "Browser"), field("title", "Article's title")),
        h("div", { class: "bar" }, h(Button, { type: "submit", kind: "primary", busy: busy || !parts.content.trim() }, busy ? "Trying…" : "Try"), !more && h(Button, { kind: "quiet", onClick: () => this.setState({ more: true }) }, "Name, links, …"), h("span", { class: "soft" }, packs?.length ? "Nothing is kept. Drafts of other packs are left out." : "Nothing is kept.")),
      ),
      problem && h(Trouble, { problem }),
      out && h(Outcome, { out, parts: tried, names }),
    );
  }
}

function Outcome({ out, parts, names }) {
  const { verdict, today } = out;
  const before = new Map(today.findings.map((one) => [one.rule, one]));
  const after = new Map(verdict.findings.map((one) => [one.rule, one]));
  const mine = (one) => names.includes(one.rule);
  const changed = (one) => !before.has(one.rule) || score(before.get(one.rule).score) !== score(one.score);
  const findings = [...verdict.findings].sort((a, b) => mine(b) - mine(a) || changed(b) - changed(a) || Math.abs(b.score) - Math.abs(a.score));
  const gone = today.findings.filter((one) => !after.has(one.rule));
  // The evidence of the rules that are written here; where there is none, of all that changed, else of all.
  const first = [(one) => mine(one), (one) => changed(one) && one.rule !== "learned", (one) => one.rule !== "learned"].map((is) => findings.filter((one) => is(one) && one.evidence.length)).find((all) => all.length) ?? [];
  const spots = first.flatMap((one) => one.evidence.map(({ field, start, end }) => ({ field, start, end, by: one.rule, score: one.score, shadow: one.shadow })));
  const fields = [...new Set(["content", ...spots.map((one) => one.field)])].filter((name) => fieldOf(parts, name));
  return h(
    "div",
    { class: "stack outcome" },
    h("p", { class: "verdicts" }, "With the changes ", h(Verdict, { one: verdict }), ", today ", h(Verdict, { one: today }), verdict.action === today.action ? ": the same." : "."),
    names.length > 0 && !findings.some(mine) && h("p", { class: "note" }, "No rule of this pack sees anything in it."),
    fields.map((name) => h("div", { key: name, class: "matched", role: "group", "aria-label": kField[name] ?? name }, h(Text, { text: fieldOf(parts, name), marks: spots.filter((one) => one.field === name), links: false }))),
    spots.length > 0 && h("p", { class: "soft" }, "Marked: what ", first.map((one) => one.rule).join(", "), first.length === 1 ? " sees." : " see."),
    h(
      "ul",
      { class: "hits" },
      findings.map((one) => h(FindingLine, { key: one.rule, one, mine: mine(one), was: before.get(one.rule) })),
      gone.map((one) => h("li", { key: one.rule, class: "gone" }, h("s", null, `${one.rule} ${score(one.score)}`), " hits today, no more with the changes")),
    ),
    verdict.unchecked && h("p", { class: "bad" }, "A check could not be made: such a comment is held."),
  );
}
const Verdict = ({ one }) => h("strong", { class: `verdict ${one.action}` }, `${kDone[one.action]}, ${plainScore(one.score)}${one.probability === null ? "" : ` (learned: ${percent(one.probability)})`}`);
const FindingLine = ({ one, mine, was }) =>
  h(
    "li",
    { class: mine ? "mine" : "" },
    h(Link, { href: withWords({ part: null, pack: null, fresh: null, rule: one.rule }) }, one.rule),
    h("span", { class: "number" }, ` ${score(one.score)}`),
    one.action && h("span", { class: "chip" }, one.action),
    one.shadow && h("span", { class: "chip" }, "shadow"),
    !was && h("span", { class: "chip warn" }, "new"),
    was && score(was.score) !== score(one.score) && h("span", { class: "chip warn" }, `today ${score(was.score)}`),
    h("span", { class: "soft" }, " ", h("bdi", null, one.about)),
    [...new Set(one.evidence.map((each) => each.view))].filter((view) => view !== "raw").map((view) => h("span", { class: "soft" }, ` · read ${view}`)),
  );

// The part of the page: what is not saved here, else the drafts of the scope.
export const TryPart = ({ site, packs }) => {
  const waiting = unsaved.of(site);
  const drafts = packs.filter((one) => one.draft).map((one) => one.name);
  const what = waiting.length ? `what you have not saved (${waiting.map((one) => one.name).join(", ")})` : drafts.length ? `the drafts (${drafts.join(", ")})` : "";
  return h("div", { class: "stack" }, h("p", { class: "soft" }, what ? `Judged with ${what}, and with today's rules beside it.` : "There are no drafts: both verdicts are today's."), h(TryBox, { site, packs: waiting, wide: true }));
};
