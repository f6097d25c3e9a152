// The reading pane: one comment with everything that speaks for and against it.
import { h, Component, Button, newId } from "./ui.js";
import { Findings, marksOf } from "./findings.js";
import { ago, doneWord, full, many, month, number, statusWord } from "./format.js";
import { Target, Text, Words, hostsIn, strangeWords, target } from "./text.js";

const kShown = 6000; // characters of a text that are shown at once

export const Time = ({ at }) => h("time", { datetime: at, title: full(at) }, ago(at));
// Somebody else's running lease, or nothing.
export const leaseOf = (item, who, now = Date.now()) =>
  item.lease && item.lease.holder !== who.holder && new Date(item.lease.until) > now ? item.lease : null;

// "3 approved, 0 spam, first seen in May 2026".
export function recordWords(record) {
  if (!record?.first_seen) return "never seen before";
  const { approved, rejected, spam, pending, checked } = record;
  if (approved + rejected + spam + checked === 0 && pending <= 1) return "first comment";
  const parts = approved + rejected + spam > 0 ? [`${number(approved)} approved`, `${number(spam)} spam`] : ["nothing decided yet"];
  if (rejected > 0) parts.push(`${number(rejected)} rejected`);
  if (pending > 1) parts.push(`${number(pending)} waiting`);
  if (checked > 0) parts.push(`${number(checked)} checked`);
  parts.push(`first seen in ${month(record.first_seen)}`);
  return parts.join(", ");
}
export function networkOf(ip) {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(ip)) return ip.replace(/\d+$/, "0/24");
  if (!ip.includes(":")) return "";
  const [head, tail = ""] = ip.split("::");
  const groups = head.split(":").filter(Boolean);
  if (ip.includes("::")) while (groups.length + tail.split(":").filter(Boolean).length < 8) groups.push("0");
  return `${groups.slice(0, 3).join(":")}::/48`;
}
// How many others are like it.
export const nearCount = (detail) => Math.max(0, (detail?.near?.count ?? 1) - 1);

// A value that can be filtered by, with what is remembered of it.
const Fact = ({ title, children, record }) =>
  h("div", { class: "fact" }, h("dt", null, title), h("dd", null, children, record && h("span", { class: "record" }, recordWords(record))));
const Pick = ({ what, run, children }) =>
  h("button", { type: "button", class: "pick", title: what, onClick: run }, children, h("span", { class: "hidden" }, ` (${what})`));

export class Reading extends Component {
  constructor(props) {
    super(props);
    this.state = { hot: null, whole: false };
    this.id = newId("reading");
  }
  componentWillReceiveProps(next) {
    if (next.item.id !== this.props.item.id) {
      this.setState({ hot: null, whole: false });
      this.top = true;
    }
  }
  componentDidMount() {
    // Where there is a way back, the page had been the list. Elsewhere nothing has moved yet, and asking would lay out the page twice.
    if (this.props.back) this.fromTop();
  }
  componentDidUpdate() {
    if (this.top) this.fromTop();
    this.top = false;
  }
  // On a small screen the page scrolls, wherever the list had been.
  fromTop() {
    if (this.box) this.box.scrollTop = 0;
    scrollTo(0, 0);
  }
  marks() {
    const { item, detail } = this.props;
    const words = detail?.learned?.words ?? [];
    if (this.of !== item.verdict || this.with !== detail?.learned) {
      this.made = marksOf(item, words);
      this.of = item.verdict;
      this.with = detail?.learned;
    }
    return { words, marks: this.made };
  }
  field(name, text, more = {}) {
    return h(Text, { text, marks: this.marks().marks[name], hot: this.state.hot, links: false, ...more });
  }

