#include <thread>

#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

TEST_CASE("a site keeps its settings; a stale change of them is a conflict") {
  House house;
  Site site = value_of(house.store->site("blog"));
  CHECK(site.version == 1);
  site.name = "Renamed";
  site.origins = {"https://a.example", "https://b.example"};
  site.edit_minutes = 5;
  site.policy = {.hold = 2.5,
                 .spam = 5.5,
                 .discard = 20,
                 .moderation = Moderation::publish,
                 .overrides = {{"link_count.max", 5}}};
  site.retention = {.client_days = 1, .spam_days = 2, .checked_days = 3, .rejected_days = 4};
  const Site changed = value_of(house.store->change_site(site, 1));
  CHECK(changed.version == 2);
  CHECK(refusal(house.store->change_site(site, 1)).code == Code::conflict);
  house.reopen();
  CHECK(value_of(house.store->site("blog")) == changed);
  CHECK(value_of(house.store->recall(probe_of({}))).site == changed);
  CHECK(value_of(house.store->sites()).size() == 1);
  CHECK(refusal(house.store->site("nowhere")).code == Code::not_found);
  CHECK(refusal(house.store->add_site(site_named("blog"), {})).code == Code::conflict);
  const Once once{"admin", "new-site", "f"};
  const Site made = value_of(house.store->add_site(site_named("second"), once));
  CHECK(value_of(house.store->add_site(site_named("second"), once)) == made);
}

TEST_CASE(
    "articles are opened, closed and paged, newest first; what is empty is filled, what is known stays") {
  House house;
  Draft draft;
  draft.title = "";
  submit(*house.store, draft);
  CHECK(value_of(house.store->article("blog", "first-post")).ref.title == "");
  draft.title = "Now with a title";
  submit(*house.store, draft);
  draft.title = "A forged one";
  submit(*house.store, draft);
  ArticleInfo info = value_of(house.store->article("blog", "first-post"));
  CHECK(info.ref.title == "Now with a title");
  CHECK(info.pending == 3);
  CHECK(info.first_seen == kNoon);
  info = value_of(house.store->put_article("blog", {"first-post", "", "Put"}, true, kNoon));
  CHECK(info.closed);
  CHECK(info.ref.title == "Put");
  CHECK(info.ref.url == "https://blog.example/first-post");
  CHECK(value_of(house.store->put_article("blog", {"first-post", "", ""}, std::nullopt, kNoon)).closed);
  submit(*house.store, draft);
  info = value_of(house.store->article("blog", "first-post"));
  CHECK(info.ref.title == "Put");
  CHECK(info.pending == 4);
  for (int i = 0; i < 5; ++i)
    value_of(house.store->put_article("blog", {"a/" + std::to_string(i), "", ""}, {}, kNoon));
  std::vector<std::string> ids;
  std::string cursor;
  while (true) {
    const ArticlePage page = value_of(house.store->articles("blog", cursor, 2));
    for (const ArticleInfo& one : page.items) ids.push_back(one.ref.id);
    if (!page.next) break;
    cursor = *page.next;
  }
  CHECK(ids == std::vector<std::string>{"a/4", "a/3", "a/2", "a/1", "a/0", "first-post"});
  CHECK(refusal(house.store->articles("blog", "x", 2)).where == "?cursor");
  CHECK(refusal(house.store->article("blog", "never")).code == Code::not_found);
}

