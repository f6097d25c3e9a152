// What an operator sees: alive, ready, numbers, limits on those who press too hard, and a clean end.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { call, caller, document, flat, until } from "../lib/client.mjs";
import { comment, open, unique, words } from "../lib/house.mjs";
import { kAdminToken, start } from "../lib/service.mjs";

// The Prometheus text format 0.0.4, strictly: every sample belongs to a family with HELP and TYPE, names and labels are
// well-formed, no series comes twice, histograms rise and end with +Inf = count.
function readMetrics(text) {
  const types = {};
  const series = new Map();
  assert.ok(text.endsWith("\n"));
  for (const line of text.split("\n").slice(0, -1)) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment) {
      if (comment[1] === "TYPE") {
        assert.ok(!(comment[2] in types), `TYPE of ${comment[2]} twice`);
        assert.ok(["counter", "gauge", "histogram", "summary", "untyped"].includes(comment[3]), line);
        types[comment[2]] = comment[3];
      }
      continue;
    }
    const sample =
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/.exec(line);
    assert.ok(sample, `not a line of the format: ${line}`);
    const [, name, labels = "", value] = sample;
    const family = name in types ? name : name.replace(/_(bucket|sum|count)$/, "");
    assert.ok(family in types, `${name} has no TYPE`);
    assert.ok(value === "NaN" || /^[+-]Inf$/.test(value) || !Number.isNaN(Number(value)), line);
    const id = `${name}{${labels}}`;
    assert.ok(!series.has(id), `${id} twice`);
    series.set(id, Number(value.replace("Inf", "Infinity")));
  }
  for (const [family, type] of Object.entries(types)) {
    if (type === "counter") assert.match(family, /_total$/);
    if (type !== "histogram") continue;
    const buckets = [...series].filter(([id]) => id.startsWith(`${family}_bucket{`));
    const groups = {};
    for (const [id, value] of buckets) {
      const le = /(?:^|[{,])le="([^"]+)"/.exec(id)[1];
      const rest = id.replace(/,?le="[^"]+",?/, "").replace(`${family}_bucket`, `${family}_count`);
      (groups[rest] ??= []).push([Number(le.replace("+Inf", "Infinity")), value]);
    }
    for (const [count, list] of Object.entries(groups)) {
      list.sort((a, b) => a[0] - b[0]);
      for (let i = 1; i < list.length; ++i) assert.ok(list[i][1] >= list[i - 1][1], `${family} falls`);
      assert.equal(list.at(-1)[0], Infinity);
      const total =
        series.get(count) ?? series.get(count.replace("{}", "")) ?? [...series].find(([id]) => id === count)?.[1];
      if (total !== undefined) assert.equal(list.at(-1)[1], total, `${family}: +Inf is not the count`);
    }
  }
  const sum = (name, ...labels) =>
    [...series]
      .filter(([id]) => id.startsWith(`${name}{`) && labels.every((label) => id.includes(label)))
      .reduce((all, [, value]) => all + value, 0);
  return { types, series, sum };
}

