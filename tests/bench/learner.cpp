#include "bench/learner.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "analysis/features.h"
#include "analysis/gather.h"
#include "analysis/impression.h"
#include "bench/clock.h"
#include "bench/texts.h"
#include "cli/home.h"

namespace chaffinch::bench {
namespace {

// Lessons of features that nobody shares, until a model of the given size is full.
Model full(int bits) {
  Model model(bits);
  std::uint64_t state = 1;
  while (model.weights() < (std::size_t{1} << bits) * 95 / 100) {
    for (int j = 0; j < 1000; ++j) {
      Lesson lesson;
      for (int k = 0; k < 500; ++k) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        lesson.vector.push_back(static_cast<FeatureId>(state >> 32));
      }
      std::sort(lesson.vector.begin(), lesson.vector.end());
      lesson.vector.erase(std::unique(lesson.vector.begin(), lesson.vector.end()), lesson.vector.end());
      model.learn(lesson, j % 2 == 0);
    }
  }
  return model;
}

struct Comment {
  Evidence seen;
  std::vector<Finding> findings;
};

}  // namespace

void bench_learner() {
  const auto rules = cli::rules_or_complain("");
  if (!rules) return;
  const FeatureKey key("the key of the benches");
  constexpr std::size_t kComments = 3'000;
  std::vector<Comment> comments;
  for (std::size_t i = 0; i < kComments; ++i) {
    Submission one = made_up(700'000'000 + i, "");
    one.content.resize(std::min<std::size_t>(one.content.size(), 300));
    Evidence seen = gather(std::move(one));
    std::vector<Finding> findings = rules->judge(seen, Policy{}).findings;
    comments.push_back({std::move(seen), std::move(findings)});
  }
  const Model shared = full(kSharedWeights);
  Model site(kSiteWeights), starter(kStarterWeights);
  std::size_t features = 0, blob = 0;
  for (std::size_t i = 0; i < kComments; ++i) {
    const Lesson lesson{features_of(comments[i].seen, comments[i].findings, key).vector, 0};
    features += lesson.vector.size();
    blob += encode(lesson).size();
    (i % 2 == 0 ? site : starter).learn(lesson, i % 4 < 2);
  }
  const Learned learned{&key, &starter, &shared, &site, "bench"};

  std::vector<double> extract, whole, say, teach, teach_only;
  double sum = 0;
  for (int round = 0; round < 7; ++round) {
    const auto each = [&](std::vector<double>& times, const auto& work) {
      const double began = now_us();
      for (const Comment& one : comments) work(one);
      if (round > 0) times.push_back((now_us() - began) / static_cast<double>(kComments));
    };
    each(extract, [&](const Comment& one) {
      sum += static_cast<double>(features_of(one.seen, one.findings, key).vector.size());
    });
    std::vector<Features> made;
    for (const Comment& one : comments) made.push_back(features_of(one.seen, one.findings, key));
    std::size_t at = 0;
    each(say, [&](const Comment& one) { sum += impression_of(one.seen, made[at++], learned).probability; });
    each(whole, [&](const Comment& one) {
      sum += impression_of(one.seen, features_of(one.seen, one.findings, key), learned).probability;
    });
    // Every lesson changes the model: the labels are turned each round.
    Model taught = shared;
    at = 0;
    each(teach_only, [&](const Comment&) {
      UndoLog log;
      taught.learn({made[at].vector, 0}, (at + static_cast<std::size_t>(round)) % 2 == 0, &log);
      ++at;
    });
    at = 0;
    each(teach, [&](const Comment& one) {
      UndoLog log;
      taught.learn({features_of(one.seen, one.findings, key).vector, 0},
                   (at++ + static_cast<std::size_t>(round)) % 2 != 0, &log);
    });
  }
  const double each_site = static_cast<double>(site.bytes()) / (1 << 20);
  const double began = now_us();
  const std::string saved = shared.serialise();
  const double serialised = now_us();
  const bool back = Model::load(saved).has_value();
  const double loaded = now_us();
  std::printf("## The learner on comments of 300 bytes, processor time\n\n");
  std::printf("%.0f features a comment, %.0f bytes a kept lesson.\n\n",
              static_cast<double>(features) / kComments, static_cast<double>(blob) / kComments);
  std::printf("| | µs a comment |\n|---|---|\n");
  std::printf("| features | %.1f |\n", median(extract));
  std::printf("| opinion of three models, %zu, %zu and %zu weights | %.1f |\n", starter.weights(),
              shared.weights(), site.weights(), median(say));
  std::printf("| predict: both | %.1f |\n", median(whole));
  std::printf("| learn into the largest, with a log to undo it | %.1f |\n", median(teach_only));
  std::printf("| learn, features included | %.1f |\n", median(teach));
  std::printf(
      "\nA site of %llu lessons: %.1f MiB, %zu weights; a full one %.1f MiB. Shared: %.1f MiB; saved in %.0f "
      "ms, "
      "loaded in %.0f ms, %.1f MiB%s.\n\n",
      static_cast<unsigned long long>(site.ham() + site.spam()), each_site, site.weights(),
      static_cast<double>((std::size_t{1} << kSiteWeights) * 12) / (1 << 20),
      static_cast<double>(shared.bytes()) / (1 << 20), (serialised - began) / 1000,
      (loaded - serialised) / 1000, static_cast<double>(saved.size()) / (1 << 20),
      back && sum > 0 ? "" : " (and it did not load)");
}

}  // namespace chaffinch::bench
