#include <array>
#include <thread>

#include "store/codec.h"
#include "store/sqlite/keys.h"
#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

TEST_CASE("what was kept is read back whole, verdict and facts included, also after a restart") {
  House house;
  Draft draft;
  draft.url = "https://ana.example";
  draft.author_id = "user-7";
  draft.domains = {"ana.example", "other.example"};
  draft.copy_hash = 0xFFFFFFFFFFFFFFFEULL;
  draft.created_at = kNoon - kDay;
  Keep keep = keep_of(draft);
  keep.comment.form = {.elapsed_ms = 4200, .honeypot = "gotcha", .token = FormToken::used};
  keep.comment.type = "pingback";
  keep.verdict.probability = 0.1 + 0.2;
  keep.verdict.unchecked = true;
  keep.verdict.findings[0].action = Action::spam;
  keep.facts.author.approved = 7;
  keep.facts.domains = {{"ana.example",
                         {.approved = 1,
                          .rejected = 2,
                          .spam = 3,
                          .pending = 4,
                          .checked = 5,
                          .first_seen = 6,
                          .last_seen = 7}}};
  keep.facts.blocks = {{.block = new_id(1), .kind = "email", .field = Field::author_email}};
  const Keep kept = keep;
  REQUIRE(house.store->keep(std::move(keep)).has_value());
  house.reopen();
  const Detail detail = value_of(house.store->detail("blog", kept.comment.id, kNoon));
  CHECK(static_cast<const Submission&>(detail.comment) == static_cast<const Submission&>(kept.comment));
  CHECK(detail.comment.id == kept.comment.id);
  CHECK(detail.comment.status == Status::pending);
  CHECK(detail.comment.received_at == kNoon);
  CHECK(detail.comment.version == 1);
  CHECK_FALSE(detail.comment.decided);
  CHECK(detail.verdict == kept.verdict);
  CHECK(detail.facts == kept.facts);
  REQUIRE(detail.history.size() == 1);
  CHECK(detail.history[0].what == "submitted");
  CHECK(detail.history[0].after == Status::pending);
}

TEST_CASE("an unknown site is not found, neither for recall nor for keep, and nothing is kept") {
  House house;
  Draft draft;
  draft.site = "nowhere";
  CHECK(refusal(house.store->recall(probe_of(draft, true))).code == Code::not_found);
  CHECK(refusal(house.store->keep(keep_of(draft))).code == Code::not_found);
  CHECK(value_of(house.store->count({}, 10)).count == 0);
}

TEST_CASE("the second call with an idempotency key returns what the first one did") {
  House house;
  Draft draft;
  Keep first = keep_of(draft);
  first.once = {"token", "key-1", "aaaa"};
  Keep second = keep_of(draft);
  second.once = first.once;
  const Kept kept = value_of(house.store->keep(first));
  CHECK_FALSE(kept.replayed);
  const Kept again = value_of(house.store->keep(second));
  CHECK(again.replayed);
  CHECK(again.id == kept.id);
  CHECK(again.status == kept.status);
  CHECK(all_of(*house.store, in_site()).size() == 1);

  SUBCASE("also after a restart") {
    house.reopen();
    CHECK(value_of(house.store->keep(second)).id == kept.id);
  }
  SUBCASE("the same key for another request is a conflict") {
    second.once.fingerprint = "bbbb";
    const Error error = refusal(house.store->keep(second));
    CHECK(error.code == Code::conflict);
    CHECK(error.where == "Idempotency-Key");
  }
  SUBCASE("the same key of somebody else is another key") {
    second.once.scope = "another token";
    CHECK_FALSE(value_of(house.store->keep(second)).replayed);
  }
  SUBCASE("after 24 hours the key is new") {
    second.comment.received_at += 24 * kHour + kSecond;
    CHECK_FALSE(value_of(house.store->keep(second)).replayed);
  }
}

TEST_CASE("counters of author, email, address, network and domain move with every step") {
  House house;
  Draft draft;
  draft.domains = {"shop.example"};
  const auto facts = [&] { return value_of(house.store->recall(probe_of(draft))).facts; };
  CHECK(facts().author == Record{});
  const Id id = add(*house.store, draft);
  for (const Record& record :
       {facts().author, facts().email, facts().address, facts().network, facts().domains[0].record}) {
    CHECK(record.pending == 1);
    CHECK(record.approved == 0);
    CHECK(record.first_seen == kNoon);
    CHECK(record.last_seen == kNoon);
  }
  const Settled settled = value_of(house.store->settle(deciding(DecisionKind::approve, {id})));
  CHECK(facts().author.pending == 0);
  CHECK(facts().author.approved == 1);
  CHECK(facts().domains[0].record.approved == 1);
  REQUIRE(value_of(house.store->undo(undoing(settled.id))).changed == 1);
  CHECK(facts().author.pending == 1);
  CHECK(facts().author.approved == 0);
  CHECK(facts().network.pending == 1);
}

