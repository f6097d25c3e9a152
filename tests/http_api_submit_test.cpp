// Comments on their way in, and what readers see of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "house.h"

using namespace chaffinch;
using namespace chaffinch::http;
using chaffinch::test::header;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;
using chaffinch::test::members;
using chaffinch::test::names;

namespace {

const House::Headers kForm = {{"Content-Type", "application/x-www-form-urlencoded"}};

std::string by_frontend(const std::string& content, const std::string& more = {}) {
  return json(
      "{'article':{'id':'a'},'author':{'name':'Ana','email':'ana@mail.example'},'client':{'ip':'192.0.2.9'},'"
      "content':'" +
      content + "'" + more + "}");
}

std::string by_visitor(const std::string& content, const std::string& more = {}) {
  return json("{'site':'blog','article':{'id':'a'},'author':{'name':'Vic'},'content':'" + content + "'" +
              more + "}");
}

std::string detail_of(House& house, const std::string& id) {
  return house.get("/v1/comments/" + id, house.admin).body;
}

std::size_t kept(House& house) {
  const std::string queue = house.get("/v1/queue?status=any&limit=200", house.admin).body;
  return members(queue, "received_at").size();
}

}  // namespace

TEST_SUITE_BEGIN("api: submit");

TEST_CASE(
    "a front end gets the whole verdict; what is not flagged is published, doubt waits, spam is set aside") {
  House house;
  struct Row {
    std::string content, status, action;
  };
  for (const Row& row : {Row{"a plain remark on beans", "approved", "approve"},
                         Row{"a doubtful remark on beans", "pending", "hold"},
                         Row{"a spammy remark on beans", "spam", "spam"}}) {
    CAPTURE(row.content);
    const Answer answer = house.post("/v1/comments", by_frontend(row.content), house.frontend);
    CAPTURE(answer.body);
    REQUIRE(answer.status == 201);
    CHECK(member(answer.body, "status") == row.status);
    CHECK(member(answer.body, "action") == row.action);
    CHECK(member(answer.body, "receipt").size() >= 32);
    CHECK(Id::parse(member(answer.body, "id")));
    const std::string kept = detail_of(house, member(answer.body, "id"));
    CHECK(member(kept, "status") == row.status);
    CHECK(member(kept, "content") == row.content);
    CHECK(member(kept, "ip") == "192.0.2.9");
    CHECK(member(kept, "email") == "ana@mail.example");
  }
}

TEST_CASE("a public caller is known by its connection and sees no verdict") {
  House house;
  const Answer answer = house.post("/v1/comments", by_visitor("a doubtful thing"), {},
                                   {{"User-Agent", "Browser/1"},
                                    {"Referer", "https://blog.example/a"},
                                    {"X-Forwarded-For", "203.0.113.5"}});
  REQUIRE(answer.status == 201);
  CHECK(names(answer.body) == std::vector<std::string>{"id", "status", "receipt"});
  const std::string kept = detail_of(house, member(answer.body, "id"));
  CHECK(member(kept, "ip") == "198.51.100.7");
  CHECK(member(kept, "user_agent") == "Browser/1");
  CHECK(member(kept, "referrer") == "https://blog.example/a");
}

TEST_CASE("behind a proxy that is trusted a public caller is who the proxy says") {
  House house({.trusted_proxy = "198.51.100.0/24"});
  const Answer answer = house.post("/v1/comments", by_visitor("a doubtful thing"), {},
                                   {{"X-Forwarded-For", "6.6.6.6, 203.0.113.5"}});
  REQUIRE(answer.status == 201);
  CHECK(member(detail_of(house, member(answer.body, "id")), "ip") == "203.0.113.5");
}

