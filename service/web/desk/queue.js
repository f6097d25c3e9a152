// The queue: a list, the comment that one reads, and decisions by key. Puts the parts together:
//   rows.js       the list's part of the queue          view.js, list.js, reading.js, findings.js, text.js   what it looks like
//   deciding.js   a decision and its undo               filters.js   tabs, filters and order
//   deeds.js      decisions on their way, strip.js      dialogs.js   what is asked first
//   watch.js      who looks at what, counts and news
import { get } from "./api.js";
import { Component, afterPaint, announce, listenToKeys, notify, notifyProblem, sentence } from "./ui.js";
import { apiFilter, listKey, pageOf, statusOf } from "./asked.js";
import { Deciding, fasterWords, rowOf } from "./deciding.js";
import { Deeds, actOf, kMost } from "./deeds.js";
import { kTabs, tabHref } from "./filters.js";
import { many, number, statusWord } from "./format.js";
import { go, withWords } from "./nav.js";
import { leaseOf, nearCount } from "./reading.js";
import { Rows } from "./rows.js";
import { beginning, queueView } from "./view.js";
import { Leases, Watch } from "./watch.js";

const kAhead = 4; // comments leased behind the one on the screen
const kKept = 40; // details kept
const kNarrow = "(max-width: 56rem)";

// Nothing is asked before the first comment is there: the dialogs come after it.
let dialogs = null;
const loadDialogs = async () => (dialogs ??= await import("./dialogs.js"));

export default class Queue extends Component {
  constructor(props) {
    super(props);
    this.rows = new Rows({
      load: (cursor, signal) => get("/v1/queue", pageOf(this.props.query, cursor), { signal }),
      changed: () => this.rowsChanged(),
      failed: (problem) => this.setState({ problem }),
    });
    this.deeds = new Deeds(() => this.forceUpdate());
    this.deciding = new Deciding(this);
    this.watch = new Watch(this);
    this.leases = new Leases((told) => this.leased(told));
    this.details = new Map(); // id -> detail, those last looked at
    this.asking = new Set();
    this.notes = new Map(); // id -> {reason, note} that go with its decision
    this.troubles = new Map(); // id -> why it could not be decided
    this.settled = new Set(); // ids decided on this page: they are nobody's news
    this.drawn = undefined; // whether the first comment is on the screen: what is not needed to read it is drawn after that
    this.state = {
      current: null,
      picked: new Map(),
      fresh: [],
      dialog: null,
      offer: null,
      problem: null,
      narrow: matchMedia(kNarrow).matches,
      minute: 0,
      follow: false,
    };
    // On a small screen the page scrolls, not the list.
    this.scrolled = () => {
      if (!this.state.narrow || this.open) return;
      if (innerHeight + scrollY > document.documentElement.scrollHeight - 1200) this.rows.near(this.rows.items.length);
      else if (scrollY < 300) this.rows.near(0);
    };
    this.unload = (event) => this.deeds.unsaved.length > 0 && event.preventDefault();
  }

  componentDidMount() {
    this.stopKeys = listenToKeys(() => (this.state.dialog ? {} : this.keys()));
    this.media = matchMedia(kNarrow);
    this.resized = () => this.setState({ narrow: this.media.matches });
    this.media.addEventListener("change", this.resized);
    addEventListener("beforeunload", this.unload);
    addEventListener("scroll", this.scrolled, { passive: true });
    this.timer = setInterval(() => this.setState({ minute: Math.floor(Date.now() / 60_000) }), 15_000); // for "2 minutes ago"
    this.restart();
    afterPaint(() => {
      if (this.gone) return;
      this.watch.poll(false);
      this.deeds.earlier().catch(() => {}); // the strip begins empty then
    });
  }
  componentWillUnmount() {
    this.gone = true;
    this.stopKeys();
    this.media.removeEventListener("change", this.resized);
    removeEventListener("beforeunload", this.unload);
    removeEventListener("scroll", this.scrolled);
    clearInterval(this.timer);
    this.watch.close();
    this.rows.clear();
    this.leases.close();
    this.deeds.close();
  }
  componentDidUpdate(before) {
    if (listKey(before.query) !== listKey(this.props.query)) this.restart();
    else if (before.query.get("comment") !== this.props.query.get("comment")) this.shared();
    if (before.query.get("site") !== this.props.query.get("site")) this.watch.poll();
    this.look();
    if (this.begun && this.drawn === undefined) {
      this.drawn = false;
      afterPaint(() => {
        this.drawn = true;
        if (!this.gone) this.forceUpdate();
      });
    }
  }

