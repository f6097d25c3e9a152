// What a draft would have said, beside today's rules and people's decisions.
#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "analysis/gather.h"
#include "backtest.h"
#include "core/limits.h"
#include "house.h"

using namespace chaffinch;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;

namespace {

std::string pattern(const std::string& name, const std::string& word, const std::string& worth) {
  return "[[pattern]]\nname = \"" + name + "\"\nabout = \"A.\"\n" + worth + "\ntype = \"word\"\nmatch = \"" +
         word + "\"\nspam = [\"" + word + "\"]\nham = [\"nothing\"]\n";
}

std::shared_ptr<const RuleSet> rules_of(const std::string& text) {
  const PackSource pack{"mine.toml", "pack = \"mine\"\n" + text, {}};
  std::vector<Error> errors;
  auto rules = RuleSet::build(std::span(&pack, 1), errors);
  REQUIRE(rules != nullptr);
  return rules;
}

struct Sides {
  std::shared_ptr<const RuleSet> today, draft;
  Backtest::Sides sides{.today = [this](const std::string&) { return today; },
                        .draft = [this](const std::string&) { return draft; },
                        .policy =
                            [](const std::string&) {
                              Policy policy;
                              policy.moderation = Moderation::publish;
                              return policy;
                            }};
};

Tried tried(int number, const std::string& text, Opinion opinion) {
  Tried one;
  one.comment.content = text;
  one.comment.client.user_agent = "Mozilla/5.0";
  one.comment.client.referrer = "https://blog.example/";
  one.opinion = opinion;
  one.key = "comment-" + std::to_string(number);
  return one;
}

const Backtest::RuleReport* rule(const Backtest::Report& report, const std::string& name) {
  for (const auto& one : report.rules)
    if (one.name == name) return &one;
  return nullptr;
}

}  // namespace

TEST_SUITE_BEGIN("backtest");