TEST_CASE("trust is not had by typing somebody's name and email from another network") {
  House house;
  const Id id = add(*house.store, {});
  REQUIRE(value_of(house.store->settle(deciding(DecisionKind::approve, {id}))).changed == 1);
  Draft same;
  same.ip = "192.0.2.200";  // the same /24
  CHECK(value_of(house.store->recall(probe_of(same))).facts.author.approved == 1);
  Draft other;
  other.ip = "198.51.100.7";
  const Facts facts = value_of(house.store->recall(probe_of(other))).facts;
  CHECK(facts.author.approved == 0);
  CHECK(facts.email.approved == 1);
  Draft nameless;
  nameless.email = "";
  CHECK(value_of(house.store->recall(probe_of(nameless))).facts.author == Record{});
}

TEST_CASE("an author known by a signed token is one author on every network, for good and for bad") {
  House house;
  Draft ana;
  ana.author_key = new_id(kNoon);
  const Id first = submit(*house.store, ana);
  const Settled approved = value_of(house.store->settle(deciding(DecisionKind::approve, {first})));
  Draft abroad = ana;
  abroad.ip = "203.0.113.9";
  const auto author = [&](const Draft& draft) {
    return value_of(house.store->recall(probe_of(draft))).facts.author;
  };
  CHECK(author(abroad).approved == 1);
  CHECK(author(abroad).first_seen == kNoon);
  Draft typed = abroad;
  typed.author_key = {};
  CHECK(author(typed) == Record{});
  // At home both ways lead to the same comments: they are not counted twice.
  CHECK(author(ana).approved == 1);
  const Id second = submit(*house.store, abroad);
  CHECK(author(ana).pending == 1);
  CHECK(author(typed).pending == 1);
  CHECK(value_of(house.store->detail({}, second, kNoon)).author.approved == 1);
  // Judged again, it is still that author.
  Probe again = probe_of(typed);
  again.self = second;
  CHECK(value_of(house.store->recall(again)).facts.author.approved == 1);
  const Settled spam = value_of(house.store->settle(deciding(DecisionKind::spam, {second})));
  CHECK(author(ana).spam == 1);
  value_of(house.store->undo(undoing(spam.id)));
  value_of(house.store->undo(undoing(approved.id)));
  CHECK(author(abroad).approved == 0);
  CHECK(author(abroad).spam == 0);
  CHECK(author(abroad).pending == 2);
  Forget wish;
  wish.email = "ana@people.example";
  wish.now = kNoon;
  value_of(house.store->forget(wish));
  CHECK(author(abroad) == Record{});
}

TEST_CASE("a verified id is the author wherever it writes from") {
  House house;
  Draft draft;
  draft.author_id = "user-7";
  const Id id = add(*house.store, draft);
  REQUIRE(value_of(house.store->settle(deciding(DecisionKind::approve, {id}))).changed == 1);
  draft.ip = "2001:db8::1";
  draft.name = "Ana B.";
  draft.email = "";
  CHECK(value_of(house.store->recall(probe_of(draft))).facts.author.approved == 1);
}

TEST_CASE("sites remember apart") {
  House house;
  REQUIRE(house.store->add_site(site_named("other"), {}).has_value());
  Draft draft;
  draft.copy_hash = 77;
  add(*house.store, draft);
  draft.site = "other";
  const Facts facts = value_of(house.store->recall(probe_of(draft))).facts;
  CHECK(facts.email == Record{});
  CHECK(facts.copies == 0);
  CHECK(facts.recent_address_1h == 0);
}

TEST_CASE("velocity counts others within its window, stops at 64, and is had again after a restart") {
  House house;
  Draft draft;
  draft.domains = {"shop.example"};
  for (int i = 0; i < 5; ++i) {
    draft.now = kNoon + i * 5 * kMinute;
    submit(*house.store, draft);
  }
  draft.now = kNoon + 24 * kMinute;
  const auto check = [&] {
    const Facts facts = value_of(house.store->recall(probe_of(draft))).facts;
    CHECK(facts.recent_address_1h == 5);
    CHECK(facts.recent_address_10m == 2);
    CHECK(facts.recent_network_10m == 2);
    CHECK(facts.recent_email_1h == 5);
    CHECK(facts.recent_domain_1h == 5);
  };
  check();
  house.reopen();
  check();
  draft.now = kNoon + 3 * kHour;
  CHECK(value_of(house.store->recall(probe_of(draft))).facts.recent_address_1h == 0);
  for (int i = 0; i < 70; ++i) submit(*house.store, draft);
  CHECK(value_of(house.store->recall(probe_of(draft))).facts.recent_address_1h == 64);
}

