// What new comments count is written for many at once: nobody sees it, and a crash loses none of it.
#include <array>
#include <map>
#include <optional>
#include <random>
#include <thread>

#include <sqlite3.h>

#include "store/sqlite/backlog.h"
#include "store/sqlite/known.h"
#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

std::int64_t number_in_file(const std::string& file, const char* text) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  std::int64_t number = -1;
  const auto take = [](void* to, int, char** values, char**) {
    *static_cast<std::int64_t*>(to) = values[0] == nullptr ? -1 : std::atoll(values[0]);
    return 0;
  };
  CHECK(sqlite3_exec(db, text, take, &number, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  return number;
}

Draft some_draft(std::mt19937& random) {
  const auto one_of = [&](unsigned count) { return random() % count; };
  Draft draft;
  draft.name = "Name" + std::to_string(one_of(5));
  draft.email = one_of(6) == 0 ? "" : "mail" + std::to_string(one_of(5)) + "@people.example";
  draft.ip = "198.51." + std::to_string(one_of(2)) + "." + std::to_string(one_of(3));
  draft.domains = {"shop" + std::to_string(one_of(4)) + ".example"};
  draft.copy_hash = one_of(4) * 0x5555'5555'5555'5555;  // of four shares, one of them none
  draft.status = std::array{Status::pending, Status::approved, Status::spam}[one_of(3)];
  draft.now = kNoon + static_cast<Time>(one_of(1000)) * kSecond;
  return draft;
}

// What is remembered of it, without what only the process knows.
Facts remembered(Store& store, Draft draft) {
  draft.now = kNoon + kHour;
  const Facts facts = value_of(store.recall(probe_of(draft))).facts;
  Facts kept;
  kept.author = facts.author;
  kept.email = facts.email;
  kept.address = facts.address;
  kept.network = facts.network;
  kept.domains = facts.domains;
  kept.copies = facts.copies;
  kept.copies_spam = facts.copies_spam;
  kept.copies_approved = facts.copies_approved;
  return kept;
}

// Whether the tables count every comment, as the file and its log are at this moment.
bool all_written(const House& house) {
  const Folder crash;
  return number_in_file(copied(house.file(), crash),
                        "SELECT min(through) = (SELECT max(seq) FROM comment) FROM counted") == 1;
}

std::uint32_t all(const Record& record) {
  return record.pending + record.approved + record.rejected + record.spam + record.checked;
}

}  // namespace

TEST_CASE("promise 1: what comments count is whole after a crash, written out or not") {
  StoreOptions quiet;
  quiet.log_step = 1'000'000;  // the log is not carried over while its file is copied
  SUBCASE("as it is shipped") {}
  SUBCASE("a share after each comment") {
    quiet.backlog_step = 1;
  }
  SUBCASE("a share now and then") {
    quiet.backlog_step = 3;
  }
  House house(quiet);
  std::mt19937 random(7);
  std::vector<Draft> drafts;
  std::vector<Id> ids;
  bool unwritten = false, apart = quiet.backlog_step > 100;
  for (int round = 0; round < 200 && (round < 20 || !unwritten || !apart); ++round) {
    for (int i = 0; i < 10; ++i) {
      drafts.push_back(some_draft(random));
      const Id id = submit(*house.store, drafts.back());
      ids.push_back(id);
      // Now and then a decision comes between; the tables are whole for one on what they do not count yet.
      if (random() % 16 == 0) done(house.store->settle(deciding(DecisionKind::reject, {id})));
      if (random() % 4 == 0) {
        const auto kind = random() % 2 == 0 ? DecisionKind::approve : DecisionKind::spam;
        (void)house.store->settle(deciding(kind, {ids[random() % ids.size()]}));
      }
    }
    // The file and its log as a crash leaves them at this moment.
    const Folder crash;
    const std::string copy = copied(house.file(), crash);
    StoreOptions options;
    options.address = "sqlite:" + copy;
    {
      const Folder look;
      const std::string seen = copied(copy, look);
      if (number_in_file(seen, "SELECT min(through) < (SELECT max(seq) FROM comment) FROM counted") == 1)
        unwritten = true;
      if (number_in_file(seen, "SELECT count(DISTINCT through) > 1 FROM counted") == 1) apart = true;
    }
    const auto again = open_store(options);
    for (std::size_t i = drafts.size() - 10; i < drafts.size(); ++i) {
      CAPTURE(round);
      CHECK(remembered(*again, drafts[i]) == remembered(*house.store, drafts[i]));
    }
  }
  CHECK(unwritten);
  CHECK(apart);
}

