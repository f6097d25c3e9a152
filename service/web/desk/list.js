// The list of comments: a listbox that the keys move in. The option that has the focus is the comment that one reads; `x` selects.
import { h, Component, afterPaint, isField } from "./ui.js";
import { ago, full, plainScore, statusWord } from "./format.js";
import { leaseOf } from "./reading.js";
import { Excerpt, Words } from "./text.js";

class Row extends Component {
  shouldComponentUpdate(next) {
    return ["item", "current", "picked", "trouble", "status", "sites", "minute"].some((name) => next[name] !== this.props[name]);
  }
  render({ item, current, picked, trouble, status, sites, who, onOpen, onPick }) {
    const lease = item.status === "pending" && leaseOf(item, who);
    const { score } = item.verdict;
    const at = item.created_at ?? item.received_at;
    return h(
      "li",
      {
        id: `row-${item.id}`,
        role: "option",
        class: `row ${current ? "current" : ""} ${picked ? "picked" : ""} ${item.verdict.action}`,
        "aria-selected": String(picked),
        "aria-current": current ? "true" : undefined,
        tabindex: current ? "0" : "-1",
        onClick: (event) => onOpen(item.id, event),
      },
      h(
        "span",
        {
          class: "tickbox",
          title: "Select (x)",
          "aria-hidden": "true",
          onClick: (event) => (event.stopPropagation(), onPick(item.id, event)),
        },
        picked ? "✓" : "",
      ),
      h("span", { class: "score", title: "Score" }, h("span", { class: "hidden" }, "Score "), plainScore(score)),
      h(
        "span",
        { class: "who-when" },
        h("strong", { class: "name" }, item.author.name ? h(Excerpt, { text: item.author.name, length: 60 }) : h("em", null, "No name")),
        h("time", { class: "soft", datetime: at, title: full(at) }, ago(at)),
      ),
      h("span", { class: "words" }, item.content ? h(Excerpt, { text: item.content }) : h("em", null, "No text")),
      h(
        "span",
        { class: "where soft" },
        h("span", { class: "hidden" }, "on "),
        h(Excerpt, { text: item.article.title || item.article.id, length: 70 }),
        sites && h("span", null, " · ", h(Words, { text: item.site })),
      ),
      (lease || trouble || item.status !== status || item.verdict.unchecked) &&
        h(
          "span",
          { class: "marks" },
          item.status !== status && h("span", { class: `state ${item.status}` }, statusWord(item.status)),
          lease && h("span", { class: "state odd" }, h(Words, { text: lease.holder }), " is looking"),
          item.verdict.unchecked && h("span", { class: "state odd" }, "not fully checked"),
          trouble && h("span", { class: "state bad" }, "not decided"),
        ),
    );
  }
}

// So many rows fill the window, and are drawn first; the others follow, some at a time. `later`: none is drawn yet.
const kLow = 95; // pixels, as low as a row mostly is
const kStep = 10;

export class List extends Component {
  constructor(props) {
    super(props);
    this.state = { most: Math.ceil(innerHeight / kLow) };
  }
  componentDidMount() {
    this.more();
    // On a small screen the list comes back where one had left it.
    if (this.props.current) this.show(this.props.current);
  }
  more() {
    afterPaint(() => {
      if (this.gone) return;
      const { most } = this.state;
      const all = most >= this.props.items.length;
      this.setState({ most: all ? Infinity : most + kStep });
      if (!all) this.more();
    });
  }
  componentWillUnmount() {
    this.gone = true;
  }
  componentDidUpdate(before) {
    const { current, follow } = this.props;
    if (current !== before.current && current && follow) this.show(current);
  }
  // The current option is in view and, when the keys move there, has the focus; but a list that comes late takes it from no field, or
  // what is typed there would decide.
  show(id) {
    const row = document.getElementById(`row-${id}`);
    if (!row) return;
    if (this.props.focus && !isField(document.activeElement) && !document.querySelector("dialog[open]")) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  render({ items, current, picked, troubles, status, sites, who, more, later, busy, minute, onOpen, onPick, onNear, onKey, label }, { most }) {
    // One option can always be reached by Tab.
    const at = items.findIndex((one) => one.id === current);
    const reach = at >= 0 ? current : items[0]?.id;
    const shown = later ? [] : items.slice(0, Math.max(most, at + 6));
    return h(
      "div",
      {
        class: "list",
        ref: (box) => (this.box = box),
        onScroll: (event) => {
          const box = event.currentTarget;
          if (most < items.length) return;
          if (box.scrollTop + box.clientHeight > box.scrollHeight - 1200) onNear(items.length);
          else if (box.scrollTop < 300) onNear(0);
        },
      },
      h(
        "ul",
        { role: "listbox", "aria-label": label, "aria-multiselectable": "true", "aria-busy": String(busy), onKeyDown: onKey },
        shown.map((item) =>
          h(Row, {
            key: item.id,
            item,
            current: item.id === reach,
            picked: picked.has(item.id),
            trouble: troubles.get(item.id),
            status,
            minute,
            sites: sites.length > 1,
            who,
            onOpen,
            onPick,
          }),
        ),
      ),
      (more || busy) && h("p", { class: "soft more" }, busy ? "Loading…" : ""),
    );
  }
}