TEST_CASE("what a public caller may not say about itself is refused with its place, and changes nothing") {
  House house;
  struct Row {
    std::string more, where;
    int status = 403;
  };
  for (const Row& row : {
           Row{",'client':{'ip':'203.0.113.1'}", "/client"},
           Row{",'client':{}", "/client"},
           Row{",'created_at':'2020-01-01T00:00:00Z'", "/created_at"},
           Row{",'type':'pingback'", "/type"},
       }) {
    CAPTURE(row.more);
    const Answer answer = house.post("/v1/comments", by_visitor("x", row.more));
    CHECK(answer.status == row.status);
    CHECK(member(answer.body, "where") == row.where);
  }
  const std::pair<const char*, const char*> bodies[] = {
      {"{'site':'blog','content':'x','article':{'id':'a'},'author':{'id':'admin-1'}}", "/author/id"},
      {"{'site':'blog','content':'x','article':{'id':'a','title':'Mine'}}", "/article/title"},
      {"{'site':'blog','content':'x','article':{'id':'a','url':'https://evil.example/a'}}", "/article/url"},
      {"{'site':'blog','content':'x','article':{'id':'a','url':'https://blog.example/a'}}", "/article/url"},
      {"{'site':'blog','content':'x','article':{'id':'https://evil.example/a'}}", "/article/id"},
      {"{'site':'blog','content':'x','article':{'id':'https://blog.example.evil.example/a'}}", "/article/id"},
      {"{'site':'blog','content':'x','article':{'id':'//evil.example/a'}}", "/article/id"},
  };
  for (const auto& [body, where] : bodies) {
    CAPTURE(body);
    const Answer answer = house.post("/v1/comments", json(body));
    CHECK(answer.status == 403);
    CHECK(member(answer.body, "where") == where);
  }
  CHECK(house.post("/v1/comments", json("{'content':'x','article':{'id':'a'}}")).status == 400);
  const Answer nowhere =
      house.post("/v1/comments", json("{'site':'none','content':'x','article':{'id':'a'}}"));
  CHECK(nowhere.status == 404);
  CHECK(member(nowhere.body, "where") == "/site");
  CHECK(kept(house) == 0);
  // A page known by its own URL is the site's.
  CHECK(house
            .post("/v1/comments",
                  json("{'site':'blog','content':'x','article':{'id':'https://blog.example/a'}}"))
            .status == 201);
  CHECK(house.post("/v1/comments", json("{'site':'blog','content':'x','article':{'id':'//blog.example/a'}}"))
            .status == 201);
}

TEST_CASE("a form is sent back to the article with its outcome, and only to the site's own origins") {
  House house;
  REQUIRE(
      house.ask("PATCH", "/v1/sites/blog", json("{'origins':['https://www.friend.example']}"), house.admin)
          .status == 200);
  struct Row {
    std::string fields, referer, location;
  };
  const std::string plain = "site=blog&article=a&content=plain+words";
  int visitor = 0;
  for (const Row& row : {
           Row{plain, "", "https://blog.example?chaffinch=published"},
           Row{"site=blog&article=a&content=doubtful+words", "", "https://blog.example?chaffinch=pending"},
           Row{"site=blog&article=a&content=spammy+words", "", "https://blog.example?chaffinch=refused"},
           Row{plain, "https://blog.example/a?p=1#end", "https://blog.example/a?p=1&chaffinch=published#end"},
           Row{plain, "https://evil.example/a", "https://blog.example?chaffinch=published"},
           Row{plain + "&redirect=https://www.friend.example/x", "https://blog.example/a",
               "https://www.friend.example/x?chaffinch=published"},
           Row{plain + "&article.url=https://blog.example/a", "",
               "https://blog.example/a?chaffinch=published"},
       }) {
    CAPTURE(row.fields);
    CAPTURE(row.referer);
    House::Headers headers = kForm;
    house.peer = "198.51.100." + std::to_string(++visitor);  // so many at once from one address would be held
    if (!row.referer.empty()) headers.emplace_back("Referer", row.referer);
    const Answer answer = house.post("/v1/comments", row.fields, {}, headers);
    CAPTURE(answer.body);
    CHECK(answer.status == 303);
    CHECK(header(answer, "Location") == row.location);
    CHECK(answer.body.empty());
  }
  const std::size_t before = kept(house);
  for (const char* more :
       {"&redirect=https://evil.example/", "&redirect=//evil.example/", "&redirect=/a",
        "&redirect=https://blog.example.evil.example/", "&redirect=https://blog.example@evil.example/",
        "&redirect=https://blog.example%5C@evil.example/", "&redirect=javascript:alert(1)",
        "&redirect=http://blog.example/", "&article.url=https://evil.example/a", "&author.id=7",
        "&client.ip=192.0.2.1", "&type=pingback", "&created_at=2020-01-01", "&article.title=Mine"}) {
    CAPTURE(more);
    const Answer answer = house.post("/v1/comments", plain + more, {}, kForm);
    CHECK(answer.status == 403);
    CHECK(header(answer, "Location").empty());
  }
  CHECK(kept(house) == before);
}

