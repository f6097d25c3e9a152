// What recall tells from memory is what the database says.
#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <unordered_map>

#include "store/sqlite/article_cache.h"
#include "store/sqlite/blocked.h"
#include "store/sqlite/counters.h"
#include "store/sqlite/record_cache.h"
#include "store/sqlite/shares.h"
#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

using sqlite::ArticleCache;
using sqlite::CountedTo;
using sqlite::RecordCache;
using sqlite::RecordMove;
using sqlite::RecordMoves;

// A reply asks the database, whatever is at hand.
Facts asked_of_the_database(Store& store, Draft draft) {
  draft.parent = new_id(kNoon);
  Facts facts = value_of(store.recall(probe_of(draft))).facts;
  CHECK_FALSE(facts.parent_known);
  facts.parent_known = Facts().parent_known;
  return facts;
}

Facts asked(Store& store, const Draft& draft) {
  return value_of(store.recall(probe_of(draft))).facts;
}

Record record_of(std::uint32_t pending) {
  Record record;
  record.pending = pending;
  record.first_seen = kNoon;
  record.last_seen = kNoon + pending;
  return record;
}

// The same of each share.
CountedTo all(std::int64_t seq) {
  CountedTo counted;
  counted.fill(seq);
  return counted;
}

void commit(RecordCache& cache, const RecordMoves& moves, const CountedTo& counted) {
  cache.committed(std::array{&moves}, counted);
}

std::optional<RecordCache::Taken> take(const RecordCache& cache, const std::vector<std::int64_t>& ids) {
  return cache.take(ids, [](std::int64_t) { return false; });
}

}  // namespace

