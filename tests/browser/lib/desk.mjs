// A moderator at the desk, in a real browser. What the stories of the desk begin with.
//
//   desk(world, role, site, {path, name, ...context options})
//       signs a new token of `role` ("moderator", "admin") for `site` (an id; left out: all sites) in by its link, waits for the page
//       and gives {page, context, token, problems, foreign, go(path), keys("a", "j", ...), expire(), clean()}. `world` is of browser.mjs's open().
//       token: calls by it, with its id and name (token.token is its text).
//       problems: what must not be: page errors, broken policies, dialogs, windows, requests to any other host.
//       expire(): the session is gone, as after twelve hours.
//       clean(): asserts that there were none.
//   signIn(page, world, token)      opens a fresh sign-in link of a token on a page
//   seen(desk, name, {axe: true})   looks at the page in light and dark: no axe violations, nothing wider than the window, a picture of each
//                                   "name-light.png", "name-dark.png" (with --shots)
//   overflow(page)                  by how many pixels the page is wider than its window
//   taller(page)                    by how many pixels it is taller
//   hears(page, where, words)       waits until a live region, "live" or "alert", says so
//   eventually(look, what)          waits until look() finds something
//   parts(page, service, exports)   modules of the desk's sources by themselves, put together as the build does it, for a story to import:
//                                   the URL of one that has what `exports` says ('export { csv } from "./parts.js"')
//   kWide, kPhone                   context options of a wide window and of a phone
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { axe, shot } from "./browser.mjs";
import { unique } from "../../api/lib/house.mjs";

export const kWide = { viewport: { width: 1280, height: 800 } };
export const kPhone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

export async function signIn(page, world, token) {
  const { body } = await world.house.admin.post(`/v1/tokens/${token.id}/link`, undefined, { status: [200, 201] });
  await page.goto(world.service + body.path);
  await page.locator(".frame main").waitFor();
}

export async function desk(world, role = "moderator", site = undefined, { path = "/desk", name = unique(role), ...options } = {}) {
  const { body } = await world.house.admin.post("/v1/tokens", { role, name, ...(site ? { site } : {}) }, { status: 201 });
  const token = { ...world.house.as(body.token), id: body.id, name };
  const visit = await world.visitor({ ...kWide, ...options });
  const { page, context } = visit;
  const problems = visit.faults;
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== world.service) problems.push(`a request to ${request.url().slice(0, 200)}`);
  });
  page.on("popup", (other) => problems.push(`a window was opened: ${other.url()}`));
  page.on("dialog", (dialog) => {
    // A page that is left with something unsaved may ask; nothing else may.
    if (dialog.type() !== "beforeunload") problems.push(`a dialog: ${dialog.type()} ${dialog.message()}`);
    dialog.accept().catch(() => {});
  });
  const made = {
    page,
    context,
    token,
    problems,
    go: async (where) => {
      await page.goto(world.service + where);
      await page.locator(".frame main").waitFor();
    },
    keys: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    expire: () => context.clearCookies(),
    clean: () => assert.deepEqual(problems, []),
  };
  await signIn(page, world, token);
  if (path !== "/desk") await made.go(path);
  return made;
}

export async function parts(page, service, exports) {
  const url = `${service}/desk/${unique("parts")}.js`;
  const text = execFileSync("esbuild", ["--bundle", "--format=esm", "--alias:preact=/usr/share/nodejs/preact/src/preact.js"], {
    cwd: fileURLToPath(new URL("../../../service/web/desk", import.meta.url)),
    input: exports,
  });
  await page.route(url, (route) => route.fulfill({ contentType: "text/javascript; charset=utf-8", body: text }));
  return url;
}

export const overflow = async (page) => (await page.evaluate(() => document.documentElement.scrollWidth)) - page.viewportSize().width;

export const taller = (page) => page.evaluate(() => document.documentElement.scrollHeight - innerHeight);

// Waits until `look` gives something true, and hands that over.
export async function eventually(look, what, ms = 10_000) {
  const until = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < until, `not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

// What is said in a live region, "live" or "alert": it comes a frame after what is drawn.
const said = (page) =>
  page.evaluate(() => ({ live: document.getElementById("live").textContent, alert: document.getElementById("alert").textContent }));
export const hears = (page, where, words) =>
  eventually(async () => words.test((await said(page))[where]), `it is said: ${words}`);

export async function seen({ page }, name, { axe: asked = true } = {}) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await shot(page, `${name}-${colorScheme}`);
    if (asked) assert.deepEqual(await axe(page), [], `${name}, ${colorScheme}`);
    assert.ok((await overflow(page)) <= 0, `${name} is ${await overflow(page)} pixels wider than the window`);
  }
  await page.emulateMedia({ colorScheme: null });
}
