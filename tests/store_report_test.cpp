// Comments that their client keeps: what the store promises of reports, of asking again and of the numbers.
#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "store_house.h"

using namespace chaffinch;

namespace {

Draft checked(const std::string& name = "Ana",
              const std::string& content = "A thoughtful remark on the matter") {
  Draft draft;
  draft.status = Status::checked;
  draft.name = name;
  draft.content = content;
  draft.copy_hash = 77;
  return draft;
}

Keep foreign(const Draft& draft, Told told, bool spam) {
  Keep keep = keep_of(draft);
  keep.foreign = Foreign{.blog = "blog.example", .told = told, .spam = spam};
  return keep;
}

Report reporting(const Draft& draft, bool spam, std::optional<Id> id = {}) {
  Report report;
  report.sought = {.site = draft.site, .id = id, .comment = keep_of(draft).comment, .again = false};
  report.spam = spam;
  report.by = "owner";
  report.now = kNoon + kMinute;
  return report;
}

Facts facts_of(Store& store, const Draft& draft) {
  return value_of(store.recall(probe_of(draft))).facts;
}

BlogNumbers numbers(Store& store) {
  const auto all = value_of(
      store.blog_numbers({.site = "blog", .blog = "blog.example", .from = kNoon - kDay, .to = kNoon + kDay}));
  REQUIRE(all.size() == 1);
  return all.front();
}

}  // namespace

TEST_SUITE_BEGIN("store");

TEST_CASE("a checked comment keeps its status and counts as what it was judged, or as what its owner says") {
  House house;
  Store& store = *house.store;
  const Draft draft = checked();
  const Id id = value_of(store.keep(foreign(draft, Told::ham, false))).id;
  struct Row {
    const char* what;
    std::uint32_t spam, approved, nothing;
  };
  const auto counts = [&](const Row& row) {
    CAPTURE(row.what);
    // The same after a restart, which counts again what was not written yet.
    for (const bool again : {false, true}) {
      if (again) house.reopen();
      const Facts facts = facts_of(*house.store, draft);
      CHECK(facts.author.spam == row.spam);
      CHECK(facts.author.approved == row.approved);
      CHECK(facts.author.checked == row.nothing);
      CHECK(facts.copies == 1);
      CHECK(facts.copies_spam == row.spam);
      CHECK(facts.copies_approved == row.approved);
      const SiteStats stats = value_of(house.store->stats("blog"));
      CHECK(stats.checked == 1);
      CHECK(stats.spam + stats.approved + stats.pending == 0);
      CHECK(status_now(*house.store, id) == Status::checked);
    }
  };
  counts({"asked about", 0, 0, 1});
  const Settled missed = value_of(house.store->report(reporting(draft, true)));
  CHECK(missed.changed == 1);
  counts({"reported as spam", 1, 0, 0});
  CHECK(value_of(house.store->report(reporting(draft, true))).id == Id{});
  const Settled ham = value_of(house.store->report(reporting(draft, false, id)));
  counts({"reported as ham", 0, 1, 0});
  CHECK(value_of(house.store->undo(undoing(ham.id))).changed == 1);
  counts({"that undone", 1, 0, 0});
  CHECK(value_of(house.store->undo(undoing(missed.id))).changed == 1);
  counts({"both undone", 0, 0, 1});
  // A moderator cannot move it.
  const Settled moved = value_of(house.store->settle(deciding(DecisionKind::approve, {id})));
  CHECK(moved.id == Id{});
  CHECK(moved.skipped == std::vector<Skipped>{{.id = id, .why = "checked"}});
}

TEST_CASE("the same report by many at once is one decision, also of a comment that nobody has seen") {
  for (const bool seen : {true, false}) {
    CAPTURE(seen);
    House house;
    const Draft draft = checked();
    if (seen) done(house.store->keep(foreign(draft, Told::ham, false)));
    constexpr std::size_t kMany = 8;
    std::vector<std::uint32_t> changed(kMany);
    std::vector<std::thread> all;
    for (std::size_t i = 0; i < kMany; ++i) {
      all.emplace_back([&, i] {
        Report report = reporting(draft, true);
        if (!seen) report.unseen = foreign(draft, Told::nothing, false);
        const auto settled = house.store->report(report);
        changed[i] = settled ? settled->changed : 1'000;
      });
    }
    for (std::thread& one : all) one.join();
    std::uint32_t sum = 0;
    for (const std::uint32_t one : changed) sum += one;
    CHECK(sum == 1);
    QueueQuery query = in_site();
    query.status = Status::checked;
    CHECK(all_of(*house.store, query).size() == 1);
    const BlogNumbers told = numbers(*house.store);
    CHECK(told.calls == (seen ? kMany + 1 : kMany));
    CHECK(told.missed_spam == 1);
    CHECK(told.ham == (seen ? 1 : 0));
  }
}

TEST_CASE("a report without an id means all comments that are equal, or those of its time") {
  House house;
  Store& store = *house.store;
  Draft early = checked(), late = checked(), other = checked("Bo");
  early.created_at = kNoon - kDay;
  late.created_at = kNoon - kHour;
  for (const Draft& draft : {early, late, other}) done(store.keep(foreign(draft, Told::ham, false)));
  CHECK(value_of(store.report(reporting(early, true))).changed == 1);
  Draft timeless = checked();
  CHECK(value_of(store.report(reporting(timeless, true))).changed == 1);   // the one that was left
  CHECK(value_of(store.report(reporting(timeless, false))).changed == 2);  // both, back again
  CHECK(refusal(store.report(reporting(checked("Cy"), true))).code == Code::not_found);
  CHECK(facts_of(store, other).author.spam == 0);
}

TEST_CASE("who asks again finds the comment by id, by content, or by author and page when it was edited") {
  House house;
  Store& store = *house.store;
  const Draft draft = checked();
  const Id id = value_of(store.keep(foreign(draft, Told::spam, true))).id;
  Sought sought{.site = "blog", .id = {}, .comment = keep_of(draft).comment, .again = false};
  const auto found = [&] { return value_of(store.seen_before(sought)); };
  REQUIRE(found());
  CHECK(found()->comment.id == id);
  CHECK(found()->told == Told::spam);
  CHECK(!found()->reported_spam);
  sought.comment.content = "edited since";
  CHECK(!found());
  sought.again = true;
  CHECK(found()->comment.id == id);
  sought.comment.author.email = "somebody@else.example";
  CHECK(!found());
  sought.id = id;
  CHECK(found()->comment.id == id);
  done(store.report(reporting(draft, false)));
  CHECK(found()->reported_spam == false);
  sought.site = "nowhere";
  CHECK(refusal(store.seen_before(sought)).code == Code::not_found);
  // What is not kept for a client is never meant.
  House second;
  const Id native = add(*second.store, Draft{});
  sought = {.site = "blog", .id = native, .comment = keep_of(Draft{}).comment, .again = true};
  CHECK(!value_of(second.store->seen_before(sought)));
  CHECK(refusal(second.store->report(reporting(Draft{}, true, native))).code == Code::not_found);
}
