// Why a comment was judged as it was: its findings and the learner's words as chips, and where in its text they were seen.
import { h, Component, Button, newId } from "./ui.js";
import { percent, plainScore, score } from "./format.js";
import { Words, plain } from "./text.js";

const kChips = 7; // findings that are shown at once, with those of most weight in front
const kOpinion = { approve: "may be published", hold: "held", spam: "spam", discard: "blatant spam" };

// What a rule or the learner saw, by field: {"content": [{start, end, by, score, ...}]}.
// `quiet`: it shows only when one looks at it, as it lies over (nearly) everything.
export function marksOf(item, words) {
  const marks = {};
  const whole = new TextEncoder().encode(item.content).length;
  const add = (evidence, more) => {
    const quiet = more.quiet || (evidence.field === "content" && whole > 60 && evidence.end - evidence.start > 0.7 * whole);
    (marks[evidence.field] ??= []).push({ start: evidence.start, end: evidence.end, ...more, quiet });
  };
  item.verdict.findings.forEach((finding, at) => {
    for (const one of finding.evidence)
      add(one, { by: at, score: finding.score, shadow: finding.shadow, quiet: finding.rule === "learned" });
  });
  words.forEach((word, at) => {
    for (const one of word.evidence ?? []) add(one, { by: `word ${at}`, score: word.weight, quiet: true });
  });
  return marks;
}

// A finding: hovered or focused it says what its rule says, and its evidence stands out.
export class Findings extends Component {
  constructor(props) {
    super(props);
    this.id = newId("findings");
    this.state = { pinned: null, all: false };
  }
  componentWillReceiveProps(next) {
    if (next.item.id !== this.props.item.id) this.setState({ pinned: null, all: false });
  }
  look(by) {
    this.props.look(by);
  }
  pin(by) {
    const pinned = this.state.pinned === by ? null : by;
    this.setState({ pinned });
    this.look(by);
  }
  leave(event) {
    if (event?.currentTarget.contains(event.relatedTarget)) return;
    this.look(this.state.pinned);
  }
  chip(by, classes, label, value, about) {
    const told = `${this.id}-${String(by).replace(" ", "-")}`;
    return h(
      "li",
      { key: by },
      h(
        "button",
        {
          type: "button",
          class: `finding ${classes} ${this.props.hot === by ? "hot" : ""}`,
          "aria-describedby": told,
          "aria-pressed": String(this.state.pinned === by),
          onMouseEnter: () => this.look(by),
          onFocus: () => this.look(by),
          onClick: () => this.pin(by),
          onKeyDown: (event) => event.key === "Escape" && (this.setState({ pinned: null }), this.look(null)),
        },
        h("span", { class: "value" }, value),
        h(Words, { text: label }),
      ),
      h("span", { id: told, hidden: true }, plain(about)),
    );
  }
  render({ item, words, learned, policy, hot, filterBy }, { all }) {
    const { findings } = item.verdict;
    // What the learner says today, and what it said when the comment came where that was something else.
    const probability = learned ? learned.probability : item.verdict.probability;
    const then =
      probability !== null && item.verdict.probability !== null && percent(item.verdict.probability) !== percent(probability)
        ? ` (${percent(item.verdict.probability)} when it came)`
        : "";
    const order = findings
      .map((one, at) => ({ one, at }))
      .sort((a, b) => Boolean(a.one.shadow) - Boolean(b.one.shadow) || Math.abs(b.one.score) - Math.abs(a.one.score));
    const shown = all || order.length <= kChips + 1 ? order : order.slice(0, kChips);
    const finding = findings[hot];
    const word = typeof hot === "string" ? words[Number(hot.slice(5))] : null;
    const limits = policy && `${plainScore(policy.hold)} holds, ${plainScore(policy.spam)} is spam`;
    return h(
      "section",
      { class: "findings", "aria-label": "Why", onMouseLeave: (event) => this.leave(event), onFocusOut: (event) => this.leave(event) },
      h(
        "p",
        { class: "sum" },
        h("strong", null, "Score ", plainScore(item.verdict.score)),
        h("span", null, ` ${kOpinion[item.verdict.action]}`),
        limits && h("span", { class: "soft" }, ` (${limits})`),
        h("span", { class: "soft" }, " · "),
        probability === null
          ? h("span", { class: "soft" }, "The learner has not seen enough to say")
          : h("span", null, "Learner: ", h("strong", null, percent(probability)), " spam", h("span", { class: "soft" }, then)),
      ),
      findings.length > 0
        ? h(
            "ul",
            { class: "chiplist", "aria-label": "Findings" },
            shown.map(({ one, at }) =>
              this.chip(
                at,
                [one.score < 0 ? "for" : one.score > 0 ? "against" : "", one.shadow ? "shadow" : ""].join(" "),
                one.rule + (one.shadow ? " (shadow)" : ""),
                one.action && one.score === 0 ? `→ ${one.action}` : score(one.score),
                one.about +
                  (one.shadow ? " In shadow: it is counted and adds nothing." : "") +
                  (one.action ? ` It asks for: ${one.action}.` : ""),
              ),
            ),
            shown.length < order.length &&
              h(
                "li",
                { key: "more" },
                h(Button, { kind: "quiet small", onClick: () => this.setState({ all: true }) }, `${order.length - shown.length} more`),
              ),
          )
        : h("p", { class: "soft" }, "No rule found anything."),
      words.length > 0 &&
        h(
          "ul",
          { class: "chiplist words", "aria-label": "Words that weighed most for the learner" },
          words
            .slice(0, 8)
            .map((one, at) =>
              this.chip(
                `word ${at}`,
                one.weight < 0 ? "for" : "against",
                one.word,
                (one.weight > 0 ? "+" : "−") + Math.abs(one.weight).toFixed(2),
                `The learner takes it for a sign of ${one.weight < 0 ? "a wanted comment" : "spam"}.`,
              ),
            ),
        ),
      h(
        "div",
        { class: "about" },
        finding
          ? [
              h(
                "p",
                null,
                h("strong", null, h(Words, { text: finding.rule })),
                ": ",
                h(Words, { text: finding.about }),
                finding.shadow && h("em", null, " In shadow: it is counted and adds nothing."),
                finding.action && h("em", null, ` Asks for “${finding.action}”.`),
              ),
              h(Button, { kind: "quiet small", onClick: () => filterBy("rule", finding.rule) }, "Only this rule"),
            ]
          : word
            ? h(
                "p",
                null,
                h("strong", null, h(Words, { text: word.word })),
                word.weight < 0 ? " speaks for a wanted comment." : " speaks for spam.",
              )
            : (findings.length > 0 || words.length > 0) &&
              h("p", { class: "soft" }, "Point at a finding, or move to it, to see what it says and where."),
      ),
    );
  }
}
