// The three npm libraries, each behind the same four questions:
//   verify() -> boolean; check(comment) -> "spam" | "ham" | "discard"; spam(comment), ham(comment) report.
// A comment: {ip, agent, author, email, url, content, type, date, role, page}.
import { createRequire } from "node:module";
import { Author, Blog, CheckResult, Client, Comment } from "@cedx/akismet";

const require = createRequire(import.meta.url);
const { AkismetClient: ApiClient } = require("akismet-api");
const { AkismetClient: OldClient } = require("akismet");

const kBlog = "https://blog.example/";

// The key is part of the host name.
export function akismetApi({ port, key }) {
  const client = new ApiClient({ key, blog: kBlog, host: `rest.akismet.com:${port}`, protocol: "http", charset: "utf-8", lang: "en" });
  const form = (one) => ({
    ip: one.ip,
    useragent: one.agent,
    referrer: one.page,
    permalink: one.page,
    name: one.author,
    email: one.email,
    url: one.url,
    content: one.content,
    type: one.type,
    date: one.date,
    role: one.role,
    honeypot: one.honeypot,
  });
  return {
    verify: () => client.verifyKey(),
    check: async (one) => ((await client.checkSpam(form(one))) ? "spam" : "ham"),
    spam: (one) => client.submitSpam(form(one)),
    ham: (one) => client.submitHam(form(one)),
  };
}

// Of 2011, as Waline uses it.
export function akismet({ port, key }) {
  const client = new OldClient({ apiKey: key, blog: kBlog, host: "rest.akismet.com", port });
  const form = (one) => ({
    user_ip: one.ip,
    user_agent: one.agent,
    referrer: one.page,
    permalink: one.page,
    comment_type: one.type,
    comment_author: one.author,
    comment_author_email: one.email,
    comment_author_url: one.url,
    comment_content: one.content,
    user_role: one.role,
  });
  const ask = (call, one) =>
    new Promise((resolve, reject) => {
      const answer = (error, value) => (error ? reject(error) : resolve(value));
      if (one) client[call](form(one), answer);
      else client[call](answer);
    });
  return {
    verify: () => ask("verifyKey"),
    check: async (one) => ((await ask("checkComment", one)) ? "spam" : "ham"),
    spam: (one) => ask("submitSpam", one),
    ham: (one) => ask("submitHam", one),
  };
}

// The key is a field; throws when an answer helps it to debug.
export function cedx({ port, key }) {
  const blog = new Blog({ url: kBlog, charset: "UTF-8", languages: ["en"] });
  const client = new Client(key, blog, { baseUrl: `http://rest.akismet.com:${port}` });
  const form = (one) =>
    new Comment({
      author: new Author({
        ipAddress: one.ip,
        userAgent: one.agent,
        name: one.author,
        email: one.email,
        url: one.url,
        role: one.role ?? "",
      }),
      content: one.content,
      context: ["garden", "beans"],
      date: one.date ? new Date(one.date) : null,
      permalink: one.page,
      referrer: one.page,
      type: one.type,
    });
  const words = new Map([
    [CheckResult.ham, "ham"],
    [CheckResult.spam, "spam"],
    [CheckResult.pervasiveSpam, "discard"],
  ]);
  return {
    verify: () => client.verifyKey(),
    check: async (one) => words.get(await client.checkComment(form(one))),
    spam: (one) => client.submitSpam(form(one)),
    ham: (one) => client.submitHam(form(one)),
  };
}
