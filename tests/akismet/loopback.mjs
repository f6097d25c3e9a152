// Clients that know one host only are led to this machine: every name is 127.0.0.1. Ports are not touched.
import dns from "node:dns";

dns.lookup = (host, options, done) => {
  const answer = typeof options === "function" ? options : done;
  const all = typeof options === "object" && options.all;
  process.nextTick(() => (all ? answer(null, [{ address: "127.0.0.1", family: 4 }]) : answer(null, "127.0.0.1", 4)));
};
