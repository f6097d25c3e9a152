// Rules over the API: drafts, publishing, going back, switches, backtests.
#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "house.h"

using namespace chaffinch;
using namespace chaffinch::http;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;
using chaffinch::test::members;

namespace {

std::string escaped(const std::string& text) {
  std::string made;
  for (const char c : text) {
    if (c == '"' || c == '\\') made += '\\';
    if (c == '\n')
      made += "\\n";
    else
      made += c;
  }
  return made;
}

std::string pack(const std::string& name, const std::string& rule, const std::string& word,
                 double score = 5) {
  return "pack = \"" + name + "\"\n[[pattern]]\nname = \"" + rule +
         "\"\nabout = \"Says it.\"\nscore = " + std::to_string(score) + "\ntype = \"word\"\nmatch = \"" +
         word + "\"\nspam = [\"a " + word + "\"]\nham = [\"a remark\"]\n";
}

std::string body(const std::string& text) {
  return "{\"text\":\"" + escaped(text) + "\"}";
}

std::string judged(House& house, const std::string& text, const std::string& token) {
  return house.post("/v1/check", json("{'content':'" + text + "'}"), token).body;
}

// The status of a backtest that has ended.
std::string ended(House& house, const std::string& id, const std::string& token) {
  for (int i = 0; i < 100'000; ++i) {
    const Answer answer = house.get("/v1/rules/backtests/" + id, token);
    REQUIRE(answer.status == 200);
    if (member(answer.body, "state") != "running") return answer.body;
    std::this_thread::yield();
  }
  FAIL("the backtest does not end");
  return {};
}

}  // namespace

TEST_SUITE_BEGIN("api: rules");

TEST_CASE("a draft changes nothing until it is published; going back is one call; all of it is in the log") {
  House house;
  const std::string admin = house.admin;
  const std::string before = house.intake().rules()->version();
  REQUIRE(house.ask("PUT", "/v1/rules/packs/mine", body(pack("mine", "mine_word", "zzyzx")), admin).status ==
          200);
  CHECK(judged(house, "off to zzyzx", house.frontend).find("mine_word") == std::string::npos);
  const Answer listed = house.get("/v1/rules/packs", admin);
  CHECK(listed.body.find(R"({"name":"house","from_files":true,"published":null,"draft":null})") !=
        std::string::npos);
  CHECK(listed.body.find(R"("name":"mine","from_files":false,"published":null,"draft":{"by":"admin-all")") !=
        std::string::npos);
  CHECK(member(house.get("/v1/rules/packs/mine", admin).body, "text").find("zzyzx") != std::string::npos);

  // Tried beside today's rules.
  const Answer tried = house.post("/v1/rules/try", json("{'submission':{'content':'off to zzyzx'}}"), admin);
  REQUIRE(tried.status == 200);
  const std::size_t today = tried.body.find("\"today\"");
  CHECK(tried.body.find("mine_word") < today);
  CHECK(tried.body.find("mine_word", today) == std::string::npos);

  const Answer published = house.post("/v1/rules/publish", json("{'note':'a first one'}"), admin);
  REQUIRE(published.status == 201);
  CHECK(member(published.body, "no") == "1");
  CHECK(judged(house, "off to zzyzx", house.frontend).find("mine_word") != std::string::npos);
  CHECK(member(published.body, "rules_version") == house.intake().rules()->version());
  CHECK(member(judged(house, "off to zzyzx", house.frontend), "rules_version") ==
        house.intake().rules()->version());
  CHECK(house.post("/v1/rules/publish", "", admin).status == 409);  // nothing is left to publish

  REQUIRE(house.ask("PUT", "/v1/rules/packs/mine", body(pack("mine", "mine_word", "quokka")), admin).status ==
          200);
  REQUIRE(house.post("/v1/rules/publish", "", admin).status == 201);
  CHECK(judged(house, "off to zzyzx", house.frontend).find("mine_word") == std::string::npos);
  const Answer back = house.post("/v1/rules/versions/1/restore", "", admin);
  REQUIRE(back.status == 201);
  CHECK(member(back.body, "restores") == "1");
  CHECK(judged(house, "off to zzyzx", house.frontend).find("mine_word") != std::string::npos);

  // The published pack goes as it came: as a draft first.
  REQUIRE(house.ask("DELETE", "/v1/rules/packs/mine", "", admin).status == 204);
  CHECK(judged(house, "off to zzyzx", house.frontend).find("mine_word") != std::string::npos);
  REQUIRE(house.post("/v1/rules/publish", "", admin).status == 201);
  CHECK(house.intake().rules()->version() == before);
  CHECK(house.ask("DELETE", "/v1/rules/packs/mine", "", admin).status == 404);
  CHECK(house.ask("DELETE", "/v1/rules/packs/house", "", admin).status == 409);

  const std::string versions = house.get("/v1/rules/versions", admin).body;
  CHECK(members(versions, "note") == std::vector<std::string>{"", "as version 1", "", "a first one"});
  const std::string log = house.get("/v1/rules/log", admin).body;
  CHECK(members(log, "what") == std::vector<std::string>{"published", "draft_removal", "restored",
                                                         "published", "drafted", "published", "drafted"});
  CHECK(members(log, "by") == std::vector<std::string>(7, "admin-all"));
  CHECK(members(house.get("/v1/rules/log?limit=2", admin).body, "what").size() == 2);
}