TEST_CASE("what recall tells from memory is what the database says, whatever came between") {
  House house;
  std::mt19937 random(23);
  const auto one_of = [&](unsigned count) { return static_cast<unsigned>(random() % count); };
  const auto some_draft = [&] {
    Draft draft;
    draft.article = "post" + std::to_string(one_of(4));
    draft.name = "Name" + std::to_string(one_of(6));
    draft.email = one_of(6) == 0 ? "" : "mail" + std::to_string(one_of(6)) + "@people.example";
    draft.ip = "198.51." + std::to_string(one_of(2)) + "." + std::to_string(one_of(4));
    if (one_of(2) == 0) draft.domains = {"shop" + std::to_string(one_of(4)) + ".example"};
    draft.copy_hash = one_of(3) == 0 ? 1 + one_of(3) : 0;
    draft.status = std::array{Status::pending, Status::approved, Status::spam}[one_of(3)];
    draft.now = kNoon + static_cast<Time>(one_of(1000)) * kSecond;
    return draft;
  };
  std::vector<Id> ids, blocks;
  Time now = kNoon + kHour;
  for (int step = 0; step < 1500; ++step) {
    const unsigned what = one_of(40);
    if (what < 24 || ids.empty()) {
      ids.push_back(submit(*house.store, some_draft()));
    } else if (what < 30) {
      const auto kind =
          std::array{DecisionKind::approve, DecisionKind::reject, DecisionKind::spam}[one_of(3)];
      const auto settled = house.store->settle(deciding(kind, {ids[one_of(unsigned(ids.size()))]}, now));
      if (settled && one_of(2) == 0) (void)house.store->undo(undoing(settled->id, now));
    } else if (what == 30) {
      const std::size_t at = one_of(unsigned(ids.size()));
      done(house.store->remove({}, ids[at], "mona", now));
      ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (what == 31) {
      Forget wish;
      wish.site = "blog";
      wish.email = "mail" + std::to_string(one_of(6)) + "@people.example";
      wish.by = "mona";
      wish.now = now;
      done(house.store->forget(wish));
      std::erase_if(ids, [&](const Id& id) { return !house.store->comment({}, id).has_value(); });
    } else if (what == 32) {
      done(house.store->put_article("blog", {"post" + std::to_string(one_of(4)), "", ""}, one_of(2) == 0,
                                    now));
    } else if (what == 33) {
      AddBlock wish;
      wish.block.site = one_of(2) == 0 ? "" : "blog";
      wish.block.kind = "ip";
      wish.block.value = "198.51." + std::to_string(one_of(2)) + "." + std::to_string(one_of(4));
      wish.block.created_at = now;
      wish.block.by = "mona";
      if (const auto added = house.store->add_block(wish)) blocks.push_back(added->block.id);
    } else if (what == 34 && !blocks.empty()) {
      (void)house.store->remove_block({}, blocks.back());
      blocks.pop_back();
    } else if (what == 35 && step % 5 == 0) {
      house.reopen();
    } else if (what == 36) {
      now += one_of(20) == 0 ? 400 * kDay : kMinute;
      for (bool more = true; more;) more = value_of(house.store->sweep(now)).more;
      std::erase_if(ids, [&](const Id& id) { return !house.store->comment({}, id).has_value(); });
    }
    for (int i = 0; i < 2; ++i) {
      Draft draft = some_draft();
      draft.now = now;
      Facts told = asked(*house.store, draft);
      // Once more: now all that it asked for is at hand.
      CHECK(told == asked(*house.store, draft));
      CHECK(told == asked_of_the_database(*house.store, draft));
    }
  }
}

TEST_CASE("a block or a closed article is told from the next comment on") {
  House house;
  Draft draft;
  submit(*house.store, draft);
  CHECK(asked(*house.store, draft).blocks.empty());
  CHECK_FALSE(asked(*house.store, draft).article_closed);
  done(house.store->put_article("blog", {draft.article, "", ""}, true, kNoon));
  CHECK(asked(*house.store, draft).article_closed);
  done(house.store->put_article("blog", {draft.article, "", ""}, false, kNoon));
  CHECK_FALSE(asked(*house.store, draft).article_closed);

  for (const auto& [kind, value] : std::map<std::string, std::string>{{"email", "Ana@People.example"},
                                                                      {"ip", "192.0.2.7"},
                                                                      {"cidr", "192.0.2.0/24"},
                                                                      {"domain", "people.example"}}) {
    CAPTURE(kind);
    AddBlock wish;
    wish.block.site = "blog";
    wish.block.kind = kind;
    wish.block.value = value;
    wish.block.by = "mona";
    wish.block.created_at = kNoon;
    const BlockAdded added = value_of(house.store->add_block(wish));
    const Facts facts = asked(*house.store, draft);
    REQUIRE(facts.blocks.size() == 1);
    CHECK(facts.blocks[0].kind == kind);
    CHECK(facts.blocks[0].block == added.block.id);
    house.reopen();
    CHECK(asked(*house.store, draft).blocks.size() == 1);
    done(house.store->remove_block({}, added.block.id));
    CHECK(asked(*house.store, draft).blocks.empty());
  }
}

TEST_CASE("a cached record is there until it is changed, and none is taken that was read too early") {
  RecordCache cache;
  CHECK_FALSE(take(cache, {1}));
  CHECK(take(cache, {0})->records == std::vector{Record{}});
  CHECK(cache.take(std::vector<std::int64_t>{1}, [](std::int64_t) { return true; })->records ==
        std::vector{Record{}});

  cache.put(cache.age(), all(0), 1, record_of(3));
  cache.put(cache.age(), all(0), 2, record_of(4));
  CHECK(take(cache, {2, 0, 1})->records == std::vector{record_of(4), Record{}, record_of(3)});
  CHECK_FALSE(take(cache, {1, 7}));

  // A move of the backlog is made here as it is in the table; a row that it makes is there from then on.
  const std::uint64_t early = cache.age();
  RecordMove move;
  move.by[static_cast<std::size_t>(Status::pending)] = 2;
  move.by[static_cast<std::size_t>(Status::spam)] = -1;
  move.first = kNoon - 5;
  move.last = kNoon + 1;
  cache.makes(9);
  commit(cache, {{1, move}, {8, move}, {9, move}}, all(40));
  const auto taken = take(cache, {1, 9});
  REQUIRE(taken);
  CHECK(taken->counted == all(40));
  CHECK(taken->records[0].pending == 5);
  CHECK(taken->records[0].spam == 0);
  CHECK(taken->records[0].first_seen == kNoon - 5);
  CHECK(taken->records[0].last_seen == kNoon + 3);
  CHECK(taken->records[1].pending == 2);
  CHECK(taken->records[1].last_seen == kNoon + 1);
  CHECK_FALSE(take(cache, {8}));  // it may have been in the table before

  cache.put(early, all(40), 8, record_of(1));
  CHECK_FALSE(take(cache, {8}));
  cache.put(cache.age(), all(39), 8, record_of(1));
  CHECK_FALSE(take(cache, {8}));
  cache.put(cache.age(), all(40), 8, record_of(1));
  CHECK(take(cache, {8}));
  // What the transaction has of other shares does not matter.
  constexpr std::int64_t kOther = std::int64_t{3} << 60;
  CountedTo mixed = all(7);
  cache.put(cache.age(), mixed, kOther, record_of(1));
  CHECK_FALSE(take(cache, {kOther}));
  mixed[sqlite::share_of(kOther)] = 40;
  cache.put(cache.age(), mixed, kOther, record_of(1));
  CHECK(take(cache, {kOther}));

  cache.changes(8);
  CHECK(take(cache, {8}));  // not on disk yet
  commit(cache, {}, all(40));
  CHECK_FALSE(take(cache, {8}));
  CHECK(take(cache, {1, 2, 9}));
  // What is too large or too early to stand here is read from the database each time.
  Record large = record_of(1);
  large.spam = 1U << 17U;
  Record early_one = record_of(1);
  early_one.first_seen = -kDay;
  Record full = record_of(1);
  full.spam = full.approved = full.rejected = full.checked = (1U << 17U) - 1;
  cache.put(cache.age(), all(40), 20, large);
  cache.put(cache.age(), all(40), 21, early_one);
  cache.put(cache.age(), all(40), 22, full);
  CHECK_FALSE(take(cache, {20}));
  CHECK_FALSE(take(cache, {21}));
  CHECK(take(cache, {22})->records == std::vector{full});
  RecordMove one_more;
  one_more.by[static_cast<std::size_t>(Status::spam)] = 1;
  commit(cache, {{22, one_more}}, all(40));
  CHECK_FALSE(take(cache, {22}));

  // More changes than are noted, as of a disk that is full for days: whatever was changed is gone.
  cache.put(cache.age(), all(40), 70'000, record_of(1));
  for (std::int64_t id = 1'000; id <= 70'000; ++id) {
    cache.changes(id);
    cache.makes(id);
  }
  commit(cache, {}, all(40));
  CHECK_FALSE(take(cache, {70'000}));
  for (const std::int64_t id : {1, 2, 9}) cache.put(cache.age(), all(40), id, record_of(1));
  CHECK(take(cache, {1, 2, 9}));

  cache.changes_all();
  commit(cache, {}, all(41));
  for (const std::int64_t id : {1, 2, 9}) CHECK_FALSE(take(cache, {id}));
  CHECK(take(cache, {0})->counted == all(41));
}

TEST_CASE("records are cached up to a bound, and those that came lately stay") {
  RecordCache cache(1U << 12U);
  std::mt19937_64 random(5);
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 20'000; ++i) {
    ids.push_back(static_cast<std::int64_t>(random()));
    cache.put(cache.age(), all(0), ids.back(), record_of(static_cast<std::uint32_t>(i)));
    CHECK(take(cache, {ids.back()})->records[0] == record_of(static_cast<std::uint32_t>(i)));
  }
  std::size_t there = 0, late = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto taken = take(cache, {ids[i]});
    if (!taken) continue;
    CHECK(taken->records[0].pending == i);
    ++there;
    late += i + 1'000 >= ids.size() ? 1 : 0;
  }
  CHECK(there <= 1U << 12U);
  CHECK(there > 1U << 11U);
  CHECK(late > 900);
}

TEST_CASE("articles are cached up to a bound, and none is taken that was read too early") {
  ArticleCache cache;
  const std::uint64_t early = cache.age();
  cache.put(early, 1, "post", {.no = 7, .closed = true, .first_seen = kNoon});
  REQUIRE(cache.find(1, "post"));
  CHECK(cache.find(1, "post")->no == 7);
  CHECK(cache.find(1, "post")->closed);
  CHECK_FALSE(cache.find(2, "post"));
  cache.changed();
  CHECK_FALSE(cache.find(1, "post"));
  cache.put(early, 1, "post", {.no = 7, .closed = true, .first_seen = kNoon});
  CHECK_FALSE(cache.find(1, "post"));
  for (std::size_t i = 0; i <= ArticleCache::kMost; ++i)
    cache.put(cache.age(), 1, "post" + std::to_string(i), {.no = 1, .closed = false, .first_seen = kNoon});
  CHECK_FALSE(cache.find(1, "post0"));
  CHECK(cache.find(1, "post" + std::to_string(ArticleCache::kMost)));
}

TEST_CASE("every block that stands is known, by kind") {
  sqlite::Blocked blocked;
  CHECK(blocked.empty());
  blocked.add("ip", "192.0.2.7");
  blocked.add("cidr", "2001:db8::/48");
  CHECK_FALSE(blocked.empty());
  CHECK(blocked.may_have("ip", "192.0.2.7"));
  CHECK_FALSE(blocked.may_have("ip", "192.0.2.8"));
  CHECK_FALSE(blocked.may_have("author", "192.0.2.7"));
  CHECK(blocked.may_have_prefix(false, 48));
  CHECK_FALSE(blocked.may_have_prefix(true, 48 - 24));
  CHECK_FALSE(blocked.may_have_prefix(false, 128));
}

TEST_SUITE_END();
