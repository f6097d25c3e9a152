// What is most useful to decide first, and what is left that is like what was decided.
#include <algorithm>
#include <cmath>

#include "analysis/sketch.h"
#include "analysis/text.h"
#include "store/sqlite/doubt.h"
#include "store_house.h"

using namespace chaffinch;
using sqlite::doubt_of;

TEST_SUITE_BEGIN("store");

namespace {

Draft written(const std::string& content) {
  Draft draft;
  draft.content = content;
  draft.copy_hash = copy_hash(content);
  draft.sketch = sketch_of(ascii_lower(content));
  return draft;
}

// The same offer to another person.
Draft offer(int number) {
  static const char* const kNames[] = {"Olga", "Mary", "Ines", "Ruth", "Vera", "Emma", "Lena", "Nora"};
  return written(std::string("My friend ") + kNames[number % 8] + " earns " + std::to_string(1000 + number) +
                 " dollars a month working from her home computer, and you can start earning today as well");
}

Draft remark(int number) {
  static const char* const kWhat[] = {
      "The third paragraph names the wrong year; the bridge was opened in the spring of 1987, I believe",
      "We planted ours behind the shed last autumn and lost nearly all of them to the first frost of May",
      "Could somebody explain why the second proof needs that lemma at all, it seems to follow directly"};
  return written(kWhat[number]);
}

Verdict verdict(double score, std::optional<double> probability = {}) {
  Verdict made;
  made.score = score;
  made.probability = probability;
  return made;
}

QueueQuery useful(const std::string& site = "blog") {
  QueueQuery query = in_site(site);
  query.sort = Sort::useful;
  return query;
}

std::vector<Id> ids_of(const NearPending& near) {
  std::vector<Id> ids;
  for (const Target& one : near.targets) ids.push_back(one.id);
  return ids;
}

}  // namespace