TEST_CASE("a pack that does not build is refused with all of its errors, and changes nothing") {
  House house;
  const std::string broken =
      "pack = \"mine\"\n[[pattern]]\nname = \"one\"\nabout = \"A.\"\nscore = \"high\"\ntype = \"regex\"\n"
      "match = ['bro(ken']\nspam = [\"x\"]\nham = [\"y\"]\ncolour = 1\n";
  const Answer refused = house.ask("PUT", "/v1/rules/packs/mine", body(broken), house.admin);
  CHECK(refused.status == 400);
  CHECK(refused.type == "application/problem+json");
  CHECK(members(refused.body, "where").size() >= 4);  // the first error's own, and one of each
  CHECK(refused.body.find("mine.toml:5") != std::string::npos);
  CHECK(refused.body.find("mine.toml:7") != std::string::npos);
  CHECK(refused.body.find("mine.toml:10") != std::string::npos);
  CHECK(refused.body.find("match = ['bro(ken']\\n") != std::string::npos);  // the line, with its caret
  CHECK(house.get("/v1/rules/packs/mine", house.admin).status == 404);

  const Answer opinion = house.post("/v1/rules/validate", body(broken), house.moderator);
  CHECK(opinion.status == 200);
  CHECK(member(opinion.body, "valid") == "false");
  const Answer broad =
      house.post("/v1/rules/validate",
                 body("pack = \"b\"\n[[pattern]]\nname = \"all\"\nabout = \"A.\"\nscore = 1\nmatch = '.'\n"
                      "spam = [\"x\"]\nham = [{content = \"\", name = \"a\"}]\n"),
                 house.moderator);
  CHECK(member(broad.body, "valid") == "true");
  CHECK(members(broad.body, "kind") == std::vector<std::string>{"costly", "broad"});

  struct Row {
    std::string name, text, part;
  };
  for (const Row& row : {Row{"mine", pack("other", "a_rule", "x1"), "calls itself"},
                         Row{"switches", pack("switches", "a_rule", "x1"), "belongs to the service"},
                         Row{"state", pack("state", "a_rule", "x1"), "belongs to the service"},
                         Row{"Mine", pack("mine", "a_rule", "x1"), "named so"},
                         Row{"mine", pack("mine", "house_spam", "x1"), "is taken"}}) {
    CAPTURE(row.name);
    const Answer answer = house.ask("PUT", "/v1/rules/packs/" + row.name, body(row.text), house.admin);
    CHECK(answer.status == 400);
    CHECK(answer.body.find(row.part) != std::string::npos);
  }
  CHECK(house.ask("PUT", "/v1/rules/packs/mine", json("{'text':'','lists':{}}"), house.admin).status == 400);
  CHECK(house.ask("PUT", "/v1/rules/packs/mine", json("{'text':'x','lists':{'../x.txt':'a'}}"), house.admin)
            .status == 400);
}

