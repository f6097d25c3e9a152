// What the desk weighs: the first load over a thin line, on a slow machine.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { open } from "../lib/browser.mjs";
import { desk, kWide, signIn } from "../lib/desk.mjs";
import { people } from "../lib/people.mjs";

const kLine = (1.6 * 1000 * 1000) / 8; // bytes a second, each way
const kLatency = 40; // ms
const kSlower = 4; // times
const kMost = 80_000; // bytes over the wire, with all headers

// All that a page asks for: [{line: "GET /path?query", path, status}].
function listen(page, service) {
  const asked = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== service || url.pathname === "/desk/icon.svg") return;
    const one = { line: `${request.method()} ${url.pathname}${url.search}`, path: url.pathname };
    asked.push(one);
    request.response().then((answer) => (one.status = answer?.status()), () => {});
  });
  return asked;
}
const doubled = (asked) => asked.map((one) => one.line).filter((line, at, all) => line.startsWith("GET") && all.indexOf(line) !== at);

describe("the weight of the desk", () => {
  let world;
  before(async () => {
    world = await open();
  });
  after(() => world.close());

  it("the first load is small, and one reads and decides before all of it is there", async (t) => {
    const site = await world.house.site({ policy: { moderation: "hold_all", overrides: { "fast_form.score": 0 } } });
    for (const { label, ...one } of people(80)) await site.submit(one);
    const before = await desk(world, "moderator", site.id);
    // Another browser with the same session: nothing of the desk is in its cache.
    const { page, context, faults } = await world.visitor({ ...kWide, storageState: await before.context.storageState() });
    await before.context.close();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", { offline: false, latency: kLatency, downloadThroughput: kLine, uploadThroughput: kLine });
    await session.send("Emulation.setCPUThrottlingRate", { rate: kSlower });
    const asked = new Map(); // request -> {url, bytes}
    session.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, { url: request.url, bytes: null }));
    const ended = ({ requestId, encodedDataLength = 0 }) => asked.has(requestId) && (asked.get(requestId).bytes = encodedDataLength);
    session.on("Network.loadingFinished", ended);
    session.on("Network.loadingFailed", ended);
    await page.addInitScript(() => {
      window.seen = {};
      const look = () => {
        const { seen } = window;
        const first = document.querySelector(".reading .content .text")?.textContent;
        if (first && !seen.readable) {
          seen.readable = performance.now();
          seen.first = first;
          document.dispatchEvent(new KeyboardEvent("keydown", { key: "j", code: "KeyJ", bubbles: true }));
        } else if (first && first !== seen.first && !seen.keys) seen.keys = performance.now();
        if (!seen.keys) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(world.service + "/desk", { waitUntil: "commit" });
    // (The page's policy lets no waitForFunction in, which evaluates text.)
    for (const until = Date.now() + 30_000; !(await page.evaluate(() => window.seen?.keys)); await new Promise((done) => setTimeout(done, 200)))
      assert.ok(Date.now() < until, "the first comment is there within half a minute");
    // All that the page asks for by itself is counted, also what comes after the first comment.
    await page.locator(".facts .history").waitFor();
    await page.waitForLoadState("networkidle");
    const all = [...asked.values()];
    const own = all.filter((one) => one.url.startsWith(`${world.service}/desk`));
    const bytes = (list) => list.reduce((sum, one) => sum + one.bytes, 0);
    // Put together, each file once, and all of it over the wire.
    for (const name of ["/desk", "/desk/start-", "/desk/app-", "/desk/chunk-", "/desk/desk.css", "/desk/queue.css", "/desk/dialogs-"]) {
      const found = own.filter((one) => new URL(one.url).pathname.replace(/[^-]*\.js$/, "") === name);
      assert.deepEqual([name, found.length, found[0]?.bytes > 900], [name, 1, true]);
    }
    assert.deepEqual(own.map((one) => new URL(one.url).pathname).filter((path) => /(rules|numbers|log|blocks|sites|tokens|pages)[-.]/.test(path)), [], "other pages wait");
    const rows = all.filter((one) => one.url.includes("/v1/queue?") && one.url.includes("limit=50"));
    assert.ok(rows.length === 1 && rows[0].bytes > 5000, "the comments came once, and over the wire");
    assert.deepEqual(
      all.filter((one) => one.bytes === null).map((one) => one.url),
      [],
      "everything has ended",
    );
    const { readable, keys } = await page.evaluate(() => window.seen);
    t.diagnostic(`${bytes(all)} bytes over the wire in ${all.length} requests, ${bytes(own)} of them the desk’s own files`);
    t.diagnostic(`the first comment can be read after ${Math.round(readable)} ms, and a key has moved on after ${Math.round(keys)} ms`);
    assert.ok(bytes(all) <= kMost, `${bytes(all)} bytes: ${all.map((one) => `${one.bytes} ${new URL(one.url).pathname}`).join(", ")}`);
    assert.deepEqual(faults, []);
  });

  it("all rows are there in the end, and the keys reach those that are not drawn yet", async () => {
    const mo = await desk(world, "moderator", undefined, { path: "/desk?status=any" });
    const { page } = mo;
    await page.locator(".row").nth(49).waitFor();
    // At once, while the first rows alone are drawn.
    await page.addInitScript(() => {
      const look = () => {
        if (!document.querySelector(".row.current")) return requestAnimationFrame(look);
        window.drawn = document.querySelectorAll(".row").length;
        for (let i = 0; i < 30; ++i) document.dispatchEvent(new KeyboardEvent("keydown", { key: "j", code: "KeyJ", bubbles: true }));
      };
      requestAnimationFrame(look);
    });
    await page.reload();
    await page.locator(".row").nth(30).and(page.locator(".current")).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id === document.querySelector(".row.current").id), true);
    assert.ok((await page.evaluate(() => window.drawn)) < 50, "not all of them were drawn first");
    await page.locator(".row").nth(49).waitFor();
    mo.clean();
  });

  it("what is asked first is asked once, with the filters of the address", async () => {
    const mo = await desk(world, "moderator");
    const { page } = mo;
    for (const [words, first] of [
      ["", "status=pending&sort=useful&limit=50"],
      ["?status=spam&min_score=3&sort=oldest", "status=spam&min_score=3&sort=oldest&limit=50"],
      ["?decided_by=me", "status=any&decided_by=me&sort=decided&limit=50"],
      ["?text=beans&rule=x%20y", "status=pending&rule=x+y&text=beans&sort=useful&limit=50"],
    ]) {
      // What the page before still asks for is not this one's.
      await page.goto("about:blank");
      const asked = listen(page, world.service);
      await page.goto(world.service + "/desk" + words);
      await page.locator(".list, .side .empty").first().waitFor();
      await page.waitForLoadState("networkidle");
      page.removeAllListeners("request");
      assert.deepEqual(doubled(asked), [], words);
      assert.ok(asked.some((one) => one.line === `GET /v1/queue?${first}`), asked.map((one) => one.line).join("\n"));
      assert.equal(asked.filter((one) => one.path === "/desk/session").length, 1);
      assert.deepEqual(asked.filter((one) => one.line.includes("/v1/queue?")).length, words.includes("status=spam") || words.includes("decided_by") ? 1 : 2);
    }
    // Another page asks for no comments.
    await page.goto("about:blank");
    const asked = listen(page, world.service);
    await page.goto(world.service + "/desk/log");
    await page.locator("main h1").waitFor();
    await page.waitForLoadState("networkidle");
    assert.deepEqual(doubled(asked), []);
    assert.deepEqual(asked.filter((one) => one.path === "/v1/queue"), []);
    mo.clean();
  });

  it("who comes to sign in asks for no comments, and who has no session signs in and sees what the address says", async () => {
    const { body } = await world.house.admin.post("/v1/tokens", { role: "moderator", name: "early" }, { status: 201 });
    const { page, faults } = await world.visitor(kWide);
    const asked = listen(page, world.service);
    await page.goto(world.service + "/desk/in");
    await page.getByLabel("Token").waitFor();
    await page.waitForLoadState("networkidle");
    assert.deepEqual(asked.filter((one) => one.path.startsWith("/v1/")), []);
    assert.equal(asked.filter((one) => one.path === "/desk/session").length, 1, "who is signed in already goes on");
    // A password manager needs a name beside the token; nobody else meets it.
    assert.deepEqual(await page.locator("form input").evaluateAll((all) => all.map((one) => [one.autocomplete, one.checkVisibility()])), [
      ["username", false],
      ["current-password", true],
    ]);
    asked.length = 0;
    await page.goto(world.service + "/desk?status=any&sort=oldest");
    await page.getByLabel("Token").fill(body.token);
    assert.deepEqual(asked.filter((one) => one.status === 401).map((one) => one.path), ["/desk/session", "/v1/queue"]);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".row").nth(49).waitFor();
    // What was refused before is asked again.
    assert.deepEqual(asked.filter((one) => one.line.startsWith("GET /v1/queue?status=any")).map((one) => one.status), [401, 200]);
    await signIn(page, world, { id: body.id });
    await page.locator(".row").first().waitFor();
    assert.deepEqual(faults, []);
  });

  it("the desk’s scripts are asked for once, its page each time", async () => {
    const mo = await desk(world, "moderator");
    const { page } = mo;
    await page.locator(".row").first().waitFor();
    await page.waitForLoadState("networkidle");
    const session = await mo.context.newCDPSession(page);
    await session.send("Network.enable");
    const paths = new Map();
    const wire = [];
    session.on("Network.requestWillBeSent", ({ requestId, request }) => paths.set(requestId, new URL(request.url).pathname));
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => wire.push([paths.get(requestId), encodedDataLength > 0]));
    await page.goto(world.service + "/desk");
    await page.locator(".row").first().waitFor();
    await page.waitForLoadState("networkidle");
    const scripts = wire.filter(([path]) => path.endsWith(".js"));
    assert.ok(scripts.length >= 3, JSON.stringify(wire));
    assert.deepEqual(scripts.filter(([, came]) => came), []);
    assert.deepEqual(wire.find(([path]) => path === "/desk"), ["/desk", true]);
    mo.clean();
  });
});
