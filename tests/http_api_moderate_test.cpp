// Queue, decisions, blocks and administration over the API.
#include <doctest/doctest.h>

#include <string>

#include "house.h"

using namespace chaffinch;
using namespace chaffinch::http;
using chaffinch::test::header;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;
using chaffinch::test::members;

namespace {

std::string submit(House& house, const std::string& content, const std::string& more = {}) {
  const Answer answer = house.post(
      "/v1/comments", json("{'article':{'id':'a'},'content':'" + content + "'" + more + "}"), house.frontend);
  REQUIRE_MESSAGE(answer.status == 201, answer.body);
  return member(answer.body, "id");
}

std::string status(House& house, const std::string& id) {
  return member(house.get("/v1/comments/" + id, house.admin).body, "status");
}

std::vector<std::string> queue(House& house, const std::string& query = {}) {
  const Answer answer = house.get("/v1/queue?" + query, house.moderator);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  std::vector<std::string> ids;  // of the items: the member before "site"
  for (std::size_t at = answer.body.find("\",\"site\":"); at != std::string::npos;
       at = answer.body.find("\",\"site\":", at + 1)) {
    ids.push_back(answer.body.substr(at - 36, 36));
  }
  return ids;
}

}  // namespace

TEST_SUITE_BEGIN("api: moderate");

TEST_CASE("the queue shows each comment with its verdict, its evidence and its lease") {
  House house;
  const std::string id = submit(house, "a very doubtful claim", ",'author':{'email':'ana@mail.example'}");
  const Answer answer = house.get("/v1/queue", house.moderator);
  REQUIRE(answer.status == 200);
  CHECK(answer.body.find(json("{'field':'content','view':'folded','start':7,'end':15,'value':'doubtful'}")) !=
        std::string::npos);
  CHECK(member(answer.body, "about") == "Says doubtful.");
  CHECK(member(answer.body, "email") == "ana@mail.example");
  CHECK(member(answer.body, "lease") == "null");
  CHECK(member(answer.body, "version") == "1");
  CHECK(queue(house) == std::vector<std::string>{id});
  CHECK(queue(house, "rule=house_spam").empty());
  CHECK(queue(house, "email=ANA@mail.example") == std::vector<std::string>{id});
  CHECK(queue(house, "min_score=100").empty());
  CHECK(queue(house, "status=any&site=blog&article=a") == std::vector<std::string>{id});
}

TEST_CASE("a wrong filter is refused with its name") {
  House house;
  const std::pair<const char*, const char*> rows[] = {
      {"limit=0", "?limit"},
      {"limit=201", "?limit"},
      {"limit=-1", "?limit"},
      {"limit=ten", "?limit"},
      {"limit=1&limit=2", "?limit"},
      {"limit=", "?limit"},
      {"status=open", "?status"},
      {"sort=random", "?sort"},
      {"colour=red", "?colour"},
      {"ip=192.0.2.0/33", "?ip"},
      {"min_score=high", "?min_score"},
      {"min_score=nan", "?min_score"},
      {"max_score=1e999", "?max_score"},
      {"claimed=maybe", "?claimed"},
      {"text=%00", "?text"},
      {"text=%ff", "?text"},
      {"cursor=AAAA", "?cursor"},
  };
  for (const auto& [query, where] : rows) {
    CAPTURE(query);
    const Answer answer = house.get(std::string("/v1/queue?") + query, house.moderator);
    CHECK(answer.status == 400);
    CHECK(member(answer.body, "where") == where);
  }
  const Answer article = house.get("/v1/queue?article=a", house.admin);
  CHECK(article.status == 400);
  CHECK(member(article.body, "where") == "?site");
  const std::string hint = house.get("/v1/queue?stauts=any", house.moderator).body;
  CHECK(hint.find("did you mean 'status'?") != std::string::npos);
  const Answer text = house.get("/v1/queue?text=" + std::string(301, 'x'), house.moderator);
  CHECK(member(text.body, "where") == "?text");
}

