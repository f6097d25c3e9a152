// Idempotency-Key on every write: key and effect are one, and a repeated request gets the first one's answer.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "house.h"
#include "http/routes.h"

using namespace chaffinch;
using namespace chaffinch::http;
using chaffinch::test::header;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;
using chaffinch::test::members;

namespace {

bool replayed(const Answer& answer) {
  return header(answer, "Idempotency-Replayed") == "true";
}

// A write, and the same one with something else in it.
struct Write {
  std::string method, target, body;
  std::string other_target, other_body;
  std::string token, another_token;  // both may
  bool secret = false;               // its answer shows a token
  int again = 0;                     // what it answers to another key when it was done; 0: as the first time
  bool goes_on = false;              // what it began has to end before it can begin again
};

std::string submitted(House& house, const std::string& content = "doubtful words") {
  static std::atomic<int> n{0};
  const Answer answer = house.post(
      "/v1/comments", json("{'article':{'id':'a'},'content':'" + content + " " + std::to_string(++n) + "'}"),
      house.frontend);
  REQUIRE_MESSAGE(answer.status == 201, answer.body);
  return member(answer.body, "id");
}

// A pack of one rule, as it is put.
std::string pack(const std::string& name, const std::string& word) {
  return R"({"text":"pack = \")" + name + R"(\"\n[[pattern]]\nname = \")" + name +
         R"(_word\"\nabout = \"Says it.\"\nscore = 5\ntype = \"word\"\nmatch = \")" + word +
         R"(\"\nspam = [\"a )" + word + R"(\"]\nham = [\"a remark\"]\n"})";
}

void drafted(House& house, const std::string& name, const std::string& word) {
  const Answer answer = house.ask("PUT", "/v1/rules/packs/" + name, pack(name, word), house.admin);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
}

void published(House& house, const std::string& word) {
  drafted(house, "mine", word);
  const Answer answer = house.post("/v1/rules/publish", "", house.admin);
  REQUIRE_MESSAGE(answer.status == 201, answer.body);
}

// Waits until the backtest that this answer names has ended.
std::string ended(House& house, const Answer& begun) {
  REQUIRE_MESSAGE(begun.status == 202, begun.body);
  const std::string path = "/v1/rules/backtests/" + member(begun.body, "id");
  for (int i = 0; i < 100'000; ++i) {
    const Answer answer = house.get(path, house.admin);
    REQUIRE(answer.status == 200);
    if (member(answer.body, "state") != "running") return path;
    std::this_thread::yield();
  }
  FAIL("the backtest does not end");
  return {};
}

struct Case {
  std::string route;  // "POST /v1/comments"
  std::function<Write(House&)> make;
};

