// The judge of the answers is judged itself: a check that cannot fail proves nothing.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Document } from "../lib/document.mjs";

const problem = {
  description: "a problem",
  content: {
    "application/problem+json": {
      schema: {
        type: "object",
        additionalProperties: false,
        required: ["type", "title", "status", "detail"],
        properties: {
          type: { type: "string" },
          title: { type: "string" },
          status: { type: "integer" },
          detail: { type: "string" },
        },
      },
    },
  },
};

function small(change = () => {}) {
  const json = {
    openapi: "3.1.0",
    info: { title: "small", version: "1" },
    paths: {
      "/seeds/{id}": {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        get: {
          operationId: "seed",
          summary: "a seed",
          parameters: [{ name: "limit", in: "query", schema: { type: "integer", maximum: 5 } }],
          responses: {
            200: {
              description: "it",
              headers: { Etag: { required: true, schema: { type: "string" } } },
              content: { "application/json": { schema: { $ref: "#/components/schemas/Seed" } } },
            },
            404: problem,
          },
        },
      },
    },
    components: {
      schemas: {
        Seed: {
          type: "object",
          additionalProperties: false,
          required: ["id"],
          properties: { id: { type: "string", format: "uuid" }, note: { type: ["string", "null"] } },
        },
      },
    },
  };
  change(json);
  return new Document(json);
}

const kId = "0190a5b4-0000-7000-8000-000000000000";
const good = {
  method: "GET",
  path: "/seeds/1",
  query: "limit=3",
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8", etag: "x" },
  text: JSON.stringify({ id: kId, note: null }),
};
const trouble = { type: "about:blank", title: "Not Found", status: 404, detail: "there is no such seed" };
const not_found = {
  ...good,
  status: 404,
  headers: { "content-type": "application/problem+json" },
  text: JSON.stringify(trouble),
};

describe("the judge of answers", () => {
  it("finds nothing wrong with what is described", () => {
    assert.deepEqual(small().complaints(good), []);
    assert.deepEqual(small().complaints(not_found), []);
  });

  const bad = [
    [
      "an undescribed field",
      { ...good, text: JSON.stringify({ id: kId, email: "a@b.example" }) },
      /"email" is not described/,
    ],
    ["a missing field", { ...good, text: "{}" }, /required property 'id'/],
    ["a wrong type", { ...good, text: JSON.stringify({ id: kId, note: 5 }) }, /must be string,null/],
    ["a wrong format", { ...good, text: JSON.stringify({ id: "1" }) }, /format "uuid"/],
    ["an undescribed status", { ...good, status: 201 }, /does not describe 201/],
    [
      "an undescribed content type",
      { ...good, headers: { ...good.headers, "content-type": "text/html" } },
      /content type "text\/html"/,
    ],
    ["an undescribed header", { ...good, headers: { ...good.headers, location: "/" } }, /header "location"/],
    [
      "a missing header",
      { ...good, headers: { "content-type": "application/json" } },
      /header "Etag" of 200 is missing/,
    ],
    ["an undescribed parameter that was taken", { ...good, query: "page=2" }, /"page" was taken/],
    ["a parameter out of range that was taken", { ...good, query: "limit=6" }, /must be <= 5/],
    ["broken JSON", { ...good, text: "{" }, /not JSON/],
    [
      "an error that is no problem",
      { ...not_found, headers: { "content-type": "application/json" } },
      /an error of type/,
    ],
    [
      "a problem without a sentence",
      { ...not_found, text: JSON.stringify({ ...trouble, detail: "" }) },
      /without detail/,
    ],
    [
      "a problem with another status",
      { ...not_found, text: JSON.stringify({ ...trouble, status: 400 }) },
      /says 400, the answer 404/,
    ],
    ["a success where nothing is described", { ...good, path: "/nuts" }, /200 for what the document does not describe/],
    ["a success of an undescribed method", { ...good, method: "PUT" }, /200 for what the document does not describe/],
  ];
  for (const [what, exchange, sentence] of bad) {
    it(`names ${what}`, () => {
      const wrong = small().complaints(exchange);
      assert.ok(
        wrong.some((one) => sentence.test(one)),
        `said: ${wrong.join("; ") || "nothing"}`,
      );
    });
  }
});

describe("the judge of the document", () => {
  it("finds nothing wrong with a sound one", async () => assert.deepEqual(await small().flaws(), []));

  const seed = (json) => json.components.schemas.Seed;
  const responses = (json) => json.paths["/seeds/{id}"].get.responses;
  const bad = [
    ["an open object", (json) => delete seed(json).additionalProperties, /lets undescribed fields pass/],
    ["an object open to anything", (json) => (seed(json).additionalProperties = true), /lets undescribed fields pass/],
    ["an open object inside", (json) => (seed(json).properties.more = { type: "object" }), /more: an object that lets/],
    ["an array of anything", (json) => (seed(json).properties.more = { type: "array" }), /array of anything/],
    ["a field of any kind", (json) => (seed(json).properties.more = {}), /takes anything/],
    ["a required field that is not there", (json) => seed(json).required.push("ghost"), /requires "ghost"/],
    [
      "a reference to nothing",
      (json) => (seed(json).properties.more = { $ref: "#/components/schemas/Ghost" }),
      /leads nowhere|can't resolve/,
    ],
    [
      "a misspelt keyword",
      (json) => (seed(json).properties.more = { type: "string", maxLenght: 3 }),
      /unknown keyword/,
    ],
    ["a default response", (json) => (responses(json).default = problem), /"default" describes statuses/],
    [
      "an error that is no problem",
      (json) => (responses(json)[404] = { description: "gone" }),
      /404 is not application\/problem\+json/,
    ],
    ["an undescribed path parameter", (json) => delete json.paths["/seeds/{id}"].parameters, /\{id\} is not described/],
    ["an operation without a name", (json) => delete json.paths["/seeds/{id}"].get.operationId, /no operationId/],
    ["another version", (json) => (json.openapi = "3.0.3"), /openapi is 3.0.3/],
    ["what OpenAPI does not allow", (json) => delete json.info, /not a valid OpenAPI document/],
  ];
  for (const [what, change, sentence] of bad) {
    it(`names ${what}`, async () => {
      const flaws = await small(change).flaws();
      assert.ok(
        flaws.some((one) => sentence.test(one)),
        `said: ${flaws.join("; ") || "nothing"}`,
      );
    });
  }
});