TEST_CASE("a token is known by its hash until it expires or is revoked") {
  House house;
  Token token;
  token.id = new_id(kNoon);
  token.name = "ana";
  token.role = Role::moderator;
  token.site = "blog";
  token.created_at = kNoon;
  token.expires_at = kNoon + kDay;
  REQUIRE(house.store->add_token(token, "hash-1").has_value());
  CHECK(refusal(house.store->add_token(token, "hash-1")).code == Code::conflict);
  Token found = value_of(house.store->token("hash-1", kNoon + 90 * kMinute));
  CHECK(found.last_used_at == (kNoon + 90 * kMinute) / kHour * kHour);
  found.last_used_at.reset();
  CHECK(found == token);
  CHECK(refusal(house.store->token("hash-2", kNoon)).code == Code::unauthorized);
  CHECK(refusal(house.store->token("hash-1", kNoon + kDay)).code == Code::unauthorized);
  CHECK(value_of(house.store->tokens("blog")).size() == 1);
  CHECK(value_of(house.store->tokens("other")).empty());
  CHECK(refusal(house.store->revoke_token("other", token.id, kNoon)).code == Code::not_found);
  REQUIRE(house.store->revoke_token("blog", token.id, kNoon + kHour).has_value());
  CHECK(refusal(house.store->token("hash-1", kNoon + 2 * kHour)).code == Code::unauthorized);
  CHECK(value_of(house.store->tokens({}))[0].revoked_at == kNoon + kHour);
  REQUIRE(house.store->health().writable);  // behind the note of its use
  CHECK(value_of(house.store->tokens({}))[0].last_used_at == (kNoon + 90 * kMinute) / kHour * kHour);
}

TEST_CASE("signing keys are made once, rotate, and verify for 30 more days") {
  House house;
  const auto first = value_of(house.store->signing_keys());
  REQUIRE(first.size() == 1);
  CHECK(first[0].secret.size() == 32);
  house.reopen();
  CHECK(value_of(house.store->signing_keys())[0].secret == first[0].secret);
  REQUIRE(house.store->rotate_signing_key(kNoon).has_value());
  auto keys = value_of(house.store->signing_keys());
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].created_at == kNoon);
  CHECK(keys[0].secret != first[0].secret);
  CHECK(keys[1].secret == first[0].secret);
  REQUIRE(house.store->sweep(kNoon + 29 * kDay).has_value());
  CHECK(value_of(house.store->signing_keys()).size() == 2);
  REQUIRE(house.store->sweep(kNoon + 31 * kDay).has_value());
  keys = value_of(house.store->signing_keys());
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].created_at == kNoon);
}

