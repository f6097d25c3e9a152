// Without a line of script: the demo page, and a blog whose server includes the fragment.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { doubtfulWords, spamWords, words } from "../../api/lib/house.mjs";
import { axe, document, open, said, shot } from "../lib/browser.mjs";

describe("without script", () => {
  let world;
  before(async () => {
    world = await open({
      pages: (service, site) => ({
        // What a blog's server does: it hands on what its page was called with.
        "/bread": async (url) => {
          const query = new URLSearchParams({ site, article: "/bread", service, page: world.blog.url + "/bread" });
          for (const [from, to] of [["chaffinch", "outcome"], ["chaffinch_parent", "parent"], ["chaffinch_cursor", "cursor"]])
            if (url.searchParams.has(from)) query.set(to, url.searchParams.get(from));
          query.set("limit", "2");
          const answer = await fetch(`${service}/v1/comments.html?${query}`);
          assert.equal(answer.status, 200);
          return { html: document(await answer.text()) };
        },
      }),
    });
  });
  after(() => world.close());
  const send = async (page, content, name = "Ana") => {
    await page.getByLabel("Comment", { exact: true }).fill(content);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Send comment" }).click();
  };

  it("a blog's page with the fragment: published, held, refused, answered, paged", async () => {
    const visit = await world.visitor({ javaScriptEnabled: false });
    const { page } = visit;
    await visit.go("/bread");
    await page.getByText("Be the first to comment.").waitFor();
    const first = words();
    await send(page, first);
    await page.waitForURL(world.blog.url + "/bread?chaffinch=published");
    await page.getByText("Your comment is published.").waitFor();
    await page.getByRole("article").getByText(first).waitFor();
    assert.equal((await world.site.detail((await world.site.ids({ status: "any" }))[0])).form.token, "good");

    await page.getByRole("link", { name: "Reply to Ana" }).click();
    await page.getByRole("heading", { name: "Reply to Ana" }).waitFor();
    const reply = words();
    await send(page, reply, "Bo");
    await page.waitForURL(world.blog.url + "/bread?chaffinch=published");
    const thread = await world.site.thread("/bread");
    assert.deepEqual(thread.items.map((item) => item.content), [first, reply]);
    assert.equal(thread.items[1].parent, thread.items[0].id);

    await send(page, doubtfulWords());
    await page.waitForURL(world.blog.url + "/bread?chaffinch=pending");
    await page.getByText("Your comment waits for a moderator.").waitFor();
    await shot(page, "nojs");
    await send(page, spamWords());
    await page.waitForURL(world.blog.url + "/bread?chaffinch=refused");
    await page.getByText("Your comment was not accepted").waitFor();

    await world.site.decide("approve", await world.site.ids());
    await visit.go("/bread");
    await page.getByRole("heading", { name: "Comments (3)" }).waitFor();
    await page.getByRole("link", { name: "Show more comments" }).click();
    await page.getByRole("article").waitFor();
    assert.equal(await page.getByRole("article").count(), 1);
  });

  it("the fragment is sound for who cannot see it", async () => {
    const visit = await world.visitor();
    await visit.go("/bread");
    assert.deepEqual(await axe(visit.page), []);
  });

  it("the demo page: with script and without, in light and in dark", async () => {
    const demo = world.service + "/demo";
    for (const script of [true, false]) {
      for (const colorScheme of ["light", "dark"]) {
        const visit = await world.visitor({ javaScriptEnabled: script, colorScheme });
        const { page } = visit;
        await visit.go(demo);
        await page.getByRole("heading", { name: "Leave a Reply" }).waitFor();
        await send(page, words(), `Ana ${script} ${colorScheme}`);
        // Playwright does not look for texts in a noscript element, but does in what stands inside it.
        const outcome = script ? said(page) : page.locator(".chaffinch-outcome");
        await outcome.filter({ hasText: "Your comment waits for a moderator." }).waitFor();
        const mine = page.getByRole("article").getByText("Waits for a moderator; only you see it");
        if (script) await mine.waitFor();
        await shot(page, `demo_${script ? "script" : "plain"}_${colorScheme}`);
        const waiting = (await world.house.admin.get("/v1/queue", { site: "demo" })).body.items;
        assert.equal(waiting.length, 1);
        const [item] = waiting;
        assert.equal(item.form.token, "good");
        await world.house.admin.post("/v1/decisions", { ids: [item.id], decision: "approve" });
        await visit.go(demo);
        await page.locator(script ? ".body" : ".chaffinch-body").filter({ hasText: item.content }).waitFor();
        assert.equal(await mine.count(), 0);
        if (script) assert.deepEqual(await axe(page), []);
        assert.deepEqual(visit.faults, []);
        await visit.context.close();
      }
    }
  });
});
