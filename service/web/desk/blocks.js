// Who is blocked: list, add, apply to what waits already, lift.
import "./core.js";
import { del, get, post } from "./api.js";
import { h, Component, Button, Choice, Dialog, Empty, Link, Load, TextField, Tick, Trouble, notify, sentence } from "./ui.js";
import { day, many, number } from "./format.js";
import { go, withWords } from "./nav.js";
import { Excerpts, Expiry, Pages, SiteChoice, Words, elsewhere, expiryTime, flaw, focusHeading, shortened, siteName } from "./parts.js";

const kKinds = [
  ["email", "Email address", "name@domain"],
  ["ip", "Address", "192.0.2.7 or 2001:db8::7"],
  ["cidr", "Network", "192.0.2.0/24 or 2001:db8::/48"],
  ["domain", "Domain", "spam.example, with all below it: in links, homepage or email"],
  ["author", "Author by verified id", "As the front end names the author (author.id), not the name that is shown"],
];
const kindWord = (kind) => kKinds.find(([one]) => one === kind)?.[1] ?? kind;
// The queue's filter that finds what such a block finds; a verified id has none.
const kFilter = { email: "email", ip: "ip", cidr: "ip", domain: "domain" };
const kAtMost = 5000;

const nothing = (site) => ({ kind: "email", value: "", site: site ?? "", reason: "", expiry: { choice: "", day: "" }, past: false });

