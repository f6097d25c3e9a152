// What the learner of a site is worth: how good the predictions were that it made before each lesson. And all sites, side by side.
import { get } from "./api.js";
import { h, Link, Load } from "./ui.js";
import { ago, many, number, percent } from "./format.js";
import { Figure, Reliability } from "./charts.js";
import { withWords } from "./nav.js";
import { Pages, Words } from "./parts.js";

const kilobytes = (bytes) => (bytes < 1e6 ? `${number(bytes / 1e3)} kB` : `${number(bytes / 1e6)} MB`);
const two = (value) => (value === null || value === undefined ? "–" : value.toFixed(2));
const three = (value) => (value === null || value === undefined ? "–" : value.toFixed(3));

// Right ones on the diagonal; each cell says so, so that its colour is not needed.
function Confusion({ of }) {
  const cell = (n, whole, good) =>
    h("td", { class: good ? "cell right" : "cell wrong" }, h("span", { class: "big" }, number(n)), h("span", null, `${good ? "right" : "wrong"}${whole ? `, ${percent(n / whole, 1)}` : ""}`));
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Confusion matrix" },
    h(
      "table",
      { class: "confusion" },
      h("caption", null, "What it said before each lesson, and what people said"),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "People said"), h("th", { scope: "col" }, "it said wanted"), h("th", { scope: "col" }, "it said spam"))),
      h(
        "tbody",
        null,
        h("tr", null, h("th", { scope: "row" }, "wanted"), cell(of.ham - of.ham_as_spam, of.ham, true), cell(of.ham_as_spam, of.ham, false)),
        h("tr", null, h("th", { scope: "row" }, "spam"), cell(of.spam_as_ham, of.spam, false), cell(of.spam - of.spam_as_ham, of.spam, true)),
      ),
    ),
  );
}

const decile = (i) => `${i * 10}–${i * 10 + 10} %`;

const Calibration = ({ steps, name }) =>
  h(
    Figure,
    {
      title: "Does it mean what it says?",
      level: "h3",
      plain: true,
      about: "Lessons by the probability that was given. On the dashed line it means what it says; above it spam was more likely than said. A larger ball stands for more lessons.",
      csv: { name: `${name}-calibration.csv` },
      table: {
        columns: [
          { title: "Probability given", value: (one) => one.step, head: true },
          { title: "Mean given", value: (one) => one.predicted, show: (one) => percent(one.predicted, 1), number: true },
          { title: "Spam seen", value: (one) => one.seen, show: (one) => percent(one.seen, 1), number: true },
          { title: "Spam", value: (one) => one.spam, show: (one) => number(one.spam), number: true },
          { title: "Wanted", value: (one) => one.ham, show: (one) => number(one.ham), number: true },
        ],
        rows: steps,
      },
    },
    h(Reliability, { title: "Calibration: probability given, and share of spam seen", steps, label: decile, read: (i) => (steps[i].n ? `spam ${percent(steps[i].seen)} of ${many(steps[i].n, "lesson")}` : "no lesson") }),
  );

function Known({ of, name }) {
  const { calibration } = of;
  const lessons = of.ham + of.spam;
  const steps = calibration.steps.map((one, i) => {
    const n = one.ham + one.spam;
    return { ...one, step: decile(i), n, seen: n ? one.spam / n : null };
  });
  const fact = (title, value, about) => h("div", null, h("dt", null, title), h("dd", null, value), h("dd", { class: "soft" }, about));
  return h(
    "section",
    { class: "panel", "aria-labelledby": "learner" },
    h("h2", { id: "learner" }, "The learner"),
    lessons === 0
      ? h("p", null, "It has had no lesson on this site yet; the starter set speaks, softly. Approving and marking as spam in the queue teach it.")
      : h(
          "p",
          { class: "soft" },
          `${many(lessons, "lesson")} so far: ${number(of.ham)} of wanted comments, ${number(of.spam)} of spam. `,
          of.waiting > 0 && `${many(of.waiting, "lesson waits", "lessons wait")} to be taken in. `,
        ),
    lessons > 0 &&
      h(
        "div",
        { class: "pair" },
        h(Confusion, { of }),
        h(Calibration, { steps, name }),
        h(
          "dl",
          { class: "facts" },
          fact("AUC", three(of.auc), "The chance that a spam was given more than a wanted comment: 1 is perfect, 0.5 is guessing."),
          fact("Calibration error", percent(calibration.error, 1), `Said on average ${percent(calibration.predicted)}, seen ${percent(calibration.observed)}. It leans to the safety of what is wanted, so a good one is not at 0.`),
          fact("Brier score", three(calibration.brier), "Mean squared error of about the latest 500 predictions; less is better."),
          fact("Drift", two(of.drift), of.drift >= 1 ? "It is worse than usual of late: look at its latest mistakes." : "Above 0: worse than usual of late; from 1 on it deserves a look."),
          fact("Memory", kilobytes(of.bytes), `${number(of.weights)} weights in use; the newest ${many(of.can_take_back, "lesson")} can be taken back exactly.`),
        ),
      ),
  );
}

export const Learner = ({ site, name }) =>
  h(Load, { id: site, what: "Asking the learner", load: (signal) => get("/v1/stats", { site }, { signal }) }, ({ sites }) => {
    const of = sites[0]?.learner;
    return of ? h(Known, { of, name }) : h("section", { class: "panel" }, h("h2", null, "The learner"), h("p", null, "It cannot be read now."));
  });

// All sites, a page at a time.
export function Sites({ name }) {
  const learner = (one, value) => (one.learner ? value(one.learner) : null);
  const lessons = (one) => learner(one, (of) => of.ham + of.spam);
  const count = (title, key) => ({ title, number: true, value: (one) => one[key], show: (one) => number(one[key]) });
  const columns = [
    { title: "Site", head: true, value: (one) => one.site, show: (one) => h(Link, { href: withWords({ site: one.site }) }, h(Words, { text: one.site })) },
    count("Pending", "pending"),
    { title: "Oldest", value: (one) => one.oldest_pending, show: (one) => (one.oldest_pending ? ago(one.oldest_pending) : "–") },
    count("Approved", "approved"),
    count("Rejected", "rejected"),
    count("Spam", "spam"),
    count("Decided by people", "decided_by_people"),
    { title: "Lessons", number: true, value: lessons, show: (one) => (lessons(one) === null ? "–" : number(lessons(one))) },
    { title: "AUC", number: true, value: (one) => learner(one, (of) => of.auc), show: (one) => three(learner(one, (of) => of.auc)) },
    { title: "Mistakes", number: true, value: (one) => learner(one, (of) => of.ham_as_spam + of.spam_as_ham), show: (one) => (one.learner ? number(one.learner.ham_as_spam + one.learner.spam_as_ham) : "–") },
  ];
  const load = async (cursor, signal) => {
    const page = await get("/v1/stats", { limit: 20, cursor }, { signal });
    return { items: page.sites, next: page.next };
  };
  return h(Pages, { id: "sites", what: ["site"], load }, (rows) =>
    h(Figure, { title: "Sites", about: "As they stand now. Choose one for what its learner is worth.", csv: { name: `${name}-sites.csv` }, table: { caption: "Sites as they stand now", columns, rows, rowKey: (one) => one.site, open: true } }),
  );
}