std::vector<Case> cases() {
  const auto asked = [](House& house, std::string method, std::string target, std::string body,
                        std::string other_target, std::string other_body) {
    return Write{.method = std::move(method),
                 .target = std::move(target),
                 .body = std::move(body),
                 .other_target = std::move(other_target),
                 .other_body = std::move(other_body),
                 .token = house.admin,
                 .another_token = house.token(Role::admin, "")};
  };
  return {
      {"POST /v1/comments",
       [=](House& house) {
         const std::string body = json("{'site':'blog','article':{'id':'a'},'content':'a doubtful thing'}");
         return asked(house, "POST", "/v1/comments", body, "/v1/comments",
                      json("{'site':'blog','article':{'id':'a'},'content':'another'}"));
       }},
      {"PATCH /v1/comments/{id}",
       [=](House& house) {
         const std::string path = "/v1/comments/" + submitted(house);
         return asked(house, "PATCH", path, json("{'content':'now spammy'}"), path,
                      json("{'content':'now fine'}"));
       }},
      {"DELETE /v1/comments/{id}",
       [=](House& house) {
         auto write = asked(house, "DELETE", "/v1/comments/" + submitted(house), "",
                            "/v1/comments/" + submitted(house), "");
         write.again = 404;
         return write;
       }},
      {"POST /v1/learn",
       [=](House& house) {
         return asked(house, "POST", "/v1/learn", json("{'site':'blog','content':'x y','label':'spam'}"),
                      "/v1/learn", json("{'site':'blog','content':'x y','label':'ham'}"));
       }},
      {"POST /v1/queue/claim",
       [=](House& house) {
         for (int i = 0; i < 5; ++i) submitted(house);
         return asked(house, "POST", "/v1/queue/claim", json("{'site':'blog','count':3}"), "/v1/queue/claim",
                      json("{'site':'blog','count':2}"));
       }},
      {"DELETE /v1/queue/claim",
       [=](House& house) {
         return asked(house, "DELETE", "/v1/queue/claim", "", "/v1/queue/claim?id=" + submitted(house), "");
       }},
      {"POST /v1/decisions",
       [=](House& house) {
         const std::string id = submitted(house);
         auto write = asked(house, "POST", "/v1/decisions", json("{'ids':['" + id + "'],'decision':'spam'}"),
                            "/v1/decisions", json("{'ids':['" + id + "'],'decision':'reject'}"));
         write.again = 409;
         return write;
       }},
      {"POST /v1/decisions/{id}/undo",
       [=](House& house) {
         const Answer decided = house.post(
             "/v1/decisions", json("{'ids':['" + submitted(house) + "'],'decision':'spam'}"), house.admin);
         const std::string path = "/v1/decisions/" + member(decided.body, "id") + "/undo";
         auto write = asked(house, "POST", path, json("{'note':'a slip'}"), path, json("{'note':'else'}"));
         write.again = 409;
         return write;
       }},
      {"POST /v1/recheck",
       [=](House& house) {
         submitted(house);
         return asked(house, "POST", "/v1/recheck", json("{'site':'blog'}"), "/v1/recheck",
                      json("{'site':'other'}"));
       }},
      {"POST /v1/blocks",
       [=](House& house) {
         submitted(house, "see http://casino.example/ doubtful");
         return asked(house, "POST", "/v1/blocks",
                      json("{'kind':'domain','value':'casino.example','site':'blog','apply_to_past':true,"
                           "'reason':'ads','expires_at':'2026-11-23T16:00:10Z'}"),
                      "/v1/blocks", json("{'kind':'ip','value':'192.0.2.1'}"));
       }},
      {"DELETE /v1/blocks/{id}",
       [=](House& house) {
         const auto made = [&](const char* ip) {
           return "/v1/blocks/" +
                  member(house
                             .post("/v1/blocks", json(std::string("{'kind':'ip','value':'") + ip + "'}"),
                                   house.admin)
                             .body,
                         "id");
         };
         auto write = asked(house, "DELETE", made("192.0.2.8"), "", made("192.0.2.9"), "");
         write.again = 404;
         return write;
       }},
      {"PUT /v1/articles",
       [=](House& house) {
         return asked(house, "PUT", "/v1/articles", json("{'site':'blog','id':'a/b','closed':true}"),
                      "/v1/articles", json("{'site':'blog','id':'a/b','closed':false}"));
       }},
      {"POST /v1/sites",
       [=](House& house) {
         auto write = asked(house, "POST", "/v1/sites", json("{'id':'new','url':'https://new.example'}"),
                            "/v1/sites", json("{'id':'newer','url':'https://new.example'}"));
         write.secret = true;
         write.again = 409;
         return write;
       }},
      {"PATCH /v1/sites/{id}",
       [=](House& house) {
         return asked(house, "PATCH", "/v1/sites/other",
                      json("{'name':'Otter','policy':{'hold':2.1,'moderation':'hold_all'},"
                           "'origins':['https://a.example'],'retention':{'spam_days':7}}"),
                      "/v1/sites/other", json("{'name':'Owl'}"));
       }},
      {"POST /v1/tokens",
       [=](House& house) {
         auto write = asked(house, "POST", "/v1/tokens", json("{'role':'feed','site':'blog'}"), "/v1/tokens",
                            json("{'role':'feed','site':'other'}"));
         write.secret = true;
         return write;
       }},
      {"DELETE /v1/tokens/{id}",
       [=](House& house) {
         const auto made = [&] {
           return "/v1/tokens/" +
                  member(house.post("/v1/tokens", json("{'role':'feed','site':'blog'}"), house.admin).body,
                         "id");
         };
         return asked(house, "DELETE", made(), "", made(), "");
       }},
      {"POST /v1/tokens/{id}/link",
       [=](House& house) {
         const auto made = [&] {
           return "/v1/tokens/" +
                  member(house.post("/v1/tokens", json("{'role':'moderator'}"), house.admin).body, "id") +
                  "/link";
         };
         auto write = asked(house, "POST", made(), "", made(), "");
         write.secret = true;
         return write;
       }},
      {"DELETE /desk/sessions",
       [=](House& house) { return asked(house, "DELETE", "/desk/sessions", "", "/v1/queue/claim", ""); }},
      {"PUT /v1/rules/packs/{name}",
       [=](House& house) {
         return asked(house, "PUT", "/v1/rules/packs/mine", pack("mine", "zzyzx"), "/v1/rules/packs/mine",
                      pack("mine", "quokka"));
       }},
      {"DELETE /v1/rules/packs/{name}",
       [=](House& house) {
         drafted(house, "mine", "zzyzx");
         drafted(house, "yours", "quokka");
         auto write = asked(house, "DELETE", "/v1/rules/packs/mine", "", "/v1/rules/packs/yours", "");
         write.again = 404;
         return write;
       }},
      {"POST /v1/rules/publish",
       [=](House& house) {
         drafted(house, "mine", "zzyzx");
         auto write = asked(house, "POST", "/v1/rules/publish", json("{'note':'one'}"), "/v1/rules/publish",
                            json("{'note':'two'}"));
         write.again = 409;
         return write;
       }},
      {"POST /v1/rules/versions/{n}/restore",
       [=](House& house) {
         published(house, "zzyzx");
         published(house, "quokka");
         return asked(house, "POST", "/v1/rules/versions/1/restore", "", "/v1/rules/versions/2/restore", "");
       }},
      {"PUT /v1/rules/{name}/state",
       [=](House& house) {
         return asked(house, "PUT", "/v1/rules/house_spam/state", json("{'state':'off','score':1.5}"),
                      "/v1/rules/house_spam/state", json("{'state':'live'}"));
       }},
      {"POST /v1/rules/backtests",
       [=](House& house) {
         submitted(house);
         drafted(house, "mine", "zzyzx");
         auto write =
             asked(house, "POST", "/v1/rules/backtests", "", "/v1/rules/backtests", json("{'limit':5}"));
         write.goes_on = true;
         return write;
       }},
      {"DELETE /v1/rules/backtests/{id}",
       [=](House& house) {
         drafted(house, "mine", "zzyzx");
         const auto made = [&] { return ended(house, house.post("/v1/rules/backtests", "", house.admin)); };
         const std::string path = made();
         auto write = asked(house, "DELETE", path, "", made(), "");
         write.again = 404;
         return write;
       }},
      {"POST /v1/forget",
       [=](House& house) {
         house.post("/v1/comments",
                    json("{'site':'blog','article':{'id':'a'},'content':'mine','author':"
                         "{'name':'Ana','email':'ana@mail.example'}}"),
                    house.admin);
         return asked(house, "POST", "/v1/forget", json("{'email':'ana@mail.example'}"), "/v1/forget",
                      json("{'email':'ben@mail.example'}"));
       }},
  };
}