TEST_CASE("the score interval is Wilson's") {
  // Values of the closed formula, to four digits.
  struct Row {
    std::uint64_t right, all;
    double low, high;
  };
  for (const Row& row :
       {Row{0, 0, 0, 1}, Row{0, 10, 0, 0.2775}, Row{10, 10, 0.7225, 1}, Row{5, 10, 0.2366, 0.7634},
        Row{81, 263, 0.2553, 0.3662}, Row{999'000, 1'000'000, 0.9989, 0.9991}}) {
    CAPTURE(row.right);
    const Share share = wilson(row.right, row.all);
    CHECK(std::abs(share.low - row.low) < 0.0001);
    CHECK(std::abs(share.high - row.high) < 0.0001);
    CHECK(share.low <= share.value);
    CHECK(share.value <= share.high);
  }
}

TEST_CASE(
    "a report counts hits by what people said, changes by from and to, whatever the order and the parts") {
  Sides both;
  both.today = rules_of(pattern("old", "pills", "score = 4") + pattern("same", "casino", "score = 7"));
  both.draft = rules_of(pattern("fresh", "pills", "score = 13") + pattern("same", "casino", "score = 7") +
                        pattern("friend", "finch", "action = \"approve\"") +
                        pattern("dark", "garden", "score = 9\nstate = \"shadow\""));
  std::vector<Tried> all;
  int number = 0;
  const auto add = [&](int count, const std::string& text, Opinion opinion) {
    for (int i = 0; i < count; ++i, ++number)
      all.push_back(tried(number, text + " number " + std::to_string(number), opinion));
  };
  add(30, "buy pills", Opinion::spam);
  add(2, "my pills help", Opinion::approved);
  add(1, "pills again", Opinion::rejected);
  add(5, "pills maybe", Opinion::undecided);
  add(4, "casino and finch", Opinion::approved);
  add(1, "casino and finch", Opinion::spam);
  add(20, "a garden", Opinion::approved);
  Backtest forward(both.sides), first(both.sides), second(both.sides);
  for (const Tried& one : all) forward.look(one);
  for (std::size_t i = all.size(); i-- > 0;) (i % 3 == 0 ? first : second).look(all[i]);
  second.add(first);
  const Backtest::Report report = forward.report();
  const Backtest::Report other = second.report();

  CHECK(report.seen == all.size());
  CHECK(report.opinions == Backtest::Counts{5, 26, 1, 31});
  CHECK(report.today == both.today->version());
  CHECK(report.draft == both.draft->version());
  const auto* fresh = rule(report, "fresh");
  REQUIRE(fresh != nullptr);
  CHECK(fresh->hits == 38);
  CHECK(fresh->before == 0);
  CHECK(fresh->changed);
  CHECK(fresh->opinions == Backtest::Counts{5, 2, 1, 30});
  CHECK(fresh->precision.value == 30.0 / 33);  // of the decided ones
  CHECK(rule(report, "old")->state == "gone");
  CHECK(rule(report, "old")->before == 38);
  CHECK_FALSE(rule(report, "same")->changed);
  CHECK(rule(report, "friend")->speaks_for);
  CHECK(rule(report, "friend")->precision.value == 0.8);
  CHECK(rule(report, "dark")->state == "shadow");
  CHECK(rule(report, "dark")->hits == 20);
  REQUIRE(report.changes.size() == 2);
  CHECK(report.changes[0].from == Action::hold);
  CHECK(report.changes[0].to == Action::discard);
  CHECK(report.changes[0].opinions == Backtest::Counts{5, 2, 1, 30});
  CHECK(report.changes[1].from == Action::spam);
  CHECK(report.changes[1].to == Action::approve);
  CHECK(report.changed == 43);
  REQUIRE(report.samples.size() == 15);  // ten of one kind, all five of the other
  for (const auto& one : report.samples) {
    if (one.from != Action::hold) continue;
    CHECK(one.rules == std::vector<std::string>{"fresh", "old"});
    CHECK(one.score_from == 4);
    CHECK(one.score_to == 13);
    CHECK(one.begins.find("pills") != std::string::npos);
  }
  // The order of looking and the number of parts change nothing.
  REQUIRE(other.samples.size() == report.samples.size());
  for (std::size_t i = 0; i < report.samples.size(); ++i)
    CHECK(other.samples[i].key == report.samples[i].key);
  REQUIRE(other.rules.size() == report.rules.size());
  for (std::size_t i = 0; i < report.rules.size(); ++i) {
    CHECK(other.rules[i].name == report.rules[i].name);
    CHECK(other.rules[i].opinions == report.rules[i].opinions);
    CHECK(other.rules[i].before == report.rules[i].before);
  }
}

TEST_CASE("a backtest of the same rules changes nothing, and judges with the facts that were kept") {
  House house;
  for (int i = 0; i < 7; ++i) {
    const std::string text = i % 2 == 0 ? "a doubtful remark of " : "a plain remark of ";
    house.post("/v1/comments", json("{'article':{'id':'a'},'content':'" + text + new_token_secret() + "'}"),
               house.frontend);
  }
  const std::string held = member(house.get("/v1/queue", house.moderator).body, "id");
  REQUIRE(house.post("/v1/decisions", json("{'ids':['" + held + "'],'decision':'spam'}"), house.moderator)
              .status == 200);
  const auto in_force = house.rulebook().in_force();
  const Backtest::Sides same{
      .today = [&](const std::string& site) { return in_force.of(site); },
      .draft = [&](const std::string& site) { return in_force.of(site); },
      .policy = [&](const std::string& site) { return house.store().site(site)->policy; }};
  ArchiveQuery query;
  query.limit = 2;
  for (const unsigned jobs : {1U, 3U}) {
    std::uint64_t asked = 0;
    const auto report = backtest(house.store(), query, same, jobs, 1'000, [&](std::uint64_t) {
      ++asked;
      return false;
    });
    REQUIRE(report.has_value());
    CHECK(report->seen == 7);
    CHECK(report->changed == 0);
    CHECK(asked >= 4);
    CHECK(rule(*report, "house_doubtful")->hits == 4);
    CHECK(rule(*report, "house_doubtful")->opinions == Backtest::Counts{3, 0, 0, 1});
  }
  // Each verdict is the kept one: the facts are those of its day.
  const auto page = house.store().archive({});
  REQUIRE(page.has_value());
  for (const ArchiveItem& item : page->items) {
    Evidence evidence = gather(static_cast<const Submission&>(item.comment));
    evidence.facts = item.facts;
    Verdict kept = item.verdict;
    CHECK_FALSE(kept.model_version.empty());
    kept.model_version.clear();  // the learner, which was silent, is not asked again
    CHECK(in_force.all->judge(evidence, house.store().site("blog")->policy) == kept);
  }
  CHECK(backtest(house.store(), query, same, 1, 3, [](std::uint64_t) { return false; })->seen == 3);
  CHECK(backtest(house.store(), query, same, 1, 99, [](std::uint64_t seen) { return seen >= 2; })->seen == 2);
}

TEST_CASE("the archive gives each comment once, newest first, within reach") {
  House house;
  std::set<std::string> blog, other;
  const std::string frontend = house.token(Role::frontend, "other");
  for (int i = 0; i < 25; ++i) {
    const std::string body = json("{'article':{'id':'a'},'content':'remark " + new_token_secret() + "'}");
    blog.insert(member(house.post("/v1/comments", body, house.frontend).body, "id"));
    if (i % 5 == 0) other.insert(member(house.post("/v1/comments", body, frontend).body, "id"));
    house.now += kMinute;
  }
  const auto walk = [&](ArchiveQuery query) {
    std::set<std::string> seen;
    Time last = INT64_MAX;
    std::size_t count = 0;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = house.store().archive(query);
      REQUIRE(page.has_value());
      for (const ArchiveItem& one : page->items) {
        CHECK(one.comment.received_at <= last);
        last = one.comment.received_at;
        seen.insert(one.comment.id.text());
        ++count;
      }
      // What arrives meanwhile does not come.
      if (pages == 0) {
        house.post("/v1/comments", json("{'article':{'id':'a'},'content':'late " + new_token_secret() + "'}"),
                   house.frontend);
      }
      if (!page->next) break;
      query.cursor = *page->next;
    }
    CHECK(count == seen.size());
    return seen;
  };
  ArchiveQuery query;
  query.limit = 4;
  query.reach = "blog";
  const auto first = walk(query);
  CHECK(first == blog);
  query.reach = "other";
  CHECK(walk(query) == other);
  query.reach.clear();
  query.since = house.now - 5 * kMinute;
  CHECK(walk(query).size() < 20);
  query.cursor = "no cursor";
  CHECK(house.store().archive(query).error().where == "?cursor");
  query = {};
  query.site = "nowhere";
  CHECK_FALSE(house.store().archive(query).has_value());
}
