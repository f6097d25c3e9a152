// The queue of the desk: read, decide, take back, by key, and with others about.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { open } from "../lib/browser.mjs";
import { desk, kPhone, overflow, said, seen, signIn } from "../lib/desk.mjs";
import { kHostile, sharedStrings } from "../lib/hostile.mjs";
import { unique } from "../../api/lib/house.mjs";
import { people } from "../lib/people.mjs";

// Waits until `look` gives something true, and hands that over.
async function eventually(look, what, ms = 10_000) {
  const until = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < until, `not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
const rows = (page) => page.locator(".list .row");
const reading = (page) => page.locator(".reading");
const tab = (page, title) => page.getByRole("navigation", { name: "Comments by status" }).getByRole("link", { name: title });
const counted = async (page, title) => Number((await tab(page, title).locator(".count").innerText()).replaceAll(",", ""));
// Nothing is on its way to the service any more.
const saved = (page) => page.locator(".deed.saving, .deed.waiting, .deed.undoing").first().waitFor({ state: "detached" });
const names = (page) => page.locator(".list .row .name").allInnerTexts();

describe("the queue of the desk", () => {
  let world;
  before(async () => {
    world = await open();
  });
  after(() => world.close());

  // A site where everything waits, with `count` comments of people.
  async function waiting(count, more = {}) {
    const site = await world.house.site({ policy: { moderation: "hold_all", overrides: { "fast_form.score": 0 } } });
    const made = [];
    for (const { label, ...one } of people(count)) made.push({ ...one, label, ...(await site.submit({ ...one, ...more })) });
    return { site, made };
  }

  it("fifty comments are cleared by keyboard alone", async () => {
    const { site, made } = await waiting(50);
    const mo = await desk(world, "moderator", site.id);
    const { page, keys } = mo;
    await rows(page).first().waitFor();
    await eventually(async () => (await counted(page, "Pending")) === 50, "fifty are counted");
    await seen(mo, "queue-wide");
    const by = { approve: 0, reject: 0, spam: 0 };
    for (let left = 50; left > 0; --left) {
      // What stands in the pane is what is decided.
      const content = await reading(page).locator(".content .text").innerText();
      const one = made.find((it) => content.startsWith(it.content.slice(0, 30)));
      assert.ok(one, content);
      const key = { ham: "a", abuse: "r", spam: "s" }[one.label];
      ++by[{ a: "approve", r: "reject", s: "spam" }[key]];
      await keys(key);
      if (left > 1) await eventually(async () => !(await reading(page).locator(".content .text").innerText()).startsWith(content.slice(0, 30)), "the next one is there", 2000);
      if (left === 50) await eventually(async () => /49 left/.test((await said(page)).live), "it is said how many are left");
    }
    await page.getByText("All done").waitFor();
    await saved(page);
    await seen(mo, "queue-empty");
    for (const [decision, status] of [["approve", "approved"], ["reject", "rejected"], ["spam", "spam"]]) assert.equal((await site.queue({ status })).length, by[decision], decision);
    assert.equal((await site.queue()).length, 0);
    for (const one of made) assert.equal((await site.detail(one.id)).status, { ham: "approved", abuse: "rejected", spam: "spam" }[one.label], one.content);
    await eventually(async () => (await counted(page, "Decided by me")) === 50, "fifty are decided by me");
    mo.clean();
  });

  it("a decision is on the screen within a frame, and the keys go through everything", async () => {
    const { site } = await waiting(12);
    const mo = await desk(world, "moderator", site.id);
    const { page, keys } = mo;
    await rows(page).nth(11).waitFor();
    const first = await names(page);
    // From the key to the next picture: at most the frame that runs and the one that shows it.
    const frames = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const before = document.querySelector(".reading .content").textContent;
          let n = 0;
          document.dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA", bubbles: true }));
          const look = () => (document.querySelector(".reading .content").textContent !== before ? resolve(n) : (++n, requestAnimationFrame(look)));
          requestAnimationFrame(look);
        }),
    );
    assert.equal(frames, 0, "the next comment is there in the very next frame");
    await saved(page);
    await keys("j", "j", "k");
    await eventually(async () => (await page.evaluate(() => document.activeElement?.getAttribute("aria-current"))) === "true", "the focus is on the comment that one reads");
    assert.equal(await page.locator(".row.current .name").innerText(), first[2]);
    await keys("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "H2");
    await keys("Escape");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "option");
    await keys("u");
    await eventually(async () => (await rows(page).count()) === 12, "it is back");
    assert.equal(await page.locator(".row.current .name").innerText(), first[0], "and it is the one that one reads");
    assert.deepEqual(await names(page), first);
    await keys("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await seen(mo, "queue-help");
    await keys("a", "Escape"); // no decision under a dialog
    assert.equal(await rows(page).count(), 12);
    await keys("e");
    await page.getByLabel("Reason").fill("house rules");
    await page.getByLabel("Note", { exact: true }).fill("second time this week");
    await seen(mo, "queue-note");
    await page.getByRole("button", { name: "Keep for the decision" }).click();
    await reading(page).getByText("second time this week").waitFor();
    const [{ id }] = await site.queue({ sort: "useful", limit: 1 });
    await keys("r");
    await saved(page);
    const detail = await site.detail(id);
    assert.deepEqual([detail.status, detail.history.at(-1).reason, detail.history.at(-1).note], ["rejected", "house rules", "second time this week"]);
    await keys("b");
    await page.getByRole("dialog", { name: "Decide and block" }).waitFor();
    await seen(mo, "queue-block");
    const [blocked] = await site.queue({ sort: "useful", limit: 1 });
    await keys("s");
    await saved(page);
    const { body } = await world.house.admin.get("/v1/blocks", { site: site.id });
    assert.deepEqual(body.items.map((one) => [one.kind, one.value]), [["email", blocked.author.email]]);
    await keys("2");
    await eventually(async () => (await names(page)).join() === blocked.author.name, "the spam");
    await keys("1", "/");
    await page.keyboard.type("nothing-has-this-word");
    await keys("Enter");
    await page.getByText("Nothing matches").waitFor();
    await seen(mo, "queue-nothing");
    mo.clean();
  });
});