Answer sent(House& house, const Write& write, const std::string& key, const std::string& token) {
  return house.ask(write.method, write.target, write.body, token, {{"Idempotency-Key", key}});
}

}  // namespace

TEST_SUITE_BEGIN("api: once");

TEST_CASE("every call that writes is among these") {
  // These answer and change nothing; reading the rules again is the same however often it is asked, and so is
  // signing out. Signing in makes a secret for the browser that asks: it has no answer to repeat.
  const std::set<std::string> keyless{"POST /v1/check",     "POST /v1/rules/validate",
                                      "POST /v1/rules/try", "POST /v1/rules/reload",
                                      "POST /desk/session", "DELETE /desk/session"};
  std::set<std::string> here;
  for (const Case& one : cases()) here.insert(one.route);
  for (const Route& route : routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.path);
    CAPTURE(name);
    // Other people's protocols have no such key: their writes are the same however often they come.
    if (route.path.starts_with("/1.")) continue;
    if (route.method != "GET") CHECK(here.contains(name) != keyless.contains(name));
  }
}

TEST_CASE("a repeated key gets the answer of the first call, whatever happened since") {
  for (const Case& one : cases()) {
    CAPTURE(one.route);
    House house;
    const Write write = one.make(house);
    const Answer first = sent(house, write, "k", write.token);
    REQUIRE_MESSAGE(first.status / 100 == 2, first.body);
    CHECK_FALSE(replayed(first));
    house.now += kMinute;  // an expiry that was ahead is over
    const Answer second = sent(house, write, "k", write.token);
    if (write.secret) {
      CHECK(second.status == 409);
      CHECK(member(second.body, "where") == "Idempotency-Key");
      CHECK(second.body.find("shown then only") != std::string::npos);
      CHECK(second.body.find("chf_") == std::string::npos);
    } else {
      CHECK(second.status == first.status);
      CHECK(second.body == first.body);
      CHECK(replayed(second));
    }

    const Answer other = house.ask(write.method, write.other_target, write.other_body, write.token,
                                   {{"Idempotency-Key", "k"}});
    CHECK(other.status == 409);
    CHECK(member(other.body, "where") == "Idempotency-Key");
    CHECK(other.body.find("another request") != std::string::npos);

    // Another token's key is another key: the call is carried out, or meets what the first one left.
    house.now -= kMinute;
    if (write.goes_on) ended(house, first);
    const Answer another = sent(house, write, "k", write.another_token);
    CHECK_FALSE(replayed(another));
    CHECK(another.status == (write.again == 0 ? first.status : write.again));

    house.now += kDay + kMinute;  // a key is remembered for a day
    const Answer late = sent(house, write, "k", write.token);
    CHECK_FALSE(replayed(late));
  }
}

