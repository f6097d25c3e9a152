// The whole table role x route over a real house, other sites' ids included.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <thread>

#include "documents.h"
#include "house.h"
#include "http/routes.h"

using namespace chaffinch;
using namespace chaffinch::http;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;

namespace {

// A request that is carried out when the caller may: what stands for {id}, the query, the body.
struct Wish {
  std::string id;
  std::string query;
  std::string body;
};

struct Things {
  std::string comment, decision, block, token;
  std::string secret;                   // of a token that opens the desk
  std::string pack, version, backtest;  // for routes about rules alone
};

std::string pack_body(const std::string& name, const std::string& more = {}) {
  return json("{'text':'pack = \\'" + name + "\\'\\n[[pattern]]\\nname = \\'" + name +
              "\\'\\nabout = \\'A.\\'\\nscore = 1\\ntype = \\'word\\'\\nmatch = \\'zzyzx\\'\\nspam = "
              "[\\'zzyzx\\']\\nham "
              "= [\\'no\\']\\n'" +
              more + "}");
}

// A published pack, a draft, and a backtest that has ended.
void add_rules(House& house, const std::string& site, Things& things) {
  static int number = 0;
  const std::string query = "?site=" + site;
  const std::string name = "pack" + std::to_string(++number);
  REQUIRE(house.ask("PUT", "/v1/rules/packs/" + name + query, pack_body(name), house.admin).status == 200);
  things.version =
      member(house.post("/v1/rules/publish", json("{'site':'" + site + "'}"), house.admin).body, "no");
  things.pack = "pack" + std::to_string(++number);
  REQUIRE(house.ask("PUT", "/v1/rules/packs/" + things.pack + query, pack_body(things.pack), house.admin)
              .status == 200);
  const auto start = [&] {
    return house.post("/v1/rules/backtests", json("{'site':'" + site + "'}"), house.admin);
  };
  Answer started = start();
  for (; started.status == 429; started = start())
    std::this_thread::yield();  // the table's own may still run
  things.backtest = member(started.body, "id");
  while (member(house.get("/v1/rules/backtests/" + things.backtest, house.admin).body, "state") == "running")
    std::this_thread::yield();
}

Things things_of(House& house, const std::string& site) {
  const std::string frontend = house.token(Role::frontend, site);
  const std::string moderator = house.token(Role::moderator, site);
  const std::string body =
      json("{'article':{'id':'a'},'content':'a doubtful thing of " + new_token_secret() + "'}");
  Things things;
  things.comment = member(house.post("/v1/comments", body, frontend).body, "id");
  const std::string other = member(house.post("/v1/comments", body, frontend).body, "id");
  things.decision = member(
      house.post("/v1/decisions", json("{'ids':['" + other + "'],'decision':'approve'}"), moderator).body,
      "id");
  things.block = member(
      house.post("/v1/blocks", json("{'kind':'email','value':'x@" + site + ".example'}"), moderator).body,
      "id");
  things.token = member(
      house.post("/v1/tokens", json("{'role':'moderator','site':'" + site + "'}"), house.admin).body, "id");
  things.secret = moderator;
  return things;
}

Wish wish_for(const Route& route, const Things& of, const std::string& site) {
  const std::string key = std::string(route.method) + " " + std::string(route.path);
  const std::string comment =
      json("{'site':'" + site + "','article':{'id':'a'},'content':'hello " + key + "'}");
  const std::map<std::string, Wish> kWishes = {
      {"POST /v1/comments", {"", "", comment}},
      {"GET /v1/comments", {"", "site=" + site + "&article=a", ""}},
      {"GET /v1/comments/counts", {"", "site=" + site + "&article=a", ""}},
      {"GET /v1/comments/form", {"", "site=" + site + "&article=a", ""}},
      {"GET /v1/comments.html", {"", "site=" + site + "&article=a", ""}},
      {"GET /v1/comments.atom", {"", "site=" + site, ""}},
      {"GET /v1/queue.atom", {"", "site=" + site, ""}},
      {"GET /embed.js", {"", "", ""}},
      {"GET /embed/{file}", {"en.json", "", ""}},
      {"GET /demo", {"", "", ""}},
      {"GET /demo/{file}", {"page.css", "", ""}},
      {"GET /desk", {"", "", ""}},
      {"GET /desk/{file}", {"desk.css", "", ""}},
      {"POST /desk/session", {"", "", json("{'token':'" + of.secret + "'}")}},
      {"GET /desk/session", {"", "", ""}},
      {"DELETE /desk/session", {"", "", ""}},
      {"DELETE /desk/sessions", {"", "", ""}},
      {"PATCH /v1/comments/{id}", {of.comment, "", json("{'content':'a doubtful change'}")}},
      {"DELETE /v1/comments/{id}", {of.comment, "", ""}},
      {"POST /v1/check", {"", "", comment}},
      {"POST /v1/learn", {"", "", json("{'site':'" + site + "','content':'x','label':'ham'}")}},
      {"GET /v1/queue", {"", "site=" + site, ""}},
      {"GET /v1/queue/count", {"", "site=" + site, ""}},
      {"GET /v1/queue/counts", {"", "site=" + site, ""}},
      {"POST /v1/queue/claim", {"", "", json("{'site':'" + site + "'}")}},
      {"DELETE /v1/queue/claim", {"", "", ""}},
      {"GET /v1/comments/{id}", {of.comment, "", ""}},
      {"POST /v1/decisions", {"", "", json("{'ids':['" + of.comment + "'],'decision':'reject'}")}},
      {"GET /v1/decisions", {"", "site=" + site, ""}},
      {"GET /v1/decisions/{id}", {of.decision, "", ""}},
      {"POST /v1/decisions/{id}/undo", {of.decision, "", ""}},
      {"POST /v1/recheck", {"", "", json("{'site':'" + site + "'}")}},
      {"GET /v1/stats", {"", "site=" + site, ""}},
      {"GET /v1/stats/days", {"", "site=" + site, ""}},
      {"GET /v1/stats/days.csv", {"", "site=" + site, ""}},
      {"GET /v1/stats/rules", {"", "site=" + site, ""}},
      {"GET /v1/stats/rules.csv", {"", "site=" + site, ""}},
      {"GET /v1/rules", {"", "", ""}},
      {"PUT /v1/rules/{name}/state", {"house_spam", "", json("{'site':'" + site + "','state':'shadow'}")}},
      {"POST /v1/rules/reload", {"", "", ""}},
      {"GET /v1/rules/packs", {"", "site=" + site, ""}},
      {"GET /v1/rules/packs/{name}", {of.pack, "site=" + site, ""}},
      {"PUT /v1/rules/packs/{name}", {of.pack, "site=" + site, pack_body(of.pack)}},
      {"DELETE /v1/rules/packs/{name}", {of.pack, "site=" + site, ""}},
      {"POST /v1/rules/validate", {"", "", pack_body("tried", ",'site':'" + site + "'")}},
      {"POST /v1/rules/try", {"", "", json("{'site':'" + site + "','submission':{'content':'x'}}")}},
      {"POST /v1/rules/publish", {"", "", json("{'site':'" + site + "'}")}},
      {"GET /v1/rules/versions", {"", "site=" + site, ""}},
      {"GET /v1/rules/versions/{n}", {of.version, "", ""}},
      {"POST /v1/rules/versions/{n}/restore", {of.version, "", ""}},
      {"GET /v1/rules/log", {"", "site=" + site, ""}},
      {"POST /v1/rules/backtests", {"", "", json("{'site':'" + site + "'}")}},
      {"GET /v1/rules/backtests", {"", "", ""}},
      {"GET /v1/rules/backtests/{id}", {of.backtest, "", ""}},
      {"DELETE /v1/rules/backtests/{id}", {of.backtest, "", ""}},
      {"GET /v1/blocks", {"", "site=" + site, ""}},
      {"POST /v1/blocks", {"", "", json("{'site':'" + site + "','kind':'ip','value':'192.0.2.1'}")}},
      {"DELETE /v1/blocks/{id}", {of.block, "", ""}},
      {"GET /v1/articles", {"", "site=" + site, ""}},
      {"PUT /v1/articles", {"", "", json("{'site':'" + site + "','id':'a','closed':false}")}},
      {"GET /v1/sites", {"", "", ""}},
      {"POST /v1/sites", {"", "", json("{'id':'new'}")}},
      {"GET /v1/sites/{id}", {site, "", ""}},
      {"PATCH /v1/sites/{id}", {site, "", json("{'name':'N'}")}},
      {"GET /v1/tokens", {"", "", ""}},
      {"POST /v1/tokens", {"", "", json("{'role':'feed','site':'" + site + "'}")}},
      {"DELETE /v1/tokens/{id}", {of.token, "", ""}},
      {"POST /v1/tokens/{id}/link", {of.token, "", ""}},
      {"POST /v1/forget", {"", "", json("{'site':'" + site + "','email':'nobody@mail.example'}")}},
      {"GET /healthz", {"", "", ""}},
      {"GET /readyz", {"", "", ""}},
      {"GET /metrics", {"", "", ""}},
      {"GET /v1/openapi.json", {"", "", ""}},
      {"GET /", {"", "", ""}},
  };
  if (route.path.starts_with("/1.")) return {"", "", route.method == "POST" ? "blog=x" : ""};
  const auto found = kWishes.find(key);
  REQUIRE_MESSAGE(found != kWishes.end(), "no request for ", key);
  return found->second;
}

Answer carry_out(House& house, const Route& route, const Wish& wish, const std::string& token,
                 House::Headers headers = {}) {
  std::string target(route.path);
  if (const std::size_t at = target.find('{'); at != std::string::npos)
    target.replace(at, target.find('}') + 1 - at, wish.id);
  if (!wish.query.empty()) target += "?" + wish.query;
  return house.ask(std::string(route.method), target, wish.body, token, std::move(headers));
}

}  // namespace