  facts() {
    const { item, detail, filterBy, undo } = this.props;
    const { author, article, client } = item;
    const hosts = hostsIn([item.content, author.url]);
    const records = detail?.records;
    const network = client.ip && networkOf(client.ip);
    const ownTo = author.url && target(author.url);
    return h(
      "dl",
      { class: "facts" },
      author.name &&
        h(
          Fact,
          { title: "Author", record: records?.author },
          h(Pick, { what: "Only this author’s name", run: () => filterBy("author", author.name) }, h(Words, { text: author.name })),
          author.id && h("span", { class: "soft" }, " verified as ", h(Words, { text: author.id })),
        ),
      author.email &&
        h(
          Fact,
          { title: "Email", record: records?.email },
          h(Pick, { what: "Only this email", run: () => filterBy("email", author.email) }, this.field("author.email", author.email)),
        ),
      author.url && h(Fact, { title: "Website" }, this.field("author.url", author.url), ownTo && h(Target, ownTo)),
      client.ip &&
        h(
          Fact,
          { title: "Address", record: records?.address },
          h(Pick, { what: "Only this address", run: () => filterBy("ip", client.ip) }, this.field("client.ip", client.ip)),
        ),
      network &&
        h(
          Fact,
          { title: "Network", record: records?.network },
          h(Pick, { what: "Only this network", run: () => filterBy("ip", network) }, h(Words, { text: network })),
        ),
      hosts.length > 0 &&
        h(
          Fact,
          { title: "Links" },
          hosts.slice(0, 12).map((one) => {
            const domain = detail?.facts.domains.find((it) => one.host === it.domain || one.host.endsWith("." + it.domain));
            return h(
              "span",
              { class: "host", key: one.host },
              one.host.endsWith(":")
                ? h("bdi", null, one.host)
                : h(
                    Pick,
                    { what: "Only comments with links there", run: () => filterBy("domain", one.host.replace(/:\d+$/, "")) },
                    one.host,
                  ),
              one.count > 1 && ` ×${one.count}`,
              domain && h("span", { class: "record" }, recordWords(domain.record)),
            );
          }),
          hosts.length > 12 && h("span", { class: "soft" }, `and ${hosts.length - 12} more`),
        ),
      article.url && h(Fact, { title: "Article" }, this.field("article.url", article.url)),
      client.user_agent && h(Fact, { title: "Browser" }, this.field("client.user_agent", client.user_agent)),
      client.referrer && h(Fact, { title: "Came from" }, this.field("client.referrer", client.referrer)),
      (item.form.token || item.form.elapsed_ms !== null) &&
        h(
          Fact,
          { title: "Form" },
          [
            item.form.token && `token ${item.form.token}`,
            item.form.elapsed_ms !== null && `written in ${number(Math.round(item.form.elapsed_ms / 1000))} s`,
          ]
            .filter(Boolean)
            .join(", "),
        ),
      item.form.honeypot && h(Fact, { title: "Trap field" }, h(Words, { text: item.form.honeypot })),
      detail && h(Fact, { title: "History" }, h(History, { entries: detail.history, undo })),
    );
  }