TEST_CASE("a block is found by recall for every way in which it can match, and for no other") {
  House house;
  REQUIRE(house.store->add_site(site_named("other"), {}).has_value());
  struct Case {
    const char* kind;
    const char* value;
    const char* kept;  // null: refused
    std::function<void(Draft&)> match;
    std::function<void(Draft&)> miss;
  };
  const std::vector<Case> cases = {
      {"author", "user-7", "user-7", [](Draft& d) { d.author_id = "user-7"; },
       [](Draft& d) { d.author_id = "user-70"; }},
      {"email", "Bad@Spam.example", "bad@spam.example", [](Draft& d) { d.email = "BAD@spam.example"; },
       [](Draft& d) { d.email = "good@spam.example"; }},
      {"ip", "198.51.100.1", "198.51.100.1", [](Draft& d) { d.ip = "198.51.100.1"; },
       [](Draft& d) { d.ip = "198.51.100.2"; }},
      {"ip", "2001:DB8:0::1", "2001:db8::1", [](Draft& d) { d.ip = "2001:db8::1"; },
       [](Draft& d) { d.ip = "2001:db8::2"; }},
      {"cidr", "198.51.100.77/20", "198.51.96.0/20", [](Draft& d) { d.ip = "198.51.111.1"; },
       [](Draft& d) { d.ip = "198.51.112.1"; }},
      {"cidr", "2001:db8:7::/46", "2001:db8:4::/46", [](Draft& d) { d.ip = "2001:db8:5::9"; },
       [](Draft& d) { d.ip = "2001:db8:8::9"; }},
      {"domain", "*.Shop.example.", "shop.example", [](Draft& d) { d.domains = {"shop.example"}; },
       [](Draft& d) { d.domains = {"workshop.example"}; }},
      {"domain", "mail.example", "mail.example", [](Draft& d) { d.email = "x@eu.mail.example"; },
       [](Draft& d) { d.email = "x@example"; }},
      {"domain", "http://x", nullptr, {}, {}},
      {"email", "no-at", nullptr, {}, {}},
      {"ip", "1.2.3", nullptr, {}, {}},
      {"cidr", "1.2.3.4/40", nullptr, {}, {}},
      {"planet", "mars", nullptr, {}, {}},
      {"author", "", nullptr, {}, {}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.kind);
    CAPTURE(one.value);
    AddBlock wish;
    wish.block = {.id = {},
                  .site = "blog",
                  .kind = one.kind,
                  .value = one.value,
                  .reason = "spam",
                  .by = "mona",
                  .created_at = kNoon,
                  .expires_at = kNoon + kDay,
                  .decision = {}};
    const auto added = house.store->add_block(wish);
    REQUIRE(added.has_value() == (one.kept != nullptr));
    if (!added) {
      CHECK(added.error().code == Code::invalid);
      continue;
    }
    CHECK(added->block.value == one.kept);
    for (const bool restarted : {false, true}) {
      if (restarted) house.reopen();
      Draft hit, miss;
      one.match(hit);
      one.miss(miss);
      const auto blocks = value_of(house.store->recall(probe_of(hit))).facts.blocks;
      REQUIRE(blocks.size() == 1);
      CHECK(blocks[0].block == added->block.id);
      CHECK(blocks[0].kind == one.kind);
      CHECK(value_of(house.store->recall(probe_of(miss))).facts.blocks.empty());
      hit.site = "other";
      CHECK(value_of(house.store->recall(probe_of(hit))).facts.blocks.empty());
      hit.site = "blog";
      hit.now = kNoon + 2 * kDay;
      CHECK(value_of(house.store->recall(probe_of(hit))).facts.blocks.empty());  // it has ended
    }
    // Again: the old one, renewed.
    wish.block.expires_at = kNoon + 9 * kDay;
    const BlockAdded again = value_of(house.store->add_block(wish));
    CHECK(again.block.id == added->block.id);
    CHECK(again.block.expires_at == kNoon + 9 * kDay);
    CHECK(value_of(house.store->blocks("blog", one.kind, {}, 50, kNoon)).items.front() == again.block);
    CHECK(refusal(house.store->remove_block("other", again.block.id)).code == Code::not_found);
    REQUIRE(house.store->remove_block("blog", again.block.id).has_value());
    CHECK(value_of(house.store->blocks({}, {}, {}, 50, kNoon)).items.empty());
  }
}

TEST_CASE("a block for all sites holds on each, and only who may touch all sites can make it") {
  House house;
  AddBlock wish;
  wish.block.kind = "ip";
  wish.block.value = "192.0.2.7";
  wish.block.created_at = kNoon;
  wish.reach = "blog";
  CHECK(refusal(house.store->add_block(wish)).code == Code::forbidden);
  wish.reach.clear();
  value_of(house.store->add_block(wish));
  CHECK(value_of(house.store->recall(probe_of({}))).facts.blocks.size() == 1);
}

TEST_CASE(
    "a block applied to the past makes undecided pending comments spam by one decision, and no others") {
  House house;
  Draft draft;
  draft.domains = {"shop.example"};
  const Id a = add(*house.store, draft), b = add(*house.store, draft);
  draft.status = Status::approved;
  const Id approved = add(*house.store, draft);
  const Id other = add(*house.store, {});
  AddBlock wish;
  wish.block.site = "blog";
  wish.block.kind = "domain";
  wish.block.value = "shop.example";
  wish.block.by = "mona";
  wish.block.created_at = kNoon;
  wish.apply_to_past = true;
  wish.once = {"mona", "b", "f"};
  const BlockAdded added = value_of(house.store->add_block(wish));
  REQUIRE(added.applied.has_value());
  CHECK(added.applied->changed == 2);
  CHECK(status_now(*house.store, a) == Status::spam);
  CHECK(status_now(*house.store, b) == Status::spam);
  CHECK(status_now(*house.store, approved) == Status::approved);
  CHECK(status_now(*house.store, other) == Status::pending);
  const BlockAdded again = value_of(house.store->add_block(wish));
  CHECK(again.replayed);
  CHECK(again.applied->id == added.applied->id);
  CHECK(value_of(house.store->undo(undoing(added.applied->id))).changed == 2);
}