TEST_SUITE_BEGIN("roles");

TEST_CASE("each role does what the table says, and nothing else") {
  for (const Role role : {Role::admin, Role::moderator, Role::frontend, Role::feed, Role::metrics,
                          Role::akismet, Role::everybody}) {
    House house;
    const bool everywhere = role == Role::admin || role == Role::metrics;
    std::string token = role == Role::everybody ? std::string() : house.token(role, everywhere ? "" : "blog");
    if (role == Role::akismet) {  // its keys are no tokens; if one were, it could do nothing
      Token one;
      one.id = new_id(house.now);
      one.role = role;
      one.site = "blog";
      REQUIRE(house.store().add_token(one, sha256_hex(token)).has_value());
    }
    std::size_t allowed = 0;
    for (const Route& route : routes()) {
      Things things = things_of(house, "blog");
      if (route.path.starts_with("/v1/rules/")) add_rules(house, "blog", things);
      const Wish wish = wish_for(route, things, "blog");
      // Of a comment's owner a receipt is asked; a wrong one finds no comment.
      const bool by_receipt = role == Role::everybody && route.path == "/v1/comments/{id}";
      const Answer answer =
          carry_out(house, route, wish, token,
                    by_receipt && route.method != "GET" ? House::Headers{{"Authorization", "Receipt x"}}
                                                        : House::Headers{});
      CAPTURE(word(role));
      CAPTURE(route.method);
      CAPTURE(route.path);
      CAPTURE(answer.body);
      if (route.allows(role)) {
        ++allowed;
        if (by_receipt)
          CHECK(answer.status == 404);
        else
          CHECK(answer.status < 300);
      } else {
        CHECK(answer.status == (role == Role::everybody ? 401 : 403));
      }
    }
    CHECK(allowed >= 5);
    CHECK((role == Role::admin) == (allowed == routes().size()));
  }
}

