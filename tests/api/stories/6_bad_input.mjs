// Bad input. Each row is one request that must be refused with a problem that says what and where, and must change
// nothing: all that an admin can see is compared before and after.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { call, pages, until } from "../lib/client.mjs";
import { comment, kNobody, open, unique, words } from "../lib/house.mjs";

let house, blog, other;
const known = {};

// Everything that can be seen of the service's memory, as one text.
async function everything() {
  const seen = {};
  for (const site of [blog, other, known.folder]) {
    seen[site.id] = {
      stats: (await house.admin.get("/v1/stats", { site: site.id })).body,
      site: (await house.admin.get(`/v1/sites/${site.id}`)).body,
      comments: (await pages(house.admin, "/v1/queue", { site: site.id, status: "any", limit: 200 })).map((item) => ({
        ...item,
        lease: null,
      })),
      articles: await pages(house.admin, "/v1/articles", { site: site.id }),
      thread: await pages(house.nobody, "/v1/comments", { site: site.id, article: "/2026/beans" }),
    };
  }
  seen.sites = (await house.admin.get("/v1/sites")).body.items.length;
  seen.tokens = (await pages(house.admin, "/v1/tokens")).map(({ last_used_at, ...rest }) => rest);
  seen.blocks = await pages(house.admin, "/v1/blocks");
  seen.decisions = await pages(house.admin, "/v1/decisions");
  return JSON.stringify(seen);
}

// Where two texts part.
function difference(a, b) {
  let at = 0;
  while (at < a.length && a[at] === b[at]) ++at;
  return `...${a.slice(Math.max(0, at - 60), at + 60)}... became ...${b.slice(Math.max(0, at - 60), at + 60)}...`;
}

const deep = (levels) => "[".repeat(levels) + "]".repeat(levels);
const x = (count) => "x".repeat(count);
const kJson = "application/json";
const kForm = "application/x-www-form-urlencoded";

// A JSON body with `bytes` in the place of its content.
const with_bytes = (...bytes) => Buffer.concat([Buffer.from(`{"article":{"id":"/2026/beans"},"content":"`), Buffer.from(bytes), Buffer.from(`"}`)]);

const submit = (over) => ({ as: "frontend", method: "POST", path: "/v1/comments", body: () => comment(over) });
const author = (over) => submit({ author: { name: "N", ...over } });
const client = (over) => submit({ client: over });
const publicly = (over) => ({
  as: "nobody",
  method: "POST",
  path: "/v1/comments",
  body: () => ({ site: blog.id, article: { id: "/2026/beans" }, author: { name: "N" }, content: words(), ...over() }),
});
const bytes = (text, type = kJson) => ({ as: "frontend", method: "POST", path: "/v1/comments", bytes: text, type });
const queue = (query) => ({ as: "moderator", method: "GET", path: "/v1/queue", query });
const decide = (body) => ({ as: "moderator", method: "POST", path: "/v1/decisions", body });
const form = (fields) => ({
  as: "nobody",
  method: "POST",
  path: "/v1/comments",
  type: kForm,
  bytes: () => new URLSearchParams({ site: blog.id, "article.id": "/2026/beans", content: words(), ...fields() }).toString(),
});

