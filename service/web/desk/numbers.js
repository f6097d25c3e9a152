// The numbers: what came, who decided, what waits, how long it took, which rules were right, what the learner is worth.
import "./core.js";
import { get } from "./api.js";
import { h, Component, Button, Choice, Empty, Link, Load } from "./ui.js";
import { ago, full, many, number, percent, span } from "./format.js";
import { Bars, Figure, Lines, Sparkline, StackedBars, Textures, timeAxis } from "./charts.js";
import { Learner, Sites } from "./learner.js";
import { go, withWords } from "./nav.js";
import { SiteChoice, siteName, shortened } from "./parts.js";

const kPeriods = [["7", "7 days"], ["30", "30 days"], ["90", "90 days"], ["180", "180 days"], ["400", "400 days"]];
const kLongest = 400; // days that the service gives
const kByDay = 120; // so many are drawn one by one; more of them week by week
const kRulesShown = 15;
const kRulesRead = 1000;

const utc = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const short_ = utc({ day: "numeric", month: "short" });
const long_ = utc({ weekday: "short", day: "numeric", month: "long", year: "numeric" });
const dayOf = (text) => new Date(`${text}T00:00:00Z`);
const iso = (date) => date.toISOString().slice(0, 10);
export const monday = (date) => iso(new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 86400e3));

const machine = (one) => one.approved_by_machine + one.spam_by_machine + one.discarded;
const waited = (seconds) => (seconds < 1 ? "under a second" : span(seconds));
const people = (one) => one.approved + one.rejected + one.spam;
const sum = (rows, value) => rows.reduce((total, one) => total + value(one), 0);

const kCounts = ["submitted", "approved_by_machine", "held", "spam_by_machine", "discarded", "checked", "imported", "approved", "rejected", "spam", "undone"];
// The days week by week; a week is named by its Monday.
export function weekly(days) {
  const weeks = new Map();
  for (const one of days) {
    const name = monday(dayOf(one.day));
    const week = weeks.get(name) ?? { day: name, week: true, ...Object.fromEntries(kCounts.map((count) => [count, 0])) };
    for (const count of kCounts) week[count] += one[count];
    weeks.set(name, week);
  }
  return [...weeks.values()];
}
const named = (one, brief) => (brief ? short_.format(dayOf(one.day)) : `${one.week ? "Week from " : ""}${long_.format(dayOf(one.day))}`);

// Of all days' medians the middle one, each day counted as often as people decided on it.
export function typical(days) {
  const known = days.filter((one) => one.median_seconds !== null && people(one) > 0).sort((a, b) => a.median_seconds - b.median_seconds);
  let left = sum(known, people) / 2;
  for (const one of known) if ((left -= people(one)) <= 0) return one.median_seconds;
  return null;
}

