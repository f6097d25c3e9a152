// The desk's rules page: writing, trying, backtesting, publishing and taking back rules, by people who may and people who may not.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { unique, words } from "../../api/lib/house.mjs";
import { axe, open } from "../lib/browser.mjs";
import { desk as signedIn, kPhone, overflow, seen } from "../lib/desk.mjs";

// Rules are compiled again and again here, one set at a time, which takes a busy machine a while.
const desk = async (...wishes) => {
  const made = await signedIn(...wishes);
  made.context.setDefaultTimeout(60_000);
  return made;
};
async function draft(token, where, body) {
  for (;;) {
    const { status } = await token.put(`/v1/rules/packs/${where}`, body, { status: [200, 503] });
    if (status === 200) return;
  }
}

const kBad = "../../../../shared/data/lists/bad_input/"; // strings collected elsewhere, where they are at hand

// A pack with one rule that looks for a word.
const pack = (name, rule, { word = rule, score = 15, about = `Speaks of ${word}.`, more = "" } = {}) =>
  `# Written for a story.\npack = "${name}"\n\n# The first one.\n[[pattern]]\nname = "${rule}"\nabout = ${JSON.stringify(about)}\nscore = ${score} # of 20\ntype = "word"\nmatch = ["${word}"]\n${more}spam = ["a ${word} here"]\nham = ["nothing of it"]\n`;
const name = (prefix) => unique(prefix).replace(/-/g, "_");
const field = (page, label) => page.getByLabel(label, { exact: true });
const button = (page, text) => page.getByRole("button", { name: text, exact: true });
const notice = (page, text) => page.locator(".notice").getByText(text);
// Waits until the service has answered about what was written last.
const checked = (page, text) => page.getByRole("region", { name: "Check" }).getByText(text).waitFor();
const part = (page, title) => page.getByRole("navigation", { name: "Parts of the rules page" }).getByRole("link", { name: title }).click();

// The page's own reading and comparing of packs, without a browser.
const root = new URL("../../../", import.meta.url);
const module = (file) => import(`data:text/javascript,${encodeURIComponent(readFileSync(new URL(`service/web/desk/${file}`, root), "utf8"))}`);