  // `brief`: without the facts below the text.
  render({ item, brief, detail, who, sites, trouble, note, filterBy, likes, openNote, back, children }, { hot, whole }) {
    const { words } = this.marks();
    const { author, article, client } = item;
    const site = sites.find((one) => one.id === item.site);
    const lease = item.status === "pending" && leaseOf(item, who);
    const strange = strangeWords([author.name, author.email, author.url, article.title, item.content].join(" "));
    const near = nearCount(detail);
    const articleTo = article.url && target(article.url);
    return h(
      "article",
      { class: "reading", tabindex: "0", "aria-labelledby": this.id, ref: (box) => (this.box = box) },
      back && h(Button, { kind: "quiet", class: "back", onClick: back }, "‹ Back to the list"),
      h(
        "header",
        null,
        h(
          "div",
          { class: "names" },
          h("h2", { id: this.id, tabindex: "-1" }, author.name ? this.field("author.name", author.name) : h("em", null, "No name")),
          item.status !== "pending" && h("span", { class: `state ${item.status}` }, statusWord(item.status)),
          item.type !== "comment" && h("span", { class: "state" }, this.field("type", item.type)),
          h(
            "span",
            { class: "soft when" },
            h(Time, { at: item.created_at ?? item.received_at }),
            item.edited_at && [", edited ", h(Time, { at: item.edited_at })],
          ),
        ),
        h(
          "p",
          { class: "on" },
          "on ",
          h(
            Pick,
            { what: "Only comments on this article", run: () => filterBy("article", article.id, { site: item.site }) },
            article.title ? this.field("article.title", article.title) : h(Words, { text: article.id }),
          ),
          articleTo && h(Target, articleTo),
          sites.length > 1 && [
            " at ",
            h(Pick, { what: "Only this site", run: () => filterBy("site", item.site) }, h(Words, { text: site?.name || item.site })),
          ],
          item.parent && h("span", { class: "soft" }, " · a reply"),
        ),
      ),
      trouble && h("div", { class: "told bad", role: "status" }, h("p", null, h(Words, { text: trouble }))),
      lease &&
        h("p", { class: "told odd" }, h("span", { "aria-hidden": "true" }, "◉ "), h(Words, { text: lease.holder }), " is looking at this."),
      item.status === "checked" &&
        h(
          "p",
          { class: "told odd" },
          "Checked for a site that keeps its own comments: it is neither in the queue nor published from here, so the desk cannot move it. That site’s own “spam” and “not spam” teach the filter.",
        ),
      item.verdict.unchecked &&
        h("p", { class: "told odd" }, "A check could not be made, so this was held: what is said of it here may be incomplete."),
      item.discard && h("p", { class: "told bad" }, "Blatant spam: it was set aside at once."),
      note &&
        h(
          "p",
          { class: "told" },
          "Goes with the decision: ",
          h(Words, { text: [note.reason, note.note].filter(Boolean).join(": ") }),
          " ",
          h(Button, { kind: "quiet small", onClick: openNote }, "Change"),
        ),
      h(Findings, {
        item,
        words,
        learned: detail?.learned,
        policy: site?.policy,
        hot,
        filterBy,
        look: (by) => by !== hot && this.setState({ hot: by }),
      }),
      h(
        "div",
        { class: "content" },
        item.content
          ? this.field("content", item.content, { links: true, cut: whole ? 0 : kShown })
          : h("em", { class: "soft" }, "No text"),
        !whole &&
          item.content.length > kShown &&
          h("p", null, h(Button, { onClick: () => this.setState({ whole: true }) }, `Show all ${number(item.content.length)} characters`)),
      ),
      strange && h("p", { class: "strange" }, h("strong", null, "Hidden or look-alike characters: "), strange, "."),
      near > 0 &&
        h(
          "div",
          { class: "bar near" },
          h(
            Button,
            { onClick: () => filterBy("like", item.id, { status: "any" }) },
            `${number(near)}${detail.near.more ? " or more" : ""} like this`,
          ),
          item.status !== "checked" && h(Button, { kind: "quiet", keys: "l", onClick: likes }, "Decide all of them"),
          h(
            "span",
            { class: "soft" },
            [
              detail.near.pending > 0 && `${number(detail.near.pending)} of all wait`,
              detail.copy_count > 0 && many(detail.copy_count, "exact copy", "exact copies"),
            ]
              .filter(Boolean)
              .join(", "),
          ),
        ),
      !brief && this.facts(),
      children,
    );
  }
}

const kDone = { submitted: "came in", edited: "edited", rechecked: "judged again", imported: "imported", undo: "decision taken back" };
const History = ({ entries, undo }) =>
  h(
    "ol",
    { class: "history" },
    entries.map((one, at) => {
      const decided = one.decision && ["approve", "reject", "spam", "imported"].includes(one.what);
      const takenBack = entries[at + 1]?.what === "undo";
      return h(
        "li",
        null,
        h(
          "span",
          null,
          kDone[one.what] ?? doneWord(one.what),
          one.by ? [" by ", h(Words, { text: one.by })] : one.what === "submitted" ? "" : " by the machine",
          ", ",
          h(Time, { at: one.at }),
        ),
        one.after && one.after !== one.before && h("span", { class: "soft" }, ` → ${statusWord(one.after)}`),
        (one.reason || one.note) &&
          h("span", { class: "said" }, " “", h(Words, { text: [one.reason, one.note].filter(Boolean).join(": ") }), "”"),
        decided && !takenBack && h(Button, { kind: "quiet small", onClick: () => undo(one) }, "Undo"),
      );
    }),
  );
