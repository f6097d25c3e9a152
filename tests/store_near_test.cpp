// Near copies: what is remembered of texts that were nearly this one, bounded, exact under decisions and
// undo.
#include <algorithm>
#include <array>
#include <random>
#include <thread>
#include <vector>

#include "analysis/sketch.h"
#include "analysis/text.h"
#include "store/sqlite/near.h"
#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

// The same offer, each time to another person at another price.
Draft offer(int number) {
  static const char* const kNames[] = {"Olga", "Mary", "Ines", "Ruth", "Vera", "Emma", "Lena", "Nora"};
  Draft draft;
  draft.content = std::string("My friend ") + kNames[number % 8] + " earns " + std::to_string(1000 + number) +
                  " dollars a month working from her home computer, and you can start earning today as well";
  draft.copy_hash = copy_hash(draft.content);
  draft.sketch = sketch_of(ascii_lower(draft.content));
  REQUIRE_FALSE(empty(draft.sketch));
  return draft;
}

Draft remark() {
  Draft draft;
  draft.content =
      "The third paragraph names the wrong year; the bridge was opened in the spring of 1987, I believe";
  draft.copy_hash = copy_hash(draft.content);
  draft.sketch = sketch_of(ascii_lower(draft.content));
  return draft;
}

Facts facts_of(Store& store, const Draft& draft) {
  return value_of(store.recall(probe_of(draft))).facts;
}

Draft at(Draft draft, Time now) {
  draft.now = now;
  return draft;
}

// Sweeps until there is nothing left to do.
void sweep_all(Store& store, Time now) {
  for (int i = 0; i < 1'000; ++i) {
    if (!value_of(store.sweep(now)).more) return;
  }
  FAIL("the sweep does not end");
}

void check_near(const Facts& facts, std::uint32_t copies, std::uint32_t spam, std::uint32_t told,
                std::uint32_t ham) {
  CHECK(facts.near_copies == copies);
  CHECK(facts.near_spam == spam);
  CHECK(facts.near_spam_told == told);
  CHECK(facts.near_ham == ham);
}

}  // namespace

TEST_CASE("near copies are counted apart from exact ones, by how they stand, also after a restart") {
  House house;
  const Id a = submit(*house.store, offer(1));
  const Id b = submit(*house.store, offer(2));
  Draft machine = offer(3);
  machine.status = Status::spam;
  const Id c = submit(*house.store, machine);
  submit(*house.store, remark());
  for (int round = 0; round < 2; ++round) {
    check_near(facts_of(*house.store, offer(4)), 3, 1, 0, 0);
    check_near(facts_of(*house.store, remark()), 0, 0, 0, 0);
    CHECK(facts_of(*house.store, remark()).copies == 1);
    // Its own exact copy is told by `copies` alone.
    check_near(facts_of(*house.store, offer(3)), 2, 0, 0, 0);
    CHECK(facts_of(*house.store, offer(3)).copies_spam == 1);
    CHECK(value_of(house.store->detail({}, b, kNoon)).near_copies == std::vector<Id>{c, a});
    house.reopen();
  }
  Draft elsewhere = offer(4);
  elsewhere.site = "other";
  REQUIRE(house.store->add_site(site_named("other"), {}).has_value());
  check_near(facts_of(*house.store, elsewhere), 0, 0, 0, 0);
  Draft plain;
  check_near(facts_of(*house.store, plain), 0, 0, 0, 0);
}

