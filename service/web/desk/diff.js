// Differences of two texts, line by line (Myers 1986, with common beginnings and ends set aside first). Pure, and bounded: of texts that
// differ in too much to be compared line by line it says how many lines came and went.

const kMostEdits = 1500; // lines that came or went, shown one by one
const kMostSteps = 5_000_000; // comparisons: some tens of milliseconds

const linesOf = (text) => {
  if (!text) return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
};

// The shortest way from a[] to b[] (numbers that stand for lines) as a list of signs (" ", "-", "+"), or null past the bounds.
function script(a, b) {
  const most = Math.min(a.length + b.length, kMostEdits);
  const trail = []; // of each d: how far each diagonal -d..d reaches in a[]
  let steps = 0;
  for (let d = 0; d <= most; d++) {
    const last = trail[d - 1];
    const ends = new Int32Array(2 * d + 1);
    const reach = (k) => (k < 1 - d || k > d - 1 ? -1 : last[k + d - 1]);
    trail.push(ends);
    for (let k = -d; k <= d; k += 2) {
      let x = d === 0 ? 0 : Math.max(reach(k + 1), reach(k - 1) + 1);
      for (; x < a.length && x - k < b.length && a[x] === b[x - k]; x++) steps++;
      ends[k + d] = x;
      if (x >= a.length && x - k >= b.length) return walk(a, b, trail);
    }
    if ((steps += d) > kMostSteps) return null;
  }
  return null;
}
function walk(a, b, trail) {
  const signs = [];
  let x = a.length, k = a.length - b.length;
  for (let d = trail.length - 1; d > 0; d--) {
    const reach = (at) => (at < 1 - d || at > d - 1 ? -1 : trail[d - 1][at + d - 1]);
    const down = reach(k + 1) > reach(k - 1); // else a line of a[] goes
    for (const from = down ? reach(k + 1) : reach(k - 1) + 1; x > from; x--) signs.push(" ");
    signs.push(down ? "+" : "-");
    if (down) k++;
    else k--, x--;
  }
  for (; x > 0; x--) signs.push(" ");
  return signs.reverse();
}

// {same: true} | {added, removed, lines: [[sign, line, number before, number after]...] | null}. `lines` null: only the numbers can be told.
export function diff(before, after) {
  if (before === after) return { same: true, added: 0, removed: 0, lines: [] };
  const a = linesOf(before), b = linesOf(after);
  let head = 0, tail = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const numbers = new Map();
  const numbered = (lines) => lines.slice(head, lines.length - tail).map((line) => numbers.get(line) ?? (numbers.set(line, numbers.size), numbers.size - 1));
  const told = counts(a, b);
  const signs = told.added + told.removed > kMostEdits ? null : script(numbered(a), numbered(b));
  if (!signs) return { ...told, lines: null };
  const lines = [];
  let n = 0, m = 0;
  for (const sign of [...Array(head).fill(" "), ...signs, ...Array(tail).fill(" ")]) {
    const line = sign === "+" ? b[m] : a[n];
    if (sign !== "+") n++;
    if (sign !== "-") m++;
    lines.push([sign, line, sign === "+" ? null : n, sign === "-" ? null : m]);
  }
  return { added: signs.filter((one) => one === "+").length, removed: signs.filter((one) => one === "-").length, lines };
}

// How many lines of one are not in the other, whatever their order.
function counts(a, b) {
  const left = new Map();
  for (const line of a) left.set(line, (left.get(line) ?? 0) + 1);
  let added = 0;
  for (const line of b) {
    const n = left.get(line) ?? 0;
    if (n > 0) left.set(line, n - 1);
    else added++;
  }
  return { added, removed: [...left.values()].reduce((sum, n) => sum + n, 0) };
}

// The lines that changed with `around` lines about them: [{skipped}|{sign, line, before, after}].
export function hunks(lines, around = 3) {
  const near = new Uint8Array(lines.length);
  lines.forEach(([sign], at) => {
    if (sign !== " ") near.fill(1, Math.max(0, at - around), at + around + 1);
  });
  const out = [];
  let skipped = 0;
  lines.forEach(([sign, line, before, after], at) => {
    if (!near[at]) return void skipped++;
    if (skipped) out.push({ skipped });
    skipped = 0;
    out.push({ sign, line, before, after });
  });
  if (skipped) out.push({ skipped });
  return out;
}