TEST_CASE("of calls with one key that come together one is carried out, and all get its answer") {
  for (const Case& one : cases()) {
    CAPTURE(one.route);
    House house;
    const Write write = one.make(house);
    constexpr std::size_t kTogether = 8;
    std::vector<Answer> answers(kTogether);
    std::vector<std::thread> threads;
    std::atomic<std::size_t> ready{0};
    for (std::size_t i = 0; i < kTogether; ++i) {
      threads.emplace_back([&, i] {
        ++ready;
        while (ready < kTogether) std::this_thread::yield();
        answers[i] = sent(house, write, "k", write.token);
      });
    }
    for (std::thread& thread : threads) thread.join();
    const auto first = std::find_if(answers.begin(), answers.end(), [](const Answer& answer) {
      return answer.status / 100 == 2 && !replayed(answer);
    });
    REQUIRE(first != answers.end());
    for (const Answer& answer : answers) {
      if (&answer == &*first) continue;
      if (write.secret) {
        CHECK(answer.status == 409);
        CHECK(member(answer.body, "where") == "Idempotency-Key");
      } else {
        CHECK(answer.status == first->status);
        CHECK(answer.body == first->body);
        CHECK(replayed(answer));
      }
    }
  }
}

TEST_CASE(
    "a submission that is repeated is answered as the first time, though its article is closed by now") {
  House house;
  const std::string body = json("{'article':{'id':'a'},'content':'a doubtful claim'}");
  const House::Headers key = {{"Idempotency-Key", "k"}};
  const Answer first = house.post("/v1/comments", body, house.frontend, key);
  REQUIRE(first.status == 201);
  const std::string path = "/v1/comments/" + member(first.body, "id");
  REQUIRE(house.ask("PUT", "/v1/articles", json("{'id':'a','closed':true}"), house.frontend).status == 200);
  CHECK(house.post("/v1/comments", body, house.frontend).status == 403);
  // Decided, changed, removed: the answer was given, and stays the one.
  REQUIRE(house.ask("PATCH", path, json("{'content':'spammy now'}"), house.frontend).status == 200);
  Answer again = house.post("/v1/comments", body, house.frontend, key);
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  CHECK(replayed(again));
  REQUIRE(house.ask("DELETE", path, {}, house.frontend).status == 204);
  again = house.post("/v1/comments", body, house.frontend, key);
  CHECK(again.body == first.body);
  CHECK(house.get(path, house.moderator).status == 404);  // and brings nothing back
}

