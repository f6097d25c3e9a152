// What moderators teach: models in step with the store, exactly taken back, bounded.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "analysis/gather.h"
#include "intake.h"
#include "learning.h"
#include "metrics.h"
#include "store_house.h"

namespace chaffinch {
namespace {

const RuleSet& no_packs() {
  static std::vector<Error> errors;
  static const auto kRules = RuleSet::build({}, errors);
  if (!kRules) throw std::runtime_error("no rules");
  return *kRules;
}

std::shared_ptr<const RuleSet> shared_rules() {
  return {std::shared_ptr<const RuleSet>(), &no_packs()};
}

Submission said(const std::string& content, const std::string& name = "Ana",
                const std::string& site = "blog") {
  Submission comment;
  comment.site = site;
  comment.article = {"first-post", "https://blog.example/first-post", "The first post"};
  comment.author.name = name;
  comment.content = content;
  return comment;
}

int learned_starters = 0;

Starter starter(const std::string& digest = "two") {
  return {digest, [] {
            ++learned_starters;
            return std::vector<Labelled>{{said("cheap watches for everybody, order today"), true},
                                         {said("I wonder whether the second proof needs that lemma"), false}};
          }};
}

const char* const kWords[] = {"finch",  "garden", "lemma", "casino", "pills",  "winter", "proof", "bonus",
                              "recipe", "cheap",  "train", "winner", "spring", "order",  "river", "credit"};

std::string some_text(std::mt19937& random, bool spam) {
  std::string text;
  const std::size_t words = 3 + random() % 8;
  for (std::size_t i = 0; i < words; ++i) {
    // Spam draws from the odd words more often.
    std::size_t word = random() % 16;
    if (spam && random() % 3 != 0) word |= 1;
    text += (i == 0 ? "" : " ") + std::string(kWords[word]);
  }
  return text + " " + std::to_string(random() % 1000);
}

struct School {
  House house;
  Metrics metrics;
  std::unique_ptr<Learning> learning;
  std::unique_ptr<Intake> intake;
  Learning::Bounds bounds;

  explicit School(Learning::Bounds with = {}) : bounds(with) { open(); }
  void open() {
    intake.reset();
    learning = std::make_unique<Learning>(*house.store, starter(), no_packs(), bounds);
    intake = std::make_unique<Intake>(*house.store, metrics, shared_rules());
    intake->learn_with(*learning);
  }
  void restart() {
    intake.reset();
    learning.reset();
    house.reopen();
    open();
  }
  Id post(const std::string& content, const std::string& site = "blog") {
    return value_of(intake->submit(said(content, "Ana", site), {}, now += kMinute)).id;
  }
  Settled decide(DecisionKind kind, std::vector<Id> ids) {
    return value_of(intake->settle(deciding(kind, std::move(ids), now += kMinute)));
  }
  Settled undo(const Id& decision) { return value_of(intake->undo(undoing(decision, now += kMinute))); }
  Settled teach(const std::string& content, bool spam, const std::string& site = "blog") {
    return value_of(
        intake->learn({.submission = said(content, "Ana", site), .spam = spam, .by = {{}, "mona", {}}}, {},
                      now += kMinute));
  }
  std::string model(const std::string& site = "blog") { return value_of(learning->snapshot(site)); }

  // The fold, by itself: nothing in memory before.
  std::string anew(const std::string& site = "blog") {
    Model fold(site.empty() ? kSharedWeights : kSiteWeights);
    std::int64_t after = 0;
    if (auto state = value_of(house.store->learn_state(site))) {
      fold = value_of(Model::load(state->model));
      after = state->seq;
    }
    while (true) {
      const LessonPage page = value_of(house.store->lessons(site, after, 100));
      for (const LearnEvent& event : page.events)
        fold.learn(value_of(decode_lesson(event.lesson)), event.spam);
      if (page.events.size() < 100) return fold.serialise();
      after = page.events.back().seq;
    }
  }

