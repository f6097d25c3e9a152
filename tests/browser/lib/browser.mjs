// A real browser, a blog on an origin of its own, and eyes for what must not happen.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { open as openHouse } from "../../api/lib/house.mjs";

const kAxe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const kAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
const kChromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((one) => existsSync(one));

// A blog: pages by path, each {html, headers} or a function of the URL that makes one (it may ask the service).
async function blog(pages) {
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, "http://blog");
    const made = pages[url.pathname];
    const page = typeof made === "function" ? await made(url) : made;
    response.writeHead(page ? 200 : 404, { "Content-Type": "text/html; charset=utf-8", ...page?.headers });
    response.end(page?.html ?? "nothing here");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

// The strictest policy under which the widget is promised to work.
export const strict = (service) => ({
  "Content-Security-Policy":
    `default-src 'none'; script-src ${service}; connect-src ${service}; form-action ${service}; base-uri 'none'; ` +
    `require-trusted-types-for 'script'; trusted-types 'none'`,
});

export const document = (body, { lang = "en", head = "" } = {}) =>
  `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>A page</title>${head}</head><body><main><h1>A page</h1>${body}</main></body></html>`;

export const widget = (service, site, attributes = "") =>
  `<div id="chaffinch" data-site="${site}" ${attributes}></div><script src="${service}/embed.js" async></script>`;

// A service, a blog and a browser. `pages(service URL, site id)` are the blog's; the site is the blog's own.
export async function open({ pages = () => ({}), site = {}, settings } = {}) {
  assert.ok(kChromium, "there is no Chromium: apt-get install chromium");
  const house = await openHouse({ settings });
  const service = house.service.url;
  const served = {};
  const own = await blog(served);
  // Nobody types as fast as a test does.
  const overrides = { "fast_form.score": 0, ...site.policy?.overrides };
  const one = await house.site({ url: own.url, ...site, policy: { ...site.policy, overrides } });
  Object.assign(served, pages(service, one.id));
  const browser = await chromium.launch({ executablePath: kChromium, args: ["--no-sandbox", "--disable-gpu"] });
  return {
    house,
    service,
    blog: own,
    site: one,
    // A visitor: {page, context, go, faults}. Faults are what the page reported: errors and broken policies.
    async visitor(options = {}) {
      const context = await browser.newContext({ userAgent: kAgent, locale: "en-GB", viewport: { width: 760, height: 900 }, ...options });
      context.setDefaultTimeout(15_000);
      const visit = { context, faults: [], tabs: [] };
      visit.tab = async () => {
        const page = await context.newPage();
        page.on("pageerror", (error) => visit.faults.push(String(error)));
        page.on("console", (message) => {
          if (/Content Security Policy|Trusted|Refused/i.test(message.text())) visit.faults.push(message.text());
        });
        visit.tabs.push(page);
        return page;
      };
      visit.page = await visit.tab();
      visit.go = (path) => visit.page.goto(path.startsWith("http") ? path : own.url + path);
      return visit;
    },
    async close() {
      await browser.close();
      await own.close();
      await house.close();
    },
  };
}

// What axe finds wrong by WCAG 2.2 AA.
export async function axe(page) {
  // A page under a strict policy takes no script of ours: it is asked in an isolated world, where the policy does not reach.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const run = async (expression) => {
    const answer = await session.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails).slice(0, 500));
    return answer.result.value;
  };
  await run(kAxe + "; 0");
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await run(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then((found) => ({ passes: found.passes.length, ` +
      `violations: found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160) + " " + node.failureSummary).join(" | ")) }))`,
  );
  await session.detach();
  assert.ok(found.passes > 15, `axe looked at ${found.passes} rules only`);
  return found.violations;
}

export async function shot(page, name) {
  if (process.env.CHAFFINCH_SHOTS) await page.screenshot({ path: join(process.env.CHAFFINCH_SHOTS, `${name}.png`), fullPage: true });
}

// Fills the form of the section and sends it.
export async function write(page, content, { name = "Ana", email, url, remember } = {}) {
  await page.getByLabel("Comment", { exact: true }).fill(content);
  await page.getByLabel("Name", { exact: true }).fill(name);
  if (email !== undefined) await page.getByRole("textbox", { name: /^Email/ }).fill(email);
  if (url !== undefined) await page.getByRole("textbox", { name: /^Website/ }).fill(url);
  if (remember) await page.getByLabel(/Remember/).check();
  await page.getByRole("button", { name: "Send comment" }).click();
}
export const said = (page) => page.getByRole("alert");