TEST_CASE("a token of one site finds nothing of another") {
  House house;
  Things foreign = things_of(house, "other");
  add_rules(house, "other", foreign);
  const std::string bound_admin = house.token(Role::admin, "blog");
  const std::string bound_frontend = house.token(Role::frontend, "blog");
  const std::string before = house.get("/v1/comments/" + foreign.comment, house.admin).body;
  std::size_t asked = 0;
  for (const Route& route : routes()) {
    const Wish wish = wish_for(route, foreign, "other");
    const bool names_other = wish.query.find("other") != std::string::npos ||
                             wish.body.find("'site'") != std::string::npos ||
                             wish.body.find("\"site\"") != std::string::npos || !wish.id.empty();
    // What is built into the program is no site's.
    if (!names_other || route.path == "/v1/decisions" || route.roles == kAnybody) continue;
    for (const auto& [role, token] :
         {std::pair(Role::admin, bound_admin), std::pair(Role::moderator, house.moderator),
          std::pair(Role::frontend, bound_frontend),
          std::pair(Role::feed, house.token(Role::feed, "blog"))}) {
      if (!route.allows(role)) continue;
      ++asked;
      const Answer answer = carry_out(house, route, wish, token);
      CAPTURE(word(role));
      CAPTURE(route.method);
      CAPTURE(route.path);
      CAPTURE(answer.body);
      CHECK(answer.status == 404);
    }
  }
  CHECK(asked > 30);
  CHECK(house.get("/v1/comments/" + foreign.comment, house.admin).body == before);

  // A decision names the foreign comment as not found and leaves it alone.
  const Answer decided = house.post(
      "/v1/decisions", json("{'ids':['" + foreign.comment + "'],'decision':'spam'}"), house.moderator);
  CHECK(decided.status == 409);
  CHECK(decided.body.find("\"why\":\"not_found\"") != std::string::npos);
  CHECK(house.get("/v1/queue", house.moderator).body.find(foreign.comment) == std::string::npos);
  CHECK(house.get("/v1/decisions", house.moderator).body.find(foreign.decision) == std::string::npos);
  CHECK(house.get("/v1/blocks", house.moderator).body.find(foreign.block) == std::string::npos);
  CHECK(house.get("/v1/tokens", bound_admin).body.find(foreign.token) == std::string::npos);
  CHECK(house.get("/v1/sites", bound_admin).body.find("\"other\"") == std::string::npos);
  CHECK(house.get("/v1/stats", house.moderator).body.find("\"other\"") == std::string::npos);
  // What belongs to the whole house is not for a token of one site.
  CHECK(house.post("/v1/sites", json("{'id':'new'}"), bound_admin).status == 403);
  CHECK(house.get("/metrics", bound_admin).status == 403);
}