describe("a service in peace", () => {
  let house, blog;
  before(async () => {
    house = await open();
    blog = await house.site();
  });
  after(() => house.close());

  it("says that it is alive and ready, to anybody", async () => {
    const { body: alive } = await house.nobody.get("/healthz");
    assert.equal(alive.status, "ok");
    const { body: ready } = await house.nobody.get("/readyz");
    assert.equal(ready.status, "ready");
    const head = await house.nobody.ask("HEAD", "/healthz", { status: 200 });
    assert.equal(head.text, "");
  });

  it("describes itself", async () => {
    const { body } = await house.nobody.get("/v1/openapi.json");
    assert.deepEqual(body, document.json, "the document that is built in is the one that is tested");
    const { headers, text } = await house.nobody.get("/");
    assert.match(headers["content-type"], /^text\/plain/);
    assert.match(text, /\/v1\/openapi\.json/);
    const { body: rules } = await blog.moderator.get("/v1/rules");
    const rule = rules.rules.find((one) => one.name === "link_count");
    const learned = rules.rules.find((one) => one.name === "learned");
    assert.deepEqual([learned.kind, learned.state], ["learner", "live"]);
    assert.ok(rule.about && rule.score > 0 && rule.knobs.some((knob) => knob.name === "max"));
    const { body: verdict } = await blog.frontend.post("/v1/check", comment(), { status: 200 });
    assert.equal(rules.version, verdict.rules_version);
  });

  it("tells its numbers to those who have the token", async () => {
    await house.nobody.get("/metrics", {}, { status: 401 });
    await blog.moderator.get("/metrics", {}, { status: 403 });
    const watcher = await house.token("metrics");
    await watcher.get("/v1/queue", {}, { status: 403 });
    const read = async () => readMetrics((await watcher.get("/metrics")).text);

    const before = await read();
    const label = `site="${blog.id}"`;
    await blog.good();
    const held = await blog.doubtful();
    await blog.doubtful();
    await blog.spam();
    await blog.decide("reject", [held]);
    const now = await read();
    const moved = (name, ...labels) => now.sum(name, ...labels) - before.sum(name, ...labels);
    assert.equal(moved("chaffinch_submissions_total", label, 'status="approved"'), 1);
    assert.equal(moved("chaffinch_submissions_total", label, 'status="pending"'), 2);
    assert.equal(moved("chaffinch_submissions_total", label, 'status="spam"'), 1);
    assert.equal(moved("chaffinch_findings_total", 'rule="link_count"'), 3);
    assert.equal(moved("chaffinch_decisions_total", 'kind="reject"'), 1);
    assert.equal(moved("chaffinch_unchecked_total"), 0);
    for (const name of ["chaffinch_judge_seconds", "chaffinch_commit_seconds", "chaffinch_commit_operations"]) {
      assert.equal(now.types[name], "histogram", name);
    }
    const queue = [...now.series].filter(([id]) => /queue/.test(id) && id.includes(label));
    assert.ok(
      queue.some(([, value]) => value === 1),
      `the queue's size: ${JSON.stringify(queue)}`,
    );
    assert.doesNotMatch((await watcher.get("/metrics")).text, /mail\.example|198\.51\./);
  });

  it("tells how good the learner is that predicts before it learns", async () => {
    const site = await house.site();
    await site.decide("spam", [await site.doubtful()]);
    await site.decide("approve", [await site.doubtful()]);
    const { learner } = (await site.stats()).sites[0];
    assert.deepEqual([learner.ham, learner.spam, learner.waiting], [1, 1, 0]);
    assert.equal(learner.calibration.observed, 0.5);
    const { steps } = learner.calibration;
    assert.equal(
      steps.reduce((sum, step) => sum + step.ham + step.spam, 0),
      2,
    );
    assert.ok(learner.bytes > 1000 && learner.weights > 10);
    const now = readMetrics((await house.admin.get("/metrics")).text);
    const label = `site="${site.id}"`;
    assert.equal(now.sum("chaffinch_learner_predictions", label), 2);
    assert.equal(now.sum("chaffinch_learner_predictions", label, 'told="spam"'), 1);
    assert.equal(now.sum("chaffinch_learner_bytes", label), learner.bytes);
    assert.equal(now.types.chaffinch_learner_drift, "gauge");
  });

  it("gives each answer a number of its own", async () => {
    const ids = new Set();
    for (let i = 0; i < 5; ++i) ids.add((await house.nobody.get("/healthz")).headers["x-request-id"]);
    assert.equal(ids.size, 5);
    assert.ok(!ids.has(undefined));
  });

  it("keeps answers with private things out of caches", async () => {
    const { headers } = await blog.moderator.get("/v1/queue");
    assert.match(headers["cache-control"], /no-store/);
  });

  it("logs each request as one JSON line", async () => {
    const { headers } = await house.nobody.get("/v1/comments", { site: blog.id, article: "/logged" });
    const id = headers["x-request-id"];
    const line = await until("the line is there", () =>
      house.service
        .said()
        .split("\n")
        .find((one) => one.startsWith("{") && one.includes(id)),
    );
    const entry = JSON.parse(line);
    assert.ok(entry.level && JSON.stringify(entry).includes("/v1/comments"));
  });
});

