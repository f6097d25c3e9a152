// Blocks, sites and tokens at the desk.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { doubtfulWords, unique } from "../../api/lib/house.mjs";
import { document, open, said, strict, write } from "../lib/browser.mjs";
import { desk, kPhone, kWide, seen } from "../lib/desk.mjs";

const kScript = `<img src="https://evil.example/x" onerror="window.pwned=1"><script>window.pwned=2</script>`;
async function sound(visit) {
  const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= visit.page.viewportSize().width, `the page is ${wide} pixels wide`);
  assert.equal(await visit.page.evaluate(() => window.pwned), undefined);
  visit.clean();
}
// Types shown lines into a shell.
const shell = async (lines) => (await promisify(execFile)("bash", ["-c", lines], { timeout: 20_000 })).stdout;
const row = (page, list, text) => page.getByRole("list", { name: list, exact: true }).locator("> li", { hasText: text });
const shown = (page, label) => page.locator(`pre[aria-label="${label}"]`).textContent();

describe("blocks at the desk", () => {
  let world, blog;
  before(async () => {
    world = await open();
    blog = await world.house.site({ name: kScript });
  });
  after(() => world.close());

  it("what waits of it is shown first, becomes spam by one decision, and is undone", async () => {
    const held = [];
    for (let i = 0; i < 3; ++i) held.push(await blog.doubtful({ author: { name: `Seller ${i}`, email: `s${i}@shop.example`, url: `https://www.casino-${blog.id}.example/${i}` } }));
    const other = await blog.doubtful();
    const visit = await desk(world, "moderator", blog.id, { path: "/desk/blocks" });
    const { page } = visit;
    await page.getByText("Nobody is blocked.").waitFor();
    const form = page.getByRole("form", { name: "Block somebody" });
    await form.getByLabel("What", { exact: true }).selectOption("domain");
    await form.getByRole("textbox", { name: "Domain" }).fill(`casino-${blog.id}.example`);
    await form.getByLabel("Reason").fill(kScript.slice(0, 99));
    await form.getByLabel("Ends").selectOption("30");
    await form.getByLabel(/Also mark what of it waits/).check();
    await seen(visit, "blocks-add");
    await form.getByRole("button", { name: "Show what it touches" }).click();
    const dialog = page.getByRole("dialog", { name: "Block, and mark as spam what waits?" });
    await dialog.getByText("3 waiting comments become spam").waitFor();
    assert.equal(await dialog.getByRole("list", { name: "Comments that it touches" }).getByRole("listitem").count(), 3);
    await seen(visit, "blocks-past");
    assert.equal((await blog.ids()).length, 4, "nothing is done yet");
    await dialog.getByRole("button", { name: "Block, and mark 3 as spam" }).click();
    await page.getByText("3 waiting comments marked as spam.").first().waitFor();
    assert.deepEqual(await blog.ids(), [other.id]);
    const made = row(page, "Blocks", `casino-${blog.id}.example`);
    await made.getByText(/ends \d+ \w+ \d{4}/).waitFor();
    await seen(visit, "blocks");
    await page.getByRole("button", { name: "Show the decision" }).click();
    await page.getByRole("button", { name: /^Undo/ }).click();
    await page.getByRole("button", { name: "Undo for 3 comments" }).click();
    await page.getByText("Undone: 3 comments are as before.").first().waitFor();
    assert.equal((await blog.ids()).length, 4);
    await sound(visit);
  });

  it("what cannot be blocked is said at the field; kinds are filtered; a block is lifted", async () => {
    const visit = await desk(world, "admin", undefined, { path: "/desk/blocks", ...kPhone });
    const { page } = visit;
    const form = page.getByRole("form", { name: "Block somebody" });
    await form.getByRole("button", { name: "Block", exact: true }).click();
    await form.getByText("Say what to block").waitFor();
    for (const [kind, name, bad, complaint] of [
      ["email", "Email address", "nonsense", /not .* email|domain/i],
      ["ip", "Address", "300.1.1.1", /not an internet address|address/],
      ["cidr", "Network", "0.0.0.0/0", /.+/],
      ["domain", "Domain", kScript, /not a domain|domain/],
    ]) {
      await form.getByLabel("What", { exact: true }).selectOption(kind);
      const field = form.getByRole("textbox", { name, exact: true });
      await field.fill(bad);
      await form.getByRole("button", { name: "Block", exact: true }).click();
      await form.locator(".error").filter({ hasText: complaint }).waitFor();
      assert.equal(await field.getAttribute("aria-invalid"), "true", kind);
    }
    await seen(visit, "blocks-errors-phone");
    await form.getByLabel("What", { exact: true }).selectOption("email");
    await form.getByRole("textbox", { name: "Email address" }).fill("Seller@Shop.example");
    await form.getByRole("button", { name: "Block", exact: true }).click();
    await row(page, "Blocks", "seller@shop.example").waitFor();
    await page.getByRole("group", { name: "Which blocks" }).getByLabel("Kind").selectOption("ip");
    await page.waitForURL(/kind=ip/);
    await page.getByText("No such block.").waitFor();
    await page.goBack();

    // A moderator of one site sees it, and cannot lift it.
    const theirs = await desk(world, "moderator", blog.id, { path: "/desk/blocks" });
    await row(theirs.page, "Blocks", "seller@shop.example").getByText("of all sites: an admin's").waitFor();
    assert.equal(await row(theirs.page, "Blocks", "seller@shop.example").getByRole("button").count(), 0);
    await sound(theirs);

    await page.getByRole("button", { name: "Lift the block of seller@shop.example" }).click();
    const dialog = page.getByRole("dialog", { name: "Lift this block?" });
    await seen(visit, "blocks-lift-phone");
    await dialog.getByRole("button", { name: "Lift it" }).click();
    await row(page, "Blocks", "seller@shop.example").waitFor({ state: "detached" });
    assert.equal((await world.house.admin.get("/v1/blocks", { kind: "email" })).body.items.length, 0);
    await sound(visit);
  });
});