TEST_CASE("an edit is judged, counted and indexed as the text that stands now; a stale one is a conflict") {
  House house;
  Draft draft;
  draft.copy_hash = 1;
  draft.content = "about gardening";
  const Id id = add(*house.store, draft);
  for (int i = 0; i < 400; ++i) {
    Draft filler;
    filler.content = "filler";
    filler.name = "F";
    add(*house.store, filler);
  }
  REQUIRE(house.store->index_step().has_value());
  const Settled approved = value_of(house.store->settle(deciding(DecisionKind::approve, {id})));
  Edit edit;
  edit.id = id;
  edit.version = 1;
  edit.after = value_of(house.store->comment({}, id));
  edit.after.content = "about casinos";
  edit.after.author.name = "Anna";
  edit.after.status = Status::pending;
  edit.verdict = keep_of({}).verdict;
  edit.verdict.score = 9;
  edit.verdict.findings[0].rule = "casino";
  edit.copy_hash = 2;
  edit.by = "author";
  edit.now = kNoon + kHour;
  CHECK(refusal(house.store->edit(edit)).code == Code::conflict);
  edit.version = 2;
  CHECK(value_of(house.store->edit(edit)).status == Status::pending);
  const Comment after = value_of(house.store->comment({}, id));
  CHECK(after.version == 3);
  CHECK(after.status == Status::pending);
  CHECK_FALSE(after.decided);
  CHECK(after.edited_at == kNoon + kHour);
  const Detail detail = value_of(house.store->detail({}, id, kNoon));
  CHECK(detail.comment.content == "about casinos");
  CHECK(detail.verdict == edit.verdict);
  CHECK(detail.history.back().what == "edited");
  CHECK(detail.history.back().by == "author");
  const auto found = [&](const char* text) {
    QueueQuery query = in_site();
    query.text = text;
    return all_of(*house.store, query).size();
  };
  CHECK(found("gardening") == 0);
  CHECK(found("casinos") == 1);
  CHECK(found("anna") == 1);
  draft.copy_hash = 2;
  CHECK(value_of(house.store->recall(probe_of(draft))).facts.copies == 1);
  draft.copy_hash = 1;
  CHECK(value_of(house.store->recall(probe_of(draft))).facts.copies == 0);
  CHECK(value_of(house.store->undo(undoing(approved.id))).skipped ==
        std::vector<Skipped>{{id, "superseded"}});
  CHECK(value_of(house.store->article("blog", "first-post")).approved == 0);
  for (const RuleStat& rule : value_of(house.store->stats("blog")).rules) {
    if (rule.rule == "casino") CHECK(rule.hits == 1);
    if (rule.rule == "link_count") CHECK(rule.hits == 400);
  }
}

TEST_CASE("a removed comment is gone: from the queue, the search, the counters") {
  House house;
  const Id id = add(*house.store, {});
  REQUIRE(house.store->index_step().has_value());
  REQUIRE(house.store->remove("blog", id, "author", kNoon).has_value());
  CHECK(refusal(house.store->comment({}, id)).code == Code::not_found);
  CHECK(refusal(house.store->remove("blog", id, "author", kNoon)).code == Code::not_found);
  QueueQuery query = in_site();
  query.status.reset();
  CHECK(all_of(*house.store, query).empty());
  query.text = "thoughtful";
  CHECK(all_of(*house.store, query).empty());
  CHECK(value_of(house.store->stats("blog")).pending == 0);
  CHECK(value_of(house.store->article("blog", "first-post")).pending == 0);
  CHECK(value_of(house.store->recall(probe_of({}))).facts.email.pending == 0);
  house.reopen();
  const Id next = add(*house.store, {});  // its number was never another comment's
  query.text.clear();
  CHECK(all_of(*house.store, query) == std::vector<Id>{next});
}

