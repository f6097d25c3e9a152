// Numbers and the log of decisions: what the desk draws and tells is what the service has, and what was decided is undone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { doubtfulWords, unique } from "../../api/lib/house.mjs";
import { open } from "../lib/browser.mjs";
import { desk, kPhone, parts, seen } from "../lib/desk.mjs";

const kScript = `<img src="https://evil.example/x" onerror="window.pwned=1"><script>window.pwned=2</script>`;

// Nothing stands out of the window, and nothing of a stranger's ran.
async function sound(visit) {
  const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= visit.page.viewportSize().width, `the page is ${wide} pixels wide`);
  assert.equal(await visit.page.evaluate(() => window.pwned), undefined);
  visit.clean();
}
// The rows of a figure's table as texts; it is opened where it is folded.
async function table(page, name) {
  const section = page.locator(".figure", { has: page.getByRole("heading", { name, exact: true }) });
  await section.waitFor();
  const summary = section.locator("summary");
  if ((await summary.count()) && !(await section.locator("table").count())) await summary.click();
  await section.locator("table").waitFor();
  return section.locator("table").evaluate((one) => [...one.rows].map((row) => [...row.cells].map((cell) => cell.textContent)));
}
async function download(page, name) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `CSV of ${name}`, exact: true }).click()]);
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}
const lines = (text) => text.trim().split(/\r?\n/).map((line) => line.split(","));
const whole = (text) => Number(text.replaceAll(",", ""));

