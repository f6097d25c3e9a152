// What the queue looks like: `page` is queue.js's component, which does what the buttons say.
import { h, Button, Dialog, Empty, Trouble, Waiting, announce } from "./ui.js";
import { sortOf, statusOf } from "./asked.js";
import { deedWords, kActs } from "./deeds.js";
import { Chips, Search, Tabs, filterBy, filtersOf, kTabs, noFilters, sortsOf, tabOf } from "./filters.js";
import { ago, many, number } from "./format.js";
import { List } from "./list.js";
import { go, withWords } from "./nav.js";
import { Reading } from "./reading.js";
import { Strip } from "./strip.js";
import { Words } from "./text.js";

// What is asked first, once its module is there.
function asked(page) {
  const { dialog, problem } = page.state;
  if (!dialog || !page.dialogs) return null;
  const { BlockDialog, BulkDialog, FilterDialog, HelpDialog, NoteDialog } = page.dialogs;
  const close = () => page.setState({ dialog: null });
  const { kind, item } = dialog;
  if (kind === "help") return h(HelpDialog, { close });
  if (kind === "filter")
    return h(FilterDialog, {
      query: page.props.query,
      sites: page.props.sites,
      problem: problem?.status === 400 ? problem : null,
      close,
    });
  if (kind === "note")
    return h(NoteDialog, {
      note: page.notes.get(item.id),
      close,
      keep: (note) => (note ? page.notes.set(item.id, note) : page.notes.delete(item.id)),
      decide: (decision, note) => page.deciding.decide(decision, note, page.rows.find(item.id) ?? item),
    });
  if (kind === "block")
    return h(BlockDialog, {
      item,
      close,
      decide: (decision, more) => page.deciding.decide(decision, more, page.rows.find(item.id) ?? item),
    });
  if (kind === "bulk") return h(BulkDialog, { ...dialog, close, decide: (...all) => page.deciding.decideMany(...all) });
  const run = () => (close(), kind === "undo" ? page.deciding.undo(dialog.deed) : dialog.run());
  return h(
    Dialog,
    {
      title: kind === "undo" ? "Take back an earlier decision?" : "Somebody else is looking at this",
      onClose: close,
      actions: [
        h(Button, { onClick: close }, "Cancel"),
        h(Button, { kind: "primary", autofocus: true, onClick: run }, kind === "undo" ? "Take it back" : `${dialog.act.verb} all the same`),
      ],
    },
    kind === "undo"
      ? h("p", null, `${deedWords(dialog.deed)}, ${ago(dialog.deed.at)}.`)
      : h(
          "p",
          null,
          h(Words, { text: dialog.holder }),
          " has this comment open. If you decide it now, the decision is yours, and it will be told that you were faster.",
        ),
  );
}

function acts(page, item) {
  const noted = page.notes.get(item.id);
  return h(
    "div",
    { class: "acts", role: "group", "aria-label": "Decide" },
    kActs.map((act) =>
      h(
        Button,
        {
          key: act.decision,
          kind: `act ${act.kind}`,
          keys: act.key,
          busy: item.status === "checked" || item.status === act.status,
          onClick: () => page.deciding.decide(act.decision),
        },
        act.verb,
      ),
    ),
    h(
      "span",
      { class: "more" },
      h(Button, { keys: "b", busy: item.status === "checked", onClick: () => page.ask("block", { item }) }, "Block"),
      h(Button, { keys: "e", busy: item.status === "checked", onClick: () => page.ask("note", { item }) }, noted ? "Note ✓" : "Note"),
      h(Button, { keys: "l", onClick: () => page.askLikes(item) }, "All like this"),
      h(Button, { keys: "x", "aria-pressed": String(page.state.picked.has(item.id)), onClick: () => page.pick(item.id) }, "Select"),
    ),
  );
}

// Over the list: what is selected, or its order.
function bar(page) {
  const { query } = page.props;
  const { picked } = page.state;
  if (picked.size > 0)
    return h(
      "div",
      { class: "bar chosen", role: "group", "aria-label": "Selection" },
      h("strong", null, `${number(picked.size)} selected`),
      kActs.map((act) =>
        h(
          Button,
          {
            key: act.decision,
            kind: `act small ${act.kind}`,
            keys: `⇧${act.key.toUpperCase()}`,
            onClick: () => page.askMany(act.decision),
          },
          act.verb,
        ),
      ),
      h(Button, { kind: "quiet small", onClick: () => page.pickAll() }, "All loaded"),
      h(Button, { kind: "quiet small", onClick: () => (page.setState({ picked: new Map() }), announce("Nothing is selected.")) }, "None"),
    );
  if (page.rows.items.length === 0) return null;
  return h(
    "div",
    { class: "bar order" },
    h(
      "label",
      null,
      h("span", { class: "hidden" }, "Order"),
      h(
        "select",
        { onChange: (event) => go(withWords({ sort: event.target.value, comment: "" })) },
        sortsOf(query).map(([value, label]) => h("option", { key: value, value, selected: value === sortOf(query) }, label)),
      ),
    ),
    h(
      "span",
      { class: "rest" },
      filtersOf(query).length > 0 &&
        page.rows.items.length > 1 &&
        h(
          Button,
          { kind: "quiet small", "aria-label": "Decide all that match the filter", onClick: () => page.askFilter() },
          "Decide all…",
        ),
      h(Button, { kind: "quiet small", onClick: () => page.pickAll() }, "Select all"),
    ),
  );
}