TEST_CASE("judging again changes pending comments that nobody decided or changed, and no others") {
  House house;
  const Id a = add(*house.store, {}), b = add(*house.store, {}), c = add(*house.store, {});
  value_of(house.store->settle(deciding(DecisionKind::approve, {b})));
  std::vector<Rejudged> all;
  for (const Id& id : {a, b, c}) {
    Rejudged one;
    one.id = id;
    one.version = id == c ? 7 : 1;
    one.verdict = keep_of({}).verdict;
    one.verdict.score = 8;
    one.verdict.rules_version = "r2";
    one.status = Status::spam;
    all.push_back(one);
  }
  CHECK(value_of(house.store->rejudge({.all = all, .seen = 3, .next = {}, .now = kNoon + kHour})).changed ==
        1);
  CHECK(status_now(*house.store, a) == Status::spam);
  CHECK(value_of(house.store->comment({}, a)).version == 2);
  CHECK_FALSE(value_of(house.store->comment({}, a)).decided);
  CHECK(status_now(*house.store, b) == Status::approved);
  CHECK(status_now(*house.store, c) == Status::pending);
  const Detail detail = value_of(house.store->detail({}, a, kNoon));
  CHECK(detail.verdict.rules_version == "r2");
  CHECK(detail.history.back().what == "rechecked");
  CHECK(value_of(house.store->stats("blog")).spam == 1);
}

TEST_CASE("a person who is forgotten leaves no text, name, email or address; numbers stay") {
  struct Case {
    const char* name;
    std::function<void(Forget&)> who;
    std::uint64_t comments;
  };
  const std::vector<Case> cases = {
      {"email", [](Forget& f) { f.email = "ANA@people.example"; }, 250},
      {"author id", [](Forget& f) { f.author_id = "user-7"; }, 250},
      {"address", [](Forget& f) { f.ip = "203.0.113.9"; }, 250},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    House house;
    Draft ana;
    ana.author_id = "user-7";
    ana.ip = "203.0.113.9";
    ana.content = "privateword";
    for (int i = 0; i < 250; ++i) {
      ana.status = i % 5 == 0 ? Status::spam : Status::pending;
      add(*house.store, ana);
    }
    Draft ben;
    ben.email = "ben@people.example";
    ben.name = "Ben";
    add(*house.store, ben);
    REQUIRE(house.store->index_step().has_value());
    for (int i = 0; i < 5; ++i) value_of(house.store->sweep(kNoon + 29 * kDay));
    Forget wish;
    one.who(wish);
    wish.now = kNoon + kDay;
    AddBlock block;
    block.block.kind = "email";
    block.block.value = "ana@people.example";
    value_of(house.store->add_block(block));
    const Forgotten forgotten = value_of(house.store->forget(wish));
    CHECK(forgotten.comments == one.comments);
    CHECK(forgotten.records > 0);
    CHECK(forgotten.blocks == (wish.email.empty() ? 0 : 1));
    CHECK_FALSE(forgotten.receipt.empty());
    QueueQuery query = in_site();
    query.status.reset();
    CHECK(all_of(*house.store, query).size() == 1);
    query.text = "privateword";
    CHECK(all_of(*house.store, query).empty());
    Draft again = ana;
    CHECK(value_of(house.store->recall(probe_of(again))).facts.author == Record{});
    if (!wish.email.empty()) CHECK(value_of(house.store->recall(probe_of(again))).facts.email == Record{});
    CHECK(value_of(house.store->stats("blog")).pending == 1);
    CHECK(value_of(house.store->stats("blog")).spam == 0);
    CHECK(value_of(house.store->forget(wish)).comments == 0);
  }
  House house;
  CHECK(refusal(house.store->forget({})).code == Code::invalid);
  Forget both;
  both.email = "a@b.example";
  both.ip = "192.0.2.1";
  CHECK(refusal(house.store->forget(both)).code == Code::invalid);
}

