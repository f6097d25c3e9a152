// Hostile text, shown as what it is: evidence marked, what the eye cannot see given a name, look-alike letters told apart, links
// with their real target and never one to follow. Every text is a world of its own for the writing direction (<bdi>), and the
// controls of it are replaced by their names, so that none reaches its neighbours.
import { h, Component, notify } from "./ui.js";

// ---- what the eye cannot see

const kNames = {
  0x00: ["NUL"], 0x07: ["BEL"], 0x08: ["BS"], 0x09: ["TAB", "tab"], 0x0b: ["VT"], 0x0c: ["FF"], 0x0d: ["CR"], 0x1b: ["ESC"], 0x7f: ["DEL"],
  0xad: ["SHY", "soft hyphen"], 0x34f: ["CGJ", "grapheme joiner"], 0x61c: ["ALM", "Arabic letter mark"], 0x115f: ["HF", "Hangul filler"], 0x1160: ["HF", "Hangul filler"],
  0x180e: ["MVS", "Mongolian vowel separator"], 0x200b: ["ZWSP", "zero width space"], 0x200c: ["ZWNJ", "zero width non-joiner"], 0x200d: ["ZWJ", "zero width joiner"],
  0x200e: ["LRM", "left-to-right mark"], 0x200f: ["RLM", "right-to-left mark"], 0x2028: ["LS", "line separator"], 0x2029: ["PS", "paragraph separator"],
  0x202a: ["LRE", "left-to-right embedding"], 0x202b: ["RLE", "right-to-left embedding"], 0x202c: ["PDF", "end of a direction"], 0x202d: ["LRO", "left-to-right override"],
  0x202e: ["RLO", "right-to-left override"], 0x2060: ["WJ", "word joiner"], 0x2066: ["LRI", "left-to-right isolate"], 0x2067: ["RLI", "right-to-left isolate"],
  0x2068: ["FSI", "first strong isolate"], 0x2069: ["PDI", "end of an isolate"], 0x3164: ["HF", "Hangul filler"], 0xfeff: ["BOM", "zero width no-break space"], 0xffa0: ["HF", "Hangul filler"],
}; // prettier-ignore

const kHidden =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}\p{Co}\p{Cs}]|\p{M}{5,}/gu;
// Alternatives and not a class: Chromium 156 does not find a class of both planes before the end.
const kPicture = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|[#*0-9])$/u;
const kFlag = /\u{1f3f4}(?:[\u{e0020}-\u{e007e}])*$/u;
const kJoined =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*$/u;

// A joiner between two pictures or two Persian letters is spelling; anywhere else it hides something.
function spells(text, at, code, length) {
  const before = text.slice(Math.max(0, at - 4), at);
  const after = String.fromCodePoint(text.codePointAt(at + length) ?? 32);
  if (code === 0xfe0f || code === 0xfe0e) return kPicture.test(before) || /\p{So}$|[\p{Sm}\p{Po}]$/u.test(before);
  if (code >= 0xfe00 && code < 0xfe0e) return /\p{Script=Han}$/u.test(before);
  if (code === 0x200d) return (kPicture.test(before) && /\p{Extended_Pictographic}/u.test(after)) || kJoined.test(before);
  if (code === 0x200c) return kJoined.test(before);
  if (code >= 0xe0020 && code <= 0xe007f) return kFlag.test(text.slice(Math.max(0, at - 16), at));
  if (code === 0x0d) return after === "\n";
  return false;
}
const hex = (code) => "U+" + code.toString(16).toUpperCase().padStart(4, "0");

function hiddenIn(text) {
  const found = [];
  for (const match of text.matchAll(kHidden)) {
    const start = match.index;
    const end = start + match[0].length;
    if (/^\p{M}{5}/u.test(match[0])) {
      const keep = [...match[0]].slice(0, 2).join("").length;
      const count = [...match[0]].length - 2;
      found.push({
        start: start + keep,
        end,
        kind: "hidden",
        label: `+${count} marks`,
        title: `${count} more combining marks, which are not drawn`,
      });
      continue;
    }
    const code = match[0].codePointAt(0);
    if (spells(text, start, code, match[0].length)) {
      // The return of a line's end is spelling that need not be drawn.
      if (code === 0x0d) found.push({ start, end, kind: "gone" });
      continue;
    }
    const [label, name] = kNames[code] ?? [];
    const last = found[found.length - 1];
    if (last && last.code === code && last.end === start) {
      last.end = end;
      ++last.count;
    } else
      found.push({
        start,
        end,
        kind: "hidden",
        code,
        count: 1,
        label: label ?? hex(code),
        title: `${name ?? (code < 0xa0 ? "control character" : "hidden character")}, ${hex(code)}`,
      });
  }
  return found;
}

// ---- letters that look like others: two scripts within one word

const kScripts = [
  ["Latin", /\p{Script=Latin}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Armenian", /\p{Script=Armenian}/u],
  ["Cherokee", /\p{Script=Cherokee}/u],
  ["Coptic", /\p{Script=Coptic}/u],
  ["Lisu", /\p{Script=Lisu}/u],
  ["Canadian syllabic", /\p{Script=Canadian_Aboriginal}/u],
];
const kDressed = /[\u{1d400}-\u{1d7ff}\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9\u{1f130}-\u{1f149}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/u;
const scriptOf = (letter) => kScripts.find(([, is]) => is.test(letter))?.[0];

function alikeIn(text) {
  const found = [];
  for (const word of text.matchAll(/[\p{L}\p{M}\p{N}\u24b6-\u24e9\u{1f130}-\u{1f189}]+/gu)) {
    if (/^[\x00-\x7f]*$/.test(word[0])) continue;
    const letters = [];
    const count = new Map();
    let at = word.index;
    for (const letter of word[0]) {
      const dressed = kDressed.test(letter);
      const script = dressed ? "dressed-up" : scriptOf(letter);
      letters.push({ at, letter, script });
      if (script && !dressed) count.set(script, (count.get(script) ?? 0) + 1);
      at += letter.length;
    }
    const main = count.size > 0 ? [...count].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] === "Latin") ? b : a))[0] : "";
    for (const { at: start, letter, script } of letters)
      if (script === "dressed-up" || (script && count.size > 1 && script !== main))
        found.push({
          start,
          end: start + letter.length,
          kind: "alike",
          name: `${script} ${letter}`,
          title: `${script} ${letter}, ${hex(letter.codePointAt(0))}`,
        });
  }
  return found;
}

