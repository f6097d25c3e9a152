// Real clients of the Akismet protocol, each with a site of its own on the real program.
//
//   node run.mjs [--program FILE]
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf("--program");
process.env.CHAFFINCH_PROGRAM = resolve(
  at > 0 ? process.argv[at + 1] : (process.env.CHAFFINCH_PROGRAM ?? join(here, "../../build/chaffinch")),
);
function demand(there, advice) {
  if (there) return;
  console.error(advice);
  process.exit(1);
}
demand(existsSync(process.env.CHAFFINCH_PROGRAM), `There is no program at ${process.env.CHAFFINCH_PROGRAM}: name it with --program.`);
demand(existsSync(join(here, "node_modules")), "The clients are missing: cd tests/akismet && npm ci --ignore-scripts");
demand(spawnSync("perl", ["-MNet::Akismet", "-e", "1"]).status === 0, "Net::Akismet is missing: apt install libnet-akismet-perl");
demand(spawnSync("ruby", ["-rakismet", "-e", "1"]).status === 0, "ruby-akismet is missing: apt install ruby-akismet");

await import("./loopback.mjs");
const npm = await import("./clients/npm.mjs");
const debian = await import("./clients/debian.mjs");
const { start } = await import("../api/lib/service.mjs");

const service = await start();
test.after(() => service.stop());

async function api(method, path, body) {
  const answer = await fetch(service.url + path, {
    method,
    headers: { Authorization: `Bearer ${service.token}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? null : answer.json();
}

let counter = 0;
const person = (more) => {
  const n = ++counter;
  return {
    ip: `198.51.100.${n % 250}`,
    agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    author: `Reader ${n}`,
    email: `reader${n}@mail.example`,
    url: "",
    type: "comment",
    page: "https://blog.example/beans",
    ...more,
  };
};
const kHam =
  "We repotted the old rosemary into sand last autumn, and it came through two hard frosts without losing a branch. Grüße!";
const kSpam =
  "Buy cheap v1agra online without prescription! [url=http://pills.example]viagra[/url] http://pills.example/a http://pills.example/b";
const kMissed =
  "Our workshop paints house numbers by hand on enamel, in eleven colours, and we ship to every corner of the country within a week";

for (const [name, make] of Object.entries({
  "npm akismet-api": npm.akismetApi,
  "npm akismet": npm.akismet,
  "npm @cedx/akismet": npm.cedx,
  "Perl Net::Akismet": debian.perl,
  "Ruby akismet": debian.ruby,
})) {
  test(name, async (t) => {
    const id = `blog-${++counter}`;
    const site = await api("POST", "/v1/sites", { id, url: "https://blog.example" });
    const client = make({ port: service.port, key: site.akismet_key });
    const stranger = make({ port: service.port, key: "0123456789ab" });
    const stats = async () => (await api("GET", `/v1/stats?site=${id}`)).sites[0];

    await t.test("a good key is valid, in any case, and a wrong one is not", async () => {
      assert.equal(await client.verify(), true);
      assert.equal(await make({ port: service.port, key: site.akismet_key.toUpperCase() }).verify(), true);
      assert.equal(await stranger.verify(), false);
    });
    await t.test("ham is ham, spam is spam, and the test author is spam", async () => {
      assert.equal(await client.check(person({ content: kHam })), "ham");
      assert.notEqual(await client.check(person({ author: "cheap viagra online", url: "http://cheap-viagra-online.example", content: kSpam })), "ham");
      assert.equal(await client.check(person({ author: "viagra-test-123", content: kHam })), "spam");
      assert.equal((await stats()).checked, 3);
      assert.equal((await api("GET", `/v1/queue?site=${id}`)).items.length, 0);
      const kept = await api("GET", `/v1/queue?site=${id}&status=checked`);
      assert.equal(kept.items.filter((one) => one.content === kHam).length, 2);
    });
    await t.test("a wrong key gets no verdict", async () => {
      const before = (await stats()).checked;
      // This one takes everything but "true" for ham, whatever it is told.
      if (name === "npm akismet") assert.equal(await stranger.check(person({ content: kSpam })), "ham");
      else await assert.rejects(stranger.check(person({ content: kSpam })));
      assert.equal((await stats()).checked, before);
    });
    await t.test("a report changes the next verdict on its like, and a second one takes it back", async () => {
      const missed = person({ content: kMissed, author: "Enamel" });
      assert.equal(await client.check(missed), "ham");
      await client.spam(missed);
      const like = person({ content: kMissed + ".", author: "Enamel" });
      assert.notEqual(await client.check(like), "ham");
      await client.ham(missed);
      await client.ham(like);
      assert.equal(await client.check(person({ content: kMissed + "!", author: "Enamel" })), "ham");
    });
    await t.test("reports are the owner's decisions, and can be undone", async () => {
      const log = (await api("GET", `/v1/decisions?site=${id}`)).items;
      assert.deepEqual(log.map((one) => one.decision), ["approve", "approve", "spam"]);
      for (const one of log) assert.equal(one.by, `Akismet clients of ${id}`);
      assert.equal((await api("POST", `/v1/decisions/${log[0].id}/undo`)).changed, 1);
    });
  });
}
