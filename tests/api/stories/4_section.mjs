// What pages get besides JSON: forms, the fragment, feeds, the widget's files.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { call } from "../lib/client.mjs";
import { doubtfulWords, kNobody, open, words } from "../lib/house.mjs";

describe("the section", () => {
  let house, blog;
  before(async () => {
    house = await open();
    blog = await house.site();
  });
  after(() => house.close());
  const form = (fields) => ({ bytes: new URLSearchParams(fields).toString(), type: "application/x-www-form-urlencoded" });

  it("a form's token goes with one comment, from a browser or through the blog", async () => {
    const query = { site: blog.id, article: "/bread" };
    const { body } = await house.nobody.get("/v1/comments/form", query);
    assert.equal(body.markdown, false);
    assert.ok(Math.abs(Date.parse(body.expires_at) - Date.now() - 86400e3) < 60e3);
    const send = () =>
      house.nobody.ask("POST", "/v1/comments", {
        ...form({ site: blog.id, article: "/bread", content: words(), name: "Ana", "form.token": body.token }),
        status: 303,
      });
    await send();
    await send();
    const states = async () => (await blog.queue({ status: "any", sort: "newest" })).map((item) => item.form.token);
    assert.deepEqual((await states()).slice(0, 2), ["used", "good"]);
    const again = (await house.nobody.get("/v1/comments/form", query)).body;
    await blog.submit({ article: { id: "/bread" }, form: { token: again.token, honeypot: "" } });
    assert.equal((await states())[0], "good");
    await blog.submit();
    assert.equal((await states())[0], null);
  });

  it("the site's way to show texts", async () => {
    const article = { id: "/shown" };
    await blog.good({ article, content: "*one* https://a.example/ <i>two</i>\n\nthree" });
    const read = async () => (await blog.thread("/shown", { body: true })).items[0].body;
    assert.deepEqual(await read(), [
      ["p", "*one* ", ["a", "https://a.example/", "https://a.example/"], " <i>two</i>"],
      ["p", "three"],
    ]);
    await house.admin.patch(`/v1/sites/${blog.id}`, { markdown: true });
    assert.deepEqual((await read())[0].slice(0, 3), ["p", ["em", "one"], " "]);
    await house.admin.patch(`/v1/sites/${blog.id}`, { markdown: false });
  });

  it("the fragment takes everything that its page hands on", async () => {
    const article = "/fragment";
    const one = await blog.good({ article: { id: article }, author: { name: "<Ana>" } });
    await blog.good({ article: { id: article } });
    const all = {
      site: blog.id, article, sort: "newest", limit: 1, service: "https://c.example", page: `${blog.url}/p?x=1`, outcome: "refused",
      parent: one.id, form: true, lang: "fr",
    };
    const { text, headers } = await house.nobody.get("/v1/comments.html", all);
    assert.equal(headers["content-type"], "text/html; charset=utf-8");
    assert.match(text, /Votre commentaire n’a pas été accepté/);
    assert.match(text, /action="https:\/\/c\.example\/v1\/comments"/);
    const cursor = decodeURIComponent(/chaffinch_cursor=([^"]+)"/.exec(text)[1]);
    const second = await house.nobody.get("/v1/comments.html", { ...all, cursor });
    assert.match(second.text, /&lt;Ana&gt;/);
    assert.doesNotMatch(second.text, /<Ana>/);
    for (const wrong of [{ lang: "tlh" }, { outcome: "x" }, { page: "javascript:alert(1)" }, { parent: "x" }])
      await house.nobody.get("/v1/comments.html", { ...all, ...wrong }, { status: 400 });
    assert.equal((await house.nobody.get("/v1/comments.html", { ...all, parent: kNobody })).status, 200);
  });

  it("feeds, which cost nothing while nothing is new", async () => {
    const article = { id: "/feed" };
    const shown = await blog.good({ article });
    const held = await blog.doubtful({ article });
    for (const [path, query, token, inside, outside] of [
      ["/v1/comments.atom", { site: blog.id, article: "/feed" }, undefined, shown.id, held.id],
      ["/v1/queue.atom", { site: blog.id }, (await house.token("feed", blog.id)).token, held.id, shown.id],
    ]) {
      const first = await call(house.service, "GET", path, { query, token });
      assert.equal(first.status, 200);
      assert.ok(first.text.includes(`urn:uuid:${inside}`));
      assert.ok(!first.text.includes(outside));
      const again = await call(house.service, "GET", path, { query, token, headers: { "If-None-Match": first.headers.etag } });
      assert.equal(again.status, 304);
      assert.equal(again.text, "");
    }
    const reader = await house.token("feed", blog.id);
    const basic = (secret) => ({ Authorization: "Basic " + Buffer.from(`reader:${secret}`).toString("base64") });
    const by = (path, secret) => call(house.service, "GET", path, { headers: basic(secret) });
    assert.equal((await by("/v1/queue.atom", reader.token)).status, 200);
    assert.equal((await by("/v1/queue.atom", "chf_none")).status, 401);
    assert.equal((await by("/v1/queue", reader.token)).status, 401);
  });

  it("files for browsers", async () => {
    for (const path of ["/embed.js", "/embed/ja.json", "/demo/page.css", "/desk", "/desk/desk.css"]) {
      const plain = await call(house.service, "GET", path);
      const packed = await call(house.service, "GET", path, { headers: { "Accept-Encoding": "gzip" } });
      assert.equal(packed.headers["content-encoding"], "gzip");
      assert.equal(packed.text, plain.text);
      assert.ok(Number(packed.headers["content-length"]) < Number(plain.headers["content-length"]));
      for (const answer of [plain, packed]) {
        assert.equal(answer.headers["x-content-type-options"], "nosniff");
        const known = { "If-None-Match": answer.headers.etag, "Accept-Encoding": answer === packed ? "gzip" : "" };
        const again = await call(house.service, "GET", path, { headers: known });
        assert.equal(again.status, 304, path);
        assert.equal(again.headers.etag, answer.headers.etag);
      }
    }
  });

  it("the demo shows what became of a form", async () => {
    const site = "demo";
    const { text } = await house.nobody.get("/demo", { site, chaffinch: "pending" });
    assert.match(text, /Leave a Reply/);
    assert.match(text, /Your comment waits for a moderator\./);
    await house.nobody.get("/demo", { chaffinch_parent: kNobody, chaffinch_cursor: "x" }, { status: 400 });
    await house.nobody.get("/demo", { chaffinch_parent: kNobody });
  });
});
