// One learned model: a fold over lessons in the order of their sequence numbers. Pure value; one thread at a
// time changes it, any number may read it while nobody does.
//
//   Model model(kSiteWeights);
//   for (event : events_in_order) model.learn(event.lesson, event.spam);
//   double m = model.margin(features.vector);     // > 0: spam
//
// Deterministic: the same lessons in the same order give the same bytes of serialise(), on every machine with
// IEEE arithmetic, with a serialise() and load() anywhere between, and with any lessons learned and undone
// between.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/lesson.h"
#include "core/large_pages.h"
#include "core/result.h"

namespace chaffinch {

// At most so many weights, as powers of two. Features beyond share weights (feature hashing): nothing is
// refused and nothing forgotten at the bound, neighbours blur. A weight costs 12 bytes, 24 to 48 in a table
// that grows.
inline constexpr int kSharedWeights = 22;
inline constexpr int kSiteWeights = 20;
inline constexpr int kStarterWeights = 20;

// Chosen by measuring on public comment sets, predict then learn (service/README.md, decisions, has the
// figures and what lost). AdaGrad (Duchi, Hazan, Singer 2011) on logistic loss.
inline constexpr double kLearningRate = 0.5;
inline constexpr double kRateFloor = 0.01;
inline constexpr double kBiasRate = 0.1;
// Nothing is learned from a lesson whose margin is on the right side by so much (thick margin).
inline constexpr double kThick = 2;
// The rarer kind counts more: sqrt of its share's inverse, at most so much.
inline constexpr double kMostBalance = 5;
// By FeatureClass: each class of a row has this length, then the row is normalised to 1. A text of a thousand
// words weighs no more than its author's name.
inline constexpr std::array<double, kFeatureClasses> kClassShares = {1, 0.7, 1, 1, 1, 1, 1.5, 0.7};
// No feature adds more than this to a margin: one word never carries the day.
inline constexpr double kMostOfFeature = 1;
// All that speaks for ham in a text (grams, words, pairs) adds no more than this: honest words pasted below
// an advertisement do not excuse it.
inline constexpr double kMostForHam = 2.0;
// What the starter set's margin counts for a model that has seen nothing, and how many lessons of the rarer
// kind halve it.
inline constexpr double kPriorShare = 0.5;
inline constexpr double kPriorFades = 50;

inline constexpr double kMostMargin = 30;
double bounded_margin(double margin);

// 1 / (1 + exp(-margin)), the same to the last bit everywhere.
double logistic(double margin);

// Safety of ham, see Quality::natural_margin. Two and a half were no safer and missed more.
inline constexpr double kHamSpread = 2;
inline constexpr double kTrustsHam = 20;
inline constexpr double kUnsureMargin = 0.6;

// How good the predictions were that were made before learning: by this model with its prior, as an opinion
// without a shared model has it.
struct Quality {
  static constexpr std::size_t kBins = 64;
  std::uint64_t ham = 0;  // lessons seen
  std::uint64_t spam = 0;
  std::uint64_t ham_as_spam = 0;  // said with a probability of at least 0.5
  std::uint64_t spam_as_ham = 0;
  // Lessons by predicted margin less the natural one, as 1 / (1 + exp(-margin / 3)) in kBins equal steps.
  std::array<std::uint64_t, kBins> ham_bins{};
  std::array<std::uint64_t, kBins> spam_bins{};
  double loss_fast =
      0;  // squared error, exponentially forgetting: about the last 30 and the last 500 lessons
  double loss_slow = 0;

  // Of the margins predicted (the natural one not taken off), about the last 300 of each kind.
  struct Margins {
    double mean = 0;
    double variance = 0;

    bool operator==(const Margins&) const = default;
  };
  Margins ham_margins, spam_margins;

  bool operator==(const Quality&) const = default;

  // The margin at which the natural threshold lies, probability 0.5: for the safety of ham so many standard
  // deviations above the mean of ham's margins, where that is above 0, once so many ham were seen; before, at
  // kUnsureMargin.
  double natural_margin() const;
  // The probability in the middle of a bin, to compare with the share of spam in it (calibration).
  static double probability_of(std::size_t bin);
  // The chance that a spam was given more than a ham, from the bins; 0.5 without one of the two.
  double area() const;
  // Above 0: worse than usual of late. From 1 on it deserves a look; 0 until there is enough to tell.
  double drift() const;
};

// What learn() overwrote. As many logs as are kept can be rolled back, latest first.
class UndoLog {
 public:
  std::size_t bytes() const;