TEST_CASE("a site in a folder owns what lies in it, and nothing beside it") {
  House house;
  REQUIRE(house.ask("PATCH", "/v1/sites/blog", json("{'url':'https://shared.example/anna'}"), house.admin)
              .status == 200);
  const std::string plain = "site=blog&article=a&content=plain+words&redirect=";
  int visitor = 0;
  for (const char* own : {"https://shared.example/anna", "https://shared.example/anna/",
                          "https://shared.example/anna?p=1", "https://shared.example/anna/2026/beans.html"}) {
    CAPTURE(own);
    house.peer = "198.51.100." + std::to_string(++visitor);
    CHECK(house.post("/v1/comments", plain + own, {}, kForm).status == 303);
  }
  for (const char* other :
       {"https://shared.example/", "https://shared.example/annabel", "https://shared.example/bob/1",
        "https://shared.example/anna/../bob", "https://shared.example/anna/%252e%252e/bob",
        "https://shared.example/anna/%2e%2e/bob", "https://shared.example?/anna/"}) {
    CAPTURE(other);
    const std::string fields = plain + other;
    CHECK(house.post("/v1/comments", fields, {}, kForm).status == 403);
  }
  // To a browser the folder's pages are of the whole host.
  CHECK(header(house.get("/v1/comments?site=blog&article=a", {}, {{"Origin", "https://shared.example"}}),
               "Access-Control-Allow-Origin") == "https://shared.example");
}

TEST_CASE("a closed article takes no comment, from anybody, until it is opened again") {
  House house;
  REQUIRE(house.ask("PUT", "/v1/articles", json("{'id':'a','closed':true}"), house.moderator).status == 200);
  const Answer refused = house.post("/v1/comments", by_frontend("words"), house.frontend);
  CHECK(refused.status == 403);
  CHECK(member(refused.body, "where") == "/article");
  CHECK(house.post("/v1/comments", by_visitor("words")).status == 403);
  const Answer form = house.post("/v1/comments", "site=blog&article=a&content=words", {}, kForm);
  CHECK(form.status == 303);
  CHECK(header(form, "Location") == "https://blog.example?chaffinch=refused");
  CHECK(kept(house) == 0);
  CHECK(member(house.get("/v1/comments?site=blog&article=a").body, "closed") == "true");
  REQUIRE(house.ask("PUT", "/v1/articles?article=a", json("{'closed':false}"), house.frontend).status == 200);
  CHECK(house.post("/v1/comments", by_frontend("words"), house.frontend).status == 201);
}

TEST_CASE("one key makes one comment and answers the same; for another comment it is a conflict") {
  House house;
  const House::Headers key = {{"Idempotency-Key", "k-1"}};
  const Answer first = house.post("/v1/comments", by_frontend("doubtful words"), house.frontend, key);
  const Answer again = house.post("/v1/comments", by_frontend("doubtful words"), house.frontend, key);
  REQUIRE(first.status == 201);
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  CHECK(header(first, "Idempotency-Replayed").empty());
  CHECK(header(again, "Idempotency-Replayed") == "true");
  const Answer other = house.post("/v1/comments", by_frontend("other words"), house.frontend, key);
  CHECK(other.status == 409);
  CHECK(member(other.body, "where") == "Idempotency-Key");
  CHECK(kept(house) == 1);
  // A form is sent back again; another address has keys of its own.
  House::Headers form = kForm;
  form.emplace_back("Idempotency-Key", "k-1");
  const std::string fields = "site=blog&article=a&content=doubtful+form";
  const Answer sent = house.post("/v1/comments", fields, {}, form);
  const Answer resent = house.post("/v1/comments", fields, {}, form);
  CHECK(sent.status == 303);
  CHECK(header(resent, "Location") == header(sent, "Location"));
  CHECK(header(resent, "Idempotency-Replayed") == "true");
  house.peer = "198.51.100.8";
  CHECK(header(house.post("/v1/comments", fields, {}, form), "Idempotency-Replayed").empty());
  for (const std::string& bad : {std::string(), std::string(201, 'k'), std::string("a\x01")}) {
    const Answer answer =
        house.post("/v1/comments", by_frontend("x"), house.frontend, {{"Idempotency-Key", bad}});
    CHECK(answer.status == 400);
    CHECK(member(answer.body, "where") == "Idempotency-Key");
  }
}