describe("sites at the desk", () => {
  let world;
  const lines = {}; // shown by the desk, served by the blog
  before(async () => {
    world = await open({ pages: (service) => ({ "/shown": () => ({ html: document(lines.widget), headers: strict(service) }) }) });
  });
  after(() => world.close());

  it("a site is made, and its keys and lines work as they are shown", async () => {
    const visit = await desk(world, "admin", undefined, { path: "/desk/sites" });
    const { page } = visit;
    await page.getByRole("link", { name: "New site" }).click();
    await page.getByRole("heading", { name: "A new site" }).waitFor();
    await page.getByLabel("URL").fill("not an address");
    await page.getByRole("button", { name: "Make it" }).click();
    await page.getByText(/It looks like https:\/\/blog\.example/).waitFor();
    assert.ok(await page.getByLabel("URL").evaluate((field) => field.matches(":focus")));
    await page.getByLabel("URL").fill("https://shown.example");
    await page.getByLabel("Id").fill(world.site.id);
    await page.getByRole("button", { name: "Make it" }).click();
    await page.getByText(/There is a site of this id already/).waitFor();
    await seen(visit, "site-new");
    await page.getByLabel("Id").fill("");
    await page.getByLabel("Name").fill(kScript.slice(0, 100));
    await page.getByLabel("More origins").fill(world.blog.url);
    await page.getByRole("button", { name: "Make it" }).click();
    await page.getByRole("heading", { name: /is made$/ }).waitFor();
    await seen(visit, "site-made");

    const { body: site } = await world.house.admin.get("/v1/sites/shown-example");
    assert.deepEqual(site.origins, [world.blog.url]);
    const posted = JSON.parse(await shell(await shown(page, "call of the API")));
    assert.ok(["pending", "approved"].includes(posted.status), JSON.stringify(posted));
    const token = await shown(page, "front-end token");
    assert.equal((await world.house.as(token).post("/v1/comments", { article: { id: "/hello" }, author: { name: "Bo" }, content: "A second comment" }, { status: 201 })).status, 201);
    await page.getByText("Any other Akismet client").click();
    assert.equal(await shell(await shown(page, "trial of the Akismet key")), "valid\ntrue\n");
    assert.equal(await shown(page, "address of this service"), world.service);
    assert.match(await shown(page, "must-use plugin for WordPress"), new RegExp(`^<\\?php\nconst CHAFFINCH = '${world.service}';`));
    lines.widget = await shown(page, "widget");
    assert.equal(lines.widget.trim().split("\n").length, 2);
    const reader = await world.visitor();
    await reader.go("/shown");
    await write(reader.page, doubtfulWords());
    await said(reader.page).getByText(/waits for a moderator|published/).waitFor();
    assert.deepEqual(reader.faults, []);
    assert.equal((await world.house.admin.get("/v1/queue", { site: "shown-example", status: "any" })).body.items.length, 4, "two by curl and fetch, one by a client, one by a reader");

    // They were shown only then.
    await page.getByRole("link", { name: "Its settings" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    assert.ok(!(await page.locator("main").textContent()).includes(token));
    await page.getByText("Your own front end: the API").click();
    await page.getByRole("button", { name: "Make a new token" }).click();
    const second = await page.locator('pre[aria-label="front-end token"]').first().textContent();
    assert.match(second, /^chf_/);
    assert.match(await shell(await shown(page, "call of the API")), /"status"/);
    await sound(visit);
  });

  it("settings: errors at their fields, what somebody else changed meanwhile, nothing typed is lost", async () => {
    const blog = await world.house.site({ name: "Before" });
    const visit = await desk(world, "admin", undefined, { path: `/desk/sites?id=${blog.id}` });
    const { page } = visit;
    await page.getByLabel("Held from a score of").fill("lots");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Write a number").waitFor();
    await page.getByLabel("Held from a score of").fill("400");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/must not be less than hold/).waitFor();
    await page.getByLabel("Held from a score of").fill("3.5");
    await page.getByLabel("Weights and knobs of its own").fill("no.such.rule = 3");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator(".error").first().waitFor();
    await page.getByLabel("Weights and knobs of its own").fill("link_count.max = 5");
    await seen(visit, "site-settings");

    await world.house.admin.patch(`/v1/sites/${blog.id}`, { name: "Theirs", markdown: true });
    await page.getByLabel("Name").fill("Mine");
    await page.getByLabel("Rejected").fill("10");
    await page.getByRole("radio", { name: /Hold everything/ }).check();
    await page.getByRole("radio", { name: /^Neither/ }).check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Somebody else changed this site while you were writing.").waitFor();
    await seen(visit, "site-conflict");
    await page.getByRole("button", { name: /Load what it is now/ }).click();
    await page.getByText("Meanwhile it became “Theirs”").waitFor();
    assert.equal(await page.getByLabel("Name").inputValue(), "Mine");
    assert.ok(await page.getByLabel("Comments are shown with Markdown").isChecked());
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/^Saved: /).first().waitFor();
    const { body: saved } = await world.house.admin.get(`/v1/sites/${blog.id}`);
    assert.equal(saved.name, "Mine");
    assert.equal(saved.markdown, true);
    assert.deepEqual([saved.policy.hold, saved.policy.moderation, saved.retention.rejected_days, saved.akismet_hold], [3.5, "hold_all", 10, "error"]);
    assert.deepEqual(saved.policy.overrides, { "link_count.max": 5 });
    await sound(visit);
  });

  it("three hundred sites: found by a word, shown piece by piece, on a phone", async () => {
    for (let i = 0; i < 300; ++i) await world.house.admin.post("/v1/sites", { id: `many-${i}`, name: `Garden no ${i}` }, { status: 201 });
    const visit = await desk(world, "admin", undefined, { path: "/desk/sites", ...kPhone });
    const { page } = visit;
    const items = page.getByRole("list", { name: "Sites" }).locator("> li");
    await items.nth(49).waitFor();
    assert.equal(await items.count(), 50);
    await page.getByRole("button", { name: /Show more of 30\d/ }).click();
    await items.nth(99).waitFor();
    await page.getByLabel("Find").fill("no 27");
    await page.getByText(/^11 of 30\d sites$/).waitFor();
    assert.equal(await items.count(), 11);
    await seen(visit, "sites-phone");
    await sound(visit);
    await visit.go("/desk/numbers?site=many-3");
    await page.getByLabel("Site", { exact: true }).locator("option").nth(301).waitFor({ state: "attached" });
    await page.getByText("Nothing came and nothing was decided").waitFor();
  });
});