// [what, request, status, what the problem must name]
const table = [
  // sizes
  ["a content of 64 KiB and one byte", submit({ content: x(65_537) }), 413, /content/],
  ["a content that is too large in bytes, not in characters", submit({ content: "ä".repeat(32_769) }), 413, /content/],
  ["an empty content", submit({ content: "" }), 400, /content/],
  ["a name of 246 bytes", author({ name: x(246) }), 400, /author\/name/],
  ["an email of 101 bytes", author({ email: x(92) + "@x.example" }), 400, /author\/email/],
  ["a URL of 2,001 bytes", author({ url: "https://x.example/" + x(1_983) }), 400, /author\/url/],
  ["an author id of 201 bytes", author({ id: x(201) }), 400, /author\/id/],
  ["a user agent of 1,001 bytes", client({ ip: "192.0.2.1", user_agent: x(1_001) }), 400, /client\/user_agent/],
  ["a referrer of 2,001 bytes", client({ ip: "192.0.2.1", referrer: "https://x.example/" + x(1_983) }), 400, /client\/referrer/],
  ["an article id of 501 bytes", submit({ article: { id: x(501) } }), 400, /article\/id/],
  ["an article URL of 2,001 bytes", submit({ article: { id: "a", url: "https://x.example/" + x(1_983) } }), 400, /article\/url/],
  ["a title of 501 bytes", submit({ article: { id: "a", title: x(501) } }), 400, /article\/title/],
  ["a type of 41 bytes", submit({ type: x(41) }), 400, /type/],
  ["an empty article id", submit({ article: { id: "" } }), 400, /article\/id/],
  ["a body of 256 KiB and one byte", bytes(() => JSON.stringify(comment({ content: "a" })).padEnd(256 * 1024 + 1)), 413, /./],
  ["a note of 2,001 bytes", decide(() => ({ ids: [known.held.id], decision: "spam", note: x(2_001) })), 413, /note/],
  ["a reason of 101 bytes", decide(() => ({ ids: [known.held.id], decision: "spam", reason: x(101) })), 400, /reason/],
  ["1,001 ids in a decision", decide(() => ({ ids: Array(1_001).fill(known.held.id), decision: "spam" })), 413, /ids/],
  ["1,001 comments in a check", { as: "frontend", method: "POST", path: "/v1/check", body: () => Array(1_001).fill(comment()) }, 413, /./],
  ["an Idempotency-Key of 201 bytes", { ...submit({}), key: x(201) }, 400, /Idempotency-Key/],
  ["a search of 301 bytes", queue(() => ({ text: x(301) })), 400, /text/],
  ["a page of 201", queue(() => ({ limit: 201 })), 400, /limit/],
  ["a page of 0", queue(() => ({ limit: 0 })), 400, /limit/],
  ["a page of -1", queue(() => ({ limit: -1 })), 400, /limit/],
  ["a page of words", queue(() => ({ limit: "ten" })), 400, /limit/],
  ["201 articles in one count", { as: "nobody", method: "GET", path: "/v1/comments/counts", query: () => ({ site: blog.id, article: Array.from({ length: 201 }, (_, i) => `/a${i}`) }) }, 400, /article/],
  ["a site's name of 101 bytes", { as: "admin", method: "POST", path: "/v1/sites", body: () => ({ id: unique("s"), name: x(101), url: "https://s.example" }) }, 400, /name/],

  // JSON
  ["no body", { ...bytes(""), bytes: "" }, 400, /./],
  ["half a JSON object", bytes('{"content":"x"'), 400, /./],
  ["two JSON values", bytes(() => JSON.stringify(comment()) + " {}"), 400, /./],
  ["single quotes", bytes("{'content':'x'}"), 400, /./],
  ["a comma too many", bytes('{"article":{"id":"a"},"content":"x",}'), 400, /./],
  ["a comment in the JSON", bytes('{"article":{"id":"a"},/* hello */"content":"x"}'), 400, /./],
  ["NaN", bytes('{"article":{"id":"a"},"content":"x","form":{"elapsed_ms":NaN}}'), 400, /./],
  ["a byte order mark", bytes("\uFEFF{}"), 400, /./],
  ["17 levels of arrays", bytes(`{"article":{"id":"a"},"content":${deep(16)}}`), 400, /deep|depth|nest/],
  ["100,000 levels of arrays", bytes(deep(100_000)), 400, /./],
  ["an array for a comment", bytes("[]"), 400, /object/],
  ["a number for a comment", bytes("5"), 400, /object/],
  ["null for a comment", bytes("null"), 400, /object/],
  ["a field named twice", bytes('{"article":{"id":"a"},"content":"x","content":"y"}'), 400, /content/],
  ["a number for a text", submit({ content: 5 }), 400, /content/],
  ["null for a text", submit({ content: null }), 400, /content/],
  ["an object for a text", submit({ content: {} }), 400, /content/],
  ["a text for an object", submit({ author: "Anna" }), 400, /author/],
  ["an array for an object", submit({ client: [] }), 400, /client/],
  ["a text for a number", submit({ form: { elapsed_ms: "5" } }), 400, /form\/elapsed_ms/],
  ["a number with a fraction for milliseconds", submit({ form: { elapsed_ms: 0.5 } }), 400, /form\/elapsed_ms/],
  ["a negative number of milliseconds", submit({ form: { elapsed_ms: -1 } }), 400, /form\/elapsed_ms/],
  ["a number beyond 64 bits", bytes('{"article":{"id":"a"},"content":"x","form":{"elapsed_ms":1e400}}'), 400, /./],
  ["no content", bytes('{"article":{"id":"a"}}'), 400, /content/],
  ["no article", submit({ article: undefined }), 400, /article/],
  ["an article without id", submit({ article: {} }), 400, /article\/id/],
  ["an unknown field", submit({ colour: "red" }), 400, /colour/],
  ["an unknown field inside", author({ colour: "red" }), 400, /author\/colour/],
  ["a field of the answer in the question", submit({ status: "approved" }), 400, /status/],
  ["an unknown decision", decide(() => ({ ids: [known.held.id], decision: "publish" })), 400, /decision/],
  ["undo as a decision", decide(() => ({ ids: [known.held.id], decision: "undo" })), 400, /decision/],
  ["ids that are none", decide(() => ({ ids: ["1", "2"], decision: "spam" })), 400, /ids/],
  ["a version that is a text", decide(() => ({ ids: [{ id: known.held.id, version: "1" }], decision: "spam" })), 400, /ids/],
  ["a filter with a field that it has not", decide(() => ({ filter: { site: blog.id, colour: "red" }, expected: 4, decision: "spam" })), 400, /colour/],

  // bytes
  ["invalid UTF-8", bytes(with_bytes(0x61, 0xff, 0x62)), 400, /UTF-8/i],
  ["overlong UTF-8", bytes(with_bytes(0xc0, 0xaf)), 400, /UTF-8/i],
  ["a surrogate as UTF-8", bytes(with_bytes(0xed, 0xa0, 0x80)), 400, /UTF-8/i],
  ["UTF-8 cut short", bytes(with_bytes(0xe2, 0x82)), 400, /UTF-8/i],
  ["a code point beyond Unicode", bytes(with_bytes(0xf4, 0x90, 0x80, 0x80)), 400, /UTF-8/i],
  ["a lone surrogate, escaped", bytes('{"article":{"id":"a"},"content":"\\ud800"}'), 400, /./],
  ["a raw control byte in a JSON text", bytes(with_bytes(0x01)), 400, /./],
  ["NUL in the content", submit({ content: "a\u0000b" }), 400, /content/],
  ["NUL in the name", author({ name: "a\u0000b" }), 400, /author\/name/],
  ["NUL in the article id", submit({ article: { id: "a\u0000b" } }), 400, /article\/id/],
  ["a line break in the name", author({ name: "a\r\nBcc: b" }), 400, /author\/name/],
  ["a bidi control in the name", author({ name: "admin\u202egnp.exe" }), 400, /author\/name/],
  ["a bidi isolate in the title", submit({ article: { id: "a", title: "x\u2066y" } }), 400, /article\/title/],
  ["a bidi control in the article id", submit({ article: { id: "a\u202eb" } }), 400, /article\/id/],
  ["a control in the email", author({ email: "a\u0007@x.example" }), 400, /author\/email/],
  ["invalid UTF-8 in a form", { ...form(() => ({})), bytes: () => `site=${blog.id}&article.id=a&content=%ff%fe` }, 400, /UTF-8/i],
  ["NUL in a form", form(() => ({ content: "a\u0000b" })), 400, /content/],
  ["NUL in a query", queue(() => ({ text: "a\u0000b" })), 400, /text/],
  ["invalid UTF-8 in a query", { ...queue(), target: "/v1/queue?text=%ff" }, 400, /./],

  // what things are
  ["an address that is none", client({ ip: "300.1.1.1" }), 400, /client\/ip/],
  ["an address with a port", client({ ip: "192.0.2.1:80" }), 400, /client\/ip/],
  ["a network for an address", client({ ip: "192.0.2.0/24" }), 400, /client\/ip/],
  ["a time that is none", submit({ created_at: "2024-02-30T00:00:00Z" }), 400, /created_at/],
  ["a time in words", submit({ created_at: "yesterday" }), 400, /created_at/],
  ["a time to come", submit({ created_at: "2400-01-01T00:00:00Z" }), 400, /created_at/],
  ["a parent that is no id", submit({ parent: "root" }), 400, /parent/],
  ["a parent that is not there", submit({ parent: kNobody }), 400, /parent/],
  ["a parent of another article", { ...submit({}), body: () => comment({ article: { id: "/elsewhere" }, parent: known.good.id }) }, 400, /parent/],
  ["a parent of another site", { ...submit({}), body: () => comment({ parent: known.foreign.id }) }, 400, /parent/],
  ["a filter by a status that is none", queue(() => ({ status: "open" })), 400, /status/],
  ["a sort that is none", queue(() => ({ sort: "random" })), 400, /sort/],
  ["an unknown filter", queue(() => ({ colour: "red" })), 400, /colour/],
  ["a filter named twice", { ...queue(), target: "/v1/queue?limit=1&limit=2" }, 400, /limit/],
  ["an address filter that is none", queue(() => ({ ip: "192.0.2.0/33" })), 400, /ip/],
  ["a score that is none", queue(() => ({ min_score: "high" })), 400, /min_score/],
  ["a score that is not a number", queue(() => ({ min_score: "nan" })), 400, /min_score/],
  ["an article filter without site", { as: "admin", method: "GET", path: "/v1/queue", query: () => ({ article: "/2026/beans" }) }, 400, /site/],
  ["a cursor of nobody", queue(() => ({ cursor: "AAAA" })), 400, /cursor/],
  ["a cursor with a byte too many", queue(() => ({ cursor: known.cursor + "!" })), 400, /cursor/],
  ["a cursor of another order", queue(() => ({ sort: "score", cursor: known.cursor })), 400, /cursor/],
  ["a cursor of another list", { as: "moderator", method: "GET", path: "/v1/decisions", query: () => ({ cursor: known.cursor }) }, 400, /cursor/],
  ["a made-up cursor in the log", { as: "moderator", method: "GET", path: "/v1/decisions", query: () => ({ cursor: "!!!!" }) }, 400, /cursor/],
  ["a made-up cursor in the blocks", { as: "moderator", method: "GET", path: "/v1/blocks", query: () => ({ cursor: "!!!!" }) }, 400, /cursor/],
  ["a made-up cursor in the articles", { as: "moderator", method: "GET", path: "/v1/articles", query: () => ({ cursor: "!!!!" }) }, 400, /cursor/],
  ["a made-up cursor in the sites", { as: "admin", method: "GET", path: "/v1/sites", query: () => ({ cursor: "!!!!" }) }, 400, /cursor/],
  ["a made-up cursor in the numbers", { as: "admin", method: "GET", path: "/v1/stats", query: () => ({ cursor: "!!!!" }) }, 400, /cursor/],
  ["a made-up cursor in a thread", { as: "nobody", method: "GET", path: "/v1/comments", query: () => ({ site: blog.id, article: "/2026/beans", cursor: "!!!!" }) }, 400, /cursor/],
  ["a made-up cursor in a re-check", { as: "moderator", method: "POST", path: "/v1/recheck", body: () => ({ site: blog.id, cursor: "!!!!" }) }, 400, /cursor/],
  ["a long cursor", queue(() => ({ cursor: x(5_000) })), 400, /cursor/],
  ["a claim of 201", { as: "moderator", method: "POST", path: "/v1/queue/claim", body: () => ({ site: blog.id, count: 201 }) }, 400, /count/],
  ["a claim of none", { as: "moderator", method: "POST", path: "/v1/queue/claim", body: () => ({ site: blog.id, count: 0 }) }, 400, /count/],
  ["a block of an unknown kind", { as: "moderator", method: "POST", path: "/v1/blocks", body: () => ({ kind: "planet", value: "mars" }) }, 400, /kind/],
  ["a block of no network", { as: "moderator", method: "POST", path: "/v1/blocks", body: () => ({ kind: "cidr", value: "192.0.2.0/99" }) }, 400, /value/],
  ["a block of everybody", { as: "moderator", method: "POST", path: "/v1/blocks", body: () => ({ kind: "cidr", value: "0.0.0.0/0" }) }, 400, /value/],
  ["a block that ended before it began", { as: "moderator", method: "POST", path: "/v1/blocks", body: () => ({ kind: "ip", value: "192.0.2.1", expires_at: "2020-01-01T00:00:00Z" }) }, 400, /expires_at/],
  ["a site with a bad id", { as: "admin", method: "POST", path: "/v1/sites", body: () => ({ id: "No Good", name: "n", url: "https://s.example" }) }, 400, /id/],
  ["a site with a bad URL", { as: "admin", method: "POST", path: "/v1/sites", body: () => ({ id: unique("s"), name: "n", url: "ftp://s.example" }) }, 400, /url/],
  ["a site that is there already", { as: "admin", method: "POST", path: "/v1/sites", body: () => ({ id: blog.id, name: "n", url: "https://s.example" }) }, 409, /./],
  ["a token of an unknown role", { as: "admin", method: "POST", path: "/v1/tokens", body: () => ({ role: "king", name: "k" }) }, 400, /role/],
  ["a token for a site that is not there", { as: "admin", method: "POST", path: "/v1/tokens", body: () => ({ role: "frontend", name: "k", site: "no-such-blog" }) }, [400, 404], /site/],
  ["a label that is none", { as: "frontend", method: "POST", path: "/v1/learn", body: () => ({ ...comment(), label: "meh" }) }, 400, /label/],
  ["a comment without its label", { as: "frontend", method: "POST", path: "/v1/learn", body: () => comment() }, 400, /label/],
  ["one bad comment in a batch", { as: "frontend", method: "POST", path: "/v1/check", body: () => [comment(), comment({ content: 5 })] }, 400, /1\/content/],

  // ids that lead nowhere
  ["a comment that is not there", { as: "moderator", method: "GET", path: `/v1/comments/${kNobody}` }, 404, /./],
  ["another site's comment", { as: "moderator", method: "GET", path: () => `/v1/comments/${known.foreign.id}` }, 404, /./],
  ["an edit of another site's comment", { as: "frontend", method: "PATCH", path: () => `/v1/comments/${known.foreign.id}`, body: () => ({ content: "x" }) }, 404, /./],
  ["a removal of another site's comment", { as: "frontend", method: "DELETE", path: () => `/v1/comments/${known.foreign.id}` }, 404, /./],
  ["a decision on another site's comment only", decide(() => ({ ids: [known.foreign.id], decision: "spam" })), [404, 409], /./],
  ["an undo of another site's decision", { as: "moderator", method: "POST", path: () => `/v1/decisions/${known.decision.id}/undo`, body: () => ({}) }, 404, /./],
  ["a removal of another site's block", { as: "moderator", method: "DELETE", path: () => `/v1/blocks/${known.block.id}` }, 404, /./],
  ["a removal of a block that is not there", { as: "moderator", method: "DELETE", path: `/v1/blocks/${kNobody}` }, 404, /./],
  ["a revocation of a token that is not there", { as: "admin", method: "DELETE", path: `/v1/tokens/${kNobody}` }, 404, /./],
  ["a comment for a site that is not there", publicly(() => ({ site: "no-such-blog" })), 404, /site/],
  ["a comment for another site", { ...submit({}), body: () => comment({ site: other.id }) }, [403, 404], /./],
  ["a re-check of another site", { as: "moderator", method: "POST", path: "/v1/recheck", body: () => ({ site: other.id }) }, [403, 404], /./],
  ["a path that is not there", { as: "admin", method: "GET", path: "/v1/nothing" }, 404, /./],
  ["a path of another version", { as: "admin", method: "GET", path: "/v2/queue" }, 404, /./],
  ["a path with dots", { as: "admin", method: "GET", path: "/v1/queue/x", target: "/v1/../v1/queue/x" }, [400, 404], /./],

  // methods and types
  ["PUT on the comments", { as: "frontend", method: "PUT", path: "/v1/comments", body: () => comment() }, 405, /./],
  ["DELETE on the queue", { as: "admin", method: "DELETE", path: "/v1/queue" }, 405, /./],
  ["POST on a comment", { as: "admin", method: "POST", path: () => `/v1/comments/${known.held.id}`, body: () => ({}) }, 405, /./],
  ["GET on check", { as: "frontend", method: "GET", path: "/v1/check" }, 405, /./],
  ["POST on health", { as: "nobody", method: "POST", path: "/healthz", body: () => ({}) }, 405, /./],
  ["XML", bytes("<comment/>", "application/xml"), 415, /./],
  ["text", bytes("hello", "text/plain"), 415, /./],
  ["a multipart form", bytes("--x\r\n--x--", "multipart/form-data; boundary=x"), 415, /./],
  ["no content type", { ...bytes("{}"), type: null }, 415, /./],
  ["a content type that is none", bytes("{}", "json"), 415, /./],
  ["another charset", bytes("{}", "application/json; charset=utf-16"), 415, /./],
  ["a compressed body", { ...bytes("x"), headers: { "Content-Encoding": "gzip" } }, 415, /./],
  ["a form for a decision", { as: "moderator", method: "POST", path: "/v1/decisions", bytes: "decision=spam", type: kForm }, 415, /./],

  // who calls
  ["the queue without a token", { as: "nobody", method: "GET", path: "/v1/queue" }, 401, /token/i],
  ["a decision without a token", { ...decide(() => ({ ids: [known.held.id], decision: "spam" })), as: "nobody" }, 401, /token/i],
  ["an unknown token", { token: "chf_" + x(43), method: "GET", path: "/v1/queue" }, 401, /./],
  ["a revoked token", { token: () => known.revoked, method: "GET", path: "/v1/queue" }, 401, /./],
  ["an expired token", { token: () => known.expired, method: "GET", path: "/v1/queue" }, 401, /./],
  ["an unknown token where none is needed", { token: "chf_" + x(43), method: "POST", path: "/v1/comments", body: () => comment({ site: blog.id }) }, 401, /./],
  ["another scheme", { as: "nobody", method: "GET", path: "/v1/queue", headers: { Authorization: "Basic YTpi" } }, 401, /./],
  ["an empty token", { as: "nobody", method: "GET", path: "/v1/queue", headers: { Authorization: "Bearer " } }, 401, /./],
  ["a token with blanks", { as: "nobody", method: "GET", path: "/v1/queue", headers: { Authorization: "Bearer a b" } }, 401, /./],
  ["a huge token", { as: "nobody", method: "GET", path: "/v1/queue", headers: { Authorization: "Bearer " + x(4_000) } }, 401, /./],
  ["a front end in the queue", { as: "frontend", method: "GET", path: "/v1/queue" }, 403, /./],
  ["a front end that decides", { ...decide(() => ({ ids: [known.held.id], decision: "approve" })), as: "frontend" }, 403, /./],
  ["a moderator who makes tokens", { as: "moderator", method: "POST", path: "/v1/tokens", body: () => ({ role: "admin", name: "me" }) }, 403, /./],
  ["a moderator who makes sites", { as: "moderator", method: "POST", path: "/v1/sites", body: () => ({ id: unique("s"), name: "n", url: "https://s.example" }) }, 403, /./],
  ["a reader token that submits", { token: () => known.feed, method: "POST", path: "/v1/comments", body: () => comment() }, 403, /./],
  ["an edit with a forged receipt", { as: "nobody", method: "PATCH", path: () => `/v1/comments/${known.good.id}`, body: () => ({ content: "x", receipt: x(43) }) }, 404, /./],
  ["a look at the own comment with another one's receipt", { as: "nobody", method: "GET", path: "/v1/comments", query: () => ({ site: blog.id, article: "/2026/beans", id: known.held.id, receipt: known.good.receipt }) }, 403, /receipt/],
  ["an own comment without its receipt", { as: "nobody", method: "GET", path: "/v1/comments", query: () => ({ site: blog.id, article: "/2026/beans", id: known.held.id }) }, 400, /receipt/],
  ["a thread of no article", { as: "nobody", method: "GET", path: "/v1/comments", query: () => ({ site: blog.id }) }, 400, /article/],
  ["a thread of no site", { as: "nobody", method: "GET", path: "/v1/comments", query: () => ({ article: "/2026/beans" }) }, 400, /site/],
  ["an edit without receipt or token", { as: "nobody", method: "PATCH", path: () => `/v1/comments/${known.good.id}`, body: () => ({ content: "x" }) }, 401, /./],
  ["a removal with a forged receipt", { as: "nobody", method: "DELETE", path: () => `/v1/comments/${known.good.id}`, headers: { Authorization: `Receipt ${x(43)}` } }, 404, /./],

  // what a public caller says about itself
  ["a public caller with a verified id", publicly(() => ({ author: { name: "N", id: "admin-1" } })), 403, /author\/id/],
  ["a public caller with an address", publicly(() => ({ client: { ip: "203.0.113.1" } })), 403, /client/],
  ["a public caller with a user agent", publicly(() => ({ client: { user_agent: "x" } })), 403, /client/],
  ["a public caller with a time", publicly(() => ({ created_at: "2020-01-01T00:00:00Z" })), 403, /created_at/],
  ["a public caller with a type", publicly(() => ({ type: "pingback" })), 403, /type/],
  ["a public caller with a title", publicly(() => ({ article: { id: "/2026/beans", title: "Mine now" } })), 403, /article\/title/],
  ["a public caller without site", publicly(() => ({ site: undefined })), 400, /site/],
  ["an article under a foreign URL", publicly(() => ({ article: { id: "/new", url: "https://evil.example/new" } })), 403, /article\/url/],
  ["an article under a URL that only begins like the site's", publicly(() => ({ article: { id: "/new", url: `${blog.url}.evil.example/new` } })), 403, /article\/url/],
  ["an article under the site's name as user", publicly(() => ({ article: { id: "/new", url: `${blog.url}@evil.example/new` } })), 403, /article\/url/],
  ["an article without a secure scheme", publicly(() => ({ article: { id: "/new", url: `javascript://${blog.id}.example/%0aalert(1)` } })), 403, /article\/url/],
  ["a form with a foreign article URL", form(() => ({ "article.url": "https://evil.example/2026/beans" })), 403, /article/],
  ["a form with an article URL that only begins like the site's", form(() => ({ "article.url": `${blog.url}.evil.example/2026/beans` })), 403, /article/],
  ["a form with the site's name as user of another one", form(() => ({ "article.url": `${blog.url}@evil.example/2026/beans` })), 403, /article/],
  ["a form with an article URL that runs a script", form(() => ({ "article.url": `javascript://${blog.id}.example/%0aalert(1)` })), 403, /article/],
  ["a form with an article id that is a foreign URL", form(() => ({ "article.id": "https://evil.example/2026/beans" })), 403, /article/],
  ["a form with an article beside the site's own folder", form(() => ({ site: known.folder.id, "article.url": "https://shared.example/bob/1" })), 403, /article/],
  ["a form with an article in a folder that only begins like the site's", form(() => ({ site: known.folder.id, "article.url": "https://shared.example/annabel" })), 403, /article/],
  ["a form with a redirect that only begins like the site's", form(() => ({ redirect: `${blog.url}.evil.example/` })), 403, /redirect/],
  ["a form with a redirect to the site's name as user", form(() => ({ redirect: `${blog.url}@evil.example/` })), 403, /redirect/],
  ["a form with a redirect that runs a script", form(() => ({ redirect: "javascript:alert(1)" })), 403, /redirect/],
  ["a form with a foreign redirect", form(() => ({ redirect: "https://evil.example/thanks" })), 403, /redirect/],
  ["a form with a redirect that begins with two slashes", form(() => ({ redirect: "//evil.example/" })), 403, /redirect/],
  ["a form with a redirect behind a backslash", form(() => ({ redirect: `${blog.url}\\@evil.example/` })), [400, 403], /redirect/],
  ["a form with a line break in the redirect", form(() => ({ redirect: `${blog.url}/\r\nSet-Cookie: a=b` })), [400, 403], /redirect/],
  ["a form with a verified id", form(() => ({ "author.id": "admin-1" })), 403, /author/],
  ["a form with an address", form(() => ({ "client.ip": "203.0.113.1" })), 403, /client/],
  ["a form without site", { ...form(() => ({})), bytes: "article.id=a&content=hello" }, 400, /site/],
  ["a form with an unknown field", form(() => ({ colour: "red" })), 400, /colour/],
  ["a form with a field twice", { ...form(() => ({})), bytes: () => `site=${blog.id}&article.id=a&content=a&content=b` }, 400, /content/],
];

