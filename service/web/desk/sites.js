// Sites: all of them, a new one with its keys and set-up lines, the settings of one.
import "./core.js";
import { get, patch, post } from "./api.js";
import { h, Component, Button, Empty, Link, Load, TextField, Trouble, announce, notify } from "./ui.js";
import { day, many, number } from "./format.js";
import { go } from "./nav.js";
import { Radios, Switch, Words, elsewhere, flaw, plain, siteName } from "./parts.js";
import { SetUp } from "./setup.js";

const kShown = 50;
const pageOf = (id) => `/desk/sites?id=${encodeURIComponent(id)}`;

// ---- settings as they are typed (texts and ticks), and as the service has them

const lines = (text) => text.split(/[\s,]+/).filter(Boolean);
const typedOf = (site) => ({
  name: site.name,
  url: site.url,
  origins: site.origins.join("\n"),
  moderation: site.policy.moderation,
  hold: String(site.policy.hold),
  spam: String(site.policy.spam),
  discard: String(site.policy.discard),
  overrides: Object.entries(site.policy.overrides).map(([name, value]) => `${name} = ${value}`).join("\n"),
  client_days: String(site.retention.client_days),
  spam_days: String(site.retention.spam_days),
  checked_days: String(site.retention.checked_days),
  rejected_days: String(site.retention.rejected_days),
  edit_minutes: String(site.edit_minutes),
  markdown: site.markdown,
  shares_lessons: site.shares_lessons,
  akismet_hold: site.akismet_hold,
  akismet_own_blog: site.akismet_own_blog,
});
const kPolicy = ["moderation", "hold", "spam", "discard", "overrides"];
const kRetention = ["client_days", "spam_days", "checked_days", "rejected_days"];
const kNumbers = new Set(["hold", "spam", "discard", "edit_minutes", ...kRetention]);
// Where the service tells of a field.
const placeOf = (name) => (kPolicy.includes(name) ? `/policy/${name}` : kRetention.includes(name) ? `/retention/${name}` : `/${name}`);
const kNames = { name: "name", url: "URL", origins: "origins", moderation: "moderation", hold: "held from", spam: "spam from", discard: "blatant from", overrides: "weights of its own", client_days: "addresses and browsers", spam_days: "spam", checked_days: "judged for clients", rejected_days: "rejected", edit_minutes: "time to edit", markdown: "Markdown", shares_lessons: "shared lessons", akismet_hold: "Akismet answer", akismet_own_blog: "Akismet blogs" };

const wrong = (name, message) => Object.assign(new Error(message), { where: placeOf(name), message, advice: "" });
function valueOf(name, text) {
  if (kNumbers.has(name)) {
    const value = Number(String(text).replace(",", "."));
    if (String(text).trim() === "" || !Number.isFinite(value)) throw wrong(name, "Write a number");
    return value;
  }
  if (name === "origins") return lines(text);
  if (name !== "overrides") return typeof text === "string" ? text.trim() : text;
  const found = {};
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const parts = /^(\S+)\s*[=:]\s*(-?\d+(?:\.\d+)?)$/.exec(line);
    if (!parts) throw wrong(name, `Not understood: “${line.slice(0, 60)}”. Write one a line, like: link_count.max = 2`);
    found[parts[1]] = Number(parts[2]);
  }
  return found;
}
// What is sent of the settings that differ.
function changeOf(typed, names) {
  const change = {};
  for (const name of names) {
    const value = valueOf(name, typed[name]);
    if (kPolicy.includes(name)) (change.policy ??= {})[name] = value;
    else if (kRetention.includes(name)) (change.retention ??= {})[name] = value;
    else change[name] = value;
  }
  return change;
}

const kModeration = [
  ["publish", "Publish unless something speaks against it", "Only what reaches the score below is held."],
  ["hold_first", "Hold an author's first comment", "Whoever was approved once is published unless something speaks against it."],
  ["hold_all", "Hold everything", "Nothing is public before a person has seen it."],
];
const kAkismetHold = [
  ["false", "Not spam", "The client does as its own settings say."],
  ["true", "Spam", "It lands in the client's spam folder."],
  ["error", "Neither", "Most clients hold it, and ask again."],
];

