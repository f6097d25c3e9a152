// Rules over the API: drafts, trying them, publishing, going back, switches, the log, and backtests.
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { comment, kNobody, open, unique, words } from "../lib/house.mjs";

const pack = (name, word, more = "") => `
pack = "${name}"
[[pattern]]
name = "${name}_word"
about = "Says ${word}."
score = 2.0
type = "word"
match = ["${word}"]
spam = ["a ${word} here"]
ham = ["nothing of that kind"]
${more}`;

describe("rules over the API", () => {
  let house, blog, admin;
  const name = "story";
  before(async () => {
    house = await open();
    blog = await house.site();
    admin = await house.token("admin", blog.id);
  });
  after(() => house.close());

  const found = async (word) => {
    const { body } = await blog.frontend.post("/v1/check", { ...comment(), content: `${words()} ${word}` });
    return body.findings.some((one) => one.rule === `${name}_word`);
  };
  const ended = async (id) => {
    for (let i = 0; i < 1000; ++i) {
      const { body } = await blog.moderator.get(`/v1/rules/backtests/${id}`);
      if (body.state !== "running") return body;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error("the backtest does not end");
  };

  it("are drafts until they are published, and going back is one call", async () => {
    await blog.moderator.put(`/v1/rules/packs/${name}`, { text: pack(name, "zzyzx") });
    assert.equal(await found("zzyzx"), false);
    const { body: list } = await blog.moderator.get("/v1/rules/packs");
    assert.equal(list.items.find((one) => one.name === name).draft.removes, false);
    const { body: held } = await blog.moderator.get(`/v1/rules/packs/${name}`);
    assert.equal(held.draft.text, pack(name, "zzyzx"));
    const { body: tried } = await blog.moderator.post("/v1/rules/try", { submission: { content: "off to zzyzx" } });
    assert.ok(tried.verdict.findings.some((one) => one.rule === `${name}_word`));
    assert.ok(!tried.today.findings.some((one) => one.rule === `${name}_word`));

    const { body: first } = await admin.post("/v1/rules/publish", { note: "a first one" }, { status: 201 });
    assert.equal(first.site, blog.id);
    assert.equal(await found("zzyzx"), true);
    await blog.moderator.put(`/v1/rules/packs/${name}`, { text: pack(name, "quokka") });
    await admin.post("/v1/rules/publish", undefined, { status: 201 });
    assert.equal(await found("zzyzx"), false);
    const { body: back } = await admin.post(`/v1/rules/versions/${first.no}/restore`, undefined, { status: 201 });
    assert.equal(back.restores, first.no);
    assert.equal(await found("zzyzx"), true);
    const { body: versions } = await blog.moderator.get("/v1/rules/versions");
    assert.deepEqual(
      versions.items.map((one) => one.in_force),
      [true, false, false],
    );
    const { body: now } = await blog.moderator.get("/v1/rules");
    assert.equal(now.site_published, back.no);
    assert.equal(now.version, back.rules_version);
  });

  it("with something wrong are refused with all of it, and lists travel with their pack", async () => {
    const { body: refused } = await blog.moderator.put(
      `/v1/rules/packs/${name}`,
      { text: pack(name, "zzyzx", 'colour = "red"\nview = "none"') },
      { status: 400 },
    );
    assert.equal(refused.errors.length, 2);
    assert.match(refused.errors[0].where, /:\d+$/);
    assert.match(refused.errors[0].advice, /\d+ \| /);
    const { body: opinion } = await blog.moderator.post("/v1/rules/validate", {
      text: pack("listed", "quokka").replace('match = ["quokka"]', 'list = "words.txt"'),
      lists: { "words.txt": "quokka\na quokka\n" },
    });
    assert.equal(opinion.valid, true);
    assert.deepEqual(
      opinion.warnings.map((one) => one.kind),
      ["covered"],
    );
    const { body: bad } = await blog.moderator.post("/v1/rules/validate", { text: "pack = 5" });
    assert.equal(bad.valid, false);
    await blog.moderator.put("/v1/rules/packs/switches", { text: pack("switches", "x") }, { status: 400 });
    await admin.post("/v1/rules/publish", {}, { status: 409 });
    await blog.moderator.post("/v1/rules/publish", {}, { status: 403 });
    await admin.post("/v1/rules/versions/999999/restore", undefined, { status: 404 });
  });

  it("are switched at once", async () => {
    const { body: off } = await admin.put(`/v1/rules/${name}_word/state`, { state: "off" });
    assert.match(off.note, /off/);
    assert.equal(await found("zzyzx"), false);
    await admin.put(`/v1/rules/${name}_word/state`, { state: "live", score: 3.5 });
    const { body } = await blog.frontend.post("/v1/check", { ...comment(), content: `${words()} zzyzx` });
    assert.equal(body.findings.find((one) => one.rule === `${name}_word`).score, 3.5);
    await admin.put("/v1/rules/no_such_rule/state", { state: "off" }, { status: 404 });
    await admin.put("/v1/rules/block/state", { state: "off" }, { status: 409 });
    const { body: log } = await blog.moderator.get("/v1/rules/log", { limit: 2 });
    assert.deepEqual(
      log.items.map((one) => [one.what, one.by]),
      [
        ["state", admin.name],
        ["state", admin.name],
      ],
    );
    assert.ok(log.next);
  });

  it("go as they came", async () => {
    await blog.moderator.delete(`/v1/rules/packs/${name}`, { status: 204 });
    assert.equal(await found("zzyzx"), true);
    await blog.moderator.delete(`/v1/rules/packs/${name}?draft=true`, { status: 204 });
    await blog.moderator.delete(`/v1/rules/packs/${unique("none").replaceAll("-", "_")}`, { status: 404 });
    await house.admin.post("/v1/rules/reload");
    assert.equal(await found("zzyzx"), true);
  });

  it("are run over what is stored, beside today's", async () => {
    for (let i = 0; i < 5; ++i) await blog.frontend.post("/v1/comments", comment({ content: `${words()} quokka` }), { status: 201 });
    const wish = { packs: [{ name: "draft", text: pack("draft", "quokka").replace("2.0", "20.0") }], limit: 1000 };
    const { body: started, headers } = await blog.moderator.post("/v1/rules/backtests", wish, { status: 202 });
    assert.equal(headers.location, `/v1/rules/backtests/${started.id}`);
    const { report, state } = await ended(started.id);
    assert.equal(state, "done");
    assert.equal(report.rules.find((one) => one.rule === "draft_word").hits, 5);
    assert.equal(report.changed, 5);
    await blog.moderator.get(report.samples[0].url);
    // Who has lost the id finds it again.
    const { body: all } = await blog.moderator.get("/v1/rules/backtests");
    const { site, by, state: stands, changed } = all.items.find((one) => one.id === started.id);
    assert.deepEqual({ site, by, stands, changed }, { site: blog.id, by: blog.moderator.name, stands: "done", changed: 5 });
    assert.ok(all.items.every((one) => one.site === blog.id), "those of other sites are not told");
    await blog.moderator.delete(`/v1/rules/backtests/${started.id}`, { status: 204 });
    await blog.moderator.get(`/v1/rules/backtests/${started.id}`, undefined, { status: 404 });
    await blog.moderator.get(`/v1/rules/backtests/${kNobody}`, undefined, { status: 404 });
  });
});