TEST_CASE("a look without reservation, and a reservation that is released, leave no mark") {
  House house;
  Draft draft;
  draft.copy_hash = 99;
  value_of(house.store->recall(probe_of(draft, false)));
  CHECK(value_of(house.store->recall(probe_of(draft, false))).facts.recent_address_1h == 0);
  const Recalled recalled = value_of(house.store->recall(probe_of(draft, true)));
  CHECK(recalled.facts.copies == 0);
  const Facts meanwhile = value_of(house.store->recall(probe_of(draft, false))).facts;
  CHECK(meanwhile.copies == 1);
  CHECK(meanwhile.recent_address_1h == 1);
  house.store->release(recalled.reservation);
  house.store->release(recalled.reservation);
  house.store->release(0);
  const Facts after = value_of(house.store->recall(probe_of(draft, false))).facts;
  CHECK(after.copies == 0);
  CHECK(after.recent_address_1h == 0);
}

TEST_CASE("a kept comment that is judged again is not its own copy or burst") {
  House house;
  Draft draft;
  draft.copy_hash = 99;
  const Id id = submit(*house.store, draft);
  Probe probe = probe_of(draft);
  CHECK(value_of(house.store->recall(probe)).facts.copies == 1);
  CHECK(value_of(house.store->recall(probe)).facts.recent_address_1h == 1);
  probe.self = id;
  CHECK(value_of(house.store->recall(probe)).facts.copies == 0);
  CHECK(value_of(house.store->recall(probe)).facts.recent_address_1h == 0);
  house.reopen();
  CHECK(value_of(house.store->recall(probe)).facts.recent_address_1h == 0);
}

TEST_CASE("copies are counted with what became of them, and forgotten 30 days after the last one") {
  House house;
  Draft draft;
  draft.copy_hash = 5;
  const Id a = submit(*house.store, draft), b = submit(*house.store, draft), c = submit(*house.store, draft);
  value_of(house.store->settle(deciding(DecisionKind::spam, {a, b})));
  value_of(house.store->settle(deciding(DecisionKind::approve, {c})));
  Facts facts = value_of(house.store->recall(probe_of(draft))).facts;
  CHECK(facts.copies == 3);
  CHECK(facts.copies_spam == 2);
  CHECK(facts.copies_approved == 1);
  const Detail detail = value_of(house.store->detail({}, b, kNoon));
  CHECK(detail.copy_count == 2);
  CHECK(detail.copies == std::vector<Id>{c, a});
  draft.now = kNoon + 29 * kDay;
  CHECK(value_of(house.store->recall(probe_of(draft))).facts.copies == 3);
  draft.now = kNoon + 31 * kDay;
  CHECK(value_of(house.store->recall(probe_of(draft))).facts.copies == 0);
  submit(*house.store, draft);
  facts = value_of(house.store->recall(probe_of(draft))).facts;
  CHECK(facts.copies == 1);
  CHECK(facts.copies_spam == 0);
}

