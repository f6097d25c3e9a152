// Tells every story to the real program and says at the end what of schema/openapi.json was seen.
//
//   node run.mjs [--program FILE] [story...]      all stories, or the named ones ("queue"; then nothing is said about coverage)
//
// Fails when the document is not sound, a story fails, an operation of the document was never carried out, or a status that
// it describes for an operation never came.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
if (!existsSync(join(here, "node_modules", "ajv"))) {
  console.error("The stories' tools are missing. Install them: cd tests/api && npm ci --ignore-scripts");
  process.exit(1);
}

let program = process.env.CHAFFINCH_PROGRAM ?? join(here, "../../build/chaffinch");
const named = [];
for (let i = 2; i < process.argv.length; ++i) {
  if (process.argv[i] === "--program") program = process.argv[++i];
  else named.push(process.argv[i]);
}
program = resolve(program);
if (!existsSync(program)) {
  console.error(`There is no program at ${program}. Build it, or name it with --program.`);
  process.exit(1);
}

const { Document } = await import("./lib/document.mjs");
const document = new Document(new URL("../../schema/openapi.json", import.meta.url));
const flaws = await document.flaws();
for (const flaw of flaws) console.error(`openapi.json: ${flaw}`);

const stories = readdirSync(join(here, "stories"))
  .filter((file) => file.endsWith(".mjs"))
  .filter((file) => named.length === 0 || named.some((name) => file.includes(name)))
  .sort();
if (stories.length === 0) {
  console.error(`No story is called ${named.join(" or ")}.`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), "chaffinch-told-"));
// Node 18 before 18.15 knows only its own format.
const reporter = process.allowedNodeEnvironmentFlags.has("--test-reporter") ? ["--test-reporter=spec"] : [];
const ran = spawnSync(
  process.execPath,
  ["--test", ...reporter, ...stories.map((file) => join(here, "stories", file))],
  {
    stdio: "inherit",
    env: { ...process.env, CHAFFINCH_PROGRAM: program, CHAFFINCH_API_TOLD: folder },
  },
);

const told = {};
for (const file of readdirSync(folder)) {
  for (const [operation, statuses] of Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8")))) {
    const row = (told[operation] ??= {});
    for (const [status, count] of Object.entries(statuses)) row[status] = (row[status] ?? 0) + count;
  }
}
rmSync(folder, { recursive: true, force: true });

// Reading fails only when the disk itself does, which no story can make happen; so do the calls that keep nothing on it.
const reads = /^(GET |HEAD |POST \/v1\/(check|rules\/(validate|try|reload|backtests))$|DELETE \/v1\/rules\/backtests)/;
const unreachable = (name, status) => status === "503" && reads.test(name);

const untold = [];
const unseen = [];
if (named.length === 0) {
  console.log("\nOperation: statuses seen (those described and not seen)");
  for (const { name, place } of document.operations) {
    const seen = told[name] ?? {};
    const described = Object.keys(document.at(place).value.responses ?? {});
    const rest = described.filter((status) => !(status in seen));
    const list = Object.entries(seen).map(([status, count]) => `${status} x${count}`);
    console.log(`  ${name}: ${list.join(", ") || "-"}${rest.length ? ` (${rest.join(", ")})` : ""}`);
    for (const status of rest) if (!unreachable(name, status)) unseen.push(`${status} of ${name}`);
    if (!Object.keys(seen).some((status) => Number(status) < 400)) untold.push(name);
  }
  for (const one of unseen) console.error(`openapi.json: no story met ${one}`);
  for (const name of untold) console.error(`openapi.json: no story carried out ${name}`);
}
if (flaws.length) console.error(`${flaws.length} flaws in openapi.json`);
process.exit(ran.status !== 0 || flaws.length || untold.length || unseen.length ? 1 : 0);