// All fields of a site's settings. `now(name)`: what somebody else made of it meanwhile, if so.
function Settings({ typed, set, problem, now = () => undefined }) {
  const error = (name) => flaw(problem, placeOf(name));
  const hint = (name, text) => [text, now(name) !== undefined && h("strong", { class: "meanwhile" }, ` Meanwhile it became “${plain(String(now(name))) || "nothing"}”; saving makes it yours.`)];
  const text = (name, label, about, more = {}) => h(TextField, { label, hint: hint(name, about), value: typed[name], error: error(name), set: (value) => set({ [name]: value }), ...more });
  const count = (name, label, about) => text(name, label, about, { inputmode: "decimal" });
  const tick = (name, label, about) => h(Switch, { label, hint: hint(name, about), value: typed[name], set: (value) => set({ [name]: value }) });
  const part = (title, about, ...fields) => h("fieldset", { class: "part" }, h("legend", null, title), about && h("p", { class: "soft" }, about), h("div", { class: "fields" }, fields));
  return h(
    "div",
    { class: "settings" },
    part(
      "The site",
      "",
      text("name", "Name", "For people.", { maxlength: 100 }),
      text("url", "URL", "Where the blog is: https://blog.example", { inputmode: "url" }),
      text("origins", "More origins", "One a line: other addresses whose pages may show its comments, like https://www.blog.example", { area: true, rows: 2 }),
    ),
    part(
      "What is published, held, spam",
      "A comment's score is the sum of what its findings weigh.",
      h("div", { class: "wide" }, h(Radios, { label: "Moderation", name: "moderation", value: typed.moderation, options: kModeration, set: (moderation) => set({ moderation }), hint: now("moderation") !== undefined && hint("moderation", ""), error: error("moderation") })),
      count("hold", "Held from a score of", "As shipped: 3"),
      count("spam", "Spam from a score of", "As shipped: 6"),
      count("discard", "Blatant spam from a score of", "As shipped: 12. Kept as spam, and marked; Akismet clients are told to discard it."),
      text("overrides", "Weights and knobs of its own", ["One a line: ", h("code", null, "rule.score = 2"), " or ", h("code", null, "rule.knob = 5"), ". The page of rules shows what there is."], { area: true, rows: 3, class: "code", wide: true }),
    ),
    part(
      "How long things are kept",
      "In days; 0: for ever. Lessons and numbers stay when comments go.",
      count("client_days", "Addresses and browsers", "IP, user agent and referrer of all comments"),
      count("spam_days", "Spam", ""),
      count("rejected_days", "Rejected", ""),
      count("checked_days", "Judged for clients", "Comments that Akismet clients keep themselves"),
    ),
    part(
      "Readers",
      "",
      count("edit_minutes", "Minutes to edit", "For authors. 0: not at all. What they change is judged again."),
      tick("markdown", "Comments are shown with Markdown", "A safe part of it; else as plain paragraphs."),
    ),
    part("Learning", "", tick("shares_lessons", "Its lessons teach all sites", "What its moderators decide goes into the shared model, too, as hashed features and never as words.")),
    part(
      "Akismet clients",
      "",
      h("div", { class: "wide" }, h(Radios, { label: "What they are answered about a comment that is to be held", name: "akismet_hold", value: typed.akismet_hold, options: kAkismetHold, set: (akismet_hold) => set({ akismet_hold }), hint: hint("akismet_hold", "Their protocol has no word for it."), error: error("akismet_hold") })),
      tick("akismet_own_blog", "Keys are good for its own blog only", "Calls for blogs that are not under its URL and origins are refused."),
    ),
  );
}
const kAllPlaces = [...Object.keys(kNames).map(placeOf), "/id"];
const focusFlaw = () => requestAnimationFrame(() => document.querySelector(".page [aria-invalid=true]")?.focus());

// ---- a new site

