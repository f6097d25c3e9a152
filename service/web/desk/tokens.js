// Tokens: who may call, as what, for which site. A secret is shown once; a link signs in once; revoking ends it at once.
import "./core.js";
import { del, get, post } from "./api.js";
import { h, Component, Button, Choice, Copyable, Dialog, Empty, Load, TextField, Tick, Trouble, announce, notify, notifyProblem } from "./ui.js";
import { ago, day, full, many } from "./format.js";
import { go, withWords } from "./nav.js";
import { Expiry, SiteChoice, Words, elsewhere, expiryTime, flaw, focusHeading, shortened, siteName } from "./parts.js";

const kRoles = [
  ["moderator", "Moderator", "The desk: the queue, decisions, blocks; may draft rules"],
  ["admin", "Admin", "Everything: rules, sites, tokens"],
  ["frontend", "Front end", "Sends comments with the visitor's address; for a blog's server"],
  ["akismet", "Akismet key", "For clients of the Akismet protocol; needs a site"],
  ["feed", "Feed", "Reads the queue, for a feed reader"],
  ["metrics", "Metrics", "Reads /metrics, of all sites"],
];
const roleWord = (role) => kRoles.find(([one]) => one === role)?.[1] ?? role;
const atDesk = (role) => role === "admin" || role === "moderator";
const live = (one, now = Date.now()) => !one.revoked_at && !(one.expires_at && new Date(one.expires_at) <= now);
// The service notes the hour of the last use, no more.
const used = (one) => (!one.last_used_at ? "never used" : Date.now() - new Date(one.last_used_at) < 7200e3 ? "used lately" : `last used ${ago(one.last_used_at)}`);
const linkOf = (made) => (made.desk_path ? location.origin + made.desk_path : null);

// A secret or a link, which is not shown again: a slip of the finger does not close it.
const Once = ({ title, made, link, close }) =>
  h(
    Dialog,
    { title, actions: h(Button, { kind: "primary", onClick: close }, "I have it") },
    made.token && [h("p", null, h("strong", null, made.role === "akismet" ? "The key" : "The token"), " of ", h(Words, { text: made.name, most: 80 }), ". It is shown only now."), h(Copyable, { text: made.token, label: made.role === "akismet" ? "key" : "token", secret: true })],
    link && [h("p", null, h("strong", null, "A link that signs in"), ` ${made.token ? "without typing the token" : ""}, once, within 30 minutes. Send it by a way that only its reader sees.`), h(Copyable, { text: link, label: "sign-in link", secret: true })],
  );

class Make extends Component {
  constructor(props) {
    super(props);
    this.state = { ...this.nothing(), busy: false, problem: null };
    this.key = crypto.randomUUID();
  }
  nothing() {
    return { role: "moderator", name: "", site: this.props.who.site ?? this.props.query.get("site") ?? "", expiry: { choice: "", day: "" } };
  }
  set(changes) {
    this.key = crypto.randomUUID();
    this.setState({ ...changes, problem: null });
  }
  async make() {
    const { role, name, site, expiry } = this.state;
    const expires_at = expiryTime(expiry);
    if (expires_at === "") return this.setState({ problem: { message: "Choose the last day", where: "/expires_at", advice: "" } });
    this.setState({ busy: true, problem: null });
    try {
      const made = await post("/v1/tokens", { role, name: name.trim() || undefined, site: role === "metrics" ? undefined : site || undefined, expires_at }, { key: this.key });
      this.key = crypto.randomUUID();
      this.setState({ ...this.nothing(), busy: false });
      this.props.made(made);
    } catch (problem) {
      this.key = crypto.randomUUID();
      this.setState({ busy: false, problem }, () => document.querySelector(".make [aria-invalid=true]")?.focus());
    }
  }
  render({ who, sites }, { role, name, site, expiry, busy, problem }) {
    const other = elsewhere(problem, ["/role", "/name", "/site", "/expires_at"]);
    return h(
      "form",
      { class: "panel make", "aria-labelledby": "make-title", noValidate: true, onSubmit: (event) => (event.preventDefault(), busy || this.make()) },
      h("h2", { id: "make-title" }, "A new token"),
      h(
        "div",
        { class: "fields" },
        h(Choice, { label: "Role", value: role, set: (one) => this.set({ role: one }), options: kRoles.map(([one, text]) => [one, text]), hint: kRoles.find(([one]) => one === role)[2], error: flaw(problem, "/role") }),
        h(TextField, { label: "Name", hint: atDesk(role) ? "Of the person: it stands in the log beside each decision." : "To know it again in the list.", value: name, maxlength: 80, set: (text) => this.set({ name: text }), error: flaw(problem, "/name"), autocomplete: "off" }),
        role === "metrics" ? h("p", { class: "field" }, h("span", { class: "label" }, "Site"), h("span", { class: "fixed" }, "All sites")) : h(SiteChoice, { who, sites, value: site, set: (one) => this.set({ site: one }), error: flaw(problem, "/site") }),
        h(Expiry, { value: expiry, set: (one) => this.set({ expiry: one }), error: flaw(problem, "/expires_at") }),
      ),
      other && h(Trouble, { problem: other }),
      h("div", { class: "bar" }, h(Button, { type: "submit", kind: "primary", busy }, busy ? "Making…" : "Make it")),
    );
  }
}