TEST_CASE("a list travels with its pack") {
  House house;
  const std::string text =
      "pack = \"mine\"\n[[pattern]]\nname = \"listed\"\nabout = \"A.\"\nscore = 5\ntype = \"word\"\nlist = "
      "\"words.txt\"\n"
      "spam = [\"quokka\"]\nham = [\"nothing\"]\n";
  CHECK(house.ask("PUT", "/v1/rules/packs/mine", body(text), house.admin).status == 400);  // without it
  REQUIRE(house
              .ask("PUT", "/v1/rules/packs/mine",
                   "{\"text\":\"" + escaped(text) + "\",\"lists\":{\"words.txt\":\"zzyzx\\nquokka\\n\"}}",
                   house.admin)
              .status == 200);
  REQUIRE(house.post("/v1/rules/publish", "", house.admin).status == 201);
  CHECK(judged(house, "a quokka", house.frontend).find("listed") != std::string::npos);
  CHECK(member(house.get("/v1/rules/packs/mine", house.admin).body, "words.txt") == "zzyzx\\nquokka\\n");
}

TEST_CASE("a site's own packs are asked for its comments alone, and its people reach no other rules") {
  House house;
  const std::string blog = house.token(Role::admin, "blog");
  const std::string other = house.token(Role::frontend, "other");
  REQUIRE(house.ask("PUT", "/v1/rules/packs/own", body(pack("own", "own_word", "zzyzx")), blog).status ==
          200);
  CHECK(house.get("/v1/rules/packs/own", house.admin).status == 404);  // not among those of all sites
  CHECK(house.get("/v1/rules/packs/own?site=blog", house.admin).status == 200);
  REQUIRE(house.post("/v1/rules/publish", "", blog).status == 201);
  CHECK(judged(house, "off to zzyzx", house.frontend).find("own_word") != std::string::npos);
  CHECK(judged(house, "off to zzyzx", other).find("own_word") == std::string::npos);
  const std::string version = member(judged(house, "off to zzyzx", house.frontend), "rules_version");
  CHECK(version != house.intake().rules()->version());
  CHECK(version == member(house.get("/v1/rules", house.moderator).body, "version"));
  CHECK(house.get("/v1/rules?site=other", house.moderator).status == 404);
  CHECK(house.get("/v1/rules?site=nowhere", house.admin).status == 404);

  // Rules of all sites still reach it, and one that does not fit with a site's own is refused whole.
  const Answer clash =
      house.ask("PUT", "/v1/rules/packs/all", body(pack("all", "own_word", "quokka")), house.admin);
  CHECK(clash.status == 400);
  CHECK(clash.body.find("site blog") != std::string::npos);
  REQUIRE(
      house.ask("PUT", "/v1/rules/packs/all", body(pack("all", "all_word", "quokka")), house.admin).status ==
      200);
  REQUIRE(house.post("/v1/rules/publish", "", house.admin).status == 201);
  CHECK(judged(house, "zzyzx quokka", house.frontend).find("all_word") != std::string::npos);
  CHECK(judged(house, "zzyzx quokka", house.frontend).find("own_word") != std::string::npos);
  CHECK(judged(house, "zzyzx quokka", other).find("all_word") != std::string::npos);
  CHECK(house.post("/v1/rules/versions/2/restore", "", blog).status == 404);  // of all sites
  CHECK(house.post("/v1/rules/versions/1/restore", "", blog).status == 201);
}

TEST_CASE("a rule is switched at once, for all or for one site, as a version that can be gone back from") {
  House house;
  const std::string other = house.token(Role::frontend, "other");
  const auto score = [&](const std::string& token) {
    return member(judged(house, "a doubtful thing", token), "score");
  };
  const std::string usual = score(house.frontend);
  REQUIRE(
      house.ask("PUT", "/v1/rules/house_doubtful/state", json("{'state':'off','site':'blog'}"), house.admin)
          .status == 200);
  CHECK(judged(house, "a doubtful thing", house.frontend).find("house_doubtful") == std::string::npos);
  CHECK(judged(house, "a doubtful thing", other).find("house_doubtful") != std::string::npos);
  REQUIRE(house.ask("PUT", "/v1/rules/house_doubtful/state", json("{'score':1.5}"), house.admin).status ==
          200);
  CHECK(score(other) != usual);
  REQUIRE(house.ask("PUT", "/v1/rules/link_count/state", json("{'state':'shadow'}"), house.admin).status ==
          200);
  const std::string text = house.get("/v1/rules/packs/switches", house.admin).body;
  CHECK(text.find("house_doubtful = 1.5") != std::string::npos);
  CHECK(text.find("link_count = \\\"shadow\\\"") != std::string::npos);
  CHECK(house.ask("PUT", "/v1/rules/no_such_rule/state", json("{'state':'off'}"), house.admin).status == 404);
  CHECK(house.ask("PUT", "/v1/rules/block/state", json("{'state':'off'}"), house.admin).status == 409);
  for (const char* bad : {"{}", "{'state':'away'}", "{'score':21}"})
    CHECK(house.ask("PUT", "/v1/rules/link_count/state", json(bad), house.admin).status == 400);
  REQUIRE(house.post("/v1/rules/versions/1/restore", "", house.admin).status ==
          201);  // blog's: off, as it was
  CHECK(judged(house, "a doubtful thing", house.frontend).find("house_doubtful") == std::string::npos);
  REQUIRE(
      house.ask("PUT", "/v1/rules/house_doubtful/state", json("{'state':'live','site':'blog'}"), house.admin)
          .status == 200);
  CHECK(judged(house, "a doubtful thing", house.frontend).find("house_doubtful") != std::string::npos);
}

