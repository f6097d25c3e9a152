// Two moderators and a queue: finding, ordering, leafing through, sharing the work, looking closely.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { pages, until } from "../lib/client.mjs";
import { doubtfulWords, kNobody, open, reader, unique, words } from "../lib/house.mjs";

let house, blog;
const sent = {}; // by nickname

const ids = (...names) => names.map((name) => sent[name].id).sort();
const sorted = (list) => [...list].sort();

describe("the queue", () => {
  before(async () => {
    house = await open();
    blog = await house.site();
    // One of each kind that a filter can tell apart.
    const anna = reader("Anna Ångström");
    anna.client.ip = "203.0.113.77";
    sent.anna = await blog.doubtful({ ...anna, article: { id: "/2026/beans" } });
    const boris = reader("Boris Petrov");
    boris.client.ip = "2001:db8:77::1";
    boris.author.email = "Boris@Post.Example";
    sent.boris = await blog.doubtful({
      ...boris,
      article: { id: "/2026/roses" },
      content: `Wisteria blooms late. ${doubtfulWords()} https://www.special-shop.example.com/x`,
    });
    sent.clara = await blog.submit({ author: { name: "Clara" }, content: `Marmalade recipe wanted. ${words()}` });
    sent.spam = await blog.spam({ author: { name: "Dora" } });
    for (let i = 0; i < 12; ++i) sent[`more${i}`] = await blog.doubtful({ article: { id: "/2026/many" } });
  });
  after(() => house.close());

  describe("a moderator filters the queue", () => {
    it("by status; pending is what is meant when nothing is said", async () => {
      const pending = await blog.ids();
      assert.equal(pending.length, 14);
      assert.ok(!pending.includes(sent.clara.id));
      assert.deepEqual(sorted(await blog.ids({ status: "pending" })), sorted(pending));
      assert.deepEqual(await blog.ids({ status: "spam" }), [sent.spam.id]);
      assert.deepEqual(await blog.ids({ status: "approved" }), [sent.clara.id]);
      assert.deepEqual(await blog.ids({ status: "rejected" }), []);
      assert.equal((await blog.ids({ status: "any" })).length, 16);
    });

    const table = [
      ["article", () => ({ article: "/2026/roses" }), ["boris"]],
      ["article that has nothing", () => ({ article: "/2026/none" }), []],
      ["rule that fired", () => ({ rule: "link_count", article: "/2026/beans" }), ["anna"]],
      ["rule that did not", () => ({ rule: "no_such_rule" }), []],
      ["author's name, in any case and spelling of the look", () => ({ author: "anna angstrom" }), ["anna"]],
      ["email in any case", () => ({ email: "boris@post.example" }), ["boris"]],
      ["address", () => ({ ip: "203.0.113.77" }), ["anna"]],
      ["IPv4 network", () => ({ ip: "203.0.113.0/24" }), ["anna"]],
      ["IPv6 address however it is written", () => ({ ip: "2001:0DB8:77:0::1" }), ["boris"]],
      ["IPv6 network", () => ({ ip: "2001:db8:77::/48" }), ["boris"]],
      ["network of nobody", () => ({ ip: "192.0.2.0/24" }), []],
      ["registrable domain of a link", () => ({ domain: "example.com" }), ["boris"]],
      ["host of a link", () => ({ domain: "www.special-shop.example.com" }), ["boris"]],
      ["score and above", () => ({ min_score: 100 }), []],
      ["two filters at once", () => ({ article: "/2026/beans", ip: "2001:db8:77::1" }), []],
    ];
    for (const [what, query, names] of table) {
      it(`by ${what}`, async () => assert.deepEqual(sorted(await blog.ids(query())), ids(...names)));
    }

    it("by a range of scores", async () => {
      const items = await blog.queue({ article: "/2026/beans" });
      const score = items[0].verdict.score;
      assert.deepEqual(
        await blog.ids({ article: "/2026/beans", min_score: score - 0.01, max_score: score + 0.01 }),
        ids("anna"),
      );
      assert.deepEqual(await blog.ids({ article: "/2026/beans", min_score: score + 0.5 }), []);
      assert.deepEqual(await blog.ids({ article: "/2026/beans", max_score: score - 0.5 }), []);
    });

    it("by free text: all of the words, in text or name, in any case", async () => {
      const find = (text, more = {}) => blog.ids({ text: text, ...more });
      await until("the search index has seen it", async () => (await find("wisteria")).length === 1);
      assert.deepEqual(await find("WISTERIA late"), ids("boris"));
      assert.deepEqual(await find("wisteria early"), []);
      assert.deepEqual(await find("petrov"), ids("boris"));
      assert.deepEqual(await find("marmalade"), [], "it is not pending");
      await until(
        "the search index has seen it",
        async () => (await find("marmalade", { status: "any" })).length === 1,
      );
      assert.deepEqual(await find("wisteria", { article: "/2026/beans" }), []);
    });

    it("and what looks like a query language is only text", async () => {
      for (const text of [
        '"',
        "wisteria OR marmalade",
        "NEAR(a b)",
        "content:wisteria",
        "wist*",
        "-late",
        "'; DROP TABLE comment; --",
        "(",
        "^",
        "AND",
        "\\",
      ]) {
        await blog.moderator.get("/v1/queue", { site: blog.id, text: text }, { status: [200, 400] });
      }
      assert.equal((await blog.ids()).length, 14);
    });

    it("of all sites with a token of all sites, of its own with its own", async () => {
      const other = await house.site();
      const foreign = await other.doubtful();
      assert.ok(!(await pages(blog.moderator, "/v1/queue")).some((item) => item.id === foreign.id));
      const all = await pages(house.admin, "/v1/queue");
      assert.ok(all.some((item) => item.id === foreign.id) && all.some((item) => item.id === sent.anna.id));
      const answer = await blog.moderator.get("/v1/queue", { site: other.id }, { status: [200, 403, 404] });
      if (answer.status === 200) assert.deepEqual(answer.body.items, []);
    });
  });

  describe("a moderator sorts the queue", () => {
    it("oldest and newest first", async () => {
      const oldest = await blog.ids({ sort: "oldest" });
      assert.deepEqual(oldest, sorted(oldest), "ids rise with time");
      assert.deepEqual(await blog.ids({ sort: "newest" }), [...oldest].reverse());
      assert.deepEqual(await blog.ids(), oldest, "oldest is what is meant when nothing is said");
    });

    it("by score, and by what verdict and learner are unsure of", async () => {
      const scores = (await blog.queue({ sort: "score" })).map((item) => item.verdict.score);
      assert.deepEqual(
        scores,
        [...scores].sort((a, b) => b - a),
      );
      // How many alike waited when it came is not told; those that it saw are the most that it can have been,
      // as some of them were still on their way.
      const bounds = ({ verdict: { score, probability }, facts }) => {
        const distance =
          probability === null ? Math.abs(score - 14) : (Math.abs(score - 14) + 3 * Math.abs(2 * probability - 1)) / 2;
        return { least: distance - 0.5 * Math.log2(1 + facts.copies + facts.near_copies), most: distance };
      };
      const useful = await blog.queue({ sort: "useful" });
      const near = (await Promise.all(useful.map((item) => blog.detail(item)))).map(bounds);
      near.forEach(({ most }, at) => {
        const before = Math.max(-Infinity, ...near.slice(0, at).map(({ least }) => least));
        assert.ok(before <= most + 1e-9, `comment ${at}: ${before} stands before ${most}`);
      });
      assert.equal(near.length, 14);
    });

    for (const sort of ["oldest", "newest", "score", "useful"]) {
      it(`${sort}: pages of any size show each comment once, in the same order`, async () => {
        const whole = await blog.ids({ sort, limit: 200 });
        for (const limit of [1, 3, 14]) assert.deepEqual(await blog.ids({ sort, limit }), whole);
      });
    }

    it("a cursor keeps its place while the queue moves", async () => {
      const busy = await house.site();
      const all = [];
      for (let i = 0; i < 6; ++i) all.push((await busy.doubtful()).id);
      const first = (await busy.moderator.get("/v1/queue", { site: busy.id, limit: 3 })).body;
      assert.deepEqual(
        first.items.map((item) => item.id),
        all.slice(0, 3),
      );
      await busy.decide("approve", [all[0], all[3]]);
      const late = await busy.doubtful();
      const rest = [];
      for (let cursor = first.next; cursor !== null;) {
        const { body } = await busy.moderator.get("/v1/queue", { site: busy.id, limit: 3, cursor });
        rest.push(...body.items.map((item) => item.id));
        cursor = body.next;
      }
      assert.deepEqual(rest, [all[4], all[5], late.id]);
    });
  });

  describe("two moderators share the work", () => {
    it("and never hold the same comment", async () => {
      const shared = await house.site();
      const all = [];
      for (let i = 0; i < 10; ++i) all.push((await shared.doubtful()).id);
      const ben = await house.token("moderator", shared.id);
      const claim = async (who, count) => (await who.post("/v1/queue/claim", { site: shared.id, count })).body.items;
      const [ours, theirs] = await Promise.all([claim(shared.moderator, 6), claim(ben, 6)]);
      const held = [...ours, ...theirs].map((item) => item.id);
      assert.equal(new Set(held).size, held.length, "one comment was leased twice");
      assert.equal(held.length, 10);
      for (const item of theirs) {
        assert.equal(item.lease.holder, ben.name);
        assert.ok(Date.parse(item.lease.until) > Date.now());
      }
      assert.deepEqual(sorted(await shared.ids({ claimed: true }, ben)), sorted(theirs.map((item) => item.id)));
      assert.deepEqual(sorted(await shared.ids({ claimed: true })), sorted(ours.map((item) => item.id)));
      const late = await shared.doubtful();
      assert.ok((await shared.ids({ claimed: false })).includes(late.id));

      // What was decided is no longer leased; what is let go may be taken.
      await shared.decide("approve", ours);
      await ben.ask("DELETE", "/v1/queue/claim", { query: { id: theirs[0].id }, status: 204 });
      assert.equal((await shared.ids({ claimed: true }, ben)).length, theirs.length - 1);
      await ben.ask("DELETE", "/v1/queue/claim", { status: 204 });
      assert.deepEqual(await shared.ids({ claimed: true }, ben), []);
      assert.equal((await claim(shared.moderator, 20)).length, theirs.length + 1);
    });

    it("also when their tokens have the same name", async () => {
      const shared = await house.site();
      for (let i = 0; i < 4; ++i) await shared.doubtful();
      const [one, two] = [
        await house.token("moderator", shared.id, { name: "Kim" }),
        await house.token("moderator", shared.id, { name: "Kim" }),
      ];
      const ids = async (who) => (await who.post("/v1/queue/claim", { count: 2 })).body.items.map((item) => item.id);
      const held = [...(await ids(one)), ...(await ids(two))];
      assert.equal(new Set(held).size, 4, "one comment was leased twice");
      const elsewhere = await house.token("moderator", (await house.site()).id, { name: "Kim" });
      await elsewhere.ask("DELETE", "/v1/queue/claim", { status: 204 });
      assert.equal((await shared.ids({ claimed: true }, one)).length, 2, "somebody of another site let it go");
    });

    it("by what is on screen: who else holds it is told, and what waits no more", async () => {
      const shared = await house.site();
      const ben = await house.token("moderator", shared.id);
      const [one, two, done] = [await shared.doubtful(), await shared.doubtful(), await shared.doubtful()];
      const foreign = await (await house.site()).doubtful();
      const { body: decided } = await shared.moderator.post("/v1/decisions", { ids: [done.id], decision: "spam" });
      const claim = async (who, ids) => (await who.post("/v1/queue/claim", { ids, minutes: 5 })).body;
      const first = await claim(ben, [one.id]);
      assert.deepEqual([first.items.map((item) => item.id), first.held, first.gone], [[one.id], [], []]);
      const second = await claim(shared.moderator, [one.id, two.id, done.id, foreign.id]);
      assert.deepEqual(second.items.map((item) => item.id), [two.id]);
      assert.deepEqual(second.held, [{ id: one.id, lease: first.items[0].lease }]);
      assert.deepEqual(second.gone, [done.id, foreign.id]);

      const ids = (query) => shared.ids({ status: "any", ...query });
      assert.deepEqual(await ids({ decided_by: "me", sort: "decided" }), [done.id]);
      assert.deepEqual(await ids({ decision: decided.id }), [done.id]);
      assert.deepEqual(await ids({ like: one.id, since: "2020-01-01", until: "2999-01-01" }), await ids({ like: one.id }));
      const { body: counts } = await shared.moderator.get("/v1/queue/counts");
      assert.deepEqual([counts.pending, counts.spam, counts.decided_by_me], [2, 1, 1]);
      const { body: count } = await shared.moderator.get("/v1/queue/count", { status: "any", at_most: 2 });
      assert.deepEqual(count, { count: 2, more: true });
      const { body: log } = await shared.moderator.get("/v1/decisions", { by: "me" });
      assert.deepEqual(log.items[0].sample.map((one) => one.id), [done.id]);
      const detail = await shared.detail(done);
      assert.equal(detail.history.at(-1).stands, true);
      assert.ok(detail.near.count >= 1 && Array.isArray(detail.learned.words));
    });

    it("a claim follows the filters and the order of the queue", async () => {
      const shared = await house.site();
      const one = await shared.doubtful({ article: { id: "a" } });
      await shared.doubtful({ article: { id: "b" } });
      const two = await shared.doubtful({ article: { id: "a" } });
      const { body } = await shared.moderator.post("/v1/queue/claim", {
        site: shared.id,
        article: "a",
        sort: "newest",
        count: 5,
      });
      assert.deepEqual(
        body.items.map((item) => item.id),
        [two.id, one.id],
      );
    });
  });

  describe("a moderator looks closely", () => {
    it("verdict, facts, records, history and copies are there", async () => {
      const who = reader();
      const first = await blog.good(who);
      const content = doubtfulWords();
      const one = await blog.doubtful({ ...who, content });
      const copy = await blog.submit({ content });
      const detail = await blog.detail(one);
      assert.equal(detail.id, one.id);
      assert.equal(detail.author.email, who.author.email);
      assert.equal(detail.client.ip, who.client.ip);
      assert.deepEqual(detail.verdict, one.verdict);
      assert.deepEqual(
        detail.history.map((entry) => entry.what),
        ["submitted"],
      );
      assert.deepEqual(detail.copies, [copy.id]);
      assert.equal(first.status, "approved");

      const { id: decision } = await blog.decide("reject", [one], { reason: "off topic", note: "see the house rules" });
      const now = await blog.detail(one);
      assert.equal(now.status, "rejected");
      assert.equal(now.version, 2);
      const last = now.history.at(-1);
      assert.equal(last.what, "reject");
      assert.equal(last.by, blog.moderator.name);
      assert.equal(last.decision, decision);
      assert.equal(last.before, "pending");
      assert.equal(last.after, "rejected");
      assert.equal(last.reason, "off topic");
      assert.equal(last.note, "see the house rules");
      await blog.undo(decision);
      assert.deepEqual(
        (await blog.detail(one)).history.map((entry) => entry.what),
        ["submitted", "reject", "undo"],
      );
    });

    it("near copies are shown beside copies, and what people said of them is remembered", async () => {
      const plot = await house.site();
      const say = (month) =>
        plot.submit({ content: `Our neighbours sowed ${month} beans along the northern fence and watered them by hand every evening` });
      const one = await say("early");
      const other = await say("late");
      const detail = await plot.detail(other);
      assert.deepEqual(detail.near_copies, [one.id]);
      assert.deepEqual(detail.copies, []);
      assert.equal(detail.facts.near_copies, 1);
      const { id: decision } = await plot.decide("spam", [one]);
      const third = (await plot.detail(await say("many"))).facts;
      assert.deepEqual([third.near_copies, third.near_spam, third.near_spam_told, third.near_ham], [2, 1, 1, 0]);
      await plot.undo(decision);
      const fourth = (await plot.detail(await say("some"))).facts;
      assert.deepEqual([fourth.near_copies, fourth.near_spam, fourth.near_ham], [3, 0, 0]);
    });

    it("not at what does not exist or belongs to others", async () => {
      const other = await house.site();
      await blog.moderator.get(`/v1/comments/${kNobody}`, {}, { status: 404 });
      await other.moderator.get(`/v1/comments/${sent.anna.id}`, {}, { status: 404 });
      await blog.moderator.get(`/v1/comments/${unique("x")}`, {}, { status: [400, 404] });
    });
  });
});
