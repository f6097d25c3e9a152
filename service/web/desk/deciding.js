// Deciding and taking back: at once on the screen, and put right when the service says something else.
import { get } from "./api.js";
import { announce, notify, notifyProblem, sentence } from "./ui.js";
import { listKey } from "./asked.js";
import { actOf, deedWords } from "./deeds.js";
import { ago, doneWord, many, number, statusWord } from "./format.js";
import { leaseOf } from "./reading.js";
import { plain } from "./text.js";

// Works for `page`, the queue: its rows, deeds and notes, and what it shows.
export class Deciding {
  constructor(page) {
    this.page = page;
  }

  // ---- deciding

  // One comment. `more`: block, reason, note.
  decide(decision, more = {}, item = this.page.item, sure = false) {
    if (!item) return;
    const act = actOf(decision);
    if (item.status === "checked") return notify("This comment was only checked for a site that keeps its own: the desk cannot move it.");
    if (item.status === act.status) return notify(`It is ${statusWord(act.status)} already.`);
    const lease = item.status === "pending" && leaseOf(item, this.page.props.who);
    if (lease && !sure) return this.page.ask("held", { holder: lease.holder, act, run: () => this.decide(decision, more, item, true) });

    const at = this.page.rows.place(item.id);
    const note = this.page.notes.get(item.id);
    const body = {
      ids: [{ id: item.id, version: item.version }],
      ...(note?.reason ? { reason: note.reason } : {}),
      ...(note?.note ? { note: note.note } : {}),
      ...more,
    };
    if (!body.reason) delete body.reason;
    if (!body.note) delete body.note;
    this.page.settled.add(item.id);
    this.page.troubles.delete(item.id);
    this.page.leases.drop([item.id]);
    const done = this.page.deeds.decide(decision, body, {
      count: 1,
      name: plain((item.author.name || item.content).slice(0, 40)),
      from: item.status,
      rows: [{ item, at }],
      list: listKey(this.page.props.query),
    });
    this.page.leave([item.id], act.status);
    announce(`${act.done}, ${this.page.watch.leftWords()}.`);
    done.then((result) => this.answered(result));
  }

  async answered({ deed, answer, problem }) {
    this.page.watch.countSoon();
    if (problem) return this.refused(deed, problem);
    deed.doneAt = Date.now();
    for (const { item } of deed.rows ?? []) {
      this.page.details.delete(item.id);
      this.page.notes.delete(item.id);
      if (this.page.rows.find(item.id)) this.page.fetch(item.id);
    }
    if (answer.skipped.length > 0) this.skipped(deed, answer.skipped);
    const near = answer.near_copies;
    if (near?.count > 0 && !deed.wanted) {
      this.page.setState({
        offer: { count: near.count, decision: deed.decision, ids: near.ids, like: near.like, single: deed.count === 1 },
      });
      announce(`${near.count} more like ${deed.count === 1 ? "this" : "these"} wait. Press m to decide them.`);
    }
    this.page.forceUpdate();
  }
  // The service says no: back to what it was, and why.
  async refused(deed, problem) {
    const whose = deed.name ? `“${deed.name}”` : many(deed.count, "comment");
    if (problem.status === 409 && problem.body?.skipped) {
      await this.putBack(deed);
      return this.skipped(deed, problem.body.skipped);
    }
    await this.putBack(deed);
    notifyProblem(problem, `${whose} was not ${doneWord(deed.decision)}.`);
  }
  async putBack(deed) {
    for (const { item } of deed.rows ?? []) this.page.settled.delete(item.id);
    if (deed.list !== listKey(this.page.props.query)) return;
    for (const { item, at } of deed.rows ?? []) this.page.rows.insert(item, Math.max(0, at));
  }
  // Comments that a decision left alone: they are shown as they are today, with the reason.
  async skipped(deed, skipped) {
    const mine = new Map((deed.rows ?? []).map((row) => [row.item.id, row]));
    const told = [];
    for (const { id, why } of skipped.slice(0, 20)) {
      let words = kSkipped[why] ?? why;
      const row = mine.get(id);
      try {
        const detail = await get(`/v1/comments/${encodeURIComponent(id)}`);
        this.page.keep(detail);
        words = fasterWords(detail, why);
        if (row && deed.list === listKey(this.page.props.query)) {
          this.page.settled.delete(id);
          this.page.troubles.set(id, sentence(words));
          this.page.rows.insert({ ...row.item, ...rowOf(detail) }, Math.max(0, row.at));
        }
      } catch {
        if (why === "not_found") this.page.rows.remove([id]);
      }
      told.push(words);
    }
    const kinds = [...new Set(told)];
    const what = skipped.length === 1 ? (deed.name ? `“${deed.name}”: ` : "One left alone: ") : `${number(skipped.length)} left alone: `;
    const first = skipped[0].id;
    notify(what + kinds.slice(0, 3).join("; ") + (kinds.length > 3 ? " …" : "."), {
      kind: "error",
      action:
        this.page.rows.find(first) && first !== this.page.state.current ? { label: "Show it", run: () => this.page.moveTo(first) } : null,
    });
    this.page.forceUpdate();
  }