TEST_CASE("decisions move a sketch between known spam and known ham, and undo moves it back exactly") {
  House house;
  const Id a = submit(*house.store, offer(1));
  const Id b = submit(*house.store, offer(2));
  Draft machine = offer(3);
  machine.status = Status::spam;
  const Id c = submit(*house.store, machine);
  const Facts before = facts_of(*house.store, offer(4));
  check_near(before, 3, 1, 0, 0);
  const Settled spam = value_of(house.store->settle(deciding(DecisionKind::spam, {a, b, c})));
  check_near(facts_of(*house.store, offer(4)), 3, 3, 3, 0);
  const Settled ham = value_of(house.store->settle(deciding(DecisionKind::approve, {b})));
  check_near(facts_of(*house.store, offer(4)), 3, 2, 2, 1);
  house.reopen();
  check_near(facts_of(*house.store, offer(4)), 3, 2, 2, 1);
  value_of(house.store->undo(undoing(ham.id)));
  check_near(facts_of(*house.store, offer(4)), 3, 3, 3, 0);
  value_of(house.store->undo(undoing(spam.id)));
  CHECK(facts_of(*house.store, offer(4)) == before);
  house.reopen();
  CHECK(facts_of(*house.store, offer(4)) == before);
  const Settled no = value_of(house.store->settle(deciding(DecisionKind::reject, {c})));
  check_near(facts_of(*house.store, offer(4)), 3, 0, 0, 0);
  value_of(house.store->undo(undoing(no.id)));
  CHECK(facts_of(*house.store, offer(4)) == before);
}

TEST_CASE("an edit replaces the sketch; a text too short to tell leaves none") {
  House house;
  const Id id = submit(*house.store, offer(1));
  Edit edit;
  edit.id = id;
  edit.after = value_of(house.store->comment({}, id));
  edit.after.content = remark().content;
  edit.copy_hash = remark().copy_hash;
  edit.sketch = remark().sketch;
  edit.verdict = keep_of({}).verdict;
  edit.now = kNoon + kMinute;
  value_of(house.store->edit(edit));
  Draft slip = remark();
  slip.content.replace(slip.content.find("1987"), 4, "1988 or 1989");
  slip.copy_hash = copy_hash(slip.content);
  slip.sketch = sketch_of(ascii_lower(slip.content));
  for (int round = 0; round < 2; ++round) {
    check_near(facts_of(*house.store, offer(4)), 0, 0, 0, 0);
    check_near(facts_of(*house.store, slip), 1, 0, 0, 0);
    house.reopen();
  }
  // An edited comment is not its own near copy.
  Probe probe = probe_of(slip);
  probe.self = id;
  CHECK(value_of(house.store->recall(probe)).facts.near_copies == 0);
  edit.after.content = "no";
  edit.copy_hash = 0;
  edit.sketch = {};
  value_of(house.store->edit(edit));
  check_near(facts_of(*house.store, slip), 0, 0, 0, 0);
  house.reopen();
  check_near(facts_of(*house.store, slip), 0, 0, 0, 0);
}

TEST_CASE("of any number of nearly equal comments that arrive together exactly one sees no near copy") {
  House house;
  std::atomic<int> first{0}, failed{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      while (!go) std::this_thread::yield();
      for (int i = 0; i < 16; ++i) {
        // Eight texts, by turns.
        const Draft draft = offer((t + i) % 8);
        auto recalled = house.store->recall(probe_of(draft, true));
        if (!recalled) {
          ++failed;
          continue;
        }
        if (recalled->facts.near_copies + recalled->facts.copies == 0) ++first;
        Keep keep = keep_of(draft);
        keep.reservation = recalled->reservation;
        if (!house.store->keep(std::move(keep))) ++failed;
      }
    });
  }
  go = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(first == 1);
}

TEST_CASE("a look and a released reservation leave no near copy") {
  House house;
  const Recalled one = value_of(house.store->recall(probe_of(offer(1), true)));
  check_near(facts_of(*house.store, offer(2)), 1, 0, 0, 0);
  house.store->release(one.reservation);
  check_near(facts_of(*house.store, offer(2)), 0, 0, 0, 0);
  check_near(facts_of(*house.store, offer(2)), 0, 0, 0, 0);
  // What fails to be kept was never there.
  const Recalled two = value_of(house.store->recall(probe_of(offer(1), true)));
  Keep keep = keep_of(offer(1));
  keep.reservation = two.reservation;
  keep.comment.site = "nowhere";
  CHECK_FALSE(house.store->keep(std::move(keep)).has_value());
  check_near(facts_of(*house.store, offer(2)), 0, 0, 0, 0);
}

