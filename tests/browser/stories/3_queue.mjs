// The queue of the desk: read, decide, take back, by key, and with others about.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { open } from "../lib/browser.mjs";
import { desk, eventually, hears, kPhone, overflow, parts, seen, taller } from "../lib/desk.mjs";
import { kHostile, kTurning, sharedStrings } from "../lib/hostile.mjs";
import { unique } from "../../api/lib/house.mjs";
import { people } from "../lib/people.mjs";

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
    assert.ok((await taller(page)) <= 0, "list and comment scroll by themselves");
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
      if (left > 1)
        await eventually(
          async () => !(await reading(page).locator(".content .text").innerText()).startsWith(content.slice(0, 30)),
          "the next one is there",
          2000,
        );
      if (left === 50) await hears(page, "live", /49 left/);
    }
    await page.getByText("All done").waitFor();
    await saved(page);
    await seen(mo, "queue-empty");
    for (const [decision, status] of [
      ["approve", "approved"],
      ["reject", "rejected"],
      ["spam", "spam"],
    ])
      assert.equal((await site.queue({ status })).length, by[decision], decision);
    assert.equal((await site.queue()).length, 0);
    for (const one of made)
      assert.equal((await site.detail(one.id)).status, { ham: "approved", abuse: "rejected", spam: "spam" }[one.label], one.content);
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
          const look = () =>
            document.querySelector(".reading .content").textContent !== before || n > 100 ? resolve(n) : (++n, requestAnimationFrame(look));
          requestAnimationFrame(look);
        }),
    );
    assert.equal(frames, 0, "the next comment is there in the very next frame");
    await saved(page);
    await keys("j", "j", "k");
    await eventually(
      async () => (await page.evaluate(() => document.activeElement?.getAttribute("aria-current"))) === "true",
      "the focus is on the comment that one reads",
    );
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
    assert.deepEqual(
      [detail.status, detail.history.at(-1).reason, detail.history.at(-1).note],
      ["rejected", "house rules", "second time this week"],
    );
    await keys("b");
    await page.getByRole("dialog", { name: "Decide and block" }).waitFor();
    await seen(mo, "queue-block");
    const [blocked] = await site.queue({ sort: "useful", limit: 1 });
    await keys("s");
    await saved(page);
    const { body } = await world.house.admin.get("/v1/blocks", { site: site.id });
    assert.deepEqual(
      body.items.map((one) => [one.kind, one.value]),
      [["email", blocked.author.email]],
    );
    await keys("2");
    await eventually(async () => (await names(page)).join() === blocked.author.name, "the spam");
    await keys("1", "/");
    await page.keyboard.type("nothing-has-this-word");
    await keys("Enter");
    await page.getByText("Nothing matches").waitFor();
    await seen(mo, "queue-nothing");
    mo.clean();
  });

  it("a list that comes late takes the focus from nobody who writes", async () => {
    const { site } = await waiting(3);
    const mo = await desk(world, "moderator", site.id);
    const { page, keys } = mo;
    await rows(page).nth(2).waitFor();
    await keys("j", "2");
    await page.getByText("Nothing here").waitFor();
    let late, come;
    const asked = new Promise((resolve) => (late = resolve));
    const answered = new Promise((resolve) => (come = resolve));
    await page.route(/\/v1\/queue\?/, async (route) => {
      late();
      await answered;
      await route.continue();
    });
    await keys("1", "/");
    await asked;
    await page.keyboard.type("nothing-has");
    come();
    await rows(page).nth(2).waitFor();
    await page.keyboard.type("-this-word");
    assert.equal(await page.getByRole("searchbox").inputValue(), "nothing-has-this-word");
    await keys("Enter");
    await page.getByText("Nothing matches").waitFor();
    assert.equal((await site.queue({})).length, 3, "no letter of it was a command");
    mo.clean();
  });

  it("one decision for a whole campaign, after a look at it, and back as a whole", async () => {
    const { site } = await waiting(6);
    const text = (n) =>
      `Great post! Win big money every day at our new casino without any deposit, visit https://casino${n % 3}.example/win and use the code LUCKY today for your bonus`;
    for (let n = 0; n < 17; ++n)
      await site.submit({
        content: text(n),
        author: { name: `Promo ${n}`, email: `promo${n}@mail.example` },
        client: { ip: `203.0.113.${n + 1}` },
      });
    const waits = (await site.queue()).length;
    const mo = await desk(world, "moderator", site.id);
    const { page, keys } = mo;
    await eventually(async () => (await rows(page).count()) === waits, "all wait");
    await rows(page).filter({ hasText: /Promo/ }).first().click();
    await reading(page).getByText("16 like this").waitFor();
    await seen(mo, "queue-cluster");
    await keys("l");
    const asked = page.getByRole("dialog", { name: "All that are like this one" });
    await asked.getByText("17 comments", { exact: true }).waitFor();
    assert.equal(await asked.getByRole("list", { name: "Some of them" }).getByRole("listitem").count(), 5);
    assert.equal((await site.queue({ status: "spam" })).length, 0, "only a look so far");
    await seen(mo, "queue-bulk");
    await keys("s");
    await asked.waitFor({ state: "detached" });
    await eventually(async () => (await rows(page).count()) === waits - 17, "they left the list");
    assert.equal((await site.queue({ status: "spam" })).length, 17);
    await page.getByRole("region", { name: "Last decisions" }).getByText("Marked 17 as spam").waitFor();
    await hears(page, "live", /Marked 17 as spam/);
    await keys("u");
    await eventually(async () => (await rows(page).count()) === waits, "they are back");
    assert.equal((await site.queue()).length, waits);
    assert.equal((await site.queue({ status: "spam" })).length, 0);

    // One of them by itself: the others are offered.
    await rows(page).filter({ hasText: /Promo/ }).first().click();
    await keys("s");
    await page.getByText("16 more like this", { exact: true }).waitFor();
    await seen(mo, "queue-offer");
    await keys("m");
    await page.getByRole("button", { name: /^Mark 16 as spam/ }).waitFor();
    await keys("Enter");
    await eventually(async () => (await rows(page).count()) === waits - 17, "they left again");

    // A selection.
    await keys("x", "j", "x", "j", "x");
    await page.getByText("3 selected").waitFor();
    await seen(mo, "queue-selected");
    await keys("Shift+A");
    await page.getByRole("dialog", { name: "Approve 3 comments?" }).waitFor();
    await keys("Enter");
    await eventually(async () => (await site.queue({ status: "approved" })).length === 3, "three are approved");
    await saved(page);
    await keys("u");
    await eventually(async () => (await site.queue({ status: "approved" })).length === 0, "and wait again");
    mo.clean();
  });

  it("two moderators: who looks is seen, who is slower is told, and nobody’s work is undone unknowingly", async () => {
    const { site } = await waiting(8);
    const ana = await desk(world, "moderator", site.id, { name: unique("Ana") });
    await reading(ana.page).waitFor();
    await eventually(
      async () => (await site.queue({}, ana.token)).filter((one) => one.lease).length >= 1,
      "what is on the screen is leased",
    );
    const ben = await desk(world, "moderator", site.id, { name: unique("Ben") });
    await reading(ben.page).getByText("is looking at this").waitFor();
    await seen(ben, "queue-lease");
    const first = await ben.page.locator(".row.current .name").innerText();
    const text = await reading(ben.page).locator(".content .text").innerText();
    await ben.keys("s");
    await ben.page.getByRole("dialog", { name: "Somebody else is looking at this" }).waitFor();
    await seen(ben, "queue-lease-ask");
    await ben.keys("Escape");
    assert.equal((await site.queue({ status: "spam" })).length, 0);

    // Ana is faster; Ben's page does not know yet, and he insists.
    await ana.keys("a");
    await saved(ana.page);
    await ben.keys("s", "Enter");
    const told = ben.page.getByRole("region", { name: "Messages" }).getByText(`${ana.token.name} was faster: approved it`);
    await told.waitFor();
    await hears(ben.page, "alert", /was faster/);
    const row = ben.page.locator(".row", { hasText: first });
    await row.getByText("approved", { exact: true }).waitFor();
    await seen(ben, "queue-conflict");
    assert.equal((await site.queue({ status: "approved" }))[0].content.slice(0, 20), text.slice(0, 20), "what Ana decided stands");

    // A bulk decision with an overtaken one in it does the rest and names that one.
    await ana.keys("r");
    await saved(ana.page);
    await ben.page.getByRole("button", { name: "Select all" }).click();
    await ben.keys("Shift+S", "Enter");
    await eventually(async () => (await site.queue({ status: "spam" })).length >= 6, "the others are spam");
    assert.equal((await site.queue({ status: "rejected" })).length, 1);
    ana.clean();
    ben.clean();
  });

  it("new comments are announced and move nothing; counts follow", async () => {
    const { site } = await waiting(3);
    const mo = await desk(world, "moderator", site.id);
    const { page } = mo;
    await rows(page).nth(2).waitFor();
    const before = await names(page);
    const reads = await reading(page).locator(".content .text").innerText();
    for (let n = 0; n < 2; ++n)
      await site.submit({ content: `Something quite new about the ${n ? "plum tree" : "hazel hedge"} behind the shed and its visitors` });
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    const button = page.getByRole("button", { name: "2 new comments: show" });
    await button.waitFor();
    assert.deepEqual(await names(page), before);
    assert.equal(await reading(page).locator(".content .text").innerText(), reads);
    await hears(page, "live", /2 new comments/);
    await seen(mo, "queue-new");
    await mo.keys("n");
    await eventually(async () => (await rows(page).count()) === 5, "they are shown");
    assert.equal(await counted(page, "Pending"), 5);
    mo.clean();
  });

  it("filters in words survive a reload and say what is wrong with them", async () => {
    const { site } = await waiting(20);
    const mo = await desk(world, "moderator", site.id);
    const { page, keys } = mo;
    await rows(page).nth(19).waitFor();
    await keys("f");
    await page.getByLabel("Author’s name").fill("Ana");
    await page.getByLabel("Score to").fill("12");
    await page.getByLabel("From this day").fill("2020-01-01");
    await seen(mo, "queue-filter");
    await keys("Enter");
    await eventually(
      async () => (await names(page)).every((name) => name.includes("Ana")) && (await rows(page).count()) === 2,
      "two of Ana",
    );
    await page.getByRole("combobox", { name: "Order" }).selectOption("oldest");
    await eventually(async () => /sort=oldest/.test(page.url()) && (await rows(page).count()) === 2, "in another order");
    const shown = await names(page);
    await page.reload();
    await rows(page).nth(1).waitFor();
    assert.deepEqual(await names(page), shown);
    const chips = page.getByRole("group", { name: "Filters" });
    for (const words of ["author: Ana", "score to 12", "from 1 Jan 2020"]) await chips.getByText(words, { exact: true }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get("sort"), "oldest");
    await seen(mo, "queue-filtered");
    await chips.getByRole("button", { name: "Without the filter author: Ana" }).click();
    await eventually(async () => (await rows(page).count()) > 5, "more of them");
    // From the comment that one reads.
    await reading(page)
      .getByRole("button", { name: /Only this network/ })
      .click();
    await chips.getByText("address: 198.51.100.0/24").waitFor();
    await page.goBack();
    await chips.getByText("address:").waitFor({ state: "detached" });

    await mo.go("/desk?min_score=lots&ip=nowhere");
    await page.getByRole("alert").filter({ hasText: /\w/ }).first().waitFor();
    await page.locator(".chip.wrong").waitFor();
    await page.getByRole("button", { name: "Change" }).click();
    assert.equal(await page.locator("dialog [aria-invalid=true]").count(), 1);
    await seen(mo, "queue-filter-wrong");
    mo.clean();
  });

  it("on a phone: the list, then the comment in its place, and the way back", async () => {
    const { site } = await waiting(9);
    const mo = await desk(world, "moderator", site.id, kPhone);
    const { page } = mo;
    await rows(page).nth(8).waitFor();
    await seen(mo, "queue-phone-list");
    const [first, second, third] = await names(page);
    await rows(page).first().tap();
    await reading(page).getByRole("heading", { name: first }).waitFor();
    assert.ok((await taller(page)) <= 0, "the comment takes the screen, and no more");
    await seen(mo, "queue-phone-read");
    await page.getByRole("button", { name: "Spam" }).tap();
    await reading(page).getByRole("heading", { name: second }).waitFor();
    await page.goBack();
    await eventually(async () => (await names(page))[0] === second, "the list without the first");
    await rows(page).first().tap();
    await page.getByRole("button", { name: "Approve" }).tap();
    await reading(page).getByRole("heading", { name: third }).waitFor();
    await page.getByRole("button", { name: "Back to the list" }).tap();
    await eventually(async () => (await rows(page).count()) === 7, "seven are left");
    await seen(mo, "queue-phone-strip");
    // From far down the list a comment is read from its beginning, and the list comes back where one had been.
    await page.setViewportSize({ width: 360, height: 480 });
    const last = rows(page).nth(6);
    await last.scrollIntoViewIfNeeded();
    assert.ok((await page.evaluate(() => scrollY)) > 200);
    const [name] = await last.locator(".name").allTextContents();
    await last.tap();
    await reading(page).getByRole("heading", { name }).waitFor();
    assert.equal(await page.evaluate(() => scrollY), 0);
    await page.getByRole("button", { name: "Back to the list" }).tap();
    await eventually(async () => (await rows(page).count()) === 7 && (await page.evaluate(() => scrollY)) > 200, "the list where it was");
    assert.equal((await site.queue({ status: "spam" })).length, 1);
    assert.equal((await site.queue({ status: "approved" })).length, 1);
    mo.clean();
  });

  it("a session that ends in the middle of work loses nothing", async () => {
    const { site } = await waiting(6);
    const mo = await desk(world, "moderator", site.id);
    const { page, keys, token } = mo;
    await rows(page).nth(5).waitFor();
    await keys("x", "j", "x", "e");
    await page.getByLabel("Note", { exact: true }).fill("a note that took a while");
    await page.getByRole("button", { name: "Keep for the decision" }).click();
    await mo.expire();
    await keys("r");
    const again = page.getByRole("dialog", { name: "Your session has ended" });
    await again.waitFor();
    await seen(mo, "queue-expired");
    await again.getByLabel("Token").fill(token.token);
    await keys("Enter");
    await again.waitFor({ state: "detached" });
    await saved(page);
    await eventually(async () => (await site.queue({ status: "rejected" })).length === 1, "the decision is made");
    const [rejected] = await site.queue({ status: "rejected" });
    assert.equal((await site.detail(rejected)).history.at(-1).note, "a note that took a while");
    await page.getByText("1 selected").waitFor();
    assert.equal(await rows(page).count(), 5);
    mo.clean();
  });

  it("without the network a decision waits, is sent once, and leaving warns", async () => {
    const { site } = await waiting(5);
    const mo = await desk(world, "moderator", site.id);
    const { page, keys, context } = mo;
    await rows(page).nth(4).waitFor();
    await eventually(async () => (await page.locator(".facts .history").count()) > 0, "details are there");
    await context.setOffline(true);
    await keys("a", "s");
    assert.equal(await rows(page).count(), 3);
    await page.getByText("2 decisions not saved yet").waitFor();
    await seen(mo, "queue-offline");
    assert.equal(await page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true }))), true, "leaving asks");
    await context.setOffline(false);
    await saved(page);
    await page.getByText("not saved yet").waitFor({ state: "detached" });
    assert.equal((await site.queue({ status: "approved" })).length, 1);
    assert.equal((await site.queue({ status: "spam" })).length, 1);
    // The answer is lost, not the request: sent again under the same key it is carried out once.
    let lost = 0;
    await page.route("**/v1/decisions", async (route) => (lost++ === 0 ? (await route.fetch(), route.abort()) : route.continue()));
    await keys("r");
    await eventually(() => lost === 2, "it is sent again");
    await saved(page);
    assert.equal((await site.queue({ status: "rejected" })).length, 1);
    const { body } = await mo.token.get("/v1/decisions", { by: mo.token.name });
    assert.equal(body.items.length, 3);
    mo.clean();
  });

  // Submits it with the string wherever the service takes it; what it refuses there is left out.
  async function submitted(site, string, at) {
    const one = {
      content: string,
      author: { name: string.slice(0, 200), email: string.slice(0, 90), url: string.slice(0, 500) },
      article: { id: `/hostile/${at}`, title: string.slice(0, 300), url: "" },
      client: { ip: `198.51.100.${(at % 250) + 1}`, user_agent: string.slice(0, 200), referrer: string.slice(0, 200) },
    };
    one.article.url = `${site.url}/${encodeURIComponent(string.slice(0, 100).toWellFormed?.() ?? "x")}`;
    for (let tries = 0; tries < 9; ++tries) {
      const { status, body } = await site.frontend.post("/v1/comments", one, { status: [201, 400] });
      if (status === 201) return true;
      const [, part, field] = (body.where ?? "").split("/");
      if (field && one[part]) {
        if (part === "author" && field === "email" && !one.author.email.includes("@x.example"))
          one.author.email = `${string.replace(/[^a-z0-9"'=/]/gi, "").slice(0, 20) || "x"}@x.example`;
        else if (part === "author" && field === "url" && !one.author.url.startsWith("https://x.example"))
          one.author.url = `https://x.example/?${string.slice(0, 100)}`;
        else delete one[part][field];
      } else return false; // the content itself
    }
    return false;
  }

  it("hostile comments are text: nothing runs, nothing is asked for, nothing breaks", async () => {
    const site = await world.house.site({ policy: { moderation: "hold_all", spam: 900, discard: 1000 } });
    const strings = [...kHostile, ...sharedStrings(/^xss_(rsnake|jhaddix)_xss\.txt$/)];
    let kept = 0;
    for (let at = 0; at < strings.length; at += 8)
      kept += (await Promise.all(strings.slice(at, at + 8).map((one, i) => submitted(site, one, at + i)))).filter(Boolean).length;
    assert.ok(kept >= kHostile.length - 2, `${kept} of ${strings.length} were taken`);
    await site.submit({ content: `before ${kTurning} and after`, author: { name: "Turner" } });
    const mo = await desk(world, "moderator", site.id, { path: "/desk?sort=newest" });
    const { page, keys } = mo;
    await rows(page).first().waitFor();
    // A direction that is never closed ends with its text: what stands after it is where it would be without.
    const order = await page.evaluate(() =>
      [...document.querySelectorAll(".row.current .where bdi, .reading h2, .reading .on, .fact .record")].map((one) => {
        const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walker.nextNode()) if (walker.currentNode.data.trim().length > 2) texts.push(walker.currentNode);
        const place = (node, at) => {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          return range.getBoundingClientRect();
        };
        return texts.every((node) => {
          const at = node.data.search(/\S\S/);
          return at < 0 || place(node, at).left < place(node, at + 1).left;
        });
      }),
    );
    assert.ok(order.length >= 3 && order.every(Boolean), JSON.stringify(order));
    assert.match(await reading(page).locator(".content").innerText(), /RLO×2/);
    assert.equal(await page.getByText("\u202e").count(), 0, "no control is on the page");
    await seen(mo, "queue-turning");
    for (let n = 0; n <= kept; ++n) {
      const wrong = await page.evaluate(() => {
        const pane = document.querySelector(".reading");
        const odd = document.querySelectorAll(
          ".queue :is(a:not([href^='/desk']), img, script, iframe, svg, style, form:not(.search), object, embed, link, meta, base, marquee, details, video, audio)",
        );
        return [
          pane.scrollWidth - pane.clientWidth,
          document.documentElement.scrollWidth - innerWidth,
          odd.length,
          document.querySelector(".list").scrollWidth - document.querySelector(".list").clientWidth,
        ].join();
      });
      assert.equal(wrong, "0,0,0,0", await reading(page).locator(".content").innerText());
      if (n < kHostile.length && n % 8 === 0) await seen(mo, `queue-hostile-${n}`, { axe: n % 16 === 0 });
      await keys("j");
    }
    await page.setViewportSize({ width: 360, height: 740 });
    await page.locator(".queue.narrow").waitFor();
    assert.ok((await overflow(page)) <= 0);
    await seen(mo, "queue-hostile-phone");
    // A click on a link’s target copies it and goes nowhere.
    const at = page.url();
    await page
      .locator(".target")
      .first()
      .click()
      .catch(() => {});
    assert.equal(page.url(), at);
    mo.clean();
  });

  it("every string of the lists is drawn as text in every field of the pane", async () => {
    const strings = [...kHostile, kTurning, ...sharedStrings()];
    const mo = await desk(world, "moderator");
    const { page } = mo;
    const module = await parts(
      page,
      world.service,
      'export { h, render } from "./preact.js"; export { Reading } from "./reading.js"; export { List } from "./list.js";',
    );
    for (let at = 0; at < strings.length; at += 500) {
      const wrong = await page.evaluate(
        async ([some, module]) => {
          const { h, render, Reading, List } = await import(module);
          const none = { approved: 0, rejected: 0, spam: 0, pending: 1, checked: 0, first_seen: null, last_seen: null };
          const wrong = [];
          const box = document.createElement("div");
          let root;
          for (const text of some) {
            const size = new TextEncoder().encode(text).length;
            const fields = [
              "content",
              "author.name",
              "author.email",
              "author.url",
              "article.title",
              "article.url",
              "client.user_agent",
              "client.referrer",
              "client.ip",
              "type",
            ];
            const evidence = fields.flatMap((field) => [{ field, view: "raw", start: 0, end: size }]);
            const item = {
            id: text, site: text, status: "pending", version: 1, type: text, received_at: "2026-11-01T00:00:00Z", content: text, parent: null, lease: { holder: text, until: "2099-01-01T00:00:00Z" },
            author: { name: text, email: text, url: text, id: text }, article: { id: text, title: text, url: text }, client: { ip: text, user_agent: text, referrer: text }, form: { token: null, elapsed_ms: null, honeypot: text },
            verdict: { score: 3, action: "hold", probability: 0.5, findings: [{ rule: text, about: text, score: 1, evidence }], unchecked: true },
          }; // prettier-ignore
            const detail = {
              ...item,
              history: [{ at: item.received_at, what: "spam", by: text, decision: "x", reason: text, note: text, after: "spam" }],
              records: { author: none, email: none, address: none, network: none },
              facts: { domains: [] },
              near: { count: 1, pending: 1 },
              copy_count: 0,
              learned: { probability: 0.5, words: [{ word: text, weight: 1, evidence }] },
            };
            const common = { who: { holder: "me" }, sites: [] };
            root = render(
              h(
                "div",
                null,
                h(Reading, { ...common, item, detail, trouble: text, note: { reason: text, note: text } }),
                h(List, { ...common, items: [item], current: text, picked: new Map(), troubles: new Map(), label: "x" }),
              ),
              box,
              root,
            );
            await Promise.resolve();
            const odd = box.querySelector(
              "a, img, script, iframe, svg, style, form, object, embed, link, meta, base, video, audio, details, marquee, input, textarea",
            );
            const acting = [...box.querySelectorAll("*")].find((one) =>
              [...one.attributes].some(({ name }) => name.startsWith("on") || ["src", "href", "style", "srcdoc", "action"].includes(name)),
            );
            const shown = box.querySelector(".content").cloneNode(true);
            shown.querySelectorAll(".target").forEach((one) => one.remove());
            const turning = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/.test(box.textContent);
            if (
              odd ||
              acting ||
              turning ||
              (/^[\x20-\x7e]+$/.test(text) && text.length < 5000 && !shown.textContent.includes(text))
            )
              wrong.push(text.slice(0, 200) + " → " + (odd ?? acting ?? box.querySelector(".content")).outerHTML.slice(0, 200));
          }
          box.remove();
          return wrong;
        },
        [strings.slice(at, at + 500), module],
      );
      assert.deepEqual(wrong, []);
    }
    mo.clean();
  });
});
