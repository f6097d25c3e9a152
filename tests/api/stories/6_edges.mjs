// At the limits, between origins, and on the wire: what HTTP clients never send, and what just fits.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { call, raw } from "../lib/client.mjs";
import { comment, doubtfulWords, key, open, spamWords, words } from "../lib/house.mjs";

const x = (count) => "x".repeat(count);

describe("the edges", () => {
  let house, blog;
  before(async () => {
    house = await open();
    blog = await house.site({ origins: ["https://www.friend.example"] });
  });
  after(() => house.close());

  describe("at the limit", () => {
    const fits = [
      ["a content of 64 KiB", () => ({ content: (words() + " ").repeat(2_000).slice(0, 65_536) })],
      ["a name of 245 bytes", () => ({ author: { name: x(245) } })],
      [
        "an email of 100 bytes",
        () => ({ author: { name: "N", email: `${x(64)}@${x(20)}.mail.example`.padStart(100, "y").slice(-100) } }),
      ],
      ["a URL of 2,000 bytes", () => ({ author: { name: "N", url: "https://x.example/" + x(1_982) } })],
      ["an author id of 200 bytes", () => ({ author: { name: "N", id: x(200) } })],
      ["a user agent of 1,000 bytes", () => ({ client: { ip: "192.0.2.1", user_agent: x(1_000) } })],
      ["a referrer of 2,000 bytes", () => ({ client: { ip: "192.0.2.1", referrer: "https://x.example/" + x(1_982) } })],
      ["an article id of 500 bytes", () => ({ article: { id: x(500) } })],
      ["a title of 500 bytes", () => ({ article: { id: "a", title: "ä".repeat(250) } })],
      ["a type of 40 bytes", () => ({ type: x(40) })],
      ["an email that is none, which rules may look at", () => ({ author: { name: "N", email: "nobody" } })],
      ["a URL that is none, which rules may look at", () => ({ author: { name: "N", url: "javascript:alert(1)" } })],
      ["no author at all", () => ({ author: {} })],
      ["no client at all", () => ({ client: undefined })],
      ["bidi controls in the content, which rules may look at", () => ({ content: `\u202e${words()}\u202c` })],
    ];
    for (const [what, over] of fits) {
      it(`${what} is taken and comes back whole`, async () => {
        const wish = comment(over());
        const { body } = await blog.frontend.post("/v1/comments", wish, { status: 201 });
        const kept = await blog.detail(body);
        assert.equal(kept.content, wish.content);
        for (const [name, value] of Object.entries(wish.author)) assert.equal(kept.author[name], value);
        assert.equal(kept.article.id, wish.article.id);
      });
    }

    it("a body of 256 KiB, an Idempotency-Key of 200 bytes, a page of 200, a check of 1,000", async () => {
      const whole = JSON.stringify(comment());
      await blog.frontend.ask("POST", "/v1/comments", {
        bytes: whole + " ".repeat(256 * 1024 - Buffer.byteLength(whole)),
        status: 201,
      });
      await blog.frontend.post("/v1/comments", comment(), { key: key().padEnd(200, "k"), status: 201 });
      await blog.moderator.get("/v1/queue", { limit: 200 });
      const { body } = await blog.frontend.post(
        "/v1/check",
        Array.from({ length: 1_000 }, () => comment()),
        { status: 200 },
      );
      assert.equal(body.length, 1_000);
    });
  });

  describe("CORS", () => {
    const preflight = (origin, path = "/v1/comments", method = "POST") =>
      call(house.service, "OPTIONS", path, {
        headers: {
          Origin: origin,
          "Access-Control-Request-Method": method,
          "Access-Control-Request-Headers": "content-type",
        },
        query: { site: blog.id },
      });

    it("a site's own origins may ask", async () => {
      for (const origin of [blog.url, "https://www.friend.example"]) {
        const { status, headers } = await preflight(origin);
        assert.equal(status, 204);
        assert.equal(headers["access-control-allow-origin"], origin);
        assert.match(headers["access-control-allow-methods"], /POST/);
        assert.match(headers["access-control-allow-headers"], /content-type/i);
        assert.match(headers.vary ?? "", /origin/i);
        assert.equal(headers["access-control-allow-credentials"], undefined);
        const answer = await house.nobody.get(
          "/v1/comments",
          { site: blog.id, article: "/2026/beans" },
          { headers: { Origin: origin } },
        );
        assert.equal(answer.headers["access-control-allow-origin"], origin);
      }
    });

    it("others may not", async () => {
      for (const origin of [
        "https://evil.example",
        `${blog.url}.evil.example`,
        blog.url.replace("https", "http"),
        "null",
        `${blog.url}:8443`,
      ]) {
        const { headers } = await preflight(origin);
        assert.equal(headers["access-control-allow-origin"], undefined, origin);
        const answer = await house.nobody.get(
          "/v1/comments",
          { site: blog.id, article: "/2026/beans" },
          { headers: { Origin: origin } },
        );
        assert.equal(answer.headers["access-control-allow-origin"], undefined, origin);
      }
    });

    it("what is not public is not offered to pages", async () => {
      for (const path of ["/v1/queue", "/v1/decisions", "/v1/tokens"]) {
        const { headers } = await preflight(blog.url, path, "GET");
        assert.equal(headers["access-control-allow-origin"], undefined, path);
      }
    });
  });

  describe("on the wire", () => {
    const json = JSON.stringify({ site: "x", article: { id: "a" }, content: "hello" });
    const request = (head, body = "") =>
      `${head}\r\nHost: x\r\nConnection: close\r\n${body ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : ""}\r\n${body}`;
    const rows = [
      ["garbage", "\x16\x03\x01\x02\x00hello\r\n\r\n", [400]],
      ["no version", "GET /healthz\r\n\r\n", [400]],
      ["another version", "GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n", [400, 505]],
      ["an unknown method", request("BREW /healthz HTTP/1.1"), [400, 405, 501]],
      ["no Host", "GET /healthz HTTP/1.1\r\n\r\n", [400]],
      ["two Hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400]],
      ["a folded header", "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", [400]],
      ["a blank before the colon", "GET /healthz HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", [400]],
      ["a long line", request(`GET /${x(9_000)} HTTP/1.1`), [414]],
      ["101 headers", `GET /healthz HTTP/1.1\r\nHost: x\r\n${"A: b\r\n".repeat(101)}\r\n`, [431]],
      ["a long header", `GET /healthz HTTP/1.1\r\nHost: x\r\nA: ${x(40_000)}\r\n\r\n`, [431]],
      ["a length that is none", "POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n", [400]],
      ["a negative length", "POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", [400]],
      [
        "two lengths",
        "POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        [400],
      ],
      [
        "length and chunks",
        "POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        [400],
      ],
      [
        "another transfer coding",
        "POST /v1/comments HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        [400, 501],
      ],
      [
        "a bad chunk",
        "POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        [400],
      ],
      [
        "a huge length",
        "POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n",
        [413],
      ],
      [
        "a chunk beyond the limit",
        `POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n50000\r\n${x(0x50000)}`,
        [413],
      ],
      ["percent signs that say nothing", request("GET /v1/%zz HTTP/1.1"), [400, 404]],
      ["NUL in the path", request("GET /v1/queue%00 HTTP/1.1"), [400, 401, 404]],
      ["a method override", request(`GET /v1/queue HTTP/1.1\r\nX-HTTP-Method-Override: DELETE`), [401]],
    ];
    for (const [what, text, status] of rows) {
      it(`${what}: ${status.join(" or ")}`, async () => {
        const answer = await raw(house.service, Buffer.from(text, "latin1"));
        assert.ok(status.includes(answer.status), `answered ${answer.status}: ${answer.text}`);
        assert.match(answer.headers["content-type"], /^application\/problem\+json/);
      });
    }

    it("a chunked comment is taken like any other", async () => {
      const body = JSON.stringify({
        site: blog.id,
        article: { id: "/2026/beans" },
        author: { name: "C" },
        content: spamWords(),
      });
      const half = body.length >> 1;
      const chunk = (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
      const answer = await raw(
        house.service,
        `POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body.slice(0, half))}${chunk(body.slice(half))}0\r\n\r\n`,
      );
      assert.equal(answer.status, 201);
      assert.equal(JSON.parse(answer.text).status, "spam");
    });

    it("pipelined requests are answered in order", async () => {
      const one = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
      const two = request("GET /v1/nothing HTTP/1.1");
      const answer = await raw(house.service, one + two, { done: () => false });
      assert.equal(answer.status, 200);
      assert.match(answer.rest, /^HTTP\/1\.1 404 /);
    });

    it("a Range does not cut or multiply an answer", async () => {
      const plain = await raw(house.service, request("GET /healthz HTTP/1.1"));
      const ranged = await raw(house.service, request("GET /healthz HTTP/1.1\r\nRange: bytes=0-1,0-1,0-1"));
      assert.equal(ranged.status, 200);
      assert.equal(ranged.text, plain.text);
      const posted = await raw(
        house.service,
        request(
          `POST /v1/comments HTTP/1.1\r\nContent-Type: application/json\r\nRange: bytes=${"0-,".repeat(50)}0-`,
          json,
        ),
      );
      assert.equal(posted.status, 404);
      assert.ok(posted.text.length < 1_000);
    });

    it("after all this the service is well", async () => {
      const { status } = await house.nobody.get("/readyz");
      assert.equal(status, 200);
      assert.equal((await blog.submit({ content: doubtfulWords() })).status, "pending");
    });
  });
});