TEST_CASE("recall tells how many that are alike wait, whatever became of them") {
  House house;
  std::mt19937 random(31);
  const auto one_of = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  std::vector<Id> ids, decisions;
  const auto drop_gone = [&] {
    std::erase_if(ids, [&](const Id& id) { return !house.store->comment({}, id).has_value(); });
  };
  std::size_t most = 0;
  for (int step = 0; step < 400; ++step) {
    const std::size_t what = one_of(20);
    if (ids.size() < 12 || (what < 6 && ids.size() < 40)) {
      Draft draft = offer(static_cast<int>(one_of(30)));
      draft.status = one_of(4) == 0 ? Status::spam : one_of(4) == 0 ? Status::approved : Status::pending;
      ids.push_back(submit(*house.store, draft));
    } else if (what < 14) {
      const auto kind =
          std::array{DecisionKind::approve, DecisionKind::reject, DecisionKind::spam}[one_of(3)];
      if (const auto settled = house.store->settle(deciding(kind, {ids[one_of(ids.size())]})))
        decisions.push_back(settled->id);
    } else if (what < 17 && !decisions.empty()) {
      (void)house.store->undo(undoing(decisions[one_of(decisions.size())]));
    } else if (what == 17) {
      done(house.store->remove({}, ids[one_of(ids.size())], "mona", kNoon));
      drop_gone();
    } else if (what == 18) {
      house.reopen();
    }
    const auto waiting = static_cast<std::size_t>(std::count_if(ids.begin(), ids.end(), [&](const Id& id) {
      return status_now(*house.store, id) == Status::pending;
    }));
    most = std::max(most, waiting);
    CHECK(value_of(house.store->recall(probe_of(offer(7)))).waiting == waiting);
  }
  CHECK(most > 8);
  CHECK(value_of(house.store->recall(probe_of(remark()))).waiting == 0);
  for (int i = 0; i < 100; ++i) submit(*house.store, offer(i));
  CHECK(value_of(house.store->recall(probe_of(offer(7)))).waiting == 64);
}

TEST_CASE("near copies are forgotten after 30 days, what people decided after 180") {
  House house;
  const Id a = submit(*house.store, offer(1));
  const Id b = submit(*house.store, offer(2));
  Draft machine = offer(3);
  machine.status = Status::spam;
  submit(*house.store, machine);
  value_of(house.store->settle(deciding(DecisionKind::spam, {a})));
  value_of(house.store->settle(deciding(DecisionKind::approve, {b})));
  check_near(facts_of(*house.store, at(offer(4), kNoon + 29 * kDay)), 3, 2, 1, 1);
  for (int round = 0; round < 3; ++round) {
    // The comments called spam are gone after 30 days; what they taught is not.
    check_near(facts_of(*house.store, at(offer(4), kNoon + 31 * kDay)), 0, 1, 1, 1);
    check_near(facts_of(*house.store, at(offer(4), kNoon + 179 * kDay)), 0, 1, 1, 1);
    check_near(facts_of(*house.store, at(offer(4), kNoon + 181 * kDay)), 0, 0, 0, 0);
    if (round == 0) sweep_all(*house.store, kNoon + 31 * kDay);
    if (round == 1) house.reopen();
  }
  CHECK(refusal(house.store->comment({}, a)).code == Code::not_found);
  // The same text again, now that `copies` has forgotten it, is known as well.
  check_near(facts_of(*house.store, at(offer(1), kNoon + 40 * kDay)), 0, 1, 1, 1);
  sweep_all(*house.store, kNoon + 181 * kDay);
  house.reopen();
  check_near(facts_of(*house.store, at(offer(4), kNoon + 31 * kDay)), 0, 0, 0, 0);
}

TEST_CASE("a forgotten person's sketches go, also of comments that retention took before") {
  struct Case {
    const char* name;
    std::function<void(Forget&)> who;
  };
  for (const Case& one : std::vector<Case>{{"email", [](Forget& f) { f.email = "Ana@people.example"; }},
                                           {"author id", [](Forget& f) { f.author_id = "user-7"; }},
                                           {"address", [](Forget& f) { f.ip = "192.0.2.7"; }}}) {
    CAPTURE(one.name);
    for (const bool swept : {false, true}) {
      CAPTURE(swept);
      House house;
      Draft ana = offer(1);
      ana.author_id = "user-7";
      const Id a = submit(*house.store, ana);
      Draft ben = offer(2);
      ben.name = "Ben";
      ben.email = "ben@people.example";
      ben.ip = "203.0.113.9";
      const Id b = submit(*house.store, ben);
      value_of(house.store->settle(deciding(DecisionKind::spam, {a, b})));
      const Time then = kNoon + 31 * kDay;
      if (swept) sweep_all(*house.store, then);
      check_near(facts_of(*house.store, at(offer(4), then)), 0, 2, 2, 0);
      Forget wish;
      one.who(wish);
      wish.now = then;
      CHECK(value_of(house.store->forget(wish)).comments == (swept ? 0 : 1));
      check_near(facts_of(*house.store, at(offer(4), then)), 0, 1, 1, 0);
      house.reopen();
      check_near(facts_of(*house.store, at(offer(4), then)), 0, 1, 1, 0);
    }
  }
}