  // ---- the list

  async restart() {
    this.watch.newsFromNow();
    this.troubles.clear();
    if (this.state.picked.size > 0) announce("The selection is dropped.");
    this.setState({ picked: new Map(), fresh: [], problem: null, current: null, follow: false });
    const wanted = this.props.query.get("comment");
    const started = this.rows.start();
    if (wanted) this.shared();
    await started;
    afterPaint(() => loadDialogs().catch(() => {})); // asked for again when one is wanted
    if (this.state.problem) return;
    announce(
      this.rows.items.length === 0 ? "No comments." : `${this.rows.next ? "More than " : ""}${many(this.rows.items.length, "comment")}.`,
    );
  }
  rowsChanged() {
    const { items } = this.rows;
    let { current } = this.state;
    if (!current && items.length > 0) current = items[0].id;
    this.setState({ current });
    this.rows.near(this.rows.place(current));
  }
  // A comment that the address names is opened, in the list or not.
  async shared() {
    const id = this.props.query.get("comment");
    if (!id) return;
    this.setState({ current: id });
    if (this.details.has(id) || this.rows.find(id)) return;
    try {
      this.keep(await get(`/v1/comments/${encodeURIComponent(id)}`));
    } catch (problem) {
      notifyProblem(problem, "The comment of this address cannot be shown.");
      go(withWords({ comment: "" }), { replace: true });
      this.setState({ current: this.rows.items[0]?.id ?? null });
    }
  }
  // The comment that one reads: as the list has it, else as it was asked for.
  get item() {
    return this.rows.find(this.state.current) ?? this.details.get(this.state.current) ?? null;
  }
  get open() {
    return Boolean(this.props.query.get("comment"));
  }

  // ---- what is on the screen: leased, and its details and the next ones' at hand

  look() {
    const { current } = this.state;
    const { items } = this.rows;
    const at = this.rows.place(current);
    const next = at < 0 ? [current] : items.slice(at, at + 1 + kAhead).map((one) => one.id);
    const shown =
      this.state.narrow && !this.open ? [] : next.filter((id) => (this.rows.find(id) ?? this.details.get(id))?.status === "pending");
    this.leases.want(shown);
    const near = next.slice(0, 3).filter(Boolean);
    if (near.some((id) => !this.details.has(id) && !this.asking.has(id)))
      afterPaint(() => current === this.state.current && !this.gone && near.forEach((id) => this.fetch(id)));
  }
  async fetch(id, anew = false) {
    if ((!anew && this.details.has(id)) || this.asking.has(id)) return;
    this.asking.add(id);
    try {
      this.keep(await get(`/v1/comments/${encodeURIComponent(id)}`));
    } catch (problem) {
      if (problem.status === 404 && this.rows.find(id) && !this.settled.has(id)) this.rows.remove([id]);
      // Otherwise the list's own words of it stand: details come when it is looked at again.
    } finally {
      this.asking.delete(id);
    }
  }
  keep(detail) {
    this.details.delete(detail.id);
    this.details.set(detail.id, detail);
    for (const id of this.details.keys()) if (this.details.size > kKept && id !== this.state.current) this.details.delete(id);
    const row = this.rows.find(detail.id);
    if (row && (row.version !== detail.version || row.status !== detail.status)) this.rows.replace({ ...row, ...rowOf(detail) });
    else if (detail.id === this.state.current) this.forceUpdate();
  }
  leased({ items, held = [], gone = [] }) {
    for (const one of held) {
      const row = this.rows.find(one.id);
      if (row && row.lease?.until !== one.lease.until) this.rows.replace({ ...row, lease: one.lease });
      if (one.id === this.state.current && row && !leaseOf(row, this.props.who))
        announce(`${one.lease.holder} is looking at this comment.`);
    }
    for (const one of items) {
      const row = this.rows.find(one.id);
      if (!row) continue;
      if (row.version !== one.version) {
        this.rows.replace(one);
        this.fetch(one.id, true);
        if (one.id === this.state.current) announce("This comment was changed meanwhile.");
      } else if (leaseOf(row, this.props.who)) this.rows.replace({ ...row, lease: null });
    }
    for (const id of gone) if (this.rows.find(id) && !this.settled.has(id)) this.overtaken(id);
  }
  // Somebody else decided it: what was done is said, the one that is read stays.
  async overtaken(id) {
    await this.fetch(id, true);
    const detail = this.details.get(id);
    if (id !== this.state.current) return this.rows.remove([id]);
    this.troubles.set(id, sentence(detail ? fasterWords(detail) : "it does not wait any more"));
    this.forceUpdate();
  }

