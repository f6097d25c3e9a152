// Reads a pack's TOML so that one rule of it can be changed and everything else stays as it was written: other rules, comments, spacing.
// It knows where each statement stands. What a pack means is the service's business alone; what this reader does not understand
// (dotted keys, tables within a rule, dates) is left to be edited as text. Pure.

export class TomlError extends Error {
  constructor(message, text, at) {
    super(message);
    const before = text.slice(0, at).split("\n");
    this.line = before.length;
    this.column = before.at(-1).length + 1;
  }
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }
  get end() {
    return this.at >= this.text.length;
  }
  fail(message, at = this.at) {
    throw new TomlError(message, this.text, at);
  }
  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }
  // White space, and with `lines` also line ends and comments.
  space(lines) {
    this.take(lines ? /(?:[ \t\r\n]|#[^\n]*)*/y : /[ \t]*/y);
  }
  // What may stand between a statement and its line's end.
  rest() {
    if (!this.take(/[ \t]*(?:#[^\n]*?)?(?:\r?\n|$)/y)) this.fail("here the line should end");
  }
  key() {
    const found = this.take(/[A-Za-z0-9_-]+/y);
    if (found) return found[0];
    if (this.text[this.at] === '"' || this.text[this.at] === "'") return this.string();
    this.fail("a name should stand here");
  }
  string() {
    const found = this.take(/"""|'''|"|'/y)[0];
    const from = this.at;
    if (found.length === 3) {
      const whole = this.take(found === '"""' ? /\r?\n?((?:[^"\\]|\\[^]|"{1,2}(?!"))*"{0,2})"""/y : /\r?\n?((?:[^']|'{1,2}(?!'))*'{0,2})'''/y);
      if (!whole) this.fail("this text has no end", from);
      return found === '"""' ? this.unescape(whole[1].replace(/\\[ \t]*\r?\n[ \t\r\n]*/g, ""), from) : whole[1];
    }
    const whole = this.take(found === '"' ? /((?:[^"\\\n]|\\[^\n])*)"/y : /([^'\n]*)'/y);
    if (!whole) this.fail("this text has no end on its line", from);
    return found === '"' ? this.unescape(whole[1], from) : whole[1];
  }
  unescape(text, from) {
    const kShort = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", e: "\x1b", '"': '"', "\\": "\\" };
    return text.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[^])/g, (_, what) => {
      if (what in kShort) return kShort[what];
      const code = what.length > 1 ? parseInt(what.slice(1), 16) : NaN;
      if (!(code <= 0x10ffff)) this.fail(`\\${what} is not known here`, from);
      return String.fromCodePoint(code);
    });
  }
  value() {
    const sign = this.text[this.at];
    if (sign === '"' || sign === "'") return this.string();
    if (sign === "[") return this.array();
    if (sign === "{") return this.table();
    const found = this.take(/true|false|[+-]?(?:0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]+)?(?:[eE][+-]?[0-9_]+)?)(?![\w:.-])/y);
    if (!found) this.fail("a value should stand here");
    return found[0] === "true" ? true : found[0] === "false" ? false : Number(found[0].replaceAll("_", ""));
  }
  array() {
    const items = [];
    for (this.at++; ; ) {
      this.space(true);
      if (this.take(/\]/y)) return items;
      items.push(this.value());
      this.space(true);
      if (!this.take(/,/y) && this.text[this.at] !== "]") this.fail("a comma or ] should stand here");
    }
  }
  table() {
    const table = Object.create(null);
    this.at++;
    for (this.space(true); !this.take(/\}/y); this.space(true)) {
      const name = this.key();
      this.space();
      if (!this.take(/=/y)) this.fail("= should stand here");
      this.space();
      table[name] = this.value();
      this.space(true);
      if (!this.take(/,/y) && this.text[this.at] !== "}") this.fail("a comma or } should stand here");
    }
    return table;
  }
}