TEST_CASE("a removed comment takes its sketch along, unless it was spam") {
  House house;
  const Id a = submit(*house.store, offer(1));
  const Id b = submit(*house.store, offer(2));
  value_of(house.store->settle(deciding(DecisionKind::spam, {b})));
  done(house.store->remove({}, a, "front", kNoon));
  check_near(facts_of(*house.store, offer(4)), 1, 1, 1, 0);
  done(house.store->remove({}, b, "front", kNoon));
  for (int round = 0; round < 2; ++round) {
    check_near(facts_of(*house.store, offer(4)), 1, 1, 1, 0);
    house.reopen();
  }
}

TEST_CASE("an archive fills what is known of spam and ham, and undo takes its labels back") {
  House house;
  std::vector<Import> rows;
  for (int i = 0; i < 3; ++i) {
    Import row;
    row.keep = keep_of(offer(i));
    row.label = i == 2 ? DecisionKind::approve : DecisionKind::spam;
    rows.push_back(std::move(row));
  }
  value_of(house.store->import(rows));
  for (int round = 0; round < 2; ++round) {
    check_near(facts_of(*house.store, offer(4)), 3, 2, 2, 1);
    house.reopen();
  }
  for (const Decision& decision : value_of(house.store->decisions({})).items) {
    value_of(house.store->undo(undoing(decision.id)));
  }
  check_near(facts_of(*house.store, offer(4)), 3, 0, 0, 0);
}

