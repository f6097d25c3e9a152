// The desk: who is signed in, which page is open, and the frame around it.
import "./core.js";
import { arrived, del, get, onExpired } from "./api.js";
import { pageOf } from "./asked.js";
import { here, go, onMove } from "./nav.js";
import { render } from "./preact.js";
import Queue from "./queue.js";
import { SignIn } from "./signin.js";
import { h, Component, Button, Dialog, Notices, Trouble, Waiting, afterPaint, announce, notifyProblem } from "./ui.js";

// A page is a module whose default is a component: {who, sites, query, refreshSites}. Its style is in force while it is open.
const kPages = [
  { path: "/desk", title: "Queue", style: "/desk/queue.css", load: () => ({ default: Queue }) },
  { path: "/desk/rules", title: "Rules", style: "/desk/rules.css", load: () => import("./rules.js") },
  { path: "/desk/numbers", title: "Numbers", style: "/desk/pages.css", load: () => import("./numbers.js") },
  { path: "/desk/log", title: "Decisions", style: "/desk/pages.css", load: () => import("./log.js") },
  { path: "/desk/blocks", title: "Blocks", style: "/desk/pages.css", load: () => import("./blocks.js") },
  { path: "/desk/sites", title: "Sites", style: "/desk/pages.css", load: () => import("./sites.js"), admin: true },
  { path: "/desk/tokens", title: "Tokens", style: "/desk/pages.css", load: () => import("./tokens.js"), admin: true },
];

const kTogether = 250; // ms

const styles = () => [...document.querySelectorAll("link[data-page]")];
function styled(href) {
  const link = styles().find((one) => one.getAttribute("href") === href);
  if (link?.sheet) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const wanted = link ?? Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    wanted.addEventListener("load", resolve, { once: true });
    wanted.addEventListener("error", () => (wanted.remove(), reject(new Error(href))), { once: true });
    if (link) return;
    wanted.setAttribute("href", href);
    wanted.dataset.page = "";
    document.head.append(wanted);
  });
}
const wear = (href) => styles().forEach((link) => (link.media = link.getAttribute("href") === href ? "all" : "not all"));

// Loads a page's module and style, and begins with it before it is known who asks.
const loading = new Map();
const ready = new Map(); // path -> module
const loaded = (page) => {
  if (!loading.has(page.path))
    loading.set(page.path, Promise.all([page.load(), styled(page.style)]).then(([module]) => (ready.set(page.path, module), module)));
  return loading.get(page.path);
};

class Frame extends Component {
  constructor(props) {
    super(props);
    const { path, query } = here();
    // The code of a sign-in link is in the fragment, which nobody but this page sees; it leaves the address at once.
    this.code = path === "/desk/in" ? location.hash.slice(1) : "";
    if (this.code) history.replaceState(null, "", "/desk/in");
    this.state = { who: undefined, sites: [], path, query, Page: null, problem: null, asking: null };
    this.refreshSites = () => this.loadSites();
  }

  componentDidMount() {
    onMove(() => this.move());
    onExpired(() => this.askAgain());
    // Another link that is put into the address of this page changes its fragment alone.
    addEventListener("hashchange", () => location.pathname === "/desk/in" && location.hash.length > 1 && location.reload());
    this.begin();
  }

  async begin() {
    if (this.page()) loaded(this.page()).catch(() => {});
    if (this.code) return this.setState({ who: null });
    try {
      const who = await get("/desk/session", {}, { quiet: true });
      // The first comments come right behind. The frame drawn alone, and then again with them, would make one wait for both.
      await arrived("/v1/queue", pageOf(this.state.query), kTogether);
      await this.enter(who);
    } catch (problem) {
      if (problem.status === 401) this.setState({ who: null });
      else this.setState({ problem });
    }
  }

  page() {
    return kPages.find((one) => one.path === this.state.path);
  }

  // `who` has signed in: the page that was asked for, or the queue.
  async enter(who) {
    this.code = "";
    // The page is drawn with its frame where it is there already.
    this.setState({ who, problem: null, Page: ready.get(this.state.path)?.default ?? null });
    if (this.state.path === "/desk/in") go("/desk", { replace: true });
    afterPaint(() => this.loadSites());
    await this.open();
  }

  async loadSites() {
    try {
      const sites = [];
      for (let cursor; ; ) {
        const page = await get("/v1/sites", { limit: 200, cursor });
        sites.push(...page.items);
        cursor = page.next;
        if (!cursor || sites.length >= 2000) break;
      }
      this.setState({ sites });
    } catch (problem) {
      notifyProblem(problem, "The list of sites could not be read.");
    }
  }

