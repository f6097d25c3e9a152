// Small charts as inline SVG, made for the numbers page. A chart is looked at (bars, lines, textures), pointed at (the values of one
// place are told under it) and walked through by keyboard: it is a slider whose value is what stands at that place.
import { get } from "./api.js";
import { h, Component, Button, Table, newId, notifyProblem } from "./ui.js";
import { csv as csvOf, save } from "./parts.js";

// ---- scales. Pure.

const compact_ = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
export const compact = (n) => compact_.format(n);

// Round steps from 0 to at least `most`: whole ones, `about` of them.
export function ticks(most, about = 4) {
  const rough = Math.max(most, 1) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough));
  const found = [];
  for (let at = 0; ; at += step) {
    found.push(at);
    if (at >= most && at > 0) return found;
  }
}
// An axis for counts: {max, marks: [{at: 0..1, text}]}.
export function countAxis(most) {
  const steps = ticks(most);
  const max = steps[steps.length - 1];
  return { max, marks: steps.map((one) => ({ at: one / max, text: compact(one) })) };
}
export const shareAxis = { max: 1, marks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: `${at * 100} %` })) };

// Times from a second to a year, by magnitude: `place(seconds)` is 0..1.
const kTimes = [[1, "1 s"], [60, "1 min"], [3600, "1 h"], [86400, "1 d"], [604800, "1 wk"], [2592000, "30 d"], [31536000, "1 y"]];
export function timeAxis(values) {
  const from = kTimes.findLastIndex(([one]) => one <= Math.max(1, Math.min(...values)));
  const to = kTimes.findIndex(([one]) => one >= Math.max(60, ...values));
  const shown = kTimes.slice(from, (to < 0 ? kTimes.length : to) + 1);
  const low = Math.log(shown[0][0]);
  const high = Math.log(shown[shown.length - 1][0]);
  const place = (seconds) => Math.min(1, Math.max(0, (Math.log(Math.max(seconds, 1)) - low) / (high - low)));
  return { place, marks: shown.map(([one, text]) => ({ at: place(one), text })) };
}

// ---- textures: each kind of thing has a colour and a texture, so that neither is needed to tell it from the others

