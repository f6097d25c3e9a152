// Where the desk is: one page by path, its filters in the query, so that a look at the queue can be shared as a link.
//
// Links inside the desk are followed without loading the page again; everything else is the browser's own business.

const listeners = new Set();
export const onMove = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const here = () => ({ path: location.pathname.replace(/\/$/, "") || "/desk", query: new URLSearchParams(location.search) });

// `url` within the desk. `replace`: without a step in the history.
export function go(url, { replace = false } = {}) {
  if (url === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", url);
  for (const listener of listeners) listener();
}

// The present address with some of its query's words changed; "" and null take a word away.
export function withWords(changes, { path = here().path, query = here().query } = {}) {
  const words = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes))
    if (value === null || value === undefined || value === "") words.delete(name);
    else words.set(name, value);
  const text = words.toString();
  return text ? `${path}?${text}` : path;
}

addEventListener("popstate", () => listeners.forEach((listener) => listener()));
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
  if (link.pathname !== "/desk" && !link.pathname.startsWith("/desk/")) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