TEST_CASE("the learner is switched as any rule, and counts in statistics where it flags") {
  House house;
  const std::string other = house.token(Role::frontend, "other");
  for (int i = 0; i < 8; ++i) {
    for (const std::string& token : {house.frontend, other}) {
      for (const char* text : {"{'content':'cheap pills order','label':'spam'}",
                               "{'content':'finches in the garden','label':'ham'}"})
        REQUIRE(house.post("/v1/learn", json(text), token).status == 200);
    }
  }
  const auto post = [&](const std::string& text) {
    return house.post("/v1/comments", json("{'article':{'id':'a'},'content':'" + text + "'}"), house.frontend)
        .body;
  };
  CHECK(post("cheap pills order").find("\"rule\":\"learned\"") != std::string::npos);
  CHECK(post("finches in the garden").find("\"rule\":\"learned\"") != std::string::npos);
  const std::string stats = house.get("/v1/stats", house.moderator).body;
  const std::size_t learned = stats.find("\"rule\":\"learned\"");
  REQUIRE(learned != std::string::npos);
  CHECK(member(stats.substr(stats.rfind('{', learned)), "hits") == "1");
  CHECK(house.metrics().text().find("chaffinch_findings_total{rule=\"learned\",shadow=\"false\"} 1") !=
        std::string::npos);

  const auto probability = [&](const std::string& token) {
    return member(judged(house, "cheap pills order", token), "probability");
  };
  const auto put = [&](const std::string& text) {
    return house.ask("PUT", "/v1/rules/learned/state", json(text), house.admin).status;
  };
  REQUIRE(put("{'state':'off','site':'blog'}") == 200);
  CHECK(probability(house.frontend) == "null");
  CHECK(probability(other) != "null");
  REQUIRE(put("{'state':'shadow'}") == 200);
  const std::string shown = judged(house, "cheap pills order", other);
  CHECK(std::stod(member(shown, "score")) == 0);
  CHECK(member(shown, "shadow") == "true");
  CHECK(put("{'score':7.5}") == 400);
  REQUIRE(put("{'score':2,'state':'live'}") == 200);
  CHECK(std::stod(member(judged(house, "cheap pills order", other), "score")) < 2);
  CHECK(probability(house.frontend) == "null");  // the site's own word
  CHECK(house.get("/v1/rules", house.moderator).body.find("\"kind\":\"learner\"") != std::string::npos);
}

TEST_CASE("a pack whose rules were switched can go, and its switches with it") {
  House house;
  const std::string made = body(pack("mine", "mine_word", "zzyzx"));
  REQUIRE(house.ask("PUT", "/v1/rules/packs/mine", made, house.admin).status == 200);
  REQUIRE(house.post("/v1/rules/publish", "", house.admin).status == 201);
  REQUIRE(house.ask("PUT", "/v1/rules/mine_word/state", json("{'score':1.5,'state':'shadow'}"), house.admin)
              .status == 200);
  CHECK(house.ask("DELETE", "/v1/rules/packs/mine", "", house.admin).status == 204);
  CHECK(house.post("/v1/rules/publish", "", house.admin).status == 201);
  CHECK(judged(house, "off to zzyzx", house.frontend).find("mine_word") == std::string::npos);
}