TEST_CASE("a check judges and keeps nothing, one or many; a label is taken") {
  House house;
  const Answer one = house.post("/v1/check", by_frontend("a doubtful word"), house.frontend);
  REQUIRE(one.status == 200);
  CHECK(member(one.body, "action") == "hold");
  const Answer many = house.post(
      "/v1/check", "[" + by_frontend("a spammy word") + "," + by_frontend("fine") + "]", house.frontend);
  CHECK(members(many.body, "action").size() >= 2);
  CHECK(many.body.front() == '[');
  CHECK(house.post("/v1/check", "[]", house.frontend).body == "[]");
  // Without a site the usual policy judges.
  CHECK(house.post("/v1/check", json("{'content':'a spammy word'}"), house.admin).status == 200);
  const Answer future = house.post(
      "/v1/check",
      "[" + by_frontend("x") + "," + by_frontend("x", ",'created_at':'2400-01-01T00:00:00Z'") + "]",
      house.frontend);
  CHECK(future.status == 400);
  CHECK(member(future.body, "where") == "/1/created_at");
  CHECK(kept(house) == 0);
  CHECK(house.post("/v1/learn", by_frontend("spammy", ",'label':'spam'"), house.frontend).status == 200);
  CHECK(house.store().learn_events(0, 10)->size() == 1);
  CHECK(kept(house) == 0);
}

TEST_CASE("what is taught shows in the next check, says which words decided, and can be taken back") {
  House house;
  const auto teach = [&](int i, bool spam) {
    const std::string text =
        spam ? "winning numbers from the lottery desk " : "the chapter on herons was lovely ";
    return house.post("/v1/learn",
                      by_frontend(text + std::to_string(i), spam ? ",'label':'spam'" : ",'label':'ham'"),
                      house.frontend);
  };
  const std::string asked = by_frontend("our lottery desk has your winning numbers");
  CHECK(member(house.post("/v1/check", asked, house.frontend).body, "probability") == "null");
  std::string last;
  for (int i = 0; i < 15; ++i) {
    REQUIRE(teach(i, false).status == 200);
    const Answer answer = teach(i, true);
    REQUIRE(answer.status == 200);
    CHECK(member(answer.body, "lessons") == "1");
    last = member(answer.body, "id");
  }
  const std::string before = house.post("/v1/check", asked, house.frontend).body;
  CHECK(std::stod(member(before, "probability")) > 0.5);
  CHECK(before.find(R"("rule":"learned")") != std::string::npos);
  CHECK(before.find("lottery") != std::string::npos);
  CHECK(std::stod(member(before, "score")) > 0);

  const std::string ham = by_frontend("that lovely chapter on herons");
  CHECK(std::stod(member(house.post("/v1/check", ham, house.frontend).body, "score")) < 0);

  const Answer more = teach(99, true);
  CHECK(house.post("/v1/check", asked, house.frontend).body != before);
  const Answer undone =
      house.post("/v1/decisions/" + member(more.body, "id") + "/undo", "{}", house.moderator);
  REQUIRE(undone.status == 200);
  CHECK(member(undone.body, "changed") == "0");
  CHECK(member(undone.body, "lessons") == "1");
  CHECK(member(undone.body, "approximate") == "false");
  const std::string after = house.post("/v1/check", asked, house.frontend).body;
  CHECK(member(after, "probability") == member(before, "probability"));
  CHECK(member(after, "score") == member(before, "score"));
  // Once is once.
  CHECK(house.post("/v1/decisions/" + member(more.body, "id") + "/undo", "{}", house.moderator).status ==
        409);
  const std::string log = house.get("/v1/decisions?decision=learn", house.moderator).body;
  CHECK(members(log, "id").size() == 31);
  CHECK(member(log, "reason") == "spam");

  const std::string stats = house.get("/v1/stats?site=blog", house.moderator).body;
  const std::string learner = stats.substr(stats.find(R"("learner")"));
  CHECK(member(learner, "ham") == "15");
  CHECK(member(learner, "spam") == "15");
  CHECK(std::stod(member(learner, "auc")) > 0.5);
  // A learned comment is not one that can be decided so.
  CHECK(house.post("/v1/decisions", json("{'ids':[],'decision':'learn'}"), house.moderator).status == 400);
}