describe("a public caller who presses", () => {
  let house, blog;
  before(async () => {
    house = await open({ settings: { "http.rate_per_minute": 1, "http.rate_burst": 5 } });
    blog = await house.site();
  });
  after(() => house.close());
  const post = (options) =>
    house.nobody.post(
      "/v1/comments",
      { site: blog.id, article: { id: "/2026/beans" }, author: { name: unique("p") }, content: words() },
      { status: [201, 429], ...options },
    );

  it("is asked to wait, and told how long", async () => {
    const answers = [];
    for (let i = 0; i < 8; ++i) answers.push(await post());
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [201, 201, 201, 201, 201, 429, 429, 429],
    );
    const wait = Number(answers.at(-1).headers["retry-after"]);
    assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 60, `Retry-After: ${wait}`);
    assert.equal((await blog.queue({ status: "any" })).length, 5, "what was refused is not there");
  });

  it("and cannot hide behind a header", async () => {
    for (const name of ["X-Forwarded-For", "X-Real-IP", "Forwarded", "REMOTE_ADDR", "CF-Connecting-IP"]) {
      assert.equal((await post({ headers: { [name]: "198.51.100.77" } })).status, 429, name);
    }
  });

  it("while another address, readers and front ends go on", async () => {
    assert.equal((await post({ localAddress: "127.0.0.2" })).status, 201);
    await house.nobody.get("/v1/comments", { site: blog.id, article: "/2026/beans" });
    for (let i = 0; i < 10; ++i) await blog.frontend.post("/v1/comments", comment(), { status: 201 });
  });
});

describe("behind a proxy", () => {
  let house, blog;
  before(async () => {
    house = await open({ settings: { "http.trusted_proxies": "127.0.0.1" } });
    blog = await house.site();
  });
  after(() => house.close());
  const address = async (header, localAddress) => {
    const headers = header === undefined ? {} : { "X-Forwarded-For": header };
    const { body } = await house.nobody.post(
      "/v1/comments",
      { site: blog.id, article: { id: "/2026/beans" }, author: { name: unique("p") }, content: words() },
      { status: 201, headers, localAddress },
    );
    return (await blog.detail(body)).client.ip;
  };

  it("the last address that is not a trusted proxy's is the caller's", async () => {
    assert.equal(await address("203.0.113.4"), "203.0.113.4");
    assert.equal(await address("6.6.6.6, 203.0.113.4"), "203.0.113.4", "what stands before it may be forged");
    assert.equal(await address("203.0.113.4, 127.0.0.1"), "203.0.113.4");
    assert.equal(await address("2001:DB8::4"), "2001:db8::4");
    assert.equal(await address(undefined), "127.0.0.1");
    assert.equal(await address("203.0.113.4", "127.0.0.3"), "127.0.0.3", "that one is not a proxy of ours");
  });
});

describe("somebody who guesses tokens", () => {
  it("is slowed and counted, and does not slow others", async () => {
    const house = await open();
    try {
      let refused;
      for (let i = 0; i < 500 && !refused; ++i) {
        const answer = await call(house.service, "GET", "/v1/queue", {
          token: `chf_${unique("guess").padEnd(43, "x")}`,
          localAddress: "127.0.0.9",
        });
        assert.ok([401, 429].includes(answer.status), `${answer.status}`);
        if (answer.status === 429) refused = answer;
      }
      assert.ok(refused, "500 guesses were all answered at full speed");
      assert.ok(Number(refused.headers["retry-after"]) >= 1);
      await house.admin.get("/v1/queue");
      const { text } = await house.admin.get("/metrics");
      const { sum } = readMetrics(text);
      assert.ok(sum("chaffinch_refused_total", 'why="tokens"') >= 1, "it is counted");
    } finally {
      await house.close();
    }
  });
});

describe("an end and a beginning", () => {
  it("keeps what was acknowledged, tokens and receipts too", async () => {
    const house = await open();
    const blog = await house.site();
    const held = await blog.doubtful();
    const good = await blog.good();
    const watch = await blog.queue({ status: "any" });
    assert.deepEqual(await house.service.stop({ keep: true }), { code: 0, signal: null });

    const again = await start({ data: house.service.folder });
    try {
      const moderator = caller(again, blog.moderator.token);
      const { body } = await moderator.get("/v1/queue", { status: "any" });
      assert.deepEqual(body.items, watch);
      const nobody = caller(again, undefined);
      const own = await nobody.get("/v1/comments", {
        site: blog.id,
        article: "/2026/beans",
        id: held.id,
        receipt: held.receipt,
      });
      assert.deepEqual(
        flat(own.body.items)
          .map((item) => item.id)
          .sort(),
        [held.id, good.id].sort(),
      );
      await caller(again, kAdminToken).get("/v1/tokens");
    } finally {
      assert.deepEqual(await again.stop(), { code: 0, signal: null });
    }
  });
});