TEST_CASE("an address that retention has erased can still be forgotten by whoever names it") {
  House house;
  const Id id = add(*house.store, {});
  for (int i = 0; i < 3; ++i) value_of(house.store->sweep(kNoon + 31 * kDay));
  CHECK(value_of(house.store->comment({}, id)).client.ip.empty());
  Forget wish;
  wish.ip = "192.0.2.7";
  wish.now = kNoon + 32 * kDay;
  CHECK(value_of(house.store->forget(wish)).comments == 1);
}

TEST_CASE("retention erases client data, spam, checked and rejected comments in time, and nothing before") {
  House house;
  Site site = value_of(house.store->site("blog"));
  site.retention = {.client_days = 10, .spam_days = 20, .checked_days = 5, .rejected_days = 30};
  value_of(house.store->change_site(site, std::nullopt));
  Draft draft;
  draft.copy_hash = 9;
  const auto with = [&](Status status) {
    draft.status = status;
    return add(*house.store, draft);
  };
  const Id pending = with(Status::pending), approved = with(Status::approved),
           rejected = with(Status::rejected), spam = with(Status::spam), checked = with(Status::checked);
  REQUIRE(house.store->index_step().has_value());
  const auto sweep = [&](Time now) {
    Swept sum;
    for (int steps = 0; steps < 100; ++steps) {
      const Swept swept = value_of(house.store->sweep(now));
      sum.clients += swept.clients;
      sum.removed += swept.removed;
      if (!swept.more) return sum;
    }
    FAIL("the sweep does not end");
    return sum;
  };
  const auto there = [&](const Id& id) { return house.store->comment({}, id).has_value(); };
  Swept swept = sweep(kNoon + 4 * kDay);
  CHECK(swept.clients == 0);
  CHECK(swept.removed == 0);
  swept = sweep(kNoon + 6 * kDay);
  CHECK(swept.removed == 1);
  CHECK_FALSE(there(checked));
  swept = sweep(kNoon + 11 * kDay);
  CHECK(swept.clients == 4);
  CHECK(value_of(house.store->comment({}, pending)).client == Client{});
  CHECK(value_of(house.store->comment({}, pending)).author.email == "ana@people.example");
  QueueQuery query = in_site();
  query.network = "192.0.2.0/24";
  CHECK(all_of(*house.store, query).empty());
  query.network.clear();
  query.email = "ana@people.example";
  CHECK(all_of(*house.store, query) == std::vector<Id>{pending});
  swept = sweep(kNoon + 21 * kDay);
  CHECK(swept.removed == 1);
  CHECK_FALSE(there(spam));
  swept = sweep(kNoon + 31 * kDay);
  CHECK(swept.removed == 1);
  CHECK_FALSE(there(rejected));
  CHECK(there(pending));
  CHECK(there(approved));
  // What was learned of the author stays as a number; what is here is counted as what is here.
  const Facts facts = value_of(house.store->recall(probe_of(draft))).facts;
  CHECK(facts.email.spam == 1);
  CHECK(facts.email.rejected == 1);
  const SiteStats stats = value_of(house.store->stats("blog"));
  CHECK(stats.spam == 0);
  CHECK(stats.rejected == 0);
  CHECK(stats.checked == 0);
  CHECK(stats.pending == 1);
  // A decision after the address is gone still moves its record.
  value_of(house.store->settle(deciding(DecisionKind::spam, {pending}, kNoon + 32 * kDay)));
  CHECK(value_of(house.store->recall(probe_of(draft))).facts.address.spam == 2);
}