TEST_CASE("doubt is what verdict and learner are unsure of, less what a cluster is worth") {
  CHECK(doubt_of(verdict(3), 3, 1) == 0);
  CHECK(doubt_of(verdict(5.5), 3, 1) == 2.5);
  CHECK(doubt_of(verdict(0.5), 3, 1) == 2.5);
  CHECK(doubt_of(verdict(3, 0.5), 3, 1) == 0);
  CHECK(doubt_of(verdict(3, 1.0), 3, 1) == sqlite::kCertain / 2);
  CHECK(doubt_of(verdict(3, 0.0), 3, 1) == doubt_of(verdict(3, 1.0), 3, 1));
  CHECK(doubt_of(verdict(1, 0.5), 3, 1) == 1);
  // The nearer to even odds, the more there is to learn.
  CHECK(doubt_of(verdict(2, 0.6), 3, 1) < doubt_of(verdict(2, 0.9), 3, 1));
  CHECK(doubt_of(verdict(4), 3, 8) == doctest::Approx(1 - 3 * sqlite::kOfCluster));
  CHECK(doubt_of(verdict(4), 3, 0) == 1);
  CHECK(doubt_of(verdict(4), 3, 5'000) == doubt_of(verdict(4), 3, sqlite::kMostOfCluster));
}

TEST_CASE("a cluster stands before a single one of the same doubt, its newest first") {
  House house;
  const Id single = submit(*house.store, remark(0));
  std::vector<Id> cluster;
  for (int i = 0; i < 17; ++i) cluster.push_back(submit(*house.store, offer(i)));
  const Id other = submit(*house.store, remark(1));
  Draft surer = remark(2);
  surer.score = 9;
  const Id sure = submit(*house.store, surer);
  for (const std::uint32_t limit : {1U, 4U, 50U}) {
    QueueQuery query = useful();
    query.limit = limit;
    const std::vector<Id> ids = all_of(*house.store, query);
    REQUIRE(ids.size() == 20);
    CHECK(ids.front() == cluster.back());
    CHECK(ids.back() == sure);
    // As they came and saw more of each other; the first of them saw nobody, as the single ones.
    for (std::size_t i = 0; i < 16; ++i) CHECK(ids[i] == cluster[16 - i]);
    CHECK(ids[16] == single);
    CHECK(ids[17] == cluster.front());
    CHECK(ids[18] == other);
  }
}

TEST_CASE("a cluster is what waits: decided, published and foreign ones are not of it") {
  House house;
  REQUIRE(house.store->add_site(site_named("other"), {}).has_value());
  for (int i = 0; i < 4; ++i) {
    Draft foreign = offer(i);
    foreign.site = "other";
    submit(*house.store, foreign);
    Draft published = offer(20 + i);
    published.status = Status::approved;
    submit(*house.store, published);
  }
  std::vector<Id> rejected;
  for (int i = 0; i < 4; ++i) rejected.push_back(submit(*house.store, offer(40 + i)));
  done(house.store->settle(deciding(DecisionKind::reject, rejected)));
  const Id single = submit(*house.store, remark(0));
  const Id alone = submit(*house.store, offer(60));
  CHECK(all_of(*house.store, useful()) == std::vector<Id>{single, alone});  // as they came: equal doubt
  const Id second = submit(*house.store, offer(61));
  CHECK(all_of(*house.store, useful()) == std::vector<Id>{second, single, alone});
  // Equal ones count as nearly equal ones do, also where they are too short for a sketch.
  for (const char* text : {"nice post", "nice post", "nice post"}) submit(*house.store, written(text));
  const Id third = submit(*house.store, offer(61));
  const std::vector<Id> ids = all_of(*house.store, useful());
  CHECK(ids.size() == 7);
  CHECK(status_now(*house.store, ids[0]) == Status::pending);
  CHECK((ids[0] == third || ids[1] == third));
  CHECK(value_of(house.store->comment({}, ids[0])).content.size() +
            value_of(house.store->comment({}, ids[1])).content.size() <
        200);
}

TEST_CASE("the place in the order stays a cluster's when its comment is judged again or edited") {
  House house;
  for (int i = 0; i < 3; ++i) submit(*house.store, offer(i));
  const Id newest = submit(*house.store, offer(3));
  const Id single = submit(*house.store, remark(0));
  Rejudge again;
  again.now = kNoon + kHour;
  for (const Id& id : {newest, single}) {
    Rejudged one;
    one.id = id;
    one.version = 1;
    one.verdict = verdict(4, 0.5);
    one.verdict.action = Action::hold;
    again.all.push_back(one);
  }
  CHECK(value_of(house.store->rejudge(again)).changed == 2);
  CHECK(all_of(*house.store, useful()).front() == newest);
}

TEST_CASE("after a decision the pending ones that are nearly the same are named, as they stand") {
  House house;
  REQUIRE(house.store->add_site(site_named("other"), {}).has_value());
  std::vector<Id> offers;
  for (int i = 0; i < 6; ++i) offers.push_back(submit(*house.store, offer(i)));
  const Id same = submit(*house.store, offer(5));
  const Id unlike = submit(*house.store, remark(0));
  Draft foreign = offer(7);
  foreign.site = "other";
  submit(*house.store, foreign);
  Draft published = offer(8);
  published.status = Status::approved;
  submit(*house.store, published);

  const Settled one = value_of(house.store->settle(deciding(DecisionKind::spam, {offers[0]})));
  NearPending near = value_of(house.store->near_pending({}, one.id));
  CHECK(near.count == 6);
  CHECK(near.like == offers[0]);
  CHECK(ids_of(near) == std::vector<Id>{same, offers[5], offers[4], offers[3], offers[2], offers[1]});
  for (const Target& target : near.targets) CHECK(target.version == 1);
  CHECK(value_of(house.store->near_pending("blog", one.id)).count == 6);
  CHECK(value_of(house.store->near_pending("other", one.id)).count == 0);
  CHECK(value_of(house.store->near_pending("none", one.id)).count == 0);
  CHECK(value_of(house.store->near_pending({}, new_id(kNoon))).count == 0);

  // What they were named for: one more decision, and nothing is left.
  Settle rest = deciding(DecisionKind::spam, {});
  rest.targets = near.targets;
  const Settled two = value_of(house.store->settle(rest));
  CHECK(two.changed == 6);
  near = value_of(house.store->near_pending({}, two.id));
  CHECK(near.count == 0);
  CHECK(near.targets.empty());
  CHECK_FALSE(near.like.has_value());
  CHECK(status_now(*house.store, unlike) == Status::pending);
  // Asked again, it is as it stands now.
  CHECK(value_of(house.store->near_pending({}, one.id)).count == 0);
}

TEST_CASE("a decision over many names at most a hundred, and those too short for a sketch as well") {
  House house;
  std::vector<Id> offers;
  for (int i = 0; i < 180; ++i) offers.push_back(submit(*house.store, offer(i)));
  const Settled decided =
      value_of(house.store->settle(deciding(DecisionKind::spam, {offers.begin(), offers.begin() + 60})));
  const NearPending near = value_of(house.store->near_pending({}, decided.id));
  CHECK(near.count > 0);
  CHECK(near.count <= 120);
  CHECK(near.targets.size() <= 100);
  CHECK(near.targets.front().id == offers.back());
  REQUIRE(near.like.has_value());
  CHECK(std::find(offers.begin(), offers.begin() + 60, *near.like) != offers.begin() + 60);

  const Id nice = submit(*house.store, written("nice post"));
  const Id nicer = submit(*house.store, written("nice post"));
  submit(*house.store, written("nice boat"));
  const Settled one = value_of(house.store->settle(deciding(DecisionKind::approve, {nice})));
  CHECK(ids_of(value_of(house.store->near_pending({}, one.id))) == std::vector<Id>{nicer});
}

TEST_SUITE_END();
