// Chaffinch's comment section for any page:
//
//   <div id="chaffinch" data-site="blog"></div>
//   <script src="https://comments.example/embed.js" async></script>
//
// Attributes of the div (all but data-site may be left out): data-article (the page's path), data-lang (the page's
// language), data-sort (oldest, newest), data-limit (20), data-theme (light, dark; else by the page's own text colour).
// <span data-chaffinch-count="/an/article"></span> anywhere on the page shows how many comments that article has.
// Colours and fonts: the custom properties --chaffinch-* at the top of kStyle. README.md tells more.
//
// What others wrote is hostile: it gets to the page as text nodes and as the few elements of kElements, never as
// HTML. Nothing is evaluated, and no style or script is written into the page, so that a strict CSP holds.
(() => {
  "use strict";
  const kHome = new URL(".", document.currentScript.src).href;
  const kScript = document.currentScript;
  const kLanguages = ["en", "de", "fr", "es", "pt", "id", "ar", "ja"];
  const kElements = new Set(["p", "br", "a", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li"]);
  const kFormAge = 12 * 3600e3; // ms; a form's token is good for a day

  const kStyle = `
:host { display: block; --in: 1.25rem }
.c { color: var(--chaffinch-text, inherit); font: var(--chaffinch-font, inherit); line-height: 1.5; overflow-wrap: anywhere;
  --accent: var(--chaffinch-accent, #0b5cad); --on: var(--chaffinch-on-accent, #fff); --bad: var(--chaffinch-error, #a3180f);
  --soft: var(--chaffinch-muted, color-mix(in srgb, currentColor 78%, transparent));
  --line: var(--chaffinch-line, color-mix(in srgb, currentColor 22%, transparent));
  --edge: var(--chaffinch-edge, color-mix(in srgb, currentColor 62%, transparent));
  --field: var(--chaffinch-field, color-mix(in srgb, currentColor 3%, transparent)); --round: var(--chaffinch-radius, 6px) }
.c.dark { color-scheme: dark; --accent: var(--chaffinch-accent, #8ab8ff); --on: var(--chaffinch-on-accent, #0b1320); --bad: var(--chaffinch-error, #ffb4ab) }
.c.light { color-scheme: light }
.c[data-theme=dark] { background: var(--chaffinch-background, #16181c); color: var(--chaffinch-text, #e8e8ea); padding: 1rem }
.c[data-theme=light] { background: var(--chaffinch-background, #fff); color: var(--chaffinch-text, #1f2328); padding: 1rem }
* { box-sizing: border-box }
[hidden] { display: none !important }
h2, h3 { line-height: 1.25; margin: 0 } h2 { font-size: 1.4em } h3 { font-size: 1.15em }
.top { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; justify-content: space-between; border-block-end: 1px solid var(--line); padding-block-end: .5rem }
ol.t { list-style: none; margin: 0; padding: 0 }
ol.t ol.t { padding-inline-start: var(--in); border-inline-start: 2px solid var(--line) }
ol.t ol.t ol.t ol.t ol.t { padding-inline-start: 0; border: 0 }
article { padding-block: .9rem; overflow: clip; overflow-clip-margin: 6px }
article:focus-visible, .note:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px }
header { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline }
.who { font-weight: 600 }
a { color: var(--accent); text-underline-offset: .15em }
.when { color: var(--soft); font-size: .875em; text-decoration: none } a.when:hover { text-decoration: underline }
.mark { font-size: .875em; border: 1px solid var(--edge); border-radius: var(--round); padding: 0 .5em }
.body > :first-child { margin-block-start: .35rem } .body > :last-child { margin-block-end: .35rem }
.body p, .body ul, .body ol, .body blockquote, .body pre { margin-block: .6rem }
.body blockquote { margin-inline: 0; padding-inline-start: 1rem; border-inline-start: 3px solid var(--line) }
.body pre { overflow-x: auto; padding: .6rem; background: var(--field); border-radius: var(--round) }
code { font-family: ui-monospace, monospace; font-size: .92em }
form { margin-block: 1.25rem; display: grid; gap: .8rem }
.row { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)) }
label { display: block; font-weight: 600; font-size: .92em } label small { font-weight: 400; color: var(--soft); font-size: .92em }
input:not([type=checkbox]), textarea, select { font: inherit; color: inherit; inline-size: 100%; min-block-size: 2.5rem; padding: .45rem .6rem; margin-block-start: .2rem;
  background: var(--field); border: 1px solid var(--edge); border-radius: var(--round) }
textarea { min-block-size: 8rem; resize: vertical } select { inline-size: auto; min-block-size: 2rem; padding-block: .2rem }
::placeholder { color: inherit; opacity: .7 } option { color: CanvasText; background: Canvas }
.check { display: flex; gap: .5rem; align-items: center; font-weight: 400 } .check input { inline-size: 1.25rem; block-size: 1.25rem; flex: none; accent-color: var(--accent) }
:is(input, textarea, select, button, a):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
[aria-invalid=true] { border-color: var(--bad) !important }
.err { color: var(--bad); font-size: .92em; margin: .2rem 0 0; font-weight: 400 }
.buttons { display: flex; gap: .75rem; flex-wrap: wrap }
button { font: inherit; min-block-size: 2.5rem; padding: .4rem 1.1rem; cursor: pointer; border-radius: var(--round); border: 1px solid var(--accent); background: var(--accent); color: var(--on) }
button.plain { background: none; color: var(--accent) } button[aria-disabled=true] { opacity: .6; cursor: default }
button.reply { min-block-size: 1.75rem; padding: 0 .6rem; font-size: .92em; border-color: transparent; margin-inline-start: -.6rem }
.note { border: 1px solid var(--edge); border-inline-start: 4px solid var(--accent); border-radius: var(--round); padding: .6rem .9rem; margin-block: 1rem } .note.bad { border-inline-start-color: var(--bad) }
.note p { margin: 0 } .note button { margin-block-start: .5rem }
.trap { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%) }
@media (prefers-reduced-motion: no-preference) { button { transition: opacity .15s } }`;

  // ---- small tools

  // An element with attributes ("on…" are listeners, "text" is its text) and children.
  const make = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === undefined || value === null || value === false) continue;
      if (key === "text") made.textContent = value;
      else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.filter((one) => one || one === 0));
    return made;
  };

  // The browser may forbid storage, and it may be full: then nothing is remembered.
  const store = {
    get(key) {
      try {
        return JSON.parse(localStorage.getItem("chaffinch:" + key));
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        if (value === null) localStorage.removeItem("chaffinch:" + key);
        else localStorage.setItem("chaffinch:" + key, JSON.stringify(value));
      } catch {}
    },
  };

  const linkable = (address) => {
    try {
      const url = new URL(address);
      return url.protocol === "https:" || url.protocol === "http:" ? url.href : "";
    } catch {
      return "";
    }
  };

  const ask = async (path, query, options = {}) => {
    const url = new URL(kHome + path);
    for (const [name, value] of Object.entries(query ?? {})) for (const one of [value].flat()) if (one !== undefined && one !== null) url.searchParams.append(name, one);
    const answer = await fetch(url, options);
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(body.detail ?? String(answer.status)), { status: answer.status, problem: body, wait: Number(answer.headers.get("Retry-After")) || body.retry_after || 60 });
    return body;
  };

  const languageOf = (wished) => {
    for (const one of [wished, document.documentElement.lang, ...(navigator.languages ?? [])]) {
      const word = (one ?? "").toLowerCase().split(/[-_]/)[0];
      if (kLanguages.includes(word)) return word;
    }
    return "en";
  };
  const texts = {};
  const textsOf = (language) => (texts[language] ??= ask(`embed/${language}.json`).catch((error) => {
    delete texts[language];
    throw error;
  }));
  const speaker = (words, language) => {
    const plural = new Intl.PluralRules(language);
    const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
    say.count = (n) => {
      const key = n === 0 ? "count_zero" : "count_" + plural.select(n);
      return say(key in words ? key : "count_other", { n: new Intl.NumberFormat(language).format(n) });
    };
    return say;
  };

  // What the service made of a comment's text: texts and known elements, nothing else.
  const build = (nodes, to) => {
    for (const node of nodes) {
      if (typeof node === "string") to.append(node);
      else if (Array.isArray(node) && kElements.has(node[0])) {
        const [name, ...inside] = node;
        const made = document.createElement(name);
        if (name === "a") {
          const address = linkable(inside.shift());
          if (!address) {
            build(inside, to);
            continue;
          }
          made.href = address;
          made.rel = "nofollow ugc noopener";
        }
        build(inside, made);
        to.append(made);
      }
    }
    return to;
  };

  // ---- the section

  const section = async (host) => {
    if (host.shadowRoot) return;
    const site = host.dataset.site ?? kScript.dataset.site ?? "";
    const article = host.dataset.article ?? location.pathname;
    const language = languageOf(host.dataset.lang);
    const limit = Math.min(200, Math.max(1, parseInt(host.dataset.limit, 10) || 20));
    const key = `${site}:${article}`;
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(kStyle);
    root.adoptedStyleSheets = [sheet];
    const box = make("div", { class: "c", lang: language, "data-theme": host.dataset.theme });
    root.append(box);
    const shade = () => {
      const [r, g, b] = (getComputedStyle(box).color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
      const light = 0.3 * r + 0.59 * g + 0.11 * b > 128;
      box.classList.toggle("dark", light);
      box.classList.toggle("light", !light);
    };
    shade();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(shade));

    const state = { sort: host.dataset.sort === "newest" ? "newest" : "oldest", next: null, shown: new Map(), form: null, formAt: 0, parent: null, sending: false };
    let say;
    const retry = async () => {
      box.replaceChildren();
      try {
        say ??= speaker(await textsOf(language), language);
        box.dir = say("dir");
      } catch {
        // Without the texts there is one sentence that everybody gets.
        say = undefined;
        box.append(make("div", { class: "note bad", role: "alert" }, make("p", { text: "The comments could not be loaded." }), make("button", { type: "button", text: "Try again", onclick: retry })));
        return;
      }
      draw();
      await load();
    };

    let title, status, list, empty, more, order, note, form, fields, formTitle, cancel, home;

    const tell = (text, bad = false, action) => {
      note.className = bad ? "note bad" : "note";
      note.replaceChildren(make("p", { text }), ...(action ? [action] : []));
      note.hidden = false;
    };

    const draw = () => {
      title = make("h2", { text: say("comments") });
      status = make("p", { role: "status", class: "when", text: say("loading") });
      order = make("select", { "aria-label": say("order"), onchange: () => ((state.sort = order.value), load()) }, make("option", { value: "oldest", text: say("oldest") }), make("option", { value: "newest", text: say("newest") }));
      order.value = state.sort;
      list = make("ol", { class: "t" });
      empty = make("p", { text: say("empty"), hidden: true });
      more = make("button", { type: "button", class: "plain", text: say("more"), hidden: true, onclick: () => load(true) });
      note = make("div", { class: "note", role: "alert", tabindex: "-1", hidden: true });
      form = make("form", { novalidate: true, "aria-labelledby": "ft", onsubmit: send, oninput: keep, onfocusin: fetchForm });
      drawForm();
      // The time that somebody takes to write begins when the form is seen.
      new IntersectionObserver((seen, watch) => seen.some((one) => one.isIntersecting) && (watch.disconnect(), fetchForm())).observe(form);
      home = make("div", {}, form);
      box.append(make("section", { "aria-labelledby": "h" }, make("div", { class: "top" }, title, order), status, empty, list, more, note, home));
      title.id = "h";
    };

    const field = (name, label, hint, attributes = {}, element = "input") => {
      const id = "f-" + name;
      const input = make(element, { id, name, "aria-describedby": `${id}-e`, ...attributes });
      fields[name] = input;
      return make("div", {}, make("label", { for: id }, label, " ", hint && make("small", { text: hint })), input, make("p", { class: "err", id: `${id}-e`, hidden: true }));
    };

    const drawForm = () => {
      fields = {};
      formTitle = make("h3", { id: "ft", text: say("title") });
      cancel = make("button", { type: "button", class: "plain", text: say("cancel"), hidden: true, onclick: () => replyTo(null) });
      const known = store.get("author");
      form.append(
        formTitle,
        field("content", say("comment"), "", { rows: 6, required: true, dir: "auto" }, "textarea"),
        make("div", { class: "row" },
          field("name", say("name"), "", { autocomplete: "name", required: true, maxlength: 200, dir: "auto" }),
          field("email", say("email"), say("email_hint"), { type: "email", autocomplete: "email", maxlength: 100, dir: "ltr" }),
          field("url", say("website"), say("optional"), { type: "url", autocomplete: "url", maxlength: 500, dir: "ltr", placeholder: "https://" })),
        make("div", { class: "trap", "aria-hidden": "true" }, make("label", { for: "f-trap", text: say("honeypot") }), (fields.trap = make("input", { id: "f-trap", name: "subject", tabindex: "-1", autocomplete: "off" }))),
        make("label", { class: "check" }, (fields.remember = make("input", { type: "checkbox", name: "remember" })), say("remember")),
        make("div", { class: "buttons" }, (fields.send = make("button", { text: say("send") })), cancel));
      if (known) {
        for (const one of ["name", "email", "url"]) fields[one].value = known[one] ?? "";
        fields.remember.checked = true;
      }
      fields.content.value = store.get("draft:" + key)?.text ?? "";
    };

    // Drafts are per article and what is answered; one that is empty is none.
    const draftKey = () => "draft:" + key + (state.parent ? ":" + state.parent : "");
    const keep = () => store.set(draftKey(), fields.content.value.trim() ? { text: fields.content.value } : null);
    // Another tab sent this very text: it is not to be sent twice. Or it has a comment that waits: shown here too.
    addEventListener("storage", (event) => {
      if (!say || !event.key) return;
      if (event.key === "chaffinch:" + draftKey() && event.newValue === null && event.oldValue === JSON.stringify({ text: fields.content.value })) fields.content.value = "";
      if (event.key === "chaffinch:own:" + key) load();
    });

    const fetchForm = () => {
      if (state.form && Date.now() - state.formAt < kFormAge) return;
      state.formAt = Date.now();
      const asked = (state.form = ask("v1/comments/form", { site, article }).then((one) => one.token));
      asked.catch(() => state.form === asked && (state.form = null));
    };

    const replyTo = (item) => {
      state.parent = item?.id ?? null;
      formTitle.textContent = item ? say("reply_to", { name: item.author.name || say("anonymous") }) : say("title");
      cancel.hidden = !item;
      (item ? state.shown.get(item.id).slot : home).append(form);
      fields.content.value = store.get(draftKey())?.text ?? "";
      if (item) fields.content.focus();
    };

    const wrong = (name, text) => {
      const spot = root.getElementById(`f-${name}-e`);
      spot.textContent = text;
      spot.hidden = !text;
      text ? fields[name].setAttribute("aria-invalid", "true") : fields[name].removeAttribute("aria-invalid");
      return text ? fields[name] : null;
    };

    const checked = () => {
      const url = fields.url.value.trim();
      const size = new TextEncoder().encode(fields.content.value).length;
      const first = [
        wrong("content", !fields.content.value.trim() ? say("need_comment") : size > 65536 ? say("too_long") : ""),
        wrong("name", fields.name.value.trim() ? "" : say("need_name")),
        wrong("email", fields.email.value.trim() && !fields.email.checkValidity() ? say("bad_email") : ""),
        wrong("url", url && !linkable(url) ? say("bad_url") : ""),
      ].find(Boolean);
      first?.focus();
      return !first;
    };

    async function send(event) {
      event.preventDefault();
      if (state.sending || !checked()) return;
      const value = (name) => fields[name].value.trim();
      const author = { name: value("name"), email: value("email"), url: value("url") };
      const content = fields.content.value;
      const parent = state.parent;
      const draft = draftKey();
      store.set("author", fields.remember.checked ? author : null);
      // The same text sent again is the same comment, whatever became of the first answer.
      const print = JSON.stringify([author, content, parent]);
      if (state.print !== print) Object.assign(state, { print, once: [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join(""), body: null });
      state.sending = true;
      fields.send.setAttribute("aria-disabled", "true");
      fields.send.textContent = say("sending");
      note.hidden = true;
      try {
        fetchForm();
        const token = await state.form;
        state.body ??= JSON.stringify({ site, article: { id: article }, parent: parent ?? undefined, author, content, form: { token, honeypot: fields.trap.value } });
        const got = await ask("v1/comments", { site }, { method: "POST", headers: { "Content-Type": "application/json", "Idempotency-Key": state.once }, body: state.body });
        state.form = state.print = null;
        if (got.status !== "approved" && got.status !== "pending") {
          tell(say("refused"), true);
        } else {
          if (got.status === "pending") store.set("own:" + key, [{ id: got.id, receipt: got.receipt, at: Date.now() }, ...own()].slice(0, 5));
          store.set(draft, null);
          fields.content.value = "";
          replyTo(null);
          await load(false, got.id);
          tell(say(got.status === "approved" ? "published" : "pending"));
        }
      } catch (error) {
        tell(why(error), true);
        if (error.status && error.status < 500 && error.status !== 429) state.print = null;
      } finally {
        state.sending = false;
        fields.send.removeAttribute("aria-disabled");
        fields.send.textContent = say("send");
      }
      note.focus();
      note.scrollIntoView({ block: "nearest" });
    }

    const why = (error) => {
      if (!error.status) return say("offline");
      if (error.status === 429) return say("too_fast", { n: error.wait });
      if (error.status === 403 && error.problem.where === "/article") return say("closed");
      if (error.status === 413) return say("too_long");
      if (error.status >= 500) return say("unavailable");
      return say("failed", { why: [error.problem.detail, error.problem.advice].filter(Boolean).join("; ") || error.status });
    };

    const own = () => (store.get("own:" + key) ?? []).filter((one) => Date.now() - one.at < 30 * 864e5);

    // One page, and on the first one the caller's own comments that wait.
    const fetchPage = async (cursor) => {
      const waiting = cursor ? [] : own();
      const query = { site, article, sort: state.sort, limit, body: true, cursor };
      const [page, ...others] = await Promise.all([
        ask("v1/comments", { ...query, id: waiting[0]?.id, receipt: waiting[0]?.receipt }).catch((error) => (waiting[0] && error.status === 403 ? ask("v1/comments", query) : Promise.reject(error))),
        ...waiting.slice(1).map((one) => ask("v1/comments", { ...query, limit: 1, id: one.id, receipt: one.receipt }).catch(() => null)),
      ]);
      const flat = (items) => items.flatMap((item) => [item, ...flat(item.replies)]);
      const all = flat(page.items);
      for (const other of others) for (const item of flat(other?.items ?? [])) if (item.status === "pending" && !all.some((one) => one.id === item.id)) all.push({ ...item, replies: [] });
      const decided = new Set(all.filter((one) => one.status === "approved").map((one) => one.id));
      if (waiting.some((one) => decided.has(one.id))) store.set("own:" + key, waiting.filter((one) => !decided.has(one.id)));
      return { ...page, all };
    };

    const load = async (further = false, wanted = location.hash.startsWith("#chaffinch-") && !state.count ? location.hash.slice(11) : null) => {
      const turn = (state.turn = (state.turn ?? 0) + 1);
      more.setAttribute("aria-disabled", "true");
      try {
        let page = await fetchPage(further ? state.next : undefined);
        if (turn !== state.turn) return;
        if (!further) {
          if (state.parent) replyTo(null);
          list.replaceChildren();
          state.shown.clear();
        }
        let last = put(page);
        for (let i = 0; wanted && i < 20 && page.next && !state.shown.has(wanted); ++i) {
          page = await fetchPage(page.next);
          if (turn !== state.turn) return;
          last = put(page) ?? last;
        }
        if (further) last?.focus();
        if (wanted) state.shown.get(wanted)?.article.scrollIntoView({ block: "center" });
      } catch (error) {
        if (turn !== state.turn) return;
        status.textContent = "";
        tell(say(error.status === 404 ? "unknown_site" : "load_failed"), true, make("button", { type: "button", text: say("retry"), onclick: () => ((note.hidden = true), load(further)) }));
      }
      more.removeAttribute("aria-disabled");
    };

    // Adds a page to the list; the first article of it comes back.
    const put = (page) => {
      state.next = page.next;
      state.count = page.count;
      let first = null;
      for (const item of page.all) {
        if (state.shown.has(item.id)) continue;
        const shown = draw1(item, page.closed);
        state.shown.set(item.id, shown);
        first ??= shown.article;
        (state.shown.get(item.parent)?.replies ?? list).append(shown.line);
      }
      status.textContent = page.count ? say.count(page.count) : "";
      empty.hidden = page.count > 0 || state.shown.size > 0 || page.closed;
      order.hidden = page.count < 2;
      more.hidden = !page.next;
      home.hidden = page.closed;
      if (page.closed) tell(say("closed"));
      return first;
    };

    const draw1 = (item, closed) => {
      const name = item.author.name || say("anonymous");
      const address = linkable(item.author.url);
      const who = address ? make("a", { class: "who", href: address, rel: "nofollow ugc noopener", text: name }) : make("span", { class: "who", text: name });
      who.dir = "auto";
      const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(item.created_at));
      const replies = make("ol", { class: "t" });
      const slot = make("div");
      const pending = item.status !== "approved";
      const article = make("article", { tabindex: "-1", "aria-label": say("by", { name }) },
        make("header", {}, who, make("a", { class: "when", href: "#chaffinch-" + item.id }, make("time", { datetime: item.created_at, text: when })), item.edited_at && make("span", { class: "when", text: say("edited") }), pending && make("span", { class: "mark", text: say("waiting") })),
        build(item.body ?? [["p", item.content]], make("div", { class: "body", dir: "auto" })),
        closed || pending ? null : make("button", { type: "button", class: "plain reply", "aria-label": say("reply_to", { name }), text: say("reply"), onclick: () => replyTo(item) }),
        slot);
      return { article, slot, replies, line: make("li", {}, article, replies) };
    };

    await retry();
  };

  // ---- counts: one call for all places of a site

  const counts = async () => {
    const places = new Map();
    const site = kScript.dataset.site ?? document.querySelector("#chaffinch, [data-chaffinch]")?.dataset.site;
    for (const place of document.querySelectorAll("[data-chaffinch-count]")) {
      const of = place.dataset.site ?? site ?? "";
      const byArticle = places.get(of) ?? places.set(of, new Map()).get(of);
      const name = place.dataset.chaffinchCount;
      byArticle.set(name, [...(byArticle.get(name) ?? []), place]);
    }
    for (const [of, byArticle] of places) {
      const names = [...byArticle.keys()];
      for (let i = 0; i < names.length; i += 200) {
        const language = languageOf();
        const [words, answer] = await Promise.all([textsOf(language), ask("v1/comments/counts", { site: of, article: names.slice(i, i + 200) })]);
        for (const { article, count } of answer.items) for (const place of byArticle.get(article) ?? []) place.textContent = speaker(words, language).count(count);
      }
    }
  };

  const start = () => {
    for (const host of document.querySelectorAll("#chaffinch, [data-chaffinch]")) section(host);
    counts().catch(() => {}); // a page without numbers is still a page
  };
  document.readyState === "loading" ? addEventListener("DOMContentLoaded", start) : start();
})();