class New extends Component {
  constructor(props) {
    super(props);
    this.state = { id: "", name: "", url: "", origins: "", busy: false, problem: null, made: null };
    this.key = crypto.randomUUID();
  }
  set(changes) {
    this.key = crypto.randomUUID();
    this.setState({ ...changes, problem: null });
  }
  async make() {
    const { id, name, url, origins } = this.state;
    this.setState({ busy: true, problem: null });
    try {
      const made = await post("/v1/sites", { id: id.trim() || undefined, name: name.trim() || undefined, url: url.trim() || undefined, origins: lines(origins) }, { key: this.key });
      announce(`The site ${made.id} is made. Its keys are shown now, and never again.`);
      this.setState({ busy: false, made }, () => document.getElementById("made")?.focus());
      this.props.refreshSites();
    } catch (problem) {
      this.key = crypto.randomUUID();
      this.setState({ busy: false, problem }, focusFlaw);
    }
  }
  render(_, { id, name, url, origins, busy, problem, made }) {
    if (made)
      return h(
        "div",
        { class: "page sites" },
        h("h1", { id: "made", tabindex: "-1" }, "The site ", h(Words, { text: made.name || made.id }), " is made"),
        h("section", { class: "panel once", "aria-labelledby": "once" }, h("h2", { id: "once" }, "Its keys and what to paste"), h("p", null, h("strong", null, "The keys are shown only now."), " Whoever lost one makes another here or on the page of tokens."), h(SetUp, { site: made, token: made.token, akismet_key: made.akismet_key })),
        h("p", { class: "bar" }, h(Link, { href: pageOf(made.id), class: "button primary" }, "Its settings"), h(Link, { href: "/desk/sites" }, "All sites")),
      );
    const error = (name_) => flaw(problem, `/${name_}`);
    const other = elsewhere(problem, kAllPlaces);
    return h(
      "div",
      { class: "page sites" },
      h("p", null, h(Link, { href: "/desk/sites" }, "All sites")),
      h("h1", null, "A new site"),
      h(
        "form",
        { class: "panel", noValidate: true, onSubmit: (event) => (event.preventDefault(), busy || this.make()) },
        h(
          "div",
          { class: "fields" },
          h(TextField, { label: "Name", hint: "For people.", value: name, set: (text) => this.set({ name: text }), error: error("name"), maxlength: 100 }),
          h(TextField, { label: "URL", hint: "Where the blog is: https://blog.example", value: url, set: (text) => this.set({ url: text }), error: error("url"), inputmode: "url" }),
          h(TextField, { label: "Id", hint: "A short word for it in calls and links; it stays for ever. Left empty: made of the URL.", value: id, set: (text) => this.set({ id: text }), error: error("id"), maxlength: 63 }),
          h(TextField, { label: "More origins", hint: "One a line: other addresses whose pages may show its comments.", value: origins, set: (text) => this.set({ origins: text }), error: error("origins"), area: true, rows: 2 }),
        ),
        other && h(Trouble, { problem: other }),
        h("div", { class: "bar" }, h(Button, { type: "submit", kind: "primary", busy }, busy ? "Making…" : "Make it"), h("span", { class: "soft" }, "Everything else is as shipped, and can be changed afterwards.")),
      ),
    );
  }
}

// ---- one site

class Edit extends Component {
  constructor(props) {
    super(props);
    this.start(props.site);
    this.key = crypto.randomUUID();
  }
  start(site) {
    this.state = { ...this.state, site, typed: typedOf(site), meanwhile: {}, busy: false, problem: null, stale: false };
  }
  // Names of the settings that differ from what the service had.
  changed() {
    const before = typedOf(this.state.site);
    return Object.keys(before).filter((name) => before[name] !== this.state.typed[name]);
  }
  set(changes) {
    this.key = crypto.randomUUID();
    this.setState((state) => ({ typed: { ...state.typed, ...changes }, problem: null }));
  }
  async save() {
    const { site, typed } = this.state;
    const names = this.changed();
    if (!names.length) return notify("Nothing was changed.");
    this.setState({ busy: true, problem: null });
    try {
      const saved = await patch(`/v1/sites/${site.id}`, { ...changeOf(typed, names), version: site.version }, { key: this.key });
      this.start(saved);
      this.setState({});
      this.key = crypto.randomUUID();
      notify(`Saved: ${names.map((name) => kNames[name]).join(", ")}.`);
      this.props.refreshSites();
    } catch (problem) {
      if (!("where" in problem)) throw problem;
      const stale = problem.status === 409;
      this.setState({ busy: false, problem, stale }, focusFlaw);
      if (stale) requestAnimationFrame(() => document.getElementById("reread")?.focus());
    }
  }
  // Takes what the service has now, and puts what was typed here over it.
  async reread() {
    this.setState({ busy: true });
    try {
      const { site: old, typed } = this.state;
      const mine = this.changed();
      const site = await get(`/v1/sites/${old.id}`);
      const [before, after] = [typedOf(old), typedOf(site)];
      const meanwhile = {};
      const merged = { ...after };
      for (const name of mine) {
        if (before[name] !== after[name] && after[name] !== typed[name]) meanwhile[name] = after[name];
        merged[name] = typed[name];
      }
      this.key = crypto.randomUUID();
      this.setState({ site, typed: merged, meanwhile, busy: false, problem: null, stale: false });
      const theirs = Object.keys(after).filter((name) => before[name] !== after[name]).map((name) => kNames[name]);
      notify(`Loaded. Somebody changed: ${theirs.join(", ") || "nothing that is shown here"}. What you typed is still there.`);
    } catch (problem) {
      this.setState({ busy: false, problem });
    }
  }
  render(_, { site, typed, meanwhile, busy, problem, stale }) {
    const other = stale ? null : elsewhere(problem, kAllPlaces);
    const changed = this.changed();
    return h(
      "div",
      { class: "figures" },
      h(
        "p",
        { class: "soft" },
        h("code", null, site.id),
        ` · since ${day(site.created_at)} · `,
        h(Link, { href: `/desk?site=${encodeURIComponent(site.id)}` }, "queue"),
        " · ",
        h(Link, { href: `/desk/numbers?site=${encodeURIComponent(site.id)}` }, "numbers"),
        " · ",
        h(Link, { href: `/desk/tokens?site=${encodeURIComponent(site.id)}` }, "tokens"),
      ),
      h("section", { class: "panel", "aria-labelledby": "setup" }, h("h2", { id: "setup" }, "Set-up lines"), h(SetUp, { site })),
      h(
        "form",
        { class: "panel", "aria-labelledby": "settings", noValidate: true, onSubmit: (event) => (event.preventDefault(), busy || this.save()) },
        h("h2", { id: "settings" }, "Settings"),
        h(Settings, { typed, set: (changes) => this.set(changes), problem, now: (name) => meanwhile[name] }),
        stale &&
          h(
            "div",
            { class: "trouble", role: "alert" },
            h("p", null, h("strong", null, "Somebody else changed this site while you were writing.")),
            h("p", null, "Nothing of yours was saved, and nothing of it is lost: load what it is now, look, and save again. Only what you changed is written."),
            h(Button, { id: "reread", busy, onClick: () => this.reread() }, "Load what it is now, and keep what I typed"),
          ),
        other && h(Trouble, { problem: other }),
        h(
          "div",
          { class: changed.length ? "bar foot" : "bar" },
          h(Button, { type: "submit", kind: "primary", busy }, busy ? "Saving…" : "Save"),
          changed.length > 0 && h(Button, { onClick: () => (this.start(site), this.setState({})) }, "Put back"),
          h("span", { class: "soft" }, changed.length ? `${many(changed.length, "setting")} changed: ${changed.map((name) => kNames[name]).join(", ")}` : "Nothing is changed."),
        ),
      ),
    );
  }
}

