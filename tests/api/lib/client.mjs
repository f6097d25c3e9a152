// Calls, and the rule that every answer is as schema/openapi.json says. A story cannot look at an answer that was not
// checked: all of them come through `call` here, or through `raw` for bytes that no HTTP client would send.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Document, problemFlaws } from "./document.mjs";

export const document = new Document(
  process.env.CHAFFINCH_OPENAPI ?? new URL("../../../schema/openapi.json", import.meta.url),
);

const kAnswer = 20_000; // ms that an answer may take
const agent = new http.Agent({ keepAlive: true, maxSockets: 300 });

// operation -> status -> how often. Written for run.mjs, which wants every operation told.
const told = {};
process.on("exit", () => {
  agent.destroy();
  const folder = process.env.CHAFFINCH_API_TOLD;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(told));
});

function judged(exchange) {
  const operation = document.operation(exchange.method, exchange.path);
  if (operation) {
    const row = (told[operation.name] ??= {});
    row[exchange.status] = (row[exchange.status] ?? 0) + 1;
  }
  const wrong = document.complaints(exchange);
  assert.equal(
    wrong.length,
    0,
    `${exchange.method} ${exchange.path}${exchange.query ? "?" + exchange.query : ""} -> ${exchange.status}\n  ` +
      wrong.join("\n  "),
  );
}

// An answer to `raw` bytes that were a request of this method and path: checked and counted like all others.
export const judge = (method, path, answer) => judged({ method, path: decodeURI(path), ...answer });

// One request, one checked answer: {status, headers, text, body}. `path` may carry a query; `query` is added to it
// (undefined values are left out, arrays are repeated). `body`: a value for JSON; `bytes`: sent as they are, with `type`.
export async function call(house, method, path, options = {}) {
  const { token, key, body, bytes, type, headers = {}, query, localAddress } = options;
  const url = new URL(path, house.url);
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of [value].flat()) if (one !== undefined) url.searchParams.append(name, String(one));
  }
  const sent = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
  const all = { ...headers };
  if (token) all.Authorization = `Bearer ${token}`;
  if (key) all["Idempotency-Key"] = key;
  if (sent !== undefined) {
    if (type !== null) all["Content-Type"] ??= type ?? "application/json";
    all["Content-Length"] = Buffer.byteLength(sent);
  }
  const target = options.target ?? url.pathname + url.search;
  const answer = await new Promise((resolve, reject) => {
    const request = http.request(
      { host: "127.0.0.1", port: house.port, method, path: target, headers: all, agent, localAddress },
      (response) => {
        const pieces = [];
        response.on("data", (piece) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          const whole = Buffer.concat(pieces);
          const packed = response.headers["content-encoding"] === "gzip" && whole.length > 0;
          resolve({
            status: response.statusCode,
            headers: response.headers,
            text: (packed ? gunzipSync(whole) : whole).toString("utf8"),
          });
        });
      },
    );
    request.setTimeout(kAnswer, () =>
      request.destroy(new Error(`${method} ${target}: no answer within ${kAnswer} ms`)),
    );
    request.on("error", reject);
    request.end(sent);
  });
  const kind = (answer.headers["content-type"] ?? "").split(";")[0];
  if (kind.endsWith("json") && answer.text) answer.body = JSON.parse(answer.text);
  judged({
    method,
    path: decodeURI(url.pathname),
    query: url.search.slice(1),
    ...answer,
    sent: body,
    sentType: type ?? undefined,
  });
  return answer;
}

// A caller: somebody with this token, or with none. Each method takes what is expected of the answer and fails with the
// problem's own words when it is another one.
export function caller(house, token) {
  const ask = async (method, path, options = {}) => {
    const answer = await call(house, method, path, { token, ...options });
    const expected = [options.status ?? [200, 201, 202, 204]].flat();
    assert.ok(
      expected.includes(answer.status),
      `${method} ${path} answered ${answer.status} instead of ${expected.join("/")}: ${answer.text.slice(0, 600)}`,
    );
    return answer;
  };
  return {
    token,
    house,
    ask,
    get: (path, query, options) => ask("GET", path, { query, ...options }),
    post: (path, body, options) => ask("POST", path, { body, ...options }),
    put: (path, body, options) => ask("PUT", path, { body, ...options }),
    patch: (path, body, options) => ask("PATCH", path, { body, ...options }),
    delete: (path, options) => ask("DELETE", path, options),
  };
}

// Bytes as they are, on a connection of their own; everything the service says until it closes, `done` is satisfied or
// time is up. Problems in it are checked for their shape.
export async function raw(house, bytes, { done = whole, deadline = kAnswer } = {}) {
  const text = await new Promise((resolve, reject) => {
    let heard = "";
    const socket = net.connect(house.port, "127.0.0.1");
    const limit = setTimeout(
      () => finish(new Error(`no whole answer within ${deadline} ms; heard ${JSON.stringify(heard)}`)),
      deadline,
    );
    const finish = (error) => {
      clearTimeout(limit);
      socket.destroy();
      if (error) reject(error);
      else resolve(heard);
    };
    socket.setEncoding("latin1");
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (piece) => {
      heard += piece;
      if (done(heard)) finish();
    });
    socket.on("error", (error) => (heard ? finish() : finish(error)));
    socket.on("close", () => finish());
  });
  return parse(text);
}

// Whether a whole answer with a Content-Length stands in `text`.
function whole(text) {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /^content-length:\s*(\d+)/im.exec(text.slice(0, end));
  return length ? text.length >= end + 4 + Number(length[1]) : false;
}

function parse(text) {
  const end = text.indexOf("\r\n\r\n");
  const head = text.slice(0, end < 0 ? undefined : end).split("\r\n");
  const headers = {};
  for (const line of head.slice(1)) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const length = Number(headers["content-length"] ?? NaN);
  const start = end + 4;
  const body = Buffer.from(text.slice(start, Number.isNaN(length) ? undefined : start + length), "latin1").toString(
    "utf8",
  );
  const answer = {
    status: Number(head[0].split(" ")[1]),
    headers,
    text: body,
    rest: Number.isNaN(length) ? "" : text.slice(start + length),
  };
  if (body && (headers["content-type"] ?? "").startsWith("application/problem+json")) {
    answer.body = JSON.parse(body);
    assert.deepEqual(problemFlaws(answer.body, answer.status), []);
  }
  return answer;
}

// Asks again until `ask` gives something truthy, and hands that back. Never longer than `deadline` ms.
export async function until(what, ask, deadline = 20_000) {
  const end = Date.now() + deadline;
  for (;;) {
    const found = await ask();
    if (found) return found;
    assert.ok(Date.now() < end, `waited ${deadline} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

// Nested replies as one list, each comment before its replies.
export const flat = (items) => items.flatMap((item) => [item, ...flat(item.replies ?? [])]);

// All pages of a list, in order. `limit` is the page size; a page may be short and still have a next one.
export async function pages(as, path, query = {}, most = 1_000) {
  const items = [];
  let cursor;
  for (let count = 0; count < most; ++count) {
    const { body } = await as.get(path, { ...query, cursor });
    const page = flat(body.items);
    items.push(...page);
    if (query.limit) assert.ok(page.length <= query.limit, "a page holds more than was asked for");
    if (body.next === null) return items;
    assert.notEqual(body.next, cursor, "a cursor that does not move");
    cursor = body.next;
  }
  assert.fail(`${path} has more than ${most} pages`);
}