describe("tokens at the desk", () => {
  let world;
  before(async () => (world = await open()));
  after(() => world.close());

  it("a moderator gets a link that signs in once, and is out when the token is revoked", async () => {
    const visit = await desk(world, "admin", undefined, { path: "/desk/tokens" });
    const { page } = visit;
    const name = `Kim ${kScript}`.slice(0, 80);
    const form = page.getByRole("form", { name: "A new token" });
    await form.getByLabel("Name").fill(name);
    await form.getByLabel("Site").selectOption(world.site.id);
    await form.getByLabel("Ends").selectOption("365");
    await form.getByRole("button", { name: "Make it" }).click();
    const dialog = page.getByRole("dialog", { name: "The token is made" });
    await dialog.waitFor();
    const token = await shown(page, "token");
    const link = await shown(page, "sign-in link");
    assert.match(link, new RegExp(`^${world.service}/desk/in#`));
    await seen(visit, "token-made");
    await dialog.getByRole("button", { name: "I have it" }).click();
    assert.ok(!(await page.locator("body").textContent()).includes(token));
    await row(page, "Tokens", "Kim").getByText(/ends \d+/).waitFor();

    const kim = await world.visitor();
    await kim.go(link);
    await kim.page.locator(".frame main").waitFor();
    assert.doesNotMatch(kim.page.url(), /#/);
    const late = await world.visitor();
    await late.go(link);
    await late.page.getByRole("textbox", { name: "Token" }).or(late.page.getByLabel("Token")).first().waitFor();
    await late.page.locator(".error").waitFor();
    assert.equal(await late.page.locator(".frame").count(), 0, "a used link opens nothing");

    // Another link for the same token.
    await page.getByRole("button", { name: /^Sign-in link for Kim/ }).click();
    const again = page.getByRole("dialog", { name: "A sign-in link" });
    await again.waitFor();
    const other = await shown(page, "sign-in link");
    await again.getByRole("button", { name: "I have it" }).click();
    await late.go(other);
    await late.page.locator(".frame main").waitFor();

    await kim.page.goto(`${world.service}/desk/log`);
    await kim.page.getByRole("heading", { name: "Decisions" }).waitFor();
    await page.getByRole("button", { name: /^Revoke Kim/ }).click();
    const sure = page.getByRole("dialog", { name: "Revoke this token?" });
    await sure.getByText("all sessions at the desk that it opened end at once").waitFor();
    await seen(visit, "token-revoke");
    await sure.getByRole("button", { name: "Revoke it" }).click();
    await row(page, "Tokens", "Kim").waitFor({ state: "detached" });
    await kim.page.getByLabel("Kind").selectOption("spam");
    await kim.page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
    await page.getByLabel("Revoked and ended ones, too").check();
    await row(page, "Tokens", "Kim").getByText("revoked", { exact: true }).waitFor();
    await seen(visit, "tokens");
    await sound(visit);
    assert.deepEqual([...kim.faults, ...late.faults], []);
  });

  it("who comes to the door is told what opens it, and what does not, on a wide window and on a phone", async () => {
    const { frontend } = world.site;
    const { body: made } = await world.house.admin.post("/v1/tokens", { role: "moderator", name: unique("comes") }, { status: 201 });
    for (const [name, options] of [
      ["signin", kWide],
      ["signin-phone", kPhone],
    ]) {
      const visit = await world.visitor(options);
      const { page } = visit;
      await page.goto(`${world.service}/desk`);
      const token = page.getByLabel("Token");
      await token.waitFor();
      await seen(visit, name);
      await page.getByRole("button", { name: "Sign in" }).focus();
      await page.keyboard.press("Enter");
      assert.equal(await page.locator(".frame").count(), 0, "nothing is no token");
      for (const [text, says] of [
        [`chf_${"x".repeat(43)}`, /not known|unknown|no such|not valid/i],
        [frontend.token, /moderator|admin/],
      ]) {
        await token.fill(text);
        await token.press("Enter");
        await page.locator(".error").getByText(says).waitFor();
        assert.equal(await token.getAttribute("aria-invalid"), "true");
      }
      await seen(visit, `${name}-wrong`);
      await token.fill(`  ${made.token}\n`);
      await token.press("Enter");
      await page.locator(".frame main").waitFor();
      assert.ok(!(await page.locator("body").textContent()).includes(made.token));
      assert.deepEqual(visit.faults, []);
    }
  });

  it("every role is made; what cannot be is said; one's own token is revoked with a warning", async () => {
    const visit = await desk(world, "admin", undefined, { path: "/desk/tokens", ...kPhone, name: unique("leaver") });
    const { page } = visit;
    const form = page.getByRole("form", { name: "A new token" });
    for (const role of ["frontend", "feed", "metrics", "admin"]) {
      await form.getByLabel("Role").selectOption(role);
      await form.getByLabel("Name").fill(`made ${role}`);
      await form.getByRole("button", { name: "Make it" }).click();
      await page.getByRole("dialog", { name: "The token is made" }).waitFor();
      assert.equal(await page.locator('pre[aria-label="sign-in link"]').count(), role === "admin" ? 1 : 0);
      await page.getByRole("button", { name: "I have it" }).click();
      await row(page, "Tokens", `made ${role}`).waitFor();
    }
    await form.getByLabel("Role").selectOption("akismet");
    await form.getByRole("button", { name: "Make it" }).click();
    await form.locator(".error, .trouble").first().waitFor();
    await form.getByLabel("Ends").selectOption("day");
    await form.getByLabel("Last day").fill("2020-01-01");
    await form.getByLabel("Site").selectOption(world.site.id);
    await form.getByRole("button", { name: "Make it" }).click();
    await form.getByText(/That time is over already/).waitFor();
    await seen(visit, "tokens-phone");
    await sound(visit);
    await row(page, "Tokens", visit.token.name).getByText("yours").waitFor();
    await page.getByRole("button", { name: `Revoke ${visit.token.name}` }).click();
    const dialog = page.getByRole("dialog", { name: "Revoke your own token?" });
    await dialog.getByText("You are signed in with it").waitFor();
    await dialog.getByRole("button", { name: "Revoke it and leave" }).click();
    await page.waitForURL(/\/desk\/in$/);
    await page.getByLabel("Token").waitFor();
  });

  it("a moderator sees neither sites nor tokens", async () => {
    const visit = await desk(world, "moderator", world.site.id, { path: "/desk/tokens" });
    await visit.page.getByRole("heading", { name: "There is no such page" }).waitFor();
    assert.equal(await visit.page.getByRole("link", { name: "Sites" }).count(), 0);
    await visit.go("/desk/sites");
    await visit.page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await sound(visit);
  });
});
