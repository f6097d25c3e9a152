// Decisions and their way back; and promises about doing a thing exactly once.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { call, pages } from "../lib/client.mjs";
import { comment, doubtfulWords, key, kNobody, open, reader, spamWords, words } from "../lib/house.mjs";

let house, blog;

const status = async (one, where = blog) => (await where.detail(one)).status;
const many = (count, make = () => blog.doubtful()) => Promise.all(Array.from({ length: count }, make));

describe("deciding", () => {
  before(async () => {
    house = await open();
    blog = await house.site();
  });
  after(() => house.close());

  describe("a moderator decides by ids", () => {
    for (const [decision, becomes] of [
      ["approve", "approved"],
      ["reject", "rejected"],
      ["spam", "spam"],
    ]) {
      it(`${decision}: they are ${becomes}, decided by a person, and out of the queue`, async () => {
        const chosen = await many(3);
        const answer = await blog.decide(decision, chosen);
        assert.equal(answer.changed, 3);
        assert.deepEqual(answer.skipped, []);
        for (const one of chosen) {
          const after = await blog.detail(one);
          assert.equal(after.status, becomes);
          assert.equal(after.decided, true);
          assert.equal(after.version, 2);
        }
        const waiting = await blog.ids();
        for (const one of chosen) assert.ok(!waiting.includes(one.id));
      });
    }

    it("what the machine set aside can be fetched back, and what it published taken down", async () => {
      const spam = await blog.spam();
      await blog.decide("approve", [spam]);
      assert.equal(await status(spam), "approved");
      const good = await blog.good();
      await blog.decide("spam", [good]);
      assert.equal(await status(good), "spam");
    });

    it("what still waits and is nearly the same is named, ready to be decided as well", async () => {
      const plot = await house.site({ policy: { moderation: "hold_all" } });
      const say = (month) =>
        plot.submit({ content: `Our neighbours sowed ${month} beans along the northern fence and watered them by hand every evening` });
      const sown = [];
      for (const month of ["early", "late", "many", "some"]) sown.push(await say(month));
      const alone = await plot.doubtful();
      const { near_copies: near } = await plot.decide("spam", [sown[0]]);
      assert.deepEqual(near, {
        count: 3,
        ids: [sown[3], sown[2], sown[1]].map(({ id }) => ({ id, version: 1 })),
        like: sown[0].id,
      });
      const next = (await plot.moderator.post("/v1/decisions", { ids: near.ids, decision: "spam" })).body;
      assert.equal(next.changed, 3);
      assert.deepEqual(next.near_copies, { count: 0, ids: [], like: null });
      assert.deepEqual(await plot.ids(), [alone.id]);
    });

    it("an id named twice is decided once", async () => {
      const one = await blog.doubtful();
      const answer = await blog.decide("approve", [one, one]);
      assert.equal(answer.changed, 1);
      assert.equal((await blog.detail(one)).version, 2);
    });

    it("a version that somebody else has changed is skipped and named; the others are decided", async () => {
      const [stale, fresh] = await many(2);
      await house.admin.post("/v1/decisions", { ids: [stale.id], decision: "reject" });
      const answer = (
        await blog.moderator.post("/v1/decisions", {
          ids: [{ id: stale.id, version: 1 }, { id: fresh.id, version: 1 }, kNobody],
          decision: "approve",
        })
      ).body;
      assert.equal(answer.changed, 1);
      const why = Object.fromEntries(answer.skipped.map((one) => [one.id, one.why]));
      assert.deepEqual(why, { [stale.id]: "stale", [kNobody]: "not_found" });
      assert.equal(await status(stale), "rejected");
      assert.equal(await status(fresh), "approved");
    });

    it("409 when every one was skipped, and nothing is written in the log", async () => {
      const [one] = await many(1);
      await blog.decide("approve", [one]);
      const log = await pages(blog.moderator, "/v1/decisions", { site: blog.id });
      const { body } = await blog.moderator.post(
        "/v1/decisions",
        { ids: [{ id: one.id, version: 1 }], decision: "spam" },
        { status: 409 },
      );
      assert.equal(body.status, 409);
      await blog.moderator.post("/v1/decisions", { ids: [kNobody], decision: "spam" }, { status: [404, 409] });
      assert.deepEqual(await pages(blog.moderator, "/v1/decisions", { site: blog.id }), log);
      assert.equal(await status(one), "approved");
    });

    it("two moderators at once: one wins, the other is told", async () => {
      const ben = await house.token("moderator", blog.id);
      for (let round = 0; round < 10; ++round) {
        const one = await blog.doubtful();
        const ids = [{ id: one.id, version: 1 }];
        const answers = await Promise.all([
          call(house.service, "POST", "/v1/decisions", {
            token: blog.moderator.token,
            body: { ids, decision: "approve" },
          }),
          call(house.service, "POST", "/v1/decisions", { token: ben.token, body: { ids, decision: "reject" } }),
        ]);
        assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
        assert.equal(await status(one), answers[0].status === 200 ? "approved" : "rejected");
      }
    });

    it("other sites' comments are as if they did not exist", async () => {
      const other = await house.site();
      const foreign = await other.doubtful();
      const own = await blog.doubtful();
      const answer = await blog.decide("spam", [foreign, own]);
      assert.equal(answer.changed, 1);
      assert.deepEqual(answer.skipped, [{ id: foreign.id, why: "not_found" }]);
      assert.equal(await status(foreign, other), "pending");
    });
  });

  describe("a moderator decides by a filter", () => {
    it("with the count that was seen", async () => {
      const busy = await house.site();
      const chosen = await Promise.all([1, 2, 3, 4].map(() => busy.doubtful({ article: { id: "a" } })));
      const other = await busy.doubtful({ article: { id: "b" } });
      const wish = (expected) => ({ filter: { site: busy.id, article: "a" }, expected, decision: "spam" });
      await busy.moderator.post("/v1/decisions", wish(3), { status: 409 });
      await busy.moderator.post("/v1/decisions", wish(5), { status: 409 });
      assert.equal((await busy.ids()).length, 5);
      const { body } = await busy.moderator.post("/v1/decisions", wish(4));
      assert.equal(body.changed, 4);
      assert.deepEqual(await busy.ids(), [other.id]);
      await busy.undo(body.id);
      assert.equal((await busy.ids()).length, 5);
      assert.equal(chosen.length, 4);
    });

    it("by address, by rule, by score: what the queue shows is what is decided", async () => {
      const busy = await house.site();
      const who = reader();
      who.client.ip = "203.0.113.200";
      const mine = [await busy.doubtful(who), await busy.doubtful(who)].map((one) => one.id);
      const others = [(await busy.doubtful()).id];
      const filter = { site: busy.id, ip: "203.0.113.192/26", rule: "link_count", min_score: 1 };
      assert.deepEqual((await busy.ids(filter)).sort(), [...mine].sort());
      const { body } = await busy.moderator.post("/v1/decisions", { filter, expected: 2, decision: "reject" });
      assert.equal(body.changed, 2);
      assert.deepEqual(await busy.ids(), others);
    });

    it("not without a count, and not ids and filter together", async () => {
      const one = await blog.doubtful();
      const wish = { decision: "approve" };
      for (const body of [
        { ...wish, filter: { site: blog.id } },
        { ...wish, filter: { site: blog.id }, expected: 1, ids: [one.id] },
        { ...wish },
        { ...wish, ids: [] },
      ]) {
        await blog.moderator.post("/v1/decisions", body, { status: 400 });
      }
      assert.equal(await status(one), "pending");
    });
  });

  describe("a decision is taken back", () => {
    it("exactly: status before, counters, records", async () => {
      const busy = await house.site();
      const pending = await busy.doubtful();
      const spam = await busy.spam();
      const good = await busy.good();
      const before = await busy.stats();
      const decided = await busy.decide("reject", [pending, spam, good]);
      assert.notDeepEqual(await busy.stats(), before);
      const undone = await busy.undo(decided);
      assert.equal(undone.changed, 3);
      assert.deepEqual(undone.skipped, []);
      assert.equal(await status(pending, busy), "pending");
      assert.equal(await status(spam, busy), "spam");
      assert.equal(await status(good, busy), "approved");
      assert.deepEqual(await busy.stats(), before);
      assert.equal((await busy.detail(good)).decided, false);
      assert.ok((await busy.thread()).items.some((item) => item.id === good.id));
    });

    it("in bulk, a thousand as well as one", async () => {
      const busy = await house.site();
      const ids = [];
      while (ids.length < 300) {
        const some = await Promise.all(Array.from({ length: 50 }, () => busy.doubtful()));
        ids.push(...some.map((one) => one.id));
      }
      const decided = await busy.decide("spam", ids);
      assert.equal(decided.changed, 300);
      assert.deepEqual(await busy.ids(), []);
      assert.equal((await busy.undo(decided)).changed, 300);
      assert.deepEqual((await busy.ids({ limit: 200 })).sort(), ids.sort());
    });

    it("as far as it still stands: later decisions are named as superseded", async () => {
      const [first, second] = await many(2);
      const early = await blog.decide("approve", [first, second]);
      const late = await blog.decide("spam", [second]);
      const undone = await blog.undo(early);
      assert.equal(undone.changed, 1);
      assert.deepEqual(undone.skipped, [{ id: second.id, why: "superseded" }]);
      assert.equal(await status(first), "pending");
      assert.equal(await status(second), "spam");
      await blog.undo(late);
      assert.equal(await status(second), "approved", "back to what it was before that decision");
      assert.equal((await blog.undo(early)).changed, 1, "of which the first decision is the latest again");
      assert.equal(await status(second), "pending");
    });

    it("once: 409 when nothing of it stands", async () => {
      const one = await blog.doubtful();
      const decided = await blog.decide("approve", [one]);
      const undone = await blog.undo(decided);
      await blog.undo(decided, { status: 409 });
      await blog.undo(undone, { status: [400, 409] });
      await blog.undo(kNobody, { status: 404 });
      assert.equal(await status(one), "pending");
    });

    it("with the blocks that it made", async () => {
      const busy = await house.site();
      const who = reader();
      const one = await busy.doubtful(who);
      const decided = await busy.decide("spam", [one], { block: { author: true, ip: true } });
      const blocks = await pages(busy.moderator, "/v1/blocks", { site: busy.id });
      assert.deepEqual(blocks.map((block) => block.kind).sort(), ["email", "ip"]);
      const next = await busy.submit({ ...who, content: words() });
      assert.notEqual(next.status, "approved", "who is blocked is not published");
      await busy.undo(decided);
      assert.deepEqual(await pages(busy.moderator, "/v1/blocks", { site: busy.id }), []);
      assert.equal((await busy.submit({ ...who, content: words() })).status, "approved");
    });

    it("but never publishes a text that nobody has judged so", async () => {
      const one = await blog.good();
      const decided = await blog.decide("spam", [one]);
      const { body } = await blog.frontend.patch(`/v1/comments/${one.id}`, { content: spamWords() });
      assert.equal(body.status, "spam");
      await blog.undo(decided, { status: [200, 409] });
      assert.notEqual(await status(one), "approved", "what was approved before the decision was another text");
    });

    it("by ten at once: one of them does it", async () => {
      const one = await blog.doubtful();
      const decided = await blog.decide("approve", [one]);
      const undo = () =>
        call(house.service, "POST", `/v1/decisions/${decided.id}/undo`, { token: blog.moderator.token, body: {} });
      const answers = await Promise.all(Array.from({ length: 10 }, undo));
      assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(9).fill(409)]);
      assert.equal((await blog.detail(one)).version, 3);
    });

    it("by the moderators of the site only", async () => {
      const other = await house.site();
      const one = await blog.doubtful();
      const decided = await blog.decide("approve", [one]);
      await other.undo(decided, { status: 404 });
      assert.equal(await status(one), "approved");
    });
  });

  describe("the log", () => {
    it("tells who, when, why and how much of it stands; newest first", async () => {
      const busy = await house.site();
      const chosen = await Promise.all([1, 2].map(() => busy.doubtful()));
      const first = await busy.decide("approve", chosen, { reason: "welcome", note: "both are fine" });
      const second = await busy.decide("spam", [chosen[0]]);
      const undone = await busy.undo(second);
      const log = await pages(busy.moderator, "/v1/decisions", { site: busy.id, limit: 1 });
      assert.deepEqual(
        log.map((one) => one.id),
        [undone.id, second.id, first.id],
      );
      const [back, , start] = log;
      assert.equal(start.decision, "approve");
      assert.equal(start.by, busy.moderator.name);
      assert.equal(start.reason, "welcome");
      assert.equal(start.note, "both are fine");
      assert.equal(start.changed, 2);
      assert.equal(start.standing, 2);
      assert.equal(back.undoes, second.id);
      assert.equal(log[1].undone_by, undone.id);
      assert.equal(log[1].standing, 0);
      assert.ok(Math.abs(Date.parse(start.at) - Date.now()) < 600_000);
      assert.deepEqual((await busy.moderator.get(`/v1/decisions/${first.id}`)).body, start);
      await busy.moderator.get(`/v1/decisions/${kNobody}`, {}, { status: 404 });
      const find = async (query) => (await pages(busy.moderator, "/v1/decisions", query)).map((one) => one.id);
      assert.deepEqual(await find({ decision: "undo" }), [undone.id]);
      assert.deepEqual(await find({ by: busy.moderator.name, decision: "approve" }), [first.id]);
      assert.deepEqual(await find({ by: "nobody" }), []);
    });
  });

  describe("exactly once", () => {
    it("the same key again: the same answer, nothing more happens", async () => {
      const once = key();
      const one = comment();
      const first = await blog.frontend.post("/v1/comments", one, { key: once });
      const second = await blog.frontend.post("/v1/comments", one, { key: once });
      assert.equal(second.status, first.status);
      assert.deepEqual(second.body, first.body);
      assert.equal((await blog.detail(first.body)).copies.length, 0);
    });

    it("the same key for another body is a conflict, and changes nothing", async () => {
      const once = key();
      await blog.frontend.post("/v1/comments", comment(), { key: once });
      const before = await blog.stats();
      const { body } = await blog.frontend.post("/v1/comments", comment(), { key: once, status: 409 });
      assert.match(JSON.stringify(body), /Idempotency-Key/);
      assert.deepEqual(await blog.stats(), before);
    });

    it("a key belongs to who sent it", async () => {
      const once = key();
      const other = await house.site();
      const a = await blog.frontend.post("/v1/comments", comment(), { key: once });
      const b = await other.frontend.post("/v1/comments", comment(), { key: once });
      assert.notEqual(a.body.id, b.body.id);
    });

    it("decisions and undos have keys too", async () => {
      const one = await blog.doubtful();
      const once = key();
      const wish = { ids: [one.id], decision: "approve" };
      const first = await blog.moderator.post("/v1/decisions", wish, { key: once });
      const second = await blog.moderator.post("/v1/decisions", wish, { key: once });
      assert.deepEqual(second.body, first.body);
      await blog.moderator.post("/v1/decisions", { ...wish, decision: "spam" }, { key: once, status: 409 });
      assert.equal((await blog.detail(one)).version, 2);

      const back = key();
      const undone = await blog.undo(first.body, { key: back });
      assert.deepEqual(await blog.undo(first.body, { key: back }), undone);
      assert.equal((await blog.detail(one)).version, 3);
    });

    it("50 simultaneous requests with one key make one comment", async () => {
      const busy = await house.site();
      const once = key();
      const one = comment();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => busy.frontend.post("/v1/comments", one, { key: once, status: [201, 409] })),
      );
      const made = answers.filter((answer) => answer.status === 201);
      assert.ok(made.length >= 1);
      assert.equal(new Set(made.map((answer) => answer.body.id)).size, 1);
      assert.equal((await busy.queue({ status: "any" })).length, 1);
      const again = await busy.frontend.post("/v1/comments", one, { key: once });
      assert.deepEqual(again.body, made[0].body);
    });

    it("of 256 equal comments at the same moment all but one are seen as copies", async () => {
      const busy = await house.site();
      const content = words();
      const answers = await Promise.all(
        Array.from({ length: 256 }, () =>
          busy.frontend.post("/v1/comments", comment({ content }), { key: key(), status: 201 }),
        ),
      );
      assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 256);
      const details = [];
      for (const answer of answers) details.push(await busy.detail(answer.body));
      const copies = details.map((detail) => detail.facts.copies).sort((a, b) => a - b);
      assert.equal(copies.filter((count) => count === 0).length, 1, "one of them came first");
      assert.ok(copies.slice(1).every((count) => count >= 1));
    });

    it("a bad request does not use the key up", async () => {
      const once = key();
      await blog.frontend.post("/v1/comments", comment({ content: 5 }), { key: once, status: 400 });
      await blog.frontend.post("/v1/comments", comment({ content: doubtfulWords() }), { key: once, status: 201 });
    });
  });
});
