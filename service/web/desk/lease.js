// Leases: while a comment is on the screen nobody else is given it unknowingly. Taken as comments come on, renewed while they
// stay, given back when they go, and ended by themselves when a page dies.
import { del, post } from "./api.js";

const kMinutes = 10;
const kRenew = 5 * 60_000; // ms
const kSettle = 350; // ms that a comment must stay on the screen

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
