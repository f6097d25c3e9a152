// What this moderator decided: sent at once, several at a time, kept until the service has it, and taken back again.
//
// A deed is on the screen before the service knows of it. Where the network or the service is away it is sent again with the same
// Idempotency-Key, so that it is carried out once however often it was sent; after some attempts it waits for a word of the moderator,
// and is never lost silently. What the service refuses is handed back by `refused`.
import { get, post } from "./api.js";
import { newId } from "./ui.js";

export const kActs = [
  { decision: "approve", key: "a", verb: "Approve", done: "Approved", kind: "approve", status: "approved" },
  { decision: "reject", key: "r", verb: "Reject", done: "Rejected", kind: "reject", status: "rejected" },
  { decision: "spam", key: "s", verb: "Spam", done: "Marked as spam", kind: "spam", status: "spam" },
];
export const actOf = (decision) => kActs.find((one) => one.decision === decision);
export const kMost = 1000; // ids that one decision may name
export const kMostFiltered = 5000; // comments that one decision by a filter may change

// "Marked 17 as spam".
export function deedWords({ decision, count = 1 }) {
  const { done } = actOf(decision);
  if (count === 1) return done;
  return decision === "spam" ? `Marked ${count} as spam` : `${done} ${count}`;
}

const kWaits = [1, 2, 4, 8, 15, 30, 60]; // seconds between attempts
const kKept = 30; // decisions in the strip's reach
const kFresh = 60_000; // ms in which the counts may not know of a decision yet
const kPassing = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

// {key, decision, body, count, name, at, state, id, ...}. state: "saving", "waiting" (for the next attempt), "stuck" (for the moderator),
// "done", "undoing", "undone", "refused". `session`: decided on this page. `name`: whose comment it was, when it was one.
export class Deeds {
  constructor(changed) {
    this.changed = changed;
    this.list = []; // newest first
    this.online = () => this.list.forEach((deed) => deed.hurry?.());
    addEventListener("online", this.online);
  }
  close() {
    removeEventListener("online", this.online);
  }
  get unsaved() {
    return this.list.filter((deed) => ["saving", "waiting", "stuck", "undoing"].includes(deed.state));
  }
  get troubled() {
    return this.list.filter((deed) => deed.tries > 0 && ["saving", "waiting", "stuck"].includes(deed.state));
  }

  // Sends a decision. Resolves to {deed, answer} or {deed, problem}.
  async decide(decision, body, more) {
    const deed = {
      key: crypto.randomUUID(),
      decision,
      body: { decision, ...body },
      at: new Date().toISOString(),
      state: "saving",
      session: true,
      tries: 0,
      ...more,
    };
    // What is not saved yet is never let go of.
    const kept = (one, at) => at < kKept || !one.settledAt || one.settledAt > Date.now() - kFresh;
    this.list = [deed, ...this.list.filter((one, at) => kept(one, at + 1))];
    this.changed();
    deed.saved = this.send(deed, "/v1/decisions", deed.body, deed.key);
    const { answer, problem } = await deed.saved;
    if (answer) Object.assign(deed, { state: "done", id: answer.id, count: answer.changed });
    else deed.state = "refused";
    deed.settledAt = Date.now();
    this.changed();
    return { deed, answer, problem };
  }

  async send(deed, path, body, key) {
    const sending = deed.state;
    for (;;) {
      try {
        return { answer: await post(path, body, { key }) };
      } catch (problem) {
        if (!kPassing.has(problem.status)) return { problem };
        ++deed.tries;
        deed.problem = problem;
        const wait = Math.max(problem.wait ?? 0, kWaits[deed.tries - 1] ?? 0);
        deed.state = deed.tries > kWaits.length ? "stuck" : "waiting";
        this.changed();
        const again = await this.pause(deed, deed.state === "stuck" ? null : wait);
        if (!again) return { problem };
        deed.state = sending;
        this.changed();
      }
    }
  }
  // Waits some seconds, or for a word (null). False: the moderator gives it up.
  pause(deed, seconds) {
    return new Promise((resolve) => {
      const timer = seconds === null ? 0 : setTimeout(() => end(true), seconds * 1000);
      const end = (again) => {
        clearTimeout(timer);
        deed.hurry = deed.giveUp = null;
        resolve(again);
      };
      deed.hurry = () => {
        if (deed.state === "stuck") deed.tries = 1;
        end(true);
      };
      deed.giveUp = () => end(false);
    });
  }

  // Takes a deed back. Resolves to {answer} or {problem}.
  async undo(deed) {
    if (deed.state === "saving" || deed.state === "waiting") {
      // It may be there already, though nobody said so: first it must be known.
      deed.wanted = "undo";
      this.changed();
      await deed.saved;
    }
    if (deed.state !== "done") return { problem: null };
    deed.state = "undoing";
    const doneAt = deed.settledAt;
    deed.settledAt = Infinity;
    deed.tries = 0;
    this.changed();
    const { answer, problem } = await this.send(deed, `/v1/decisions/${deed.id}/undo`, {}, crypto.randomUUID());
    deed.state = answer || problem.status === 409 ? "undone" : "done";
    deed.settledAt = answer ? Date.now() : doneAt;
    this.changed();
    return { answer, problem };
  }

  // Earlier decisions of the same moderator, behind those of this page.
  async earlier() {
    const page = await get("/v1/decisions", { by: "me", limit: 12 });
    const known = new Set(this.list.map((deed) => deed.id));
    const more = page.items
      .filter((one) => ["approve", "reject", "spam"].includes(one.decision) && !known.has(one.id))
      .map((one) => ({
        key: newId("deed"),
        id: one.id,
        decision: one.decision,
        count: one.changed,
        at: one.at,
        state: one.standing === 0 ? "undone" : "done",
        session: false,
        settledAt: 1,
        tries: 0,
      }));
    this.list = [...this.list, ...more];
    this.changed();
  }

  // The newest that stands.
  get newest() {
    return this.list.find((deed) => ["saving", "waiting", "done"].includes(deed.state) && !deed.wanted);
  }
}