TEST_CASE(
    "what is published is there again after a restart, and what does not fit any more is left out and told") {
  House house;
  REQUIRE(house.ask("PUT", "/v1/rules/packs/mine", body(pack("mine", "mine_word", "zzyzx")), house.admin)
              .status == 200);
  REQUIRE(house.post("/v1/rules/publish", "", house.admin).status == 201);
  const std::string version = house.intake().rules()->version();
  {
    Metrics metrics;
    Intake intake(house.store(), metrics, House::rules());
    Rulebook again(intake, metrics, House::packs);
    CHECK(again.start(house.now).empty());
    CHECK(intake.rules()->version() == version);
  }
  // A newer program brings a rule of that name.
  Metrics metrics;
  Intake intake(house.store(), metrics, House::rules());
  Rulebook newer(intake, metrics, []() -> Result<std::vector<PackSource>> {
    auto packs = House::packs().value();
    packs.push_back({"newer.toml", pack("newer", "mine_word", "quokka"), {}});
    return packs;
  });
  const auto errors = newer.start(house.now);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].what.find("'mine_word' is taken") != std::string::npos);
  CHECK(newer.condition({}).errors == errors);
  CHECK(metrics.text().find("chaffinch_rules_reload_fine 0") != std::string::npos);
}

TEST_CASE("rules are read again on request, all or nothing, and a refusal stays to be seen") {
  House house;
  std::vector<PackSource> files = House::packs().value();
  Metrics metrics;
  Intake intake(house.store(), metrics, House::rules());
  Rulebook book(intake, metrics, [&]() -> Result<std::vector<PackSource>> { return files; });
  CHECK(book.start(house.now).empty());
  const std::string first = intake.rules()->version();
  files.push_back({"more.toml", pack("more", "more_word", "zzyzx") + "colour = 1\n", {}});
  const auto refused = book.reload(house.now + kMinute);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error()[0].where == "more.toml:10");
  CHECK(intake.rules()->version() == first);
  CHECK(book.condition({}).at == house.now + kMinute);
  CHECK(book.condition({}).errors.size() == 1);
  // Others' drafts are judged by the files that serve, not by those that were refused.
  CHECK(book.sets_of({.site = {}, .extra = {}, .with_drafts = true, .instead = false}).has_value());
  files.back().text = pack("more", "more_word", "zzyzx");
  CHECK(book.reload(house.now + kHour).has_value());
  CHECK(intake.rules()->version() != first);
  CHECK(book.condition({}).errors.empty());
  const Answer answer = house.post("/v1/rules/reload", "", house.admin);
  CHECK(answer.status == 200);
  CHECK(answer.body.find("\"reload\":{\"at\":\"2026-11-23T16:00:00Z\",\"errors\":[]}") != std::string::npos);
}

TEST_CASE("a backtest runs beside the service, shows its progress and its report, and one is enough") {
  House house;
  for (int i = 0; i < 12; ++i) {
    house.post("/v1/comments",
               json("{'article':{'id':'a'},'content':'a remark on the quokka " + new_token_secret() + "'}"),
               house.frontend);
  }
  const std::string wish =
      "{\"packs\":[{\"name\":\"mine\",\"text\":\"" + escaped(pack("mine", "mine_word", "quokka")) + "\"}]}";
  const Answer started = house.post("/v1/rules/backtests", wish, house.moderator);
  REQUIRE(started.status == 202);
  const std::string id = member(started.body, "id");
  const std::string report = ended(house, id, house.moderator);
  CHECK(member(report, "state") == "done");
  CHECK(member(report, "seen") == "12");
  CHECK(member(report, "learner") == "not asked");
  CHECK(report.find("\"hits\":12,\"hits_today\":0") != std::string::npos);
  CHECK(report.find("\"rule\":\"mine_word\"") != std::string::npos);
  CHECK(report.find("\"url\":\"/v1/comments/") != std::string::npos);
  CHECK(report.find("\"from\":\"approve\",\"to\":\"hold\"") != std::string::npos);
  // Of "blog": other sites' people find nothing.
  CHECK(house.get("/v1/rules/backtests/" + id, house.token(Role::moderator, "other")).status == 404);
  CHECK(house.ask("DELETE", "/v1/rules/backtests/" + id, "", house.moderator).status == 204);
  CHECK(house.get("/v1/rules/backtests/" + id, house.moderator).status == 404);
  CHECK(house.post("/v1/rules/backtests", json("{'version':99}"), house.moderator).status == 404);
  CHECK(house.post("/v1/rules/backtests", json("{'limit':0}"), house.moderator).status == 400);
  // Nothing was changed by any of it.
  CHECK(judged(house, "a quokka", house.frontend).find("mine_word") == std::string::npos);
}

