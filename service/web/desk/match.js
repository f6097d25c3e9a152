// Shows what rules saw in a text: their evidence as marks. The text is hostile: it is only ever text, isolated from what stands around it,
// and characters that hide or turn it are made visible.
import { h } from "./ui.js";

const encoder = new TextEncoder();

// Places of `text` in UTF-16 for places in bytes of UTF-8, in one pass; a place within a character is its beginning.
function unitsOf(text, bytes) {
  const wanted = [...new Set(bytes)].sort((a, b) => a - b);
  const found = new Map();
  let byte = 0, unit = 0, next = 0;
  for (const character of text) {
    const size = encoder.encode(character).length;
    while (next < wanted.length && wanted[next] < byte + size) found.set(wanted[next++], unit);
    byte += size;
    unit += character.length;
  }
  while (next < wanted.length) found.set(wanted[next++], unit);
  return found;
}

// `text` in pieces: [{text, rules: [names]}], cut where a span of `spots` ({start, end, rule}, in bytes) begins or ends.
export function pieces(text, spots) {
  const units = unitsOf(text, spots.flatMap((one) => [one.start, one.end]));
  const spans = spots.map((one) => ({ from: units.get(one.start), to: units.get(one.end), rule: one.rule })).filter((one) => one.to > one.from);
  const cuts = [...new Set([0, text.length, ...spans.flatMap((one) => [one.from, one.to])])].sort((a, b) => a - b);
  return cuts.slice(1).map((to, at) => ({
    text: text.slice(cuts[at], to),
    rules: [...new Set(spans.filter((one) => one.from <= cuts[at] && one.to >= to).map((one) => one.rule))],
  }));
}

const kUnseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udfff]/;
const kNames = { "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u200e": "LRM", "\u200f": "RLM", "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u2060": "WJ", "\ufeff": "BOM", "\u00ad": "SHY" };
// A text with what cannot be seen in it named, for reading.
export const shown = (text) =>
  text.split(new RegExp(`(${kUnseen.source})`)).map((part, at) =>
    at % 2 ? h("span", { class: "unseen" }, kNames[part] ?? "U+" + part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")) : part,
  );

// `spots` as above. What a reader hears is "beginning of a match of RULE", once for each mark.
export const Matched = ({ text, spots, label }) =>
  h(
    "div",
    { class: "matched", role: "group", "aria-label": label },
    h(
      "bdi",
      { dir: "auto" },
      pieces(text, spots).map((one) => (one.rules.length ? h("mark", { title: one.rules.join(", ") }, shown(one.text)) : shown(one.text))),
    ),
  );
