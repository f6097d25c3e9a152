// Sites, articles, tokens, blocks, re-checks, erasure and numbers.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { pages, until } from "../lib/client.mjs";
import { comment, doubtfulWords, key, open, reader, unique, words } from "../lib/house.mjs";

let house, blog;

describe("administration", () => {
  before(async () => {
    house = await open();
    blog = await house.site();
  });
  after(() => house.close());

  describe("an admin makes a site", () => {
    it("and gets its id and its front-end token, once", async () => {
      const id = unique("new");
      const once = key();
      const wish = { id, name: "A new one", url: "https://new.example" };
      const { body } = await house.admin.post("/v1/sites", wish, { status: 201, key: once });
      assert.equal(body.id, id);
      assert.match(body.token, /^chf_/);
      const frontend = house.as(body.token);
      assert.equal(
        (await frontend.post("/v1/comments", comment({ article: { id: "a" } }), { status: 201 })).body.status,
        "pending",
      );
      // An answer that carries a token is never kept for a replay.
      const again = await house.admin.post("/v1/sites", wish, { status: 409, key: once });
      assert.ok(!again.text.includes(body.token));
      const token = { role: "feed", name: "once", site: id };
      const tokenKey = key();
      const first = await house.admin.post("/v1/tokens", token, { status: 201, key: tokenKey });
      const second = await house.admin.post("/v1/tokens", token, { status: 409, key: tokenKey });
      assert.ok(!second.text.includes(first.body.token));
      await house.admin.post("/v1/sites", wish, { status: 409 });
      const list = await pages(house.admin, "/v1/sites", { limit: 1 });
      assert.equal(list.filter((site) => site.id === id).length, 1);
      assert.ok(!JSON.stringify(list).includes(body.token));
    });

    it("settings: changed in part, seen at once, by version", async () => {
      const { body: before } = await house.admin.get(`/v1/sites/${blog.id}`);
      const { body: after } = await house.admin.patch(`/v1/sites/${blog.id}`, {
        name: "Another name",
        origins: ["https://www.other.example"],
        retention: { client_days: 7 },
        version: before.version,
      });
      assert.equal(after.name, "Another name");
      assert.deepEqual(after.origins, ["https://www.other.example"]);
      assert.equal(after.retention.client_days, 7);
      assert.equal(after.retention.spam_days, before.retention.spam_days);
      assert.deepEqual(after.policy, before.policy);
      assert.equal(after.version, before.version + 1);
      await house.admin.patch(`/v1/sites/${blog.id}`, { name: "Stale", version: before.version }, { status: 409 });
      assert.deepEqual((await house.admin.get(`/v1/sites/${blog.id}`)).body, after);
    });

    it("a policy that makes no sense is refused with its place", async () => {
      const { body: before } = await house.admin.get(`/v1/sites/${blog.id}`);
      for (const policy of [
        { hold: 7, spam: 6, discard: 12 },
        { hold: 0 },
        { hold: -1 },
        { discard: 1 },
        { moderation: "sometimes" },
        { overrides: { "no_such_rule.score": 1 } },
        { overrides: { "link_count.no_such_knob": 1 } },
        { overrides: { "link_count.max": "two" } },
      ]) {
        const { body } = await house.admin.patch(`/v1/sites/${blog.id}`, { policy }, { status: 400 });
        assert.match(JSON.stringify(body), /policy/, JSON.stringify(policy));
      }
      assert.deepEqual((await house.admin.get(`/v1/sites/${blog.id}`)).body, before);
    });

    it("thresholds count from the next comment on", async () => {
      const site = await house.site();
      await site.doubtful();
      await house.admin.patch(`/v1/sites/${site.id}`, { policy: { hold: 700, spam: 800, discard: 900 } });
      assert.equal((await site.submit({ content: doubtfulWords() })).status, "approved");
    });
  });

  describe("articles", () => {
    it("are known from their first comment, with title and counts", async () => {
      const site = await house.site();
      const article = { id: "/a/b", url: `${site.url}/a/b`, title: "Of beans" };
      await site.good({ article });
      await site.doubtful({ article });
      await site.good({ article: { id: "/c" } });
      const { body: put } = await site.frontend.put("/v1/articles", {
        id: "/c",
        title: "Of clover",
        url: `${site.url}/c`,
      });
      assert.equal(put.title, "Of clover");
      const items = await pages(site.moderator, "/v1/articles", { site: site.id, limit: 1 });
      assert.equal(items.length, 2);
      const one = items.find((item) => item.id === "/a/b");
      assert.equal(one.url, article.url);
      assert.equal(one.title, "Of beans");
      assert.equal(one.approved, 1);
      assert.equal(one.pending, 1);
      assert.equal(one.closed, false);
    });

    it("closed ones take no comment as approved; opened ones do again", async () => {
      const site = await house.site();
      const article = { id: "/closing" };
      await site.good({ article });
      await site.moderator.put("/v1/articles", { site: site.id, id: "/closing", closed: true });
      assert.equal((await site.thread("/closing")).closed, true);
      const late = await site.frontend.post("/v1/comments", comment({ article }), { status: [201, 403] });
      if (late.status === 201) assert.notEqual(late.body.status, "approved");
      await site.moderator.put("/v1/articles", { site: site.id, id: "/closing", closed: false });
      assert.equal((await site.thread("/closing")).closed, false);
      await site.good({ article });
    });
  });

  describe("blocks", () => {
    const table = [
      ["email", () => ({ author: { name: "B", email: "Pest@Block.Example" } }), "pest@block.example"],
      ["ip", () => ({ client: { ip: "203.0.113.5" } }), "203.0.113.5"],
      ["cidr", () => ({ client: { ip: "2001:db8:beef::5" } }), "2001:db8:beef::/48"],
      ["domain", () => ({ content: `${words()} see https://www.blocked-shop.example/` }), "blocked-shop.example"],
      [
        "domain",
        () => ({ author: { name: "B", url: "https://pest.shops.example/" } }),
        "pest.shops.example",
        "a host below a domain",
      ],
      [
        "domain",
        () => ({ author: { name: "B", email: "b@mail.block-mail.example" } }),
        "block-mail.example",
        "the domain of an email",
      ],
      ["author", () => ({ author: { name: "B", id: "user-4711" } }), "user-4711"],
    ];
    for (const [kind, over, value, detail] of table) {
      it(`by ${detail ?? kind}: what matches is not published, and freed when the block goes`, async () => {
        const site = await house.site();
        await site.good(over());
        const { body } = await site.moderator.post(
          "/v1/blocks",
          { site: site.id, kind, value, reason: "pest" },
          { status: 201 },
        );
        const block = body;
        assert.equal(block.kind, kind);
        assert.equal(block.value, value);
        const one = await site.submit(over());
        assert.notEqual(one.status, "approved");
        assert.ok((await site.detail(one)).facts.blocks.some((hit) => hit.kind === kind));
        assert.equal((await site.submit()).status, "approved", "others go free");
        await site.moderator.delete(`/v1/blocks/${block.id}`, { status: 204 });
        await site.good(over());
      });
    }

    it("end at their time", async () => {
      const site = await house.site();
      const who = reader();
      const expires_at = new Date(Date.now() + 3_000).toISOString();
      await site.moderator.post(
        "/v1/blocks",
        { site: site.id, kind: "email", value: who.author.email, expires_at },
        { status: 201 },
      );
      assert.notEqual((await site.submit(who)).status, "approved");
      await until("the block has ended", async () => {
        const { body } = await site.frontend.post("/v1/check", comment({ ...who, content: words() }), { status: 200 });
        return body.action === "approve";
      });
      assert.deepEqual(await pages(site.moderator, "/v1/blocks", { site: site.id }), []);
    });

    it("apply to the past: pending ones become spam by one decision that can be undone; decided ones stay", async () => {
      const site = await house.site();
      const who = reader();
      const pending = [await site.doubtful(who), await site.doubtful(who)];
      const decided = await site.doubtful(who);
      await site.decide("approve", [decided]);
      const other = await site.doubtful();
      const { body } = await site.moderator.post(
        "/v1/blocks",
        { site: site.id, kind: "email", value: who.author.email, apply_to_past: true },
        { status: 201 },
      );
      assert.equal(body.applied.changed, 2);
      for (const one of pending) assert.equal((await site.detail(one)).status, "spam");
      assert.equal((await site.detail(decided)).status, "approved");
      assert.deepEqual(await site.ids(), [other.id]);
      await site.undo(body.applied.id);
      for (const one of pending) assert.equal((await site.detail(one)).status, "pending");
    });

    it("the same again renews the old one", async () => {
      const site = await house.site();
      const wish = { site: site.id, kind: "email", value: "again@mail.example" };
      const first = (await site.moderator.post("/v1/blocks", wish)).body;
      const second = (await site.moderator.post("/v1/blocks", { ...wish, value: "AGAIN@mail.example" })).body;
      assert.equal(second.id, first.id);
      assert.equal((await pages(site.moderator, "/v1/blocks", { site: site.id })).length, 1);
    });
  });

  describe("a person is forgotten", () => {
    it("text, name and address go; the numbers and other people's words stay", async () => {
      const site = await house.site();
      const who = reader("Heidi Gone");
      const one = await site.good({ ...who, article: { id: "/f" } });
      const reply = await site.good({ article: { id: "/f" }, parent: one.id });
      const held = await site.doubtful({ ...who, article: { id: "/f" }, content: `Wolpertinger ${doubtfulWords()}` });
      await until("the search index has seen it", async () => (await site.ids({ text: "wolpertinger" })).length === 1);
      const { body } = await house.admin.post("/v1/forget", { site: site.id, email: who.author.email.toUpperCase() });
      assert.equal(body.comments, 2);
      assert.ok(body.receipt);
      const { items } = await site.thread("/f", { limit: 200 });
      assert.ok(items.some((item) => item.id === reply.id));
      const whole = JSON.stringify([
        items,
        await site.queue({ status: "any" }),
        await site.queue({ status: "any", text: "wolpertinger" }),
      ]);
      assert.doesNotMatch(whole, /Heidi|Wolpertinger/i);
      assert.ok(!whole.includes(who.author.email));
      for (const gone of [one, held]) {
        const answer = await site.moderator.get(`/v1/comments/${gone.id}`, {}, { status: [200, 404, 410] });
        assert.doesNotMatch(answer.text, /Heidi|Wolpertinger/i);
      }
      assert.deepEqual(await site.ids({ email: who.author.email, status: "any" }), []);
      const again = await house.admin.post("/v1/forget", { site: site.id, email: who.author.email });
      assert.equal(again.body.comments, 0);
    });

    it("exactly one way of naming the person", async () => {
      for (const body of [{}, { email: "a@b.example", ip: "192.0.2.1" }, { site: blog.id }]) {
        await house.admin.post("/v1/forget", body, { status: 400 });
      }
    });
  });

  describe("a re-check", () => {
    it("judges pending ones with the rules in force, never decided ones", async () => {
      const site = await house.site();
      const pending = await site.doubtful();
      const rejected = await site.doubtful();
      await site.decide("reject", [rejected]);
      await house.admin.patch(`/v1/sites/${site.id}`, { policy: { spam: 16 } });
      let changed = 0;
      for (let cursor; cursor !== null;) {
        const { body } = await site.moderator.post("/v1/recheck", { site: site.id, ...(cursor ? { cursor } : {}) });
        changed += body.changed;
        cursor = body.next;
      }
      assert.equal(changed, 1);
      const detail = await site.detail(pending);
      assert.equal(detail.status, "spam");
      assert.equal(detail.decided, false);
      assert.equal(detail.verdict.action, "spam");
      assert.ok(detail.history.some((entry) => entry.what === "rechecked"));
      assert.equal((await site.detail(rejected)).status, "rejected");
    });
  });

  describe("numbers", () => {
    it("count what there is, per site and per rule", async () => {
      const site = await house.site();
      await site.good();
      await site.good();
      const held = await site.doubtful();
      await site.doubtful();
      await site.spam();
      await site.decide("spam", [held]);
      const { sites } = await site.stats();
      const [row] = sites;
      assert.equal(row.site, site.id);
      assert.equal(row.approved, 2);
      assert.equal(row.pending, 1);
      assert.equal(row.spam, 2);
      assert.equal(row.rejected, 0);
      assert.equal(row.decided_by_people, 1);
      assert.ok(Date.parse(row.oldest_pending) <= Date.now());
      const rule = row.rules.find((one) => one.rule === "link_count");
      assert.equal(rule.hits, 3);
      assert.equal(rule.spam, 1);
    });
  });
});