  // Several: the dialog has shown what it touches. Resolves to "changed" when the number is another one meanwhile.
  async decideMany(decision, what, count) {
    const act = actOf(decision);
    const ids = what.ids?.map((one) => one.id);
    const rows = (ids ?? [])
      .map((id) => ({ item: this.page.rows.find(id) ?? this.page.state.picked.get(id), at: this.page.rows.place(id) }))
      .filter((one) => one.item);
    const from = what.filter
      ? what.filter.status
      : rows.length > 0 && rows.every((one) => one.item.status === rows[0].item.status)
        ? rows[0].item.status
        : undefined;
    for (const { item } of rows) this.page.settled.add(item.id);
    const done = this.page.deeds.decide(decision, what, { count, from, rows, list: listKey(this.page.props.query) });
    if (ids) {
      this.page.leases.drop(ids);
      this.page.leave(ids, act.status);
      announce(`${deedWords({ decision, count })}, ${this.page.watch.leftWords()}.`);
      done.then((result) => this.answered(result));
      return "sent";
    }
    const result = await done;
    this.page.watch.countSoon();
    if (result.problem?.status === 409 && !result.problem.body?.skipped) return "changed";
    if (result.problem) {
      notifyProblem(result.problem, "Nothing was decided.");
      return "refused";
    }
    announce(`${deedWords({ decision, count: result.answer.changed })}.`);
    this.answered(result);
    this.page.refresh();
    return "done";
  }

  // ---- taking back

  undoNewest() {
    const deed = this.page.deeds.newest;
    if (!deed) return notify("There is nothing to undo.");
    const old = !deed.session || Date.now() - new Date(deed.at).getTime() > 3_600_000;
    if (old) return this.page.ask("undo", { deed });
    this.undo(deed);
  }
  async undo(deed) {
    this.page.setState({ offer: null });
    announce(`Taking back: ${deedWords(deed)}.`);
    const { answer, problem } = await this.page.deeds.undo(deed);
    this.page.watch.countSoon();
    if (!answer && !problem) return; // the decision itself was refused, and that was said
    if (problem) return notifyProblem(problem, problem.status === 409 ? "Nothing of it stands any more." : "It was not taken back.");
    this.tookBack(answer, deed);
  }
  async undoEntry(entry) {
    const deed = this.page.deeds.list.find((one) => one.id === entry.decision) ?? {
      id: entry.decision,
      decision: entry.what,
      state: "done",
      count: undefined,
      tries: 0,
      session: false,
    };
    await this.undo(deed);
    if (this.page.state.current) this.page.fetch(this.page.state.current, true);
  }
  async tookBack(answer, deed) {
    for (const { item } of deed.rows ?? []) this.page.settled.delete(item.id);
    const parts = [
      deed.name && answer.changed === 1
        ? `Taken back: “${deed.name}” is as it was`
        : `Taken back: ${many(answer.changed, "comment")} ${answer.changed === 1 ? "is" : "are"} as before`,
    ];
    if (answer.skipped.length > 0)
      parts.push(`${many(answer.skipped.length, "comment")} stayed, decided again since: ${await this.names(answer.skipped)}`);
    if (answer.approximate) parts.push("the learner forgets it nearly: the lesson was older than what it keeps exactly");
    if (answer.partial) parts.push("of this site alone");
    notify(parts.map(sentence).join(" "));
    const one = deed.rows?.length === 1 && answer.changed === 1 ? deed.rows[0] : null;
    if (one && deed.list === listKey(this.page.props.query)) {
      this.page.details.delete(one.item.id);
      try {
        const detail = await get(`/v1/comments/${encodeURIComponent(one.item.id)}`);
        this.page.keep(detail);
        this.page.rows.insert({ ...one.item, ...rowOf(detail) }, Math.max(0, one.at));
        return this.page.moveTo(one.item.id, { focus: !this.page.inPane() });
      } catch {
        // The list anew says it as well.
      }
    }
    this.page.refresh();
  }
  async names(skipped) {
    const told = [];
    for (const { id } of skipped.slice(0, 3)) {
      try {
        const { author, history } = await get(`/v1/comments/${encodeURIComponent(id)}`);
        const last = history[history.length - 1];
        told.push(`${plain(author.name.slice(0, 30)) || "no name"}${last?.by ? ` by ${last.by}` : ""}`);
      } catch {
        told.push("one that is not kept any more");
      }
    }
    return told.join(", ") + (skipped.length > 3 ? " and others" : "");
  }
}

const kSkipped = {
  stale: "it was changed meanwhile",
  not_found: "it is not kept any more",
  already: "it was decided so already",
  superseded: "it was decided again since",
  checked: "it was only checked for a site that keeps its own",
  other_site: "it belongs to a site beyond your reach",
};
// Who was faster, and what they did: "Ana was faster: approved it a minute ago".
export function fasterWords(detail, why = "stale") {
  const last = detail.history[detail.history.length - 1];
  if (!last || ["checked", "other_site", "not_found"].includes(why)) return kSkipped[why] ?? why;
  if (last.what === "edited") return `it was edited ${ago(last.at)}: read it again`;
  if (last.what === "undo") return `${last.by ?? "somebody"} took the decision on it back ${ago(last.at)}`;
  if (["approve", "reject", "spam"].includes(last.what))
    return `${last.by ?? "the machine"} was faster: ${last.what === "spam" ? "marked it as spam" : `${doneWord(last.what)} it`} ${ago(last.at)}`;
  return kSkipped[why] ?? why;
}
// Of a detail what a row of the list has.
export function rowOf(detail) {
  const { history, facts, records, copies, copy_count, near, near_copies, learned, ...row } = detail;
  return row;
}