  // ---- what is new

  showNew() {
    if (this.state.fresh.length === 0) return;
    const [first] = this.state.fresh;
    for (const one of [...this.state.fresh].reverse()) this.rows.insert(one);
    this.watch.newest = Promise.resolve(first);
    this.setState({ fresh: [] });
    this.moveTo(first.id);
  }

  // ---- moving

  moveTo(id, { focus = true } = {}) {
    this.setState({ current: id, follow: true, focus });
    if (this.open && this.props.query.get("comment") !== id) go(withWords({ comment: this.state.narrow ? id : "" }), { replace: true });
  }
  move(by) {
    const { items } = this.rows;
    const at = this.rows.place(this.state.current);
    const to = items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + by))];
    this.rows.near(at + by);
    if (!to) return;
    if (to.id === this.state.current)
      return announce(by > 0 ? (this.rows.busy ? "Loading more." : "That was the last one.") : "That was the first one.");
    this.moveTo(to.id);
  }
  read(id, event) {
    if (event?.shiftKey) return this.pickTo(id);
    if (event?.ctrlKey || event?.metaKey) return this.pick(id);
    this.setState({ current: id, follow: true, focus: true });
    if (this.state.narrow) go(withWords({ comment: id }));
  }
  back() {
    go(withWords({ comment: "" }), { replace: true });
    this.setState({ follow: true, focus: true });
    setTimeout(() => document.getElementById(`row-${this.state.current}`)?.focus());
  }

  // ---- choosing several

  pick(id = this.state.current) {
    const item = this.rows.find(id);
    if (!item) return;
    const picked = new Map(this.state.picked);
    if (!picked.delete(id)) {
      if (picked.size >= kMost) return notify(`One decision changes at most ${number(kMost)} comments.`);
      picked.set(id, item);
    }
    this.anchor = id;
    this.setState({ picked });
    announce(picked.has(id) ? `Selected, ${number(picked.size)} in all.` : `Not selected any more, ${number(picked.size)} in all.`);
  }
  pickTo(id) {
    const { items } = this.rows;
    const [from, to] = [this.rows.place(this.anchor ?? this.state.current), this.rows.place(id)].sort((a, b) => a - b);
    const picked = new Map(this.state.picked);
    for (const one of items.slice(Math.max(0, from), to + 1)) if (picked.size < kMost) picked.set(one.id, one);
    this.setState({ picked, current: id, follow: true, focus: true });
    announce(`${number(picked.size)} selected.`);
  }
  pickAll() {
    this.setState({ picked: new Map(this.rows.items.slice(0, kMost).map((one) => [one.id, one])) });
    announce(`${number(Math.min(kMost, this.rows.items.length))} selected.`);
  }

  // ---- what a decision does to the list

  // These have that status now: they leave the list, or stay with it where any status is shown. The next comment is there at once.
  leave(ids, status) {
    const { query } = this.props;
    const gone = new Set(ids);
    const { items } = this.rows;
    const picked = new Map([...this.state.picked].filter(([id]) => !gone.has(id)));
    const shown = statusOf(query);
    let { current } = this.state;
    if (shown === null || shown === status) {
      for (const id of ids) {
        const row = this.rows.find(id);
        if (row) this.rows.replace({ ...row, status, lease: null, decided: true });
      }
      const detail = this.details.get(current);
      if (gone.has(current) && detail) this.details.set(current, { ...detail, status });
      if (this.rows.find(current)) return this.setState({ picked });
    }
    if (gone.has(current)) {
      const at = this.rows.place(current);
      const next =
        items.slice(at + 1).find((one) => !gone.has(one.id)) ??
        items
          .slice(0, Math.max(0, at))
          .reverse()
          .find((one) => !gone.has(one.id));
      current = next?.id ?? null;
    }
    this.setState({ picked, current, follow: true, focus: !this.inPane() });
    if (this.open) go(withWords({ comment: this.state.narrow && current ? current : "" }), { replace: true });
    this.rows.remove(ids);
    this.rows.near(this.rows.place(current));
  }
  // The mouse or a finger works on the buttons of the pane: the focus stays there.
  inPane() {
    return Boolean(document.activeElement?.closest?.(".acts"));
  }
  // The list anew, with the comment that one reads where it still is.
  async refresh() {
    const { current } = this.state;
    const at = this.rows.place(current);
    this.details.clear();
    this.watch.newsFromNow();
    await this.rows.start();
    const { items } = this.rows;
    if (!this.rows.find(current))
      this.setState({ current: items[Math.min(Math.max(0, at), items.length - 1)]?.id ?? null, follow: true, focus: true });
  }

  // ---- dialogs

  get dialogs() {
    return dialogs;
  }

  async ask(kind, more = {}) {
    this.setState({ dialog: { kind, ...more } });
    if (dialogs) return;
    try {
      await loadDialogs();
      this.forceUpdate();
    } catch {
      this.setState({ dialog: null });
      notify("This part of the page could not be loaded. Look whether you are online. If you are, load the page again.", { kind: "error" });
    }
  }
  askMany(decision) {
    const items = [...this.state.picked.values()].map((one) => this.rows.find(one.id) ?? one);
    if (items.length === 0) return notify("Nothing is selected: x selects the comment that you read.");
    const held = items.map((one) => leaseOf(one, this.props.who)?.holder).filter(Boolean);
    const warning =
      held.length > 0 &&
      `${[...new Set(held)].join(", ")} ${held.length === 1 ? "is looking at one of them" : `are looking at ${held.length} of them`}.`;
    const act = actOf(decision);
    this.ask("bulk", {
      title: `${decision === "spam" ? "Mark" : act.verb} ${many(items.length, "comment")}${decision === "spam" ? " as spam" : ""}?`,
      items,
      decision,
      warning,
    });
  }
  askLikes(item = this.item) {
    if (!item || item.status === "checked") return;
    const detail = this.details.get(item.id);
    if (detail && nearCount(detail) === 0) return notify("Nothing else is like this one.");
    this.ask("bulk", {
      title: "All that are like this one",
      words:
        item.status === "pending"
          ? "This comment, and those that wait with the same or nearly the same text."
          : `This comment, and those with the same or nearly the same text that are ${statusWord(item.status)}, too.`,
      filter: { like: item.id, status: item.status },
    });
  }
  askFilter() {
    this.ask("bulk", {
      title: "All that match the filter",
      words: "Everything that this list would show, also what is not loaded yet.",
      filter: apiFilter(this.props.query, true),
    });
  }
  takeOffer() {
    const { offer } = this.state;
    if (!offer) return;
    this.setState({ offer: null });
    this.ask("bulk", { title: "Those like what you decided", decision: offer.decision, filter: { like: offer.like, status: "pending" } });
  }

  keys() {
    const writes = (decision) => () => this.deciding.decide(decision);
    return {
      j: () => this.move(1),
      k: () => this.move(-1),
      a: writes("approve"),
      r: writes("reject"),
      s: writes("spam"),
      A: () => this.askMany("approve"),
      R: () => this.askMany("reject"),
      S: () => this.askMany("spam"),
      u: () => this.deciding.undoNewest(),
      x: () => this.pick(),
      X: () => this.pickTo(this.state.current),
      l: () => this.askLikes(),
      m: () => this.takeOffer(),
      b: () => this.item && this.item.status !== "checked" && this.ask("block", { item: this.item }),
      e: () => this.item && this.item.status !== "checked" && this.ask("note", { item: this.item }),
      n: () => this.showNew(),
      f: () => this.ask("filter"),
      "/": () => document.querySelector(".search input")?.focus(),
      "?": () => this.ask("help"),
      o: () => this.enter(),
      Escape: () => this.escape(),
      ...Object.fromEntries(kTabs.map((_, at) => [String(at + 1), () => go(tabHref(at))])),
    };
  }
  // Keys that mean this in the list and something else elsewhere.
  listKey(event) {
    const run = { ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1), Enter: () => this.enter(), " ": () => this.pick() }[
      event.key
    ];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    run();
  }
  enter() {
    if (!this.item) return;
    if (this.state.narrow && !this.open) return go(withWords({ comment: this.state.current }));
    document.querySelector(".reading h2")?.focus();
  }
  escape() {
    if (this.state.narrow && this.open) return this.back();
    if (this.state.picked.size > 0 && document.activeElement?.closest("[role=listbox]")) {
      this.setState({ picked: new Map() });
      return announce("Nothing is selected.");
    }
    document.getElementById(`row-${this.state.current}`)?.focus();
  }

  render() {
    // Its first answer is mostly there when the page is; then all is drawn once.
    this.begun ||= this.rows.ready || this.state.problem !== null;
    return this.begun ? queueView(this) : beginning(this);
  }
}