TEST_CASE("what is known is bounded, and a million equal ones cost a look no more than a few") {
  sqlite::Near near({.recent = 1'024, .spam = 64, .ham = 64});
  const Sketch sketch = offer(1).sketch;
  const auto entry = [&](std::int64_t seq) {
    return sqlite::NearEntry{.seq = seq, .site = 1, .copy_hash = seq, .at = kNoon, .sketch = sketch};
  };
  // An old one is known for its verdict however many came since.
  near.kept(0, entry(1), sqlite::Kin::told_spam);
  for (std::int64_t seq = 2; seq <= 100'000; ++seq) near.kept(0, entry(seq), sqlite::Kin::recent);
  const sqlite::Near::Ask ask{.site = 1, .copy_hash = 0, .sketch = sketch, .now = kNoon, .self = 0};
  const sqlite::Near::Seen seen = near.look(ask, 0);
  CHECK(seen.copies == 64);
  CHECK(seen.spam_told == 1);
  const std::vector<std::int64_t> others = near.others(ask, 20);
  REQUIRE(others.size() == 20);
  CHECK(others.front() == 100'000);
  // What left the ring is not found, and its number cannot harm who came after it.
  near.gone(2);
  near.gone(100'000);
  CHECK(near.others(ask, 20).front() == 99'999);
  near.stands(entry(1), sqlite::Kin::told_ham, false);
  CHECK(near.look(ask, 0).spam == 0);
  CHECK(near.look(ask, 0).ham == 1);
}

TEST_CASE("a look ends after 128 that are not near, and takes near ones for none of them") {
  Sketch sketch{};
  for (std::size_t i = 0; i < sketch.size(); ++i) sketch[i] = static_cast<std::uint8_t>(i + 1);
  // Half of all bands in common, and near it is not.
  Sketch other = sketch;
  for (std::size_t i = sketch.size() / 2; i < sketch.size(); ++i) other[i] = 255;
  for (const int between : {25, 40}) {
    sqlite::Near near;
    std::int64_t seq = 0;
    const auto put = [&](const Sketch& which) {
      ++seq;
      near.kept(0, {.seq = seq, .site = 1, .copy_hash = seq, .at = kNoon, .sketch = which},
                sqlite::Kin::recent);
    };
    put(sketch);
    for (int i = 0; i < between; ++i) put(other);
    const sqlite::Near::Ask ask{.site = 1, .copy_hash = 0, .sketch = sketch, .now = kNoon, .self = 0};
    // 32 steps along each of four bands.
    CHECK(near.look(ask, 0).copies == (between < 32 ? 1 : 0));
    // Whoever asks for all of them gets it.
    CHECK(near.alike(ask, 1'024).seqs.size() == 1);
    CHECK(near.others(ask, 64) == std::vector<std::int64_t>{1});
    CHECK(near.waiting(ask, 64).empty());
    near.set_waits(1, true);
    CHECK(near.waiting(ask, 64) == std::vector<std::int64_t>{1});
    for (int i = 0; i < 63; ++i) put(sketch);
    CHECK(near.look(ask, 0).copies == 63);  // the oldest is behind 64 others of its bands
  }
}

TEST_CASE("a shelf knows what it holds, whatever came, went or was renamed") {
  constexpr std::size_t kRoom = 3'000;
  sqlite::Shelf shelf(kRoom);
  std::vector<std::int64_t> ring(kRoom, 0);  // what must be there, by place; 0: gone
  std::size_t next = 0;
  const Sketch sketch = offer(1).sketch;
  std::mt19937 random(7);
  const auto forget = [&](std::int64_t seq) { std::replace(ring.begin(), ring.end(), seq, std::int64_t{0}); };
  const auto some = [&] { return static_cast<std::int64_t>(random() % 8'000) + 1; };
  for (int step = 0; step < 60'000; ++step) {
    const std::int64_t seq = random() % 3 == 0 ? -some() : some();
    switch (random() % 8) {
      case 0:
        shelf.drop(seq);
        forget(seq);
        break;
      case 1: {
        const std::int64_t to = 100'000 + step;
        shelf.rename(seq, to);
        std::replace(ring.begin(), ring.end(), seq, to);
        break;
      }
      default:
        shelf.put({.seq = seq, .site = 1, .copy_hash = 0, .at = kNoon, .sketch = sketch}, false);
        forget(seq);
        ring[next++ % kRoom] = seq;
    }
    const std::int64_t asked = some();
    CHECK(shelf.has(asked) == (std::find(ring.begin(), ring.end(), asked) != ring.end()));
  }
  CHECK(shelf.size() == kRoom - static_cast<std::size_t>(std::count(ring.begin(), ring.end(), 0)));
  for (const std::int64_t seq : ring) CHECK((seq == 0 || shelf.has(seq)));
}

TEST_CASE("of what people called spam a site keeps the newest 20,000") {
  House house;
  const std::int64_t many = sqlite::kToldOfSite + 30;
  std::vector<Id> ids;
  std::vector<Import> rows;
  for (std::int64_t i = 0; i < many; ++i) {
    Import row;
    Draft draft;
    draft.content = std::to_string(i);
    draft.rules = {};
    // Thirty of one kind, then others.
    draft.sketch = i < 30 ? offer(1).sketch : remark().sketch;
    draft.copy_hash = static_cast<std::uint64_t>(i + 1);
    row.keep = keep_of(draft);
    row.label = DecisionKind::spam;
    rows.push_back(std::move(row));
    if (rows.size() == 1'000 || i + 1 == many) {
      value_of(house.store->import(std::move(rows)));
      rows.clear();
    }
  }
  check_near(facts_of(*house.store, offer(4)), 30, 30, 30, 0);
  sweep_all(*house.store, kNoon + kHour);
  for (int round = 0; round < 2; ++round) {
    check_near(facts_of(*house.store, offer(4)), 0, 0, 0, 0);
    check_near(facts_of(*house.store, offer(4)), 0, 0, 0, 0);
    house.reopen();
  }
  Draft known = remark();
  known.copy_hash = 0;
  CHECK(facts_of(*house.store, known).near_spam_told == 64);
}