TEST_CASE("a repeated submission leaves no mark in the velocity") {
  House house;
  const std::string body =
      json("{'article':{'id':'a'},'content':'a calm remark','client':{'ip':'192.0.2.44'}}");
  for (int i = 0; i < 20; ++i) {
    CHECK(house.post("/v1/comments", body, house.frontend, {{"Idempotency-Key", "k"}}).status == 201);
  }
  Probe probe;
  probe.now = house.now;
  probe.site = "blog";
  probe.ip = "192.0.2.44";
  probe.article.id = "a";
  probe.reserve = false;
  const auto recalled = house.store().recall(probe);
  REQUIRE(recalled.has_value());
  CHECK(recalled->facts.recent_address_10m == 1);
}

TEST_CASE("a repeated edit shows the verdict and the evidence of its own text") {
  House house;
  const std::string path = "/v1/comments/" + submitted(house);
  const std::string body = json("{'content':'so very doubtful'}");
  const Answer first = house.ask("PATCH", path, body, house.frontend, {{"Idempotency-Key", "k"}});
  REQUIRE(first.status == 200);
  CHECK(member(first.body, "value") == "doubtful");
  REQUIRE(house.ask("PATCH", path, json("{'content':'x'}"), house.frontend).status == 200);
  const Answer again = house.ask("PATCH", path, body, house.frontend, {{"Idempotency-Key", "k"}});
  CHECK(again.body == first.body);
  CHECK(member(house.get(path, house.moderator).body, "content") == "x");
}

TEST_CASE("an author's key is not that of a neighbour behind the same address") {
  House house;
  const Answer mine =
      house.post("/v1/comments", json("{'site':'blog','article':{'id':'a'},'content':'a plain remark'}"), {},
                 {{"Idempotency-Key", "s"}});
  REQUIRE(mine.status == 201);
  const std::string path = "/v1/comments/" + member(mine.body, "id");
  const std::string receipt = member(mine.body, "receipt");
  const House::Headers key = {{"Idempotency-Key", "k"}, {"Authorization", "Receipt " + receipt}};
  const std::string body = json("{'content':'a plainer remark'}");
  const Answer first = house.ask("PATCH", path, body, {}, key);
  REQUIRE_MESSAGE(first.status == 200, first.body);
  CHECK(house.ask("PATCH", path, body, {}, key).body == first.body);
  const Answer theirs = house.ask("PATCH", path, body, {},
                                  {{"Idempotency-Key", "k"}, {"Authorization", "Receipt " + receipt + "x"}});
  CHECK(theirs.status / 100 == 4);
  CHECK(theirs.body.find(receipt) == std::string::npos);
  const House::Headers leave = {{"Idempotency-Key", "d"}, {"Authorization", "Receipt " + receipt}};
  CHECK(house.ask("DELETE", path, {}, {}, leave).status == 204);
  CHECK(replayed(house.ask("DELETE", path, {}, {}, leave)));
}