// The blocks of a pack in their order, the first without a header: {kind, start, end, line, odd, keys: [{name, value, start, from, to, end, line}]}.
// A key's statement is [start, end), its value [from, to). `odd`: holds what is to be edited as text. Throws TomlError.
export function blocksOf(text) {
  const reader = new Reader(text);
  let block = { kind: "", start: 0, end: 0, line: 1, odd: false, keys: [] };
  const blocks = [block];
  let line = 1, counted = 0;
  const lineAt = (at) => {
    for (; counted < at; counted++) if (text[counted] === "\n") line++;
    return line;
  };
  for (;;) {
    reader.space(true);
    if (reader.end) return blocks;
    const start = text.lastIndexOf("\n", reader.at - 1) + 1;
    const header = reader.take(/\[\[[ \t]*([^\]\n]+?)[ \t]*\]\]|\[[ \t]*([^\]\n[]+?)[ \t]*\]/y);
    if (header) {
      const kind = header[1] ?? header[2];
      if (kind.includes(".")) block.odd = true;
      else blocks.push((block = { kind, start, end: 0, line: lineAt(start), odd: false, keys: [] }));
      reader.rest();
      block.end = reader.at;
      continue;
    }
    const name = reader.key();
    reader.space();
    if (reader.take(/\./y)) reader.fail("names with points are to be edited as text");
    if (!reader.take(/=/y)) reader.fail("= should stand here");
    reader.space();
    const from = reader.at;
    const value = reader.value();
    const to = reader.at;
    reader.rest();
    block.keys.push({ name, value, start, from, to, end: reader.at, line: lineAt(start) });
    block.end = reader.at;
  }
}
export const valueOf = (block, name) => block.keys.find((one) => one.name === name)?.value;

// The rules of a pack: blocks of patterns and composites. A text that cannot be read has none.
export function rulesOf(text) {
  try {
    return blocksOf(text).filter((one) => one.kind === "pattern" || one.kind === "composite");
  } catch (error) {
    if (error instanceof TomlError) return [];
    throw error;
  }
}

// ---- writing

const kControl = /[\u0000-\u0008\u000a-\u001f\u007f\u0085\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const escaped = (text) =>
  text.replace(/["\\]|[\u0000-\u001f\u007f\u0085\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, (one) =>
    one === '"' || one === "\\" ? "\\" + one : one === "\n" ? "\\n" : one === "\t" ? "\\t" : one === "\r" ? "\\r" : "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0"),
  );
// A value as TOML. Texts with backslashes are written as they are, between single quotes, where they can be; what cannot be seen is escaped.
export function write(value) {
  if (typeof value === "number") return Number.isInteger(value) ? `${value}.0` : String(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return /["\\]/.test(value) && !value.includes("'") && !kControl.test(value) ? `'${value}'` : `"${escaped(value)}"`;
  if (Array.isArray(value)) {
    const items = value.map(write);
    const short = `[${items.join(", ")}]`;
    return short.length <= 100 ? short : `[\n${items.map((one) => `  ${one},\n`).join("")}]`;
  }
  return `{${Object.entries(value).map(([name, one]) => `${name} = ${write(one)}`).join(", ")}}`;
}

const same = (a, b) => write(Array.isArray(a) ? a : [a]) === write(Array.isArray(b) ? b : [b]);

// `text` with one block's values as `values` (undefined: no such statement), or with a new block of `kind` at its end when `block` is null.
// Statements whose value stays are not touched.
export function withBlock(text, block, kind, values) {
  const wanted = Object.entries(values).filter(([, value]) => value !== undefined);
  const statement = ([name, value]) => `${name} = ${write(value)}\n`;
  if (!block) return `${text.trimEnd()}${text.trim() ? "\n\n" : ""}[[${kind}]]\n${wanted.map(statement).join("")}`;
  const edits = [];
  for (const key of block.keys) {
    if (!(key.name in values)) continue;
    const value = values[key.name];
    if (value === undefined) edits.push([key.start, key.end, ""]);
    else if (!same(value, key.value)) edits.push([key.from, key.to, write(value)]);
  }
  const fresh = wanted.filter(([name]) => !block.keys.some((key) => key.name === name)).map(statement).join("");
  if (fresh) edits.push([block.end, block.end, (text[block.end - 1] === "\n" ? "" : "\n") + fresh]);
  return edits.sort((a, b) => b[0] - a[0]).reduce((all, [from, to, by]) => all.slice(0, from) + by + all.slice(to), text);
}

// `text` without a block and the comment that stands directly above it.
export function withoutBlock(text, block) {
  let start = block.start;
  for (;;) {
    const above = text.lastIndexOf("\n", start - 2) + 1;
    if (start === 0 || !/^[ \t]*#/.test(text.slice(above, start))) break;
    start = above;
  }
  const head = text.slice(0, start).trimEnd();
  const tail = text.slice(block.end).replace(/^\s*\n/, "");
  return head + (head && tail ? "\n\n" : head ? "\n" : "") + tail;
}