class Add extends Component {
  constructor(props) {
    super(props);
    const kind = props.query.get("add-kind");
    this.state = {
      wish: { ...nothing(props.who.site ?? props.query.get("site")), ...(kFilter[kind] && { kind }), value: props.query.get("add") ?? "" },
      problem: null,
      busy: false,
      preview: null,
    };
    this.key = crypto.randomUUID();
  }
  set(changes) {
    this.key = crypto.randomUUID();
    this.setState((state) => ({ wish: { ...state.wish, ...changes }, problem: null }));
  }
  filter() {
    const { kind, value, site } = this.state.wish;
    return { site: site || undefined, status: "pending", [kFilter[kind]]: value.trim() };
  }
  submit() {
    const { wish } = this.state;
    if (!wish.value.trim()) return this.setState({ problem: { message: "Say what to block", where: "/value", advice: "", code: "invalid" } }, () => document.querySelector(".add [aria-invalid]")?.focus());
    if (wish.past) return this.look();
    this.add();
  }
  // Before what waits is touched: how many, and some of them.
  async look() {
    this.setState({ busy: true, problem: null });
    try {
      if (!kFilter[this.state.wish.kind]) return this.setState({ busy: false, preview: { unknown: true } });
      const [count, page] = await Promise.all([get("/v1/queue/count", { ...this.filter(), at_most: kAtMost }), get("/v1/queue", { ...this.filter(), limit: 5, sort: "newest" })]);
      this.setState({ busy: false, preview: { ...count, items: page.items } });
    } catch (problem) {
      this.refuse(problem);
    }
  }
  refuse(problem) {
    // What the queue says about its filter is about the block's value here.
    const where = problem.where?.startsWith("?") && problem.where !== "?site" ? "/value" : problem.where;
    this.setState({ busy: false, preview: null, problem: { message: problem.message, advice: problem.advice, body: problem.body, where } });
  }
  async add() {
    const { wish } = this.state;
    const expires_at = expiryTime(wish.expiry);
    if (expires_at === "") return this.setState({ problem: { message: "Choose the last day", where: "/expires_at", advice: "" } });
    this.setState({ busy: true, problem: null });
    try {
      const block = await post(
        "/v1/blocks",
        { kind: wish.kind, value: wish.value.trim(), site: wish.site || undefined, reason: wish.reason.trim() || undefined, expires_at, apply_to_past: wish.past || undefined },
        { key: this.key },
      );
      const applied = block.applied;
      notify(`${sentence(`${kindWord(block.kind)} blocked`)}${applied ? ` ${many(applied.changed, "waiting comment")} marked as spam.` : ""}`, {
        action: applied?.changed ? { label: "Show the decision", run: () => go(`/desk/log?id=${applied.id}`) } : null,
      });
      this.key = crypto.randomUUID();
      this.setState({ busy: false, preview: null, wish: { ...nothing(this.props.who.site), kind: wish.kind, site: wish.site } });
      this.props.added();
    } catch (problem) {
      this.refuse(problem);
    }
  }
  render({ who, sites }, { wish, problem, busy, preview }) {
    const places = ["/value", "/site", "/reason", "/expires_at", "/kind"];
    const other = elsewhere(problem, places);
    return h(
      "form",
      { class: "panel add", "aria-labelledby": "add-title", noValidate: true, onSubmit: (event) => (event.preventDefault(), busy || this.submit()) },
      h("h2", { id: "add-title" }, "Block somebody"),
      h(
        "div",
        { class: "fields" },
        h(Choice, { label: "What", value: wish.kind, set: (kind) => this.set({ kind }), options: kKinds.map(([one, text]) => [one, text]), error: flaw(problem, "/kind") }),
        h(TextField, { label: kindWord(wish.kind), hint: kKinds.find(([one]) => one === wish.kind)[2], value: wish.value, set: (value) => this.set({ value }), error: flaw(problem, "/value"), maxlength: 320, autocomplete: "off" }),
        h(SiteChoice, { who, sites, label: "Where", value: wish.site, set: (site) => this.set({ site }), error: flaw(problem, "/site") }),
        h(TextField, { label: "Reason", hint: "For the other moderators", value: wish.reason, maxlength: 100, set: (reason) => this.set({ reason }), error: flaw(problem, "/reason") }),
        h(Expiry, { value: wish.expiry, set: (expiry) => this.set({ expiry }), error: flaw(problem, "/expires_at") }),
      ),
      h(Tick, { label: "Also mark what of it waits in the queue as spam", value: wish.past, set: (past) => this.set({ past }) }),
      other && h(Trouble, { problem: other }),
      h("div", { class: "bar" }, h(Button, { type: "submit", kind: "primary", busy }, busy ? "Working…" : wish.past ? "Show what it touches" : "Block")),
      preview &&
        h(
          Dialog,
          {
            title: "Block, and mark as spam what waits?",
            onClose: () => this.setState({ preview: null }),
            actions: [
              h(Button, { onClick: () => this.setState({ preview: null }) }, "Not yet"),
              h(Button, { kind: "danger", busy, onClick: () => this.add() }, busy ? "Blocking…" : preview.unknown || !preview.count ? "Block" : `Block, and mark ${number(preview.count)}${preview.more ? " or more" : ""} as spam`),
            ],
          },
          h("p", null, `${kindWord(wish.kind)}: `, h("strong", null, h(Words, { text: wish.value.trim() })), `, ${wish.site ? "on " : "on all sites"}`, wish.site && h(Words, { text: siteName(sites, wish.site) }), "."),
          preview.unknown
            ? h("p", null, "How many comments wait of an author by verified id cannot be told beforehand. It is one decision, and can be undone in the log.")
            : h("p", null, h("strong", null, preview.count ? `${preview.more ? "At least " : ""}${many(preview.count, "waiting comment becomes", "waiting comments become")} spam` : "Nothing of it waits now"), preview.count ? ", by one decision, which can be undone." : "."),
          preview.more && h("p", { class: "bad" }, "One decision touches at most 5,000 comments: the service will refuse. Block without this, then decide in the queue by filter."),
          preview.items?.length > 0 && h("div", null, h("h3", null, "Some of them"), h(Excerpts, { items: preview.items, label: "Comments that it touches" })),
        ),
    );
  }
}

