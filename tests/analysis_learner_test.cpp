// The learner: a fold that can be taken back, what it says, and what cannot be done to it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/calibration.h"
#include "analysis/gather.h"
#include "analysis/impression.h"
#include "analysis/ruleset.h"
#include "analysis/starter.h"
#include "analysis/weighing.h"
#include "core/fnv.h"

using namespace chaffinch;

namespace {

const FeatureKey kKey("a key that only tests have");

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t operator()() { return static_cast<std::uint32_t>(engine_()); }

 private:
  std::mt19937 engine_;
};

struct Event {
  Lesson lesson;
  bool spam = false;
};

Event random_event(Chance& chance) {
  Event event;
  event.spam = chance() % 2 == 0;
  const std::size_t size = chance() % 60;
  for (std::size_t i = 0; i < size; ++i) {
    // Few different ones, so that lessons meet; spam has some of its own.
    const auto group = static_cast<FeatureId>(chance() % kFeatureClasses) << 29;
    event.lesson.vector.push_back(
        group | (chance() % 400 * 7919 + (event.spam && chance() % 3 == 0 ? 5'000'000 : 0)));
  }
  auto& vector = event.lesson.vector;
  std::sort(vector.begin(), vector.end());
  vector.erase(std::unique(vector.begin(), vector.end()), vector.end());
  event.lesson.prior = static_cast<float>(static_cast<int>(chance() % 200) - 100) / 50.0F;
  return event;
}

Model fold(const std::vector<Event>& events, int bits = kSiteWeights) {
  Model model(bits);
  for (const Event& event : events) model.learn(event.lesson, event.spam);
  return model;
}

Submission comment_of(const std::string& content, const std::string& name = "", const std::string& url = "") {
  Submission comment;
  comment.content = content;
  comment.author.name = name;
  comment.author.url = url;
  return comment;
}

const char* const kHam[] = {
    "I tried the recipe with rye flour and the crust came out darker, but the taste was wonderful.",
    "The second paragraph has a typo: it should say March instead of May.",
    "We walked this trail last autumn with the children, the bridge was closed for repairs.",
    "Does the new version still need the old configuration file? Mine refuses to start.",
    "My grandmother planted the tomatoes after the last frost and never lost a single one.",
    "I disagree about the ending of the film, the silence was what made it strong.",
    "Thanks for explaining the difference between the two cameras so patiently.",
    "The train from the coast is slower now, we needed almost three hours.",
};
const char* const kSpam[] = {
    "Win big at our online casino, get a free bonus today and start to play slots!",
    "Buy cheap pills without prescription, fast shipping and best price guaranteed!",
    "Earn 500 dollars a day from home, click here and join our team now!",
    "Get instant loans with no credit check, apply now and receive cash today!",
    "Cheap replica watches and handbags, best price, order now with free shipping!",
    "Grow your followers fast, buy likes and views, cheap and instant delivery!",
    "Best essay writing service, order now and get a discount on every paper!",
    "Casino bonus codes, free spins every day, register now and win real cash!",
};

// A site whose moderators saw each of these some times over, under other names.
Model taught() {
  Model model;
  for (int round = 0; round < 6; ++round) {
    for (std::size_t i = 0; i < std::size(kHam); ++i) {
      const auto learn = [&](const Submission& comment, bool spam) {
        model.learn({features_of(gather(comment), {}, kKey).vector, 0}, spam);
      };
      const std::string number = std::to_string(round * 8 + static_cast<int>(i));
      learn(comment_of(kHam[i], "Anna B" + number), false);
      learn(comment_of(kSpam[i], "best deal " + number, "http://deal" + number + ".example/buy"), true);
    }
  }
  return model;
}

Impression impression(const Submission& comment, const Learned& learned) {
  const Evidence seen = gather(comment);
  return impression_of(seen, features_of(seen, {}, kKey), learned);
}

Learned site_only(const Model& model) {
  Learned learned;
  learned.key = &kKey;
  learned.site = &model;
  return learned;
}

}  // namespace

TEST_SUITE_BEGIN("learner");

