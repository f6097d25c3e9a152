// Tells every story to the real program in a real Chromium.
//
//   node run.mjs [--program FILE] [--shots FOLDER] [story...]      all stories, or the named ones ("nojs")
//
// With --shots, pictures of what was seen are kept there.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
for (const [folder, tool] of [
  [here, "playwright-core"],
  [here, "axe-core"],
  [join(here, "../api"), "ajv"],
]) {
  if (existsSync(join(folder, "node_modules", tool))) continue;
  console.error(`The stories' tools are missing. Install them: cd ${folder} && npm ci --ignore-scripts`);
  process.exit(1);
}

let program = process.env.CHAFFINCH_PROGRAM ?? join(here, "../../build/chaffinch");
let shots = process.env.CHAFFINCH_SHOTS ?? "";
const named = [];
for (let i = 2; i < process.argv.length; ++i) {
  if (process.argv[i] === "--program") program = process.argv[++i];
  else if (process.argv[i] === "--shots") shots = process.argv[++i];
  else named.push(process.argv[i]);
}
program = resolve(program);
if (!existsSync(program)) {
  console.error(`There is no program at ${program}. Build it, or name it with --program.`);
  process.exit(1);
}
if (shots) mkdirSync(resolve(shots), { recursive: true });

const stories = readdirSync(join(here, "stories"))
  .filter((file) => file.endsWith(".mjs"))
  .filter((file) => named.length === 0 || named.some((name) => file.includes(name)))
  .sort();
if (stories.length === 0) {
  console.error(`No story is called ${named.join(" or ")}.`);
  process.exit(1);
}
const reporter = process.allowedNodeEnvironmentFlags.has("--test-reporter") ? ["--test-reporter=spec"] : [];
const ran = spawnSync(process.execPath, ["--test", ...reporter, ...stories.map((file) => join(here, "stories", file))], {
  stdio: "inherit",
  env: { ...process.env, CHAFFINCH_PROGRAM: program, CHAFFINCH_SHOTS: shots && resolve(shots) },
});
process.exit(ran.status ?? 1);
