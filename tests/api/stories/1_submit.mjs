// A reader writes; the blog hands it over; the machine judges; the author sees, edits and takes back.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { call } from "../lib/client.mjs";
import { comment, doubtfulWords, kNobody, open, reader, spamWords, unique, words } from "../lib/house.mjs";

let house, blog;

const kUuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("submitting", () => {
  before(async () => {
    house = await open();
    blog = await house.site();
  });
  after(() => house.close());

  describe("a front end submits", () => {
    it("a good comment: it is published, with the whole verdict", async () => {
      const { status, headers, body } = await blog.frontend.post("/v1/comments", comment());
      assert.equal(status, 201);
      assert.match(body.id, kUuid7);
      assert.equal(body.status, "approved");
      assert.ok(body.receipt.length >= 32);
      assert.equal(body.verdict.action, "approve");
      assert.ok(body.verdict.probability > 0 && body.verdict.probability < 1);  // the starter set speaks from the first day
      assert.ok(body.verdict.rules_version);
      assert.match(headers["x-request-id"], /^\S+$/);
      assert.match(headers["cache-control"], /no-store/);
    });

    it("a doubtful one: it waits, and the verdict says why and where", async () => {
      const content = doubtfulWords();
      const { body } = await blog.frontend.post("/v1/comments", comment({ content }));
      assert.equal(body.status, "pending");
      assert.equal(body.verdict.action, "hold");
      const finding = body.verdict.findings.find((one) => one.rule === "link_count");
      assert.equal(finding.score, 20);
      assert.match(finding.about, /3 links/);
      const bytes = Buffer.from(content);
      assert.equal(finding.evidence.length, 3);
      for (const spot of finding.evidence) {
        assert.equal(spot.field, "content");
        assert.equal(bytes.subarray(spot.start, spot.end).toString("utf8"), spot.value);
        assert.match(spot.value, /seeds\d/);
      }
    });

    it("spam: it is set aside", async () => {
      const { body } = await blog.frontend.post("/v1/comments", comment({ content: spamWords() }));
      assert.equal(body.status, "spam");
      assert.ok(["spam", "discard"].includes(body.verdict.action));
      assert.ok(body.verdict.score >= 34);
    });

    it("the score is the sum of the findings that count, highest first", async () => {
      const { body } = await blog.frontend.post("/v1/comments", comment({ content: spamWords() + " !!! BUY NOW !!!" }));
      const scores = body.verdict.findings.filter((one) => !one.shadow).map((one) => one.score);
      assert.ok(Math.abs(scores.reduce((a, b) => a + b, 0) - body.verdict.score) < 0.01, JSON.stringify(body.verdict));
      const all = body.verdict.findings.map((one) => one.score);
      assert.deepEqual(
        all,
        [...all].sort((a, b) => b - a),
      );
    });

    it("evidence is bytes of the original field, whatever stands before it", async () => {
      const content = `Grüße aus Köln 🌻 — ${doubtfulWords()}`;
      const { body } = await blog.frontend.post("/v1/comments", comment({ content }));
      const spots = body.verdict.findings.flatMap((one) => one.evidence).filter((spot) => spot.field === "content");
      assert.ok(spots.length >= 3);
      for (const spot of spots)
        assert.equal(Buffer.from(content).subarray(spot.start, spot.end).toString("utf8"), spot.value);
    });

    it("everything that it may say about a comment is kept", async () => {
      const who = reader();
      const one = {
        site: blog.id,
        article: { id: "notes/with/slashes?and=query", url: `${blog.url}/notes`, title: "Slashes & more" },
        author: { ...who.author, url: "https://reader.example/", id: unique("user") },
        content: words(),
        client: { ...who.client, ip: "2001:DB8:0:0::17" },
        type: "pingback",
        created_at: "2024-02-29T12:30:00+01:00",
        form: { elapsed_ms: 45_000 },
      };
      const { body } = await blog.frontend.post("/v1/comments", one);
      const kept = await blog.detail(body);
      assert.equal(kept.content, one.content);
      assert.deepEqual(kept.author, one.author);
      assert.deepEqual(kept.article, one.article);
      assert.equal(kept.client.ip, "2001:db8::17");
      assert.equal(kept.client.user_agent, one.client.user_agent);
      assert.equal(kept.type, "pingback");
      assert.equal(kept.created_at, "2024-02-29T11:30:00Z");
    });

    it("text of every script and every harmless control comes back byte for byte", async () => {
      for (const content of [
        "漢字とかな交じり文 العربية עברית ไทย हिन्दी",
        "line\r\nline\ttab",
        "👩‍👩‍👧‍👦 e\u0301 \u{1F1E9}\u{1F1EA}",
        '<b>bold</b> &amp; "quotes" \\ /',
      ]) {
        const text = `${content} ${words()}`;
        const { body } = await blog.frontend.post("/v1/comments", comment({ content: text }));
        assert.equal((await blog.detail(body)).content, text);
      }
    });

    it("a check judges the same and keeps nothing", async () => {
      const before = await blog.stats();
      const one = comment({ content: doubtfulWords() });
      const { body: checked } = await blog.frontend.post("/v1/check", one, { status: 200 });
      assert.equal(checked.action, "hold");
      const { body: batch } = await blog.frontend.post(
        "/v1/check",
        [one, comment(), comment({ content: spamWords() })],
        { status: 200 },
      );
      assert.deepEqual(batch.map((verdict) => verdict.action).slice(0, 2), ["hold", "approve"]);
      assert.ok(["spam", "discard"].includes(batch[2].action));
      const { body: none } = await blog.frontend.post("/v1/check", [], { status: 200 });
      assert.deepEqual(none, []);
      await house.admin.post("/v1/check", { content: words() }, { status: 200 }); // of no site: with the usual policy
      assert.deepEqual(await blog.stats(), before);
      const { body: kept } = await blog.frontend.post("/v1/comments", one);
      assert.deepEqual(kept.verdict, checked);
    });

    it("a label for a comment that is not in the store is taken", async () => {
      const before = await blog.stats();
      await blog.frontend.post("/v1/learn", { ...comment({ content: spamWords() }), label: "spam" }, { status: 200 });
      await blog.frontend.post("/v1/learn", { ...comment(), label: "ham" }, { status: 200 });
      const after = await blog.stats();
      assert.equal(after.sites[0].pending, before.sites[0].pending);
      assert.equal(after.sites[0].approved, before.sites[0].approved);
    });

    it("policies: everything waits, first comments wait, or nothing does", async () => {
      const all = await house.site({ policy: { moderation: "hold_all" } });
      assert.equal((await all.submit()).status, "pending");

      const first = await house.site({ policy: { moderation: "hold_first" } });
      const who = { ...reader(), article: { id: "a", url: `${first.url}/a` } };
      who.author.id = unique("user");
      const one = await first.submit(who);
      assert.equal(one.status, "pending");
      await first.decide("approve", [one]);
      assert.equal(
        (await first.submit({ ...who, content: words() })).status,
        "approved",
        "an author who was approved once is known",
      );
      assert.equal((await first.submit()).status, "pending", "another one is not");
    });
  });

  describe("a form submits", () => {
    const form = (fields) => new URLSearchParams(fields).toString();
    const kForm = "application/x-www-form-urlencoded";
    let names;
    const fields = (over = {}) => ({ site: blog.id, ...names(over) });
    before(() => {
      names = ({
        article = "/2026/beans",
        content = words(),
        name = unique("visitor"),
        email = `${unique("v")}@mail.example`,
        ...rest
      }) => ({
        "article.id": article,
        "article.url": `${blog.url}${article}`,
        "author.name": name,
        "author.email": email,
        content,
        ...rest,
      });
    });

    it("with the names that people write by hand", async () => {
      const plain = {
        site: blog.id,
        article: "/2026/beans",
        name: "Hanna Hand",
        email: "hanna@mail.example",
        url: "https://hanna.example/",
        content: words(),
      };
      await house.nobody.ask("POST", "/v1/comments", {
        bytes: form(plain),
        type: kForm,
        status: 303,
        headers: { Referer: `${blog.url}/2026/beans` },
      });
      const [item] = await blog.queue({ status: "any", sort: "newest", limit: 1 });
      assert.equal(item.author.name, "Hanna Hand");
      assert.equal(item.author.url, "https://hanna.example/");
      assert.equal(item.article.id, "/2026/beans");
      assert.equal(item.content, plain.content);
    });

    it("and is told how it went, and sent where it asks to go within the site", async () => {
      for (const [content, outcome] of [
        [words(), "published"],
        [doubtfulWords(), "pending"],
        [spamWords(), "refused"],
      ]) {
        const { headers } = await house.nobody.ask("POST", "/v1/comments", {
          bytes: form(fields({ content, redirect: `${blog.url}/thanks?from=form#end` })),
          type: kForm,
          status: 303,
        });
        assert.equal(headers.location, `${blog.url}/thanks?from=form&chaffinch=${outcome}#end`);
      }
    });

    it("and is sent back to the article", async () => {
      const answer = await house.nobody.ask("POST", "/v1/comments", {
        bytes: form(fields()),
        type: kForm,
        status: 303,
      });
      assert.equal(answer.headers.location, `${blog.url}/2026/beans?chaffinch=published`);
      assert.equal(answer.text, "");
    });

    it("with umlauts, plus signs and percent signs", async () => {
      const content = `Größe + 100 % & mehr = gut; ${words()}`;
      await house.nobody.ask("POST", "/v1/comments", {
        bytes: form(fields({ content })),
        type: `${kForm}; charset=UTF-8`,
        status: 303,
      });
      const found = await blog.queue({ status: "any", sort: "newest", limit: 5 });
      assert.equal(found[0].content, content);
    });

    it("the connection says who it is, not the form", async () => {
      const content = words();
      await house.nobody.ask("POST", "/v1/comments", {
        bytes: form(fields({ content })),
        type: kForm,
        status: 303,
        headers: {
          "X-Forwarded-For": "203.0.113.9",
          "X-Real-IP": "203.0.113.9",
          Forwarded: "for=203.0.113.9",
          REMOTE_ADDR: "203.0.113.9",
        },
      });
      const [item] = await blog.queue({ status: "any", sort: "newest", limit: 1 });
      const kept = await blog.detail(item);
      assert.equal(kept.content, content);
      assert.equal(kept.client.ip, "127.0.0.1");
    });

    it("a public JSON caller gets no verdict", async () => {
      const { body } = await house.nobody.post("/v1/comments", {
        site: blog.id,
        article: { id: "/2026/beans" },
        author: { name: "Visitor" },
        content: words(),
      });
      assert.deepEqual(Object.keys(body).sort(), ["id", "receipt", "status"]);
    });

    it("an author who brings the cookie is known on another network; who types the name is not", async () => {
      const careful = await house.site({ policy: { moderation: "hold_first" } });
      const author = { name: "Ruth", email: `${unique("ruth")}@people.example` };
      const say = (headers, localAddress) =>
        house.nobody.post(
          "/v1/comments",
          { site: careful.id, article: { id: "/a" }, author, content: words() },
          { status: 201, headers, localAddress },
        );
      const first = await say({}, "127.0.0.1");
      assert.equal(first.body.status, "pending");
      const [set] = first.headers["set-cookie"];
      const cookie = set.split(";")[0];
      await careful.decide("approve", [first.body]);
      assert.equal((await say({ Cookie: `a=b; ${cookie}` }, "127.1.1.1")).body.status, "approved");
      assert.equal((await say({}, "127.2.1.1")).body.status, "pending");
      assert.equal((await say({ Cookie: `${cookie}x` }, "127.3.1.1")).body.status, "pending");
      const trusted = await careful.frontend.post(
        "/v1/comments",
        { ...comment({ author }), article: { id: "/a" } },
        { status: 201 },
      );
      assert.equal(trusted.headers["set-cookie"], undefined, "a front end's visitor is not ours to mark");
    });
  });

  describe("an author holds a receipt", () => {
    const bear = (receipt) => ({ headers: { Authorization: `Receipt ${receipt}` } });

    it("and sees the own pending comment in the thread, nobody else does", async () => {
      const one = await blog.doubtful();
      const own = await blog.thread("/2026/beans", { receipt: one.receipt, id: one.id, limit: 200 });
      const mine = own.items.filter((item) => item.id === one.id);
      assert.equal(mine.length, 1);
      assert.equal(mine[0].status, "pending");
      const others = await blog.thread("/2026/beans", { limit: 200 });
      assert.ok(!others.items.some((item) => item.id === one.id));
      assert.equal(own.count, others.count, "the count is of approved ones");
    });

    it("a receipt of another comment shows nothing", async () => {
      const one = await blog.doubtful();
      const other = await blog.doubtful();
      await house.nobody.get(
        "/v1/comments",
        { site: blog.id, article: "/2026/beans", id: one.id, receipt: other.receipt },
        { status: 403 },
      );
    });

    it("and edits it: it is judged again, and what a person approved waits again", async () => {
      const one = await blog.good();
      const { body: kept } = await house.nobody.patch(
        `/v1/comments/${one.id}`,
        { content: words() },
        bear(one.receipt),
      );
      assert.equal(kept.id, one.id);
      assert.ok(!("verdict" in kept));

      const approved = await blog.doubtful();
      await blog.decide("approve", [approved]);
      const { body: edited } = await house.nobody.patch(
        `/v1/comments/${approved.id}`,
        { content: words() },
        bear(approved.receipt),
      );
      assert.equal(edited.status, "pending", "an approval does not survive a changed text unseen");
      const after = await blog.detail(approved);
      assert.equal(after.status, "pending");
      assert.ok(after.edited_at);
      assert.ok(after.history.some((entry) => entry.what === "edited"));

      const held = await blog.doubtful();
      const { body: rewritten } = await house.nobody.patch(
        `/v1/comments/${held.id}`,
        { content: words() },
        bear(held.receipt),
      );
      assert.equal(rewritten.status, "pending", "what was held is not freed by rewriting it");

      const published = await blog.good();
      const { body: spoilt } = await house.nobody.patch(
        `/v1/comments/${published.id}`,
        { content: spamWords() },
        bear(published.receipt),
      );
      assert.equal(spoilt.status, "spam");
    });

    it("a person's no stands when the text changes", async () => {
      const one = await blog.doubtful();
      await blog.decide("reject", [one]);
      const { body } = await house.nobody.patch(`/v1/comments/${one.id}`, { content: words() }, bear(one.receipt));
      assert.equal(body.status, "rejected");
    });

    it("in a header or in the body", async () => {
      const one = await blog.good();
      const content = words();
      await house.nobody.patch(`/v1/comments/${one.id}`, { content, receipt: one.receipt });
      assert.equal((await blog.detail(one)).content, content);
      await house.nobody.delete(`/v1/comments/${one.id}`, { body: { receipt: one.receipt }, status: 204 });
    });

    it("and takes it back", async () => {
      const one = await blog.good();
      assert.ok((await blog.thread("/2026/beans", { limit: 200 })).items.some((item) => item.id === one.id));
      await house.nobody.delete(`/v1/comments/${one.id}`, { ...bear(one.receipt), status: 204 });
      assert.ok(!(await blog.thread("/2026/beans", { limit: 200 })).items.some((item) => item.id === one.id));
      await blog.moderator.get(`/v1/comments/${one.id}`, {}, { status: [404, 410] });
      await house.nobody.delete(`/v1/comments/${one.id}`, { ...bear(one.receipt), status: [404, 410] });
    });

    it("a wrong receipt is worth nothing", async () => {
      const one = await blog.good();
      const other = await blog.good();
      for (const receipt of [other.receipt, one.receipt.slice(0, -1), one.receipt + "A", "x", "Ω"]) {
        const headers = { Authorization: `Receipt ${Buffer.from(receipt, "utf8").toString("latin1")}` };
        await house.nobody.patch(`/v1/comments/${one.id}`, { content: words() }, { headers, status: 404 });
        await house.nobody.delete(`/v1/comments/${one.id}`, { headers, status: 404 });
        await house.nobody.patch(`/v1/comments/${one.id}`, { content: words(), receipt }, { status: 404 });
        await house.nobody.delete(`/v1/comments/${one.id}`, { body: { receipt }, status: 404 });
      }
      await house.nobody.delete(`/v1/comments/${one.id}`, { status: 401 });
      assert.equal((await blog.detail(one)).version, 1);
    });

    it("after the site's time it is too late for the author, not for the front end", async () => {
      const strict = await house.site({ edit_minutes: 0 });
      const one = await strict.submit();
      await house.nobody.patch(`/v1/comments/${one.id}`, { content: words() }, { ...bear(one.receipt), status: 403 });
      await house.nobody.delete(`/v1/comments/${one.id}`, { ...bear(one.receipt), status: 403 });
      const { body } = await strict.frontend.patch(`/v1/comments/${one.id}`, { content: words() });
      assert.equal(body.id, one.id);
      await strict.frontend.delete(`/v1/comments/${one.id}`, { status: 204 });
    });
  });

  describe("a front end edits", () => {
    it("name, URL and text; a stale version changes nothing", async () => {
      const one = await blog.good();
      const before = await blog.detail(one);
      const content = words();
      const { body } = await blog.frontend.patch(`/v1/comments/${one.id}`, {
        content,
        author: { name: "Nora Field", url: "https://nora.example/" },
        version: before.version,
      });
      assert.ok(body.verdict);
      const after = await blog.detail(one);
      assert.equal(after.content, content);
      assert.equal(after.author.name, "Nora Field");
      assert.equal(after.version, before.version + 1);
      await blog.frontend.patch(
        `/v1/comments/${one.id}`,
        { content: words(), version: before.version },
        { status: 409 },
      );
      assert.equal((await blog.detail(one)).content, content);
    });

    it("only comments that exist, of its own site", async () => {
      const elsewhere = await house.site();
      const one = await blog.good();
      await elsewhere.frontend.patch(`/v1/comments/${one.id}`, { content: words() }, { status: 404 });
      await elsewhere.frontend.delete(`/v1/comments/${one.id}`, { status: 404 });
      await blog.frontend.patch(`/v1/comments/${kNobody}`, { content: words() }, { status: 404 });
      assert.equal((await blog.detail(one)).version, 1);
    });

    it("replies stay when their parent goes", async () => {
      const parent = await blog.good();
      const reply = await blog.good({ parent: parent.id });
      await blog.frontend.delete(`/v1/comments/${parent.id}`, { status: 204 });
      const thread = await blog.thread("/2026/beans", { limit: 200 });
      assert.ok(thread.items.some((item) => item.id === reply.id));
      assert.ok(!thread.items.some((item) => item.id === parent.id && item.content));
    });
  });
});