// Where the true share lies, 95 times of 100, when `hits` of `n` were seen (Wilson 1927).
export function interval(hits, n) {
  const z = 1.96;
  const middle = (hits + (z * z) / 2) / (n + z * z);
  const half = (z / (n + z * z)) * Math.sqrt((hits * (n - hits)) / n + (z * z) / 4);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

// ---- the days

const kCame = [
  { name: "approved_by_machine", title: "Published at once", kind: "good" },
  { name: "held", title: "Held for a person", kind: "wait" },
  { name: "spam_by_machine", title: "Spam", kind: "bad" },
  { name: "discarded", title: "Blatant spam", kind: "worst" },
  { name: "checked", title: "Judged for Akismet clients", kind: "mild", rare: true },
  { name: "imported", title: "Imported", kind: "calm", rare: true },
];
const kDecided = [
  { name: "approved", title: "Approved", kind: "good" },
  { name: "rejected", title: "Rejected", kind: "worst" },
  { name: "spam", title: "Spam", kind: "bad" },
];
const kWho = [
  { name: "machine", title: "The machine", kind: "mild" },
  { name: "people", title: "People", kind: "calm" },
];
const told = (series) => (row) => series.filter((one) => row[one.name] > 0).map((one) => `${one.title.toLowerCase()} ${number(row[one.name])}`).join(", ") || "nothing";
const columnsOf = (series) => series.map((one) => ({ title: one.title, value: (row) => row[one.name], show: (row) => number(row[one.name]), number: true }));
const dayColumn = { title: "Day (UTC)", value: (row) => row.day, head: true };

function Tiles({ days, queue, link }) {
  const came = sum(days, (one) => one.submitted);
  const byMachine = sum(days, machine);
  const byPeople = sum(days, people);
  const both = byMachine + byPeople;
  const median = typical(days);
  const tile = (title, value, more) => h("div", { class: "tile" }, h("dt", null, title), h("dd", { class: "big" }, value), h("dd", { class: "soft" }, more));
  return h(
    "dl",
    { class: "tiles" },
    tile("Waiting now", h(Link, { href: link }, number(queue.pending)), queue.oldest ? `the oldest came ${ago(queue.oldest)}` : "nothing waits"),
    tile("Came", number(came), `${came / days.length < 10 ? (came / days.length).toFixed(1) : number(came / days.length)} a day`),
    tile("Decided by the machine", both ? percent(byMachine / both) : "–", both ? `${number(byMachine)} of ${number(both)} decisions` : "nothing was decided"),
    tile("Decided by people", number(byPeople), `${number(sum(days, (one) => one.undone))} undone`),
    tile("Median time to decision", median === null ? "–" : waited(median), median === null ? "nothing that waited was decided" : "from its coming to its first decision"),
  );
}

function Came({ rows, days, csv }) {
  const series = kCame.filter((one) => !one.rare || sum(days, (row) => row[one.name]) > 0);
  return h(
    Figure,
    { title: "What came", about: "New comments, by how they stood when they came.", csv, table: { columns: [dayColumn, { title: "New", value: (row) => row.submitted, show: (row) => number(row.submitted), number: true }, ...columnsOf(kCame)], rows: days } },
    h(StackedBars, { title: "What came", rows, series, label: (i, brief) => named(rows[i], brief), read: (i) => told(series)(rows[i]) }),
  );
}
function Decided({ rows, days, csv }) {
  const undone = { name: "undone", title: "Undone" };
  return h(
    Figure,
    { title: "What people decided", about: "On the day of the decision. What was undone is taken out of it.", csv, table: { columns: [dayColumn, ...columnsOf([...kDecided, undone])], rows: days } },
    h(StackedBars, { title: "What people decided", rows, series: kDecided, label: (i, brief) => named(rows[i], brief), read: (i) => told([...kDecided, undone])(rows[i]) }),
  );
}
function WhoDecided({ rows, days, name }) {
  const whole = (one) => ({ ...one, machine: machine(one), people: people(one) });
  const both = rows.map(whole);
  const share = (row) => (row.machine + row.people ? row.machine / (row.machine + row.people) : null);
  const read = (i) => (share(both[i]) === null ? "nothing" : `the machine ${percent(share(both[i]))} (${number(both[i].machine)}), people ${percent(1 - share(both[i]))} (${number(both[i].people)})`);
  return h(
    Figure,
    {
      title: "Who decided",
      about: "The machine publishes and sets aside; people decide the rest, and correct it.",
      csv: { name: `${name}-who.csv` },
      table: { columns: [dayColumn, ...columnsOf(kWho), { title: "Machine's share", value: share, show: (row) => percent(share(row)), number: true }], rows: days.map(whole) },
    },
    h(StackedBars, { title: "Share decided by the machine and by people", rows: both, series: kWho, share: true, label: (i, brief) => named(both[i], brief), read }),
  );
}
function Waited({ days, name }) {
  const known = days.filter((one) => one.median_seconds !== null).map((one) => one.median_seconds);
  const axis = timeAxis(known.length ? known : [60, 86400]);
  const show = (one) => (one.median_seconds === null ? "–" : waited(one.median_seconds));
  return h(
    Figure,
    {
      title: "Median time to decision",
      about: "Of what had waited and was decided for the first time on that day. Each line up is a larger unit of time.",
      csv: { name: `${name}-waited.csv` },
      table: { columns: [dayColumn, { title: "Median", value: (row) => (row.median_seconds === null ? null : row.median_seconds), show, number: true }], rows: days },
    },
    h(Lines, { title: "Median time to decision", rows: days, series: [{ name: "median_seconds", title: "Median", kind: "good" }], place: axis.place, marks: axis.marks, label: (i, brief) => named(days[i], brief), read: (i) => (days[i].median_seconds === null ? "nothing that waited was decided" : show(days[i])) }),
  );
}
const age = (one) => (one.to_seconds === null ? `over ${span(one.from_seconds)}` : one.from_seconds === 0 ? `up to ${span(one.to_seconds)}` : `${span(one.from_seconds)} to ${span(one.to_seconds)}`);
function Ages({ queue, name }) {
  const count = (one) => `${number(one.count)}${one.more ? " or more" : ""}`;
  return h(
    Figure,
    {
      title: "How long it waits",
      about: queue.oldest ? `What is in the queue now. The oldest came ${ago(queue.oldest)}, ${full(queue.oldest)}.` : "What is in the queue now.",
      csv: { name: `${name}-queue.csv` },
      table: { columns: [{ title: "Waits since", value: age, head: true }, { title: "Comments", value: (one) => one.count, show: count, number: true }], rows: queue.ages },
    },
    h(Bars, { rows: queue.ages, label: age, value: (one) => one.count, show: count, kind: "wait" }),
  );
}

// ---- the rules

async function readRules(query, signal) {
  const rules = [];
  let cursor;
  let since;
  do {
    const page = await get("/v1/stats/rules", { ...query, limit: 200, cursor }, { signal });
    rules.push(...page.rules);
    since = page.since;
    cursor = page.next;
  } while (cursor && rules.length < kRulesRead);
  return { rules, since, more: Boolean(cursor) };
}
// A rule's numbers over all of its weeks, and each of `mondays` with its own.
function whole(one, mondays) {
  const total = (name) => sum(one.weeks, (week) => week[name]);
  const found = { rule: one.rule, hits: total("hits"), spam: total("spam"), approved: total("approved"), rejected: total("rejected") };
  const by = new Map(one.weeks.map((week) => [week.from, week]));
  found.weeks = mondays.map((from) => by.get(from) ?? { from, hits: 0, spam: 0, approved: 0, rejected: 0, precision: null });
  found.decided = found.spam + found.approved + found.rejected;
  found.precision = found.decided ? (found.spam + found.rejected) / found.decided : null;
  return found;
}
function lastMondays(weeks, now = new Date()) {
  const last = dayOf(monday(now)).getTime();
  return Array.from({ length: weeks }, (_, i) => iso(new Date(last - (weeks - 1 - i) * 7 * 86400e3)));
}
const right = (one) => {
  if (one.precision === null) return "–";
  const [low, high] = interval(one.spam + one.rejected, one.decided);
  return h("span", { title: `95 % interval: ${percent(low)} to ${percent(high)}` }, percent(one.precision), h("span", { class: "soft" }, ` (${percent(low).replace(" %", "")}–${percent(high)})`));
};
const latest = (one) => {
  const known = one.weeks.filter((week) => week.precision !== null);
  return known.length ? `latest week ${percent(known[known.length - 1].precision)}, lowest ${percent(Math.min(...known.map((week) => week.precision)))}` : "nobody decided any";
};

class Rules extends Component {
  constructor(props) {
    super(props);
    this.state = { all: false };
  }
  render({ site, weeks, name, open }, { all }) {
    const mondays = lastMondays(weeks);
    return h(Load, { id: `${site} ${weeks}`, what: "Reading the rules", load: (signal) => readRules({ site, weeks }, signal) }, ({ rules, more }) => {
      const rows = rules.map((one) => whole(one, mondays)).sort((a, b) => b.hits - a.hits || (a.rule < b.rule ? -1 : 1));
      const shown = all ? rows : rows.slice(0, kRulesShown);
      const columns = [
        { title: "Rule", head: true, value: (one) => one.rule, show: (one) => h(Link, { href: withWords({ rule: one.rule }), "aria-current": one.rule === open ? "true" : undefined }, shortened(one.rule, 80)) },
        { title: "Hits", number: true, value: (one) => one.hits, show: (one) => number(one.hits) },
        { title: "Spam", number: true, value: (one) => one.spam, show: (one) => number(one.spam) },
        { title: "Rejected", number: true, value: (one) => one.rejected, show: (one) => number(one.rejected) },
        { title: "Approved", number: true, value: (one) => one.approved, show: (one) => number(one.approved) },
        { title: "Precision", number: true, value: (one) => one.precision, show: right },
        { title: `${weeks} weeks`, show: (one) => h("span", null, h(Sparkline, { weeks: one.weeks }), h("span", { class: "hidden" }, latest(one))) },
      ];
      return h(
        Figure,
        {
          title: "Rules",
          about: `By hits in the last ${many(weeks, "week")}. Precision: of its hits that people decided, the part that was unwanted; in brackets where the truth lies, 95 times of 100. Small: a line for the precision over faint bars for the hits, week by week.`,
          csv: { name: `${name}-rules.csv`, path: "/v1/stats/rules.csv", query: { site, weeks } },
          table: { caption: "Rules by hits", columns, rows: shown, rowKey: (one) => one.rule, open: true, empty: "No rule hit anything in this time." },
        },
        more && h("p", { class: "soft" }, `There are more than ${number(kRulesRead)} rules with hits: these are the first by name. The CSV has all.`),
        rows.length > kRulesShown && h(Button, { onClick: () => this.setState({ all: !all }), "aria-expanded": all ? "true" : "false" }, all ? `Show the first ${kRulesShown}` : `Show all ${number(rows.length)}`),
      );
    });
  }
}

const kHits = [
  { name: "spam", title: "People said spam", kind: "bad" },
  { name: "rejected", title: "Rejected", kind: "worst" },
  { name: "approved", title: "Approved", kind: "good" },
  { name: "open", title: "Not decided by people", kind: "mild" },
];
function OneRule({ rule, site, weeks, name }) {
  const query = { site, weeks, rule };
  return h(Load, { id: `${rule} ${site} ${weeks}`, what: "Reading the rule", load: (signal) => get("/v1/stats/rules", query, { signal }) }, (page) => {
    const one = whole(page.rules[0] ?? { rule, weeks: [] }, lastMondays(weeks));
    const rows = one.weeks.map((week) => ({ ...week, day: week.from, week: true, open: Math.max(0, week.hits - week.spam - week.rejected - week.approved) }));
    return h(
      Figure,
      {
        title: `Rule ${shortened(rule, 80)}`,
        about: one.hits ? `${many(one.hits, "hit")}; precision ${percent(one.precision)} of ${number(one.decided)} that people decided.` : "It hit nothing in this time.",
        csv: { name: `${name}-rule.csv`, path: "/v1/stats/rules.csv", query },
        table: { columns: [{ title: "Week from", value: (row) => row.from, head: true }, { title: "Hits", value: (row) => row.hits, show: (row) => number(row.hits), number: true }, ...columnsOf(kHits), { title: "Precision", value: (row) => row.precision, show: (row) => percent(row.precision), number: true }], rows },
        aside: [h(Link, { href: `/desk?${new URLSearchParams({ rule, status: "any", ...(site && { site }) })}` }, "Its comments"), h(Link, { href: withWords({ rule: null }) }, "Close")],
      },
      h(StackedBars, { title: `Hits of ${rule}`, rows, series: kHits, label: (i, brief) => named(rows[i], brief), read: (i) => told(kHits)(rows[i]) + (rows[i].precision === null ? "" : `; precision ${percent(rows[i].precision)}`) }),
    );
  });
}

// ---- the page

export default function Numbers({ who, sites, query }) {
  const site = who.site ?? query.get("site") ?? undefined;
  const wish = Math.round(Number(query.get("days")));
  const days = wish >= 1 ? Math.min(wish, kLongest) : 90;
  const weeks = Math.min(104, Math.max(1, Math.ceil(days / 7)));
  const rule = query.get("rule");
  const name = `chaffinch-${site ?? "all"}-${days}-days`;
  const csv = { name: `${name}.csv`, path: "/v1/stats/days.csv", query: { site, days } };
  const periods = kPeriods.some(([one]) => one === String(days)) ? kPeriods : [[String(days), many(days, "day")], ...kPeriods];
  return h(
    "div",
    { class: "page numbers" },
    h(Textures),
    h("h1", null, "Numbers"),
    h(
      "div",
      { class: "filters", role: "group", "aria-label": "Of what" },
      h(SiteChoice, { who, sites, value: site, set: (one) => go(withWords({ site: one })) }),
      h(Choice, { label: "Period", value: String(days), options: periods, set: (one) => go(withWords({ days: one })) }),
    ),
    h(Load, { id: `${site} ${days}`, what: "Reading the numbers", load: (signal) => get("/v1/stats/days", { site, days }, { signal }) }, (found, again) => {
      const rows = found.days.length > kByDay ? weekly(found.days) : found.days;
      const quiet = !found.queue.pending && !sum(found.days, (one) => sum(kCounts, (count) => one[count]));
      return h(
        "div",
        { class: "figures" },
        h("h2", { class: "hidden" }, "At a glance"),
        h(Tiles, { days: found.days, queue: found.queue, link: `/desk${site ? `?site=${encodeURIComponent(site)}` : ""}` }),
        found.since && new Date(found.since) > dayOf(found.days[0].day) && h("p", { class: "soft" }, `Such numbers are kept since ${full(found.since)}; what came and was decided before is in none of them.`),
        quiet
          ? h(Empty, { title: `Nothing came and nothing was decided ${days === 1 ? "today" : `in ${number(days)} days`}${site ? ` on ${shortened(siteName(sites, site), 60)}` : ""}.` }, h("p", null, h(Button, { onClick: again }, "Look again")))
          : [
              h("div", { class: "pair" }, h(Came, { rows, days: found.days, csv }), h(Decided, { rows, days: found.days, csv })),
              h("div", { class: "pair" }, h(WhoDecided, { rows, days: found.days, name }), h(Waited, { days: found.days, name })),
              h(Ages, { queue: found.queue, name }),
            ],
      );
    }),
    rule && h(OneRule, { rule, site, weeks, name }),
    h(Rules, { site, weeks, name, open: rule }),
    site ? h(Learner, { site, name }) : h(Sites, { name }),
  );
}