describe("the numbers of the desk", () => {
  let world, blog, quiet;
  before(async () => {
    world = await open();
    blog = await world.house.site({ name: `=HYPERLINK("x") ${kScript}`.slice(0, 100) });
    quiet = await world.house.site();
    for (let i = 0; i < 6; ++i) await blog.good();
    const held = [];
    for (let i = 0; i < 6; ++i) held.push(await blog.doubtful());
    for (let i = 0; i < 3; ++i) await blog.spam();
    await blog.decide("approve", held.slice(0, 2));
    await blog.decide("spam", held.slice(2, 4));
    await blog.undo(await blog.decide("reject", [held[4]]));
  });
  after(() => world.close());

  it("what is drawn, the tables, the files and the service agree", async () => {
    const visit = await desk(world, "admin", undefined, { path: `/desk/numbers?site=${blog.id}&days=30` });
    const { page } = visit;
    const { body } = await world.house.admin.get("/v1/stats/days", { site: blog.id, days: 30 });
    const today = body.days.at(-1);
    assert.equal(today.submitted, 15);
    assert.deepEqual([today.approved, today.spam, today.rejected, today.undone], [2, 2, 0, 1]);

    const came = await table(page, "What came");
    assert.equal(came.length, 31);
    assert.deepEqual(came.at(-1), [today.day, ...["submitted", "approved_by_machine", "held", "spam_by_machine", "discarded", "checked", "imported"].map((one) => String(today[one]))]);
    assert.deepEqual((await table(page, "What people decided")).at(-1), [today.day, "2", "0", "2", "1"]);
    const who = (await table(page, "Who decided")).at(-1);
    assert.deepEqual(who.slice(0, 3), [today.day, String(today.approved_by_machine + today.spam_by_machine + today.discarded), "4"]);

    const tiles = await page.locator(".tiles").innerText();
    assert.match(tiles, new RegExp(`Waiting now\\s+${body.queue.pending}\\b`));
    assert.match(tiles, /Came\s+15/);
    assert.match(tiles, /Decided by people\s+4\s+1 undone/);

    // A chart is walked through by keyboard, and says what stands at each place.
    const chart = page.getByRole("slider", { name: "What came" });
    await chart.focus();
    assert.match(await chart.getAttribute("aria-valuetext"), new RegExp(`published at once ${today.approved_by_machine}`));
    assert.match(await page.locator(".reading").first().innerText(), /published at once/);
    await page.keyboard.press("ArrowLeft");
    assert.match(await chart.getAttribute("aria-valuetext"), /: nothing$/);
    assert.equal(await chart.getAttribute("aria-valuenow"), "28");
    await page.keyboard.press("End");
    assert.equal(await chart.getAttribute("aria-valuenow"), "29");
    // ... and pointed at.
    const box = await chart.boundingBox();
    await page.mouse.move(box.x + box.width - 14, box.y + 60);
    assert.match(await page.locator(".reading").first().innerText(), /published at once/);
    // As many bars as there is of each kind.
    assert.equal(await chart.locator("rect.bar-part").count(), ["approved_by_machine", "held", "spam_by_machine", "discarded"].filter((one) => today[one] > 0).length);

    const file = await download(page, "What came");
    assert.equal(file.name, `chaffinch-${blog.id}-30-days.csv`);
    assert.equal(file.text, (await world.house.admin.get("/v1/stats/days.csv", { site: blog.id, days: 30 })).text);
    const made = lines((await download(page, "Who decided")).text);
    assert.deepEqual(made.at(-1).slice(0, 3), who.slice(0, 3));
    assert.equal(made.length, 31);

    const ages = await table(page, "How long it waits");
    assert.deepEqual(ages.slice(1).map((row) => whole(row[1])), body.queue.ages.map((one) => one.count));
    assert.equal(whole(ages[1][1]), body.queue.pending);
    await seen(visit, "numbers-site");
    await sound(visit);
  });

  it("rules: hits and precision, week by week, and one rule alone", async () => {
    const visit = await desk(world, "moderator", blog.id, { path: "/desk/numbers?days=30" });
    const { page } = visit;
    const { body } = await world.house.admin.get("/v1/stats/rules", { site: blog.id, weeks: 5, limit: 200 });
    const sums = body.rules.map((one) => [one.rule, ...["hits", "spam", "rejected", "approved"].map((name) => one.weeks.reduce((sum, week) => sum + week[name], 0))]);
    sums.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const rows = (await table(page, "Rules")).slice(1);
    assert.deepEqual(rows.map((row) => [row[0], ...row.slice(1, 5).map(whole)]), sums.slice(0, 15));
    const [, hits, spam, , approved] = sums.find(([rule]) => rule === "link_count");
    assert.deepEqual([hits, spam, approved], [9, 2, 2]);
    assert.match(rows.find((row) => row[0] === "link_count")[5], /^50 %/);
    const csv = await download(page, "Rules");
    assert.equal(csv.text, (await world.house.admin.get("/v1/stats/rules.csv", { site: blog.id, weeks: 5 })).text);

    await page.getByRole("link", { name: "link_count" }).click();
    await page.getByRole("heading", { name: "Rule link_count" }).waitFor();
    assert.match(page.url(), /rule=link_count/);
    assert.deepEqual((await table(page, "Rule link_count")).at(-1).slice(1, 6), ["9", "2", "0", "2", "5"]);
    await page.reload();
    await page.getByRole("heading", { name: "Rule link_count" }).waitFor();
    // Who has one site chooses none.
    assert.equal(await page.getByLabel("Site", { exact: true }).count(), 0);
    await sound(visit);
  });

  it("the learner: its mistakes and whether it means what it says", async () => {
    const visit = await desk(world, "admin", undefined, { path: `/desk/numbers?site=${blog.id}` });
    const { page } = visit;
    const { learner } = (await world.house.admin.get("/v1/stats", { site: blog.id })).body.sites[0];
    assert.equal(learner.ham + learner.spam, 4);
    await page.getByText("4 lessons so far: 2 of wanted comments, 2 of spam.").waitFor();
    const cells = await page.locator(".confusion td .big").allInnerTexts();
    assert.deepEqual(cells.map(Number), [learner.ham - learner.ham_as_spam, learner.ham_as_spam, learner.spam_as_ham, learner.spam - learner.spam_as_ham]);
    const steps = (await table(page, "Does it mean what it says?")).slice(1);
    assert.deepEqual(steps.map((row) => row.slice(3).map(Number)), learner.calibration.steps.map((one) => [one.spam, one.ham]));
    assert.match(await page.locator(".facts").innerText(), new RegExp(`AUC\\s+${learner.auc.toFixed(3)}`));
    await sound(visit);
  });

  it("all sites, nothing yet, one day, many days, a phone", async () => {
    const visit = await desk(world, "admin", undefined, { path: "/desk/numbers", ...kPhone });
    const { page } = visit;
    const rows = (await table(page, "Sites")).slice(1);
    assert.ok(rows.some((row) => row[0] === blog.id && row[3] === "8"), JSON.stringify(rows));
    await seen(visit, "numbers-phone");
    await sound(visit);
    await page.getByLabel("Site", { exact: true }).selectOption(quiet.id);
    await page.getByText("Nothing came and nothing was decided in 90 days").waitFor();
    await page.getByText("It has had no lesson on this site yet").waitFor();
    await seen(visit, "numbers-nothing-phone");
    await visit.go(`/desk/numbers?site=${blog.id}&days=1`);
    assert.equal((await table(page, "What came")).length, 2);
    await sound(visit);
    await visit.go("/desk/numbers?days=400");
    assert.equal((await table(page, "What came")).length, 401);
    assert.equal(await page.getByRole("slider", { name: "What came" }).getAttribute("aria-valuemax").then((most) => Number(most) < 60), true, "week by week");
    await sound(visit);
    await visit.go("/desk/numbers?days=nonsense&site=no-such-site");
    await page.getByText("site", { exact: false }).first().waitFor();
    await page.getByRole("alert").getByRole("button", { name: "Try again" }).first().waitFor();
    await visit.go("/desk/numbers?days=5000");
    assert.equal((await table(page, "What came")).length, 401);
  });

  it("the service is away: said, and read when asked again", async () => {
    const visit = await desk(world, "admin", undefined, { path: "/desk/log" });
    const { page } = visit;
    await page.route("**/v1/stats/days?*", (route) => route.abort());
    await visit.go(`/desk/numbers?site=${blog.id}`);
    await page.getByText("The service cannot be reached.").waitFor();
    await page.unroute("**/v1/stats/days?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".tiles").waitFor();
  });

  it("files hold no formula", async () => {
    const visit = await desk(world, "admin", undefined, { path: "/desk/numbers" });
    const module = await parts(visit.page, world.service, 'export { csv } from "./parts.js";');
    const made = await visit.page.evaluate(async (module) => {
      const { csv } = await import(module);
      return csv([["name", (row) => row], ["n", () => -5]], ["=1+1", "+1", "-1", "@x", "\tx", 'a"b', "a,b", "a\nb", "plain", null]);
    }, module);
    assert.equal(made, `name,n\r\n'=1+1,-5\r\n'+1,-5\r\n'-1,-5\r\n'@x,-5\r\n'\tx,-5\r\n"a""b",-5\r\n"a,b",-5\r\n"a\nb",-5\r\nplain,-5\r\n,-5\r\n`);
  });
});

describe("the log of the desk", () => {
  let world, blog;
  before(async () => {
    world = await open();
    blog = await world.house.site({ name: kScript });
  });
  after(() => world.close());

  const entries = (page) => page.getByRole("list", { name: "Decisions, newest first" }).getByRole("listitem").filter({ has: page.locator(".act") });
  const undoOf = (row) => row.getByRole("button", { name: /^Undo/ });
  const pending = async () => (await blog.ids()).length;

  it("a single decision is undone, and says so", async () => {
    const one = await blog.doubtful({ content: `\u202eolleh \u2066 ${doubtfulWords()}` });
    await blog.decide("reject", [one], { reason: "house rules", note: kScript });
    const visit = await desk(world, "moderator", blog.id, { path: "/desk/log", name: unique(kScript) });
    const { page } = visit;
    const row = entries(page).first();
    await row.getByText("Rejected").waitFor();
    assert.match(await row.innerText(), /Reason: house rules\s+Note: <img src=/);
    await seen(visit, "log");
    await undoOf(row).click();
    const dialog = page.getByRole("dialog", { name: "Undo this decision?" });
    await dialog.getByText(/^\[U\+202E\]olleh \[U\+2066\] /).waitFor();
    await dialog.getByLabel("Note").fill(kScript);
    await seen(visit, "log-undo");
    await dialog.getByRole("button", { name: "Undo it" }).click();
    await page.getByText("Undone: 1 comment is as before.").first().waitFor();
    await entries(page).first().getByText("Undone", { exact: true }).waitFor();
    await entries(page).nth(1).getByText("undone", { exact: true }).waitFor();
    assert.equal(await undoOf(entries(page).nth(1)).count(), 0);
    assert.deepEqual(await blog.ids(), [one.id]);
    await entries(page).first().getByRole("link", { name: "The decision that it undid" }).click();
    await page.getByRole("heading", { name: "A decision" }).waitFor();
    await entries(page).first().getByText("Rejected").waitFor();
    assert.equal(await entries(page).count(), 1);
    await sound(visit);
  });

  it("a bulk decision shows its number and a sample first, and what stayed and why", async () => {
    const many = [];
    for (let i = 0; i < 5; ++i) many.push(await blog.doubtful({ author: { name: `Seller ${i}`, email: `s${i}@shop.example` } }));
    await blog.decide("spam", many);
    await blog.decide("approve", [many[0]]);
    const before = await pending();
    const visit = await desk(world, "moderator", blog.id, { path: "/desk/log?kind=spam" });
    const { page } = visit;
    const row = entries(page).first();
    await row.getByText("4 still stand").waitFor();
    // By keyboard alone.
    await undoOf(row).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Undo a decision on 4 comments?" });
    await dialog.getByText(/It changed 5 comments; 1 of them was decided again since/).waitFor();
    await dialog.getByText("Seller 4").waitFor();
    assert.ok((await dialog.getByRole("list", { name: "Comments of this decision" }).getByRole("listitem").count()) >= 4);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.ok(await undoOf(row).evaluate((button) => button.matches(":focus")), "the focus is back where it was");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Undo for 4 comments" }).click();
    const done = page.getByRole("dialog", { name: "Undone", exact: true });
    await done.getByText("4 comments are as before.").waitFor();
    await done.getByText("taken back exactly").waitFor();
    await done.getByText("1 comment stayed: 1 decided again since").waitFor();
    await seen(visit, "log-undone");
    await done.getByRole("button", { name: "Close", exact: true }).first().click();
    assert.equal(await pending(), before + 4);
    await sound(visit);
  });

  it("somebody undid it first: said, and the log is as it is now", async () => {
    const one = await blog.doubtful();
    const decided = await blog.decide("spam", [one]);
    const visit = await desk(world, "moderator", blog.id, { path: "/desk/log" });
    await undoOf(entries(visit.page).first()).click();
    const dialog = visit.page.getByRole("dialog", { name: "Undo this decision?" });
    await dialog.waitFor();
    await blog.undo(decided);
    await dialog.getByRole("button", { name: "Undo it" }).click();
    await dialog.getByRole("alert").waitFor();
    await dialog.getByRole("button", { name: "Leave it" }).click();
    await entries(visit.page).nth(1).getByText("undone", { exact: true }).waitFor();
  });

  it("filters live in the address, a moderator has a history, pages follow", async () => {
    const other = await world.house.token("moderator", blog.id);
    for (let i = 0; i < 55; ++i) {
      const one = await blog.good();
      await other.post("/v1/decisions", { ids: [one.id], decision: "reject" });
    }
    const visit = await desk(world, "admin", undefined, { path: "/desk/log", ...kPhone });
    const { page } = visit;
    await entries(page).nth(49).waitFor();
    assert.equal(await entries(page).count(), 50);
    await page.getByRole("button", { name: "Show more" }).click();
    await entries(page).nth(50).waitFor();
    assert.match(await page.locator("#live").innerText(), /\d+ decisions more/);
    await page.getByLabel("Kind").selectOption("approve");
    await page.waitForURL(/kind=approve/);
    await page.getByText("Approved").nth(1).waitFor();
    for (const act of await page.locator(".act").allInnerTexts()) assert.equal(act, "Approved");
    await page.reload();
    await page.locator(".act").first().waitFor();
    for (const act of await page.locator(".act").allInnerTexts()) assert.equal(act, "Approved");
    await visit.go(`/desk/log?by=${encodeURIComponent(other.name)}`);
    await entries(page).first().waitFor();
    assert.equal(await page.getByLabel("By").inputValue(), other.name);
    for (const by of await page.locator(".entry .told .soft a .words").allInnerTexts()) assert.equal(by, other.name);
    await seen(visit, "log-phone");
    await sound(visit);
    await page.getByLabel("By").fill("nobody of that name");
    await page.getByLabel("By").press("Enter");
    await page.getByText("Nothing was decided that is so.").waitFor();
    await page.goBack();
    await entries(page).first().waitFor();
    await sound(visit);
  });
});