 private:
  friend class Model;
  struct Old {
    std::uint32_t place = 0;
    float weight = 0;
    float rate = 0;
  };
  std::vector<Old> old_;
  std::string rest_;  // everything of the model but its weights
};

class Model {
 public:
  // REQUIRES: 4 <= weight_bits <= 24, else std::logic_error.
  explicit Model(int weight_bits = kSiteWeights);

  // Teaches one lesson. With a log, undo(log) takes exactly this back, as long as all that was learned later
  // has been undone before.
  void learn(const Lesson& lesson, bool spam, UndoLog* log = nullptr);
  void undo(const UndoLog& log);

  // The model's own opinion, without any prior: above 0 is spam. Finite, within (-kMostMargin, kMostMargin).
  // Weighing (weighing.h) tells besides what each feature adds to it.
  double margin(const LearnVector& vector) const;
  // What the prior's margin counts beside this model's, by what it has seen.
  double prior_share() const;
  // A hint that look_up of a model too large for the processor's own caches comes soon.
  void expect(const LearnVector& vector) const;
  // The weight of each feature, 0 of what was never taught. REQUIRES room for vector.size() in `weights`.
  void look_up(const LearnVector& vector, float* weights) const;
  float bias() const { return bias_; }

  const Quality& quality() const { return quality_; }
  std::uint64_t ham() const { return quality_.ham; }
  std::uint64_t spam() const { return quality_.spam; }
  bool empty() const { return quality_.ham + quality_.spam == 0; }

  // Weights in use, and memory taken.
  std::size_t weights() const;
  // Gives back what only learning needs, a third of its memory. From then on it predicts and tells of itself;
  // learn, undo and serialise are std::logic_error.
  void only_predict();
  std::size_t bytes() const;

  // Versioned, with a checksum; the order of weights is fixed, so equal models give equal bytes.
  std::string serialise() const;
  // Code::invalid for anything that serialise() cannot have written.
  static Result<Model> load(std::string_view blob);

 private:
  // What is read to predict stands apart from what only learning needs. Four slots are looked at together; a
  // bucket never crosses a line of the processor's cache.
  static constexpr std::size_t kBucket = 4;
  struct alignas(32) Bucket {
    std::array<std::uint32_t, kBucket> keys{};  // place + 1; 0: free
    std::array<float, kBucket> weights{};
  };
  std::uint32_t place_of(FeatureId id) const;
  std::size_t slots() const { return buckets_.size() * kBucket; }
  bool full() const { return slots() == std::size_t{1} << bits_; }  // every place has its own slot
  std::uint32_t key_at(std::size_t slot) const { return buckets_[slot / kBucket].keys[slot % kBucket]; }
  std::uint32_t& key_at(std::size_t slot) { return buckets_[slot / kBucket].keys[slot % kBucket]; }
  float& weight_at(std::size_t slot) { return buckets_[slot / kBucket].weights[slot % kBucket]; }
  float weight_at(std::size_t slot) const { return buckets_[slot / kBucket].weights[slot % kBucket]; }
  std::size_t find(std::uint32_t place) const;  // its slot; a free one when the place has none
  std::size_t make(std::uint32_t place);
  void grow();
  void require_rates() const;
  void count(double margin, bool spam);
  std::string rest() const;
  bool set_rest(std::string_view bytes);

  int bits_;
  // Open addressing; a power of two, at most half of the slots taken unless all places fit.
  std::vector<Bucket, LargePages<Bucket>> buckets_;
  std::vector<float, LargePages<float>> rates_;  // of each slot: the sum of squared gradients
  std::optional<std::size_t> taught_;            // weights, once it only predicts: rates_ are gone
  std::size_t used_ = 0;
  float bias_ = 0;
  float bias_rate_ = 0;
  Quality quality_;
};

}  // namespace chaffinch