TEST_CASE("a pause writes all of it, be it one share after the other, and so does the end") {
  StoreOptions options;
  options.log_step = 1'000'000;
  options.backlog_step = 1;  // more rows than a handful go a share at a time
  House house(options);
  const auto some = [&](int from) {
    for (int i = from; i < from + 30; ++i) {
      const std::string name = "Name" + std::to_string(i);
      submit(*house.store, Draft{.name = name, .email = name + "@people.example"});
    }
  };
  some(0);
  for (int look = 0; look < 20'000 && !all_written(house); ++look) {
  }
  CHECK(all_written(house));
  some(30);
  house.store.reset();
  CHECK(all_written(house));
}

TEST_CASE("what changes nothing that waits in the backlog leaves it there") {
  StoreOptions quiet;
  quiet.log_step = 1'000'000;
  House house(quiet);
  const Id old = submit(*house.store, Draft{});
  done(house.store->settle(deciding(DecisionKind::reject, {old})));
  CHECK(all_written(house));
  // Between two calls there may be a pause in which all is written; not each time.
  bool probed = false, claimed = false, decided = false;
  for (int round = 0; round < 200 && !(probed && claimed && decided); ++round) {
    submit(*house.store, Draft{});
    CHECK(house.store->health().writable);
    probed = probed || !all_written(house);
    submit(*house.store, Draft{});
    Claim claim;
    claim.query = in_site();
    claim.holder = "mod";
    claim.count = 1;
    claim.now = kNoon;
    claim.until = kNoon + kMinute;
    CHECK(value_of(house.store->claim(claim)).size() == 1);
    claimed = claimed || !all_written(house);
    // A decision on what is counted long since does, one on what just came does not.
    const Id young = submit(*house.store, Draft{});
    const auto kind = round % 2 == 0 ? DecisionKind::approve : DecisionKind::spam;
    CHECK(value_of(house.store->settle(deciding(kind, {old}, kNoon + round * kSecond))).changed == 1);
    decided = decided || !all_written(house);
    CHECK(value_of(house.store->settle(deciding(kind, {old, young}))).changed == 1);
    CHECK(all_written(house));
  }
  CHECK(probed);
  CHECK(claimed);
  CHECK(decided);
}