TEST_CASE("rules that are asked for again are told again, and nothing is compiled or begun anew") {
  House house;
  const auto keyed = [&](const std::string& method, const std::string& path, const std::string& body,
                         const std::string& key) {
    return house.ask(method, path, body, house.admin, {{"Idempotency-Key", key}});
  };
  // A draft that was put and is published by now does not come back.
  REQUIRE(keyed("PUT", "/v1/rules/packs/mine", pack("mine", "zzyzx"), "draft").status == 200);
  const Answer first = keyed("POST", "/v1/rules/publish", json("{'note':'one'}"), "publish");
  REQUIRE(first.status == 201);
  CHECK(replayed(keyed("PUT", "/v1/rules/packs/mine", pack("mine", "zzyzx"), "draft")));
  CHECK(house.post("/v1/rules/publish", "", house.admin).status == 409);

  // A removal of what is published is a draft of its own.
  CHECK(keyed("DELETE", "/v1/rules/packs/mine", "", "gone").status == 204);
  REQUIRE(house.post("/v1/rules/publish", "", house.admin).status == 201);
  CHECK(house.ask("DELETE", "/v1/rules/packs/mine", "", house.admin).status == 404);
  CHECK(replayed(keyed("DELETE", "/v1/rules/packs/mine", "", "gone")));

  // The first version is not the one in force any more; the answer is still the first one's.
  const Answer again = keyed("POST", "/v1/rules/publish", json("{'note':'one'}"), "publish");
  CHECK(again.body == first.body);
  CHECK(replayed(again));
  CHECK(members(house.get("/v1/rules/versions", house.admin).body, "note").size() == 2);

  // What was refused keeps no key.
  CHECK(keyed("POST", "/v1/rules/publish", "", "early").status == 409);
  drafted(house, "mine", "quokka");
  CHECK(keyed("POST", "/v1/rules/publish", "", "early").status == 201);

  // A backtest is told again while another one runs, and when it is gone.
  const Answer begun = keyed("POST", "/v1/rules/backtests", "", "test");
  const std::string path = ended(house, begun);
  CHECK(header(begun, "Location") == path);
  REQUIRE(house.ask("DELETE", path, "", house.admin).status == 204);
  const Answer told = keyed("POST", "/v1/rules/backtests", "", "test");
  CHECK(told.body == begun.body);
  CHECK(header(told, "Location") == path);
  CHECK(replayed(told));
  CHECK(house.get(path, house.admin).status == 404);
}

TEST_CASE("a key is kept with its effect or not at all") {
  House house;
  // What was refused is asked anew.
  const std::string body = json("{'ids':['01890000-0000-7000-8000-000000000000'],'decision':'spam'}");
  for (int i = 0; i < 2; ++i) {
    const Answer answer = house.post("/v1/decisions", body, house.moderator, {{"Idempotency-Key", "k"}});
    CHECK(answer.status == 409);
    CHECK_FALSE(replayed(answer));
  }
  const House::Headers key = {{"Idempotency-Key", "v"}};
  const std::string stale = json("{'name':'Owl','version':7}");
  CHECK(house.ask("PATCH", "/v1/sites/blog", stale, house.admin, key).status == 409);
  CHECK(house.ask("PATCH", "/v1/sites/blog", json("{'name':'Owl'}"), house.admin, key).status == 200);
}

TEST_CASE("a person who is forgotten by address takes the keys of that address along") {
  House house;
  house.peer = "192.0.2.99";
  const std::string body = json("{'site':'blog','article':{'id':'a'},'content':'my own words'}");
  const House::Headers key = {{"Idempotency-Key", "k"}};
  REQUIRE(house.post("/v1/comments", body, {}, key).status == 201);
  REQUIRE(house.post("/v1/forget", json("{'ip':'192.0.2.99'}"), house.admin).status == 200);
  CHECK_FALSE(replayed(house.post("/v1/comments", body, {}, key)));
}

TEST_CASE("forgetting tells the same numbers again, and sweeps its own line after a day") {
  House house;
  const std::string body = json("{'email':'ana@mail.example'}");
  for (int i = 0; i < 3; ++i) {
    REQUIRE(house
                .post("/v1/comments",
                      json("{'site':'blog','article':{'id':'a'},'content':'words " + std::to_string(i) +
                           "','author':{'email':'ana@mail.example'}}"),
                      house.admin)
                .status == 201);
  }
  const Answer first = house.post("/v1/forget", body, house.admin, {{"Idempotency-Key", "k"}});
  REQUIRE(first.status == 200);
  CHECK(member(first.body, "comments") == "3");
  CHECK(house.post("/v1/forget", body, house.admin, {{"Idempotency-Key", "k"}}).body == first.body);
  REQUIRE(house.store().sweep(house.now).has_value());  // a line that is done is no request that waits
  CHECK(house.post("/v1/forget", body, house.admin, {{"Idempotency-Key", "k"}}).body == first.body);
  const auto swept = house.store().sweep(house.now + 2 * kDay);
  REQUIRE(swept.has_value());
  CHECK(swept->other >= 2);
  CHECK(member(house.post("/v1/forget", body, house.admin).body, "comments") == "0");
}
