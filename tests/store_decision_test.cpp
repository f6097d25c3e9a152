#include <thread>

#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

// All that a decision moves, to be compared before and after.
struct Everything {
  Facts facts;
  SiteStats stats;
  ArticleInfo article;
  std::vector<Block> blocks;

  explicit Everything(Store& store) {
    Draft draft;
    draft.domains = {"shop.example"};
    draft.copy_hash = 11;
    facts = value_of(store.recall(probe_of(draft))).facts;
    stats = value_of(store.stats("blog"));
    article = value_of(store.article("blog", "first-post"));
    blocks = value_of(store.blocks({}, {}, {}, 200, kNoon)).items;
  }
};

void check_equal(const Everything& a, const Everything& b) {
  CHECK(a.facts == b.facts);
  CHECK(a.stats.pending == b.stats.pending);
  CHECK(a.stats.approved == b.stats.approved);
  CHECK(a.stats.rejected == b.stats.rejected);
  CHECK(a.stats.spam == b.stats.spam);
  CHECK(a.stats.checked == b.stats.checked);
  CHECK(a.stats.decided_by_people == b.stats.decided_by_people);
  CHECK(a.stats.oldest_pending == b.stats.oldest_pending);
  REQUIRE(a.stats.rules.size() == b.stats.rules.size());
  for (std::size_t i = 0; i < a.stats.rules.size(); ++i) {
    CHECK(a.stats.rules[i].rule == b.stats.rules[i].rule);
    CHECK(a.stats.rules[i].hits == b.stats.rules[i].hits);
    CHECK(a.stats.rules[i].spam == b.stats.rules[i].spam);
    CHECK(a.stats.rules[i].approved == b.stats.rules[i].approved);
    CHECK(a.stats.rules[i].rejected == b.stats.rules[i].rejected);
  }
  CHECK(a.article.approved == b.article.approved);
  CHECK(a.article.pending == b.article.pending);
  CHECK(a.blocks == b.blocks);
}

}  // namespace

TEST_CASE(
    "undo takes a decision back exactly: status, counters, records, copies, statistics, blocks, learning") {
  for (const DecisionKind kind : {DecisionKind::approve, DecisionKind::reject, DecisionKind::spam}) {
    CAPTURE(static_cast<int>(kind));
    House house;
    Draft draft;
    draft.domains = {"shop.example"};
    draft.copy_hash = 11;
    std::vector<Id> ids;
    for (const Status status : {Status::pending, Status::pending, Status::approved, Status::spam}) {
      draft.status = status;
      ids.push_back(add(*house.store, draft));
    }
    const Everything before(*house.store);
    Settle settle = deciding(kind, ids);
    settle.reason = "house rules";
    settle.note = "please be kind";
    settle.block = {.author = true, .ip = true, .domain = true};
    const Settled settled = value_of(house.store->settle(settle));
    CHECK(settled.changed == 4);
    for (const Id& id : ids) {
      const Comment comment = value_of(house.store->comment({}, id));
      CHECK(comment.status == status_of(kind));
      CHECK(comment.decided);
      CHECK(comment.version == 2);
    }
    CHECK(Everything(*house.store).blocks.size() == 3);
    CHECK(Everything(*house.store).stats.decided_by_people == 4);
    CHECK(value_of(house.store->learn_events(0, 100)).size() == (kind == DecisionKind::reject ? 0 : 4));

    const Settled undone = value_of(house.store->undo(undoing(settled.id)));
    CHECK(undone.changed == 4);
    CHECK(undone.skipped.empty());
    check_equal(before, Everything(*house.store));
    for (const LearnEvent& event : value_of(house.store->learn_events(0, 100))) CHECK(event.taken_back);
    CHECK(status_now(*house.store, ids[2]) == Status::approved);
    CHECK(status_now(*house.store, ids[3]) == Status::spam);
    CHECK(value_of(house.store->comment({}, ids[0])).version == 3);
    CHECK_FALSE(value_of(house.store->comment({}, ids[0])).decided);

    const Decision line = value_of(house.store->decision({}, settled.id));
    CHECK(line.kind == kind);
    CHECK(line.by == "mona");
    CHECK(line.by_token == settle.by_token);
    CHECK(line.reason == "house rules");
    CHECK(line.note == "please be kind");
    CHECK(line.changed == 4);
    CHECK(line.standing == 0);
    CHECK(line.site == "blog");
    CHECK(line.undone_by == undone.id);
    const Decision back = value_of(house.store->decision({}, undone.id));
    CHECK(back.kind == DecisionKind::undo);
    CHECK(back.undoes == settled.id);

    const Settled again = value_of(house.store->undo(undoing(settled.id)));
    CHECK(again.id.empty());
    CHECK(again.changed == 0);
    CHECK(again.skipped.size() == 4);
    CHECK(again.skipped[0].why == "superseded");
    CHECK(refusal(house.store->undo(undoing(undone.id))).code == Code::invalid);
    check_equal(before, Everything(*house.store));
  }
}