TEST_CASE("readers get approved comments, nested, and never anything private") {
  House house;
  const std::string parent = member(
      house
          .post("/v1/comments",
                json("{'article':{'id':'a/b "
                     "c','url':'https://blog.example/"
                     "a','title':'T'},'author':{'name':'Greta','email':'greta@secret.example','url':'https://"
                     "greta.example','id':'secret-7'},'client':{'ip':'203.0.113.99','user_agent':'"
                     "SecretAgent','referrer':'https://secret.example'},'content':'first words'}"),
                house.frontend)
          .body,
      "id");
  const std::string reply =
      member(house
                 .post("/v1/comments",
                       json("{'article':{'id':'a/b c'},'parent':'" + parent + "','content':'second words'}"),
                       house.frontend)
                 .body,
             "id");
  const Answer held = house.post(
      "/v1/comments",
      json("{'article':{'id':'a/b c'},'author':{'email':'me@secret.example'},'content':'doubtful words'}"),
      house.frontend);
  const std::string id = member(held.body, "id");
  const std::string receipt = member(held.body, "receipt");

  const std::string target = "/v1/comments?site=blog&article=a/b+c";
  const Answer thread = house.get(target);
  REQUIRE(thread.status == 200);
  CHECK(members(thread.body, "id") == std::vector<std::string>{parent, reply});
  CHECK(thread.body.find("\"replies\":[{\"id\":\"" + reply) != std::string::npos);
  CHECK(member(thread.body, "count") == "2");
  const Answer own = house.get(target + "&id=" + id + "&receipt=" + receipt);
  CHECK(members(own.body, "id") == std::vector<std::string>{parent, reply, id});
  CHECK(header(own, "Cache-Control") == "no-store");
  CHECK(house.get(target + "&id=" + id, {}, {{"Authorization", "Receipt " + receipt}}).body == own.body);
  CHECK(house.get(target + "&id=" + parent + "&receipt=" + receipt).status == 403);
  CHECK(house.get(target + "&id=" + id).status == 400);

  const std::set<std::string> kPublic = {"items",     "next",    "count",   "closed", "id",      "status",
                                         "parent",    "author",  "name",    "url",    "content", "created_at",
                                         "edited_at", "replies", "article", "receipt"};
  const Answer counts = house.get("/v1/comments/counts?site=blog&article=none&article=a/b+c");
  CHECK(counts.body == json("{'items':[{'article':'none','count':0},{'article':'a/b c','count':2}]}"));
  const Answer mine = house.post("/v1/comments", by_visitor("spammy"), {});
  for (const Answer& answer : {thread, own, counts, mine}) {
    for (const std::string& name : names(answer.body)) CHECK_MESSAGE(kPublic.contains(name), name);
    CHECK(answer.body.find("ecret") == std::string::npos);
    CHECK(answer.body.find("203.0.113.99") == std::string::npos);
  }
  CHECK(house.get("/v1/comments/" + parent).status == 401);
}

