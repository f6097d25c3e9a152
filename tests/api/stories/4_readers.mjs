// What readers get: approved comments, threaded and paged, and never anything private.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { flat, pages } from "../lib/client.mjs";
import { doubtfulWords, open, reader, spamWords, words } from "../lib/house.mjs";

let house, blog;

// Fields that no public answer may have, at any depth, whatever it is about.
const kPrivate =
  /^(email|ip|client|user_agent|referrer|verdict|score|probability|findings|evidence|facts|record|history|lease|discard|copies|near_copies|rules_version|note|reason|by|token|secret|version|decided)$/;

function privateFields(value, path = "") {
  if (Array.isArray(value)) return value.flatMap((one, i) => privateFields(one, `${path}/${i}`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    ...(kPrivate.test(name) ? [`${path}/${name}`] : []),
    ...privateFields(part, `${path}/${name}`),
  ]);
}

describe("reading", () => {
  before(async () => {
    house = await open();
    blog = await house.site();
  });
  after(() => house.close());

  describe("a published thread", () => {
    it("nests replies under their parents, in the order of their time", async () => {
      const article = { id: "/thread" };
      const a = await blog.good({ article });
      const b = await blog.good({ article });
      const a1 = await blog.good({ article, parent: a.id });
      const a1x = await blog.good({ article, parent: a1.id });
      const b1 = await blog.good({ article, parent: b.id });
      const a2 = await blog.good({ article, parent: a.id });
      const { tree, items, count, next, closed } = await blog.thread("/thread");
      const shape = (list) => Object.fromEntries(list.map((item) => [item.id, shape(item.replies)]));
      assert.deepEqual(shape(tree), { [a.id]: { [a1.id]: { [a1x.id]: {} }, [a2.id]: {} }, [b.id]: { [b1.id]: {} } });
      assert.deepEqual(
        items.map((item) => item.id),
        [a, a1, a1x, a2, b, b1].map((one) => one.id),
      );
      assert.deepEqual(
        items.map((item) => item.parent ?? null),
        [null, a.id, a1.id, a.id, null, b.id],
      );
      assert.equal(count, 6);
      assert.equal(next, null);
      assert.equal(closed, false);
    });

    it("newest threads first when asked, within a thread always by time", async () => {
      const article = { id: "/newest" };
      const a = await blog.good({ article });
      const b = await blog.good({ article });
      const a1 = await blog.good({ article, parent: a.id });
      const a2 = await blog.good({ article, parent: a.id });
      const { items } = await blog.thread("/newest", { sort: "newest" });
      assert.deepEqual(
        items.map((item) => item.id),
        [b, a, a1, a2].map((one) => one.id),
      );
    });

    it("pages of any size show each comment once, in the same order", async () => {
      const article = { id: "/long" };
      const roots = [];
      for (let i = 0; i < 5; ++i) {
        const root = await blog.good({ article });
        roots.push(root);
        for (let j = 0; j < i; ++j) await blog.good({ article, parent: root.id });
      }
      for (const sort of [undefined, "newest"]) {
        const query = { site: blog.id, article: "/long", sort };
        const whole = (await pages(house.nobody, "/v1/comments", { ...query, limit: 200 })).map((item) => item.id);
        assert.equal(whole.length, 15);
        assert.equal(new Set(whole).size, 15);
        for (const limit of [1, 2, 7]) {
          assert.deepEqual(
            (await pages(house.nobody, "/v1/comments", { ...query, limit })).map((item) => item.id),
            whole,
          );
        }
      }
    });

    it("shows approved ones only, from the moment of the decision", async () => {
      const article = { id: "/gate" };
      const held = await blog.doubtful({ article });
      await blog.spam({ article });
      assert.deepEqual(await blog.thread("/gate").then(({ items, count }) => [items, count]), [[], 0]);
      const decided = await blog.decide("approve", [held]);
      assert.deepEqual(
        (await blog.thread("/gate")).items.map((item) => item.id),
        [held.id],
      );
      await blog.undo(decided);
      assert.deepEqual((await blog.thread("/gate")).items, []);
    });

    it("an approved reply to a comment that is not public is still to be had", async () => {
      const article = { id: "/orphan" };
      const parent = await blog.good({ article });
      const reply = await blog.good({ article, parent: parent.id });
      await blog.decide("reject", [parent]);
      const { items, count } = await blog.thread("/orphan");
      assert.deepEqual(
        items.map((item) => item.id),
        [reply.id],
      );
      assert.equal(count, 1);
    });

    it("a chain of 80 replies is shown whole", async () => {
      const article = { id: "/deep" };
      const chain = [];
      let parent;
      for (let i = 0; i < 80; ++i) {
        const one = await blog.good({ article, parent });
        chain.push(one.id);
        parent = one.id;
      }
      const items = await pages(house.nobody, "/v1/comments", { site: blog.id, article: "/deep", limit: 30 });
      assert.deepEqual(
        items.map((item) => item.id),
        chain,
      );
    });

    it("ids of articles may hold anything", async () => {
      for (const id of ["/2026/11/ä ö", "a?b=c&d#e", "https://blog.example/p?x=1", "100%", "日本", "..", "a+b"]) {
        const one = await blog.good({ article: { id } });
        assert.deepEqual(
          (await blog.thread(id)).items.map((item) => item.id),
          [one.id],
          id,
        );
      }
    });

    it("of an article that nobody has written on is empty; of a site that is not there, 404", async () => {
      assert.deepEqual((await blog.thread("/nothing")).items, []);
      await house.nobody.get("/v1/comments", { site: "no-such-blog", article: "/" }, { status: 404 });
    });

    it("markup comes back as it was written: showing it safely is the page's work", async () => {
      const content = `<script>alert(1)</script> ${words()}`;
      const one = await blog.submit({ article: { id: "/markup" }, content });
      if (one.status !== "approved") await blog.decide("approve", [one]);
      const answer = await house.nobody.get("/v1/comments", { site: blog.id, article: "/markup" });
      assert.equal(answer.body.items[0].content, content);
      assert.match(answer.headers["content-type"], /^application\/json/);
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
    });
  });

  describe("counts", () => {
    it("of many articles in one call, in the order asked", async () => {
      for (const [id, count] of [
        ["/c1", 3],
        ["/c2", 1],
      ])
        for (let i = 0; i < count; ++i) await blog.good({ article: { id } });
      await blog.doubtful({ article: { id: "/c2" } });
      const { body } = await house.nobody.get("/v1/comments/counts", {
        site: blog.id,
        article: ["/c2", "/none", "/c1"],
      });
      assert.deepEqual(
        body.items.map((row) => [row.article, row.count]),
        [
          ["/c2", 1],
          ["/none", 0],
          ["/c1", 3],
        ],
      );
      assert.deepEqual(privateFields(body), []);
    });

    it("move with decisions and removals", async () => {
      const count = async () =>
        (await house.nobody.get("/v1/comments/counts", { site: blog.id, article: "/moving" })).body.items[0].count;
      const article = { id: "/moving" };
      const good = await blog.good({ article });
      const held = await blog.doubtful({ article });
      assert.equal(await count(), 1);
      const decided = await blog.decide("approve", [held]);
      assert.equal(await count(), 2);
      await blog.frontend.delete(`/v1/comments/${good.id}`, { status: 204 });
      assert.equal(await count(), 1);
      await blog.undo(decided);
      assert.equal(await count(), 0);
    });
  });

  describe("private things stay private", () => {
    it("in every public answer, whatever is in the store", async () => {
      const article = { id: "/private", url: `${blog.url}/private`, title: "Private" };
      const secret = { ip: "203.0.113.99", user_agent: "SecretAgent/1.0", referrer: "https://secret.example/" };
      const who = { ...reader(), client: secret };
      who.author = { name: "Greta", email: "greta@secret.example", id: "secret-user-7", url: "https://greta.example/" };
      const good = await blog.submit({ ...who, article });
      if (good.status !== "approved")
        await blog.decide("approve", [good], { note: "secret note", reason: "secret reason" });
      const held = await blog.doubtful({ ...who, article, content: doubtfulWords() });
      await blog.submit({ ...who, article, content: spamWords() });
      await blog.decide("approve", [await blog.doubtful({ ...who, article })], {
        note: "secret note",
        reason: "secret reason",
      });

      const bearer = { Authorization: `Receipt ${held.receipt}` };
      const answers = [
        await house.nobody.get("/v1/comments", { site: blog.id, article: "/private" }),
        await house.nobody.get("/v1/comments", {
          site: blog.id,
          article: "/private",
          id: held.id,
          receipt: held.receipt,
        }),
        await house.nobody.get("/v1/comments", { site: blog.id, article: "/private", sort: "newest", limit: 1 }),
        await house.nobody.get("/v1/comments/counts", { site: blog.id, article: ["/private", "/c1"] }),
        await house.nobody.post(
          "/v1/comments",
          {
            site: blog.id,
            article: { id: "/private" },
            author: { name: "G", email: "greta@secret.example" },
            content: spamWords(),
          },
          { status: 201 },
        ),
        await house.nobody.patch(`/v1/comments/${held.id}`, { content: doubtfulWords() }, { headers: bearer }),
        await house.nobody.get(`/v1/comments/${good.id}`, {}, { status: 401 }),
        await house.nobody.get("/healthz"),
        await house.nobody.get("/readyz"),
      ];
      for (const answer of answers) {
        assert.deepEqual(privateFields(answer.status < 400 ? answer.body : {}), []);
        assert.doesNotMatch(answer.text, /secret|203\.0\.113\.99/i);
        assert.doesNotMatch(JSON.stringify(answer.headers), /secret|203\.0\.113\.99/i);
      }
      assert.ok(flat(answers[0].body.items).length >= 2);
      assert.equal(answers[0].body.items[0].author.name, "Greta");
    });

    it("in the public thread for callers with a token, too", async () => {
      const feed = await house.token("feed", blog.id);
      for (const who of [feed, blog.frontend, blog.moderator, house.admin]) {
        const { body } = await who.get("/v1/comments", { site: blog.id, article: "/private" });
        assert.deepEqual(privateFields(body), []);
      }
    });

    it("and a homepage that a browser would run is not handed to pages", async () => {
      const one = await blog.submit({
        article: { id: "/homepage" },
        author: { name: "J", url: "javascript:alert(1)" },
      });
      if (one.status !== "approved") await blog.decide("approve", [one]);
      const { items } = await blog.thread("/homepage");
      assert.equal(items[0].author.url, "");
      assert.equal((await blog.detail(one)).author.url, "javascript:alert(1)", "a moderator sees what was sent");
    });

    it("nor do the logs tell them", async () => {
      assert.doesNotMatch(house.service.said(), /secret|203\.0\.113\.99|greta/i);
      assert.ok(!house.service.said().includes(blog.frontend.token));
      assert.ok(!house.service.said().includes(house.service.token), "the given admin token is not printed");
    });
  });
});