TEST_CASE("a decision carries the version that was seen; a stale one is skipped and named") {
  House house;
  const Id id = add(*house.store, {});
  Settle settle = deciding(DecisionKind::approve, {id});
  settle.targets[0].version = 1;
  REQUIRE(value_of(house.store->settle(settle)).changed == 1);
  settle.kind = DecisionKind::spam;
  const Settled stale = value_of(house.store->settle(settle));
  CHECK(stale.id.empty());
  CHECK(stale.changed == 0);
  CHECK(stale.skipped == std::vector<Skipped>{{id, "stale"}});
  CHECK(status_now(*house.store, id) == Status::approved);
  CHECK(value_of(house.store->decisions({})).items.size() == 1);
}

TEST_CASE("what stands already, is unknown or only checked is skipped with its reason") {
  House house;
  Draft checked;
  checked.status = Status::checked;
  Draft machine;
  machine.status = Status::spam;
  const Id a = add(*house.store, {}), b = add(*house.store, checked), c = new_id(kNoon),
           m = add(*house.store, machine);
  const Settled settled = value_of(house.store->settle(deciding(DecisionKind::spam, {a, a, b, c, m})));
  CHECK(settled.changed == 2);  // the machine's word, confirmed by a person, is a decision
  CHECK(settled.skipped == std::vector<Skipped>{{a, "already"}, {b, "checked"}, {c, "not_found"}});
  CHECK(value_of(house.store->comment({}, m)).decided);
  CHECK(value_of(house.store->comment({}, m)).version == 2);
  CHECK(value_of(house.store->decision({}, settled.id)).skipped == settled.skipped);
  CHECK(status_now(*house.store, b) == Status::checked);
}

TEST_CASE(
    "only the latest decision can be undone; then the one before it stands again, with what it taught") {
  House house;
  const Id id = add(*house.store, {});
  const Settled first = value_of(house.store->settle(deciding(DecisionKind::approve, {id}, kNoon + 1)));
  const Settled second = value_of(house.store->settle(deciding(DecisionKind::spam, {id}, kNoon + 2)));
  CHECK(value_of(house.store->decision({}, first.id)).standing == 0);
  CHECK(value_of(house.store->decision({}, second.id)).standing == 1);
  auto events = value_of(house.store->learn_events(0, 10));
  REQUIRE(events.size() == 2);
  CHECK(events[0].taken_back);
  CHECK_FALSE(events[0].spam);
  CHECK_FALSE(events[1].taken_back);
  CHECK(events[1].spam);
  CHECK(events[0].seq < events[1].seq);

  CHECK(value_of(house.store->undo(undoing(first.id))).skipped == std::vector<Skipped>{{id, "superseded"}});
  CHECK(status_now(*house.store, id) == Status::spam);
  CHECK(value_of(house.store->undo(undoing(second.id))).changed == 1);
  CHECK(status_now(*house.store, id) == Status::approved);
  CHECK(value_of(house.store->comment({}, id)).decided);
  CHECK(value_of(house.store->decision({}, first.id)).standing == 1);
  events = value_of(house.store->learn_events(0, 10));
  CHECK_FALSE(events[0].taken_back);
  CHECK(events[1].taken_back);
  CHECK(value_of(house.store->undo(undoing(first.id))).changed == 1);
  CHECK(status_now(*house.store, id) == Status::pending);
  CHECK_FALSE(value_of(house.store->comment({}, id)).decided);

  const auto history = value_of(house.store->detail({}, id, kNoon)).history;
  std::vector<std::string> what;
  for (const HistoryEntry& entry : history) what.push_back(entry.what);
  CHECK(what == std::vector<std::string>{"submitted", "approve", "spam", "undo", "undo"});
  CHECK(history[2].before == Status::approved);
  CHECK(history[2].after == Status::spam);
}

