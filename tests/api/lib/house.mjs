// What every story begins with: a running service, a site of its own, the people around it, and things they write.
import { randomBytes, randomUUID } from "node:crypto";
import assert from "node:assert/strict";
import { call, caller, flat, pages } from "./client.mjs";
import { start } from "./service.mjs";

let counter = 0;
const mark = randomBytes(3).toString("hex");
export const unique = (prefix) => `${prefix}-${mark}-${++counter}`;
export const kNobody = "01890000-0000-7000-8000-000000000000"; // an id that nothing has

const kSentences = [
  "The drainage advice worked for my balcony boxes and the seedlings came up after nine days",
  "We repotted the old rosemary into sand last autumn and it survived two hard frosts",
  "Your photograph of the north wall explains why my own climbing rose never flowered",
  "My grandmother planted beans beside the maize, and I finally understand the reason",
  "Could you say more about how often the compost wants turning in a wet winter",
  "I measured the soil before and after, and the difference surprised the whole allotment club",
];

// Harmless words, never twice the same ones.
export function words() {
  const n = ++counter;
  return `${kSentences[n % kSentences.length]}; note ${mark}${n} in my garden diary has the details.`;
}

// With the story sites' policy (see `site`): three links are doubtful, nine are spam.
const links = (count) =>
  Array.from({ length: count }, (_, i) => `https://seeds${i}.${unique("shop")}.example/offer`).join(" ");
export const doubtfulWords = () => `${words()} Compare ${links(3)}`;
export const spamWords = () => `${words()} ${links(9)}`;

// A reader with a name, an address of the documentation ranges, and a browser.
export function reader(name = unique("reader")) {
  const n = ++counter;
  return {
    author: { name, email: `${name.replace(/[^a-z0-9]/gi, ".")}@mail.example` },
    client: {
      ip: `198.51.${100 + ((n >> 8) & 1)}.${n & 255}`,
      user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
      referrer: "https://blog.example/",
    },
  };
}

// A submission by a front end.
export function comment(over = {}) {
  return { article: { id: "/2026/beans", url: "", title: "Beans" }, ...reader(), content: words(), ...over };
}

// Starts the service and hands over what the stories use of it.
export async function open(options) {
  const service = await start(options);
  const admin = caller(service, service.token);
  const house = {
    service,
    admin,
    nobody: caller(service, undefined),
    as: (token) => caller(service, token),

    async token(role, site, more = {}) {
      const { body } = await admin.post(
        "/v1/tokens",
        { role, name: unique(role), ...(site ? { site } : {}), ...more },
        { status: 201 },
      );
      return { ...caller(service, body.token), id: body.id, name: body.name };
    },

    // A blog with a front end, a moderator and a policy that the stories can rely on whatever else the rules find: one
    // rule outweighs all others together. Nothing waits unless flagged, three links wait, nine are spam.
    async site({ policy = {}, ...more } = {}) {
      const id = unique("blog");
      const url = `https://${id}.example`;
      const { overrides, ...rest } = policy;
      const whole = {
        moderation: "publish",
        hold: 14,
        spam: 34,
        discard: 500,
        ...rest,
        overrides: {
          "link_count.score": 20,
          "link_count.max": 2,
          "near_spam.score": 0.5,
          "near_copy.score": 0.5,
          ...overrides,
        },
      };
      const { body } = await admin.post(
        "/v1/sites",
        { id, name: `Blog ${id}`, url, policy: whole, ...more },
        { status: 201 },
      );
      const frontend = caller(service, body.token);
      const moderator = await house.token("moderator", id);
      const blog = {
        id,
        url,
        frontend,
        moderator,
        // Submits as the front end; `over` replaces parts of the comment.
        async submit(over = {}, options = {}) {
          const one = comment(over);
          if (one.article.url === "") one.article = { ...one.article, url: `${url}${one.article.id}` };
          return (await frontend.post("/v1/comments", one, { status: 201, ...options })).body;
        },
        async good(over) {
          const answer = await blog.submit(over);
          assert.equal(answer.status, "approved", JSON.stringify(answer.verdict));
          return answer;
        },
        async doubtful(over) {
          const answer = await blog.submit({ content: doubtfulWords(), ...over });
          assert.equal(answer.status, "pending", JSON.stringify(answer.verdict));
          return answer;
        },
        async spam(over) {
          const answer = await blog.submit({ content: spamWords(), ...over });
          assert.equal(answer.status, "spam", JSON.stringify(answer.verdict));
          return answer;
        },
        async queue(query = {}, as = moderator) {
          return pages(as, "/v1/queue", { site: id, ...query });
        },
        async ids(query = {}, as = moderator) {
          return (await blog.queue(query, as)).map((item) => item.id);
        },
        async detail(one, as = moderator) {
          return (await as.get(`/v1/comments/${one.id ?? one}`)).body;
        },
        async decide(decision, ids, more = {}, options = {}) {
          return (
            await moderator.post("/v1/decisions", { ids: ids.map((one) => one.id ?? one), decision, ...more }, options)
          ).body;
        },
        async undo(decision, options = {}) {
          return (
            await moderator.ask("POST", `/v1/decisions/${decision.id ?? decision}/undo`, { body: {}, ...options })
          ).body;
        },
        async thread(article = "/2026/beans", query = {}) {
          const { body } = await house.nobody.get("/v1/comments", { site: id, article, ...query });
          return { ...body, tree: body.items, items: flat(body.items) };
        },
        async stats() {
          return (await moderator.get("/v1/stats", { site: id })).body;
        },
      };
      return blog;
    },

    async close() {
      assert.deepEqual(await service.stop(), { code: 0, signal: null }, "SIGTERM ends the service with 0");
    },
  };
  return house;
}

export const key = () => randomUUID();
export { call, caller };