TEST_CASE("when what is not counted cannot be counted at the start, it still can be later") {
  StoreOptions options;
  options.log_step = 1'000'000;
  options.backlog_step = 1;
  House house(options);
  std::mt19937 random(5);
  std::vector<Draft> drafts;
  const Folder crash;
  std::string copy;
  const char* apart =
      "SELECT count(DISTINCT through) > 1 AND max(through) > 2 AND min(through) < max(through) - 1 FROM "
      "counted";
  for (bool found = false; !found;) {
    REQUIRE(drafts.size() < 5'000);
    for (int i = 0; i < 7; ++i) submit(*house.store, drafts.emplace_back(some_draft(random)));
    copy = copied(house.file(), crash);
    found = number_in_file(copy, apart) == 1;
  }
  // A verdict that cannot be read, of a comment that one share counts and another one does not.
  const char* marks = "SELECT sum(through * (share + 1)) FROM counted";
  const std::int64_t before = number_in_file(copy, marks);
  number_in_file(
      copy,
      "CREATE TABLE put_by AS SELECT seq, verdict FROM comment WHERE seq = (SELECT max(through) FROM "
      "counted); UPDATE comment SET verdict = 'x' WHERE seq IN (SELECT seq FROM put_by)");
  options.address = "sqlite:" + copy;
  CHECK_THROWS(open_store(options));
  CHECK(number_in_file(copy, marks) == before);
  number_in_file(
      copy,
      "UPDATE comment SET verdict = (SELECT verdict FROM put_by) WHERE seq IN (SELECT seq FROM put_by)");
  const auto again = open_store(options);
  for (const Draft& draft : drafts) CHECK(remembered(*again, draft) == remembered(*house.store, draft));
}

TEST_CASE("records are what the comments say, whatever came between") {
  StoreOptions options;
  SUBCASE("as it is shipped") {}
  SUBCASE("a share after each comment") {
    options.backlog_step = 1;
  }
  House house(options);
  std::mt19937 random(11);
  struct One {
    Draft draft;
    Id id;
    Status status;
  };
  std::vector<One> ones;
  std::vector<Id> decisions;
  for (int step = 0; step < 600; ++step) {
    const auto what = random() % 20;
    if (what < 15 || ones.empty()) {
      const Draft draft = some_draft(random);
      ones.push_back({draft, submit(*house.store, draft), draft.status});
    } else if (what < 18) {
      One& one = ones[random() % ones.size()];
      one.status = what == 15 ? Status::approved : what == 16 ? Status::spam : Status::rejected;
      const DecisionKind kind = what == 15   ? DecisionKind::approve
                                : what == 16 ? DecisionKind::spam
                                             : DecisionKind::reject;
      (void)house.store->settle(deciding(kind, {one.id}));
      one.status = status_now(*house.store, one.id);
    } else if (what == 18) {
      house.reopen();
    }
    if (step % 20 != 0) continue;
    const Draft& asked = ones[random() % ones.size()].draft;
    std::array<std::uint32_t, 5> by_address{};
    std::uint32_t of_domain = 0;
    for (const One& one : ones) {
      if (one.draft.ip == asked.ip) ++by_address[static_cast<std::size_t>(one.status)];
      if (one.draft.domains == asked.domains) ++of_domain;
    }
    const Facts facts = remembered(*house.store, asked);
    CHECK(facts.address.pending == by_address[static_cast<std::size_t>(Status::pending)]);
    CHECK(facts.address.approved == by_address[static_cast<std::size_t>(Status::approved)]);
    CHECK(facts.address.spam == by_address[static_cast<std::size_t>(Status::spam)]);
    CHECK(facts.address.rejected == by_address[static_cast<std::size_t>(Status::rejected)]);
    REQUIRE(facts.domains.size() == 1);
    CHECK(all(facts.domains[0].record) == of_domain);
  }
}

TEST_CASE("who reads while it is written out sees every acknowledged comment once") {
  StoreOptions options;
  bool decisions = true;
  SUBCASE("all of it, for decisions") {}
  SUBCASE("a share after each comment") {
    options.backlog_step = 1;
    decisions = false;
  }
  House house(options);
  std::atomic<std::uint32_t> begun{0}, acknowledged{0};
  std::atomic<bool> over{false};
  Draft draft;
  const Id decided =
      submit(*house.store, Draft{.name = "Zoe", .email = "zoe@people.example", .ip = "203.0.113.9"});
  std::thread writer([&] {
    for (int i = 0; i < 400; ++i) {
      ++begun;
      add(*house.store, draft);
      ++acknowledged;
    }
    over = true;
  });
  // Each of its decisions writes the backlog out.
  std::thread moderator([&] {
    for (int i = 0; decisions && !over; ++i) {
      const auto kind = i % 2 == 0 ? DecisionKind::approve : DecisionKind::spam;
      (void)house.store->settle(deciding(kind, {decided}, kNoon + i * kSecond));
    }
  });
  std::uint32_t wrong = 0;
  while (!over) {
    const std::uint32_t least = acknowledged;
    const Record record = value_of(house.store->recall(probe_of(draft))).facts.author;
    const std::uint32_t most = begun;
    if (all(record) < least || all(record) > most) ++wrong;
  }
  writer.join();
  moderator.join();
  CHECK(wrong == 0);
  CHECK(all(remembered(*house.store, draft).author) == 400);
}

TEST_CASE("what a snapshot lacks is told of each share, unless it is too old") {
  using sqlite::Backlog;
  sqlite::Known known;
  known.size_for(0);
  Backlog backlog(known, 512);
  constexpr std::int64_t kA = 5, kB = std::int64_t{3} << 60;  // shares 0 and 3
  const sqlite::CopyName copy{1, -1};                         // share 15
  std::int64_t seq = 0;
  const auto comes = [&](std::size_t comments) {
    sqlite::Deltas deltas;
    for (const std::int64_t id : {kA, kB}) {
      sqlite::RecordMove move;
      move.by[0] = 1;
      deltas.records.emplace_back(id, move);
    }
    deltas.copies.push_back({copy, {.count = 1, .spam = 0, .approved = 0, .at = kNoon}});
    deltas.rules.push_back({{1, 1, "link_count"}, {.hits = 1, .approved = 0, .rejected = 0, .spam = 0}});
    deltas.through = ++seq;
    sqlite::Counters counters;
    counters.add(deltas);
    backlog.add(counters, comments);
  };
  struct Told {
    std::int32_t a, b, copies, hits;
    bool operator==(const Told&) const = default;
  };
  const auto told = [&](const sqlite::CountedTo& counted) -> std::optional<Told> {
    const auto lacking = backlog.lacking(counted, std::array{kA, std::int64_t{0}, kB}, copy);
    if (!lacking) return std::nullopt;
    CHECK(lacking->records.at(1).by[0] == 0);
    const auto numbers = backlog.lacking_numbers(counted);
    const auto hits = numbers ? numbers->rules.find({1, 1, "link_count"}) : decltype(numbers->rules.end()){};
    return Told{.a = lacking->records.at(0).by[0],
                .b = lacking->records.at(2).by[0],
                .copies = lacking->copy.count,
                .hits = numbers && hits != numbers->rules.end() ? hits->second.hits : 0};
  };

  sqlite::CountedTo tables{};
  CHECK(backlog.empty());
  CHECK(told(tables) == Told{0, 0, 0, 0});
  comes(511);
  CHECK_FALSE(backlog.empty());
  CHECK(backlog.due().count == 0);
  comes(1);
  CHECK(told(tables) == Told{2, 2, 2, 2});

  // One share is written: a snapshot from before lacks it still, one in which it is there lacks nothing of
  // it, be it told already or not.
  Backlog::Turn turn = backlog.due();
  CHECK(turn.first == 0);
  CHECK(turn.count == 1);
  const sqlite::CountedTo before = tables;
  tables[0] = 2;
  CHECK(told(tables) == Told{0, 2, 2, 0});
  backlog.written(turn, 2);
  CHECK(told(tables) == Told{0, 2, 2, 0});
  CHECK(told(before) == Told{2, 2, 2, 2});
  CHECK(backlog.due().count == 0);
  comes(3 * 512);
  CHECK(told(tables) == Told{1, 3, 3, 1});
  CHECK(told(before) == Told{3, 3, 3, 3});

  // What came at once is written at once, in turn; two more writings later the old snapshot is too old.
  turn = backlog.due();
  CHECK(turn.first == 1);
  CHECK(turn.count == 3);
  backlog.written(turn, 3);
  tables[1] = tables[2] = tables[3] = 3;
  CHECK(told(tables) == Told{1, 0, 3, 1});
  CHECK(told(before) == Told{3, 3, 3, 3});
  comes(512);
  backlog.written(backlog.due(), 4);
  tables[4] = 4;
  CHECK(told(before) == Told{4, 4, 4, 4});
  comes(512);
  backlog.written(backlog.due(), 5);
  tables[5] = 5;
  CHECK_FALSE(told(before));
  CHECK(told(tables) == Told{3, 2, 5, 3});

  // All of it, for an operation that counts as well: nothing is lacking, nor is anything left.
  backlog.written(Backlog::kAll, 6);
  CHECK(told(tables) == Told{3, 2, 5, 3});
  tables.fill(6);
  CHECK(told(tables) == Told{0, 0, 0, 0});
  CHECK(backlog.empty());
  CHECK(backlog.due().count == 0);
}

TEST_CASE("a row that is there is known, and few that are not") {
  sqlite::Known known;
  known.size_for(0);
  std::mt19937_64 random(3);
  std::vector<std::uint64_t> there;
  for (int i = 0; i < 250'000; ++i) known.add(there.emplace_back(random()));
  std::size_t missed = 0, in_vain = 0;
  for (const std::uint64_t key : there) missed += known.may_have(key) ? 0 : 1;
  for (int i = 0; i < 100'000; ++i) in_vain += known.may_have(random()) ? 1 : 0;
  CHECK(missed == 0);
  CHECK(in_vain < 500);
}

TEST_SUITE_END();
