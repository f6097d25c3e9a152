// Numbers by day and week are a plain recount of what happened, whatever became of the comments since.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>
#include <thread>

#include <sqlite3.h>

#include "store/sqlite/days.h"
#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

constexpr std::uint32_t kDaysAsked = 90;
constexpr Time kWeek = 7 * kDay;

// Monday's midnight; written apart from the engine's own way.
Time monday_of(Time time) {
  constexpr Time kSomeMonday = 1'767'571'200 * kSecond;  // 2026-01-05
  const Time past = time - kSomeMonday;
  const Time weeks = past >= 0 ? past / kWeek : -((-past + kWeek - 1) / kWeek);
  return kSomeMonday + weeks * kWeek;
}

// All that happened, told once by who did it.
struct Happened {
  struct One {
    Id id;
    std::string site;
    std::vector<std::string> rules;
    Time came = 0;       // to us
    Time stands_in = 0;  // Monday of its week
    std::string as;      // passed, held ...
    bool pending = false;
    bool gone = false;
    std::vector<std::pair<Id, DecisionKind>> decisions;  // that stand, the latest last
  };
  struct Act {
    Id decision;
    std::size_t comment = 0;
    DecisionKind kind = DecisionKind::approve;
    Time at = 0;
    bool by_people = true;
    std::optional<Time> waited;
    std::optional<Time> undone;
  };
  std::vector<One> comments;
  std::vector<Act> acts;

  std::map<std::string, std::uint64_t> day(const std::string& site, Time begin,
                                           std::optional<double>& median) const {
    std::map<std::string, std::uint64_t> sums;
    std::vector<Time> waits;
    const auto that_day = [&](Time time) { return time >= begin && time < begin + kDay; };
    for (const One& one : comments)
      if ((site.empty() || one.site == site) && that_day(one.came)) ++sums[one.as];
    for (const Act& act : acts) {
      if (!act.by_people || (!site.empty() && comments[act.comment].site != site)) continue;
      if (act.undone && that_day(*act.undone)) ++sums["undone"];
      if (act.undone || !that_day(act.at)) continue;
      ++sums[std::string(word(act.kind))];
      if (act.waited) waits.push_back(*act.waited);
    }
    median.reset();
    if (!waits.empty()) {
      std::sort(waits.begin(), waits.end());
      median = static_cast<double>(waits[(waits.size() - 1) / 2]) / static_cast<double>(kSecond);
    }
    return sums;
  }

  std::map<std::pair<std::string, Time>, std::array<std::uint64_t, 4>> weeks(const std::string& site) const {
    std::map<std::pair<std::string, Time>, std::array<std::uint64_t, 4>> all;
    for (const One& one : comments) {
      if (!site.empty() && one.site != site) continue;
      for (const std::string& rule : one.rules) {
        auto& sum = all[{rule, one.stands_in}];
        ++sum[0];
        if (one.decisions.empty()) continue;
        const DecisionKind kind = one.decisions.back().second;
        ++sum[kind == DecisionKind::spam ? 1 : kind == DecisionKind::approve ? 2 : 3];
      }
    }
    return all;
  }
};

void compare(Store& store, const Happened& happened, Time now) {
  for (const std::string site : {"blog", "other", ""}) {
    CAPTURE(site);
    const Days days = value_of(store.days({.site = site, .days = kDaysAsked, .now = now}));
    REQUIRE(days.days.size() == kDaysAsked);
    CHECK(days.days.back().day == now / kDay * kDay);
    CHECK(!days.since);
    for (const DayNumbers& one : days.days) {
      CAPTURE(format_time(one.day));
      std::optional<double> median;
      auto sums = happened.day(site, one.day, median);
      CHECK(one.approved_by_machine == sums["passed"]);
      CHECK(one.held == sums["held"]);
      CHECK(one.spam_by_machine == sums["machine spam"]);
      CHECK(one.discarded == sums["discarded"]);
      CHECK(one.checked == sums["checked"]);
      CHECK(one.imported == sums["imported"]);
      CHECK(one.submitted ==
            sums["passed"] + sums["held"] + sums["machine spam"] + sums["discarded"] + sums["checked"]);
      CHECK(one.approved == sums["approve"]);
      CHECK(one.rejected == sums["reject"]);
      CHECK(one.spam == sums["spam"]);
      CHECK(one.undone == sums["undone"]);
      CHECK(one.median_seconds.has_value() == median.has_value());
      if (!one.median_seconds || !median) continue;
      if (*median < 1)
        CHECK(*one.median_seconds == 0);
      else
        CHECK(std::abs(std::log2(*one.median_seconds / *median)) <= 0.2501);
    }
    std::map<std::pair<std::string, Time>, std::array<std::uint64_t, 4>> found;
    RuleWeeksQuery query{.site = site, .rule = {}, .after = {}, .weeks = 104, .limit = 2, .now = now};
    for (int page = 0; page < 100; ++page) {
      const RuleWeeks weeks = value_of(store.rule_weeks(query));
      CHECK(weeks.rules.size() <= 2);
      for (const auto& [rule, all] : weeks.rules) {
        CHECK(rule > query.after);
        for (const RuleWeek& one : all) {
          const bool fresh = found
                                 .emplace(std::pair(rule, one.week),
                                          std::array{one.hits, one.spam, one.approved, one.rejected})
                                 .second;
          CHECK(fresh);
        }
      }
      if (!weeks.more) break;
      query.after = weeks.rules.back().first;
    }
    CHECK(found == happened.weeks(site));
  }
}