TEST_CASE("the document describes every route, and no other") {
  std::string document;
  for (const auto& [name, text] : kDocuments)
    if (name == "openapi.json") document = text;
  const std::size_t from = document.find("\"paths\":");
  const std::size_t to = document.find("\"components\":");
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  std::set<std::string> described;
  std::string path;
  for (std::size_t at = from; at < to;) {
    const std::size_t end = std::min(document.find('\n', at), to);
    const std::string line = document.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("    \"/")) path = line.substr(5, line.find('"', 5) - 5);
    if (!line.starts_with("      \"")) continue;
    const std::string method = line.substr(7, line.find('"', 7) - 7);
    if (method != "get" && method != "post" && method != "put" && method != "patch" && method != "delete")
      continue;
    std::string upper;
    for (const char c : method) upper += static_cast<char>(c - 'a' + 'A');
    described.insert(upper + " " + path);
  }
  std::set<std::string> served;
  std::size_t foreign = 0;  // other people's protocols are described by other people
  for (const Route& route : routes()) {
    if (route.path.starts_with("/1."))
      ++foreign;
    else
      served.insert(std::string(route.method) + " " + std::string(route.path));
  }
  CHECK(described == served);
  CHECK(served.size() + foreign == routes().size());
}

TEST_CASE("a path has its methods, and nothing lies beside it") {
  struct Row {
    std::string method, path, route, place;
    std::size_t allowed;
  };
  const std::vector<Row> rows = {
      {"GET", "/", "/", "", 1},
      {"HEAD", "/healthz", "/healthz", "", 1},
      {"GET", "/v1/comments/counts", "/v1/comments/counts", "", 1},
      {"GET", "/v1/comments/x", "/v1/comments/{id}", "x", 3},
      {"POST", "/v1/decisions/7/undo", "/v1/decisions/{id}/undo", "7", 1},
      {"DELETE", "/v1/comments/counts", "", "", 1},
      {"POST", "/v1/comments/x", "", "", 3},
      {"GET", "/v1/comments/", "", "", 0},
      {"GET", "/v1/queue/", "", "", 0},
      {"GET", "/v1//queue", "", "", 0},
      {"GET", "/v1/decisions/7/undo/more", "", "", 0},
      {"GET", "", "", "", 0},
      {"GET", "*", "", "", 0},
      {"GET", "v1/queue", "", "", 0},
      {"GET", "/V1/queue", "", "", 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.path);
    const Found found = find_route(row.method, row.path);
    CHECK((found.route == nullptr ? std::string() : std::string(found.route->path)) == row.route);
    CHECK((found.places.empty() ? std::string() : found.places.front()) == row.place);
    CHECK(found.allowed.size() == row.allowed);
  }
}