TEST_CASE("a backtest that runs is the only one, and ends when it is cancelled") {
  House house;
  for (int i = 0; i < 60; ++i) {
    house.post("/v1/comments", json("{'article':{'id':'a'},'content':'a remark " + new_token_secret() + "'}"),
               house.frontend);
  }
  Backtests desk(house.store());
  // A draft that waits in the middle of its first look at the rules until the test lets it go.
  std::mutex lock;
  std::condition_variable turn;
  bool inside = false, go = false;
  class Slow final : public RuleSet {
   public:
    Slow(std::shared_ptr<const RuleSet> rules, std::function<void()> wait)
        : rules_(std::move(rules)), wait_(std::move(wait)) {}
    const std::string& version() const override { return rules_->version(); }
    const std::vector<RuleInfo>& rules() const override { return rules_->rules(); }
    Done check_overrides(const std::map<std::string, double, std::less<>>& all) const override {
      return rules_->check_overrides(all);
    }
    Verdict judge(const Evidence& evidence, const Policy& policy, const AskLearner& learner) const override {
      wait_();
      return rules_->judge(evidence, policy, learner);
    }

   private:
    std::shared_ptr<const RuleSet> rules_;
    std::function<void()> wait_;
  };
  Backtests::Wish wish;
  wish.by = "ana";
  wish.today = house.rulebook().in_force();
  wish.draft.all = std::make_shared<Slow>(House::rules(), [&] {
    std::unique_lock guard(lock);
    inside = true;
    turn.notify_all();
    turn.wait(guard, [&] { return go; });
  });
  const auto status = desk.start(wish, house.now);
  REQUIRE(status.has_value());
  {
    std::unique_lock guard(lock);
    turn.wait(guard, [&] { return inside; });
  }
  const auto second = desk.start(wish, house.now);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == Code::too_many);
  CHECK(second.error().retry_after > 0);
  CHECK(second.error().what == "a backtest is running, started by ana");
  CHECK(desk.status({}, status->id)->state == Backtests::State::running);
  CHECK(desk.status({}, status->id)->total == 60);
  CHECK_FALSE(desk.status("other", status->id).has_value());
  REQUIRE(desk.all({}).size() == 1);
  CHECK(desk.all({}).front().by == "ana");
  CHECK(desk.all("other").empty());
  REQUIRE(desk.remove({}, status->id).has_value());
  {
    const std::lock_guard guard(lock);
    go = true;
    turn.notify_all();
  }
  while (desk.status({}, status->id)->state == Backtests::State::running) std::this_thread::yield();
  CHECK(desk.status({}, status->id)->state == Backtests::State::cancelled);
  CHECK(desk.status({}, status->id)->seen < 60);
}

TEST_CASE("a published version tells its packs' texts to those who may see it") {
  House house;
  const std::string blog = house.token(Role::admin, "blog");
  const std::string first = pack("mine", "mine_word", "zzyzx");
  const std::string lists = "{\"text\":\"" + escaped(pack("listed", "listed_word", "wombat")) +
                            "\",\"lists\":{\"words.txt\":\"one\\ntwo\\n\"}}";
  REQUIRE(house.ask("PUT", "/v1/rules/packs/mine", body(first), house.admin).status == 200);
  REQUIRE(house.post("/v1/rules/publish", "", house.admin).status == 201);
  REQUIRE(house.ask("PUT", "/v1/rules/packs/mine", body(pack("mine", "mine_word", "quokka")), house.admin)
              .status == 200);
  REQUIRE(house.post("/v1/rules/publish", json("{'note':'another word'}"), house.admin).status == 201);
  REQUIRE(house.ask("PUT", "/v1/rules/packs/own?site=blog", body(pack("own", "own_word", "numbat")), blog)
              .status == 200);
  REQUIRE(house.post("/v1/rules/publish", json("{'site':'blog'}"), blog).status == 201);

  const Answer one = house.get("/v1/rules/versions/1", house.admin);
  REQUIRE(one.status == 200);
  CHECK(member(one.body, "no") == "1");
  CHECK(member(one.body, "in_force") == "false");
  CHECK(members(one.body, "name") == std::vector<std::string>{"mine"});
  CHECK(member(one.body, "text") == escaped(first));
  CHECK(one.body.find(R"("lists":{})") != std::string::npos);
  const Answer two = house.get("/v1/rules/versions/2", house.admin);
  CHECK(member(two.body, "note") == "another word");
  CHECK(member(two.body, "in_force") == "true");
  CHECK(member(two.body, "text").find("quokka") != std::string::npos);
  // As with its neighbours, a token of one site knows that site's versions alone.
  CHECK(house.get("/v1/rules/versions/3", blog).status == 200);
  CHECK(house.get("/v1/rules/versions/3", house.moderator).status == 200);
  CHECK(house.get("/v1/rules/versions/1", blog).status == 404);
  CHECK(house.get("/v1/rules/versions/3", house.token(Role::moderator, "other")).status == 404);
  for (const char* none : {"4", "0", "-1", "x", "1x", "99999999999999999999"}) {
    CAPTURE(none);
    CHECK(house.get("/v1/rules/versions/" + std::string(none), house.admin).status == 404);
  }
  CHECK(house.get("/v1/rules/versions/1?against=2", house.admin).status == 400);
  REQUIRE(house.ask("PUT", "/v1/rules/packs/listed", lists, house.admin).status == 200);
  REQUIRE(house.post("/v1/rules/publish", "", house.admin).status == 201);
  CHECK(house.get("/v1/rules/versions/4", house.admin).body.find(R"("lists":{"words.txt":"one\ntwo\n"})") !=
        std::string::npos);
}

