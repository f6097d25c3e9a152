// Every status that the document names for a call, met with that call: what is described and cannot come is as untrue as
// what comes and is not described. run.mjs counts them.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { call, document, judge, raw } from "../lib/client.mjs";
import { comment, doubtfulWords, key, kNobody, open, unique, words } from "../lib/house.mjs";

const kNowhere = "no-such-site";

const pack = (name) => {
  const word = unique("word").replaceAll("-", "");
  return `
pack = "${name}"
[[pattern]]
name = "${name}_word"
about = "Says a word."
score = 0.5
type = "word"
match = ["${word}"]
spam = ["a ${word} here"]
ham = ["nothing of that kind"]
`;
};

// Their effect is in memory: a full disk does not hinder them.
const inMemory = (operation) => operation.path.startsWith("/v1/rules/backtests");

// How to make each call, once and as often as asked: {path, query?, body?, headers?}. `missing`: the same about something
// that is not there. Where it is not the token in Authorization that decides: `unknown`, `forbidden` and `guess`, the same
// by somebody unknown, by who may not, and with a secret that is guessed. `taken`: of a call that is always the same one,
// another call whose key it may not use.
function calls(house, blog) {
  const held = async () => (await blog.doubtful()).id;
  const decision = async () => (await blog.decide("spam", [await held()])).id;
  const block = async () =>
    (await house.admin.post("/v1/blocks", { kind: "domain", value: `${unique("spam")}.example`, site: blog.id })).body.id;
  const draft = async (name, site) => {
    const text = pack(name);
    await house.admin.put(`/v1/rules/packs/${name}${site ? `?site=${site}` : ""}`, { text });
    return text;
  };
  // A backtest that has ended; then none runs.
  const backtest = async () => {
    for (let i = 0; i < 5000; ++i) {
      const begun = await call(house.service, "POST", "/v1/rules/backtests", {
        token: house.admin.token,
        body: { site: blog.id, limit: 1 },
      });
      if (begun.status !== 202) {
        await new Promise((resolve) => setTimeout(resolve, 5)); // another one runs
        continue;
      }
      for (let j = 0; j < 5000; ++j) {
        if ((await house.admin.get(begun.headers.location)).body.state !== "running") return begun.headers.location;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    throw new Error("the backtest does not end");
  };
  let known;
  const kept = async () => {
    const there = known && (await call(house.service, "GET", known, { token: house.admin.token })).status === 200;
    return there ? known : (known = await backtest());
  };
  let versions; // two of all sites, restored in turn
  const version = async () => {
    versions ??= [await publishedOfAll(), await publishedOfAll()];
    return versions.reverse()[0];
  };
  const publishedOfAll = async () => {
    await draft("restored");
    return (await house.admin.post("/v1/rules/publish", {}, { status: 201 })).body.no;
  };
  const thread = { site: blog.id, article: "/2026/beans" };
  return {
    "POST /v1/comments": {
      make: async () => ({ path: "/v1/comments", body: { ...comment(), site: blog.id } }),
      missing: { path: "/v1/comments", body: { ...comment(), site: kNowhere } },
    },
    "GET /v1/comments": {
      make: async () => ({ path: "/v1/comments", query: thread }),
      missing: { path: "/v1/comments", query: { ...thread, site: kNowhere } },
    },
    "GET /v1/comments/counts": {
      make: async () => ({ path: "/v1/comments/counts", query: thread }),
      missing: { path: "/v1/comments/counts", query: { ...thread, site: kNowhere } },
    },
    "GET /v1/comments/form": {
      make: async () => ({ path: "/v1/comments/form", query: thread }),
      missing: { path: "/v1/comments/form", query: { ...thread, site: kNowhere } },
    },
    "GET /v1/comments.html": {
      make: async () => ({ path: "/v1/comments.html", query: thread }),
      missing: { path: "/v1/comments.html", query: { ...thread, site: kNowhere } },
    },
    "GET /v1/comments.atom": {
      make: async () => ({ path: "/v1/comments.atom", query: { site: blog.id } }),
      missing: { path: "/v1/comments.atom", query: { site: kNowhere } },
    },
    "GET /v1/queue.atom": {
      make: async () => ({ path: "/v1/queue.atom", query: { site: blog.id } }),
      missing: { path: "/v1/queue.atom", query: { site: kNowhere } },
    },
    "GET /embed.js": { make: async () => ({ path: "/embed.js" }) },
    "GET /embed/{file}": {
      make: async () => ({ path: "/embed/en.json" }),
      missing: { path: "/embed/xx.json" },
    },
    "GET /demo": {
      make: async () => ({ path: "/demo" }),
      missing: { path: "/demo", query: { site: kNowhere } },
    },
    "GET /demo/{file}": {
      make: async () => ({ path: "/demo/page.css" }),
      missing: { path: "/demo/nothing.css" },
    },
    "GET /desk": { make: async () => ({ path: "/desk" }) },
    "GET /desk/{file}": {
      make: async () => ({ path: "/desk/desk.css" }),
      missing: { path: "/desk/nothing.css" },
    },
    "GET /desk/session": { make: async () => ({ path: "/desk/session" }) },
    "POST /desk/session": {
      make: async () => ({ path: "/desk/session", body: { token: blog.moderator.token } }),
      unknown: { path: "/desk/session", body: { token: "chf_" + "x".repeat(43) } },
      forbidden: { path: "/desk/session", body: { token: blog.frontend.token } },
      guess: () => ({ path: "/desk/session", body: { code: unique("guess").padEnd(43, "x").slice(-43) } }),
    },
    "DELETE /desk/session": {
      make: async () => ({ path: "/desk/session" }),
      forbidden: { path: "/desk/session", headers: { Origin: "https://evil.example" } },
      guess: () => ({
        path: "/desk/session",
        headers: {
          Origin: `http://127.0.0.1:${house.service.port}`,
          Cookie: `chaffinch_desk=${unique("guess").padEnd(43, "x").slice(-43)}`,
        },
      }),
    },
    "DELETE /desk/sessions": {
      make: async () => ({ path: "/desk/sessions" }),
      taken: { method: "DELETE", path: "/v1/queue/claim" },
    },
    "GET /v1/comments/{id}": {
      make: async () => ({ path: `/v1/comments/${await held()}` }),
      missing: { path: `/v1/comments/${kNobody}` },
    },
    "PATCH /v1/comments/{id}": {
      make: async () => ({ path: `/v1/comments/${await held()}`, body: { content: doubtfulWords() } }),
      missing: { path: `/v1/comments/${kNobody}`, body: { content: words() } },
    },
    "DELETE /v1/comments/{id}": {
      make: async () => ({ path: `/v1/comments/${await held()}` }),
      missing: { path: `/v1/comments/${kNobody}` },
    },
    "POST /v1/check": {
      make: async () => ({ path: "/v1/check", body: { ...comment(), site: blog.id } }),
      missing: { path: "/v1/check", body: { ...comment(), site: kNowhere } },
    },
    "POST /v1/learn": {
      make: async () => ({ path: "/v1/learn", body: { ...comment(), site: blog.id, label: "ham" } }),
      missing: { path: "/v1/learn", body: { ...comment(), site: kNowhere, label: "ham" } },
    },
    "GET /v1/queue": {
      make: async () => ({ path: "/v1/queue", query: { site: blog.id } }),
      missing: { path: "/v1/queue", query: { site: kNowhere } },
    },
    "GET /v1/queue/count": {
      make: async () => ({ path: "/v1/queue/count", query: { site: blog.id } }),
      missing: { path: "/v1/queue/count", query: { site: kNowhere } },
    },
    "GET /v1/queue/counts": {
      make: async () => ({ path: "/v1/queue/counts", query: { site: blog.id } }),
      missing: { path: "/v1/queue/counts", query: { site: kNowhere } },
    },
    "POST /v1/queue/claim": {
      make: async () => ({ path: "/v1/queue/claim", body: { site: blog.id, count: 1 } }),
      missing: { path: "/v1/queue/claim", body: { site: kNowhere } },
    },
    "DELETE /v1/queue/claim": { make: async () => ({ path: "/v1/queue/claim", query: { id: await held() } }) },
    "POST /v1/decisions": {
      make: async () => ({ path: "/v1/decisions", body: { ids: [await held()], decision: "reject" } }),
      missing: { path: "/v1/decisions", body: { filter: { site: kNowhere }, expected: 1, decision: "reject" } },
    },
    "GET /v1/decisions": {
      make: async () => ({ path: "/v1/decisions", query: { site: blog.id } }),
      missing: { path: "/v1/decisions", query: { site: kNowhere } },
    },
    "GET /v1/decisions/{id}": {
      make: async () => ({ path: `/v1/decisions/${await decision()}` }),
      missing: { path: `/v1/decisions/${kNobody}` },
    },
    "POST /v1/decisions/{id}/undo": {
      make: async () => ({ path: `/v1/decisions/${await decision()}/undo`, body: { note: "a slip" } }),
      missing: { path: `/v1/decisions/${kNobody}/undo`, body: {} },
    },
    "POST /v1/recheck": {
      make: async () => ({ path: "/v1/recheck", body: { site: blog.id } }),
      missing: { path: "/v1/recheck", body: { site: kNowhere } },
    },
    "POST /v1/forget": {
      make: async () => ({ path: "/v1/forget", body: { email: `${unique("gone")}@mail.example`, site: blog.id } }),
      missing: { path: "/v1/forget", body: { email: "a@mail.example", site: kNowhere } },
    },
    "GET /v1/stats": {
      make: async () => ({ path: "/v1/stats", query: { site: blog.id } }),
      missing: { path: "/v1/stats", query: { site: kNowhere } },
    },
    "GET /v1/stats/days": {
      make: async () => ({ path: "/v1/stats/days", query: { site: blog.id } }),
      missing: { path: "/v1/stats/days", query: { site: kNowhere } },
    },
    "GET /v1/stats/days.csv": {
      make: async () => ({ path: "/v1/stats/days.csv", query: { site: blog.id } }),
      missing: { path: "/v1/stats/days.csv", query: { site: kNowhere } },
    },
    "GET /v1/stats/rules": {
      make: async () => ({ path: "/v1/stats/rules", query: { site: blog.id } }),
      missing: { path: "/v1/stats/rules", query: { site: kNowhere } },
    },
    "GET /v1/stats/rules.csv": {
      make: async () => ({ path: "/v1/stats/rules.csv", query: { site: blog.id } }),
      missing: { path: "/v1/stats/rules.csv", query: { site: kNowhere } },
    },
    "GET /v1/rules": {
      make: async () => ({ path: "/v1/rules" }),
      missing: { path: "/v1/rules", query: { site: kNowhere } },
    },
    "PUT /v1/rules/{name}/state": {
      make: async () => ({ path: "/v1/rules/link_count/state", body: { site: blog.id, state: "live" } }),
      missing: { path: "/v1/rules/no_such_rule/state", body: { state: "live" } },
    },
    "POST /v1/rules/reload": { make: async () => ({ path: "/v1/rules/reload" }) },
    "GET /v1/rules/packs": {
      make: async () => ({ path: "/v1/rules/packs", query: { site: blog.id } }),
      missing: { path: "/v1/rules/packs", query: { site: kNowhere } },
    },
    "GET /v1/rules/packs/{name}": {
      make: async () => {
        await draft("shown", blog.id);
        return { path: "/v1/rules/packs/shown", query: { site: blog.id } };
      },
      missing: { path: "/v1/rules/packs/no_such_pack" },
    },
    "PUT /v1/rules/packs/{name}": {
      make: async () => ({ path: "/v1/rules/packs/put", query: { site: blog.id }, body: { text: pack("put") } }),
      missing: { path: "/v1/rules/packs/put", query: { site: kNowhere }, body: { text: pack("put") } },
    },
    "DELETE /v1/rules/packs/{name}": {
      make: async () => {
        const name = unique("dropped").replaceAll("-", "_");
        await draft(name, blog.id);
        return { path: `/v1/rules/packs/${name}`, query: { site: blog.id, draft: true } };
      },
      missing: { path: "/v1/rules/packs/no_such_pack" },
    },
    "POST /v1/rules/validate": {
      make: async () => ({ path: "/v1/rules/validate", body: { site: blog.id, text: pack("judged") } }),
      missing: { path: "/v1/rules/validate", body: { site: kNowhere, text: pack("judged") } },
    },
    "POST /v1/rules/try": {
      make: async () => ({ path: "/v1/rules/try", body: { site: blog.id, submission: { content: words() } } }),
      missing: { path: "/v1/rules/try", body: { site: kNowhere, submission: { content: words() } } },
    },
    "POST /v1/rules/publish": {
      make: async () => {
        await draft("published", blog.id);
        return { path: "/v1/rules/publish", body: { site: blog.id, note: "as told" } };
      },
      missing: { path: "/v1/rules/publish", body: { site: kNowhere } },
    },
    "GET /v1/rules/versions": {
      make: async () => ({ path: "/v1/rules/versions", query: { site: blog.id } }),
      missing: { path: "/v1/rules/versions", query: { site: kNowhere } },
    },
    "GET /v1/rules/versions/{n}": {
      make: async () => ({ path: `/v1/rules/versions/${await version()}` }),
      missing: { path: "/v1/rules/versions/999999" },
    },
    "POST /v1/rules/versions/{n}/restore": {
      make: async () => ({ path: `/v1/rules/versions/${await version()}/restore` }),
      missing: { path: "/v1/rules/versions/999999/restore" },
    },
    "GET /v1/rules/log": {
      make: async () => ({ path: "/v1/rules/log", query: { site: blog.id } }),
      missing: { path: "/v1/rules/log", query: { site: kNowhere } },
    },
    "POST /v1/rules/backtests": {
      make: async () => {
        await backtest();
        return { path: "/v1/rules/backtests", body: { site: blog.id, limit: 1 } };
      },
      missing: { path: "/v1/rules/backtests", body: { site: kNowhere } },
    },
    "GET /v1/rules/backtests": { make: async () => ({ path: "/v1/rules/backtests" }) },
    "GET /v1/rules/backtests/{id}": {
      make: async () => ({ path: await kept() }),
      missing: { path: `/v1/rules/backtests/${kNobody}` },
    },
    "DELETE /v1/rules/backtests/{id}": {
      make: async () => ({ path: await kept() }),
      missing: { path: `/v1/rules/backtests/${kNobody}` },
    },
    "GET /v1/blocks": {
      make: async () => ({ path: "/v1/blocks", query: { site: blog.id } }),
      missing: { path: "/v1/blocks", query: { site: kNowhere } },
    },
    "POST /v1/blocks": {
      make: async () => ({ path: "/v1/blocks", body: { kind: "email", value: `${unique("x")}@spam.example` } }),
      missing: { path: "/v1/blocks", body: { kind: "email", value: "x@spam.example", site: kNowhere } },
    },
    "DELETE /v1/blocks/{id}": {
      make: async () => ({ path: `/v1/blocks/${await block()}` }),
      missing: { path: `/v1/blocks/${kNobody}` },
    },
    "GET /v1/articles": {
      make: async () => ({ path: "/v1/articles", query: { site: blog.id } }),
      missing: { path: "/v1/articles", query: { site: kNowhere } },
    },
    "PUT /v1/articles": {
      make: async () => ({ path: "/v1/articles", body: { site: blog.id, id: unique("/page"), closed: false } }),
      missing: { path: "/v1/articles", body: { site: kNowhere, id: "/page" } },
    },
    "GET /v1/sites": { make: async () => ({ path: "/v1/sites" }) },
    "POST /v1/sites": { make: async () => ({ path: "/v1/sites", body: { id: unique("s"), url: "https://s.example" } }) },
    "GET /v1/sites/{id}": {
      make: async () => ({ path: `/v1/sites/${blog.id}` }),
      missing: { path: `/v1/sites/${kNowhere}` },
    },
    "PATCH /v1/sites/{id}": {
      make: async () => ({ path: `/v1/sites/${blog.id}`, body: { name: unique("Name") } }),
      missing: { path: `/v1/sites/${kNowhere}`, body: { name: "N" } },
    },
    "GET /v1/tokens": { make: async () => ({ path: "/v1/tokens" }) },
    "POST /v1/tokens": {
      make: async () => ({ path: "/v1/tokens", body: { role: "feed", site: blog.id } }),
      missing: { path: "/v1/tokens", body: { role: "feed", site: kNowhere } },
    },
    "DELETE /v1/tokens/{id}": {
      make: async () => ({ path: `/v1/tokens/${(await house.token("feed", blog.id)).id}` }),
      missing: { path: `/v1/tokens/${kNobody}` },
    },
    "POST /v1/tokens/{id}/link": {
      make: async () => ({ path: `/v1/tokens/${(await house.token("moderator", blog.id)).id}/link` }),
      missing: { path: `/v1/tokens/${kNobody}/link` },
    },
    "GET /healthz": { make: async () => ({ path: "/healthz" }) },
    "HEAD /healthz": { make: async () => ({ path: "/healthz" }) },
    "GET /readyz": { make: async () => ({ path: "/readyz" }) },
    "GET /metrics": { make: async () => ({ path: "/metrics" }) },
    "GET /v1/openapi.json": { make: async () => ({ path: "/v1/openapi.json" }) },
    "GET /": { make: async () => ({ path: "/" }) },
  };
}

const described = (operation) => Object.keys(document.at(operation.place).value.responses);
const naming = (status) => document.operations.filter((one) => described(one).includes(String(status)));
const takesBody = (operation) => document.at(operation.place).value.requestBody !== undefined;
const writes = (operation) => described(operation).includes("409");

describe("each call answers each status that is described for it", () => {
  let house, blog, table, watcher;
  before(async () => {
    house = await open({ settings: { "http.request_seconds": 5 } });
    blog = await house.site();
    table = calls(house, blog);
    watcher = await house.token("metrics");
  });
  after(() => house.close());
  const send = (operation, wish, options = {}) =>
    call(house.service, operation.method, wish.path, { token: house.admin.token, query: wish.query, body: wish.body, headers: wish.headers, ...options });
  const each = (status, ask) =>
    it(`${status}`, async () => {
      const some = naming(status);
      assert.ok(some.length > 0);
      for (const operation of some) {
        const answer = await ask(operation);
        assert.equal(answer.status, status, `${operation.name}: ${answer.status} ${answer.text.slice(0, 300)}`);
      }
    });

  it("the table knows every call, and no other", () => {
    assert.deepEqual(Object.keys(table).sort(), document.operations.map((one) => one.name).sort());
  });

  it("2xx, twice with a key", async () => {
    for (const operation of document.operations) {
      const wish = await table[operation.name].make();
      const options = writes(operation) ? { key: key() } : {};
      const first = await send(operation, wish, options);
      assert.ok(first.status < 300, `${operation.name}: ${first.status} ${first.text}`);
      if (!writes(operation)) continue;
      const again = await send(operation, wish, options);
      if (["POST /v1/sites", "POST /v1/tokens", "POST /v1/tokens/{id}/link"].includes(operation.name)) {
        assert.equal(again.status, 409);
        assert.match(again.body.detail, /shown then only/);
        continue;
      }
      assert.equal(again.headers["idempotency-replayed"], "true", operation.name);
      assert.equal(again.status, first.status, operation.name);
      assert.equal(again.text, first.text, operation.name);
    }
  });

  each(400, async (operation) => {
    const wish = await table[operation.name].make();
    return send(operation, { ...wish, query: { ...wish.query, colour: "red" } });
  });
  let host = 0; // whoever shows too many unknown tokens is slowed
  each(401, async (operation) =>
    send(operation, table[operation.name].unknown ?? (await table[operation.name].make()), {
      token: "chf_" + "x".repeat(43),
      localAddress: `127.0.1.${++host}`,
    }),
  );
  each(403, async (operation) => {
    const token = operation.path === "/metrics" ? blog.moderator.token : watcher.token;
    return send(operation, table[operation.name].forbidden ?? (await table[operation.name].make()), { token });
  });
  each(404, async (operation) => {
    assert.ok(table[operation.name].missing, operation.name);
    return send(operation, table[operation.name].missing);
  });
  each(409, async (operation) => {
    const once = { key: key() };
    const taken = table[operation.name].taken;
    const first = await send(taken ?? operation, taken ?? (await table[operation.name].make()), once);
    assert.ok(first.status < 300, first.text);
    const wish = await table[operation.name].make();
    const bytes = wish.body === undefined ? undefined : JSON.stringify(wish.body) + " ";
    return send(operation, wish, { ...once, bytes });
  });
  each(413, async (operation) => {
    const wish = await table[operation.name].make();
    const query = new URLSearchParams(wish.query ?? {}).toString();
    const answer = await raw(
      house.service,
      `${operation.method} ${wish.path}${query && "?"}${query} HTTP/1.1\r\nHost: localhost\r\n` +
        `Authorization: Bearer ${house.admin.token}\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n`,
      operation.method === "HEAD" ? { done: (heard) => heard.includes("\r\n\r\n") } : {},
    );
    judge(operation.method, wish.path, answer);
    return answer;
  });
  each(415, async (operation) =>
    send(operation, await table[operation.name].make(), { bytes: "content=x", type: "text/plain", body: undefined }),
  );

  it("408", async () => {
    const some = naming(408);
    assert.ok(some.every(takesBody));
    await Promise.all(
      some.map(async (operation) => {
        const wish = await table[operation.name].make();
        const answer = await raw(
          house.service,
          `${operation.method} ${wish.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${house.admin.token}\r\n` +
            `Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{"cont`,
        );
        judge(operation.method, wish.path, answer);
        assert.equal(answer.status, 408, operation.name);
      }),
    );
  });

  it("429", async () => {
    const guess = () => ({ token: `chf_${unique("guess").padEnd(43, "x")}`, localAddress: "127.0.0.9" });
    const queue = document.operation("GET", "/v1/queue");
    for (let i = 0; i < 500; ++i) {
      if ((await send(queue, { path: "/v1/queue" }, guess())).status === 429) break;
    }
    for (const operation of naming(429)) {
      const guessed = table[operation.name].guess;
      let answer;
      for (let i = 0; i < (guessed ? 100 : 1) && answer?.status !== 429; ++i)
        answer = await send(operation, guessed ? guessed() : await table[operation.name].make(), guess());
      assert.equal(answer.status, 429, operation.name);
      assert.ok(Number(answer.headers["retry-after"]) >= 1);
    }
  });

  it("and an answer that is changed anywhere is found out", async () => {
    const mutants = (value, at = "") => {
      if (typeof value !== "object" || value === null) return [];
      if (Array.isArray(value)) return value.slice(0, 2).flatMap((one, i) => mutants(one, `${at}/${i}`));
      return [at, ...Object.keys(value).flatMap((name) => mutants(value[name], `${at}/${name}`))];
    };
    let found = 0;
    for (const operation of document.operations) {
      const wish = await table[operation.name].make();
      const answer = await send(operation, wish);
      const exchange = { method: operation.method, path: decodeURI(wish.path), ...answer };
      assert.deepEqual(document.complaints(exchange), [], operation.name);
      for (const status of [202, 418, 500].filter((one) => one !== answer.status)) {
        assert.notDeepEqual(document.complaints({ ...exchange, status }), [], `${operation.name} as ${status}`);
      }
      const headers = { ...answer.headers, "x-secret": "1" };
      assert.notDeepEqual(document.complaints({ ...exchange, headers }), [], `${operation.name} with a header more`);
      if (!answer.body || operation.path === "/v1/openapi.json") continue;
      for (const at of mutants(answer.body)) {
        // Maps are open by their nature: policy/overrides, and what a rule's knobs are called.
        if (/\/overrides$/.test(at)) continue;
        const changed = structuredClone(answer.body);
        let place = changed;
        for (const part of at.split("/").slice(1)) place = place[part];
        place.undescribed = 1;
        assert.notDeepEqual(
          document.complaints({ ...exchange, text: JSON.stringify(changed) }),
          [],
          `${operation.name}: a field more at "${at}" went unseen`,
        );
        ++found;
      }
    }
    assert.ok(found > 60, `${found} places tried`);
  });
});

describe("when the disk is full", () => {
  it("each call that writes answers 503, changes nothing, and reading goes on", async () => {
    const house = await open({ fileBlocks: 6_000 }); // of 512 bytes
    try {
      const blog = await house.site();
      const table = calls(house, blog);
      // Signing in and out takes no key, and is a write all the same.
      const signs = (one) => one.path === "/desk/session" && one.method !== "GET";
      const some = document.operations.filter(
        (one) => described(one).includes("503") && (writes(one) || signs(one)) && !inMemory(one),
      );
      const wishes = new Map();
      for (const operation of some) wishes.set(operation.name, await table[operation.name].make());
      const signedIn = await house.nobody.post("/desk/session", { token: blog.moderator.token });
      wishes.get("DELETE /desk/session").headers = {
        Origin: `http://127.0.0.1:${house.service.port}`,
        Cookie: signedIn.headers["set-cookie"][0].split(";")[0],
      };
      const submit = (content) =>
        call(house.service, "POST", "/v1/comments", {
          token: blog.frontend.token,
          body: { ...comment(), content },
        });
      // Large ones until none fits, then small ones until not even they do.
      for (const size of [60_000, 9_000, 1]) {
        for (let i = 0; i < 200; ++i) if ((await submit(words() + "x".repeat(size))).status === 503) break;
      }
      const put = document.operation("PUT", "/v1/articles");
      for (let i = 0; i < 200; ++i) {
        const wish = await table[put.name].make();
        const answer = await call(house.service, "PUT", wish.path, { token: house.admin.token, body: wish.body });
        if (answer.status === 503) break;
      }
      for (let i = 0; i < 200; ++i) if ((await call(house.service, "GET", "/readyz")).status === 503) break;
      const before = await blog.queue({ status: "any" });
      for (const operation of some) {
        const wish = wishes.get(operation.name);
        const answer = await call(house.service, operation.method, wish.path, {
          token: house.admin.token,
          key: key(), // something to write, even where nothing is to do
          query: wish.query,
          body: wish.body,
          headers: wish.headers,
        });
        assert.equal(answer.status, 503, `${operation.name}: ${answer.status} ${answer.text.slice(0, 200)}`);
        assert.match(answer.body.detail, /disk is full|cannot/);
      }
      assert.deepEqual(await blog.queue({ status: "any" }), before);
      await house.nobody.get("/readyz", {}, { status: 503 });
      await house.nobody.get("/healthz");
    } finally {
      await house.service.stop();
    }
  });
});
