// What the desk asks of the queue over the API: filters, counts, leases on certain comments, what was
// learned.
#include <doctest/doctest.h>

#include <string>

#include "house.h"

using namespace chaffinch;
using namespace chaffinch::http;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;
using chaffinch::test::members;

namespace {

std::string submit(House& house, const std::string& content, const std::string& site = "blog") {
  const Answer answer = house.post(
      "/v1/comments", json("{'site':'" + site + "','article':{'id':'a'},'content':'" + content + "'}"),
      house.admin);
  REQUIRE_MESSAGE(answer.status == 201, answer.body);
  return member(answer.body, "id");
}

std::string decide(House& house, const std::string& id, const std::string& what, const std::string& token) {
  const Answer answer =
      house.post("/v1/decisions", json("{'ids':['" + id + "'],'decision':'" + what + "'}"), token);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  return member(answer.body, "id");
}

// Of an answer's items: the member before "site".
std::vector<std::string> items(const Answer& answer) {
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  std::vector<std::string> ids;
  for (std::size_t at = answer.body.find("\",\"site\":"); at != std::string::npos;
       at = answer.body.find("\",\"site\":", at + 1)) {
    ids.push_back(answer.body.substr(at - 36, 36));
  }
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("api: desk");

TEST_CASE("me is the caller's own token, and no other of its name") {
  House house;
  const std::string twin = house.token(Role::moderator, "blog");  // the same name
  Ids ids;
  for (int i = 0; i < 4; ++i) ids.push_back(submit(house, "doubtful " + std::to_string(i)));
  const std::string first = decide(house, ids[2], "spam", house.moderator);
  house.now += kMinute;
  decide(house, ids[0], "approve", house.moderator);
  decide(house, ids[1], "spam", twin);
  const auto queue = [&](const std::string& query, const std::string& token) {
    return items(house.get("/v1/queue?status=any&" + query, token));
  };
  CHECK(queue("decided_by=me", house.moderator) == Ids{ids[0], ids[2]});
  CHECK(queue("decided_by=me&sort=decided", house.moderator) == Ids{ids[0], ids[2]});
  CHECK(queue("decided_by=me", twin) == Ids{ids[1]});
  CHECK(queue("decided_by=moderator-blog", house.moderator) == Ids{ids[0], ids[1], ids[2]});
  CHECK(queue("decided_by=me&decision=" + first, house.moderator) == Ids{ids[2]});
  CHECK(queue("decision=" + first, twin) == Ids{ids[2]});
  CHECK(queue("decided_by=me", house.token(Role::feed, "blog")).empty());

  const Answer log = house.get("/v1/decisions?by=me", twin);
  CHECK(members(log.body, "decision") == Ids{"spam"});
  CHECK(member(log.body, "begins") == "doubtful 1");
  CHECK(members(house.get("/v1/decisions?by=me", house.moderator).body, "decision") ==
        Ids{"approve", "spam"});
  CHECK(members(house.get("/v1/decisions?by=moderator-blog", house.moderator).body, "decision").size() == 3);

  const std::string counts = house.get("/v1/queue/counts", house.moderator).body;
  CHECK(member(counts, "pending") == "1");
  CHECK(member(counts, "approved") == "1");
  CHECK(member(counts, "spam") == "2");
  CHECK(member(counts, "decided_by_me") == "2");
  CHECK(member(counts, "decided_by_me_more") == "false");
  CHECK(member(counts, "oldest_pending") == format_time(house.now - kMinute));
  // A site of its own, and nobody else's.
  const std::string stranger = house.token(Role::moderator, "other");
  CHECK(queue("decision=" + first, stranger).empty());
  CHECK(member(house.get("/v1/queue/counts", stranger).body, "pending") == "0");
  CHECK(member(house.get("/v1/queue/counts", stranger).body, "oldest_pending") == "null");
  CHECK(house.get("/v1/queue/counts?site=blog", stranger).status == 404);
  CHECK(house.get("/v1/queue/count?site=blog", stranger).status == 404);
  CHECK(member(house.get("/v1/queue/count?status=any&like=" + ids[0], stranger).body, "count") == "0");
}

TEST_CASE("a wrong wish of the desk is refused with its name") {
  House house;
  const std::pair<const char*, const char*> rows[] = {
      {"queue?since=yesterday", "?since"},
      {"queue?until=2026-13-01", "?until"},
      {"queue?since=2026-11-02&until=2026-11-02", "?until"},
      {"queue?decision=17", "?decision"},
      {"queue?like=x", "?like"},
      {"queue?sort=decided", "?sort"},
      {"queue/count?at_most=0", "?at_most"},
      {"queue/count?at_most=10001", "?at_most"},
      {"queue/count?limit=5", "?limit"},
      {"queue/counts?status=any", "?status"},
  };
  for (const auto& [query, where] : rows) {
    CAPTURE(query);
    const Answer answer = house.get(std::string("/v1/") + query, house.moderator);
    CHECK(answer.status == 400);
    CHECK(member(answer.body, "where") == where);
  }
  const std::string id = submit(house, "doubtful");
  std::string many = "'" + id + "'";
  for (int i = 0; i < 100; ++i) many += ",'" + id + "'";
  const std::pair<std::string, const char*> claims[] = {
      {"{'ids':[]}", "/ids"},
      {"{'ids':['x']}", "/ids/0"},
      {"{'ids':[5]}", "/ids/0"},
      {"{'ids':'" + id + "'}", "/ids"},
      {"{'ids':['" + id + "'],'count':3}", "/count"},
      {"{'ids':['" + id + "'],'status':'pending'}", "/status"},
      {"{'ids':['" + id + "'],'minutes':0}", "/minutes"},
      {"{'ids':[" + many + "]}", "/ids"},
      {"{'sort':'decided'}", "/sort"},
      {"{'since':'never'}", "/since"},
  };
  for (const auto& [body, where] : claims) {
    CAPTURE(body);
    const Answer answer = house.post("/v1/queue/claim", json(body), house.moderator);
    CHECK(answer.status == (body.find(many) == std::string::npos ? 400 : 413));
    CHECK(member(answer.body, "where") == where);
  }
  CHECK(member(house.get("/v1/comments/" + id, house.moderator).body, "lease") == "null");
}

TEST_CASE("two moderators lease what they see") {
  House house;
  const std::string ben = house.token(Role::moderator, "blog");
  const std::string a = submit(house, "doubtful a"), b = submit(house, "doubtful b");
  const std::string there = submit(house, "doubtful c", "other");
  const auto claim = [&](const std::string& token, const Ids& ids) {
    std::string list;
    for (const std::string& id : ids) list += (list.empty() ? "'" : ",'") + id + "'";
    return house.post("/v1/queue/claim", json("{'ids':[" + list + "],'minutes':5}"), token);
  };
  CHECK(items(claim(house.moderator, {b, a})) == Ids{b, a});
  const Answer held = claim(ben, {a, there});
  CHECK(items(held).empty());
  CHECK(held.body.find(json("'held':[{'id':'" + a + "','lease':{'holder':'moderator-blog'")) !=
        std::string::npos);
  CHECK(held.body.find(json("'gone':['" + there + "']")) != std::string::npos);
  // By filter it is as before, with the new filters.
  const Answer next = house.post("/v1/queue/claim", json("{'like':'" + b + "'}"), house.moderator);
  CHECK(items(next) == Ids{b});
  CHECK(next.body.find(json("'held':[],'gone':[]")) != std::string::npos);
  // A lease informs; it forbids nothing.
  decide(house, a, "spam", ben);
  CHECK(claim(house.moderator, {a}).body.find(json("'gone':['" + a + "']")) != std::string::npos);
  house.now += 6 * kMinute;
  CHECK(items(claim(ben, {b})).empty());  // leased for a quarter of an hour by the filter
  house.now += 10 * kMinute;
  CHECK(items(claim(ben, {b})) == Ids{b});
}

TEST_CASE("a stretch of time and a cluster are counted and decided") {
  House house;
  const Time before = house.now;
  const std::string old = submit(house, "doubtful and old");
  house.now += kDay;
  const std::string text =
      "this doubtful offer of cheap watches comes to everybody in the whole wide world today ";
  Ids ids;
  for (int i = 0; i < 3; ++i) ids.push_back(submit(house, text + std::to_string(i)));
  const auto count = [&](const std::string& query) {
    return house.get("/v1/queue/count?" + query, house.moderator).body;
  };
  CHECK(count("") == json("{'count':4,'more':false}"));
  CHECK(count("at_most=2") == json("{'count':2,'more':true}"));
  CHECK(count("since=" + format_time(before + kHour)) == json("{'count':3,'more':false}"));
  CHECK(count("until=" + format_time(before + kHour)) == json("{'count':1,'more':false}"));
  CHECK(count("like=" + ids[1]) == json("{'count':3,'more':false}"));
  const Answer detail = house.get("/v1/comments/" + ids[0], house.moderator);
  CHECK(detail.body.find(json("'near':{'count':3,'more':false,'pending':3}")) != std::string::npos);
  const auto all = [&](int expected) {
    return house.post("/v1/decisions",
                      json("{'filter':{'like':'" + ids[1] + "'},'expected':" + std::to_string(expected) +
                           ",'decision':'spam'}"),
                      house.moderator);
  };
  CHECK(all(2).status == 409);
  CHECK(member(all(3).body, "changed") == "3");
  CHECK(count("") == json("{'count':1,'more':false}"));
  CHECK(count("status=any&decided_by=me") == json("{'count':3,'more':false}"));
  const std::string history = house.get("/v1/comments/" + ids[0], house.moderator).body;
  CHECK(history.find(json("'stands':true,'undone':false,'undoes':null")) != std::string::npos);
}

TEST_CASE("the detail names the words that weighed most with what is learned by now") {
  House house;
  const std::string id = submit(house, "cheap watches, a doubtful offer");
  const auto learned = [&] {
    const std::string body = house.get("/v1/comments/" + id, house.moderator).body;
    return body.substr(body.find("\"learned\""), body.find("\"lease\"") - body.find("\"learned\""));
  };
  CHECK(member(learned(), "probability") == "null");
  CHECK(learned().find(json("'words':[]")) != std::string::npos);
  const std::string before = member(learned(), "model_version");
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    decide(house, submit(house, "doubtful: cheap watches and cheap pills " + n), "spam", house.moderator);
    decide(house, submit(house, "doubtful: the garden in spring, a fine essay " + n), "approve",
           house.moderator);
  }
  const std::string after = learned();
  CHECK(member(after, "model_version") != before);
  CHECK(std::stod(member(after, "probability")) > 0.5);
  const auto words = members(after, "word");
  CHECK(words.size() > 2);
  CHECK(words.size() <= 12);
  CHECK(after.find("cheap") != std::string::npos);
  CHECK(member(after, "field") == "content");
  const std::size_t at = std::stoul(member(after, "start")), end = std::stoul(member(after, "end"));
  CHECK(std::string("cheap watches, a doubtful offer").substr(at, end - at) == words.front());
}