TEST_CASE("pages of the queue follow each other by their cursors") {
  House house;
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) {
    house.now += kSecond;
    all.push_back(submit(house, "doubtful number " + std::to_string(i)));
  }
  std::vector<std::string> seen;
  std::string cursor;
  for (int page = 0; page < 10; ++page) {
    const std::string target = "limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor);
    for (const std::string& id : queue(house, target)) seen.push_back(id);
    const std::string next = member(house.get("/v1/queue?" + target, house.moderator).body, "next");
    if (next == "null") break;
    cursor = next;
  }
  CHECK(seen == all);
}

TEST_CASE("a claim leases comments to one moderator until they are given back") {
  House house;
  const std::string id = submit(house, "doubtful");
  const Answer claimed = house.post("/v1/queue/claim", json("{'count':5,'minutes':30}"), house.moderator);
  REQUIRE(claimed.status == 200);
  CHECK(members(claimed.body, "holder") == std::vector<std::string>{"moderator-blog"});
  CHECK(member(claimed.body, "until") == format_time(house.now + 30 * kMinute));
  CHECK(queue(house, "claimed=true") == std::vector<std::string>{id});
  CHECK(house.get("/v1/queue?claimed=true", house.admin).body == json("{'items':[],'next':null}"));
  CHECK(house.post("/v1/queue/claim", {}, house.admin).body == json("{'items':[],'held':[],'gone':[]}"));
  CHECK(house.ask("DELETE", "/v1/queue/claim?id=" + id, {}, house.moderator).status == 204);
  CHECK(queue(house, "claimed=true").empty());
}

TEST_CASE("two tokens of one name hold different comments") {
  House house;
  submit(house, "doubtful one");
  submit(house, "doubtful two");
  const std::string twin = house.token(Role::moderator, "blog");
  const Answer ours = house.post("/v1/queue/claim", json("{'count':1}"), house.moderator);
  const Answer theirs = house.post("/v1/queue/claim", json("{'count':1}"), twin);
  CHECK(members(ours.body, "holder") == std::vector<std::string>{"moderator-blog"});
  CHECK(members(theirs.body, "holder") == std::vector<std::string>{"moderator-blog"});
  CHECK(member(ours.body, "id") != member(theirs.body, "id"));
  REQUIRE(house.ask("DELETE", "/v1/queue/claim", {}, twin).status == 204);
  CHECK(queue(house, "claimed=true") == std::vector<std::string>{member(ours.body, "id")});
}

TEST_CASE("a decision by ids names what it skipped; all skipped is a conflict; undo brings back") {
  House house;
  const std::string one = submit(house, "doubtful one");
  const std::string two = submit(house, "doubtful two");
  const Answer decided = house.post("/v1/decisions",
                                    json("{'ids':['" + one + "',{'id':'" + two +
                                         "','version':7}],'decision':'spam','reason':'ads','note':'n'}"),
                                    house.moderator);
  REQUIRE_MESSAGE(decided.status == 200, decided.body);
  CHECK(member(decided.body, "changed") == "1");
  CHECK(decided.body.find(json("'skipped':[{'id':'" + two + "','why':'stale'}]")) != std::string::npos);
  CHECK(status(house, one) == "spam");
  CHECK(status(house, two) == "pending");
  const Answer stale =
      house.post("/v1/decisions", json("{'ids':[{'id':'" + one + "','version':1}],'decision':'approve'}"),
                 house.moderator);
  CHECK(stale.status == 409);
  CHECK(stale.type == "application/problem+json");
  CHECK(stale.body.find(json("'skipped':[{'id':'" + one + "','why':'stale'}]")) != std::string::npos);

  const std::string id = member(decided.body, "id");
  const Answer log = house.get("/v1/decisions/" + id, house.moderator);
  CHECK(member(log.body, "decision") == "spam");
  CHECK(member(log.body, "by") == "moderator-blog");
  CHECK(member(log.body, "reason") == "ads");
  const Answer undone = house.post("/v1/decisions/" + id + "/undo", {}, house.moderator);
  REQUIRE_MESSAGE(undone.status == 200, undone.body);
  CHECK(member(undone.body, "changed") == "1");
  CHECK(status(house, one) == "pending");
  CHECK(house.post("/v1/decisions/" + id + "/undo", {}, house.moderator).status == 409);
  CHECK(members(house.get("/v1/decisions", house.moderator).body, "decision") ==
        std::vector<std::string>{"undo", "spam"});
  const std::string detail = house.get("/v1/comments/" + one, house.moderator).body;
  CHECK(members(detail, "what") == std::vector<std::string>{"submitted", "spam", "undo"});
}

