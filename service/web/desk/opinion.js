// What the service says of a pack: errors and warnings, each with its line, which is a step away.
import { many, number } from "./format.js";
import { h, Button, Trouble, sentence } from "./ui.js";

const kKinds = {
  duplicate: "Twice",
  covered: "Does nothing",
  never: "Can never hit",
  always: "Always hits",
  broad: "Hits honest sentences",
  costly: "Slow",
};

export function Opinion({ opinion, errors, warnings, stale, checking, problem, jump, check, long, empty }) {
  const state = empty ? "Nothing is written yet." : checking ? "Checking…" : stale ? "Not checked since the latest change." : !opinion ? "" : errors.length ? `${many(errors.length, "error")}.` : "It builds, and every example behaves.";
  return h(
    "section",
    { class: `panel opinion ${!stale && opinion ? (errors.length ? "wrong" : "fine") : ""}`, "aria-label": "Check" },
    h("div", { class: "bar" }, h("h3", null, "Check"), h("p", { role: "status" }, state), (long || problem) && !empty && h(Button, { class: "rest", busy: checking, onClick: check }, "Check now")),
    problem && h(Trouble, { problem }),
    long && stale && h("p", { class: "soft" }, "It is long, so it is checked when you say so, and when it is saved."),
    errors.length > 0 && h("ul", { class: "remarks" }, errors.map((one, at) => h(Remark, { key: at, one, jump }))),
    warnings.length > 0 && h("div", null, h("h4", null, `${number(warnings.length)} ${warnings.length === 1 ? "warning" : "warnings"}`), h("ul", { class: "remarks" }, warnings.map((one, at) => h(Remark, { key: at, one, jump, kind: kKinds[one.kind] ?? one.kind })))),
  );
}

const Remark = ({ one, jump, kind }) =>
  h(
    "li",
    { class: kind ? "warning" : "error" },
    kind && h("strong", null, kind, ": "),
    h("bdi", null, sentence(one.detail)),
    " ",
    one.line > 0 && one.own
      ? h(Button, { kind: "quiet", onClick: () => jump(one) }, `line ${number(one.line)}${one.column > 1 ? `, column ${number(one.column)}` : ""}`)
      : one.where && h("span", { class: "soft" }, one.where),
    one.advice && h("pre", { tabindex: "0", role: "group", "aria-label": "The line, and advice" }, h("bdi", null, one.advice)),
  );
