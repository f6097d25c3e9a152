// What the moderators' desk asks of the queue: who decided, when it was written, what is like it, how many
// there are, and leases on certain comments.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "analysis/sketch.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

// The same offer to another person at another price.
Draft offer(int number, const std::string& site = "blog") {
  static const char* const kNames[] = {"Olga", "Mary", "Ines", "Ruth", "Vera", "Emma", "Lena", "Nora"};
  Draft draft;
  draft.site = site;
  draft.content = std::string("My friend ") + kNames[number % 8] + " earns " + std::to_string(1000 + number) +
                  " dollars a month working from her home computer, and you can start earning today as well";
  draft.copy_hash = copy_hash(draft.content);
  draft.sketch = sketch_of(ascii_lower(draft.content));
  return draft;
}

QueueQuery any(const std::string& site = "") {
  QueueQuery query;
  query.site = site;
  query.status.reset();
  query.now = kNoon;
  return query;
}

Settle by(const std::string& name, const Id& token, DecisionKind kind, std::vector<Id> ids) {
  Settle settle = deciding(kind, std::move(ids));
  settle.by = name;
  settle.by_token = token;
  return settle;
}

std::vector<Id> sorted(std::vector<Id> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

struct People {
  Id mona = new_id(kNoon), other_mona = new_id(kNoon), ben = new_id(kNoon);
};

}  // namespace