TEST_CASE("a decision by filter needs the count that was seen") {
  House house;
  for (int i = 0; i < 3; ++i) submit(house, "doubtful " + std::to_string(i));
  const auto wish = [&](int expected) {
    return json("{'filter':{'rule':'house_doubtful'},'decision':'reject','expected':" +
                std::to_string(expected) + "}");
  };
  CHECK(house.post("/v1/decisions", wish(2), house.moderator).status == 409);
  CHECK(house.post("/v1/decisions", wish(4), house.moderator).status == 409);
  CHECK(queue(house).size() == 3);
  const House::Headers key = {{"Idempotency-Key", "k"}};
  const Answer decided = house.post("/v1/decisions", wish(3), house.moderator, key);
  CHECK(member(decided.body, "changed") == "3");
  const Answer again = house.post("/v1/decisions", wish(3), house.moderator, key);
  CHECK(again.status == 200);
  CHECK(again.body == decided.body);
  CHECK(header(again, "Idempotency-Replayed") == "true");
  CHECK(queue(house).empty());
}

TEST_CASE("a block is normalised, applied to the past by a decision, and lifted") {
  House house;
  const std::string id = submit(house, "doubtful", ",'author':{'email':'pest@mail.example'}");
  const Answer added =
      house.post("/v1/blocks", json("{'kind':'email','value':'Pest@Mail.Example','apply_to_past':true}"),
                 house.moderator);
  REQUIRE_MESSAGE(added.status == 201, added.body);
  CHECK(member(added.body, "value") == "pest@mail.example");
  CHECK(member(added.body, "site") == "blog");
  CHECK(member(added.body, "changed") == "1");
  CHECK(status(house, id) == "spam");
  const std::string block = member(added.body, "id");
  CHECK(house.get("/v1/blocks?kind=email", house.moderator).body.find(block) != std::string::npos);
  CHECK(house.get("/v1/blocks?kind=planet", house.moderator).status == 400);
  CHECK(house.ask("DELETE", "/v1/blocks/" + block, {}, house.moderator).status == 204);
  CHECK(house.ask("DELETE", "/v1/blocks/" + block, {}, house.moderator).status == 404);
  CHECK(house
            .post("/v1/blocks", json("{'kind':'ip','value':'192.0.2.1','expires_at':'2020-01-01T00:00:00Z'}"),
                  house.moderator)
            .status == 400);
}