TEST_CASE("an undo of many restores those that it still holds and names the others") {
  House house;
  std::vector<Id> ids;
  for (int i = 0; i < 300; ++i) ids.push_back(add(*house.store, {}));
  const Settled all = value_of(house.store->settle(deciding(DecisionKind::spam, ids)));
  CHECK(all.changed == 300);
  value_of(house.store->settle(deciding(DecisionKind::approve, {ids[7]})));
  REQUIRE(house.store->remove({}, ids[8], "author", kNoon).has_value());
  CHECK(value_of(house.store->decision({}, all.id)).standing == 298);
  const Settled undone = value_of(house.store->undo(undoing(all.id)));
  CHECK(undone.changed == 298);
  CHECK(undone.skipped == std::vector<Skipped>{{ids[7], "superseded"}});
  CHECK(value_of(house.store->stats("blog")).pending == 298);
  CHECK(value_of(house.store->stats("blog")).approved == 1);
}

TEST_CASE(
    "a decision by filter touches what the filter finds, and only when it finds as many as were shown") {
  House house;
  for (int i = 0; i < 10; ++i) {
    Draft draft;
    draft.content = i < 4 ? "buy casino chips" : "a kind word";
    add(*house.store, draft);
  }
  Settle settle = deciding(DecisionKind::spam, {});
  settle.filter = in_site();
  settle.filter->text = "casino";
  settle.expected = 5;
  const Error error = refusal(house.store->settle(settle));
  CHECK(error.code == Code::conflict);
  CHECK(error.what.find("4") != std::string::npos);
  settle.expected = 4;
  CHECK(value_of(house.store->settle(settle)).changed == 4);
  CHECK(value_of(house.store->stats("blog")).spam == 4);
  settle.reach = "nowhere";
  settle.expected.reset();
  CHECK(refusal(house.store->settle(settle)).code == Code::not_found);
}

TEST_CASE("a repeated key decides once") {
  House house;
  const Id id = add(*house.store, {});
  Settle settle = deciding(DecisionKind::approve, {id});
  settle.once = {"mona", "k", "f"};
  const Settled first = value_of(house.store->settle(settle));
  Settled again = value_of(house.store->settle(settle));
  CHECK(again.replayed);
  again.replayed = false;
  CHECK(again == first);
  Undo undo = undoing(first.id);
  undo.once = {"mona", "u", "f"};
  const Settled undone = value_of(house.store->undo(undo));
  CHECK(value_of(house.store->undo(undo)).id == undone.id);
  CHECK(value_of(house.store->comment({}, id)).version == 3);
}