TEST_CASE("records that no person touched are forgotten a year after the latest comment, in bounded steps") {
  House house;
  const auto sweep = [&](Time now) {
    int steps = 1;
    while (value_of(house.store->sweep(now)).more) REQUIRE(++steps < 100);
    return steps;
  };
  const auto known = [&](const std::string& email) {
    Draft draft;
    draft.email = email;
    return value_of(house.store->recall(probe_of(draft))).facts.email != Record{};
  };
  const auto with = [&](const std::string& email, Status status) {
    Draft draft;
    draft.email = email;
    draft.status = status;
    return add(*house.store, draft);
  };
  with("machine@spam.example", Status::spam);
  with("seen@checked.example", Status::checked);
  with("waits@queue.example", Status::pending);
  with("good@people.example", Status::approved);
  const Id told = with("told@spam.example", Status::pending),
           rude = with("rude@people.example", Status::pending);
  done(house.store->settle(deciding(DecisionKind::spam, {told})));
  done(house.store->settle(deciding(DecisionKind::reject, {rude})));
  // More than one step looks at.
  std::vector<Import> many;
  for (int i = 0; i < 3'000; ++i) {
    Draft draft;
    draft.email = "flood" + std::to_string(i) + "@spam.example";
    draft.status = Status::spam;
    draft.now = kNoon + kDay;
    many.push_back({.keep = keep_of(draft), .label = std::nullopt});
  }
  done(house.store->import(std::move(many)));

  CHECK(sweep(kNoon + 364 * kDay) > 3'000 / 100);  // the comments themselves, a hundred a step
  for (const char* email : {"machine@spam.example", "seen@checked.example", "waits@queue.example",
                            "good@people.example", "told@spam.example", "rude@people.example"}) {
    CAPTURE(email);
    CHECK(known(email));
  }
  CHECK(known("flood2999@spam.example"));
  sweep(kNoon + 365 * kDay + kHour);
  CHECK_FALSE(known("machine@spam.example"));
  CHECK_FALSE(known("seen@checked.example"));
  for (const char* email :
       {"waits@queue.example", "good@people.example", "told@spam.example", "rude@people.example"}) {
    CAPTURE(email);
    CHECK(known(email));
  }
  CHECK(known("flood2999@spam.example"));  // came a day later
  CHECK(sweep(kNoon + 367 * kDay) >= 4);   // two records for each of the flood, 2,000 looked at in a step
  for (const char* email : {"flood0@spam.example", "flood1500@spam.example", "flood2999@spam.example"}) {
    CAPTURE(email);
    CHECK_FALSE(known(email));
  }
  CHECK(known("good@people.example"));
}

TEST_CASE("zero days keep for ever") {
  House house;
  Site site = value_of(house.store->site("blog"));
  site.retention = {.client_days = 0, .spam_days = 0, .checked_days = 0, .rejected_days = 0};
  value_of(house.store->change_site(site, std::nullopt));
  Draft draft;
  draft.status = Status::spam;
  const Id id = add(*house.store, draft);
  const Swept swept = value_of(house.store->sweep(kNoon + 10'000 * kDay));
  CHECK(swept.removed == 0);
  CHECK(swept.clients == 0);
  CHECK(value_of(house.store->comment({}, id)).client.ip == "192.0.2.7");
}

TEST_CASE("statistics say how often a rule fired and what people made of it") {
  House house;
  std::vector<Id> ids;
  for (int i = 0; i < 6; ++i) {
    Draft draft;
    draft.now = kNoon + i * kSecond;
    draft.rules =
        i < 4 ? std::vector<std::string>{"a_rule", "b_rule", "a_rule"} : std::vector<std::string>{"b_rule"};
    ids.push_back(add(*house.store, draft));
  }
  value_of(house.store->settle(deciding(DecisionKind::spam, {ids[0], ids[1]})));
  value_of(house.store->settle(deciding(DecisionKind::approve, {ids[2]})));
  value_of(house.store->settle(deciding(DecisionKind::reject, {ids[4]})));
  const SiteStats stats = value_of(house.store->stats("blog"));
  CHECK(stats.pending == 2);
  CHECK(stats.decided_by_people == 4);
  CHECK(stats.oldest_pending == kNoon + 3 * kSecond);
  REQUIRE(stats.rules.size() == 2);
  CHECK(stats.rules[0].rule == "b_rule");
  CHECK(stats.rules[0].hits == 6);
  CHECK(stats.rules[0].spam == 2);
  CHECK(stats.rules[0].rejected == 1);
  CHECK(stats.rules[1].hits == 4);
  CHECK(stats.rules[1].approved == 1);
}

TEST_CASE("a label for a comment that is not in the store is an event like the others") {
  House house;
  Learn learn;
  learn.site = "blog";
  learn.lesson = "numbers";
  learn.spam = true;
  learn.by = "mona";
  learn.now = kNoon;
  REQUIRE(house.store->learn(learn).has_value());
  REQUIRE(house.store->learn(learn).has_value());
  const auto events = value_of(house.store->learn_events(0, 10));
  REQUIRE(events.size() == 2);
  CHECK(events[0].spam);
  CHECK(events[0].site == "blog");
  CHECK(events[0].lesson == "numbers");
  CHECK(events[0].own);
  CHECK_FALSE(events[0].shared);
  CHECK(events[0].comment == Id{});
  CHECK(value_of(house.store->learn_events(events[0].seq, 10)).size() == 1);
  CHECK(value_of(house.store->learn_events(0, 1)).size() == 1);
}

TEST_CASE(
    "a backup made while writing goes on is a whole database; a file that is there is never overwritten") {
  House house;
  std::atomic<bool> stop{false};
  std::thread writing([&] {
    while (!stop) REQUIRE(house.store->keep(keep_of({})).has_value());
  });
  for (int i = 0; i < 20; ++i) add(*house.store, {});
  const std::string file = (house.folder / "copy.db").string();
  double last = -1;
  const Done backed = house.store->backup(file, [&](double part) {
    CHECK(part >= last);
    last = part;
  });
  stop = true;
  writing.join();
  done(backed);
  CHECK(last == 1);
  CHECK(refusal(house.store->backup(file, {})).code == Code::conflict);
  CHECK_FALSE(std::filesystem::exists(file + ".part"));
  StoreOptions options;
  options.address = "sqlite:" + file;
  const auto copy = open_store(options);
  CHECK(value_of(copy->count(in_site(), 1'000'000)).count >= 20);
  CHECK(refusal(house.store->backup((house.folder / "no" / "such.db").string(), {})).code ==
        Code::unavailable);
}

TEST_CASE("health commits a real write and says how things stand") {
  House house;
  const Health health = house.store->health();
  CHECK(health.writable);
  CHECK(health.problem.empty());
  CHECK(health.schema == health.schema_known);
  CHECK(health.schema > 0);
  CHECK(health.free_bytes > 0);
  CHECK(health.queue_limit == house.options.queue_limit);
}

TEST_CASE("what commits is reported with its size") {
  Folder folder;
  StoreOptions options;
  options.address = "sqlite:" + (folder / "x.db").string();
  auto store = open_store(options);
  std::atomic<std::uint32_t> operations{0};
  store->observe({.committed =
                      [&](std::uint32_t count, double seconds) {
                        CHECK(seconds >= 0);
                        operations += count;
                      },
                  .failed = {}});
  REQUIRE(store->add_site(site_named("blog"), {}).has_value());
  add(*store, {});
  store.reset();
  CHECK(operations == 2);
}