TEST_CASE("of any number of equal comments that arrive together exactly one sees no copy") {
  House house;
  Draft draft;
  draft.copy_hash = 4711;
  std::atomic<int> first{0}, failed{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      while (!go) std::this_thread::yield();
      for (int i = 0; i < 16; ++i) {
        auto recalled = house.store->recall(probe_of(draft, true));
        if (!recalled) {
          ++failed;
          continue;
        }
        if (recalled->facts.copies == 0) ++first;
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
  CHECK(value_of(house.store->recall(probe_of(draft))).facts.copies == 256);
}

TEST_CASE("one idempotency key makes one comment, however many bring it at once") {
  House house;
  std::atomic<int> fresh{0}, replayed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 32; ++t) {
    threads.emplace_back([&] {
      Keep keep = keep_of({});
      keep.once = {"public", "one", "ffff"};
      const auto kept = house.store->keep(std::move(keep));
      if (kept) ++(kept->replayed ? replayed : fresh);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(fresh == 1);
  CHECK(replayed == 31);
  CHECK(all_of(*house.store, in_site()).size() == 1);
}

TEST_CASE("recall knows the article, whether it is closed, and whether the parent is one of its comments") {
  House house;
  Draft draft;
  Facts facts = value_of(house.store->recall(probe_of(draft))).facts;
  CHECK_FALSE(facts.article_known);
  CHECK(facts.parent_known);
  const Id root = add(*house.store, draft);
  value_of(house.store->put_article("blog", {"first-post", {}, {}}, true, kNoon + kHour));
  draft.parent = root;
  facts = value_of(house.store->recall(probe_of(draft))).facts;
  CHECK(facts.article_known);
  CHECK(facts.article_closed);
  CHECK(facts.article_first_seen == kNoon);
  CHECK(facts.parent_known);
  draft.article = "second-post";
  CHECK_FALSE(value_of(house.store->recall(probe_of(draft))).facts.parent_known);
  draft.parent = new_id(kNoon);
  CHECK_FALSE(value_of(house.store->recall(probe_of(draft))).facts.parent_known);
}

TEST_CASE("an archive is imported once, its labels become one decision that can be undone") {
  House house;
  std::vector<Import> rows;
  for (int i = 0; i < 4; ++i) {
    Draft draft;
    draft.created_at = kNoon - 1000 * kDay + i * kHour;
    draft.content = "archived " + std::to_string(i);
    Import row;
    row.keep = keep_of(draft);
    row.keep.comment.id = id_from_name("blog", std::to_string(i), *draft.created_at);
    if (i < 2) row.label = DecisionKind::spam;
    if (i == 2) row.label = DecisionKind::approve;
    rows.push_back(row);
  }
  const auto imported = value_of(house.store->import(rows));
  REQUIRE(imported.size() == 4);
  CHECK(imported[0].added);
  CHECK(imported[0].status == Status::spam);
  CHECK(imported[2].status == Status::approved);
  CHECK(imported[3].status == Status::pending);
  for (const Imported& one : value_of(house.store->import(rows))) CHECK_FALSE(one.added);
  const SiteStats stats = value_of(house.store->stats("blog"));
  CHECK(stats.spam == 2);
  CHECK(stats.approved == 1);
  CHECK(stats.pending == 1);
  CHECK(stats.decided_by_people == 3);
  CHECK(value_of(house.store->learn_events(0, 10)).size() == 3);
  const Detail detail = value_of(house.store->detail("blog", rows[0].keep.comment.id, kNoon));
  REQUIRE(detail.history.size() == 2);
  CHECK(detail.history[0].what == "imported");
  CHECK(detail.history[1].what == "spam");
  CHECK(detail.history[1].by == "import");
  REQUIRE(detail.history[1].decision.has_value());
  CHECK(value_of(house.store->undo(undoing(*detail.history[1].decision))).changed == 2);
  CHECK(value_of(house.store->stats("blog")).pending == 3);
}

TEST_CASE("an import that fails in the middle has imported nothing") {
  House house;
  std::vector<Import> rows(2);
  rows[0].keep = keep_of({});
  Draft wrong;
  wrong.site = "nowhere";
  rows[1].keep = keep_of(wrong);
  CHECK(refusal(house.store->import(rows)).code == Code::not_found);
  CHECK(value_of(house.store->count(in_site(), 5)).count == 0);
  CHECK(value_of(house.store->stats("blog")).pending == 0);
}

TEST_CASE("the compact text of a verdict is read back or refused, never half") {
  const Keep keep = keep_of({});
  const std::string text = codec::write(keep.verdict);
  CHECK(codec::read_verdict(text) == keep.verdict);
  CHECK(codec::read_facts(codec::write(keep.facts)) == keep.facts);
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    CAPTURE(cut);
    CHECK_FALSE(codec::read_verdict(text.substr(0, cut)).has_value());
  }
  CHECK_FALSE(codec::read_verdict(text + "x").has_value());
  CHECK_FALSE(codec::read_verdict("2" + text.substr(1)).has_value());
  CHECK_FALSE(codec::read_verdict("1 0 0 0 0 99999999999:x").has_value());
  CHECK_FALSE(codec::read_list("1 99999999 1:a").has_value());
  const std::vector<std::string> hostile = {"", "5:a b", std::string("\n\0x", 3), "\xC3\xA9"};
  CHECK(codec::read_list(codec::write(hostile)) == hostile);
}

TEST_CASE("the keyed hash is SipHash-2-4, by the vectors of its authors") {
  std::array<std::uint8_t, 16> key{};
  std::string text;
  for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
  CHECK(sqlite::siphash(key, text) == 0x726fdb47dd0e0e31ULL);
  for (char i = 0; i < 15; ++i) text += i;
  CHECK(sqlite::siphash(key, text) == 0xa129ca6149be45e5ULL);
}