  move() {
    const { path, query } = here();
    const other = path !== this.state.path;
    // The page that is left does not begin anew under the new address.
    this.setState(other ? { path, query, Page: ready.get(path)?.default ?? null } : { path, query }, () => {
      if (other) this.open(true);
    });
  }

  async open(moved = false) {
    const page = this.page();
    if (!page) return this.setState({ Page: null });
    document.title = `${page.title} · Chaffinch`;
    try {
      const module = await loaded(page);
      if (this.page() !== page) return;
      wear(page.style);
      if (!moved && this.state.Page === module.default) return;
      this.setState({ Page: module.default, problem: null }, () => {
        if (!moved) return;
        announce(page.title);
        const heading = document.querySelector("main h1");
        heading?.setAttribute("tabindex", "-1");
        heading?.focus({ preventScroll: true });
        scrollTo(0, 0);
      });
    } catch (error) {
      loading.delete(page.path);
      this.setState({ problem: { message: "This page could not be loaded.", advice: "Look whether you are online. If you are, the service may have been renewed meanwhile: load the page again.", where: "", error } });
    }
  }

  // The session ended in the middle of work: what is on the page stays, the calls wait for the sign-in.
  askAgain() {
    if (!this.asked) this.asked = new Promise((resolve) => this.setState({ asking: { resolve } }));
    return this.asked;
  }
  signedInAgain(who) {
    const { resolve } = this.state.asking;
    this.asked = null;
    this.setState({ who, asking: null });
    announce("Signed in again");
    resolve();
  }

  async signOut(everywhere) {
    try {
      await del(everywhere ? "/desk/sessions" : "/desk/session", {}, { quiet: true });
    } catch (problem) {
      if (problem.status !== 401) return notifyProblem(problem, "You are still signed in.");
    }
    location.assign("/desk/in");
  }

  render(_, { who, sites, path, query, Page, problem, asking }) {
    if (who === undefined)
      return problem ? h("main", { class: "alone" }, h("h1", null, "Chaffinch"), h(Trouble, { problem, again: () => this.begin() })) : h("main", { class: "alone" }, h(Waiting));
    if (who === null)
      return h("main", { class: "alone" }, h("h1", null, "Chaffinch"), h(SignIn, { code: this.code, done: (one) => this.enter(one) }), h(Notices));
    const pages = kPages.filter((one) => !one.admin || who.role === "admin");
    const page = pages.find((one) => one.path === path);
    return h(
      "div",
      { class: "frame" },
      h("a", { class: "skip", href: "#main", onClick: (event) => (event.preventDefault(), document.getElementById("main").focus()) }, "Skip to the page"),
      h(
        "header",
        { class: "top" },
        h("a", { class: "home", href: "/desk" }, h("img", { src: "/desk/icon.svg", alt: "", width: 24, height: 24 }), h("span", null, "Chaffinch")),
        h(
          "nav",
          { "aria-label": "Desk" },
          h("ul", null, pages.map((one) => h("li", { key: one.path }, h("a", { href: one.path, "aria-current": one === page ? "page" : undefined }, one.title)))),
        ),
        h(
          "details",
          { class: "who" },
          h("summary", null, who.name),
          h(
            "div",
            { class: "menu" },
            h("p", null, `${who.role === "admin" ? "Admin" : "Moderator"} of ${who.site ?? "all sites"}`),
            h(Button, { onClick: () => this.signOut(false) }, "Sign out"),
            h(Button, { onClick: () => this.signOut(true) }, "Sign out everywhere"),
          ),
        ),
      ),
      h(
        "main",
        { id: "main", tabindex: "-1" },
        problem && h(Trouble, { problem, again: () => this.open() }),
        !page && h("div", null, h("h1", null, "There is no such page"), h("p", null, h("a", { href: "/desk" }, "Back to the queue"))),
        page && !Page && !problem && h(Waiting),
        page && Page && h(Page, { key: path, who, sites, query, refreshSites: this.refreshSites }),
      ),
      h(Notices),
      asking &&
        h(Dialog, { title: "Your session has ended" }, h(SignIn, { why: "Sign in again to go on where you were. Nothing that you wrote is lost.", done: (one) => this.signedInAgain(one) })),
    );
  }
}

// index.html has what Frame shows first.
const box = document.getElementById("desk");
render(h(Frame), box, box.firstElementChild);
