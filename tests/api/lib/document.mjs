// schema/openapi.json as a judge: is it a sound document, and is an answer one that it describes?
//
// Strict on purpose. A status, a content type, a field or a header that the document does not name is a failure, and so
// is a schema that would let undescribed fields pass.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const kMethods = ["get", "put", "post", "delete", "patch", "options", "head", "trace"];
const kItself = "/v1/openapi.json";
const kSchemas = "#/components/schemas/";

// Headers that any answer may carry: framing, connection, caching, and the security headers of the whole service.
const kEverywhere = new Set([
  "connection",
  "content-length",
  "content-type",
  "date",
  "keep-alive",
  "transfer-encoding",
  "vary",
  "cache-control",
  "x-request-id",
  "x-content-type-options",
  "content-security-policy",
  "referrer-policy",
  "x-frame-options",
  "cross-origin-resource-policy",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-expose-headers",
  "access-control-max-age",
]);

const escape = (part) => part.replaceAll("~", "~0").replaceAll("/", "~1");
const pointer = (...parts) => "#" + parts.map((part) => "/" + escape(String(part))).join("");

// A schema that stands on its own: references into the document become references to schemas known by their names.
function alone(value) {
  if (Array.isArray(value)) return value.map(alone);
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, alone(part)]));
  if (typeof copy.$ref === "string" && copy.$ref.startsWith(kSchemas)) {
    const [name, ...rest] = copy.$ref.slice(kSchemas.length).split("/");
    copy.$ref = `schema:${name}${rest.length ? "#/" + rest.join("/") : ""}`;
  }
  return copy;
}

export class Document {
  // A file, or the document itself.
  constructor(source) {
    const isFile = typeof source === "string" || source instanceof URL;
    this.json = isFile ? JSON.parse(readFileSync(source, "utf8")) : source;
    this.ajv = new Ajv2020.default({
      strict: true,
      strictRequired: false, // "required" may name a property of a sibling branch
      allowUnionTypes: true, // 3.1 writes nullable so
      allErrors: true,
      validateFormats: true,
    });
    addFormats.default(this.ajv);
    for (const word of ["example", "xml", "externalDocs", "discriminator"]) this.ajv.addVocabulary([word]);
    // Widths that OpenAPI names; the values are numbers here anyway.
    for (const width of ["int32", "int64", "float", "double"])
      this.ajv.addFormat(width, { type: "number", validate: () => true });
    for (const [name, schema] of Object.entries(this.json.components?.schemas ?? {})) {
      this.ajv.addSchema(alone(schema), `schema:${name}`);
    }
    this.validators = new Map();
    this.operations = [];
    for (const [path, item] of Object.entries(this.json.paths ?? {})) {
      for (const method of kMethods) {
        if (!item[method]) continue;
        this.operations.push({
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          place: pointer("paths", path, method),
          item,
          ...this.#pattern(path),
        });
      }
    }
  }

