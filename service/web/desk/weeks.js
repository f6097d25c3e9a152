// A rule's weeks: bars of its hits in the list, and larger with its precision as a line in its panel, where a table says the same.
import { day, many, number } from "./format.js";
import { precision, precisionShort } from "./precision.js";
import { h, Table } from "./ui.js";

const kWeek = 7 * 86400e3;
const kWeeks = 26;

// The last weeks in a row: [{from, hits, spam, approved, rejected}], those without hits too.
export function filled(weeks, now = Date.now()) {
  const monday = Math.floor((now / 86400e3 - 4) / 7) * kWeek + 4 * 86400e3; // 1970-01-05 was a Monday
  const by = new Map((weeks ?? []).map((one) => [one.from, one]));
  return Array.from({ length: kWeeks }, (_, at) => {
    const from = new Date(monday - (kWeeks - 1 - at) * kWeek).toISOString().slice(0, 10);
    return by.get(from) ?? { from, hits: 0, spam: 0, approved: 0, rejected: 0 };
  });
}

export function Spark({ weeks }) {
  if (!weeks?.length) return h("span", { class: "soft" }, "–");
  const all = filled(weeks);
  const most = Math.max(...all.map((one) => one.hits), 1);
  const total = all.reduce((sum, one) => sum + one.hits, 0);
  const bars = all.map((one, at) => (one.hits ? `M${at * 3 + 1} 20v-${Math.max(1, Math.round((one.hits / most) * 18))}h2V20z` : "")).join("");
  return h("svg", { class: "week-bars", role: "img", "aria-label": `${many(total, "hit")} in ${kWeeks} weeks, at most ${number(most)} a week`, viewBox: `0 0 ${kWeeks * 3 + 1} 20`, width: 80, height: 20 }, h("path", { d: bars }));
}

const together = (weeks) => weeks.reduce((sum, one) => ({ spam: sum.spam + one.spam, approved: sum.approved + one.approved, rejected: sum.rejected + one.rejected }), { spam: 0, approved: 0, rejected: 0 });

export function Weeks({ rule, weeks }) {
  const all = filled(weeks);
  const most = Math.max(...all.map((one) => one.hits));
  if (most === 0) return h("p", { class: "soft" }, `No hits in the last ${kWeeks} weeks.`);
  const right = (one) => precision(rule, one);
  // Of four weeks each, so that a single comment does not throw the line about.
  const points = all.map((_, at) => [at, right(together(all.slice(Math.max(0, at - 3), at + 1)))]).filter(([, one]) => one && one.decided >= 5);
  return h(
    "figure",
    { class: "weeks" },
    h(
      "svg",
      { viewBox: "0 0 262 84", role: "img", "aria-label": `Hits of ${rule.name} by week, the highest ${number(most)}. The table below has the numbers.` },
      h("line", { class: "axis", x1: 0, x2: 262, y1: 80.5, y2: 80.5 }),
      all.map((one, at) => {
        const x = at * 10 + 2, scale = 72 / most;
        const undecided = (one.hits - one.spam - one.approved - one.rejected) * scale;
        const bad = (one.spam + one.rejected) * scale;
        return h(
          "g",
          null,
          h("rect", { class: "bad", x, width: 7, y: 80 - bad, height: bad }),
          h("rect", { class: "good", x, width: 7, y: 80 - bad - one.approved * scale, height: one.approved * scale }),
          h("rect", { class: "undecided", x, width: 7, y: 80 - bad - one.approved * scale - undecided, height: undecided }),
        );
      }),
      points.length > 1 && h("polyline", { class: "right-line", points: points.map(([at, one]) => `${at * 10 + 5.5},${(80 - one.share * 72).toFixed(1)}`).join(" ") }),
    ),
    h("figcaption", { class: "soft" }, h("span", { class: "key bad" }, "spam or rejected"), h("span", { class: "key good" }, "approved"), h("span", { class: "key undecided" }, "undecided"), points.length > 1 && h("span", { class: "key right-line" }, "precision of four weeks, 0 to 100 %")),
    h(
      "details",
      null,
      h("summary", null, "The weeks as a table"),
      h(Table, {
        caption: `Weeks of ${rule.name}`,
        rows: all.filter((one) => one.hits > 0).reverse(),
        rowKey: (one) => one.from,
        columns: [
          { title: "Week from", head: true, cell: (one) => day(one.from) },
          { title: "Hits", number: true, cell: (one) => number(one.hits) },
          { title: "Spam", number: true, cell: (one) => number(one.spam) },
          { title: "Rejected", number: true, cell: (one) => number(one.rejected) },
          { title: "Approved", number: true, cell: (one) => number(one.approved) },
          { title: "Precision", number: true, cell: (one) => precisionShort(right(one)) },
        ],
      }),
    ),
  );
}
