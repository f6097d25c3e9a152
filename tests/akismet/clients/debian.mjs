// Debian's Perl and Ruby libraries, each a process for each question; the same four as in npm.mjs.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const kThanks = "Thanks for making the web a better place.";

function run(command, script, words, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [join(here, script), ...words.map(String)], { stdio: ["pipe", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${command} ${script} ended with ${code}: ${err}`)),
    );
    child.stdin.end(input);
  });
}

const behind = (command, script) => (settings) => {
  const ask = async (question, one = {}) => {
    const answer = await run(command, script, [settings.port, settings.key, question], JSON.stringify(one));
    if (answer.startsWith("error")) throw new Error(answer);
    return answer;
  };
  const report = async (question, one) => {
    const answer = await ask(question, one);
    if (answer !== kThanks) throw new Error(answer);
  };
  return {
    verify: async () => (await ask("verify")) === "valid",
    check: async (one) => {
      const answer = await ask("check", one);
      if (answer === "invalid") throw new Error(answer);
      return answer;
    },
    spam: (one) => report("spam", one),
    ham: (one) => report("ham", one),
  };
};

export const perl = behind("perl", "ask.pl");
export const ruby = behind("ruby", "ask.rb");