TEST_CASE("an author edits and removes with the receipt, for a while; the front end always") {
  House house;
  const Answer made = house.post("/v1/comments", by_visitor("plain words"));
  const std::string id = member(made.body, "id");
  const std::string receipt = member(made.body, "receipt");
  const House::Headers mine = {{"Authorization", "Receipt " + receipt}};
  const Answer edited =
      house.ask("PATCH", "/v1/comments/" + id, json("{'content':'doubtful words'}"), {}, mine);
  CHECK(edited.status == 200);
  CHECK(member(edited.body, "status") == "pending");
  CHECK(edited.body.find("verdict") == std::string::npos);
  const Answer in_body = house.ask("PATCH", "/v1/comments/" + id,
                                   json("{'content':'other doubtful words','receipt':'" + receipt + "'}"));
  CHECK(in_body.status == 200);

  const std::string seen = detail_of(house, id);
  CHECK(house.ask("PATCH", "/v1/comments/" + id, json("{'content':'x'}")).status == 401);
  CHECK(
      house.ask("PATCH", "/v1/comments/" + id, json("{'content':'x','receipt':'" + receipt + "x'}")).status ==
      404);
  CHECK(house.ask("DELETE", "/v1/comments/" + id, {}, {}, {{"Authorization", "Receipt x"}}).status == 404);
  CHECK(house.ask("DELETE", "/v1/comments/" + id).status == 401);
  CHECK(
      house.ask("PATCH", "/v1/comments/" + id, json("{'content':'x','version':1}"), house.frontend).status ==
      409);
  CHECK(house.ask("PATCH", "/v1/comments/x", json("{'content':'x'}"), house.frontend).status == 404);
  house.now += 16 * kMinute;
  CHECK(house.ask("PATCH", "/v1/comments/" + id, json("{'content':'x'}"), {}, mine).status == 403);
  CHECK(house.ask("DELETE", "/v1/comments/" + id, {}, {}, mine).status == 403);
  CHECK(detail_of(house, id) == seen);

  const Answer by_frontend =
      house.ask("PATCH", "/v1/comments/" + id, json("{'author':{'name':'Nora'}}"), house.frontend);
  CHECK(by_frontend.status == 200);
  CHECK(by_frontend.body.find("\"verdict\"") != std::string::npos);
  CHECK(house.ask("DELETE", "/v1/comments/" + id, {}, house.frontend).status == 204);
  CHECK(house.get("/v1/comments/" + id, house.admin).status == 404);

  const Answer young = house.post("/v1/comments", by_visitor("plain words again"));
  CHECK(house
            .ask("DELETE", "/v1/comments/" + member(young.body, "id"),
                 json("{'receipt':'" + member(young.body, "receipt") + "'}"))
            .status == 204);
}

TEST_CASE("a public writer's allowance ends with 429 and Retry-After; others go on") {
  House house({.rate_per_minute = 6, .rate_burst = 3});
  for (int i = 0; i < 3; ++i)
    CHECK(house.post("/v1/comments", by_visitor("words " + std::to_string(i))).status == 201);
  const Answer refused = house.post("/v1/comments", by_visitor("words"));
  CHECK(refused.status == 429);
  CHECK(header(refused, "Retry-After") == "10");
  CHECK(house.post("/v1/comments", by_visitor("words"), {}, {{"X-Forwarded-For", "203.0.113.5"}}).status ==
        429);
  CHECK(house.post("/v1/comments", by_frontend("words"), house.frontend).status == 201);
  CHECK(house.get("/v1/comments?site=blog&article=a").status == 200);
  house.now += 10 * kSecond;
  CHECK(house.post("/v1/comments", by_visitor("words again")).status == 201);
}