class Lift extends Component {
  constructor(props) {
    super(props);
    this.state = { busy: false, problem: null };
    this.key = crypto.randomUUID();
  }
  async run() {
    const { block, done, close } = this.props;
    this.setState({ busy: true, problem: null });
    try {
      await del(`/v1/blocks/${block.id}`, {}, { key: this.key });
      notify("The block is lifted.");
      close();
      done();
    } catch (problem) {
      this.setState({ busy: false, problem });
    }
  }
  render({ block, close }, { busy, problem }) {
    return h(
      Dialog,
      { title: "Lift this block?", onClose: close, actions: [h(Button, { onClick: close }, "Leave it"), h(Button, { kind: "danger", busy, onClick: () => this.run() }, busy ? "Lifting…" : "Lift it")] },
      h("p", null, `${kindWord(block.kind)}: `, h("strong", null, h(Words, { text: block.value, most: 320 }))),
      h("p", null, "What comes from now on is judged without it. What was decided by it stays decided."),
      block.decision && h("p", null, h(Link, { href: `/desk/log?id=${block.decision}` }, "The decision that it was made with"), " can be undone on its own, and takes the block with it."),
      problem && h(Trouble, { problem }),
    );
  }
}

export default class Blocks extends Component {
  constructor(props) {
    super(props);
    this.state = { lifting: null, made: 0 };
  }
  render({ who, sites, query }, { lifting, made }) {
    const set = (words) => go(withWords(words));
    const filtered = query.get("site") || query.get("kind");
    return h(
      "div",
      { class: "page blocks" },
      h("h1", null, "Blocks"),
      h("p", { class: "soft" }, "Whatever comes from somebody who is blocked is spam at once. ", who.site && "You may block on your own site; blocks of all sites are an admin's to make and to lift."),
      h(Add, { who, sites, query, added: () => this.setState({ made: made + 1 }) }),
      h(
        "div",
        { class: "filters", role: "group", "aria-label": "Which blocks" },
        h(SiteChoice, { who, sites, value: query.get("site"), set: (site) => set({ site }) }),
        h(Choice, { label: "Kind", value: query.get("kind") ?? "", set: (kind) => set({ kind }), options: [["", "All kinds"], ...kKinds.map(([one, text]) => [one, text])] }),
      ),
      h(
        Pages,
        {
          id: `${made} ${query.get("site")} ${query.get("kind")}`,
          what: ["block"],
          load: (cursor, signal) => get("/v1/blocks", { site: query.get("site"), kind: query.get("kind"), limit: 50, cursor }, { signal }),
          empty: h(Empty, { title: filtered ? "No such block." : "Nobody is blocked." }),
        },
        (items, list) =>
          h(
            "ul",
            { class: "entries", "aria-label": "Blocks" },
            items.map((one) =>
              h(
                "li",
                { key: one.id, class: "entry" },
                h(
                  "div",
                  { class: "told" },
                  h("p", null, h("strong", { class: "value" }, h(Words, { text: one.value, most: 320 })), h("span", { class: "chip" }, kindWord(one.kind))),
                  h(
                    "p",
                    { class: "soft" },
                    one.site ? h(Words, { text: siteName(sites, one.site), most: 60 }) : "all sites",
                    " · by ",
                    h(Words, { text: one.by || "nobody", most: 60 }),
                    `, ${day(one.created_at)} · `,
                    one.expires_at ? `ends ${day(one.expires_at)}` : "without end",
                  ),
                  one.reason && h("p", null, h("span", { class: "soft" }, "Reason: "), h(Words, { text: one.reason })),
                ),
                h(
                  "div",
                  { class: "acts" },
                  one.decision && h(Link, { href: `/desk/log?id=${one.decision}` }, "Its decision"),
                  who.site && !one.site
                    ? h("span", { class: "soft" }, "of all sites: an admin's")
                    : h(Button, { "aria-label": `Lift the block of ${shortened(one.value, 80)}`, onClick: () => this.setState({ lifting: { one, list } }) }, "Lift"),
                ),
              ),
            ),
          ),
      ),
      lifting && h(Lift, { key: lifting.one.id, block: lifting.one, done: () => (lifting.list.again(), focusHeading()), close: () => this.setState({ lifting: null }) }),
    );
  }
}