TEST_CASE("a lesson comes back from its blob as it was") {
  Chance chance(1);
  for (int i = 0; i < 200; ++i) {
    const Lesson lesson = random_event(chance).lesson;
    const auto back = decode_lesson(encode(lesson));
    REQUIRE(back);
    CHECK(*back == lesson);
  }
  Lesson edges{{0, 1, 127, 128, 16'384, std::numeric_limits<FeatureId>::max()}, -3.25F};
  const auto back = decode_lesson(encode(edges));
  REQUIRE(back);
  CHECK(*back == edges);
}

TEST_CASE("a damaged lesson is refused") {
  const auto refused = [](std::string_view blob) {
    const auto lesson = decode_lesson(blob);
    return !lesson && lesson.error().code == Code::invalid;
  };
  const std::string whole = encode({{5, 300, 70'000}, 1});
  CHECK(refused(""));
  CHECK(refused(whole.substr(0, 4)));
  CHECK(refused(whole.substr(0, whole.size() - 1)));
  CHECK(refused("\x02" + whole.substr(1)));
  CHECK(refused(whole + std::string(1, '\0')));        // the same feature again
  CHECK(refused(whole + "\xFF\xFF\xFF\xFF\x0F"));      // beyond 32 bits
  CHECK(refused(whole + "\xFF\xFF\xFF\xFF\xFF\x01"));  // no such varint
  CHECK(refused(whole + std::string("\x81\x00", 2)));  // longer than need be
  std::string not_a_number = whole;
  not_a_number.replace(1, 4, std::string("\x00\x00\xC0\x7F", 4));
  CHECK(refused(not_a_number));
  CHECK(refused(whole + std::string(kMostFeatures, '\x01')));  // too many
  // Whatever is decoded is what is encoded.
  Chance chance(2);
  for (int i = 0; i < 20'000; ++i) {
    std::string blob = encode(random_event(chance).lesson);
    for (int j = 0; j < 3; ++j) blob[chance() % blob.size()] = static_cast<char>(chance());
    blob.resize(chance() % (blob.size() + 1));
    if (const auto lesson = decode_lesson(blob)) CHECK(encode(*lesson) == blob);
  }
}

TEST_CASE("the same lessons in the same order give the same bytes, saved and loaded between or not") {
  Chance chance(3);
  for (const int bits : {4, 9, 20}) {
    std::vector<Event> events;
    for (int i = 0; i < 400; ++i) events.push_back(random_event(chance));
    const std::string straight = fold(events, bits).serialise();
    CHECK(fold(events, bits).serialise() == straight);
    Model model(bits);
    for (const Event& event : events) {
      if (chance() % 20 == 0) {
        auto loaded = Model::load(model.serialise());
        REQUIRE(loaded);
        model = std::move(*loaded);
      }
      model.learn(event.lesson, event.spam);
    }
    CHECK(model.serialise() == straight);
    std::swap(events.front(), events.back());
    CHECK(fold(events, bits).serialise() != straight);
  }
}

TEST_CASE("lessons are taken back bit for bit, over random sequences") {
  Chance chance(4);
  for (const int bits : {4, 9, 20}) {
    for (int run = 0; run < 10; ++run) {
      Model model(bits);
      std::vector<Event> events;
      std::deque<UndoLog> logs;
      for (int step = 0; step < 120; ++step) {
        const std::uint32_t what = chance() % 10;
        if (what < 6 || events.empty()) {
          events.push_back(random_event(chance));
          model.learn(events.back().lesson, events.back().spam, &logs.emplace_back());
        } else if (what < 9) {
          // An event somewhere in the tail was undone: back to before it, then the others again.
          const std::size_t back = 1 + chance() % std::min(events.size(), logs.size());
          for (std::size_t i = 0; i < back; ++i) {
            model.undo(logs.back());
            logs.pop_back();
          }
          events.erase(events.end() - static_cast<std::ptrdiff_t>(back));
          for (std::size_t i = events.size() - (back - 1); i < events.size(); ++i)
            model.learn(events[i].lesson, events[i].spam, &logs.emplace_back());
        } else {
          // A restart: the logs are gone, and with them this way back.
          auto loaded = Model::load(model.serialise());
          REQUIRE(loaded);
          model = std::move(*loaded);
          Model again(bits);
          logs.clear();
          for (const Event& event : events) again.learn(event.lesson, event.spam, &logs.emplace_back());
          CHECK(again.serialise() == model.serialise());
        }
        const Model straight = fold(events, bits);
        REQUIRE(model.serialise() == straight.serialise());
        const Lesson probe = random_event(chance).lesson;
        REQUIRE(model.margin(probe.vector) == straight.margin(probe.vector));
        REQUIRE(model.quality() == straight.quality());
      }
    }
  }
}

TEST_CASE("a weight is found wherever it lies, and what was never taught weighs nothing") {
  // Sums of single lessons are told by the margin of one feature; tables from nearly empty to full, and such
  // as were made in another order.
  Chance chance(6);
  for (const int bits : {4, 9, 16}) {
    for (const std::size_t count : {1U, 7U, 200U, 3'000U, 40'000U}) {
      Model model(bits);
      LearnVector taught;
      for (std::size_t i = 0; i < count; ++i) taught.push_back(chance());
      for (const FeatureId id : taught) model.learn({{id}, 0}, id % 3 == 0);
      const auto loaded = Model::load(model.serialise());
      REQUIRE(loaded);
      LearnVector asked = taught;
      for (std::size_t i = 0; i < 1'000; ++i) asked.push_back(chance());
      std::vector<float> weights(asked.size()), others(asked.size());
      model.look_up(asked, weights.data());
      loaded->look_up(asked, others.data());
      CHECK(weights == others);
      for (std::size_t i = 0; i < asked.size(); ++i) {
        std::vector<float> alone(1);
        model.look_up({asked[i]}, alone.data());
        REQUIRE(alone[0] == weights[i]);
      }
      if (bits == 16 && count <= 200) {
        CHECK(std::all_of(weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(count),
                          [](float weight) { return weight != 0; }));
        CHECK(std::count(weights.begin() + static_cast<std::ptrdiff_t>(count), weights.end(), 0.0F) > 980);
      }
    }
  }
}

TEST_CASE("what features add to a margin is the margin, in whatever order they stand") {
  Chance chance(8);
  std::vector<Event> events;
  for (int i = 0; i < 300; ++i) events.push_back(random_event(chance));
  const Model model = fold(events), other = fold({events.begin(), events.begin() + 100});
  for (const Event& event : events) {
    LearnVector vector = event.lesson.vector;
    const double margin = model.margin(vector);
    Weighing weighing(vector);
    CHECK(weighing.ask(model, 1) == margin);
    // Without the bound of what text may say for ham the parts sum up to it.
    double sum = static_cast<double>(model.bias()), for_ham = 0;
    for (std::size_t i = 0; i < vector.size(); ++i) {
      const double part = static_cast<double>(weighing.parts()[i]);
      const bool text = class_of(vector[i]) <= FeatureClass::pairs;
      (text && part < 0 ? for_ham : sum) += part;
    }
    CHECK(margin ==
          doctest::Approx(std::clamp(sum + std::max(for_ham, -kMostForHam), -kMostMargin, kMostMargin)));
    const std::vector<float> before = weighing.parts();
    weighing.ask(other, 0.25);
    Weighing alone(vector);
    alone.ask(other, 0.25);
    for (std::size_t i = 0; i < vector.size(); ++i)
      CHECK(weighing.parts()[i] == doctest::Approx(before[i] + alone.parts()[i]));
    std::reverse(vector.begin(), vector.end());
    CHECK(model.margin(vector) == doctest::Approx(margin));
  }
}

TEST_CASE("a damaged model is refused") {
  Chance chance(5);
  std::vector<Event> events;
  for (int i = 0; i < 30; ++i) events.push_back(random_event(chance));
  const std::string whole = fold(events).serialise();
  REQUIRE(Model::load(whole));
  CHECK_FALSE(Model::load(""));
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 300) {
    CHECK_FALSE(Model::load(whole.substr(0, size)));
    std::string flipped = whole;
    flipped[size] = static_cast<char>(flipped[size] ^ 0x10);
    CHECK_FALSE(Model::load(flipped));
  }
  CHECK_FALSE(Model::load(whole + "x"));
  CHECK_THROWS_AS(Model(3), std::logic_error);
  CHECK_THROWS_AS(Model(25), std::logic_error);
}

TEST_CASE("a model that only predicts says the same, takes less, and learns no more") {
  Chance chance(31);
  std::vector<Event> events;
  for (int i = 0; i < 300; ++i) events.push_back(random_event(chance));
  const Model whole = fold(events);
  Model sealed = whole;
  sealed.only_predict();
  for (const Event& event : events)
    CHECK(sealed.margin(event.lesson.vector) == whole.margin(event.lesson.vector));
  CHECK(sealed.weights() == whole.weights());
  CHECK(sealed.bytes() < whole.bytes());
  CHECK(sealed.ham() == whole.ham());
  CHECK_THROWS_AS(sealed.learn(events[0].lesson, true), std::logic_error);
  CHECK_THROWS_AS(sealed.undo(UndoLog{}), std::logic_error);
  CHECK_THROWS_AS((void)sealed.serialise(), std::logic_error);
  CHECK(sealed.margin(events[0].lesson.vector) == whole.margin(events[0].lesson.vector));
}

TEST_CASE("its weights are bounded, and so is its memory") {
  Chance chance(6);
  Model model(8);
  for (int i = 0; i < 300; ++i) {
    const Event event = random_event(chance);
    model.learn(event.lesson, event.spam);
  }
  CHECK(model.weights() <= 256);
  CHECK(model.bytes() < sizeof(Model) + 256 * 16);
  CHECK(model.ham() + model.spam() == 300);
  const Lesson probe = random_event(chance).lesson;
  CHECK(std::abs(model.margin(probe.vector)) <= kMostMargin);
}

TEST_CASE("the logistic function is what it should be") {
  for (double x = -50; x <= 50; x += 0.37)
    CHECK(logistic(x) == doctest::Approx(1 / (1 + std::exp(-x))).epsilon(1e-12));
  CHECK(logistic(0) == 0.5);
  CHECK(logistic(-1000) > 0);
  CHECK(logistic(1000) <= 1);
}

TEST_CASE("it counts its predictions before it learns from them") {
  const Model model = taught();
  const Quality& quality = model.quality();
  CHECK(quality.ham == 48);
  CHECK(quality.spam == 48);
  CHECK(quality.area() > 0.9);
  CHECK(quality.area() < 1);  // the first ones were guesses
  // Nothing is known of the first lesson of all, and in doubt it is ham.
  Model fresh;
  fresh.learn({{1, 2, 3}, 0}, true);
  CHECK(fresh.quality().spam_as_ham == 1);
  CHECK(fresh.quality().area() == 0.5);
  // A prior that knows better makes no mistake.
  Model led;
  led.learn({{1, 2, 3}, 8}, true);
  CHECK(led.quality().spam_as_ham == 0);
  std::uint64_t bins = 0;
  for (std::size_t i = 0; i < Quality::kBins; ++i) {
    bins += quality.ham_bins[i] + quality.spam_bins[i];
    if (i > 0) CHECK(Quality::probability_of(i) > Quality::probability_of(i - 1));
  }
  CHECK(bins == 96);
  CHECK(Quality::probability_of(Quality::kBins / 2) > 0.5);
}

TEST_CASE("calibration compares what was predicted with what came") {
  CHECK(calibration_of(Quality{}) == Calibration{});
  Quality quality;
  // One bin of the middle of each half: what it says, and what came.
  const std::size_t low = Quality::kBins / 4, high = 3 * Quality::kBins / 4;
  quality.ham_bins[low] = 9;
  quality.spam_bins[low] = 1;
  quality.ham_bins[high] = 10;
  quality.spam_bins[high] = 20;
  quality.ham = 19;
  quality.spam = 21;
  const double said_low = Quality::probability_of(low), said_high = Quality::probability_of(high);
  const Calibration seen = calibration_of(quality);
  CHECK(seen.predicted == doctest::Approx((10 * said_low + 30 * said_high) / 40));
  CHECK(seen.observed == doctest::Approx(21.0 / 40));
  CHECK(seen.error == doctest::Approx((std::abs(10 * said_low - 1) + std::abs(30 * said_high - 20)) / 40));
  const Calibration::Step& step = seen.steps[static_cast<std::size_t>(said_high * 10)];
  CHECK(step == Calibration::Step{10, 20, step.predicted});
  CHECK(step.predicted == doctest::Approx(said_high));
  std::uint64_t lessons = 0;
  for (const Calibration::Step& one : calibration_of(taught().quality()).steps) lessons += one.ham + one.spam;
  CHECK(lessons == 96);
}

TEST_CASE("ham is safe: the natural threshold stays above nearly all of it") {
  Quality quality;
  CHECK(quality.natural_margin() == doctest::Approx(kUnsureMargin));
  quality.ham = 300;
  quality.ham_margins = {0.5, 0.25};
  CHECK(quality.natural_margin() == doctest::Approx((kUnsureMargin * 20 + 1.5 * 300) / 320));
  // Where ham is far from spam, nothing need be moved.
  quality.ham = 100'000;
  quality.ham_margins = {-3, 1};
  CHECK(quality.natural_margin() < 0.001);
  CHECK(quality.natural_margin() >= 0);
}

TEST_CASE("drift is noticed: what was learned no longer holds") {
  Model model;
  const auto learn = [&](int times, bool turned) {
    for (int i = 0; i < times; ++i) {
      const std::size_t which = static_cast<std::size_t>(i) % std::size(kHam);
      model.learn({features_of(gather(comment_of(kHam[which])), {}, kKey).vector, 0}, turned);
      model.learn({features_of(gather(comment_of(kSpam[which])), {}, kKey).vector, 0}, !turned);
    }
  };
  learn(40, false);
  CHECK(model.quality().drift() == 0);  // too early to tell
  learn(120, false);
  CHECK(model.quality().drift() < 0.5);
  learn(6, true);
  CHECK(model.quality().drift() > 1);
}

TEST_CASE("it is silent until it has seen enough of both kinds") {
  Model model;
  const auto learn = [&](const char* text, bool spam) {
    model.learn({features_of(gather(comment_of(text)), {}, kKey).vector, 0}, spam);
  };
  CHECK(impression(comment_of(kSpam[0]), site_only(model)).silent);
  for (int i = 0; i < 30; ++i) learn(kSpam[i % 8], true);
  CHECK(impression(comment_of(kSpam[0]), site_only(model)).silent);
  for (int i = 0; i < 4; ++i) learn(kHam[i], false);
  CHECK(impression(comment_of(kSpam[0]), site_only(model)).silent);
  learn(kHam[3], false);
  CHECK_FALSE(impression(comment_of(kSpam[0]), site_only(model)).silent);
  CHECK(impression(comment_of("x"), Learned{&kKey, nullptr, nullptr, nullptr, {}}).silent);
}

TEST_CASE("the starter set speaks before any decision, and less as decisions come") {
  std::vector<Labelled> rows;
  for (int i = 0; i < 40; ++i) {
    for (std::size_t j = 0; j < std::size(kHam); ++j) {
      rows.push_back({comment_of(std::string(kHam[j]) + " " + std::to_string(i), "Anna"), false});
      rows.push_back({comment_of(std::string(kSpam[j]) + " " + std::to_string(i), "deal"), true});
    }
  }
  std::vector<Error> errors;
  const auto rules = RuleSet::build({}, errors);
  REQUIRE(rules);
  const Model starter = starter_model(rows, *rules, kKey);
  std::reverse(rows.begin(), rows.end());
  CHECK(starter_model(rows, *rules, kKey).serialise() == starter.serialise());

  Model site;
  Learned learned = site_only(site);
  learned.starter = &starter;
  const Impression spam = impression(comment_of(kSpam[0], "deal"), learned);
  const Impression ham = impression(comment_of(kHam[0], "Anna"), learned);
  CHECK_FALSE(spam.silent);
  CHECK(spam.score > 0);
  CHECK(ham.score < 0);
  CHECK(spam.probability > ham.probability);
  const double before = site.prior_share();
  Chance chance(8);
  for (int i = 0; i < 300; ++i) {
    const Event event = random_event(chance);
    site.learn(event.lesson, event.spam);
  }
  CHECK(site.prior_share() < before / 3);
}

TEST_CASE("the score rises strictly with the probability and stays within its bounds") {
  for (const double trust : {0.3, 1.0}) {
    double before = score_of(-kMostMargin - 1, trust);
    CHECK(before > kLeastScore);
    for (double margin = -kMostMargin; margin <= kMostMargin; margin += 0.001) {
      const double score = score_of(margin, trust);
      REQUIRE(score > before);
      before = score;
    }
    CHECK(before < kMostScore);
  }
  CHECK(logistic(kMostMargin) > logistic(kMostMargin - 0.001));
}

TEST_CASE("it shows what weighed most, where it stands") {
  const Model model = taught();
  const Submission comment = comment_of("So I went home, and then: free casino bonus, play slots!", "Anna");
  const Evidence seen = gather(comment);
  const Impression found = impression_of(seen, features_of(seen, {}, kKey), site_only(model));
  REQUIRE(found.features.size() == kWeighed);
  for (std::size_t i = 1; i < found.features.size(); ++i)
    CHECK(std::abs(found.features[i - 1].weight) >= std::abs(found.features[i].weight));
  const Finding finding = finding_of(found);
  CHECK(finding.rule == "learned");
  REQUIRE_FALSE(finding.evidence.empty());
  CHECK(finding.evidence.size() <= kShown);
  for (std::size_t i = 0; i < finding.evidence.size(); ++i) {
    const Spot& spot = finding.evidence[i];
    CHECK(spot.start < spot.end);
    CHECK(spot.end <= seen.raw(spot.field).size());
    for (std::size_t j = 0; j < i; ++j) {
      const Spot& other = finding.evidence[j];
      CHECK((other.field != spot.field || other.end < spot.start || spot.end < other.start));
    }
  }
  const bool about_casino =
      std::any_of(finding.evidence.begin(), finding.evidence.end(), [&](const Spot& spot) {
        const std::string_view value = seen.raw(spot.field).substr(spot.start, spot.end - spot.start);
        return spot.field == Field::content && (value.find("casino") != std::string_view::npos ||
                                                value.find("bonus") != std::string_view::npos ||
                                                value.find("slots") != std::string_view::npos ||
                                                value.find("free") != std::string_view::npos);
      });
  CHECK(about_casino);
}

TEST_CASE("of all features those that weigh most are shown, the heaviest first") {
  Chance chance(77);
  std::vector<Event> events;
  for (int i = 0; i < 400; ++i) events.push_back(random_event(chance));
  const Model model = fold(events);
  for (int round = 0; round < 300; ++round) {
    // From none to more than are shown, known ones and such that nobody has seen, which weigh nothing.
    Features features;
    for (std::uint32_t i = chance() % 120; i > 0; --i)
      features.vector.push_back(static_cast<FeatureId>(chance() % kFeatureClasses) << 29 |
                                chance() % 500 * 7919);
    std::sort(features.vector.begin(), features.vector.end());
    features.vector.erase(std::unique(features.vector.begin(), features.vector.end()), features.vector.end());
    features.found.resize(1);
    features.first.resize(features.vector.size());
    Weighing weighing(features.vector);
    weighing.ask(model, 1);
    const std::vector<float>& weights = weighing.parts();
    std::vector<std::size_t> expected;
    for (std::size_t i = 0; i < weights.size(); ++i)
      if (weights[i] != 0) expected.push_back(i);
    std::stable_sort(expected.begin(), expected.end(), [&](std::size_t a, std::size_t b) {
      return std::abs(weights[a]) > std::abs(weights[b]);
    });
    expected.resize(std::min(expected.size(), kWeighed));
    const Impression found = impression_of(Evidence{}, features, site_only(model));
    REQUIRE_FALSE(found.silent);
    REQUIRE(found.features.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(found.features[i].id == features.vector[expected[i]]);
      CHECK(found.features[i].weight == weights[expected[i]]);
    }
  }
}

TEST_CASE("of what weighed only words that tell something are named") {
  for (const char* word : {":", "://", "at", "https", "http", "ttps", "HTTP://", "www.", "the", " to ", "",
                           "...", "!", "42", "…", " — ", "at…"})
    CHECK_FALSE_MESSAGE(tells_something(word), word);
  for (const char* word : {"casino", "buy now", "!!!", "$$$", "SEO", "100%", "(slots)", "за", "买",
                           "\xF0\x9F\x98\x80", "\xE2\x80\x8B"})
    CHECK_MESSAGE(tells_something(word), word);

  const Model model = taught();
  const Submission comment =
      comment_of("Go to https://casino.example at once: free casino bonus, play slots!", "Anna");
  const Evidence seen = gather(comment);
  const Impression found = impression_of(seen, features_of(seen, {}, kKey), site_only(model));
  const auto text = [&](const Spot& spot) {
    return seen.raw(spot.field).substr(spot.start, spot.end - spot.start);
  };
  const auto words = words_of(found, text);
  REQUIRE_FALSE(words.empty());
  CHECK(words.size() <= kMostWords);
  double told = 0, weighed = 0;
  for (const WeighedWord& word : words) {
    CHECK_MESSAGE(tells_something(text(word.spot)), text(word.spot));
    told += word.weight;
  }
  std::vector<Spot> spots;
  for (const WeighedWord& word : words) spots.push_back(word.spot);
  for (const Weighed& one : found.features)
    if (std::any_of(spots.begin(), spots.end(), [&](const Spot& spot) {
          return spot.field == one.spot.field && spot.start == one.spot.start && spot.end == one.spot.end;
        }))
      weighed += one.weight;
  CHECK(told == doctest::Approx(weighed));
}

TEST_CASE("good words stuffed into spam do not carry it through") {
  const Model model = taught();
  std::string stuffed = "Win big at our online casino, buy cheap pills, order now!\n";
  for (const char* ham : kHam) stuffed += std::string(" ") + ham;
  const Impression plain = impression(comment_of("Win big at our online casino, buy cheap pills, order now!",
                                                 "best deal", "http://deal1.example/buy"),
                                      site_only(model));
  const Impression with =
      impression(comment_of(stuffed, "best deal", "http://deal1.example/buy"), site_only(model));
  CHECK(plain.probability > 0.9);
  CHECK(with.probability > 0.5);
}

TEST_CASE("spam words in a long honest comment do not damn it") {
  const Model model = taught();
  std::string honest =
      "My uncle worked in a casino before the war and always said: never buy cheap pills for the dog. ";
  honest +=
      "He kept a garden behind the house where the tomatoes were planted after the last frost, and we walked "
      "the trail "
      "to the bridge with the children every autumn. The bread came out darker when he used rye flour, but "
      "the taste "
      "was wonderful, and the silence of these evenings is what I remember most.";
  const Impression said = impression(comment_of(honest, "Anna B3"), site_only(model));
  CHECK(said.probability < 0.5);
  CHECK(said.score < 0);
}

TEST_CASE("one word adds no more than its bound") {
  Model model;
  for (int i = 0; i < 500; ++i) {
    model.learn({{7}, 0}, true);
    model.learn({{9}, 0}, false);
  }
  const LearnVector vector{7};
  Weighing weighing(vector);
  weighing.ask(model, 1);
  REQUIRE(weighing.parts().size() == 1);
  CHECK(weighing.parts()[0] > 0.5F);
  CHECK(weighing.parts()[0] <= static_cast<float>(kMostOfFeature));
}

TEST_CASE("the same rows under the same key give the model of before, or the kept ones get another name") {
  // When this number changes, what is kept of the starter set no longer fits: raise kStarterSemantics.
  Model model(kStarterWeights);
  int number = 0;
  for (const char* text : {"Cheap pills at http://pills.example/buy?a=1 now!!",
                           "I tried the second proof, and it needs the lemma.",
                           "[url=http://casino.example]w\xC3\xADn b\xC3\xADg[/url] \xF0\x9F\x98\x80",
                           "\xE8\xB0\xA2\xE8\xB0\xA2 bread 12 h at 230"}) {
    Submission comment = comment_of(text, "Best Offers");
    comment.author.email = "jane.doe77@mail.example";
    comment.author.url = "https://www.best-offers.example/a/b";
    comment.client = {"192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0",
                      "https://blog.example/post"};
    model.learn({features_of(gather(comment), {}, kKey).vector, 0}, ++number % 2 == 1);
  }
  CHECK(kStarterSemantics == "starter 2");
  CHECK(fnv(model.serialise()) == 11715554191932129745ULL);
}

TEST_CASE("a part of a word is shown as the word, without the spaces at its ends") {
  const auto shown = [](const std::string& text) {
    Model site(kSiteWeights);
    for (int i = 0; i < 12; ++i) {
      const Submission comment = comment_of(text + (i % 2 == 0 ? " a" : ""));
      site.learn({features_of(gather(comment), {}, kKey).vector, 0}, true);
      site.learn({features_of(gather(comment_of("moss " + std::to_string(i))), {}, kKey).vector, 0}, false);
    }
    const Submission comment = comment_of(text);
    std::vector<std::string> values;
    for (const Weighed& one : impression(comment, site_only(site)).features) {
      REQUIRE(one.spot.end <= std::max(comment.content.size(), std::size_t{100}));
      if (one.spot.field == Field::content && one.spot.end > one.spot.start)
        values.push_back(comment.content.substr(one.spot.start, one.spot.end - one.spot.start));
    }
    REQUIRE(!values.empty());
    return values;
  };
  for (const std::string& one : shown("lottery  w\xC3\xADnners  numbers")) {
    CAPTURE(one);
    CHECK(one.front() != ' ');
    CHECK(one.back() != ' ');
    // Whole words only: every word of it is one of the text.
    std::string rest = one + " ";
    for (std::size_t end = rest.find(' '); end != std::string::npos; end = rest.find(' ')) {
      const std::string word = rest.substr(0, end);
      rest.erase(0, end + 1);
      CHECK((word.empty() || word == "lottery" || word == "w\xC3\xADnners" || word == "numbers"));
    }
  }
  // Scripts without spaces have no words to widen to, and what is endless stays a part.
  bool single = false;
  for (const std::string& one :
       shown("\xE5\xBD\xA9\xE7\xA5\xA8\xE4\xB8\xAD\xE5\xA5\x96\xE5\x8F\xB7\xE7\xA0\x81"))
    single = single || one.size() == 3;
  CHECK(single);
  std::size_t parts = 0;
  for (const std::string& one : shown("ok " + std::string(3'000, 'x') + "yz"))
    parts += one.size() <= 100 ? 1 : 0;
  CHECK(parts > 0);
}

TEST_CASE("promise 5: when the learner cannot be asked, the comment is held") {
  std::vector<Error> errors;
  const auto rules = RuleSet::build({}, errors);
  REQUIRE(rules);
  const Evidence seen = gather(comment_of("a fine remark"));
  Policy policy;
  policy.moderation = Moderation::publish;
  REQUIRE(rules->judge(seen, policy).action == Action::approve);
  const Verdict verdict = rules->judge(
      seen, policy, [](const Evidence&, std::span<const Finding>) { return std::optional<Heard>(); });
  CHECK(verdict.action == Action::hold);
  CHECK(verdict.unchecked);
  REQUIRE(!verdict.findings.empty());
  CHECK(verdict.findings.back().rule == "unchecked");
  CHECK(verdict.findings.back().about == "A check could not be made: the learner.");
  CHECK_FALSE(verdict.probability.has_value());
}

TEST_CASE("the verdict carries what was learned, and no order is lost to rounding") {
  std::vector<Error> errors;
  const auto rules = RuleSet::build({}, errors);
  REQUIRE(rules);
  const Model model = taught();
  Learned learned = site_only(model);
  learned.version = "m7";
  Policy policy;
  policy.moderation = Moderation::publish;
  const Evidence seen = gather(comment_of(kSpam[0], "best deal 2", "http://deal2.example/buy"));
  const Verdict without = rules->judge(seen, policy);
  CHECK_FALSE(without.probability);
  const Verdict with = rules->judge(seen, policy, &learned);
  REQUIRE(with.probability);
  CHECK(*with.probability > 0.5);
  CHECK(with.model_version == "m7");
  const auto finding = std::find_if(with.findings.begin(), with.findings.end(),
                                    [](const Finding& one) { return one.rule == kLearnedRule; });
  REQUIRE(finding != with.findings.end());
  CHECK(with.score == doctest::Approx(without.score + finding->score));
  CHECK(with.score > without.score);
  CHECK(rules->judge(seen, policy, &learned) == with);
  // Silent: no finding, no probability.
  const Model none;
  learned.site = &none;
  const Verdict silent = rules->judge(seen, policy, &learned);
  CHECK_FALSE(silent.probability);
  CHECK(silent.score == without.score);
  CHECK(silent.findings == without.findings);
}

TEST_CASE("learned is a rule like others: listed, put in shadow or off, and made smaller") {
  const Model model = taught();
  const Learned learned = site_only(model);
  Policy policy;
  policy.moderation = Moderation::publish;
  const Evidence seen = gather(comment_of(kSpam[0]));
  const auto set = [](const std::string& text) {
    const PackSource packs[] = {{"t.toml", "pack = \"t\"\nabout = \"T\"\n" + text, {}}};
    std::vector<Error> errors;
    auto rules = RuleSet::build(packs, errors);
    return std::pair(rules,
                     errors.empty() ? std::string() : errors.front().what + " " + errors.front().advice);
  };
  const auto info = [](const RuleSet& rules) {
    for (const RuleInfo& one : rules.rules()) {
      if (one.name == kLearnedRule) return one;
    }
    FAIL("it is not in the list");
    return RuleInfo();
  };
  const auto live = set("").first;
  REQUIRE(live);
  const Verdict usual = live->judge(seen, policy, &learned);
  const Finding& said = usual.findings.front();
  REQUIRE(said.rule == kLearnedRule);
  CHECK(said.score > 1);
  CHECK(info(*live).kind == "learner");
  CHECK(info(*live).about == kLearnedAbout);
  CHECK(info(*live).score == kMostScore);
  CHECK(info(*live).state == "live");

  const auto shadow = set("[state]\nlearned = \"shadow\"\n").first;
  REQUIRE(shadow);
  const Verdict shown = shadow->judge(seen, policy, &learned);
  REQUIRE(shown.findings.size() == usual.findings.size());
  CHECK(shown.findings.front().rule == kLearnedRule);
  CHECK(shown.findings.front().shadow);
  CHECK(shown.findings.front().score == said.score);
  CHECK(shown.score == live->judge(seen, policy).score);
  CHECK(shown.probability == usual.probability);
  CHECK(info(*shadow).state == "shadow");

  const auto off = set("[state]\nlearned = \"off\"\n").first;
  REQUIRE(off);
  bool asked = false;
  const Verdict silent = off->judge(seen, policy, [&](const Evidence&, std::span<const Finding>) {
    asked = true;
    return std::optional<Heard>();
  });
  CHECK_FALSE(asked);
  CHECK_FALSE(silent.unchecked);
  CHECK(silent.findings == live->judge(seen, policy).findings);
  CHECK_FALSE(off->judge(seen, policy, &learned).probability.has_value());
  CHECK(off->version() != live->version());

  const auto half = set("[score]\nlearned = 3.5\n").first;
  REQUIRE(half);
  CHECK(info(*half).score == 3.5);
  CHECK(half->judge(seen, policy, &learned).findings.front().score == doctest::Approx(said.score / 2));
  policy.overrides["learned.score"] = 0.7;
  CHECK(live->check_overrides(policy.overrides).has_value());
  CHECK(live->judge(seen, policy, &learned).score == doctest::Approx(said.score / 10));
  CHECK_FALSE(live->check_overrides({{"learned.score", 8}}).has_value());

  CHECK(set("[score]\nlearned = 8\n")
            .second.starts_with("what the learner adds at most must lie within 0 and 7"));
  CHECK(set("[state]\nlearnd = \"off\"\n").second.find("learned") != std::string::npos);
  CHECK(set("[[composite]]\nname = \"c\"\nabout = \"A.\"\nscore = 1\nwhen = \"learned\"\n")
            .second.find("speaks when all rules have spoken") != std::string::npos);
  CHECK(set("[[pattern]]\nname = \"learned\"\nabout = \"A.\"\nscore = 1\ntype = \"word\"\nmatch = \"x1\"\n"
            "spam = [\"x1\"]\nham = [\"y\"]\n")
            .second.find("the learner has it") != std::string::npos);
}

TEST_CASE("the learner counts as a hit where it flags") {
  Finding finding;
  finding.rule = kLearnedRule;
  for (const auto& [score, hit] : {std::pair(-3.0, false), {0.4, false}, {kLearnedHit, true}, {6.0, true}}) {
    finding.score = score;
    CHECK(counts_as_hit(finding) == hit);
  }
  finding.rule = "shouting";
  finding.score = -1;
  CHECK(counts_as_hit(finding));
}