Keep keep_checked(const Draft& draft) {
  Keep keep = keep_of(draft);
  keep.comment.status = Status::checked;
  keep.foreign = Foreign{.blog = "a.example", .told = Told::ham, .spam = false};
  return keep;
}

class Life {
 public:
  explicit Life(unsigned seed, StoreOptions options = {}) : house(std::move(options)), random_(seed) {
    Site other = site_named("other");
    other.retention.spam_days = 5;
    done(house.store->add_site(other, {}).map([](auto&&) {}));
  }

  void step() {
    now += static_cast<Time>(one_of(3 * 3'600'000)) * kMillisecond;
    const unsigned what = one_of(40);
    if (what < 18 || happened.comments.size() < 5) return come();
    if (what < 26) return settle();
    if (what < 30) return undo();
    if (what < 33) return import();
    if (what < 36) return report();
    if (what < 38) return remove();
    if (what == 38) return sweep();
    house.reopen();
  }

  void come() {
    const Draft draft = some_draft();
    Keep keep = one_of(6) == 0 ? keep_checked(draft) : keep_of(draft);
    std::string as = keep.comment.status == Status::checked    ? "checked"
                     : keep.comment.status == Status::approved ? "passed"
                     : keep.comment.status == Status::pending  ? "held"
                                                               : "machine spam";
    if (keep.comment.status == Status::spam && one_of(3) == 0) {
      keep.comment.discard = true;
      as = "discarded";
    }
    const bool pending = keep.comment.status == Status::pending;
    const Id id = value_of(house.store->keep(std::move(keep))).id;
    happened.comments.push_back({id, draft.site, draft.rules, now, monday_of(now), as, pending, false, {}});
  }

  Happened happened;
  House house;
  Time now = kNoon;

 private:
  unsigned one_of(unsigned count) { return static_cast<unsigned>(random_() % count); }

  Draft some_draft() {
    Draft draft;
    draft.site = one_of(3) == 0 ? "other" : "blog";
    draft.name = "Name" + std::to_string(one_of(5));
    draft.status = std::array{Status::pending, Status::pending, Status::approved, Status::spam}[one_of(4)];
    draft.rules.clear();
    for (const char* rule : {"a_rule", "b_rule", "link_count", "z_rule", "zz_rule"})
      if (one_of(3) == 0) draft.rules.push_back(rule);
    draft.now = now;
    return draft;
  }

  void took(const Settled& settled, const std::vector<std::size_t>& meant, DecisionKind kind, bool by_people,
            bool reported) {
    if (settled.id.empty()) return;
    for (const std::size_t at : meant) {
      Happened::One& one = happened.comments[at];
      const bool skipped = std::any_of(settled.skipped.begin(), settled.skipped.end(),
                                       [&](const Skipped& other) { return other.id == one.id; });
      if (skipped) continue;
      Happened::Act act{settled.id, at, kind, now, by_people, {}, {}};
      const bool waits = one.pending && one.decisions.empty();
      if (by_people && waits && !reported) act.waited = now - one.came;
      happened.acts.push_back(act);
      one.decisions.emplace_back(settled.id, kind);
    }
  }