describe("the text of a pack", () => {
  it("is read as it stands, and written so that it reads the same: every shipped pack", async () => {
    const { blocksOf, withBlock, write } = await module("toml.js");
    const packs = readdirSync(new URL("rules/packs/", root)).filter((file) => file.endsWith(".toml"));
    assert.ok(packs.length > 10);
    for (const file of packs) {
      const text = readFileSync(new URL(`rules/packs/${file}`, root), "utf8");
      const blocks = blocksOf(text);
      assert.equal(blocks.filter((one) => one.kind === "pattern").length, text.match(/^\[\[pattern\]\]/gm)?.length ?? 0, file);
      for (const block of blocks) {
        const values = Object.fromEntries(block.keys.map((key) => [key.name, key.value]));
        assert.equal(withBlock(text, block, block.kind, values), text, file);
        const again = blocksOf(block.keys.map((key) => `${key.name} = ${write(key.value)}`).join("\n"))[0];
        assert.deepEqual(again.keys.map((key) => key.value), block.keys.map((key) => key.value));
      }
    }
  });

  it("is changed in one place, and what cannot be read is named by line and column", async () => {
    const { blocksOf, withBlock, withoutBlock } = await module("toml.js");
    const text = '# top\r\npack = "x" # mine\r\n\r\n# of a\r\n[[pattern]]\r\nname = "a" # kept\r\nscore = 1 # old\r\nmatch = [\'a\', # one\r\n  """b""",]\r\nview = "raw"\r\n\r\n# of b\r\n[[pattern]]\r\nname = "b"';
    const [, a, b] = blocksOf(text);
    assert.equal(withBlock(text, a, "pattern", { score: -0.5 }), text.replace("score = 1", "score = -0.5"));
    assert.equal(withBlock(text, a, "pattern", { view: undefined }), text.replace('view = "raw"\r\n', ""));
    assert.equal(withBlock(text, b, "pattern", { about: 'It\'s \\ "q"\u202e\n' }), `${text}\nabout = "It's \\\\ \\"q\\"\\u202e\\n"\n`);
    assert.equal(withoutBlock(text, a), text.replace(/# of a[^]*view = "raw"\r\n\r\n/, "").replace('# mine\r\n\r\n', "# mine\n\n"));
    for (const [wrong, line, column] of [['a = "b\n', 1, 6], ["a = 1\nb = [1, 2\n", 3, 1], ["[[x]\n", 1, 1], ["a = 1\na.b = 2\n", 2, 3], ["a 1", 1, 3], ['a = {b = "c" d = 1}', 1, 14], ["a = 2020-01-01\n", 1, 5]])
      assert.throws(() => blocksOf(wrong), (error) => error.line === line && error.column === column, wrong);
  });

  it("is compared line by line: any two texts, and long ones within bounds", async () => {
    const { diff, hunks } = await module("diff.js");
    const some = () => Array.from({ length: Math.random() * 14 }, () => "abc"[Math.floor(Math.random() * 3)]);
    for (let i = 0; i < 2000; ++i) {
      const [a, b] = [some(), some()];
      const told = diff(a.join("\n"), b.join("\n"));
      if (told.same) continue;
      assert.deepEqual(told.lines.filter(([sign]) => sign !== "+").map(([, line]) => line), a);
      assert.deepEqual(told.lines.filter(([sign]) => sign !== "-").map(([, line]) => line), b);
      assert.equal(told.added - told.removed, b.length - a.length);
    }
    const long = Array.from({ length: 60_000 }, (_, i) => `entry${i}`);
    const near = diff(long.join("\n"), [...long.slice(0, 30_000), "new", ...long.slice(30_001)].join("\n"));
    assert.deepEqual([near.added, near.removed], [1, 1]);
    assert.equal(hunks(near.lines).length, 2 + 3 + 2 + 3);
    const other = diff(long.join("\n"), long.map((one) => `${one}x`).join("\n"));
    assert.deepEqual(other, { added: 60_000, removed: 60_000, lines: null });
  });
});

describe("the rules page of the desk", () => {
  let world, blog;
  before(async () => {
    world = await open();
    blog = world.site;
    for (let i = 0; i < 6; ++i) {
      const one = await blog.good({ content: `${words()} The zeppelin came over the hill.`, article: { id: `/zeppelin/${i}` } });
      if (i !== 5) await blog.decide(i < 3 ? "approve" : "spam", [one]);
    }
  });
  after(() => world.close());

  it("a rule is written by form, tried, backtested, published, put in the shadow, and its numbers are told", async () => {
    const admin = await desk(world, "admin", undefined, { path: "/desk/rules" });
    const { page } = admin;
    const packName = name("own"), rule = name("zeppelin");
    await page.getByRole("heading", { name: "Rules", exact: true }).waitFor();
    await page.locator("[data-rule=link_count]").waitFor();
    await seen(admin, "rules-list", { axe: false });
    await page.getByLabel("Search").fill("link");
    await page.locator("[data-rule=shouting]").waitFor({ state: "detached" });
    await seen(admin, "rules-search");
    await page.getByRole("link", { name: /Write a rule/ }).click();
    await field(page, "Name of the pack").fill(packName);
    await button(page, "Go on").click();
    await field(page, "Name").fill(rule);
    await field(page, "Sentence").fill("Speaks of airships.");
    await field(page, "Score").fill("15");
    await field(page, "Entries").fill("zeppelin\nblimp");
    await field(page, "Hit 1").fill("The zeppelin is late");
    await field(page, "Miss 1").fill("The train is late");
    await checked(page, "It builds, and every example behaves.");
    await seen(admin, "rules-form");

    // Tried before it is saved: the match is marked, the verdict stands beside today's.
    await field(page, "Comment to try").fill("Ünï 👍 the ZEPPELIN‮ flies");
    await button(page, "Try").click();
    const outcome = page.getByRole("region", { name: "Try it" });
    await outcome.locator("mark").first().waitFor();
    assert.deepEqual(await outcome.locator("mark").allTextContents(), ["ZEPPELIN"]);
    assert.match(await outcome.locator(".verdicts").innerText(), /With the changes discard .*1\d\.\d.*today hold/);
    assert.match(await outcome.locator(".matched").innerText(), /RLO/, "what turns the text is named");
    await seen(admin, "rules-try");

    await button(page, "Save draft").click();
    await notice(page, `The draft of ${packName} is kept.`).waitFor();
    const { body: kept } = await admin.token.get(`/v1/rules/packs/${packName}`);
    assert.match(kept.draft.text, new RegExp(`^pack = "${packName}"\n\n\\[\\[pattern\\]\\]\nname = "${rule}"\n`));

    await button(page, "Backtest").click();
    await page.getByRole("heading", { name: /verdicts of .* would change/ }).waitFor();
    const caught = page.locator(".two-tile", { hasText: "Newly caught" });
    assert.match(await caught.innerText(), /6[^]*people had approved: 3/);
    const list = page.getByRole("region", { name: "Newly caught" });
    assert.equal(await list.getByRole("listitem").count(), 6);
    assert.match(await list.getByRole("listitem").first().innerText(), /people: approved/, "what people saw otherwise comes first");
    assert.match(await list.getByRole("link").first().getAttribute("href"), /^\/desk\?comment=[0-9a-f-]{36}&status=any$/);
    await page.getByText("The learner was not asked").waitFor();
    const row = page.getByRole("region", { name: "Rules", exact: true }).getByRole("row", { name: new RegExp(rule) });
    assert.match(await row.innerText(), /0\s+6\s+2 called spam, 3 approved, 1 not decided\s+too few to say \(5\)/);
    await seen(admin, "rules-backtest");
    // It can be left, and come back to.
    const link = page.url();
    await part(page, "Packs");
    await page.goBack();
    await page.getByRole("heading", { name: /verdicts of .* would change/ }).waitFor();
    await page.goto(link);
    await page.getByRole("heading", { name: /verdicts of .* would change/ }).waitFor();
    // Also by who has lost its link, or has not started it.
    await page.goto(`${world.service}/desk/rules?part=backtest`);
    const latest = page.getByRole("region", { name: "The latest" });
    const own = latest.getByRole("row", { name: new RegExp(admin.token.name) }).first();
    assert.match(await own.innerText(), /all sites\s+Done\s+6 verdicts of \d+ would change/);
    await seen(admin, "rules-backtests");
    await own.getByRole("link").click();
    await page.getByRole("heading", { name: /verdicts of .* would change/ }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get("backtest"), new URL(link).searchParams.get("backtest"));

    await part(page, "Publish");
    await page.getByText(`Adds ${rule}.`).waitFor();
    assert.ok((await page.locator(".diff-lines .plus").count()) > 5);
    await seen(admin, "rules-publish");
    await field(page, "Note").fill("airships at last");
    await button(page, "Publish").click();
    await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
    await notice(page, /Version \d+ is in force/).waitFor();
    await page.getByText("Nothing is drafted").waitFor();
    assert.equal((await blog.submit({ content: `${words()} No zeppelin today.` })).status, "pending");

    // In the shadow: at once, and back.
    await admin.go(`/desk/rules?rule=${rule}&q=zeppelin`);
    const panel = page.getByRole("region", { name: rule });
    await panel.getByRole("button", { name: "Shadow" }).click();
    await notice(page, `${rule} is shadow now`).waitFor();
    await panel.locator('button[aria-pressed="true"]', { hasText: "Shadow" }).waitFor();
    assert.equal((await blog.submit({ content: `${words()} One more zeppelin.` })).status, "approved");
    await button(page, "Undo").click();
    await panel.locator('button[aria-pressed="true"]', { hasText: "Live" }).waitFor();
    await seen(admin, "rules-rule");
    await field(panel, "Score (−20 to 20)").fill("16.5");
    await button(panel, "Set").click();
    await notice(page, `${rule} adds 16.5 now`).waitFor();
    assert.equal((await admin.token.get("/v1/rules")).body.rules.find((one) => one.name === rule).score, 16.5);
    // Its hits lead to the queue.
    await page.reload();
    assert.equal(await panel.getByRole("link", { name: /show them/ }).getAttribute("href"), `/desk?rule=${rule}&status=any`);
    admin.clean();
  });

  it("a regex that cannot be read shows where, at the field and in the text", async () => {
    const moderator = await desk(world, "moderator", undefined, { path: "/desk/rules?part=packs" });
    const { page } = moderator;
    const packName = name("broken");
    await moderator.go(`/desk/rules?part=packs&fresh=rule&pack=${packName}`);
    await field(page, "Name").fill(name("broken"));
    await field(page, "Sentence").fill("Cannot be read.");
    await field(page, "Looks for").selectOption("regex");
    await field(page, "Entries").fill("fine\nhouse(boat");
    await field(page, "Hit 1").fill("fine");
    await field(page, "Miss 1").fill("other");
    await checked(page, "1 error.");
    assert.match(await page.locator('textarea[aria-invalid="true"] ~ .error').innerText(), /missing \)/);
    assert.match(await page.getByRole("region", { name: "Check" }).locator("pre").innerText(), /\^/);
    await seen(moderator, "rules-error");
    await page.getByRole("region", { name: "Check" }).getByRole("button", { name: /^line \d+/ }).click();
    const text = field(page, `Text of ${packName}`);
    await text.waitFor();
    const selected = await text.evaluate((one) => one.value.slice(one.selectionStart - 1, one.selectionStart + 11));
    assert.match(selected, /house\(boat/, "the caret is where the caret is");
    await seen(moderator, "rules-text");
    // Mended by hand, and read by the form again.
    await text.fill((await text.inputValue()).replace("house(boat", "houseboat"));
    await checked(page, "It builds, and every example behaves.");
    await button(page, "Form").click();
    assert.equal(await field(page, "Entries").inputValue(), "fine\nhouseboat");
    // Text that is no TOML.
    await button(page, "Text").click();
    await text.fill(`pack = "${packName}\n[[pattern]\n`);
    await checked(page, /error/);
    await button(page, "Form").click();
    await page.getByText("Line 1 of the text cannot be read").waitFor();
    // What was probably not meant.
    await button(page, "Text").click();
    await text.fill(pack(packName, name("broad"), { word: "the" }));
    await page.getByText("Hits honest sentences").waitFor();
    assert.deepEqual(await axe(page), []);
    moderator.clean();
  });

  it("the form changes its rule alone: comments and other rules stay as they are written", async () => {
    const packName = name("kept"), first = name("first"), second = name("second");
    const text = `${pack(packName, first, { word: "firstword" })}\n# About the second.\n[[pattern]]\nname = '${second}' # quoted otherwise\nabout = "Second."\naction = "hold"\nmatch = [ # two\n  'sec(ond)?word', # a comment within\n]\nspam = ["secondword"]\nham = [{content = "x", name = "y"}]\n\n[state]\nshouting = "live"\n`;
    const moderator = await desk(world, "moderator");
    await draft(moderator.token, packName, { text });
    const { page } = moderator;
    await moderator.go(`/desk/rules?part=packs&pack=${packName}&rule=${first}`);
    await field(page, "Score").fill("4");
    await button(page, "Save draft").click();
    await notice(page, "is kept").waitFor();
    const drafted = async () => (await moderator.token.get(`/v1/rules/packs/${packName}`)).body.draft.text;
    assert.equal(await drafted(), text.replace("score = 15 # of 20", "score = 4.0 # of 20"));
    await button(page, "Add a rule").click();
    const third = name("third");
    await field(page, "Name").fill(third);
    await field(page, "Sentence").fill('Says "third".');
    await field(page, "Entries").fill("thirdword");
    await field(page, "Hit 1").fill("a thirdword");
    await field(page, "Miss 1").fill("no");
    await checked(page, "It builds, and every example behaves.");
    await button(page, "Save draft").click();
    await page.getByText("not saved").waitFor({ state: "hidden" });
    assert.ok((await drafted()).startsWith(text.replace("score = 15 # of 20", "score = 4.0 # of 20").trimEnd() + "\n\n[[pattern]]\n"), await drafted());
    // One goes, with what was said of it.
    await moderator.go(`/desk/rules?part=packs&pack=${packName}&rule=${second}`);
    await button(page, "Remove this rule").click();
    await button(page, "Remove it").click();
    await button(page, "Save draft").click();
    await page.getByText("not saved").waitFor({ state: "hidden" });
    const left = await drafted();
    assert.ok(!left.includes(second) && !left.includes("About the second") && left.includes(third) && left.includes("# The first one.") && left.includes("[state]"), left);
    // What is not saved outlives a walk through the desk, and is said.
    await field(page, "Score").fill("5");
    await part(page, "Publish");
    await page.getByText(`Not saved, and so not published: ${packName}`).waitFor();
    await moderator.token.delete(`/v1/rules/packs/${packName}`, { status: 204 });
    moderator.clean();
  });

  it("a moderator drafts, and neither publishes nor switches", async () => {
    const moderator = await desk(world, "moderator", blog.id, { path: "/desk/rules" });
    const { page } = moderator;
    const packName = name("mod"), rule = name("moderated");
    await page.locator("[data-rule=shouting]").click();
    const panel = page.getByRole("region", { name: "shouting" });
    await panel.getByText("Only an admin switches rules.").waitFor();
    assert.equal(await panel.getByRole("button", { name: "Off" }).getAttribute("aria-disabled"), "true");
    await panel.getByRole("button", { name: "Off" }).click({ force: true });
    assert.equal((await moderator.token.get("/v1/rules")).body.rules.find((one) => one.name === "shouting").state, "live");
    await panel.getByText("Only an admin changes a site's weights.").waitFor();

    await moderator.go(`/desk/rules?part=packs&pack=${packName}&as=text`);
    await field(page, `Text of ${packName}`).fill(pack(packName, rule));
    await button(page, "Save draft").click();
    await notice(page, "is kept").waitFor();
    await part(page, "Publish");
    await page.getByText("Only an admin publishes.").waitFor();
    assert.equal(await button(page, "Publish").count(), 0);
    await seen(moderator, "rules-moderator");
    // The draft goes again.
    await part(page, "Packs");
    await page.getByRole("button", { name: `Drop the draft of ${packName}` }).click();
    await notice(page, `The draft of ${packName} is dropped.`).waitFor();
    moderator.clean();
  });

  it("versions are read beside each other, and gone back to", async () => {
    const admin = await desk(world, "admin", blog.id);
    const { page } = admin;
    const packName = name("versions"), rule = name("versioned");
    const numbers = [];
    for (const [score, note] of [[15, "the first"], [3, "milder"]]) {
      await draft(admin.token, packName, { text: pack(packName, rule, { score, more: 'list = "many.txt"\n' }), lists: { "many.txt": Array.from({ length: 3000 }, (_, i) => `many${i * score}word`).join("\n") } });
      numbers.push((await admin.token.post("/v1/rules/publish", { note }, { status: 201 })).body.no);
    }
    await admin.go("/desk/rules?part=versions");
    await page.getByRole("link", { name: `Version ${numbers[0]}` }).click();
    await page.getByRole("heading", { name: `Version ${numbers[0]}`, exact: true }).waitFor();
    await page.getByText(`Changes ${rule}.`).waitFor();
    assert.match(await page.locator(".diff-lines .minus").first().innerText(), /score = 15/);
    assert.match(await page.locator(".diff-lines .plus").first().innerText(), /score = 3/);
    await page.getByText(/They differ in too much to be shown line by line: [\d,]+ lines added, [\d,]+ removed/).waitFor();
    await seen(admin, "rules-versions");
    await button(page, `Go back to version ${numbers[0]}`).click();
    await page.getByRole("dialog").getByRole("button", { name: "Go back" }).click();
    await notice(page, `as version ${numbers[0]} was`).waitFor();
    assert.equal((await admin.token.get("/v1/rules")).body.rules.find((one) => one.name === rule).score, 15);
    await page.getByRole("row", { name: new RegExp(`back to version ${numbers[0]}`) }).first().waitFor();
    await page.getByRole("region", { name: "Log" }).getByText("went back").waitFor();
    // A pack goes by a draft, too.
    await part(page, "Packs");
    await page.getByRole("button", { name: `Remove ${packName}` }).click();
    await button(page, "Draft its removal").click();
    await notice(page, "goes with the next publishing").waitFor();
    await part(page, "Publish");
    await page.getByText(`${packName}: gone`).waitFor();
    await button(page, "Publish").click();
    await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByText("Nothing is drafted").waitFor();
    admin.clean();
  });

  it("a site's own weights and knobs are set, refused with the reason at the field, and put back", async () => {
    const admin = await desk(world, "admin", undefined, { path: `/desk/rules?site=${blog.id}&rule=link_count&q=link` });
    const { page } = admin;
    const form = page.getByRole("form", { name: "link_count on this site" });
    const policy = async () => (await admin.token.get(`/v1/sites/${blog.id}`)).body.policy;
    await form.waitFor();
    assert.equal(await field(form, "max").inputValue(), "2");
    await form.getByText(/held from 14\.0, spam from 34\.0/).waitFor();
    await field(form, "score").fill("90");
    await button(form, "Keep for this site").click();
    await form.getByText(/a score must lie within -20 and 20/).waitFor();
    assert.equal(await field(form, "score").getAttribute("aria-invalid"), "true");
    assert.equal((await policy()).overrides["link_count.score"], 20);
    await field(form, "max").fill("a");
    await form.getByText("Write a number, or nothing for the usual one.").waitFor();
    await seen(admin, "rules-knobs");
    await field(form, "max").fill("4");
    await field(form, "score").fill("19,5");
    await button(form, "Keep for this site").click();
    await notice(page, /link_count is kept/).waitFor();
    assert.equal((await policy()).overrides["link_count.score"], 19.5);
    assert.equal((await policy()).overrides["link_count.max"], 4);
    assert.equal((await policy()).overrides["fast_form.score"], 0, "the others stay");

    await part(page, "Site weights");
    await field(page, "Rule and knob").fill("no_such.thing");
    await field(page, "Value").fill("1");
    await button(page, "Add").click();
    await page.getByText('No rule or knob is named "no_such.thing"', { exact: false }).or(page.getByText('no rule or knob is named "no_such.thing"', { exact: false })).first().waitFor();
    await field(page, "Held from").fill("0");
    await page.getByText("Write a number above 0.").waitFor();
    await field(page, "Held from").fill("13");
    await button(page, "Keep the thresholds").click();
    await notice(page, /The thresholds of .* are kept/).waitFor();
    assert.equal((await policy()).hold, 13);
    assert.equal((await policy()).overrides["link_count.max"], 4);
    await seen(admin, "rules-weights");
    await button(page, "link_count.max back to usual").click();
    await notice(page, "link_count.max is as usual again.").waitFor();
    assert.ok(!("link_count.max" in (await policy()).overrides));
    await admin.token.patch(`/v1/sites/${blog.id}`, { policy: { hold: 14, overrides: { ...(await policy()).overrides, "link_count.max": 2, "link_count.score": 20 } } });
    admin.clean();
  });

  it("hostile sentences, examples, notes, names and comments are data", async () => {
    const own = [
      `<script>window.pwned=1</script><img src=x onerror="window.pwned=2">`,
      `"><iframe src="javascript:parent.pwned=3"></iframe>{{constructor.constructor('pwned=4')()}}`,
      `</textarea><svg onload=pwned=5><style>*{display:none}</style>`,
      `<img src="https://evil.example/x.png"> javascript:pwned=6`,
      `turned \u202e gnp.exe \u2066 and \u200bhidden \u00ad ${"wide".repeat(60)}`,
    ];
    const collected = new URL(kBad, import.meta.url);
    const more = existsSync(collected) ? readdirSync(collected).filter((file) => /^xss.*\.txt$/.test(file)).flatMap((file) => readFileSync(new URL(file, collected), "utf8").split("\n")).filter((line) => line.trim() && line.length < 2000) : [];
    const bad = [...own, ...more.slice(0, 400)];
    const hostile = "<img src=x onerror=window.pwned=7>"; // names and notes with bidi controls are refused by the service
    const { body: site } = await world.house.admin.post("/v1/sites", { id: unique("blog"), name: hostile, url: "https://hostile.example", policy: { moderation: "publish", hold: 19, spam: 900, discard: 999 } }, { status: 201 });
    const frontend = world.house.as(site.token);
    for (const text of own) await frontend.post("/v1/comments", { article: { id: "/" }, content: `hostileword ${text}`, author: { name: text.replace(/[\u00ad\u200b\u202e\u2066]/g, "").slice(0, 200) } }, { status: 201 });
    const packName = name("hostile"), rule = name("hostile");
    const quoted = (text) => JSON.stringify(text).replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
    const spam = bad.map((text) => quoted(`hostileword ${text}`));
    const text = `pack = "${packName}"\n[[pattern]]\nname = "${rule}"\nabout = ${quoted(own[0] + own[4].slice(0, 60))}\nscore = 20\ntype = "word"\nmatch = ["hostileword"]\nspam = [${spam.join(", ")}]\nham = [${own.map((one) => quoted(one)).join(", ")}]\n`;
    await draft(world.house.admin, `${packName}?site=${site.id}`, { text });
    const admin = await desk(world, "admin", undefined, { name: `${hostile} ${unique("n")}`, path: `/desk/rules?site=${site.id}&part=packs&pack=${packName}` });
    const { page } = admin;
    await field(page, "Hit 1").waitFor();
    assert.equal(await field(page, "Hit 1").inputValue(), `hostileword ${own[0]}`);
    assert.equal(await page.locator(".example").count(), bad.length + own.length);
    for (const one of own) {
      await field(page, "Comment to try").fill(`hostileword ${one}`);
      await button(page, "Try").click();
      await page.locator(".outcome mark").first().waitFor();
    }
    await checked(page, "It builds, and every example behaves.");
    await seen(admin, "rules-hostile", { axe: false });
    assert.deepEqual(await axe(page), []);
    await button(page, "Backtest").click();
    await page.getByRole("heading", { name: /verdicts of .* would change/ }).waitFor();
    await page.locator(".samples a.begins").nth(own.length - 1).waitFor();
    await seen(admin, "rules-hostile-backtest");
    await part(page, "Publish");
    await field(page, "Note").fill(hostile);
    await button(page, "Publish").click();
    await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByText("Nothing is drafted").waitFor();
    await part(page, "Versions");
    await page.getByRole("link", { name: /^Version \d+$/ }).first().click();
    await page.getByText(`Adds ${rule}.`).waitFor();
    await seen(admin, "rules-hostile-versions");
    assert.match(await page.locator(".diff-lines").first().innerText(), /\\u202e/, "escaped in the text, and shown as it is written");
    await admin.go(`/desk/rules?site=${site.id}&q=hostile&rule=${rule}`);
    assert.match(await page.getByRole("region", { name: rule }).locator(".sentence").innerText(), /RLO/, "what turns a sentence is named");
    await seen(admin, "rules-hostile-rule");
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    const elements = await page.evaluate(() => [...document.querySelectorAll("main *")].flatMap((one) => [one.localName, ...one.getAttributeNames().filter((each) => each.startsWith("on"))]));
    assert.ok(!elements.some((one) => /^(script|iframe|img|style|on)/.test(one)), "nothing of it became markup");
    admin.clean();
  });

  it("by keyboard alone: found, opened, switched, closed", async () => {
    const admin = await desk(world, "admin", undefined, { path: "/desk/rules" });
    const { page } = admin;
    await page.locator("[data-rule=shouting]").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("shouting");
    await page.waitForURL(/q=shouting/);
    await page.keyboard.press("Tab");
    await page.evaluate(() => document.activeElement.blur());
    await admin.keys("j", "Enter");
    await page.getByRole("region", { name: "shouting" }).waitFor();
    await page.waitForURL(/rule=shouting/);
    await page.getByRole("region", { name: "shouting" }).getByRole("button", { name: "Off" }).focus();
    await page.keyboard.press("Enter");
    await notice(page, "shouting is off now").waitFor();
    await page.locator('button[aria-pressed="true"]', { hasText: "Off" }).waitFor();
    await page.getByRole("region", { name: "shouting" }).getByRole("button", { name: "Live" }).focus();
    await page.keyboard.press("Enter");
    await notice(page, "shouting is live now").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("region", { name: "shouting" }).waitFor({ state: "hidden" });
    await page.waitForFunction(() => document.activeElement?.dataset?.rule === "shouting");
    // What one looks at is in the address.
    await admin.go("/desk/rules?kind=heuristic&state=live&sort=name&q=link");
    await page.locator("[data-rule=link_count]").waitFor();
    assert.deepEqual(await page.locator("[data-rule]").evaluateAll((all) => all.map((one) => one.dataset.rule).every((one, at, list) => at === 0 || list[at - 1] < one)), true);
    await page.getByLabel("Search").fill("no rule has these words");
    await page.getByText("No rule is like that").waitFor();
    admin.clean();
  });

  it("on a phone every part fits", async () => {
    const admin = await desk(world, "admin", undefined, { ...kPhone, path: "/desk/rules" });
    const { page } = admin;
    await page.locator("[data-rule=link_count]").waitFor();
    await seen(admin, "rules-phone-list", { axe: false });
    await page.locator("[data-rule=link_count]").click();
    await page.getByRole("region", { name: "link_count" }).waitFor();
    assert.equal(await page.locator("[data-rule=link_count]").isVisible(), false, "the rule has the whole screen");
    await seen(admin, "rules-phone-rule");
    await admin.go("/desk/rules?part=packs&pack=casino");
    await checked(page, "It builds, and every example behaves.");
    await seen(admin, "rules-phone-form");
    await button(page, "Text").click();
    await seen(admin, "rules-phone-text");
    for (const one of ["packs", "try", "backtest", "publish", "versions", "weights"]) {
      await admin.go(`/desk/rules?part=${one}&site=${blog.id}`);
      await page.locator(".panel").first().waitFor();
      await seen(admin, `rules-phone-${one}`);
    }
    assert.ok((await overflow(page)) <= 0);
    admin.clean();
  });
});
