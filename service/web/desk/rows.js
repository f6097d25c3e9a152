// The part of the queue that is on the page: pages by cursor, loaded as one comes near their end, let go of when far behind, so that
// the page stays as small with a million comments as with a hundred. Knows nothing of the screen.

const kPages = 5; // pages kept
const kNear = 15; // so many before the end more is loaded

export class Rows {
  // `load(cursor, signal)`: {items, next}; `changed()`: something is different; `failed(problem)`.
  constructor({ load, changed, failed }) {
    Object.assign(this, { load, changed, failed });
    this.clear();
  }
  clear() {
    this.asking?.abort();
    this.pages = []; // {cursor: where it begins, items}
    this.before = []; // cursors of the pages that were let go of in front
    this.next = null; // where the list goes on; null: at its end
    this.busy = false;
    this.ready = false;
    this.failing = false; // until one tries again
  }
  get items() {
    return (this.flat ??= this.pages.flatMap((page) => page.items));
  }
  touched() {
    this.flat = null;
    this.changed();
  }
  async start() {
    this.clear();
    this.flat = null;
    await this.ask(null, (page) => {
      this.pages = [page];
      this.ready = true;
    });
  }
  // Loads what comes before or after, when the place `at` is near an end. To be called at any time.
  async near(at) {
    if (this.busy || !this.ready || this.failing) return;
    if (this.next && at >= this.items.length - kNear)
      await this.ask(this.next, (page) => {
        this.pages.push(page);
        if (this.pages.length <= kPages) return;
        // What was decided away needs no way back.
        const { cursor, items } = this.pages.shift();
        if (items.length > 0) this.before.push(cursor);
      });
    else if (this.before.length > 0 && at < kNear) {
      const cursor = this.before[this.before.length - 1];
      const next = this.next;
      await this.ask(cursor, (page) => {
        this.before.pop();
        this.next = next;
        if (page.items.length === 0) return;
        this.pages.unshift(page);
        if (this.pages.length > kPages) this.next = this.pages.pop().cursor;
      });
    }
  }
  retry() {
    this.failing = false;
    return this.near(this.items.length);
  }
  async ask(cursor, put) {
    const mine = (this.asking = new AbortController());
    this.busy = true;
    this.touched();
    try {
      let page = { items: [], next: cursor };
      // A page may hold fewer than asked for, none even, and still have a next one.
      do page = await this.load(page.next, mine.signal);
      while (page.items.length === 0 && page.next && !mine.signal.aborted);
      if (mine.signal.aborted) return;
      const known = new Set(this.items.map((one) => one.id));
      this.next = page.next;
      put({ cursor, items: page.items.filter((one) => !known.has(one.id)) });
      this.failing = false;
    } catch (problem) {
      if (mine.signal.aborted || problem.name === "AbortError") return;
      this.failing = true;
      this.failed(problem);
    } finally {
      if (!mine.signal.aborted) {
        this.busy = false;
        this.touched();
      }
    }
  }

  place(id) {
    return this.items.findIndex((one) => one.id === id);
  }
  find(id) {
    return this.items.find((one) => one.id === id);
  }
  remove(ids) {
    const gone = new Set(ids);
    for (const page of this.pages)
      if (page.items.some((one) => gone.has(one.id))) page.items = page.items.filter((one) => !gone.has(one.id));
    this.touched();
  }
  // Puts a comment back where it was, or newly in front.
  insert(item, at = 0) {
    if (this.find(item.id)) return this.replace(item);
    let left = at;
    for (const page of this.pages) {
      if (left <= page.items.length) {
        page.items = [...page.items.slice(0, left), item, ...page.items.slice(left)];
        return this.touched();
      }
      left -= page.items.length;
    }
    if (this.pages.length === 0) this.pages = [{ cursor: null, items: [] }];
    this.pages[this.pages.length - 1].items.push(item);
    this.touched();
  }
  replace(item) {
    for (const page of this.pages) {
      const at = page.items.findIndex((one) => one.id === item.id);
      if (at >= 0) page.items = page.items.with?.(at, item) ?? page.items.map((one) => (one.id === item.id ? item : one));
    }
    this.touched();
  }
}