// ---- links, where they really lead

const kLink =
  /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))|\[(?:url|link)=([^\]]*)\]|\]\(\s*<?([^)>\s]+)|\b(?:https?|ftp):\/\/[^\s<>"'`\]|{}\\^]+|\bwww\.[^\s<>"'`\]|{}\\^]+/giu;
// {host, address}: the host in ASCII, as a browser would ask for it; for other schemes the scheme.
export function target(address) {
  const whole = /^www\./i.test(address) ? `http://${address}` : address.trim();
  try {
    const url = new URL(whole.startsWith("//") ? "http:" + whole : whole);
    return { host: /^(https?|ftp):$/.test(url.protocol) ? url.host : url.protocol, address: url.href };
  } catch {
    return null;
  }
}
export function linksIn(text) {
  const found = [];
  for (const match of text.matchAll(kLink)) {
    const wrapped = match.slice(1).find((one) => one !== undefined);
    const address = (wrapped ?? match[0].replace(/[.,;:!?)'"]+$/, "")).trim();
    const to = address && target(address);
    if (!to) continue;
    const start = match.index + (wrapped === undefined ? 0 : match[0].indexOf(wrapped));
    const end = start + (wrapped ?? address).length;
    const plain =
      wrapped === undefined &&
      address
        .toLowerCase()
        .replace(/^[a-z]+:\/\//, "")
        .split(/[/?#]/)[0] === to.host;
    found.push({ start, end, ...to, plain });
    if (found.length >= 500) break;
  }
  return found;
}
// [{host, count, address}] of all texts, most frequent first.
export function hostsIn(texts) {
  const all = new Map();
  for (const text of texts)
    for (const { host, address } of linksIn(text)) {
      const one = all.get(host) ?? { host, address, count: 0 };
      ++one.count;
      all.set(host, one);
    }
  return [...all.values()].sort((a, b) => b.count - a.count);
}

// ---- putting it together

const kPlain = /^[\x20-\x7e\n]*$/;
export function strangeIn(text) {
  return kPlain.test(text) ? [] : [...hiddenIn(text), ...alikeIn(text)].sort((a, b) => a.start - b.start);
}
// "3 × ZWSP, 2 × Cyrillic а": in words, for those who do not see the boxes; "" where there is nothing.
export function strangeWords(text) {
  const all = new Map();
  for (const one of strangeIn(text))
    if (one.kind !== "gone") all.set(one.label ?? one.name, (all.get(one.label ?? one.name) ?? 0) + (one.count ?? 1));
  const told = [...all].slice(0, 12).map(([name, count]) => (count > 1 ? `${count} × ${name}` : name));
  return told.join(", ") + (all.size > 12 ? ` and ${all.size - 12} other kinds` : "");
}

// Evidence counts bytes of UTF-8, a script counts units of UTF-16: {byte: unit} for these bytes.
function unitsOf(text, bytes) {
  const units = new Map();
  let byte = 0;
  let unit = 0;
  for (const wanted of [...new Set(bytes)].sort((a, b) => a - b)) {
    while (byte < wanted && unit < text.length) {
      const code = text.codePointAt(unit);
      byte += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      unit += code > 0xffff ? 2 : 1;
    }
    units.set(wanted, unit);
  }
  return units;
}

// The text in pieces that are the same all through: {text, by: marks that lie over it, strange?, link?: one that ends here}.
// `marks`: {start, end} in bytes, of any overlap; whatever else a mark carries stays with it.
export function pieces(text, marks = [], links = true) {
  const strange = strangeIn(text);
  const ends = links ? linksIn(text) : [];
  if (strange.length === 0 && marks.length === 0 && ends.length === 0) return text ? [{ text, by: [] }] : [];
  const units = unitsOf(
    text,
    marks.flatMap((one) => [one.start, one.end]),
  );
  const spans = marks
    .map((mark) => ({ mark, start: units.get(mark.start), end: units.get(mark.end) }))
    .filter((one) => one.end > one.start);
  const cuts = new Set([0, text.length]);
  for (const one of [...spans, ...strange]) cuts.add(one.start).add(one.end);
  for (const one of ends) cuts.add(one.end);
  const places = [...cuts].filter((at) => at <= text.length).sort((a, b) => a - b);
  const byStart = [...spans].sort((a, b) => a.start - b.start);
  const made = [];
  let open = [];
  let nextSpan = 0;
  let nextStrange = 0;
  let nextLink = 0;
  for (let i = 0; i + 1 < places.length; ++i) {
    const [from, to] = [places[i], places[i + 1]];
    open = open.filter((one) => one.end > from);
    while (nextSpan < byStart.length && byStart[nextSpan].start <= from) open.push(byStart[nextSpan++]);
    while (nextStrange < strange.length && strange[nextStrange].end <= from) ++nextStrange;
    const odd = strange[nextStrange];
    const inOdd = odd && odd.start <= from && odd.end > from;
    const one = { text: text.slice(from, to), by: open.filter((span) => span.end > from).map((span) => span.mark) };
    if (inOdd) one.strange = { ...odd, first: odd.start === from };
    while (nextLink < ends.length && ends[nextLink].end < to) ++nextLink;
    if (nextLink < ends.length && ends[nextLink].end === to) one.link = ends[nextLink++];
    made.push(one);
  }
  return made;
}

function copy(address, host) {
  const failed = () => notify(`The browser does not let the page copy. The address is ${address.slice(0, 300)}`, { kind: "error" });
  if (!navigator.clipboard) return failed();
  navigator.clipboard.writeText(address).then(() => notify(`The address at ${host} is copied. Nothing was opened.`), failed);
}
// A link's real target, to copy and never to follow.
export const Target = ({ host, address, plain }) =>
  h(
    "button",
    {
      type: "button",
      class: "target",
      title: `${address.slice(0, 300)}\nCopies the address`,
      "aria-label": `Copy the address, it leads to ${host}`,
      onClick: () => copy(address, host),
    },
    plain ? null : `→ ${host} `,
    h("i", { class: "sheets" }),
  );

function inner({ text, strange }) {
  if (!strange) return text;
  if (strange.kind === "gone" || (strange.kind === "hidden" && !strange.first)) return "";
  if (strange.kind === "alike") return h("span", { class: "alike", title: strange.title }, text);
  return h("span", { class: "unseen", title: strange.title }, strange.count > 1 ? `${strange.label}×${strange.count}` : strange.label);
}

// `marks`: evidence, each with `by` (which finding) and `score`; `hot`: the finding that one looks at; `links`: targets are shown.
export class Text extends Component {
  shouldComponentUpdate(next) {
    return ["text", "marks", "hot", "links", "cut"].some((name) => next[name] !== this.props[name]);
  }
  render({ text, marks, hot = null, links = true, cut = 0 }) {
    if (this.of !== text || this.with !== marks || this.cut !== cut) {
      const shown = cut && text.length > cut ? text.slice(0, cut).replace(/[\ud800-\udbff]$/, "") : text;
      this.made = pieces(shown, marks, links);
      this.of = text;
      this.with = marks;
      this.cut = cut;
    }
    let targets = 0;
    return h(
      "bdi",
      { class: "text", dir: "auto" },
      this.made.map((piece) => {
        // What the learner weighed lies over half of a text: it shows when one looks at it.
        const over = piece.by.filter((one) => !one.quiet || one.by === hot);
        const content = inner(piece);
        const link = links && piece.link && targets++ < 40 ? h(Target, piece.link) : null;
        if (over.length === 0) return link ? h("span", null, content, link) : content;
        const classes = ["evidence"];
        if (over.every((one) => one.score < 0)) classes.push("for");
        if (over.every((one) => one.shadow)) classes.push("shadow");
        if (new Set(over.map((one) => one.by)).size > 1) classes.push("two");
        if (hot !== null) classes.push(over.some((one) => one.by === hot) ? "hot" : "cool");
        const marked = h("mark", { class: classes.join(" ") }, content);
        return link ? h("span", null, marked, link) : marked;
      }),
    );
  }
}

// Words that are not a comment's own, such as a name or a rule's sentence, and may hold some of it all the same.
export const Words = ({ text }) => h(Text, { text, links: false });
// The same where only a string can stand.
export const plain = (text) => (kPlain.test(text) ? text : text.replace(kHidden, ""));

// The beginning of a text on a line or two of the list.
export class Excerpt extends Component {
  shouldComponentUpdate(next) {
    return next.text !== this.props.text;
  }
  render({ text, length = 220 }) {
    const flat = text
      .slice(0, length * 3)
      .replace(/[ \n]+/g, " ")
      .trim();
    return h(Text, { text: flat.length > length ? flat.slice(0, length).replace(/[\ud800-\udbff]$/, "") + "…" : flat, links: false });
  }
}
