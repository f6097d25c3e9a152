#include <algorithm>
#include <set>

#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

TEST_CASE("the queue's pages hold every pending comment once, in each order, whatever the size of a page") {
  House house;
  std::vector<std::pair<double, Id>> scored;
  std::vector<Id> arrived;
  for (int i = 0; i < 60; ++i) {
    Draft draft;
    draft.score = 3 + (i * 7 % 10) * 0.25;  // each score several times
    const Id id = add(*house.store, draft);
    arrived.push_back(id);
    scored.push_back({draft.score, id});
  }
  for (int i = 0; i < 5; ++i) {
    Draft draft;
    draft.status = Status::spam;
    add(*house.store, draft);
  }
  for (const std::string site : {"blog", ""}) {
    for (const std::uint32_t limit : {1U, 7U, 50U, 200U}) {
      for (const Sort sort : {Sort::oldest, Sort::newest, Sort::score, Sort::useful}) {
        CAPTURE(site);
        CAPTURE(limit);
        CAPTURE(static_cast<int>(sort));
        QueueQuery query = in_site(site);
        query.limit = limit;
        query.sort = sort;
        const std::vector<Id> ids = all_of(*house.store, query);
        CHECK(std::set<Id>(ids.begin(), ids.end()).size() == 60);
        REQUIRE(ids.size() == 60);
        if (sort == Sort::oldest) CHECK(ids == arrived);
        if (sort == Sort::newest) CHECK(std::equal(ids.rbegin(), ids.rend(), arrived.begin()));
        const auto score = [&](const Id& id) {
          return std::find_if(scored.begin(), scored.end(), [&](const auto& one) { return one.second == id; })
              ->first;
        };
        for (std::size_t i = 1; i < ids.size(); ++i) {
          if (sort == Sort::score) CHECK(score(ids[i - 1]) >= score(ids[i]));
          if (sort == Sort::useful) CHECK(std::abs(score(ids[i - 1]) - 3) <= std::abs(score(ids[i]) - 3));
        }
      }
    }
  }
}

TEST_CASE("the queues of many sites are one queue, in each order, whatever the size of a page") {
  House house;
  std::vector<std::string> sites = {"blog"};
  for (int i = 1; i < 30; ++i) {
    sites.push_back("site" + std::to_string(i));
    done(house.store->add_site(site_named(sites.back()), {}));
  }
  struct One {
    Id id;
    double score = 0, doubt = 0;
    int arrived = 0;
  };
  std::vector<One> all;
  for (int i = 0; i < 400; ++i) {
    Draft draft;
    // Half of them on one site, the others in stretches and here and there; some sites stay empty.
    draft.site = sites[static_cast<std::size_t>(i % 2 == 0 ? 3 : i < 150 ? i / 40 : i * i % 23)];
    draft.score = 3 + (i * 7 % 20) * 0.25 - (i % 3);
    all.push_back({add(*house.store, draft), draft.score, std::abs(draft.score - Policy{}.hold), i});
    draft.status = Status::spam;
    if (i % 5 == 0) add(*house.store, draft);
  }
  for (const Sort sort : {Sort::oldest, Sort::newest, Sort::score, Sort::useful}) {
    std::sort(all.begin(), all.end(), [sort](const One& a, const One& b) {
      if (sort == Sort::score && a.score != b.score) return a.score > b.score;
      if (sort == Sort::useful && a.doubt != b.doubt) return a.doubt < b.doubt;
      return sort == Sort::newest || sort == Sort::score ? a.arrived > b.arrived : a.arrived < b.arrived;
    });
    std::vector<Id> expected;
    for (const One& one : all) expected.push_back(one.id);
    for (const std::uint32_t limit : {1U, 7U, 50U, 200U}) {
      CAPTURE(limit);
      CAPTURE(static_cast<int>(sort));
      QueueQuery query = in_site({});
      query.limit = limit;
      query.sort = sort;
      CHECK(all_of(*house.store, query) == expected);
    }
  }
  QueueQuery query = in_site({});
  query.status = Status::spam;
  CHECK(all_of(*house.store, query).size() == 80);
}

