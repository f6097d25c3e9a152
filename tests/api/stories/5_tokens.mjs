// Tokens: shown once, ended by time or by hand, and reaching as far as their role and site.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { call, document, pages, until } from "../lib/client.mjs";
import { comment, kNobody, open } from "../lib/house.mjs";

describe("who may do what", () => {
  let house, blog;
  before(async () => {
    house = await open();
    blog = await house.site();
  });
  after(() => house.close());

  describe("tokens", () => {
    it("are shown once, listed without their secret, and die when revoked", async () => {
      const { body } = await house.admin.post(
        "/v1/tokens",
        { role: "moderator", site: blog.id, name: "Kim" },
        { status: 201 },
      );
      const secret = body.token;
      const kim = house.as(secret);
      await kim.get("/v1/queue");
      const { text, body: list } = await house.admin.get("/v1/tokens");
      assert.ok(!text.includes(secret));
      const row = list.items.find((token) => token.id === body.id);
      assert.equal(row.name, "Kim");
      assert.equal(row.role, "moderator");
      assert.equal(row.site, blog.id);
      await house.admin.delete(`/v1/tokens/${body.id}`, { status: 204 });
      const { headers } = await kim.get("/v1/queue", {}, { status: 401 });
      assert.match(headers["www-authenticate"], /^Bearer/);
    });

    it("end at their time", async () => {
      const soon = new Date(Date.now() + 3_000).toISOString();
      const short = await house.token("moderator", blog.id, { expires_at: soon });
      await short.get("/v1/queue");
      const { body } = await until("the token has ended", async () => {
        const answer = await short.get("/v1/queue", {}, { status: [200, 401] });
        return answer.status === 401 && answer;
      });
      assert.equal(body.status, 401);
      await house.admin.post(
        "/v1/tokens",
        { role: "moderator", name: "late", expires_at: "2020-01-01T00:00:00Z" },
        { status: 400 },
      );
    });

    it("of one site know no other: not its comments, decisions, tokens, blocks, nor its name", async () => {
      const other = await house.site();
      const one = await blog.doubtful();
      const decided = await blog.decide("reject", [one]);
      const { body: block } = await blog.moderator.post(
        "/v1/blocks",
        { kind: "ip", value: "192.0.2.200" },
        { status: 201 },
      );
      const admin = await house.token("admin", other.id);
      for (const who of [other.moderator, admin]) {
        for (const [method, path, body] of [
          ["GET", `/v1/comments/${one.id}`],
          ["GET", `/v1/decisions/${decided.id}`],
          ["POST", `/v1/decisions/${decided.id}/undo`, {}],
          ["DELETE", `/v1/blocks/${block.id}`],
          ["GET", `/v1/queue?site=${blog.id}`],
          ["GET", `/v1/decisions?site=${blog.id}`],
          ["GET", `/v1/blocks?site=${blog.id}`],
          ["GET", `/v1/articles?site=${blog.id}`],
          ["GET", `/v1/stats?site=${blog.id}`],
          ["POST", "/v1/queue/claim", { site: blog.id }],
          ["POST", "/v1/recheck", { site: blog.id }],
          ["POST", "/v1/decisions", { filter: { site: blog.id }, expected: 0, decision: "spam" }],
          ["POST", "/v1/blocks", { site: blog.id, kind: "ip", value: "192.0.2.1" }],
          ["PUT", "/v1/articles", { site: blog.id, id: "a", closed: true }],
        ]) {
          await who.ask(method, path, { body, status: 404 });
        }
        for (const path of ["/v1/queue", "/v1/decisions", "/v1/blocks", "/v1/articles"])
          assert.deepEqual(await pages(who, path), [], path);
      }
      for (const [method, path, body] of [
        ["GET", `/v1/sites/${blog.id}`],
        ["PATCH", `/v1/sites/${blog.id}`, { name: "Taken over" }],
        ["POST", "/v1/tokens", { role: "admin", site: blog.id }],
        ["DELETE", `/v1/tokens/${blog.moderator.id}`],
        ["POST", "/v1/forget", { site: blog.id, email: "a@b.example" }],
      ]) {
        await admin.ask(method, path, { body, status: 404 });
      }
      assert.deepEqual(
        (await pages(admin, "/v1/sites")).map((site) => site.id),
        [other.id],
      );
      assert.ok((await pages(admin, "/v1/tokens")).every((token) => token.site === other.id));
      // What it makes is of its own site, and no more.
      const { body: made } = await admin.post("/v1/tokens", { role: "admin" }, { status: 201 });
      assert.equal(made.site, other.id);
      await admin.post("/v1/tokens", { role: "metrics" }, { status: 403 });
      await other.frontend.post("/v1/comments", { ...comment(), site: blog.id }, { status: 404 });
      await other.frontend.post("/v1/check", { ...comment(), site: blog.id }, { status: 404 });
      await other.frontend.post("/v1/learn", { ...comment(), site: blog.id, label: "ham" }, { status: 404 });
      await other.frontend.get("/v1/comments", { site: blog.id, article: "/2026/beans" }, { status: 404 });
      assert.equal((await blog.detail(one)).status, "rejected");
      await blog.moderator.delete(`/v1/blocks/${block.id}`, { status: 204 });
    });

    // Who may do what, whole: a row for each operation of the document, the letters of those who may. What follows for
    // them may be a 404 or a 400, since nothing here is meant to happen.
    const kRoles = {
      A: "admin",
      S: "admin of one site",
      M: "moderator",
      F: "frontend",
      D: "feed",
      X: "metrics",
      P: "nobody",
    };
    const table = {
      "POST /v1/comments": ["ASFP", { content: 5 }],
      "GET /v1/comments": ["ASMFDP"],
      "GET /v1/comments/counts": ["ASMFDP"],
      "GET /v1/comments/form": ["ASMFDP"],
      "GET /v1/comments.html": ["ASMFDP"],
      "GET /v1/comments.atom": ["ASMFDP"],
      "GET /v1/comments/{id}": ["ASM"],
      "PATCH /v1/comments/{id}": ["ASFP", { content: "x", receipt: "x" }],
      "DELETE /v1/comments/{id}": ["ASFP", { receipt: "x" }],
      "POST /v1/check": ["ASF", { content: 5 }],
      "POST /v1/learn": ["ASF", { content: 5 }],
      "GET /v1/queue": ["ASMD"],
      "GET /v1/queue/count": ["ASM"],
      "GET /v1/queue/counts": ["ASM"],
      "GET /v1/queue.atom": ["ASMD"],
      "POST /v1/queue/claim": ["ASM", { count: 0 }],
      "DELETE /v1/queue/claim": ["ASM"],
      "POST /v1/decisions": ["ASM", {}],
      "GET /v1/decisions": ["ASM"],
      "GET /v1/decisions/{id}": ["ASM"],
      "POST /v1/decisions/{id}/undo": ["ASM", {}],
      "POST /v1/recheck": ["ASM", { cursor: "x" }],
      "GET /v1/stats": ["ASM"],
      "GET /v1/stats/days": ["ASM"],
      "GET /v1/stats/days.csv": ["ASM"],
      "GET /v1/stats/rules": ["ASM"],
      "GET /v1/stats/rules.csv": ["ASM"],
      "GET /v1/rules": ["ASM"],
      "PUT /v1/rules/{name}/state": ["AS", {}],
      "POST /v1/rules/reload": ["A"],
      "GET /v1/rules/packs": ["ASM"],
      "GET /v1/rules/packs/{name}": ["ASM"],
      "PUT /v1/rules/packs/{name}": ["ASM", {}],
      "DELETE /v1/rules/packs/{name}": ["ASM"],
      "POST /v1/rules/validate": ["ASM", {}],
      "POST /v1/rules/try": ["ASM", {}],
      "POST /v1/rules/publish": ["AS", { note: 5 }],
      "GET /v1/rules/versions": ["ASM"],
      "GET /v1/rules/versions/{n}": ["ASM"],
      "POST /v1/rules/versions/{n}/restore": ["AS"],
      "GET /v1/rules/log": ["ASM"],
      "POST /v1/rules/backtests": ["ASM", { limit: 0 }],
      "GET /v1/rules/backtests": ["ASM"],
      "GET /v1/rules/backtests/{id}": ["ASM"],
      "DELETE /v1/rules/backtests/{id}": ["ASM"],
      "GET /v1/blocks": ["ASM"],
      "POST /v1/blocks": ["ASM", {}],
      "DELETE /v1/blocks/{id}": ["ASM"],
      "GET /v1/articles": ["ASMF"],
      "PUT /v1/articles": ["ASMF", {}],
      "GET /v1/sites": ["ASM"],
      "POST /v1/sites": ["A", {}],
      "GET /v1/sites/{id}": ["ASM"],
      "PATCH /v1/sites/{id}": ["AS", {}],
      "GET /v1/tokens": ["AS"],
      "POST /v1/tokens": ["AS", {}],
      "DELETE /v1/tokens/{id}": ["AS"],
      "POST /v1/tokens/{id}/link": ["AS"],
      "POST /v1/forget": ["AS", {}],
      "GET /healthz": ["ASMFDXP"],
      "HEAD /healthz": ["ASMFDXP"],
      "GET /readyz": ["ASMFDXP"],
      "GET /metrics": ["AX"],
      "GET /v1/openapi.json": ["ASMFDXP"],
      "GET /embed.js": ["ASMFDXP"],
      "GET /embed/{file}": ["ASMFDXP"],
      "GET /demo": ["ASMFDXP"],
      "GET /demo/{file}": ["ASMFDXP"],
      "GET /desk": ["ASMFDXP"],
      "GET /desk/{file}": ["ASMFDXP"],
      "POST /desk/session": ["ASMFDXP", {}],
      "GET /desk/session": ["ASM"],
      "DELETE /desk/session": ["ASMFDXP"],
      "DELETE /desk/sessions": ["ASM"],
      "GET /": ["ASMFDXP"],
    };

    it("every operation of the document is in the table of roles", () => {
      assert.deepEqual(document.operations.map((one) => one.name).sort(), Object.keys(table).sort());
    });

    it("reach as far as their role, and no further", async () => {
      const who = {
        A: house.admin,
        S: await house.token("admin", blog.id),
        M: blog.moderator,
        F: blog.frontend,
        D: await house.token("feed", blog.id),
        X: await house.token("metrics"),
        P: house.nobody,
      };
      const before = JSON.stringify(await blog.stats());
      for (const [operation, [allowed, body]] of Object.entries(table)) {
        const [method, path] = operation.split(" ");
        for (const letter of Object.keys(kRoles)) {
          const { status } = await call(house.service, method, path.replace(/\{[^}]+\}/, kNobody), {
            token: who[letter].token,
            body,
          });
          const what = `${operation} as ${kRoles[letter]}: ${status}`;
          if (allowed.includes(letter)) assert.ok(![401, 403, 405, 415, 429, 500, 503].includes(status), what);
          else assert.equal(status, letter === "P" ? 401 : 403, what);
        }
      }
      assert.equal(JSON.stringify(await blog.stats()), before);
    });
  });
});
