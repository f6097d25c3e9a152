// The strip of last decisions: what each did, whether the service has it, and the way back.
import { h, Button } from "./ui.js";
import { actOf, deedWords } from "./deeds.js";
import { ago, many } from "./format.js";
import { Excerpt } from "./text.js";

const kStates = { saving: "saving…", undoing: "taking back…", undone: "taken back", refused: "not done" };

const Deed = ({ deed, first, undo }) => {
  const words = deedWords(deed);
  const whose = deed.name && h("span", { class: "whose" }, " ", h(Excerpt, { text: deed.name, length: 24 }));
  const lost = deed.state === "waiting" || deed.state === "stuck" || (deed.state === "saving" && deed.tries > 0);
  const told = lost
    ? deed.state === "stuck"
      ? "not saved"
      : "not saved yet, trying again"
    : deed.wanted && deed.state !== "undone"
      ? "taking back…"
      : (kStates[deed.state] ?? ago(deed.at));
  return h(
    "li",
    { class: `deed ${deed.decision} ${deed.state} ${lost ? "lost" : ""}` },
    h("span", { class: "what" }, words, whose),
    h("span", { class: "soft" }, told),
    deed.state === "done" &&
      !deed.wanted &&
      h(
        Button,
        {
          kind: "quiet small",
          keys: first ? "u" : undefined,
          "aria-label": `Undo: ${words}${deed.name ? " " + deed.name : ""}, ${told}`,
          onClick: () => undo(deed),
        },
        "Undo",
      ),
    (deed.state === "waiting" || deed.state === "stuck") && h(Button, { kind: "quiet small", onClick: () => deed.hurry?.() }, "Try now"),
    deed.state === "stuck" && h(Button, { kind: "quiet small", onClick: () => deed.giveUp?.() }, "Give up"),
  );
};

// `offer`: {count, decision}: near copies of what was just decided that still wait.
export const Strip = ({ deeds, offer, takeOffer, dropOffer, undo }) => {
  const newest = deeds.newest;
  const shown = deeds.list.filter((deed) => deed.state !== "refused").slice(0, 12);
  const troubled = deeds.troubled.length;
  if (shown.length === 0 && !offer) return null;
  return h(
    "section",
    { class: "strip", "aria-label": "Last decisions" },
    troubled > 0 &&
      h(
        "p",
        { class: "unsaved", role: "alert" },
        h("strong", null, many(troubled, "decision")),
        " not saved yet. Leave this page open: it tries again.",
      ),
    offer &&
      h(
        "p",
        { class: "offer" },
        h("strong", null, `${offer.count} more like ${offer.count === 1 || offer.single ? "this" : "these"}`),
        offer.count === 1 ? " waits: " : " wait: ",
        h(
          Button,
          { kind: `act ${offer.decision}`, keys: "m", onClick: takeOffer },
          actOf(offer.decision).verb + (offer.count === 1 ? " it" : " them all"),
        ),
        h("button", { type: "button", class: "close", "aria-label": "Not these", onClick: dropOffer }, "×"),
      ),
    shown.length > 0 &&
      h(
        "ol",
        { tabindex: "0", "aria-label": "Newest first" },
        shown.map((deed) => h(Deed, { key: deed.key, deed, first: deed === newest, undo })),
      ),
  );
};