TEST_CASE("a foreign, broken or borrowed cursor is refused by name") {
  House house;
  for (int i = 0; i < 3; ++i) add(*house.store, {});
  QueueQuery query = in_site();
  query.limit = 1;
  const std::string cursor = value_of(house.store->queue(query)).next.value();
  House other;
  for (const std::string& bad :
       {std::string("x"), std::string("o"), std::string("."), std::string("o1.00000000"), cursor + "0",
        cursor.substr(1), std::string(10'000, 'o'), std::string("o1\0.", 4)}) {
    CAPTURE(bad);
    query.cursor = bad;
    const Error error = refusal(house.store->queue(query));
    CHECK(error.code == Code::invalid);
    CHECK(error.where == "?cursor");
  }
  query.cursor = cursor;
  CHECK(house.store->queue(query).has_value());
  CHECK(refusal(other.store->queue(query)).where == "?cursor");
  query.sort = Sort::newest;
  CHECK(refusal(house.store->queue(query)).where == "?cursor");
}

TEST_CASE("every filter narrows, whether the comments are indexed or have just come in") {
  House house;
  REQUIRE(house.store->add_site(site_named("other"), {}).has_value());
  Draft a;
  a.name = "Zoë Müller";
  a.email = "Zoe@People.example";
  a.content = "Café au lait, and <b>cheap</b> watches; don't worry";
  a.domains = {"watches.example"};
  a.url = "https://blue.watches.example/x";
  a.rules = {"link_count", "pharma_names"};
  a.ip = "192.0.2.33";
  a.score = 4;
  Draft b;
  b.name = "Yuki";
  b.email = "yuki@people.example";
  b.content = "今日は天気がいい";
  b.title = "Weather report";
  b.rules = {"shouting"};
  b.ip = "2001:db8:1:2::3";
  b.score = 7;
  b.article = "weather/2026";
  Draft c;
  c.site = "other";
  c.name = "";
  c.email = "";
  c.ip = "";
  c.content = "cheap talk";
  c.rules = {};
  c.status = Status::spam;
  const std::vector<Id> ids = {add(*house.store, a), add(*house.store, b), add(*house.store, c)};

  struct Case {
    const char* name;
    std::function<void(QueueQuery&)> ask;
    std::vector<int> found;
  };
  const std::vector<Case> cases = {
      {"nothing", [](QueueQuery&) {}, {0, 1}},
      {"any status", [](QueueQuery& q) { q.status.reset(); }, {0, 1, 2}},
      {"site", [](QueueQuery& q) { q.site = "blog"; }, {0, 1}},
      {"other site, any status", [](QueueQuery& q) { q.site = "other", q.status.reset(); }, {2}},
      {"reach", [](QueueQuery& q) { q.reach = "other", q.status.reset(); }, {2}},
      {"status", [](QueueQuery& q) { q.status = Status::spam; }, {2}},
      {"article", [](QueueQuery& q) { q.site = "blog", q.article = "weather/2026"; }, {1}},
      {"article, any status",
       [](QueueQuery& q) { q.site = "blog", q.article = "weather/2026", q.status.reset(); },
       {1}},
      {"no such article", [](QueueQuery& q) { q.site = "blog", q.article = "none"; }, {}},
      {"rule", [](QueueQuery& q) { q.rule = "pharma_names"; }, {0}},
      {"part of a rule's name", [](QueueQuery& q) { q.rule = "pharma"; }, {}},
      {"author without marks", [](QueueQuery& q) { q.author = "muller zoe"; }, {0}},
      {"author is not the text", [](QueueQuery& q) { q.author = "watches"; }, {}},
      {"email, any case", [](QueueQuery& q) { q.email = "zoe@people.EXAMPLE"; }, {0}},
      {"part of an email", [](QueueQuery& q) { q.email = "zoe"; }, {}},
      {"address", [](QueueQuery& q) { q.network = "192.0.2.33"; }, {0}},
      {"neighbour", [](QueueQuery& q) { q.network = "192.0.2.34"; }, {}},
      {"network /24", [](QueueQuery& q) { q.network = "192.0.2.0/24"; }, {0}},
      {"network /27", [](QueueQuery& q) { q.network = "192.0.2.32/27"; }, {0}},
      {"network /27 beside", [](QueueQuery& q) { q.network = "192.0.2.64/27"; }, {}},
      {"network /13", [](QueueQuery& q) { q.network = "192.0.0.0/13"; }, {0}},
      {"network /3", [](QueueQuery& q) { q.network = "192.0.0.0/3"; }, {0}},
      {"IPv6 /48", [](QueueQuery& q) { q.network = "2001:db8:1::/48"; }, {1}},
      {"IPv6 /61", [](QueueQuery& q) { q.network = "2001:db8:1::/61"; }, {1}},
      {"IPv6 /20", [](QueueQuery& q) { q.network = "2001::/20"; }, {1}},
      {"IPv6 address", [](QueueQuery& q) { q.network = "2001:db8:1:2:0:0:0:3"; }, {1}},
      {"domain", [](QueueQuery& q) { q.domain = "Watches.example"; }, {0}},
      {"host of a link", [](QueueQuery& q) { q.domain = "blue.watches.example"; }, {0}},
      {"another host", [](QueueQuery& q) { q.domain = "red.watches.example"; }, {}},
      {"part of a domain", [](QueueQuery& q) { q.domain = "example"; }, {}},
      {"score from", [](QueueQuery& q) { q.min_score = 5; }, {1}},
      {"score to", [](QueueQuery& q) { q.max_score = 4; }, {0}},
      {"text", [](QueueQuery& q) { q.text = "CHEAP cafe"; }, {0}},
      {"text, any status", [](QueueQuery& q) { q.text = "cheap", q.status.reset(); }, {0, 2}},
      {"text in the title", [](QueueQuery& q) { q.text = "report"; }, {1}},
      {"text in the name", [](QueueQuery& q) { q.text = "yuki"; }, {1}},
      {"one word is missing", [](QueueQuery& q) { q.text = "cheap yachts"; }, {}},
      {"without spaces between words", [](QueueQuery& q) { q.text = "天気"; }, {1}},
      {"the same characters in another order", [](QueueQuery& q) { q.text = "気天"; }, {}},
      {"text and rule and score",
       [](QueueQuery& q) { q.text = "watches", q.rule = "link_count", q.max_score = 9; },
       {0}},
      {"text by score", [](QueueQuery& q) { q.text = "the", q.sort = Sort::score; }, {0}},
      {"rule by doubt", [](QueueQuery& q) { q.rule = "shouting", q.sort = Sort::useful; }, {1}},
      {"article by score",
       [](QueueQuery& q) { q.site = "blog", q.article = "first-post", q.sort = Sort::score; },
       {0}},
  };
  for (const int indexed : {0, 1}) {
    CAPTURE(indexed);
    if (indexed == 1) {
      // So many others that the queue is looked up rather than read.
      std::vector<Import> many(400);
      for (std::size_t i = 0; i < many.size(); ++i) {
        Draft filler;
        filler.content = "filler";
        filler.title = "";
        filler.rules = {"filler"};
        filler.ip = "";
        filler.email = "filler@filler.test";
        filler.name = "F";
        filler.score = 100;
        filler.article = "filler";
        REQUIRE(house.store->add_site(site_named("f" + std::to_string(i)), {}).has_value() == true);
        filler.site = "f" + std::to_string(i);
        many[i].keep = keep_of(filler);
      }
      REQUIRE(house.store->import(std::move(many)).has_value());
      for (int i = 0; i < 4; ++i) REQUIRE(house.store->index_step().has_value());
    }
    for (const Case& one : cases) {
      CAPTURE(one.name);
      for (const Sort sort : {Sort::oldest, Sort::newest}) {
        QueueQuery query;
        query.now = kNoon;
        one.ask(query);
        if (query.sort == Sort::oldest) query.sort = sort;
        std::vector<Id> found;
        for (const Id& id : all_of(*house.store, query)) {
          if (std::find(ids.begin(), ids.end(), id) != ids.end()) found.push_back(id);
        }
        std::vector<Id> expected;
        for (const int which : one.found) expected.push_back(ids[static_cast<std::size_t>(which)]);
        if (query.sort == Sort::newest) std::reverse(expected.begin(), expected.end());
        CHECK(found == expected);
        query.cursor.clear();
        if (indexed == 0) CHECK(value_of(house.store->count(query, 10)).count == expected.size());
      }
    }
  }
}

TEST_CASE("whatever is typed into the search is text, never a question to the database") {
  House house;
  Draft draft;
  draft.content = "say \"hello\" AND NOT goodbye* (near) words:rank";
  add(*house.store, draft);
  REQUIRE(house.store->index_step().has_value());
  for (int i = 0; i < 400; ++i) {
    Draft filler;
    filler.content = "filler";
    add(*house.store, filler);
  }
  REQUIRE(house.store->index_step().has_value());
  for (const char* text : {"\"",
                           "\"\"",
                           "*",
                           "hello*",
                           "NOT",
                           "AND OR NOT",
                           "near(",
                           "NEAR(hello goodbye)",
                           "words:hello",
                           "^hello",
                           "{words} : x",
                           "-hello",
                           "a\"b",
                           "'; DROP TABLE comment; --",
                           "((((",
                           "\xF0\x9F\x98\x80",
                           "%s%n",
                           "\\",
                           "hello\nAND\n(",
                           "+",
                           ":",
                           "{}"}) {
    CAPTURE(text);
    QueueQuery query = in_site();
    query.text = text;
    CHECK(house.store->queue(query).has_value());
    query.text.clear();
    query.author = text;
    CHECK(house.store->queue(query).has_value());
  }
  QueueQuery query = in_site();
  query.text = "\"hello\" NOT (goodbye*)";
  CHECK(value_of(house.store->queue(query)).items.size() == 1);
  query.text = std::string(301, 'x');
  CHECK(refusal(house.store->queue(query)).code == Code::invalid);
}

TEST_CASE("what cannot be asked is refused by name") {
  House house;
  struct Case {
    std::function<void(QueueQuery&)> ask;
    Code code;
    const char* where;
  };
  const std::vector<Case> cases = {
      {[](QueueQuery& q) { q.site = "nowhere"; }, Code::not_found, "?site"},
      {[](QueueQuery& q) { q.reach = "blog", q.site = "other"; }, Code::not_found, "?site"},
      {[](QueueQuery& q) { q.article = "first-post"; }, Code::invalid, "?article"},
      {[](QueueQuery& q) { q.network = "not an address"; }, Code::invalid, "?ip"},
      {[](QueueQuery& q) { q.network = "192.0.2.0/33"; }, Code::invalid, "?ip"},
      {[](QueueQuery& q) { q.sort = Sort::score, q.status = Status::spam; }, Code::invalid, "?sort"},
      {[](QueueQuery& q) { q.sort = Sort::useful, q.status.reset(); }, Code::invalid, "?sort"},
  };
  for (const Case& one : cases) {
    QueueQuery query;
    one.ask(query);
    const Error error = refusal(house.store->queue(query));
    CHECK(error.code == one.code);
    CHECK(error.where == one.where);
  }
}

TEST_CASE("two moderators who claim never get the same comment") {
  House house;
  for (int i = 0; i < 6; ++i) add(*house.store, {});
  const auto claim = [&](const std::string& holder, std::uint32_t count, Time now) {
    Claim wish;
    wish.query = in_site();
    wish.holder = holder;
    wish.token = new_id(now);
    wish.count = count;
    wish.now = now;
    wish.until = now + 10 * kMinute;
    std::vector<Id> ids;
    for (const QueueItem& item : value_of(house.store->claim(wish))) {
      REQUIRE(item.lease.has_value());
      CHECK(item.lease->holder == holder);
      CHECK(item.lease->until == now + 10 * kMinute);
      ids.push_back(item.comment.id);
    }
    return ids;
  };
  const auto ana = claim("ana", 4, kNoon), ben = claim("ben", 4, kNoon);
  CHECK(ana.size() == 4);
  CHECK(ben.size() == 2);
  for (const Id& id : ben) CHECK(std::find(ana.begin(), ana.end(), id) == ana.end());
  CHECK(claim("ana", 4, kNoon + kMinute) == ana);  // what she has is renewed, not added to

  QueueQuery query = in_site();
  query.now = kNoon + kMinute;
  query.holder = "ben";
  query.claimed = true;
  CHECK(all_of(*house.store, query) == ben);
  query.claimed = false;
  CHECK(all_of(*house.store, query) == ben);

  SUBCASE("a lease ends by itself") {
    CHECK(claim("ben", 10, kNoon + 12 * kMinute).size() == 6);
  }
  SUBCASE("a lease can be given back") {
    REQUIRE(house.store->unclaim("ana", {ana[0]}).has_value());
    REQUIRE(house.store->unclaim("ben", {ana[1]}).has_value());  // not his to give
    CHECK(claim("ben", 10, kNoon + kMinute).size() == 3);
    REQUIRE(house.store->unclaim("ana", {}).has_value());
    CHECK(claim("ben", 10, kNoon + kMinute).size() == 6);
  }
  SUBCASE("a decision ends it") {
    value_of(house.store->settle(deciding(DecisionKind::approve, {ana[0]})));
    CHECK_FALSE(value_of(house.store->detail({}, ana[0], kNoon + kMinute)).lease.has_value());
  }
}

TEST_CASE("counting stops one behind what was asked for") {
  House house;
  for (int i = 0; i < 20; ++i) add(*house.store, {});
  CHECK(value_of(house.store->count(in_site(), 5)) == Tally{5, true});
  CHECK(value_of(house.store->count(in_site(), 100)) == Tally{20, false});
  QueueQuery query = in_site();
  query.text = "thoughtful";
  CHECK(value_of(house.store->count(query, 5)) == Tally{5, true});
  CHECK(value_of(house.store->count(query, 100)) == Tally{20, false});
}

TEST_CASE("a comment of another site does not exist for a token of one site") {
  House house;
  REQUIRE(house.store->add_site(site_named("other"), {}).has_value());
  const Id id = add(*house.store, {});
  CHECK(refusal(house.store->comment("other", id)).code == Code::not_found);
  CHECK(refusal(house.store->detail("other", id, kNoon)).code == Code::not_found);
  CHECK(refusal(house.store->kept("other", id)).code == Code::not_found);
  CHECK(refusal(house.store->remove("other", id, "x", kNoon)).code == Code::not_found);
  Settle settle = deciding(DecisionKind::spam, {id});
  settle.reach = "other";
  const Settled settled = value_of(house.store->settle(settle));
  CHECK(settled.changed == 0);
  CHECK(settled.skipped == std::vector<Skipped>{{id, "not_found"}});
  CHECK(status_now(*house.store, id) == Status::pending);
}

TEST_CASE("a thread shows approved comments by thread, parents before replies, in pages") {
  House house;
  std::vector<Id> roots, all;
  const auto say = [&](std::optional<Id> parent, Time now, Status status = Status::approved) {
    Draft draft;
    draft.parent = parent;
    draft.now = now;
    draft.status = status;
    return add(*house.store, draft);
  };
  const Id r1 = say({}, kNoon), r2 = say({}, kNoon + 1), a = say(r1, kNoon + 2), b = say(r2, kNoon + 3),
           c = say(a, kNoon + 4), hidden = say(r2, kNoon + 5, Status::pending), d = say(hidden, kNoon + 6),
           e = say(r1, kNoon + 7);
  const auto read = [&](bool newest, std::uint32_t limit, std::optional<Id> own = {}) {
    ThreadQuery query;
    query.site = "blog";
    query.article = "first-post";
    query.newest = newest;
    query.limit = limit;
    query.own = own;
    std::vector<Id> ids;
    while (true) {
      const ThreadPage page = value_of(house.store->thread(query));
      CHECK(page.count == 7);
      for (const Comment& one : page.items) ids.push_back(one.id);
      if (!page.next) return ids;
      query.cursor = *page.next;
    }
  };
  for (const std::uint32_t limit : {1U, 2U, 3U, 50U}) {
    CAPTURE(limit);
    CHECK(read(false, limit) == std::vector<Id>{r1, a, c, e, r2, b, d});
    CHECK(read(true, limit) == std::vector<Id>{r2, b, d, r1, a, c, e});
  }
  CHECK(read(false, 50, hidden) == std::vector<Id>{r1, a, c, e, r2, b, hidden, d});
  CHECK(read(true, 50, hidden) == std::vector<Id>{r2, b, hidden, d, r1, a, c, e});
  CHECK(read(false, 50, a) == read(false, 50));              // approved: shown once
  CHECK(read(false, 50, new_id(kNoon)) == read(false, 50));  // unknown
  CHECK(read(false, 3, hidden) == std::vector<Id>{r1, a, c, hidden, e, r2, b, d});
  CHECK(value_of(house.store->counts("blog", {"first-post", "none"})) == std::vector<std::uint64_t>{7, 0});

  SUBCASE("a removed comment leaves its replies") {
    REQUIRE(house.store->remove("blog", a, "author", kNoon + kHour).has_value());
    ThreadQuery query;
    query.site = "blog";
    query.article = "first-post";
    const ThreadPage page = value_of(house.store->thread(query));
    CHECK(page.count == 6);
    REQUIRE(page.items.size() == 6);
    CHECK(page.items[1].id == c);
    CHECK(page.items[1].parent == a);
  }
}

TEST_CASE("an archive's thread stands in the order of its own times, replies never before their parents") {
  House house;
  const auto say = [&](std::optional<Id> parent, Time created) {
    Draft draft;
    draft.parent = parent;
    draft.created_at = created;
    draft.status = Status::approved;
    return add(*house.store, draft);
  };
  const Id late = say({}, kNoon - kDay), early = say({}, kNoon - 2 * kDay), second = say(early, kNoon - kDay),
           first = say(early, kNoon - kDay - kHour), before_parent = say(second, kNoon - 9 * kDay);
  ThreadQuery query;
  query.site = "blog";
  query.article = "first-post";
  std::vector<Id> ids;
  for (const Comment& one : value_of(house.store->thread(query)).items) ids.push_back(one.id);
  CHECK(ids == std::vector<Id>{early, first, second, before_parent, late});
}

TEST_CASE("replies nest fifty deep, deeper ones join the last level") {
  House house;
  std::vector<Id> chain;
  for (int i = 0; i < 60; ++i) {
    Draft draft;
    if (!chain.empty()) draft.parent = chain.back();
    chain.push_back(add(*house.store, draft));
  }
  int depth = 0;
  Comment comment = value_of(house.store->comment({}, chain.back()));
  while (comment.parent) {
    comment = value_of(house.store->comment({}, *comment.parent));
    ++depth;
  }
  CHECK(depth == 49);
}

TEST_CASE("an article without comments is an empty thread, an unknown site is not found") {
  House house;
  ThreadQuery query;
  query.site = "blog";
  query.article = "never";
  CHECK(value_of(house.store->thread(query)).items.empty());
  query.site = "nowhere";
  CHECK(refusal(house.store->thread(query)).code == Code::not_found);
}
