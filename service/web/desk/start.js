// Asks who is signed in, and for the queue its first comments, while the desk's modules are still on their way: over a thin line that
// is half of the wait. A small classic script in front of them; api.js takes the answers up (`window.early`: URL -> Promise of {answer, text}).
import { newestOf, pageOf, withQuery } from "./asked.js";

const path = location.pathname.replace(/\/$/, "");
const early = (window.early = new Map());
async function read(url) {
  const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(30_000) });
  return { answer, text: await answer.text() };
}
function ask(path, words) {
  const url = withQuery(path, words);
  early.set(url, read(url));
  early.get(url).catch(() => {}); // told to whoever takes it up
}
// Who comes to sign in has no session yet.
if (path !== "/desk/in") ask("/desk/session");
if (path === "/desk") {
  const query = new URLSearchParams(location.search);
  // In this order: what comes between the two answers is in the list, and news besides, which is noticed; the other way it were in neither.
  if (newestOf(query)) ask("/v1/queue", newestOf(query));
  ask("/v1/queue", pageOf(query));
}
