// Packs that are being written and are not kept yet, by scope and name. They outlive moving between pages of the desk.
const texts = new Map();
const keyOf = (site, pack) => `${site}\n${pack}`;

export const unsaved = {
  get: (site, pack) => texts.get(keyOf(site, pack)),
  set: (site, pack, work) => texts.set(keyOf(site, pack), work), // {text, lists}
  drop: (site, pack) => texts.delete(keyOf(site, pack)),
  any: () => texts.size > 0,
  // Those of a scope, as the API takes packs: [{name, text, lists}].
  of: (site) => [...texts].filter(([key]) => key.startsWith(`${site}\n`)).map(([key, work]) => ({ name: key.slice(site.length + 1), text: work.text, lists: work.lists })),
};