  void settle() {
    std::vector<std::size_t> meant;
    std::vector<Id> ids;
    for (unsigned i = 0; i < 1 + one_of(4); ++i) {
      const std::size_t at = one_of(static_cast<unsigned>(happened.comments.size()));
      if (happened.comments[at].gone || std::find(meant.begin(), meant.end(), at) != meant.end()) continue;
      meant.push_back(at);
      ids.push_back(happened.comments[at].id);
    }
    if (ids.empty()) return;
    const DecisionKind kind =
        std::array{DecisionKind::approve, DecisionKind::reject, DecisionKind::spam}[one_of(3)];
    took(value_of(house.store->settle(deciding(kind, ids, now))), meant, kind, true, false);
  }

  void undo() {
    if (happened.acts.empty()) return;
    const Id decision = happened.acts[one_of(static_cast<unsigned>(happened.acts.size()))].decision;
    const Settled settled = value_of(house.store->undo(undoing(decision, now)));
    for (Happened::Act& act : happened.acts) {
      if (act.decision != decision || act.undone) continue;
      Happened::One& one = happened.comments[act.comment];
      if (one.gone || one.decisions.empty() || one.decisions.back().first != decision) continue;
      act.undone = now;
      one.decisions.pop_back();
    }
  }

  void import() {
    Draft draft = some_draft();
    draft.created_at = now - static_cast<Time>(one_of(60)) * kDay + (one_of(8) == 0 ? 90 * kDay : 0);
    Import row{.keep = keep_of(draft), .label = {}, .lesson = {}};
    if (one_of(3) != 0) row.label = one_of(2) == 0 ? DecisionKind::spam : DecisionKind::approve;
    const Id id = row.keep.comment.id;
    const auto label = row.label;
    const bool pending = draft.status == Status::pending;
    value_of(house.store->import({row}));
    happened.comments.push_back({id,
                                 draft.site,
                                 draft.rules,
                                 now,
                                 monday_of(std::min(now, *draft.created_at)),
                                 "imported",
                                 pending,
                                 false,
                                 {}});
    if (!label) return;
    const Decision made = latest_import();
    Settled settled;
    settled.id = made.id;
    took(settled, {happened.comments.size() - 1}, *label, false, false);
  }

  Decision latest_import() {
    DecisionQuery query;
    query.by = "import";
    query.limit = 1;
    return value_of(house.store->decisions(query)).items.at(0);
  }

  void report() {
    const bool spam = one_of(2) == 0;
    Report report;
    report.spam = spam;
    report.by = "a client";
    report.now = now;
    std::size_t at = happened.comments.size();
    for (std::size_t i = 0; i < happened.comments.size(); ++i)
      if (happened.comments[i].as == "checked" && !happened.comments[i].gone && one_of(2) == 0) at = i;
    if (at == happened.comments.size()) {  // one that we never saw
      const Draft draft = some_draft();
      report.unseen = keep_checked(draft);
      report.sought.site = draft.site;
      report.sought.id = report.unseen->comment.id;
      report.sought.comment = report.unseen->comment;
      report.sought.comment.content = "never seen before";
      happened.comments.push_back({report.unseen->comment.id,
                                   draft.site,
                                   draft.rules,
                                   now,
                                   monday_of(now),
                                   "checked",
                                   false,
                                   false,
                                   {}});
    } else {
      report.sought.site = happened.comments[at].site;
      report.sought.id = happened.comments[at].id;
    }
    took(value_of(house.store->report(report)), {at}, spam ? DecisionKind::spam : DecisionKind::approve, true,
         true);
  }

  void remove() {
    Happened::One& one = happened.comments[one_of(static_cast<unsigned>(happened.comments.size()))];
    if (one.gone) return;
    done(house.store->remove({}, one.id, "mona", now));
    one.gone = true;
  }

  void sweep() {
    while (value_of(house.store->sweep(now)).more) {
    }
    for (Happened::One& one : happened.comments)
      one.gone = one.gone || !house.store->comment({}, one.id).has_value();
  }

  std::mt19937 random_;
};