const kStrokes = {
  good: "",
  wait: "M1 1h1.5v1.5h-1.5z M4 4h1.5v1.5h-1.5z",
  bad: "M-1 7L7 -1 M-1 1L1 -1 M5 7L7 5",
  worst: "M0 0L6 6 M0 6L6 0",
  mild: "M0 3H6",
  calm: "M3 0V6",
};
// Once on a page that has charts.
export const Textures = () =>
  h(
    "svg",
    { class: "textures", width: 0, height: 0, "aria-hidden": "true", focusable: "false" },
    h(
      "defs",
      null,
      Object.entries(kStrokes).map(([kind, path]) =>
        h(
          "pattern",
          { id: `texture-${kind}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" },
          h("rect", { width: 6, height: 6, class: `fill-${kind}` }),
          path && h("path", { d: path, class: "texture" }),
        ),
      ),
    ),
  );
const fill = (kind) => `url(#texture-${kind})`;

export const Legend = ({ series }) =>
  h(
    "ul",
    { class: "legend" },
    series.map((one) =>
      h("li", null, h("svg", { width: 14, height: 14, "aria-hidden": "true", focusable: "false" }, one.line ? mark(one, 7, 7, 4.5) : h("rect", { width: 14, height: 14, rx: 2, fill: fill(one.kind) })), one.title),
    ),
  );

// ---- the frame of all charts: axes, the place pointed at, and its values told

const kMargin = { left: 46, right: 10, top: 8, bottom: 24 };

// `count` places from left to right; `label(i)` names one, `read(i)` tells its values; `marks` of the upright axis;
// `draw({x(i), y(0..1), band, height})` makes what is in it.
export class Plot extends Component {
  constructor(props) {
    super(props);
    this.state = { width: 0, at: null };
    this.id = newId("plot");
  }
  componentDidMount() {
    this.watch = new ResizeObserver(([one]) => {
      const width = Math.round(one.contentRect.width);
      if (width !== this.state.width) this.setState({ width });
    });
    this.watch.observe(this.box);
  }
  componentWillUnmount() {
    this.watch.disconnect();
  }
  move(event) {
    const last = this.props.count - 1;
    const at = this.state.at ?? last;
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageUp: at + 7, PageDown: at - 7, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.setState({ at: Math.min(last, Math.max(0, to)) });
  }
  point(event) {
    const box = this.box.getBoundingClientRect();
    const inner = box.width - kMargin.left - kMargin.right;
    const at = Math.floor(((event.clientX - box.left - kMargin.left) / inner) * this.props.count);
    this.setState({ at: Math.min(this.props.count - 1, Math.max(0, at)) });
  }
  render({ title, count, label, read, marks, draw, height = 190 }, { width, at }) {
    const inner = { width: Math.max(0, width - kMargin.left - kMargin.right), height: height - kMargin.top - kMargin.bottom };
    const band = count ? inner.width / count : 0;
    const x = (i) => kMargin.left + (i + 0.5) * band;
    const y = (part) => kMargin.top + inner.height * (1 - part);
    const here = at !== null && at < count ? at : null;
    const value = here ?? count - 1;
    const told = count ? `${label(value)}: ${read(value)}` : "";
    return h(
      "div",
      { class: "plot" },
      h(
        "div",
        {
          class: "canvas",
          ref: (box) => box && (this.box = box),
          style: { height: `${height}px` },
          role: "slider",
          tabindex: count ? "0" : undefined,
          "aria-label": title,
          "aria-orientation": "horizontal",
          "aria-valuemin": 0,
          "aria-valuemax": Math.max(0, count - 1),
          "aria-valuenow": Math.max(0, value),
          "aria-valuetext": told || "nothing",
          "aria-describedby": this.id,
          onKeyDown: (event) => this.move(event),
          onFocus: () => this.state.at === null && this.setState({ at: count - 1 }),
          onBlur: () => this.setState({ at: null }),
          onPointerMove: (event) => this.point(event),
          onPointerDown: (event) => this.point(event),
          onPointerLeave: () => document.activeElement !== this.box && this.setState({ at: null }),
        },
        width > 0 &&
          h(
            "svg",
            { width, height, "aria-hidden": "true", focusable: "false" },
            marks.map((one) =>
              h(
                "g",
                null,
                h("line", { class: one.at === 0 ? "base" : "grid", x1: kMargin.left, x2: width - kMargin.right, y1: y(one.at), y2: y(one.at) }),
                h("text", { x: kMargin.left - 6, y: y(one.at) + 4, "text-anchor": "end" }, one.text),
              ),
            ),
            here !== null && h("rect", { class: "here", x: x(here) - band / 2, y: kMargin.top, width: band, height: inner.height }),
            draw({ x, y, band, left: kMargin.left, inner }),
            everyFew(count, inner.width).map((i) => h("text", { x: x(i), y: height - 7, "text-anchor": edge(i, count, band) }, label(i, true))),
          ),
      ),
      h("p", { class: "reading", "aria-hidden": "true" }, here !== null ? [h("strong", null, label(here)), " ", read(here)] : h("span", { class: "soft" }, count ? "Point at a place, or walk with the arrow keys." : "Nothing in this time.")),
      h("p", { id: this.id, class: "hidden" }, "The arrow keys walk through it. The same numbers stand in the table below."),
    );
  }
}
// Places that get a word under the axis: as many as have room.
function everyFew(count, width, room = 76) {
  const step = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / room))));
  const found = [];
  for (let i = (count - 1) % step; i < count; i += step) found.push(i);
  return found;
}
// A word at the edge of the chart does not stand out of it.
const edge = (i, count, band) => (band >= 60 ? "middle" : i * band < 30 ? "start" : (count - 1 - i) * band < 30 ? "end" : "middle");

// ---- what is drawn

// Bars of several parts, one on the other. `rows[i][name]` of each series {name, title, kind}.
export function StackedBars({ title, rows, series, label, read, share }) {
  const total = (row) => series.reduce((sum, one) => sum + row[one.name], 0);
  const axis = share ? shareAxis : countAxis(Math.max(0, ...rows.map(total)));
  const draw = ({ x, y, band }) => {
    const width = Math.max(0.75, Math.min(band - (band > 4 ? 2 : band > 2 ? 0.5 : 0), 56));
    return rows.map((row, i) => {
      const whole = share ? total(row) : axis.max;
      let from = 0;
      return series.map((one) => {
        if (!row[one.name]) return null;
        const to = from + row[one.name] / whole;
        const bar = h("rect", { class: "bar-part", x: x(i) - width / 2, width, y: y(to), height: Math.max(0.75, y(from) - y(to)), fill: fill(one.kind) });
        from = to;
        return bar;
      });
    });
  };
  return h("div", null, h(Legend, { series }), h(Plot, { title, count: rows.length, label, read, marks: axis.marks, draw }));
}

// A series' sign: what lines have at their points.
function mark(one, x, y, r = 3) {
  const shape = {
    circle: `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
    square: `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    diamond: `M${x} ${y - 1.3 * r}L${x + 1.3 * r} ${y}L${x} ${y + 1.3 * r}L${x - 1.3 * r} ${y}z`,
  }[one.shape ?? "circle"];
  return h("path", { class: `fill-${one.kind}`, d: shape });
}
// Lines through the values that there are. `place(value)` is 0..1; a value may be null.
export function Lines({ title, rows, series, label, read, place, marks }) {
  const draw = ({ x, y, band }) =>
    series.map((one) => {
      let path = "";
      let pen = false;
      const points = [];
      rows.forEach((row, i) => {
        const value = row[one.name];
        if (value === null || value === undefined) return (pen = false);
        path += `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(place(value)).toFixed(1)}`;
        pen = true;
        // Where there is little room only a point that no line reaches has its sign.
        const alone = (rows[i - 1]?.[one.name] ?? null) === null && (rows[i + 1]?.[one.name] ?? null) === null;
        if (band > 9 || alone) points.push(mark(one, x(i), y(place(value))));
      });
      return h("g", null, h("path", { class: `line line-${one.kind}`, d: path }), points);
    });
  return h("div", null, series.length > 1 && h(Legend, { series: series.map((one) => ({ ...one, line: true })) }), h(Plot, { title, count: rows.length, label, read, marks, draw }));
}

// Whether probabilities mean what they say: `steps` of {predicted, seen, n}; on the dashed line they do.
export function Reliability({ title, steps, label, read }) {
  const most = Math.max(1, ...steps.map((one) => one.n));
  const draw = ({ y, left, inner }) => [
    h("path", { class: "ideal", d: `M${left} ${y(0)}L${left + inner.width} ${y(1)}` }),
    steps.map((one) => {
      if (!one.n) return null;
      const r = 3 + 9 * Math.sqrt(one.n / most);
      const at = left + inner.width * one.predicted;
      return h("g", null, h("line", { class: "miss", x1: at, x2: at, y1: y(one.predicted), y2: y(one.seen) }), h("circle", { class: "ball", cx: at, cy: y(one.seen), r }));
    }),
  ];
  return h(Plot, { title, count: steps.length, label, read, marks: shareAxis.marks, draw, height: 240 });
}

// Weeks of a rule, beside its row: faint bars for hits, a line for the part that was unwanted.
export function Sparkline({ weeks }) {
  const width = 104;
  const height = 26;
  const band = width / Math.max(1, weeks.length);
  const most = Math.max(1, ...weeks.map((one) => one.hits));
  let path = "";
  let pen = false;
  weeks.forEach((one, i) => {
    if (one.precision === null) return (pen = false);
    const x = (i + 0.5) * band;
    const y = height - 3 - one.precision * (height - 6);
    path += pen ? `L${x.toFixed(1)} ${y.toFixed(1)}` : `M${(x - 0.8).toFixed(1)} ${y.toFixed(1)}h1.6`;
    pen = true;
  });
  return h(
    "svg",
    { class: "spark", width, height, "aria-hidden": "true", focusable: "false" },
    weeks.map((one, i) => one.hits > 0 && h("rect", { x: i * band, width: Math.max(1, band - 1), y: height * (1 - one.hits / most), height: (height * one.hits) / most })),
    h("path", { d: path }),
  );
}

// Bars that lie, each with its name and its number written out: for few of them.
export const Bars = ({ rows, label, value, show, kind }) => {
  const most = Math.max(1, ...rows.map(value));
  return h(
    "ul",
    { class: "lying" },
    rows.map((one) =>
      h(
        "li",
        null,
        h("span", null, label(one)),
        h("svg", { width: "100%", height: 14, "aria-hidden": "true", focusable: "false" }, h("rect", { class: "rail", width: "100%", height: 14, rx: 2 }), value(one) > 0 && h("rect", { width: `${Math.max(0.5, (value(one) / most) * 100)}%`, height: 14, rx: 2, fill: fill(kind) })),
        h("span", { class: "number" }, show(one)),
      ),
    ),
  );
};

// ---- a chart with its words, its table and its file

// `table`: {columns: {title, value(row), show(row)?, number?, head?}, rows, caption?, open?: it is the figure}. `csv`: {name, path?, query?}: from the
// service where it has one, else made here of the table. `level`: of the heading; `plain`: without a panel of its own; `aside`: links beside it.
export class Figure extends Component {
  constructor(props) {
    super(props);
    this.id = newId("figure");
    this.state = { open: false };
  }
  async take() {
    const { csv, table } = this.props;
    try {
      save(csv.name, csv.path ? await get(csv.path, csv.query) : csvOf(table.columns.filter((one) => one.value).map((one) => [one.title, one.value]), table.rows));
    } catch (problem) {
      notifyProblem(problem, "The file could not be had.");
    }
  }
  render({ title, about, level = "h2", plain, table, csv, aside, children }, { open }) {
    const caption = table.caption ?? title;
    const whole = () =>
      h(Table, { caption, columns: table.columns.map((one) => ({ ...one, cell: one.show ?? one.value })), rows: table.rows, rowKey: table.rowKey, empty: table.empty });
    return h(
      "div",
      { class: plain ? "figure" : "panel figure", role: "group", "aria-labelledby": this.id },
      h("div", { class: "bar" }, h(level, { id: this.id }, title), h("span", { class: "rest bar" }, aside, h(Button, { kind: "quiet", "aria-label": `CSV of ${title}`, onClick: () => this.take() }, "CSV"))),
      about && h("p", { class: "soft" }, about),
      table.open && whole(),
      children,
      !table.open && h("details", { onToggle: (event) => this.setState({ open: event.target.open }) }, h("summary", null, "As a table", h("span", { class: "hidden" }, `: ${title}`)), open && whole()),
    );
  }
}