TEST_CASE(
    "an author who brings the cookie along is the same author from whatever network, and nobody else is") {
  House house({.moderation = Moderation::hold_first});
  const std::string ana = json(
      "{'site':'blog','article':{'id':'a'},'author':{'name':'Ana','email':'ana@mail.example'},'content':'"
      "words'}");
  const auto cookie_of = [](const Answer& answer) {
    const std::string set = header(answer, "Set-Cookie");
    return set.substr(0, set.find(';'));
  };
  const auto status_of = [](const Answer& answer) { return member(answer.body, "status"); };
  const auto with = [](const std::string& cookie) {
    return House::Headers{{"Cookie", "theme=dark; " + cookie}};
  };

  const Answer first = house.post("/v1/comments", ana);
  REQUIRE(first.status == 201);
  CHECK(status_of(first) == "pending");
  const std::string set = header(first, "Set-Cookie");
  CHECK(set.starts_with("chaffinch_author_blog=1."));
  CHECK(set.ends_with("; Path=/v1/comments; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure"));
  CHECK(set.find("Ana") == std::string::npos);
  const std::string cookie = cookie_of(first);
  house.peer = "203.0.113.9";
  CHECK(status_of(house.post("/v1/comments", ana, {}, with(cookie))) == "pending");
  REQUIRE(house
              .post("/v1/decisions",
                    json("{'ids':['" + member(first.body, "id") + "'],'decision':'approve'}"),
                    house.moderator)
              .status == 200);

  const Answer known = house.post("/v1/comments", ana, {}, with(cookie));
  CHECK(status_of(known) == "approved");
  CHECK(cookie_of(known).substr(0, 60) == cookie.substr(0, 60));  // the same key, signed anew
  CHECK(status_of(house.post("/v1/comments", ana, {}, with(cookie_of(known)))) == "approved");

  // By a form as well, and from a third network.
  house.peer = "192.0.2.77";
  House::Headers form = with(cookie);
  form.push_back(kForm.front());
  const Answer sent = house.post(
      "/v1/comments", "site=blog&article=a&name=Ana&email=ana%40mail.example&content=more+words", {}, form);
  CHECK(sent.status == 303);
  CHECK(header(sent, "Location").ends_with("chaffinch=published"));
  CHECK_FALSE(cookie_of(sent).empty());

  house.peer = "100.64.0.1";
  const auto instead = [&ana](std::string_view what, std::string_view by) {
    std::string body = ana;
    return body.replace(body.find(what), what.size(), by);
  };
  // Typing the name and the email is not enough; neither is the cookie with another name.
  CHECK(status_of(house.post("/v1/comments", ana)) == "pending");
  CHECK(status_of(house.post("/v1/comments", instead("Ana", "Ben"), {}, with(cookie))) == "pending");
  CHECK(status_of(house.post("/v1/comments", instead("ana@", "ben@"), {}, with(cookie))) == "pending");
  std::string forged = cookie;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  CHECK(status_of(house.post("/v1/comments", ana, {}, with(forged))) == "pending");
  // Another site's cookie, under this site's name.
  house.peer = "100.65.0.1";
  const Answer foreign = house.post("/v1/comments", instead("blog", "other"));
  const std::string renamed =
      "chaffinch_author_blog" + cookie_of(foreign).substr(cookie_of(foreign).find('='));
  house.peer = "100.66.0.1";
  CHECK(status_of(house.post("/v1/comments", ana, {}, with(renamed))) == "pending");
  CHECK(status_of(house.post("/v1/comments", instead("blog", "other"), {}, with(cookie))) == "pending");

  // Keys rotate; the cookie holds for 30 more days, its successor for longer.
  // A cookie that does not hold makes the service look for newer keys, as after a restart.
  REQUIRE(house.store().rotate_signing_key(house.now).has_value());
  house.post("/v1/comments", ana, {}, with(forged));
  house.peer = "100.67.0.1";
  const Answer renewed = house.post("/v1/comments", ana, {}, with(cookie));
  CHECK(status_of(renewed) == "approved");
  house.now += 31 * kDay;
  REQUIRE(house.store().rotate_signing_key(house.now).has_value());
  house.peer = "100.68.0.1";
  house.post("/v1/comments", ana, {}, with(forged));
  house.peer = "100.68.1.1";
  CHECK(status_of(house.post("/v1/comments", ana, {}, with(cookie))) == "pending");
  CHECK(status_of(house.post("/v1/comments", ana, {}, with(cookie_of(renewed)))) == "approved");

  // Time goes by.
  house.now += 150 * kDay;
  house.peer = "100.69.0.1";
  CHECK(status_of(house.post("/v1/comments", ana, {}, with(cookie_of(renewed)))) == "pending");

  // Spam gets no cookie, nor do front ends, nor who says no name.
  house.peer = "100.70.0.1";
  CHECK(cookie_of(house.post("/v1/comments", instead("words", "spammy words"))).empty());
  CHECK(cookie_of(house.post("/v1/comments", by_frontend("words"), house.frontend)).empty());
  CHECK(cookie_of(house.post("/v1/comments", json("{'site':'blog','article':{'id':'a'},'content':'words'}")))
            .empty());
}

TEST_CASE("a repeated key repeats the author's cookie") {
  House house({.moderation = Moderation::hold_first});
  const House::Headers key = {{"Idempotency-Key", "k-1"}};
  const Answer first = house.post("/v1/comments", by_visitor("words"), {}, key);
  const Answer again = house.post("/v1/comments", by_visitor("words"), {}, key);
  REQUIRE(first.status == 201);
  CHECK(header(again, "Idempotency-Replayed") == "true");
  CHECK_FALSE(header(first, "Set-Cookie").empty());
  CHECK(header(again, "Set-Cookie") == header(first, "Set-Cookie"));
}
