// Others about: who looks at what, how many wait, and what is new.
import { del, get, post } from "./api.js";
import { announce } from "./ui.js";
import { apiFilter, listKey, newestOf } from "./asked.js";
import { actOf } from "./deeds.js";
import { filtersOf, tabOf } from "./filters.js";
import { many, number } from "./format.js";

const kPoll = 15_000; // ms between looks at the counts
const kMinutes = 10;
const kRenew = 5 * 60_000; // ms
const kSettle = 350; // ms that a comment must stay on the screen

// Leases: while a comment is on the screen nobody else is given it unknowingly. Taken as comments come on, renewed while they
// stay, given back when they go, and ended by themselves when a page dies.
export class Leases {
  // `told({items, held, gone})`: what a claim brought.
  constructor(told) {
    this.told = told;
    this.wanted = [];
    this.held = new Map(); // id -> when it was claimed
    this.timer = 0;
    this.renewal = setInterval(() => this.claim(), 60_000);
    this.leave = () => this.release([...this.held.keys()], true);
    addEventListener("pagehide", this.leave);
  }
  close() {
    clearTimeout(this.timer);
    clearInterval(this.renewal);
    removeEventListener("pagehide", this.leave);
    this.leave();
  }
  // These are on the screen now.
  want(ids) {
    if (ids.join() === this.wanted.join()) return;
    this.wanted = ids;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.claim(), kSettle);
  }
  // A decided comment has no lease any more.
  drop(ids) {
    for (const id of ids) this.held.delete(id);
  }
  async claim() {
    const now = Date.now();
    const gone = [...this.held.keys()].filter((id) => !this.wanted.includes(id));
    if (gone.length > 0) this.release(gone);
    const ids = this.wanted.filter((id) => now - (this.held.get(id) ?? 0) > kRenew);
    if (ids.length === 0 || document.hidden) return;
    for (const id of ids) this.held.set(id, now);
    try {
      const answer = await post("/v1/queue/claim", { ids, minutes: kMinutes });
      const mine = new Set(answer.items.map((one) => one.id));
      for (const id of ids) if (!mine.has(id)) this.held.delete(id);
      this.told(answer);
    } catch {
      // Leases inform, versions protect: without them one goes on, and the next renewal tries again.
      for (const id of ids) this.held.delete(id);
    }
  }
  release(ids, leaving = false) {
    this.drop(ids);
    if (ids.length === 0) return;
    del("/v1/queue/claim", { id: ids }, { keepalive: leaving, quiet: true }).catch(() => {});
  }
}

// Counts and news for `page`, the queue.
export class Watch {
  constructor(page) {
    this.page = page;
    this.counted = null;
    this.countedAt = 0; // when the counts that are shown were asked for
    this.newest = null; // promise of the comment that was the newest when the list was loaded
    const look = () => !document.hidden && this.poll();
    this.timer = setInterval(look, kPoll);
    document.addEventListener("visibilitychange", look);
    this.close = () => {
      clearInterval(this.timer);
      clearTimeout(this.recount);
      document.removeEventListener("visibilitychange", look);
    };
  }

  // Counts, and `news` too.
  async poll(news = true) {
    const { query } = this.page.props;
    const asked = Date.now();
    try {
      const counts = await get("/v1/queue/counts", { site: query.get("site") });
      // Whether it counts what was on its way just then nobody knows: it is asked again.
      const { list, unsaved } = this.page.deeds;
      if (this.counted && (unsaved.some((deed) => deed.tries === 0) || list.some((deed) => deed.settledAt >= asked))) this.countSoon();
      else {
        this.countedAt = asked;
        this.counted = counts;
        this.page.forceUpdate();
      }
      if (!news || !newestOf(query) || !this.page.rows.ready) return;
      const newest = await this.newest;
      if (newest === undefined) return this.newsFromNow();
      const since = newest ? { since: newest.created_at ?? newest.received_at } : {};
      const page = await get("/v1/queue", { ...apiFilter(query), ...since, sort: "newest", limit: 100 });
      if (listKey(query) !== listKey(this.page.props.query)) return;
      const known = new Set(this.page.state.fresh.map((one) => one.id));
      const fresh = page.items.filter((one) => one.id !== newest?.id && !this.page.rows.find(one.id) && !this.page.settled.has(one.id));
      // Nothing is being read: they are simply there.
      if (fresh.length > 0 && this.page.rows.items.length === 0) return this.page.restart();
      this.page.setState({ fresh });
      const unseen = fresh.filter((one) => !known.has(one.id)).length;
      if (unseen > 0) announce(`${many(unseen, "new comment")}. Press n to show.`);
    } catch (problem) {
      // The next look tries again; what needs an answer says so by itself.
    }
  }
  // What comes after the comment that is the newest now is news; clocks of this machine and of the service may differ.
  newsFromNow() {
    const first = (page) => page.items[0] ?? null;
    const words = newestOf(this.page.props.query);
    this.newest = words && get("/v1/queue", words).then(first, () => undefined);
  }
  // The counts as they are with the decisions that the service had not counted yet.
  get counts() {
    if (!this.counted) return null;
    const counts = { ...this.counted };
    const move = (from, to, by) => {
      if (from in counts) counts[from] -= by;
      if (to in counts) counts[to] += by;
    };
    for (const deed of this.page.deeds.list) {
      if (!deed.session || !deed.from || deed.state === "refused") continue;
      if (deed.settledAt && deed.settledAt < this.countedAt) continue;
      if (deed.state === "undone" || deed.state === "undoing") {
        if (deed.doneAt < this.countedAt) move(actOf(deed.decision).status, deed.from, deed.count);
      } else {
        move(deed.from, actOf(deed.decision).status, deed.count);
        counts.decided_by_me += deed.count;
      }
    }
    return counts;
  }
  countSoon() {
    clearTimeout(this.recount);
    this.recount = setTimeout(() => this.poll(), 1200);
  }
  leftWords() {
    const { query } = this.page.props;
    if (tabOf(query) === 0 && filtersOf(query).every((one) => one.name === "site") && this.counts)
      return `${number(Math.max(0, this.counts.pending))} left`;
    return `${number(this.page.rows.items.length)}${this.page.rows.next ? " or more" : ""} left here`;
  }
}