std::string text_in_file(const std::string& file, const std::string& text) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  std::string out;
  const auto take = [](void* to, int columns, char** values, char**) {
    for (int i = 0; i < columns; ++i)
      *static_cast<std::string*>(to) +=
          std::string(i > 0 ? "|" : "") + (values[i] == nullptr ? "" : values[i]);
    *static_cast<std::string*>(to) += "\n";
    return 0;
  };
  CHECK(sqlite3_exec(db, text.c_str(), take, &out, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  return out;
}

DayNumbers today(Store& store, Time now) {
  return value_of(store.days({.site = "blog", .days = 1, .now = now})).days.at(0);
}

std::vector<RuleWeek> weeks_of(Store& store, const std::string& rule, Time now) {
  const RuleWeeks weeks = value_of(
      store.rule_weeks({.site = "blog", .rule = rule, .after = {}, .weeks = 26, .limit = 5, .now = now}));
  return weeks.rules.empty() ? std::vector<RuleWeek>() : weeks.rules.at(0).second;
}

}  // namespace

TEST_CASE("numbers by day and week are a recount of what happened") {
  for (const unsigned seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    Life life(seed);
    for (int step = 0; step < 500; ++step) {
      life.step();
      if (step % 100 == 99) compare(*life.house.store, life.happened, life.now);
    }
    std::uint64_t undone = 0, gone = 0;
    for (const auto& act : life.happened.acts) undone += act.undone ? 1 : 0;
    for (const auto& one : life.happened.comments) gone += one.gone ? 1 : 0;
    CHECK(undone > 10);
    CHECK(gone > 10);
    // Not one wait too many in the tables either, of the sites and of all of them.
    life.house.store.reset();
    std::uint64_t waits = 0;
    for (const auto& act : life.happened.acts) waits += act.waited && !act.undone ? 1 : 0;
    const std::string sum = std::to_string(waits) + "\n";
    CHECK(text_in_file(life.house.file(), "SELECT sum(count) FROM site_wait WHERE site = 0") == sum);
    CHECK(text_in_file(life.house.file(), "SELECT sum(count) FROM site_wait WHERE site <> 0") == sum);
  }
}

TEST_CASE("promise 1: numbers by day and week are whole after a crash, written out or not") {
  StoreOptions quiet;
  quiet.log_step = 1'000'000;  // the log is not carried over while its file is copied
  Life life(7, quiet);
  bool unwritten = false;
  for (int round = 0; round < 100 && (round < 15 || !unwritten); ++round) {
    life.step();
    for (int i = 0; i < 10; ++i) life.come();
    const Folder crash;
    const std::string copy = copied(life.house.file(), crash);
    StoreOptions options;
    options.address = "sqlite:" + copy;
    const Folder look;
    const std::string seen = copied(copy, look);
    unwritten =
        unwritten ||
        text_in_file(seen, "SELECT min(through) < (SELECT max(seq) FROM comment) FROM counted") == "1\n";
    const auto again = open_store(options);
    CAPTURE(round);
    compare(*again, life.happened, life.now);
    std::map<std::string, std::uint64_t> hits;
    for (const auto& one : life.happened.comments)
      if (one.site == "blog")
        for (const std::string& rule : one.rules) ++hits[rule];
    for (const Store* store : {again.get(), life.house.store.get()}) {
      std::map<std::string, std::uint64_t> told;
      for (const RuleStat& stat : value_of(const_cast<Store*>(store)->stats("blog")).rules)
        told[stat.rule] = stat.hits;
      CHECK(told == hits);
    }
  }
  CHECK(unwritten);
}

TEST_CASE("who reads the numbers while comments come sees every acknowledged one once") {
  House house;
  std::atomic<std::uint32_t> begun{0}, acknowledged{0};
  std::atomic<bool> over{false};
  const Draft draft;
  const Id decided = submit(*house.store, Draft{.name = "Zoe"});
  std::thread writer([&] {
    for (int i = 0; i < 300; ++i) {
      ++begun;
      add(*house.store, draft);
      ++acknowledged;
    }
    over = true;
  });
  std::thread moderator([&] {
    for (int i = 0; !over; ++i) {
      const auto kind = i % 2 == 0 ? DecisionKind::approve : DecisionKind::spam;
      (void)house.store->settle(deciding(kind, {decided}, kNoon + i * kSecond));
    }
  });
  std::uint32_t wrong = 0;
  while (!over) {
    const std::uint32_t least = acknowledged + 1;
    const std::uint64_t held = today(*house.store, kNoon).held;
    const std::uint64_t hits = weeks_of(*house.store, "link_count", kNoon).at(0).hits;
    const std::uint32_t most = begun + 1;
    if (held < least || held > most || hits < held || hits > most) ++wrong;
  }
  writer.join();
  moderator.join();
  CHECK(wrong == 0);
  CHECK(today(*house.store, kNoon).held == 301);
}