describe("bad input", () => {
  before(async () => {
    house = await open();
    blog = await house.site({ origins: ["https://www.friend.example"] });
    other = await house.site();
    known.folder = await house.site({ url: "https://shared.example/anna" });
    known.held = await blog.doubtful();
    known.good = await blog.good();
    known.foreign = await other.doubtful();
    known.decision = await other.decide("reject", [await other.doubtful()]);
    known.block = (await other.moderator.post("/v1/blocks", { site: other.id, kind: "email", value: "x@y.example" })).body;
    for (let i = 0; i < 3; ++i) await blog.doubtful();
    known.cursor = (await blog.moderator.get("/v1/queue", { limit: 1 })).body.next;
    const revoked = await house.token("moderator", blog.id);
    await house.admin.delete(`/v1/tokens/${revoked.id}`, { status: 204 });
    const short = await house.token("moderator", blog.id, { expires_at: new Date(Date.now() + 1_200).toISOString() });
    await until("the token has ended", async () => (await short.get("/v1/queue", {}, { status: [200, 401] })).status === 401);
    Object.assign(known, { revoked: revoked.token, expired: short.token });
    known.feed = (await house.token("feed", blog.id)).token;
  });
  after(() => house.close());

  describe(`${table.length} bad requests`, () => {
    let whole;
    before(async () => {
      whole = await everything();
    });
    const value = (one) => (typeof one === "function" ? one() : one);
    for (const [row, [what, ask, status, names]] of table.entries()) {
      it(`${what}: ${[status].flat().join(" or ")}`, async () => {
        const who = { frontend: blog.frontend, moderator: blog.moderator, admin: house.admin, nobody: house.nobody }[ask.as];
        const answer = await call(house.service, ask.method, value(ask.path), {
          token: value(ask.token) ?? who?.token,
          key: ask.key,
          body: value(ask.body),
          bytes: value(ask.bytes),
          type: ask.type,
          headers: ask.headers,
          query: value(ask.query),
          target: ask.target,
          // Each from an address of its own: guessing tokens from one address is slowed.
          localAddress: `127.0.${1 + (row >> 8)}.${1 + ((row & 255) % 250)}`,
        });
        const was = whole;
        whole = await everything(); // before anything fails, so that one failure is one
        assert.ok([status].flat().includes(answer.status), `answered ${answer.status}: ${answer.text.slice(0, 400)}`);
        const { type, title, detail, ...rest } = answer.body;
        assert.ok(type && title && detail);
        assert.match(JSON.stringify({ detail, ...rest }).replaceAll("\\/", "/"), names);
        assert.ok(answer.text.length < 2_000, "a problem does not repeat what it was sent");
        if (answer.status === 405) assert.match(answer.headers.allow, /^[A-Z]+(, [A-Z]+)*$/);
        if (answer.status === 401) assert.match(answer.headers["www-authenticate"], /^Bearer/);
        assert.ok(whole === was, `something changed: ${difference(was, whole)}`);
      });
    }
  });
});
