// The desk's only way to the service: the public API of /v1/openapi.json, with the session's cookie.
//
// What fails is thrown as a Problem: what, where, advice, as the service said it (RFC 9457), or status 0 when there was no answer.
// An answer that the session has ended (401) is not handed on: the desk asks for a sign-in and the call is made again, so that nothing
// that was being written is lost. Writes carry an Idempotency-Key, so that one made again is carried out once.
import { withQuery } from "./asked.js";

const kTimeout = 30_000; // ms

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || "Something went wrong.");
    this.status = status;
    this.code = body.code ?? "unavailable";
    this.where = body.where ?? "";
    this.advice = body.advice ?? "";
    this.wait = body.wait ?? 0; // seconds that the service asks for
    this.body = body;
  }
}

// The way to ask for a sign-in: () => Promise, resolved when there is a session again. Set by app.js.
let signIn = null;
export const onExpired = (ask) => (signIn = ask);

// What start.js has asked already: each answer is taken up once, while the page begins. Whatever is written may make them old, a sign-in
// first of all.
const asked = window.early ?? new Map();
function takeEarly(method, url) {
  if (method !== "GET" || performance.now() > kTimeout) asked.clear();
  const answer = asked.get(url);
  asked.delete(url);
  return answer;
}

// When this has come, where it was asked, or so many ms have passed.
export const arrived = (path, query, most) =>
  Promise.race([asked.get(withQuery(path, query))?.catch(() => {}), new Promise((done) => setTimeout(done, most))]);

async function read(url, request) {
  const answer = await fetch(url, request);
  return { answer, text: await answer.text() };
}
async function once(method, url, { body, key, signal, keepalive }) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const late = AbortSignal.timeout(kTimeout);
  const request = {
    method,
    headers,
    keepalive,
    credentials: "same-origin",
    cache: "no-store",
    signal: signal && AbortSignal.any ? AbortSignal.any([signal, late]) : (signal ?? late),
    body: body === undefined ? undefined : JSON.stringify(body),
  };
  let answer, text;
  try {
    ({ answer, text } = await (takeEarly(method, url) ?? read(url, request)));
  } catch (error) {
    if (error.name === "AbortError") throw error; // the caller's own wish
    throw new Problem(0, {
      detail: error.name === "TimeoutError" ? "The service does not answer." : "The service cannot be reached.",
      advice: "Look whether it runs and whether you are online, then try again.",
    });
  }
  let value = null;
  if (text && /json/.test(answer.headers.get("Content-Type") ?? "")) value = JSON.parse(text);
  if (answer.ok) return value ?? (text || null);
  const wait = Number(answer.headers.get("Retry-After"));
  throw new Problem(answer.status, {
    detail: `The service answered ${answer.status}.`,
    advice: wait > 0 ? `Wait ${wait} seconds.` : "",
    wait,
    ...value,
  });
}

const kWrites = new Set(["POST", "PUT", "PATCH", "DELETE"]);

// One call. `query` by name; `body` as JSON; `key` of a write that is tried again by the caller; `quiet`: 401 is thrown, too.
export async function call(method, path, { query, body, key, signal, keepalive, quiet } = {}) {
  const url = withQuery(path, query);
  const write = kWrites.has(method) && path.startsWith("/v1/");
  const options = { body, signal, keepalive, key: write ? (key ?? crypto.randomUUID()) : undefined };
  for (;;) {
    try {
      return await once(method, url, options);
    } catch (problem) {
      if (quiet || !(problem instanceof Problem) || problem.status !== 401 || !signIn) throw problem;
      await signIn();
    }
  }
}
export const get = (path, query, more) => call("GET", path, { query, ...more });
export const post = (path, body, more) => call("POST", path, { body, ...more });
export const put = (path, body, more) => call("PUT", path, { body, ...more });
export const patch = (path, body, more) => call("PATCH", path, { body, ...more });
export const del = (path, query, more) => call("DELETE", path, { query, ...more });

// All pages of a list, at most `most` items: {items, more}.
export async function all(path, query = {}, most = 1000, more = {}) {
  const items = [];
  let cursor;
  do {
    const page = await get(path, { limit: 200, ...query, cursor }, more);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor && items.length < most);
  return { items, more: Boolean(cursor) };
}
