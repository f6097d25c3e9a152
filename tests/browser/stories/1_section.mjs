// The section on a page of another origin, under a strict policy.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { doubtfulWords, spamWords, words } from "../../api/lib/house.mjs";
import { axe, document, open, said, shot, strict, widget, write } from "../lib/browser.mjs";

// By how much a page is wider than its window.
const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
const kMark = "Waits for a moderator; only you see it";

describe("the comment section on a blog's page", () => {
  let world;
  before(async () => {
    world = await open({
      pages: (service, site) => {
        const page = (attributes, more) => ({ html: document(widget(service, site, attributes), more), headers: strict(service) });
        const dark = { head: `<link rel="stylesheet" href="${service}/demo/page.css">` };
        return {
          "/post": page(""),
          "/errors": page(""),
          "/replies": page(""),
          "/pages": page('data-limit="3"'),
          "/keep": page(""),
          "/tabs": page(""),
          "/offline": page(""),
          "/lost": page(""),
          "/hostile": page(""),
          "/closed": page(""),
          "/markdown": page(""),
          "/dark": page('data-theme="dark"', dark),
          "/arabic": page("", { lang: "ar" }),
          "/japanese": page("", { lang: "ja-JP" }),
          "/unknown": { html: document(widget(service, "no-such-site")), headers: strict(service) },
          "/index": {
            html: document(
              `<p><span data-chaffinch-count="/replies"></span></p><p><span data-chaffinch-count="/hostile"></span></p>` +
                `<p><span data-chaffinch-count="/none"></span></p><script src="${service}/embed.js" data-site="${site}" async></script>`,
            ),
            headers: strict(service),
          },
        };
      },
    });
  });
  after(() => world.close());

  it("post, held, shown to its author alone, approved, visible to all", async () => {
    const held = doubtfulWords();
    const ana = await world.visitor();
    await ana.go("/post");
    await ana.page.getByText("Be the first to comment.").waitFor();
    await shot(ana.page, "empty");
    await write(ana.page, held);
    await said(ana.page).getByText("Your comment waits for a moderator").waitFor();
    await ana.page.getByRole("article").getByText(kMark).waitFor();
    assert.match(await ana.page.getByRole("article").locator("header").innerText(), /^Ana\s+\w+ \d+, \d{4}, .*[AP]M\s+Waits for a moderator; only you see it$/);
    await shot(ana.page, "held");
    assert.equal(await ana.page.getByLabel("Comment", { exact: true }).inputValue(), "");

    const bo = await world.visitor();
    await bo.go("/post");
    await bo.page.getByText("Be the first to comment.").waitFor();
    assert.equal(await bo.page.getByRole("article").count(), 0);

    await ana.page.reload();
    await ana.page.getByRole("article").getByText(kMark).waitFor();

    const [item] = await world.site.queue();
    assert.equal(item.form.token, "good");
    assert.equal(item.content, held);
    await world.site.decide("approve", [item]);
    for (const one of [ana, bo]) {
      await one.page.reload();
      await one.page.getByText("1 comment", { exact: true }).waitFor();
      await one.page.getByRole("article").waitFor();
      assert.equal(await one.page.getByText(kMark).count(), 0);
      assert.deepEqual(one.faults, []);
    }
    // Published at once, where nothing speaks against it.
    await write(bo.page, words(), { name: "Bo", url: "https://bo.example" });
    await said(bo.page).getByText("Your comment is published.").waitFor();
    assert.equal(await bo.page.getByRole("article").count(), 2);
    assert.deepEqual(await axe(bo.page), []);
    assert.deepEqual(bo.faults, []);
  });

  it("says what is wrong with a field, at the field, and what became of a refused comment", async () => {
    const visit = await world.visitor();
    const { page } = visit;
    await visit.go("/errors");
    await page.getByRole("button", { name: "Send comment" }).click();
    await page.getByText("Write a comment first.").waitFor();
    await page.getByText("Tell your name.").waitFor();
    const content = page.getByLabel("Comment", { exact: true });
    assert.equal(await content.getAttribute("aria-invalid"), "true");
    assert.ok(await content.evaluate((field) => field.matches(":focus")));
    assert.deepEqual(await axe(page), []);
    await write(page, "x", { email: "nonsense", url: "javascript:alert(1)" });
    await page.getByText("This does not look like an email address.").waitFor();
    await page.getByText("The website must begin with").waitFor();
    await shot(page, "errors");
    assert.equal(await content.getAttribute("aria-invalid"), null);
    assert.equal((await world.site.queue({ status: "any", article: "/errors" })).length, 0);

    const spam = spamWords();
    await write(page, spam, { email: "", url: "" });
    await said(page).getByText("it looks like advertising").waitFor();
    assert.equal(await content.inputValue(), spam, "what was refused is there to be changed");
    await shot(page, "refused");
    assert.deepEqual(visit.faults, []);
  });

  it("answers in place, sorts, counts, and reaches a linked comment", async () => {
    const article = { id: "/replies" };
    const first = await world.site.good({ article, author: { name: "First" } });
    await world.site.good({ article, author: { name: "Second" } });
    const visit = await world.visitor();
    const { page } = visit;
    await visit.go("/replies");
    await page.getByRole("button", { name: "Reply to First" }).click();
    await page.getByRole("heading", { name: "Reply to First" }).waitFor();
    await page.getByRole("button", { name: "Cancel reply" }).waitFor();
    const mine = words();
    await write(page, mine, { name: "Third" });
    await said(page).getByText("published").waitFor();
    const kept = (await world.site.thread("/replies")).items.find((item) => item.content === mine);
    assert.equal(kept.parent, first.id);
    const names = () => page.locator(".who").allTextContents();
    assert.deepEqual(await names(), ["First", "Third", "Second"]);
    await page.getByLabel("Order").selectOption("newest");
    await page.waitForFunction(() => document.getElementById("chaffinch").shadowRoot.querySelector(".who")?.textContent === "Second");
    assert.deepEqual(await names(), ["Second", "First", "Third"]);
    await page.getByText("3 comments", { exact: true }).waitFor();
    await shot(page, "replies");
    assert.deepEqual(await axe(page), []);
    await visit.go(`/replies#chaffinch-${kept.id}`);
    await page.getByText(mine).waitFor();

    // On an index page all places are answered by one call.
    const index = await world.visitor();
    const calls = [];
    index.page.on("request", (request) => request.url().includes("/counts") && calls.push(request.url()));
    await index.go("/index");
    await index.page.getByText("3 comments").waitFor();
    await index.page.locator('[data-chaffinch-count="/none"]').getByText("No comments").waitFor();
    assert.equal(calls.length, 1);
    assert.deepEqual([...visit.faults, ...index.faults], []);
  });

  it("shows long threads page by page, replies under what they answer", async () => {
    const article = { id: "/pages" };
    const ids = [];
    for (let i = 0; i < 5; ++i) ids.push((await world.site.good({ article, author: { name: `N${i}` } })).id);
    await world.site.good({ article, parent: ids[4], author: { name: "N4a" } });
    const visit = await world.visitor();
    const { page } = visit;
    await visit.go("/pages");
    await page.getByText("6 comments", { exact: true }).waitFor();
    assert.equal(await page.getByRole("article").count(), 3);
    await page.getByRole("button", { name: "Show more comments" }).click();
    await page.getByRole("article").nth(5).waitFor();
    assert.deepEqual(await page.locator(".who").allTextContents(), ["N0", "N1", "N2", "N3", "N4", "N4a"]);
    assert.ok(await page.getByRole("article").nth(3).evaluate((one) => one.matches(":focus")), "the first new one has the focus");
    assert.equal(await page.getByRole("button", { name: "Show more comments" }).count(), 0);
  });

  it("keeps a draft, and remembers who writes only when asked", async () => {
    const visit = await world.visitor();
    const { page } = visit;
    await visit.go("/keep");
    await page.getByLabel("Comment", { exact: true }).fill("half a thou");
    await page.getByLabel("Name", { exact: true }).fill("Ana");
    await page.reload();
    const content = page.getByLabel("Comment", { exact: true });
    await content.waitFor();
    assert.equal(await content.inputValue(), "half a thou");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "");
    await write(page, words(), { email: "ana@mail.example" });
    await said(page).getByText("published").waitFor();
    const stored = () => page.evaluate(() => JSON.stringify({ ...localStorage }));
    assert.doesNotMatch(await stored(), /ana@mail|half a thou/);
    await write(page, words(), { email: "ana@mail.example", remember: true });
    await page.getByText("2 comments", { exact: true }).waitFor();
    await page.reload();
    await page.getByRole("textbox", { name: /^Email/ }).waitFor();
    assert.equal(await page.getByRole("textbox", { name: /^Email/ }).inputValue(), "ana@mail.example");
    assert.equal(await page.getByLabel("Comment", { exact: true }).inputValue(), "");
    await page.getByLabel(/Remember/).uncheck();
    await write(page, words());
    await page.getByText("3 comments", { exact: true }).waitFor();
    assert.doesNotMatch(await stored(), /ana@mail/);
  });

  it("two tabs: what one sends the other does not send again, and shows", async () => {
    const visit = await world.visitor();
    const one = visit.page;
    const two = await visit.tab();
    const text = doubtfulWords();
    await one.goto(world.blog.url + "/tabs");
    await one.getByLabel("Comment", { exact: true }).fill(text);
    await two.goto(world.blog.url + "/tabs");
    await two.getByLabel("Comment", { exact: true }).waitFor();
    assert.equal(await two.getByLabel("Comment", { exact: true }).inputValue(), text, "the draft is the same in both");
    await write(one, text);
    await said(one).getByText("waits for a moderator").waitFor();
    await two.getByRole("article").getByText(kMark).waitFor();
    assert.equal(await two.getByLabel("Comment", { exact: true }).inputValue(), "");
    // Each tab may hold one of several that wait.
    await write(two, doubtfulWords(), { name: "Ana" });
    await two.getByText(kMark).nth(1).waitFor();
    assert.equal((await world.site.queue({ article: "/tabs" })).length, 2);
  });

  it("offline: the text stays, and is sent once when the connection is back", async () => {
    const visit = await world.visitor();
    const { page } = visit;
    await visit.go("/offline");
    await page.getByText("Be the first").waitFor();
    const text = words();
    await visit.context.setOffline(true);
    await write(page, text);
    await said(page).getByText("There is no connection.").waitFor();
    await shot(page, "offline");
    assert.equal(await page.getByLabel("Comment", { exact: true }).inputValue(), text);
    await visit.context.setOffline(false);
    await page.getByRole("button", { name: "Send comment" }).click();
    await said(page).getByText("published").waitFor();
    assert.equal((await world.site.thread("/offline")).count, 1);
  });

  it("an answer that is lost on its way makes no second comment", async () => {
    const visit = await world.visitor();
    const { page } = visit;
    await visit.go("/lost");
    await page.getByText("Be the first").waitFor();
    let lost = 0;
    // The request reaches the service; what it says does not reach the page.
    await page.route("**/v1/comments?*", async (route) => {
      if (route.request().method() !== "POST" || lost++ > 0) return route.continue();
      await route.fetch();
      await route.abort("connectionreset");
    });
    await write(page, words());
    await said(page).getByText("There is no connection.").waitFor();
    await page.getByRole("button", { name: "Send comment" }).click();
    await said(page).getByText("published").waitFor();
    assert.equal(lost, 2);
    assert.equal((await world.site.thread("/lost")).count, 1);
  });

  it("the service is away: told, and it loads when asked again", async () => {
    const visit = await world.visitor();
    const { page } = visit;
    await page.route("**/v1/comments?*", (route) => route.abort());
    await visit.go("/keep");
    await said(page).getByText("The comments could not be loaded.").waitFor();
    await page.unroute("**/v1/comments?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("article").first().waitFor();
    await visit.go("/unknown");
    await said(page).getByText("not known to the comment service").waitFor();
  });

  it("hostile comments stay text", async () => {
    const article = { id: "/hostile" };
    const bad = [
      `<script>window.pwned=1</script><img src=x onerror="window.pwned=2"><svg onload="window.pwned=3">`,
      `"><iframe src="javascript:parent.pwned=4"></iframe>{{constructor.constructor('pwned=5')()}}`,
      `https://a.example/"onmouseover="window.pwned=6" [x](javascript:window.pwned=7) javascript:window.pwned=8`,
      `</textarea></template><style>*{display:none}</style>\u202Egnp.exe\u0000`.replace("\u0000", ""),
      `${"a".repeat(3000)} ${"\u0300".repeat(500)} ${"👍".repeat(300)}`,
    ];
    const names = ["<b onclick=pwned=9>Bob</b>", "A".repeat(200), "محمد", "'\"><script>pwned=10</script>", "N"];
    for (let i = 0; i < bad.length; ++i) {
      const one = await world.site.submit({ article, content: bad[i], author: { name: names[i], url: i % 2 ? "javascript:pwned=11" : "https://a.example/?<>\"'" } });
      if (one.status !== "approved") await world.site.decide("approve", [one]);
    }
    const visit = await world.visitor();
    const { page } = visit;
    await visit.go("/hostile");
    await page.getByText("5 comments", { exact: true }).waitFor();
    for (const who of await page.locator(".who").all()) await who.hover();
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    const seen = await page.evaluate(() => {
      const root = document.getElementById("chaffinch").shadowRoot;
      return {
        elements: [...new Set([...root.querySelectorAll("ol.t *")].map((one) => one.localName))].sort(),
        attributes: [...new Set([...root.querySelectorAll("ol.t *")].flatMap((one) => one.getAttributeNames()))].sort(),
        links: [...root.querySelectorAll("ol.t a:not(.when)")].map((one) => [one.protocol, one.rel]),
        text: root.querySelector(".body").textContent,
      };
    });
    assert.deepEqual(seen.elements, ["a", "article", "button", "div", "header", "li", "ol", "p", "span", "time"]);
    assert.deepEqual(seen.attributes, ["aria-label", "class", "datetime", "dir", "href", "rel", "tabindex", "type"]);
    assert.ok(seen.links.length >= 3);
    for (const [protocol, rel] of seen.links) {
      assert.match(protocol, /^https?:$/);
      assert.equal(rel, "nofollow ugc noopener");
    }
    assert.equal(seen.text, bad[0]);
    assert.ok((await wide(page)) <= 0, "a long word widens the page");
    await shot(page, "hostile");
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(visit.faults, []);
  });

  it("a closed article takes no comment, and one that closes meanwhile says so", async () => {
    const visit = await world.visitor();
    const { page } = visit;
    await visit.go("/closed");
    await page.getByText("Be the first").waitFor();
    await world.house.admin.put("/v1/articles", { site: world.site.id, id: "/closed", closed: true });
    await write(page, words());
    await said(page).getByText("Comments are closed here.").waitFor();
    await page.reload();
    await said(page).getByText("Comments are closed here.").waitFor();
    assert.equal(await page.getByLabel("Comment", { exact: true }).isVisible(), false);
  });

  it("works by keyboard alone", async () => {
    const visit = await world.visitor();
    const { page } = visit;
    await visit.go("/replies");
    await page.getByRole("button", { name: "Reply to First" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Reply to First" }).waitFor();
    await page.keyboard.type(words());
    await page.keyboard.press("Tab");
    await page.keyboard.type("Key");
    await page.keyboard.press("Enter");
    await said(page).getByText("published").waitFor();
    assert.ok(await said(page).evaluate((one) => one.matches(":focus")));
  });

  it("dark, from right to left, and in Japanese", async () => {
    for (const [path, language, title] of [
      ["/dark", "en", "Leave a Reply"],
      ["/arabic", "ar", "أضف تعليقًا"],
      ["/japanese", "ja", "コメントを書く"],
    ]) {
      const article = { id: path };
      const first = await world.site.good({ article, author: { name: "Ana" } });
      await world.site.good({ article, parent: first.id, author: { name: "محمد" }, content: "شكرًا على هذا المقال المفيد عن الحديقة" });
      const visit = await world.visitor({ colorScheme: path === "/dark" ? "dark" : "light" });
      const { page } = visit;
      await visit.go(path);
      await page.getByRole("heading", { name: title }).waitFor();
      await page.getByRole("article").nth(1).waitFor();
      assert.equal(await page.locator(".c").getAttribute("lang"), language);
      assert.equal(await page.locator(".c").getAttribute("dir"), language === "ar" ? "rtl" : "ltr");
      if (language === "ar") {
        // The answer stands further left than what it answers.
        const [outer, inner] = await Promise.all([0, 1].map((n) => page.getByRole("article").nth(n).boundingBox()));
        assert.ok(inner.x + inner.width < outer.x + outer.width);
      }
      assert.ok((await wide(page)) <= 0, `${path} is too wide`);
      await shot(page, path.slice(1));
      if (path !== "/dark") assert.deepEqual(visit.faults, []); // its page loads a style that its own policy refuses
      assert.deepEqual(await axe(page), []);
    }
  });

  it("Markdown where the site says so", async () => {
    await world.house.admin.patch(`/v1/sites/${world.site.id}`, { markdown: true });
    await world.site.good({ article: { id: "/markdown" }, content: "**Bold** and `code`\n\n- one\n- two\n\n> quoted <b>not bold</b>" });
    const visit = await world.visitor();
    await visit.go("/markdown");
    const body = visit.page.locator(".body");
    await body.waitFor();
    assert.deepEqual(await body.evaluate((one) => [...one.querySelectorAll("*")].map((element) => element.localName)), [
      "p", "strong", "code", "ul", "li", "p", "li", "p", "blockquote", "p",
    ]);
    await shot(visit.page, "markdown");
    assert.deepEqual(await axe(visit.page), []);
    assert.deepEqual(visit.faults, []);
  });
});

describe("a slowed address", () => {
  it("is told how long to wait, and loses nothing", async () => {
    const world = await open({
      settings: { "http.rate_per_minute": 1, "http.rate_burst": 1 },
      pages: (service, site) => ({ "/slow": { html: document(widget(service, site)), headers: strict(service) } }),
    });
    try {
      const visit = await world.visitor();
      await visit.go("/slow");
      await write(visit.page, words());
      await said(visit.page).getByText("published").waitFor();
      const second = words();
      await write(visit.page, second);
      await said(visit.page).getByText(/Wait \d+ seconds/).waitFor();
      assert.equal(await visit.page.getByLabel("Comment", { exact: true }).inputValue(), second);
    } finally {
      await world.close();
    }
  });
});
