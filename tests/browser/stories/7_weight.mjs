// What the desk weighs: the first load over a thin line, on a slow machine.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { open } from "../lib/browser.mjs";
import { desk, kWide } from "../lib/desk.mjs";
import { people } from "../lib/people.mjs";

const kLine = (1.6 * 1000 * 1000) / 8; // bytes a second, each way
const kLatency = 40; // ms
const kSlower = 4; // times
const kMost = 120_000; // bytes over the wire, with all headers

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
    assert.ok(own.some((one) => one.url.endsWith("/desk/queue.js") && one.bytes > 1000), "it came over the wire");
    assert.ok(all.some((one) => one.url.includes("/v1/queue?") && one.bytes > 1000), "and so did the comments");
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
});