const heading = (query) => h("h1", { class: "hidden" }, "Queue: ", kTabs[tabOf(query)]?.title ?? "all");
// Before its first answer.
export const beginning = (page) => h("div", { class: "queue" }, heading(page.props.query), h(Waiting));
export function queueView(page) {
  const { query, sites, who } = page.props;
  const { current, picked, fresh, problem, narrow, offer, minute, follow, focus } = page.state;
  const { items, busy, next, ready } = page.rows;
  const item = page.item;
  const detail = page.details.get(current);
  const whole = item && (detail ?? item);
  const status = statusOf(query);
  const filtered = filtersOf(query).length > 0;
  const counts = page.watch.counts;
  const reading = narrow ? page.open : true;
  return h(
    "div",
    { class: `queue ${narrow ? "narrow" : "wide"} ${narrow && page.open ? "opened" : ""}` },
    heading(query),
    !(narrow && page.open) &&
      h(
        "div",
        { class: "head" },
        h(Tabs, { query, counts }),
        h(
          "div",
          { class: "tools" },
          sites.length > 1 &&
            !who.site &&
            h(
              "label",
              null,
              h("span", { class: "hidden" }, "Site"),
              h(
                "select",
                { onChange: (event) => filterBy("site", event.target.value) },
                [["", "All sites"], ...sites.map((one) => [one.id, one.name || one.id])].map(([value, label]) =>
                  h("option", { key: value, value, selected: value === (query.get("site") ?? "") }, label),
                ),
              ),
            ),
          h(Search, { value: query.get("text") ?? "" }),
          h(Button, { keys: "f", onClick: () => page.ask("filter") }, "Filters"),
          h(Button, { keys: "?", onClick: () => page.ask("help") }, "Keys"),
        ),
        h(Chips, { query, problem: problem?.status === 400 ? problem : null, edit: () => page.ask("filter") }),
      ),
    h(
      "div",
      { class: "panes" },
      !(narrow && page.open) &&
        h(
          "section",
          { class: "side", "aria-label": "Comments" },
          bar(page),
          fresh.length > 0 &&
            h(
              "div",
              { class: "fresh" },
              h(
                Button,
                { kind: "primary", keys: "n", onClick: () => page.showNew() },
                `${fresh.length > 99 ? "More than 99 new comments" : many(fresh.length, "new comment")}: show`,
              ),
            ),
          problem &&
            h(Trouble, {
              problem,
              again:
                problem.status === 400
                  ? undefined
                  : () => (page.setState({ problem: null }), items.length > 0 ? page.rows.retry() : page.restart()),
            }),
          items.length > 0 &&
            h(List, {
              items,
              current,
              picked,
              troubles: page.troubles,
              status: status ?? "",
              sites,
              who,
              more: Boolean(next),
              later: !page.drawn && !narrow && current === items[0].id,
              busy,
              minute,
              follow,
              focus,
              label: `${kTabs[tabOf(query)]?.title ?? "Comments"}, ${sortsOf(query).find(([name]) => name === sortOf(query))?.[1] ?? ""}`,
              onOpen: (id, event) => page.read(id, event),
              onPick: (id, event) => (event.shiftKey ? page.pickTo(id) : page.pick(id)),
              onNear: (at) => page.rows.near(at),
              onKey: (event) => page.listKey(event),
            }),
          items.length === 0 && !problem && (busy || !ready ? h(Waiting) : empty(filtered, status)),
        ),
      reading &&
        (whole
          ? h(
              "section",
              { class: "pane", "aria-label": "The comment" },
              h(Reading, {
                item: item,
                brief: !page.drawn,
                detail,
                who,
                sites,
                trouble: page.troubles.get(current),
                note: page.notes.get(current),
                filterBy,
                likes: () => page.askLikes(),
                undo: (entry) => page.deciding.undoEntry(entry),
                openNote: () => page.ask("note", { item }),
                back: narrow ? () => page.back() : null,
              }),
              acts(page, item),
            )
          : h(
              "section",
              { class: "pane none", "aria-label": "The comment" },
              narrow && h(Button, { kind: "quiet", onClick: () => page.back() }, "‹ Back to the list"),
              current && h(Waiting),
            )),
    ),
    h(Strip, {
      deeds: page.deeds,
      offer,
      minute,
      undo: (deed) => page.deciding.undo(deed),
      takeOffer: () => page.takeOffer(),
      dropOffer: () => page.setState({ offer: null }),
    }),
    asked(page),
  );
}

function empty(filtered, status) {
  if (filtered)
    return h(
      Empty,
      { title: "Nothing matches" },
      h("p", null, "No comment fits all of these filters."),
      h(Button, { onClick: noFilters }, "Without filters"),
    );
  if (status === "pending") return h(Empty, { title: "All done" }, h("p", null, "Nothing waits. New comments appear here by themselves."));
  return h(Empty, { title: "Nothing here" }, h("p", null, "No comment has this status."));
}
