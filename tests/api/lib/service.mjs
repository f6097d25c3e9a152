// The real program, started on a folder of its own and a free port, and stopped again.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const kAdminToken = "chf_story-admin-token-0123456789abcdefghijklmno";
const kStart = 30_000; // ms; under a sanitizer on a busy machine
const kStop = 15_000;

export function program() {
  const named = process.env.CHAFFINCH_PROGRAM;
  if (!named) throw new Error("CHAFFINCH_PROGRAM names the program to test; run.mjs sets it");
  return named;
}

// `fileBlocks`: no file may become larger than that many blocks of 512 bytes, which is a full disk to the service.
// `settings`: by setting name, {"http.rate_burst": 3}. Public callers are not slowed down unless a story asks for it.
export async function start({ settings = {}, data, fileBlocks } = {}) {
  const folder = data ?? mkdtempSync(join(tmpdir(), "chaffinch-api-"));
  const environment = { PATH: process.env.PATH, CHAFFINCH_ADMIN_TOKEN: kAdminToken };
  for (const name of ["ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"]) {
    if (process.env[name]) environment[name] = process.env[name];
  }
  const all = { "http.rate_per_minute": 0, ...settings };
  for (const [name, value] of Object.entries(all)) {
    environment["CHAFFINCH_" + name.replaceAll(".", "_").toUpperCase()] = String(value);
  }
  const words = [program(), "serve", "--port", "0", "--data", folder];
  if (fileBlocks) words.unshift("/bin/sh", "-c", `ulimit -f ${fileBlocks}; exec "$0" "$@"`);
  const child = spawn(words[0], words.slice(1), {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let ended = null;
  const exit = new Promise((resolve) =>
    child.on("close", (code, signal) => {
      ended = { code, signal };
      resolve(ended);
    }),
  );
  child.on("error", (error) => (ended = { code: -1, signal: String(error) }));
  const hear = (chunk) => {
    said = (said + chunk).slice(-200_000);
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  const last = () => child.exitCode === null && child.kill("SIGKILL");
  process.once("exit", last);

  const until = Date.now() + kStart;
  let port = 0;
  while (!port) {
    if (ended) throw new Error(`chaffinch ended before it served (${JSON.stringify(ended)}):\n${said}`);
    if (Date.now() > until) {
      child.kill("SIGKILL");
      throw new Error(`chaffinch did not say where it listens:\n${said}`);
    }
    port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1] ?? 0);
    if (!port) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  return {
    port,
    folder,
    url: `http://127.0.0.1:${port}`,
    token: kAdminToken,
    said: () => said,
    // SIGTERM, as an operator would; says how it ended.
    async stop({ keep = false } = {}) {
      process.off("exit", last);
      if (!ended) child.kill("SIGTERM");
      const limit = setTimeout(() => child.kill("SIGKILL"), kStop);
      const how = await exit;
      clearTimeout(limit);
      if (!keep) rmSync(folder, { recursive: true, force: true });
      return how;
    },
  };
}