  // Templates match one segment; of several that match, the one with fewer templates is meant.
  #pattern(path) {
    const segments = path
      .split("/")
      .map((one) => (/^\{.*\}$/.test(one) ? "[^/]+" : one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
    return { match: new RegExp("^" + segments.join("/") + "$"), templates: (path.match(/\{/g) ?? []).length };
  }

  operation(method, path) {
    const found = this.operations.filter((one) => one.method === method && one.match.test(path));
    found.sort((a, b) => a.templates - b.templates);
    return found[0];
  }

  describesPath(path) {
    return this.operations.some((one) => one.match.test(path));
  }

  // The value at a JSON pointer, references followed, and the pointer where it really stands.
  at(place) {
    for (let hops = 0; hops < 20; ++hops) {
      let value = this.json;
      for (const part of place.split("/").slice(1)) {
        value = value?.[part.replaceAll("~1", "/").replaceAll("~0", "~")];
      }
      if (value && typeof value === "object" && typeof value.$ref === "string" && value.$ref.startsWith("#/")) {
        place = value.$ref;
        continue;
      }
      return { value, place };
    }
    throw new Error(`${place}: references run in a circle`);
  }

  validator(place) {
    let validate = this.validators.get(place);
    if (!validate) {
      validate = this.ajv.compile(alone(this.at(place).value));
      this.validators.set(place, validate);
    }
    return validate;
  }

  // Sentences about what is wrong with `value`; none when it is as described.
  wrong(place, value, what) {
    const validate = this.validator(place);
    if (validate(value)) return [];
    return validate.errors.map((error) => {
      const extra = error.params?.additionalProperty ?? error.params?.unevaluatedProperty;
      return `${what}${error.instancePath} ${error.message}${extra ? ` ("${extra}" is not described)` : ""}`;
    });
  }

  // Everything that is wrong with the document itself.
  async flaws() {
    const flaws = [];
    const checked = await new Validator().validate(structuredClone(this.json));
    if (!checked.valid) flaws.push("not a valid OpenAPI document: " + JSON.stringify(checked.errors));
    if (!/^3\.1\./.test(this.json.openapi ?? "")) flaws.push(`openapi is ${this.json.openapi}, not 3.1`);

    const seen = new Set();
    const lint = (place) => {
      const { value: schema, place: real } = this.at(place);
      if (seen.has(real) || schema === true || schema === false) return;
      if (real.startsWith(pointer("paths", kItself))) return; // its shape is OpenAPI's, and is checked as such
      seen.add(real);
      if (schema === undefined) return void flaws.push(`${place}: leads nowhere`);
      try {
        this.validator(real);
      } catch (error) {
        flaws.push(`${real}: ${error.message}`);
      }
      const types = [schema.type ?? []].flat();
      const object = types.includes("object") || schema.properties;
      const closed = schema.unevaluatedProperties === false || schema.additionalProperties === false;
      const map = schema.additionalProperties && typeof schema.additionalProperties === "object";
      const described = map && Object.keys(schema.additionalProperties).length > 0;
      if (object && !closed && !described) flaws.push(`${real}: an object that lets undescribed fields pass`);
      if (types.includes("array") && schema.items === undefined && schema.prefixItems === undefined) {
        flaws.push(`${real}: an array of anything`);
      }
      const empty = Object.keys(schema).filter(
        (key) => !["description", "title", "example", "examples", "default"].includes(key),
      );
      if (empty.length === 0) flaws.push(`${real}: a schema that takes anything`);
      for (const name of schema.required ?? []) {
        if (schema.properties && !(name in schema.properties))
          flaws.push(`${real}: requires "${name}", which it does not describe`);
      }
      for (const key of ["properties", "patternProperties", "$defs", "dependentSchemas"]) {
        for (const name of Object.keys(schema[key] ?? {})) lint(`${real}/${key}/${escape(name)}`);
      }
      for (const key of ["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"]) {
        if (schema[key] && typeof schema[key] === "object" && !Array.isArray(schema[key])) {
          // The parts of a condition need not be closed: they speak about an object that is.
          if (!["not", "if", "then", "else"].includes(key)) lint(`${real}/${key}`);
        }
      }
      for (const key of ["allOf", "anyOf", "oneOf", "prefixItems"]) {
        (schema[key] ?? []).forEach((part, index) => {
          const { value } = this.at(`${real}/${key}/${index}`);
          // A branch that only narrows ("one of these is required") speaks about an object that is closed.
          const narrows = value && typeof value === "object" && !value.properties && !value.type;
          const opened = key === "allOf" && schema.unevaluatedProperties === false;
          if (!(narrows && object) && !opened) lint(`${real}/${key}/${index}`);
        });
      }
    };
    const media = (place) => {
      const { value, place: real } = this.at(place);
      for (const type of Object.keys(value?.content ?? {})) {
        const here = `${real}/content/${escape(type)}/schema`;
        if (this.at(here).value === undefined) flaws.push(`${real}: ${type} without a schema`);
        else lint(here);
      }
      for (const name of Object.keys(value?.headers ?? {})) {
        const header = this.at(`${real}/headers/${escape(name)}`);
        if (header.value?.schema) lint(`${header.place}/schema`);
        else flaws.push(`${real}: header ${name} without a schema`);
      }
      if (!value?.description && value?.content === undefined)
        flaws.push(`${place}: neither a description nor content`);
    };

    const ids = new Set();
    for (const operation of this.operations) {
      const { value } = this.at(operation.place);
      if (!value.operationId) flaws.push(`${operation.name}: no operationId`);
      else if (ids.has(value.operationId)) flaws.push(`${operation.name}: operationId ${value.operationId} is taken`);
      ids.add(value.operationId);
      if (!value.summary && !value.description) flaws.push(`${operation.name}: neither summary nor description`);
      if (value.requestBody) media(`${operation.place}/requestBody`);
      const statuses = Object.keys(value.responses ?? {});
      if (statuses.length === 0) flaws.push(`${operation.name}: no responses`);
      for (const status of statuses) {
        if (!/^[1-5]\d\d$/.test(status)) {
          flaws.push(`${operation.name}: "${status}" describes statuses that nobody named`);
        }
        media(`${operation.place}/responses/${status}`);
        const response = this.at(`${operation.place}/responses/${status}`).value;
        if (Number(status) >= 400 && !response?.content?.["application/problem+json"]) {
          flaws.push(`${operation.name}: ${status} is not application/problem+json`);
        }
      }
      const named = new Set(this.parameters(operation).map((one) => (one.in === "path" ? one.name : "")));
      for (const [, name] of operation.path.matchAll(/\{([^}]+)\}/g)) {
        if (!named.has(name)) flaws.push(`${operation.name}: {${name}} is not described`);
      }
    }
    for (const name of Object.keys(this.json.components?.schemas ?? {})) lint(pointer("components", "schemas", name));
    return flaws;
  }

  parameters(operation) {
    const places = [];
    (operation.item.parameters ?? []).forEach((_, i) =>
      places.push(`${pointer("paths", operation.path)}/parameters/${i}`),
    );
    (operation.item[operation.method.toLowerCase()].parameters ?? []).forEach((_, i) =>
      places.push(`${operation.place}/parameters/${i}`),
    );
    return places.map((place) => {
      const { value, place: real } = this.at(place);
      return { ...value, place: real };
    });
  }

  // What is wrong with an answer. `exchange`: {method, path, status, headers, text, sent?}; `sent` is the JSON of a request
  // that was carried out: the document must allow it.
  complaints({ method, path, query, status, headers, text, sent, sentType }) {
    // HEAD is GET without its body.
    const operation = this.operation(method, path) ?? (method === "HEAD" ? this.operation("GET", path) : undefined);
    const wrong = [];
    const type = (headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
    let body;
    if (type.endsWith("json") && text !== "") {
      try {
        body = JSON.parse(text);
      } catch {
        return [`the body is not JSON: ${text.slice(0, 200)}`];
      }
    }
    if (status >= 400 && method !== "HEAD") {
      if (type !== "application/problem+json") wrong.push(`an error of type "${type}"`);
      else wrong.push(...problemFlaws(body, status));
    }
    if (!operation) {
      // Nothing the document knows: the answer may say so, or be a preflight's.
      const expected = method === "OPTIONS" ? [204, 404, 403] : this.describesPath(path) ? [405] : [404];
      if (!expected.includes(status)) wrong.push(`${status} for what the document does not describe`);
      return wrong;
    }
    const place = `${operation.place}/responses/${status}`;
    const { value: response, place: real } = this.at(place);
    if (!response) return [...wrong, `${operation.name} does not describe ${status}: ${text.slice(0, 300)}`];

    const described = Object.fromEntries(Object.keys(response.headers ?? {}).map((name) => [name.toLowerCase(), name]));
    for (const name of Object.keys(headers)) {
      if (!kEverywhere.has(name) && !(name in described)) wrong.push(`header "${name}" of ${status} is not described`);
    }
    for (const [lower, name] of Object.entries(described)) {
      const header = this.at(`${real}/headers/${escape(name)}`);
      const value = Array.isArray(headers[lower]) ? headers[lower].join(", ") : headers[lower];
      if (value === undefined) {
        if (header.value.required) wrong.push(`header "${name}" of ${status} is missing`);
        continue;
      }
      const types = [this.at(`${header.place}/schema`).value?.type].flat();
      const read = types.includes("integer") || types.includes("number") ? Number(value) : value;
      wrong.push(...this.wrong(`${header.place}/schema`, read, `header ${name}`));
    }

    const types = Object.keys(response.content ?? {});
    if (types.length === 0) {
      if (text !== "") wrong.push(`${status} has a body that is not described: ${text.slice(0, 200)}`);
    } else if (method !== "HEAD") {
      const media = types.find((one) => one.split(";")[0].trim() === type);
      if (!media) wrong.push(`content type "${headers["content-type"] ?? ""}" of ${status} is not described`);
      else wrong.push(...this.wrong(`${real}/content/${escape(media)}/schema`, body ?? text, "body"));
    }

    if (status < 400) {
      const known = this.parameters(operation);
      for (const [name, value] of new URLSearchParams(query ?? "")) {
        const parameter = known.find((one) => one.in === "query" && one.name === name);
        if (!parameter) {
          wrong.push(`query parameter "${name}" was taken and is not described`);
          continue;
        }
        const wanted = [this.at(`${parameter.place}/schema`).value?.type].flat();
        if (wanted.includes("array")) continue;
        const read =
          wanted.includes("integer") || wanted.includes("number")
            ? Number(value)
            : wanted.includes("boolean")
              ? value === "true"
              : value;
        wrong.push(...this.wrong(`${parameter.place}/schema`, read, `query parameter ${name}`));
      }
      if (sent !== undefined) {
        const asked = this.at(`${operation.place}/requestBody`);
        const kinds = Object.keys(asked.value?.content ?? {});
        const kind = kinds.find((one) => one === (sentType ?? "application/json"));
        if (!kind) wrong.push("a request body was taken that is not described");
        else
          wrong.push(
            ...this.wrong(`${asked.place}/content/${escape(kind)}/schema`, sent, "the request that was taken: body"),
          );
      }
    }
    return wrong;
  }
}

// RFC 9457, and what the house asks besides: a title, a status that is the answer's, a sentence.
export function problemFlaws(problem, status) {
  if (typeof problem !== "object" || problem === null) return ["the problem is not an object"];
  const wrong = [];
  for (const name of ["type", "title", "detail"]) {
    if (typeof problem[name] !== "string" || problem[name] === "") wrong.push(`a problem without ${name}`);
  }
  if (problem.status !== status) wrong.push(`the problem says ${problem.status}, the answer ${status}`);
  return wrong;
}