TEST_CASE("rules tell which pack they are edited in") {
  House house;
  const auto place_of = [&](const std::string& rule, const std::string& token) {
    const std::string all = house.get("/v1/rules", token).body;
    const std::size_t at = all.find("\"name\":\"" + rule + "\"");
    REQUIRE(at != std::string::npos);
    const std::string one = all.substr(at, all.find("\"knobs\"", at) - at);
    return member(one, "pack") + " " + member(one, "pack_from") + " " + member(one, "pack_site");
  };
  CHECK(place_of("house_spam", house.admin) == "house files null");
  CHECK(place_of("link_count", house.admin) == "null null null");
  REQUIRE(house.ask("PUT", "/v1/rules/packs/mine", body(pack("mine", "mine_word", "zzyzx")), house.admin)
              .status == 200);
  REQUIRE(
      house.ask("PUT", "/v1/rules/packs/own?site=blog", body(pack("own", "own_word", "numbat")), house.admin)
          .status == 200);
  REQUIRE(house.post("/v1/rules/publish", "", house.admin).status == 201);
  REQUIRE(house.post("/v1/rules/publish", json("{'site':'blog'}"), house.admin).status == 201);
  CHECK(place_of("mine_word", house.admin) == "mine published null");
  CHECK(place_of("mine_word", house.moderator) == "mine published null");
  CHECK(place_of("own_word", house.moderator) == "own published blog");
  CHECK(place_of("house_spam", house.moderator) == "house files null");
}

TEST_CASE("a pack that is only sent is judged with the rules in force; its errors name line and column") {
  House house;
  const auto trying = [&](const std::string& text) {
    return house.post(
        "/v1/rules/try",
        "{\"submission\":{\"content\":\"spammy, off to zzyzx\"},\"packs\":[{\"name\":\"mine\",\"text\":\"" +
            escaped(text) + "\"}]}",
        house.moderator);
  };
  const Answer tried = trying(pack("mine", "mine_word", "zzyzx"));
  REQUIRE(tried.status == 200);
  const std::string with = tried.body.substr(0, tried.body.find("\"today\""));
  CHECK(with.find("mine_word") != std::string::npos);
  CHECK(with.find("house_spam") != std::string::npos);
  CHECK(tried.body.find("mine_word", with.size()) == std::string::npos);

  const Answer broken = trying("pack = \"mine\"\n[[pattern]]\nname = \"mine_word\"\nscore = \"high\"\n");
  REQUIRE(broken.status == 400);
  const std::string errors = broken.body.substr(broken.body.find("\"errors\""));
  CHECK(errors.find(R"(mine.toml:4")") != std::string::npos);
  CHECK(errors.find(R"("line":4)") != std::string::npos);
  CHECK(errors.find(R"("column":9)") != std::string::npos);
  CHECK(errors.find('^') != std::string::npos);
  // Of a line that is shown in part no column is told.
  const Answer wide = trying("pack = \"mine\"\nabout = \"" + std::string(150, 'x') + "\" trailing\n");
  REQUIRE(wide.status == 400);
  CHECK(member(wide.body, "line") == "2");
  CHECK(wide.body.find("\"column\"") == std::string::npos);
}