TEST_CASE("only one of many moderators settles a comment at a version") {
  House house;
  const Id id = add(*house.store, {});
  std::atomic<int> changed{0}, stale{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      Settle settle = deciding(t % 2 == 0 ? DecisionKind::approve : DecisionKind::spam, {id});
      settle.targets[0].version = 1;
      const auto settled = house.store->settle(settle);
      if (settled) (settled->changed == 1 ? changed : stale)++;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(changed == 1);
  CHECK(stale == 15);
  CHECK(value_of(house.store->decisions({})).items.size() == 1);
}

TEST_CASE("the log pages newest first and filters by who, what and where") {
  House house;
  REQUIRE(house.store->add_site(site_named("other"), {}).has_value());
  Draft elsewhere;
  elsewhere.site = "other";
  std::vector<Id> lines;
  for (int i = 0; i < 9; ++i) {
    const Id id = add(*house.store, i % 3 == 0 ? elsewhere : Draft{});
    Settle settle = deciding(i % 2 == 0 ? DecisionKind::spam : DecisionKind::approve, {id});
    settle.by = i < 3 ? "ana" : "ben";
    lines.insert(lines.begin(), value_of(house.store->settle(settle)).id);
  }
  const auto all = [&](DecisionQuery query) {
    std::vector<Id> ids;
    query.limit = 2;
    while (true) {
      const DecisionPage page = value_of(house.store->decisions(query));
      for (const Decision& one : page.items) ids.push_back(one.id);
      if (!page.next) return ids;
      query.cursor = *page.next;
    }
  };
  CHECK(all({}) == lines);
  DecisionQuery query;
  query.by = "ana";
  CHECK(all(query).size() == 3);
  query = {};
  query.kind = DecisionKind::spam;
  CHECK(all(query).size() == 5);
  query = {};
  query.reach = "other";
  CHECK(all(query).size() == 3);
  CHECK(refusal(house.store->decision("blog", all(query)[0])).code == Code::not_found);
  Undo undo = undoing(all(query)[0]);
  undo.reach = "blog";
  CHECK(refusal(house.store->undo(undo)).code == Code::not_found);
  query.cursor = "d1.ffffffff";
  CHECK(refusal(house.store->decisions(query)).where == "?cursor");
}

TEST_CASE("a decision over several sites is each site's own part of it, to see and to take back") {
  House house;
  for (const char* id : {"other", "third"}) REQUIRE(house.store->add_site(site_named(id), {}).has_value());
  Draft there;
  there.site = "other";
  const Id a = add(*house.store, {}), b = add(*house.store, {}), c = add(*house.store, there);
  const Id gone = add(*house.store, there);
  value_of(house.store->settle(deciding(DecisionKind::spam, {gone})));
  Settle settle = deciding(DecisionKind::spam, {a, b, c, gone});
  settle.block.ip = true;
  const Settled all = value_of(house.store->settle(settle));
  REQUIRE(all.changed == 3);

  const auto seen = [&](const std::string& reach) { return value_of(house.store->decision(reach, all.id)); };
  CHECK(seen({}).changed == 3);
  CHECK(seen({}).site.empty());
  CHECK_FALSE(seen({}).partial);
  CHECK(seen({}).skipped.size() == 1);
  CHECK(seen("blog").changed == 2);
  CHECK(seen("blog").standing == 2);
  CHECK(seen("blog").site == "blog");
  CHECK(seen("blog").partial);
  CHECK(seen("blog").skipped.empty());
  CHECK(seen("other").changed == 1);
  CHECK(seen("other").skipped == std::vector<Skipped>{{gone, "already"}});
  CHECK(refusal(house.store->decision("third", all.id)).code == Code::not_found);
  const auto listed = [&](const std::string& reach) {
    DecisionQuery query;
    query.reach = reach;
    std::vector<Decision> found = value_of(house.store->decisions(query)).items;
    std::erase_if(found, [&](const Decision& one) { return one.id != all.id; });
    return found;
  };
  CHECK(listed("blog") == std::vector<Decision>{seen("blog")});
  CHECK(listed("other") == std::vector<Decision>{seen("other")});
  CHECK(listed("third").empty());
  DecisionQuery by_site;
  by_site.site = "blog";  // an admin who asks for one site
  CHECK(value_of(house.store->decisions(by_site)).items == std::vector<Decision>{seen("blog")});

  Undo undo = undoing(all.id);
  undo.reach = "third";
  CHECK(refusal(house.store->undo(undo)).code == Code::not_found);
  undo.reach = "blog";
  undo.once = {.scope = "mona", .key = "k", .fingerprint = "f"};
  const Settled part = value_of(house.store->undo(undo));
  CHECK(part.changed == 2);
  CHECK(part.partial);
  CHECK(part.skipped.empty());
  const Settled again = value_of(house.store->undo(undo));
  CHECK(again.replayed);
  CHECK(again.partial);
  CHECK(status_now(*house.store, a) == Status::pending);
  CHECK(status_now(*house.store, b) == Status::pending);
  CHECK(status_now(*house.store, c) == Status::spam);
  CHECK(seen("blog").standing == 0);
  CHECK(seen("blog").undone_by == part.id);
  CHECK(seen("other").standing == 1);
  CHECK_FALSE(seen("other").undone_by.has_value());
  CHECK(seen({}).undone_by == part.id);
  CHECK(seen({}).standing == 1);
  std::vector<Block> blocks = value_of(house.store->blocks({}, {}, {}, 50, kNoon)).items;
  REQUIRE(blocks.size() == 1);  // the other site's
  CHECK(blocks[0].site == "other");

  // The admin takes back what is left.
  const Settled rest = value_of(house.store->undo(undoing(all.id)));
  CHECK(rest.changed == 1);
  CHECK_FALSE(rest.partial);
  CHECK(status_now(*house.store, c) == Status::pending);
  CHECK(seen("other").undone_by == rest.id);
  CHECK(seen("blog").undone_by == part.id);
  CHECK(value_of(house.store->blocks({}, {}, {}, 50, kNoon)).items.empty());
}