  Time now = kNoon;
};

double probability(School& school, const std::string& content) {
  const Verdict verdict = value_of(school.intake->check(said(content), school.now));
  return verdict.probability.value_or(-1);
}

}  // namespace

TEST_SUITE("learning") {
  TEST_CASE("promise 4: every decision can be undone, and undoing it un-teaches exactly") {
    School school;
    std::mt19937 random(4);
    for (int i = 0; i < 30; ++i) school.teach(some_text(random, i % 2 == 0), i % 2 == 0);
    const std::string text = "winner of a cheap casino bonus 7";
    const Id comment = school.post(text);
    const std::string before = school.model();
    const double guess = probability(school, text);
    const Settled decision = school.decide(DecisionKind::spam, {comment});
    CHECK(decision.lessons == 1);
    CHECK(school.model() != before);
    CHECK(probability(school, text) > guess);  // at once
    const Settled undone = school.undo(decision.id);
    CHECK(undone.lessons == 1);
    CHECK_FALSE(undone.approximate);
    CHECK(school.model() == before);
    CHECK(probability(school, text) == guess);
  }

  TEST_CASE(
      "a decision that another one replaces teaches no more; undoing the second brings its lesson back") {
    School school;
    std::mt19937 random(5);
    const Id comment = school.post("a winter recipe for finches");
    const Settled first = school.decide(DecisionKind::spam, {comment});
    for (int i = 0; i < 5; ++i) school.teach(some_text(random, false), false);
    const std::string taught = school.model();
    const Settled second = school.decide(DecisionKind::approve, {comment});
    CHECK(school.model() != taught);
    CHECK(school.model() == school.anew());
    school.undo(second.id);
    CHECK(school.model() == taught);
    school.undo(first.id);
    CHECK(school.model() == school.anew());
    // Against the house rules is not spam.
    const std::string before = school.model();
    CHECK(school.decide(DecisionKind::reject, {comment}).lessons == 0);
    CHECK(school.model() == before);
  }

  TEST_CASE("any sequence of learning, undoing and restarting leaves the fold over what stands") {
    for (const std::size_t recent : {std::size_t{0}, std::size_t{3}, std::size_t{64}}) {
      School school({.recent = recent, .tail = 12, .fold_step = 4});
      std::mt19937 random(static_cast<unsigned>(recent) + 11);
      std::vector<Id> comments, decisions;
      for (int step = 0; step < 160; ++step) {
        const auto what = random() % 20;
        const bool spam = random() % 2 == 0;
        if (what < 6 || comments.size() < 3) {
          comments.push_back(school.post(some_text(random, spam)));
        } else if (what < 9) {
          decisions.push_back(school.teach(some_text(random, spam), spam).id);
        } else if (what < 14) {
          std::vector<Id> some;
          for (unsigned i = 0; i <= random() % 4; ++i) some.push_back(comments[random() % comments.size()]);
          const auto kind = random() % 5 == 0 ? DecisionKind::reject
                            : spam            ? DecisionKind::spam
                                              : DecisionKind::approve;
          const auto settled = school.intake->settle(deciding(kind, some, school.now += kMinute));
          if (settled && settled->changed > 0) decisions.push_back(settled->id);
        } else if (what < 18 && !decisions.empty()) {
          (void)school.intake->undo(undoing(decisions[random() % decisions.size()], school.now += kMinute));
        } else if (what == 18) {
          while (value_of(school.learning->tidy(school.now))) {
          }
        } else if (random() % 4 == 0) {
          school.restart();
        }
        INFO("step ", step, " recent ", recent);
        REQUIRE(school.model() == school.anew());
      }
      CHECK(value_of(school.learning->status("blog")).folded_to > 0);
    }
  }

  TEST_CASE("beyond the horizon an undo works against what was learned, and says so") {
    School school({.recent = 4, .tail = 5, .fold_step = 2});
    std::mt19937 random(6);
    const std::string text = "winner of a cheap casino bonus 9";
    const Id comment = school.post(text);
    const Settled decision = school.decide(DecisionKind::spam, {comment});
    for (int i = 0; i < 20; ++i) school.teach(some_text(random, i % 2 == 0), i % 2 == 0);
    while (value_of(school.learning->tidy(school.now))) {
    }
    const Learning::Status status = value_of(school.learning->status("blog"));
    CHECK(status.tail <= 7);
    CHECK(status.folded_to > 0);
    const double guess = probability(school, text);
    const Settled undone = school.undo(decision.id);
    CHECK(undone.changed == 1);
    CHECK(undone.approximate);
    CHECK(probability(school, text) < guess);
    CHECK(school.model() == school.anew());
    // What has been folded has no lesson any more, but those that can be taken back have.
    for (const LearnEvent& event : value_of(school.house.store->learn_events(0, 100)))
      if (event.seq > status.folded_to) CHECK_FALSE(event.lesson.empty());
    // A lesson of a comment that is kept elsewhere can still be worked against.
    DecisionQuery taught;
    taught.site = "blog";
    taught.kind = DecisionKind::learn;
    const auto first = value_of(school.house.store->decisions(taught));
    REQUIRE(!first.items.empty());
    const Settled old = school.undo(first.items.back().id);
    CHECK(old.approximate);
    CHECK(old.lessons == 1);
    CHECK(school.model() == school.anew());
  }

  TEST_CASE("the starter set is learned at the first start, and again only when it is another one") {
    learned_starters = 0;
    School school;
    CHECK(learned_starters == 1);
    const Quality first = school.learning->starter().quality;
    const std::string version = value_of(school.intake->check(said("x"), school.now)).model_version;
    school.restart();
    CHECK(learned_starters == 1);
    CHECK(school.learning->starter().quality == first);
    CHECK(value_of(school.intake->check(said("x"), school.now)).model_version == version);
    const Learning other(*school.house.store, starter("another"), no_packs());
    CHECK(learned_starters == 2);
    // What is kept and damaged is learned again.
    done(school.house.store->keep_starter_model(version.substr(0, 8), "damaged"));
    const Learning again(*school.house.store, starter(), no_packs());
    CHECK(learned_starters == 3);
    CHECK(again.starter().quality == first);
  }

  TEST_CASE("one site's lessons reach another only where it shares them") {
    School school;
    for (const char* name : {"open", "third"}) {
      Site site = site_named(name);
      site.shares_lessons = std::string(name) == "open";
      REQUIRE(school.house.store->add_site(site, {}).has_value());
    }
    const std::string nothing = school.model("");
    school.teach("cheap casino bonus", true, "blog");
    CHECK(school.model("") == nothing);
    const std::string third = school.model("third");
    school.teach("cheap casino bonus", true, "open");
    CHECK(school.model("") != nothing);
    CHECK(school.model("third") == third);
    CHECK(school.model("") == school.anew(""));
    // Taken back in both lanes.
    const Settled more = school.teach("winner of credit", true, "open");
    CHECK(school.model("open") == school.anew("open"));
    school.undo(more.id);
    CHECK(school.model("") == school.anew(""));
    CHECK(school.model("open") == school.anew("open"));
  }

  TEST_CASE("a second process learns what the first one decided") {
    School school;
    Learning other(*school.house.store, starter(), no_packs());
    CHECK(value_of(other.snapshot("blog")) == school.model());
    school.open();  // the store asks the newest for lessons
    const Settled one = school.teach("cheap casino bonus", true);
    school.teach("a lemma about finches", false);
    done(other.catch_up());
    CHECK(value_of(other.snapshot("blog")) == school.model());
    school.undo(one.id);
    done(other.catch_up());
    CHECK(value_of(other.snapshot("blog")) == school.model());
  }

  TEST_CASE(
      "looking at the models in memory reads none, shows the latest used, and what waits to be learned") {
    School school;
    for (const char* site : {"one", "two", "three"})
      REQUIRE(school.house.store->add_site(site_named(site), {}).has_value());
    CHECK(school.learning->in_memory(10).empty());
    const auto sites = [](const std::vector<Learning::Status>& all) {
      std::vector<std::string> names;
      for (const Learning::Status& status : all) names.push_back(status.site);
      return names;
    };
    for (const char* site : {"one", "two"}) done(school.learning->snapshot(site));
    value_of(school.intake->check(said("a lemma", "Ana", "one"), school.now));
    CHECK(sites(school.learning->in_memory(10)) == std::vector<std::string>{"", "one", "two"});
    CHECK(sites(school.learning->in_memory(1)) == std::vector<std::string>{"", "one"});

    const Settled taught = school.teach("cheap casino bonus", true, "one");
    const auto one = school.learning->in_memory(10).at(1);
    CHECK(one.quality.spam == 1);
    CHECK(one.waiting == 0);
    CHECK(one.bytes > 1'000);
    // What another process did, until this one looks.
    done(school.house.store->undo(undoing(taught.id, school.now)));
    CHECK(school.learning->in_memory(10).at(1).waiting == 1);
    CHECK(school.learning->in_memory(10).at(2).waiting == 0);
    CHECK(value_of(school.learning->status("one")).waiting == 1);
    done(school.learning->catch_up());
    CHECK(school.learning->in_memory(10).at(1).waiting == 0);
    CHECK(school.learning->in_memory(10).at(1).quality.spam == 0);
  }

  TEST_CASE("labels of an import teach, and undoing the import takes all of it back") {
    School school;
    const std::string before = school.model();
    std::mt19937 random(7);
    std::vector<Intake::ImportRow> rows;
    for (int i = 0; i < 40; ++i) {
      const bool spam = i % 2 == 0;
      rows.push_back({.submission = said(some_text(random, spam)),
                      .key = std::to_string(i),
                      .label = spam ? DecisionKind::spam : DecisionKind::approve});
    }
    value_of(school.intake->import(rows, school.now));
    CHECK(value_of(school.learning->status("blog")).quality.spam == 20);
    CHECK(school.model() == school.anew());
    DecisionQuery imported;
    imported.site = "blog";
    imported.by = "import";
    for (const Decision& one : value_of(school.house.store->decisions(imported)).items) school.undo(one.id);
    CHECK(school.model() == before);
  }

  TEST_CASE("a repeated request teaches once") {
    School school;
    const Once once{.scope = "mona", .key = "k1", .fingerprint = "f", .at = school.now};
    const auto teach = [&] {
      return value_of(school.intake->learn(
          {.submission = said("cheap casino bonus"), .spam = true, .by = {{}, "mona", {}}}, once,
          school.now));
    };
    const Settled first = teach();
    const std::string model = school.model();
    const Settled again = teach();
    CHECK(again.replayed);
    CHECK(again.id == first.id);
    CHECK(again.lessons == 1);
    CHECK(school.model() == model);
  }

  TEST_CASE("models leave memory when there are too many, and are the same when they come back") {
    School school({.recent = 2, .tail = 100, .fold_step = 10, .bytes = 1});
    REQUIRE(school.house.store->add_site(site_named("other"), {}).has_value());
    school.teach("cheap casino bonus", true);
    const std::string model = school.model();
    school.teach("a lemma about finches", false, "other");
    CHECK(school.model("other") == school.anew("other"));
    CHECK(school.model() == model);
  }

  TEST_CASE("judging goes on while decisions teach and undo") {
    School school;
    std::mt19937 random(8);
    std::vector<Id> comments;
    for (int i = 0; i < 12; ++i) comments.push_back(school.post(some_text(random, i % 2 == 0)));
    std::atomic<bool> stop{false};
    std::atomic<int> judged{0};
    std::vector<std::thread> judges;
    for (int i = 0; i < 3; ++i) {
      judges.emplace_back([&, i] {
        std::mt19937 own(static_cast<unsigned>(i));
        while (!stop) {
          if (school.intake->check(said(some_text(own, true)), kNoon + kHour)) ++judged;
        }
      });
    }
    for (int round = 0; round < 6; ++round) {
      const Settled one =
          school.decide(round % 2 == 0 ? DecisionKind::spam : DecisionKind::approve, comments);
      if (round % 3 == 0) school.undo(one.id);
    }
    stop = true;
    for (std::thread& one : judges) one.join();
    CHECK(judged > 0);
    CHECK(school.model() == school.anew());
  }
}

}  // namespace chaffinch