TEST_CASE("an edited comment waits once, and what it was decided before stays in its day") {
  House house;
  Draft draft;
  const Id id = submit(*house.store, draft);
  done(house.store->settle(deciding(DecisionKind::approve, {id}, kNoon + kHour)));
  Edit edit;
  edit.id = id;
  edit.after = value_of(house.store->comment({}, id));
  edit.after.content = "something else altogether";
  edit.after.status = Status::pending;
  Finding finding;
  finding.rule = "another_rule";
  edit.verdict.findings.push_back(finding);
  edit.by = "author";
  edit.now = kNoon + 2 * kHour;
  done(house.store->edit(edit));
  DayNumbers day = today(*house.store, kNoon);
  CHECK(day.submitted == 1);
  CHECK(day.approved == 1);
  REQUIRE(day.median_seconds);
  CHECK(*day.median_seconds == doctest::Approx(3'600).epsilon(0.19));
  CHECK(weeks_of(*house.store, "link_count", kNoon).empty());
  CHECK(weeks_of(*house.store, "another_rule", kNoon).at(0).hits == 1);
  const Settled again = value_of(house.store->settle(deciding(DecisionKind::spam, {id}, kNoon + 3 * kHour)));
  day = today(*house.store, kNoon);
  CHECK(day.approved == 1);
  CHECK(day.spam == 1);
  CHECK(*day.median_seconds == doctest::Approx(3'600).epsilon(0.19));  // of one wait alone
  CHECK(weeks_of(*house.store, "another_rule", kNoon).at(0).spam == 1);
  done(house.store->undo(undoing(again.id, kNoon + 4 * kHour)));
  day = today(*house.store, kNoon);
  CHECK(day.spam == 0);
  CHECK(day.undone == 1);
  CHECK(weeks_of(*house.store, "another_rule", kNoon).at(0).spam == 0);
}

TEST_CASE("waits are told to a fifth") {
  using namespace sqlite;
  CHECK(wait_step(-5) == 0);
  CHECK(wait_step(kSecond - 1) == 0);
  CHECK(wait_step(kSecond) == 1);
  CHECK(wait_step(5'000 * kDay) == kWaitSteps - 1);
  std::int64_t before = 0;
  for (double seconds = 1; seconds < 1e8; seconds *= 1.01) {
    const auto time = static_cast<Time>(seconds * static_cast<double>(kSecond));
    const std::int64_t step = wait_step(time);
    CHECK(step >= before);
    before = step;
    CHECK(std::abs(std::log2(wait_middle(step) / (static_cast<double>(time) / kSecond))) <= 0.2501);
  }
}

TEST_CASE("weeks begin on Monday") {
  for (Time time = 0; time < 1'000 * kDay; time += 7 * kHour) {
    const Time begin = sqlite::begin_of_week(sqlite::week_of(time));
    CHECK(begin <= time);
    CHECK(time < begin + kWeek);
    CHECK(begin == monday_of(time));
  }
}

TEST_CASE("what waits is counted by age, bounded") {
  House house;
  done(house.store->add_site(site_named("other"), {}).map([](auto&&) {}));
  const Time now = kNoon + 10 * kDay;
  Draft draft;
  // From the oldest to the youngest, as they come.
  const std::vector<Time> ages{8 * kDay,       7 * kDay, 7 * kDay - kSecond, 2 * kDay,
                               kDay - kSecond, kHour,    kHour - 1,          0};
  for (std::size_t i = 0; i < ages.size(); ++i) {
    draft.now = now - ages[i];
    draft.site = i % 2 == 0 ? "blog" : "other";
    draft.status = Status::pending;
    add(*house.store, draft);
    draft.status = Status::approved;
    add(*house.store, draft);
  }
  const auto counts = [&](const std::string& site) {
    const Days days = value_of(house.store->days({.site = site, .days = 1, .now = now}));
    std::vector<std::uint32_t> all;
    for (const QueueAge& age : days.ages) {
      CHECK(!age.more);
      all.push_back(age.count);
    }
    REQUIRE(days.ages.size() == 6);
    CHECK(days.ages[0].from == 0);
    CHECK(days.ages[4].to == 7 * 86'400);
    CHECK(!days.ages[5].to);
    return all;
  };
  CHECK(counts("") == std::vector<std::uint32_t>{2, 1, 1, 1, 1, 2});
  CHECK(counts("blog") == std::vector<std::uint32_t>{1, 0, 1, 0, 1, 1});
  const Days days = value_of(house.store->days({.site = "other", .days = 1, .now = now}));
  CHECK(days.pending == 4);
  CHECK(days.oldest == now - 7 * kDay);
  CHECK(value_of(house.store->days({.site = {}, .days = 1, .now = now})).pending == 8);
  CHECK(refusal(house.store->days({.site = "none", .days = 1, .now = now})).code == Code::not_found);
  RuleWeeksQuery elsewhere;
  elsewhere.site = "none";
  CHECK(refusal(house.store->rule_weeks(elsewhere)).where == "?site");
  House empty;
  const Days nothing = value_of(empty.store->days({.site = {}, .days = 400, .now = now}));
  CHECK(nothing.days.size() == 400);
  CHECK(nothing.pending == 0);
  CHECK(!nothing.oldest);
  CHECK(nothing.ages.size() == 6);
}

TEST_CASE("numbers older than two years are swept, and no younger ones") {
  House house;
  Draft draft;
  draft.now = kNoon - 3 * 366 * kDay;
  const Id old = submit(*house.store, draft);
  done(house.store->settle(deciding(DecisionKind::approve, {old}, draft.now + kHour)));
  draft.now = kNoon - 20 * kDay;
  const Id young = submit(*house.store, draft);
  done(house.store->settle(deciding(DecisionKind::approve, {young}, draft.now + kHour)));
  while (value_of(house.store->sweep(kNoon)).more) {
  }
  CHECK(weeks_of(*house.store, "link_count", kNoon).size() == 1);
  const Days days = value_of(house.store->days({.site = "blog", .days = 30, .now = kNoon}));
  CHECK(days.days.at(9).approved == 1);
  // A decision on what is older still changes nothing that is told.
  done(house.store->settle(deciding(DecisionKind::spam, {old}, kNoon)));
  CHECK(weeks_of(*house.store, "link_count", kNoon).size() == 1);
  CHECK(value_of(house.store->stats("blog")).rules.at(0).spam == 1);
  house.store.reset();
  CHECK(text_in_file(house.file(), "SELECT count(*) FROM site_day") == "4\n");
  CHECK(text_in_file(house.file(), "SELECT count(*) FROM site_wait") == "2\n");
}

TEST_CASE("what came before there were such numbers is in none of them, nor is what is taken back of it") {
  House house;
  const Id old = submit(*house.store, Draft{.now = kNoon - kHour});
  const Settled before = value_of(house.store->settle(deciding(DecisionKind::spam, {old}, kNoon - kMinute)));
  house.store.reset();
  REQUIRE(text_in_file(
              house.file(),
              "INSERT INTO meta (name, value) SELECT 'counted', max(seq) FROM comment; DROP TABLE counted;"
              "DROP TABLE site_day; DROP TABLE site_wait; DROP TABLE rule_week;"
              "ALTER TABLE decision_item DROP COLUMN day; ALTER TABLE decision_item DROP COLUMN waited;"
              "DELETE FROM meta WHERE name LIKE 'numbers%'; PRAGMA user_version = 14;") == "");
  house.reopen();
  const Days days = value_of(house.store->days({.site = "blog", .days = 1, .now = kNoon}));
  CHECK(days.since);
  CHECK(days.days.at(0).submitted == 0);
  CHECK(days.days.at(0).spam == 0);
  done(house.store->undo(undoing(before.id, kNoon)));
  CHECK(today(*house.store, kNoon).undone == 0);
  CHECK(value_of(house.store->stats("blog")).rules.at(0).spam == 0);
  // New decisions count on their day, and not in the week of a comment that is in none.
  done(house.store->settle(deciding(DecisionKind::spam, {old}, kNoon)));
  const Id fresh = submit(*house.store, Draft{.now = kNoon});
  CHECK(today(*house.store, kNoon).spam == 1);
  const auto weeks = weeks_of(*house.store, "link_count", kNoon);
  REQUIRE(weeks.size() == 1);
  CHECK(weeks[0].hits == 1);
  CHECK(weeks[0].spam == 0);
  CHECK(value_of(house.store->stats("blog")).rules.at(0).hits == 2);
  done(house.store->settle(deciding(DecisionKind::spam, {fresh}, kNoon)));
  CHECK(weeks_of(*house.store, "link_count", kNoon).at(0).spam == 1);
}

TEST_SUITE_END();