TEST_CASE("the desk's filters find what a walk over all comments finds, in every order") {
  for (const unsigned seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
    House house;
    Store& store = *house.store;
    done(store.add_site(site_named("other"), {}));
    const People people;
    const std::vector<std::pair<std::string, Id>> who = {
        {"mona", people.mona}, {"mona", people.other_mona}, {"ben", people.ben}};
    struct Known {
      std::string site;
      Time shown_at = 0;
      std::vector<std::pair<Id, std::size_t>> decisions;  // standing, the latest last; who
      std::set<Id> changed_by;
      bool gone = false;
    };
    std::map<Id, Known> known;
    std::vector<Id> ids;   // in order of arrival
    std::vector<Id> made;  // decisions in order, undone ones too
    std::map<Id, std::vector<Id>> of_decision;
    for (int i = 0; i < 120; ++i) {
      Draft draft;
      draft.site = pick(3) == 0 ? "other" : "blog";
      draft.content = "remark number " + std::to_string(i) + (pick(2) == 0 ? " red" : " blue");
      draft.now = kNoon + i * kSecond;
      if (pick(3) == 0) draft.created_at = kNoon - static_cast<Time>(pick(50)) * kDay;
      draft.score = static_cast<double>(pick(10));
      const Id id = add(store, draft);
      ids.push_back(id);
      known[id].site = draft.site;
      known[id].shown_at = draft.created_at.value_or(draft.now);
      if (i == 60) done(store.index_step());
    }
    for (int step = 0; step < 150; ++step) {
      const std::size_t act = pick(10);
      if (act < 7) {
        std::vector<Id> some;
        for (std::size_t n = 1 + pick(6); n > 0; --n) some.push_back(ids[pick(ids.size())]);
        const std::size_t person = pick(who.size());
        const auto settled = value_of(store.settle(
            by(who[person].first, who[person].second, static_cast<DecisionKind>(pick(3)), some)));
        if (settled.id == Id{}) continue;
        made.push_back(settled.id);
        std::set<Id> skipped;
        for (const Skipped& one : settled.skipped) skipped.insert(one.id);
        std::map<Id, int> times;
        for (const Id& id : some) ++times[id];
        for (const auto& [id, count] : times) {
          // Named twice it was skipped as already decided the second time.
          const auto skips = std::count_if(settled.skipped.begin(), settled.skipped.end(),
                                           [&](const Skipped& one) { return one.id == id; });
          if (skips >= count || known[id].gone) continue;
          known[id].decisions.emplace_back(settled.id, person);
          known[id].changed_by.insert(settled.id);
          of_decision[settled.id].push_back(id);
        }
      } else if (act < 9 && !made.empty()) {
        const Id decision = made[pick(made.size())];
        const auto undone = store.undo(undoing(decision));
        if (!undone || undone->id == Id{}) continue;
        for (const Id& id : of_decision[decision]) {
          auto& standing = known[id].decisions;
          if (known[id].gone || standing.empty() || standing.back().first != decision) continue;
          standing.pop_back();
          known[id].changed_by.insert(undone->id);
        }
      } else {
        const Id id = ids[pick(ids.size())];
        if (known[id].gone) continue;
        done(store.remove({}, id, "admin", kNoon));
        known[id].gone = true;
      }
    }
    if (seed == 2) house.reopen();
    if (seed == 3)
      for (int i = 0; i < 5; ++i) done(house.store->index_step());
    Store& now = *house.store;
    const auto expect = [&](const auto& wants, const std::string& site) {
      std::vector<Id> found;
      for (const Id& id : ids) {
        const Known& one = known[id];
        if (!one.gone && (site.empty() || one.site == site) && wants(id, one)) found.push_back(id);
      }
      return found;
    };
    const auto check = [&](QueueQuery query, const auto& wants) {
      for (const std::string site : {"", "blog", "other"}) {
        CAPTURE(site);
        for (const std::uint32_t limit : {3U, 200U}) {
          query.site = site;
          query.limit = limit;
          query.sort = Sort::oldest;
          std::vector<Id> expected = expect(wants, site);
          CHECK(all_of(now, query) == expected);
          CHECK(value_of(now.count(query, 1'000)) == Tally{expected.size(), false});
          if (expected.size() > 1) CHECK(value_of(now.count(query, 1)) == Tally{1, true});
          QueueQuery reach = query;
          reach.site.clear();
          reach.reach = site;
          CHECK(all_of(now, reach) == expected);
          query.sort = Sort::newest;
          std::reverse(expected.begin(), expected.end());
          CHECK(all_of(now, query) == expected);
          if (query.decided_by_token || !query.decided_by.empty()) {
            query.sort = Sort::decided;
            std::stable_sort(expected.begin(), expected.end(), [&](const Id& a, const Id& b) {
              const auto place = [&](const Id& id) {
                return std::find(made.begin(), made.end(), known[id].decisions.back().first);
              };
              return place(a) > place(b);
            });
            CHECK(all_of(now, query) == expected);
          }
        }
      }
    };
    const auto person = [&](const Known& one, std::size_t which) {
      return !one.decisions.empty() && one.decisions.back().second == which;
    };
    QueueQuery mine = any();
    mine.decided_by_token = people.mona;
    check(mine, [&](const Id&, const Known& one) { return person(one, 0); });
    QueueQuery named = any();
    named.decided_by = "mona";
    check(named, [&](const Id&, const Known& one) { return person(one, 0) || person(one, 1); });
    named.decided_by = "nobody";
    check(named, [](const Id&, const Known&) { return false; });
    mine.text = "red";
    check(mine, [&](const Id& id, const Known& one) {
      return person(one, 0) && value_of(now.comment({}, id)).content.ends_with("red");
    });
    mine.text.clear();
    mine.status = Status::spam;
    check(mine, [&](const Id& id, const Known& one) {
      return person(one, 0) && status_now(now, id) == Status::spam;
    });
    for (const int days : {0, 1, 10, 30, 60}) {
      CAPTURE(days);
      QueueQuery query = any();
      query.since = kNoon - days * kDay;
      check(query, [&](const Id&, const Known& one) { return one.shown_at >= *query.since; });
      query.until = kNoon - (days - 7) * kDay;
      check(query, [&](const Id&, const Known& one) {
        return one.shown_at >= *query.since && one.shown_at < *query.until;
      });
      query.text = "blue";
      check(query, [&](const Id& id, const Known& one) {
        return one.shown_at >= *query.since && one.shown_at < *query.until &&
               value_of(now.comment({}, id)).content.ends_with("blue");
      });
    }
    REQUIRE(made.size() > 10);
    for (std::size_t i = 0; i < made.size(); i += 7) {
      QueueQuery query = any();
      query.decision = made[i];
      check(query, [&](const Id&, const Known& one) { return one.changed_by.contains(made[i]); });
    }
    // What the counters say is what the filter finds.
    for (const std::string site : {"", "blog", "other"}) {
      for (std::size_t i = 0; i < who.size(); ++i) {
        const QueueCounts counts = value_of(now.queue_counts({}, site, who[i].second));
        const auto expected = expect([&](const Id&, const Known& one) { return person(one, i); }, site);
        CHECK(counts.decided == Tally{expected.size(), false});
        CHECK(value_of(now.queue_counts(site, {}, who[i].second)).decided == counts.decided);
      }
      const QueueCounts counts = value_of(now.queue_counts({}, site, people.ben));
      QueueQuery pending = any(site);
      pending.status = Status::pending;
      const auto waiting = all_of(now, pending);
      CHECK(counts.pending == waiting.size());
      CHECK(counts.pending + counts.approved + counts.rejected + counts.spam ==
            expect([](const Id&, const Known&) { return true; }, site).size());
      REQUIRE(counts.oldest_pending.has_value() == !waiting.empty());
      if (!waiting.empty())
        CHECK(*counts.oldest_pending == value_of(now.comment({}, waiting.front())).received_at);
    }
  }
}

TEST_CASE("the order of decisions is refused without a person, and its cursors elsewhere") {
  House house;
  const Id token = new_id(kNoon);
  std::vector<Id> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(add(*house.store, {}));
  done(house.store->settle(by("mona", token, DecisionKind::spam, ids)));
  QueueQuery query = any();
  query.sort = Sort::decided;
  CHECK(refusal(house.store->queue(query)).where == "?sort");
  query.decided_by = "mona";
  query.limit = 2;
  const QueuePage page = value_of(house.store->queue(query));
  REQUIRE(page.next);
  query.cursor = *page.next;
  CHECK(value_of(house.store->queue(query)).items.size() == 2);
  for (const Sort sort : {Sort::oldest, Sort::newest}) {
    query.sort = sort;
    CHECK(refusal(house.store->queue(query)).where == "?cursor");
  }
  query.sort = Sort::decided;
  query.cursor = "p1-1.00";
  CHECK(refusal(house.store->queue(query)).where == "?cursor");
  // The log of decisions has cursors of its own.
  DecisionQuery log;
  log.cursor = *page.next;
  CHECK(refusal(house.store->decisions(log)).where == "?cursor");
}

TEST_CASE("a comment brings those that are like it, of its site alone, in any status") {
  House house;
  Store& store = *house.store;
  done(store.add_site(site_named("other"), {}));
  std::vector<Id> campaign;
  for (int i = 0; i < 100; ++i) campaign.push_back(add(store, offer(i)));
  for (int i = 0; i < 3; ++i) campaign.push_back(add(store, offer(0)));  // exactly the same
  const Id there = add(store, offer(5, "other"));
  Draft brief;  // too short for a sketch
  brief.content = "great post thanks";
  brief.copy_hash = copy_hash(brief.content);
  std::vector<Id> brief_ones;
  for (int i = 0; i < 5; ++i) brief_ones.push_back(add(store, brief));
  const Id alone = add(store, {});
  done(store.settle(deciding(DecisionKind::spam, {campaign[1], campaign[2]})));
  done(store.settle(deciding(DecisionKind::approve, {brief_ones[0]})));
  const auto like = [&](const Id& id, const std::string& reach = {}) {
    QueueQuery query = any();
    query.reach = reach;
    query.like = id;
    return sorted(all_of(store, query));
  };
  for (const int indexed : {0, 1}) {
    CAPTURE(indexed);
    CHECK(like(campaign[50]) == sorted(campaign));
    CHECK(like(campaign[1]) == sorted(campaign));
    CHECK(like(there) == std::vector<Id>{there});
    CHECK(like(there, "blog").empty());
    CHECK(like(there, "other") == std::vector<Id>{there});
    CHECK(like(brief_ones[3]) == sorted(brief_ones));
    CHECK(like(alone) == std::vector<Id>{alone});
    CHECK(like(new_id(kNoon)).empty());
    QueueQuery query = any("blog");
    query.status = Status::pending;
    query.like = campaign[7];
    query.sort = Sort::useful;
    CHECK(all_of(store, query).size() == 101);
    query.sort = Sort::score;
    query.limit = 10;
    CHECK(all_of(store, query).size() == 101);
    query.site = "other";
    CHECK(all_of(store, query).empty());
    const Detail detail = value_of(store.detail({}, campaign[7], kNoon));
    CHECK(detail.near == Tally{103, false});
    CHECK(detail.near_pending == 101);
    const Detail short_one = value_of(store.detail({}, brief_ones[4], kNoon));
    CHECK(short_one.near == Tally{5, false});
    CHECK(short_one.near_pending == 4);
    CHECK(value_of(store.detail({}, alone, kNoon)).near == Tally{1, false});
    for (int i = 0; i < 5; ++i) done(store.index_step());
  }
  // All of it with one decision.
  Settle settle = deciding(DecisionKind::spam, {});
  settle.filter = in_site();
  settle.filter->like = campaign[7];
  settle.expected = 100;
  CHECK(refusal(store.settle(settle)).where == "/expected");
  settle.expected = 101;
  CHECK(value_of(store.settle(settle)).changed == 101);
  CHECK(value_of(store.detail({}, campaign[7], kNoon)).near_pending == 0);
}

TEST_CASE("a cluster beyond the bound says that there is more") {
  House house;
  std::vector<Import> many(600);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].keep = keep_of(offer(static_cast<int>(i)));
  done(house.store->import(std::move(many)));
  const Id one = add(*house.store, offer(7));
  const Detail detail = value_of(house.store->detail({}, one, kNoon));
  CHECK(detail.near == Tally{500, true});
  CHECK(detail.near_pending == 500);
  QueueQuery query = any();
  query.like = one;
  CHECK(value_of(house.store->count(query, 10'000)) == Tally{601, false});
}

TEST_CASE("certain comments are leased to who asks, unless somebody else holds them") {
  House house;
  Store& store = *house.store;
  done(store.add_site(site_named("other"), {}));
  const Id a = add(store, {}), b = add(store, {}), c = add(store, {});
  Draft elsewhere;
  elsewhere.site = "other";
  const Id there = add(store, elsewhere);
  done(store.settle(deciding(DecisionKind::spam, {c})));
  const auto ask = [&](const std::string& holder, std::vector<Id> ids, Time now = kNoon, Once once = {}) {
    ClaimThese claim;
    claim.reach = "blog";
    claim.ids = std::move(ids);
    claim.holder = holder;
    claim.token = new_id(kNoon);
    claim.now = now;
    claim.until = now + 10 * kMinute;
    claim.once = std::move(once);
    return store.claim_these(claim);
  };
  const Once once{.scope = "s", .key = "k", .fingerprint = "f", .at = kNoon};
  const auto first = value_of(ask("mona", {b, a, b, c, there, new_id(kNoon)}, kNoon, once));
  REQUIRE(first.items.size() == 2);
  CHECK(first.items[0].comment.id == b);
  CHECK(first.items[1].comment.id == a);
  CHECK(first.items[0].lease->until == kNoon + 10 * kMinute);
  CHECK(first.held.empty());
  REQUIRE(first.gone.size() == 3);
  CHECK(first.gone[0] == c);
  CHECK(first.gone[1] == there);

  const Once theirs{.scope = "t", .key = "k", .fingerprint = "f", .at = kNoon};
  const auto second = value_of(ask("ben", {a, b}, kNoon + kMinute, theirs));
  CHECK(second.items.empty());
  REQUIRE(second.held.size() == 2);
  CHECK(second.held[0].id == a);
  CHECK(second.held[0].lease.holder == "mona");
  CHECK(second.held[0].lease.until == kNoon + 10 * kMinute);
  CHECK(second.gone.empty());

  // Again: what the first call did, whatever became of it since.
  done(store.settle(deciding(DecisionKind::approve, {b})));
  const auto again = value_of(ask("mona", {b, a, b, c, there}, kNoon + kMinute, once));
  CHECK(again.replayed);
  REQUIRE(again.items.size() == 2);
  CHECK(again.items[0].comment.status == Status::approved);
  CHECK(again.items[1].lease->until == kNoon + 10 * kMinute);
  CHECK(again.gone.size() == 3);
  const auto replayed = value_of(ask("ben", {a, b}, kNoon + 2 * kMinute, theirs));
  CHECK(replayed.replayed);
  REQUIRE(replayed.held.size() == 2);
  CHECK(replayed.held[0].lease.holder == "mona");
  CHECK(replayed.held[1].lease.holder == "");
  Once other = once;
  other.fingerprint = "g";
  CHECK(refusal(ask("mona", {a}, kNoon, other)).code == Code::conflict);

  // The own one is renewed, and all end by themselves.
  CHECK(value_of(ask("mona", {a}, kNoon + 5 * kMinute)).items.front().lease->until == kNoon + 15 * kMinute);
  CHECK(value_of(ask("ben", {a}, kNoon + 14 * kMinute)).held.size() == 1);
  CHECK(value_of(ask("ben", {a}, kNoon + 15 * kMinute)).items.size() == 1);
  CHECK(value_of(ask("mona", {a, b}, kNoon + 16 * kMinute)).gone == std::vector<Id>{b});
  done(store.unclaim("ben", {a}));
  CHECK(value_of(ask("mona", {a}, kNoon + 16 * kMinute)).items.size() == 1);
  CHECK(refusal(ask("", {a})).code == Code::invalid);
  CHECK(refusal(ask("mona", std::vector<Id>(limits::kClaimIds + 1, a))).code == Code::too_large);
}

TEST_CASE("a history says what stands and what was undone") {
  House house;
  Store& store = *house.store;
  const Id id = add(store, {});
  const Id first = value_of(store.settle(deciding(DecisionKind::spam, {id}))).id;
  const Id second = value_of(store.settle(deciding(DecisionKind::approve, {id}))).id;
  const auto lines = [&] {
    std::map<Id, HistoryEntry> of;
    for (const HistoryEntry& entry : value_of(store.detail({}, id, kNoon)).history)
      if (entry.decision)
        of[*entry.decision] = entry;
      else
        CHECK_FALSE(entry.stands.has_value());
    return of;
  };
  auto now = lines();
  CHECK(now[first].stands == false);
  CHECK(now[first].undone == false);
  CHECK(now[second].stands == true);
  const Id undo = value_of(store.undo(undoing(second))).id;
  now = lines();
  CHECK(now[first].stands == true);
  CHECK(now[second].stands == false);
  CHECK(now[second].undone == true);
  CHECK(now[first].undone == false);
  CHECK(now[undo].undoes == second);
  CHECK_FALSE(now[undo].stands.has_value());
}

TEST_CASE("the log of one token is its own, and shows how its comments begin") {
  House house;
  Store& store = *house.store;
  done(store.add_site(site_named("other"), {}));
  const People people;
  std::vector<Id> ids;
  for (int i = 0; i < 5; ++i) {
    Draft draft;
    draft.content = "<b>Number&nbsp;" + std::to_string(i) + "</b>\r\n\r\n  of many " + std::string(200, 'x');
    draft.name = "Ana " + std::to_string(i);
    ids.push_back(add(store, draft));
  }
  Draft elsewhere;
  elsewhere.site = "other";
  elsewhere.content = "\xC3\xA4\xC3\xB6";
  ids.push_back(add(store, elsewhere));
  const Id own = value_of(store.settle(by("mona", people.mona, DecisionKind::spam, ids))).id;
  const Id second = value_of(store.settle(by("mona", people.other_mona, DecisionKind::approve, {ids[1]}))).id;
  DecisionQuery query;
  query.by_token = people.mona;
  auto page = value_of(store.decisions(query));
  REQUIRE(page.items.size() == 1);
  CHECK(page.items[0].id == own);
  REQUIRE(page.items[0].sample.size() == 3);
  CHECK(page.items[0].sample[0] ==
        Decision::Sample{ids[0], "Number 0 of many " + std::string(63, 'x'), "Ana 0"});
  query.by_token.reset();
  query.by = "mona";
  CHECK(value_of(store.decisions(query)).items.size() == 2);
  // Seen by one site: its own comments alone.
  query.reach = "other";
  page = value_of(store.decisions(query));
  REQUIRE(page.items.size() == 1);
  REQUIRE(page.items[0].sample.size() == 1);
  CHECK(page.items[0].sample[0].begins == "\xC3\xA4\xC3\xB6");
  query.by_token = people.ben;
  CHECK(value_of(store.decisions(query)).items.empty());
  done(store.remove({}, ids[1], "admin", kNoon));
  CHECK(value_of(store.decision({}, second)).sample.empty());
  CHECK(value_of(store.decision({}, own)).sample[1].id == ids[2]);
}

TEST_CASE("a stretch of time far back is found at once among many") {
  House house;
  constexpr int kMany = 12'000;
  std::vector<Import> some;
  for (int i = 0; i < kMany; ++i) {
    Draft draft;
    draft.content = "x";
    draft.email = draft.ip = "";
    draft.created_at = kNoon - kMany * kMinute + i * kMinute;
    some.emplace_back().keep = keep_of(draft);
    if (some.size() == 2'000) done(house.store->import(std::exchange(some, {})));
  }
  // Whatever is indexed so far, the answer is the same; indexed whole, one page holds it.
  QueueQuery query = in_site();
  query.since = kNoon - 11'000 * kMinute;
  query.until = *query.since + 30 * kMinute;
  CHECK(all_of(*house.store, query).size() == 30);
  for (int i = 0; i < 200; ++i) done(house.store->index_step());
  for (const Sort sort : {Sort::oldest, Sort::newest}) {
    query.sort = sort;
    const QueuePage page = value_of(house.store->queue(query));
    CHECK(page.items.size() == 30);
    CHECK_FALSE(page.next);
  }
  CHECK(value_of(house.store->count(query, 100)) == Tally{30, false});
}