TEST_CASE("a site is made with its front end's token, changed in part, by version") {
  House house;
  const Answer made = house.post("/v1/sites", json("{'id':'garden','url':'https://garden.example'}"),
                                 house.admin, {{"Idempotency-Key", "k"}});
  REQUIRE_MESSAGE(made.status == 201, made.body);
  const std::string token = member(made.body, "token");
  CHECK(token.starts_with("chf_"));
  CHECK(house.post("/v1/comments", json("{'article':{'id':'a'},'content':'x'}"), token).status == 201);
  const Answer again = house.post("/v1/sites", json("{'id':'garden','url':'https://garden.example'}"),
                                  house.admin, {{"Idempotency-Key", "k"}});
  CHECK(again.status == 409);
  CHECK(again.body.find(token) == std::string::npos);
  CHECK(house.get("/v1/sites", house.admin).body.find(token) == std::string::npos);

  const Answer changed =
      house.ask("PATCH", "/v1/sites/garden",
                json("{'policy':{'hold':2,'overrides':{'link_count.max':7}},'version':1}"), house.admin);
  REQUIRE_MESSAGE(changed.status == 200, changed.body);
  CHECK(member(changed.body, "hold") == "2.0");
  CHECK(member(changed.body, "spam") == "6.0");
  CHECK(member(changed.body, "version") == "2");
  CHECK(house.ask("PATCH", "/v1/sites/garden", json("{'name':'Stale','version':1}"), house.admin).status ==
        409);
  const Answer unknown = house.ask("PATCH", "/v1/sites/garden",
                                   json("{'policy':{'overrides':{'no_such_rule.score':1}}}"), house.admin);
  CHECK(unknown.status == 400);
  CHECK(member(unknown.body, "where") == "/policy/overrides/no_such_rule.score");
  CHECK(house.get("/v1/sites/garden", house.admin).body == changed.body);
  CHECK(house.get("/v1/sites/none", house.admin).status == 404);
}

TEST_CASE("a token is shown once, a key makes one, and revocation is seen at once") {
  House house;
  const House::Headers key = {{"Idempotency-Key", "k"}};
  const std::string wish = json("{'role':'moderator','site':'blog','name':'kim'}");
  const Answer made = house.post("/v1/tokens", wish, house.admin, key);
  REQUIRE_MESSAGE(made.status == 201, made.body);
  const std::string secret = member(made.body, "token");
  CHECK(house.get("/v1/queue", secret).status == 200);
  const Answer again = house.post("/v1/tokens", wish, house.admin, key);
  CHECK(again.status == 409);
  CHECK(member(again.body, "where") == "Idempotency-Key");
  const std::string list = house.get("/v1/tokens", house.admin).body;
  CHECK(list.find(secret) == std::string::npos);
  CHECK(list.find(member(made.body, "id")) != std::string::npos);
  CHECK(house.ask("DELETE", "/v1/tokens/" + member(made.body, "id"), {}, house.admin).status == 204);
  const Answer refused = house.get("/v1/queue", secret);
  CHECK(refused.status == 401);
  CHECK(header(refused, "WWW-Authenticate").starts_with("Bearer"));
  CHECK(house.post("/v1/tokens", json("{'role':'feed','expires_at':'2020-01-01T00:00:00Z'}"), house.admin)
            .status == 400);
  CHECK(house.post("/v1/tokens", json("{'role':'feed','site':'none'}"), house.admin).status == 404);
  const std::string brief = house.token(Role::moderator, "blog", house.now + kHour);
  CHECK(house.get("/v1/queue", brief).status == 200);
  house.now += kHour;
  CHECK(house.get("/v1/queue", brief).status == 401);
}

TEST_CASE("a re-check judges pending comments with today's rules; a person is forgotten on request") {
  House house;
  const std::string id =
      submit(house, "doubtful words", ",'author':{'name':'Heidi','email':'heidi@mail.example'}");
  REQUIRE(house
              .ask("PATCH", "/v1/sites/blog", json("{'policy':{'overrides':{'house_doubtful.score':9}}}"),
                   house.admin)
              .status == 200);
  const Answer rechecked = house.post("/v1/recheck", json("{'site':'blog'}"), house.moderator);
  REQUIRE_MESSAGE(rechecked.status == 200, rechecked.body);
  CHECK(rechecked.body == json("{'seen':1,'changed':1,'next':null}"));
  CHECK(status(house, id) == "spam");
  CHECK(house.post("/v1/recheck", json("{'cursor':'nonsense'}"), house.moderator).status == 400);
  const Answer forgotten = house.post("/v1/forget", json("{'email':'HEIDI@mail.example'}"), house.admin);
  REQUIRE_MESSAGE(forgotten.status == 200, forgotten.body);
  CHECK(member(forgotten.body, "comments") == "1");
  CHECK(house.get("/v1/queue?status=any", house.moderator).body.find("Heidi") == std::string::npos);
}