class Revoke extends Component {
  constructor(props) {
    super(props);
    this.state = { busy: false, problem: null };
    this.key = crypto.randomUUID();
  }
  async run() {
    const { token, mine, done, close } = this.props;
    this.setState({ busy: true, problem: null });
    try {
      await del(`/v1/tokens/${token.id}`, {}, { key: this.key });
      if (mine) return location.assign("/desk/in");
      notify("The token is revoked.");
      close();
      done();
    } catch (problem) {
      this.setState({ busy: false, problem });
    }
  }
  render({ token, mine, close }, { busy, problem }) {
    return h(
      Dialog,
      { title: mine ? "Revoke your own token?" : "Revoke this token?", onClose: close, actions: [h(Button, { onClick: close }, "Keep it"), h(Button, { kind: "danger", busy, onClick: () => this.run() }, busy ? "Revoking…" : mine ? "Revoke it and leave" : "Revoke it")] },
      h("p", null, h("strong", null, h(Words, { text: token.name, most: 80 })), `, ${roleWord(token.role).toLowerCase()}, ${used(token)}.`),
      h("p", null, atDesk(token.role) ? "It is good for nothing from now on, and all sessions at the desk that it opened end at once." : "It is good for nothing from now on: whatever calls with it is refused."),
      mine && h("p", { class: "bad" }, h("strong", null, "You are signed in with it: "), "you leave the desk at once, and come back only with another token."),
      h("p", { class: "soft" }, "This cannot be undone. What was done with it stays."),
      problem && h(Trouble, { problem }),
    );
  }
}

function Row({ one, who, sites, act }) {
  const mine = one.id === who.token_id;
  const good = live(one);
  const when = [
    `made ${day(one.created_at)}`,
    used(one),
    one.revoked_at ? `revoked ${day(one.revoked_at)}` : one.expires_at ? `${good ? "ends" : "ended"} ${day(one.expires_at)}` : "without end",
  ].join(" · ");
  return h(
    "li",
    { class: good ? "entry" : "entry over" },
    h(
      "div",
      { class: "told" },
      h("p", null, h("strong", null, h(Words, { text: one.name, most: 80 })), h("span", { class: "chip" }, roleWord(one.role)), mine && h("span", { class: "chip" }, "yours"), one.revoked_at ? h("span", { class: "chip" }, "revoked") : !good && h("span", { class: "chip" }, "ended")),
      h("p", { class: "soft" }, one.site ? h(Words, { text: siteName(sites, one.site), most: 60 }) : "all sites", " · ", h("span", { title: one.last_used_at ? `Last used ${full(one.last_used_at)}` : undefined }, when)),
    ),
    good &&
      h(
        "div",
        { class: "acts" },
        atDesk(one.role) && h(Button, { "aria-label": `Sign-in link for ${shortened(one.name, 80)}`, onClick: () => act.link(one) }, "Sign-in link"),
        h(Button, { "aria-label": `Revoke ${shortened(one.name, 80)}`, onClick: () => act.revoke(one) }, "Revoke"),
      ),
  );
}

export default class Tokens extends Component {
  constructor(props) {
    super(props);
    this.state = { made: null, link: null, revoking: null, changes: 0 };
  }
  async link(token) {
    try {
      const made = await post(`/v1/tokens/${token.id}/link`);
      announce("A sign-in link is made");
      this.setState({ link: { name: token.name, url: location.origin + made.path } });
    } catch (problem) {
      notifyProblem(problem, "There is no link.");
    }
  }
  render({ who, sites, query }, { made, link, revoking, changes }) {
    const again = () => this.setState((state) => ({ changes: state.changes + 1 }));
    const old = Boolean(query.get("old"));
    const site = query.get("site");
    const role = query.get("role");
    return h(
      "div",
      { class: "page tokens" },
      h("h1", null, "Tokens"),
      h("p", { class: "soft" }, "Who may call the service, as what. Only a token's hash is kept: a secret that is lost is replaced by a new token."),
      h(Make, { who, sites, query, made: (one) => (announce("The token is made. It is shown only now."), again(), this.setState({ made: one })) }),
      h(
        "div",
        { class: "filters", role: "group", "aria-label": "Which tokens" },
        h(SiteChoice, { who, sites, value: site, set: (one) => go(withWords({ site: one })) }),
        h(Choice, { label: "Role", value: role ?? "", options: [["", "All roles"], ...kRoles.map(([one, text]) => [one, text])], set: (one) => go(withWords({ role: one })) }),
        h(Tick, { label: "Revoked and ended ones, too", value: old, set: (one) => go(withWords({ old: one ? "1" : null })) }),
      ),
      h(Load, { id: changes, what: "Reading the tokens", load: (signal) => get("/v1/tokens", {}, { signal }) }, ({ items }) => {
        const shown = items.filter((one) => (old || live(one)) && (!site || one.site === site) && (!role || one.role === role)).sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
        return shown.length
          ? h("div", { class: "pages" }, h("p", { class: "soft" }, many(shown.length, "token")), h("ul", { class: "entries", "aria-label": "Tokens" }, shown.map((one) => h(Row, { key: one.id, one, who, sites, act: { link: (token) => this.link(token), revoke: (token) => this.setState({ revoking: token }) } }))))
          : h(Empty, { title: "No such token." });
      }),
      made && h(Once, { key: made.id, title: "The token is made", made, link: linkOf(made), close: () => this.setState({ made: null }) }),
      link && h(Once, { key: link.url, title: "A sign-in link", made: { name: link.name }, link: link.url, close: () => this.setState({ link: null }) }),
      revoking && h(Revoke, { key: revoking.id, token: revoking, mine: revoking.id === who.token_id, done: () => (again(), focusHeading()), close: () => this.setState({ revoking: null }) }),
    );
  }
}