// ---- all sites

const moderationWord = (word) => ({ publish: "publishes unless flagged", hold_first: "holds first comments", hold_all: "holds everything" })[word] ?? word;

class List extends Component {
  constructor(props) {
    super(props);
    this.state = { text: "", most: kShown };
  }
  render({ sites, who }, { text, most }) {
    const word = text.trim().toLowerCase();
    const found = word ? sites.filter((one) => [one.id, one.name, one.url].some((part) => (part ?? "").toLowerCase().includes(word))) : sites;
    return h(
      "div",
      { class: "page sites" },
      h("div", { class: "bar" }, h("h1", null, "Sites"), h("span", { class: "rest" }, !who.site && h(Link, { href: "/desk/sites?new=1", class: "button primary" }, "New site"))),
      sites.length > 8 && h("div", { class: "filters", role: "search" }, h(TextField, { label: "Find", type: "search", value: text, set: (value) => this.setState({ text: value, most: kShown }), hint: word ? `${number(found.length)} of ${many(sites.length, "site")}` : many(sites.length, "site") })),
      found.length === 0
        ? h(Empty, { title: word ? "No site is called so." : "There is no site yet." }, !word && h("p", null, h(Link, { href: "/desk/sites?new=1" }, "Make the first one")))
        : h(
            "ul",
            { class: "entries", "aria-label": "Sites" },
            found.slice(0, most).map((one) =>
              h(
                "li",
                { key: one.id, class: "entry" },
                h(
                  "div",
                  { class: "told" },
                  h("p", null, h(Link, { href: pageOf(one.id) }, h("strong", null, h(Words, { text: one.name || one.id, most: 100 }))), h("code", null, one.id)),
                  h("p", { class: "soft" }, one.url ? h(Words, { text: one.url }) : "no URL", ` · ${moderationWord(one.policy?.moderation)} · since ${day(one.created_at)}`),
                ),
                h("div", { class: "acts" }, h(Link, { href: `/desk?site=${encodeURIComponent(one.id)}`, "aria-label": `Queue of ${siteName(sites, one.id)}` }, "Queue"), h(Link, { href: `/desk/numbers?site=${encodeURIComponent(one.id)}`, "aria-label": `Numbers of ${siteName(sites, one.id)}` }, "Numbers")),
              ),
            ),
          ),
      found.length > most && h(Button, { class: "more", onClick: () => this.setState({ most: most + kShown }) }, `Show more of ${number(found.length)}`),
    );
  }
}

export default function Sites({ who, sites, query, refreshSites }) {
  const id = query.get("id");
  if (query.get("new")) return h(New, { key: "new", refreshSites });
  if (!id) return h(List, { key: "list", sites, who });
  return h(
    "div",
    { class: "page sites" },
    h("p", null, h(Link, { href: "/desk/sites" }, "All sites")),
    h("h1", null, h(Words, { text: siteName(sites, id), most: 100 })),
    h(Load, { key: id, id, what: "Reading the site", load: (signal) => get(`/v1/sites/${encodeURIComponent(id)}`, {}, { signal }) }, (site) => h(Edit, { key: site.id, site, refreshSites })),
  );
}
