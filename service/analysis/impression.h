// What the learner says of one comment: the models of a site put together. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/features.h"
#include "analysis/learner.h"
#include "core/evidence.h"
#include "core/verdict.h"

namespace chaffinch {

// A rule like others: packs and switches put it live, in shadow or off (off: it is not asked, and the
// probability is null), and give it another score, which is then the most it adds: all of it becomes smaller
// in proportion.
inline constexpr std::string_view kLearnedRule = "learned";
inline constexpr std::string_view kLearnedAbout =
    "What was learned from decisions speaks for or against the comment, by the chance of spam.";

// The models that speak for one site at one moment, and the key that its features are made with. Any model
// may be missing. REQUIRES: all outlive their use.
struct Learned {
  const FeatureKey* key = nullptr;
  const Model* starter = nullptr;  // learned from the starter set; frozen
  const Model* shared = nullptr;   // from sites that opted in
  const Model* site = nullptr;     // from this site's own decisions
  std::string_view version = {};   // goes into the verdict

  bool operator==(const Learned&) const = default;
};

struct Weighed {
  FeatureId id = 0;
  double weight = 0;  // what it adds to the margin; above 0 speaks for spam
  Spot spot;
};

struct Impression {
  bool silent = true;  // too little seen of one kind: the rest means nothing
  double probability = 0.5;
  double score = 0;               // what it adds to the verdict; rises strictly with the probability
  std::vector<Weighed> features;  // what weighed most, heaviest first; at most kWeighed
};
// What a judge hears of the learner (ruleset.h, AskLearner).
struct Heard {
  Impression impression;
  std::string version;  // of the models; goes into the verdict
};

inline constexpr std::size_t kWeighed = 24;
inline constexpr std::size_t kShown = 8;  // spots of the finding; those that overlap are one

// The bounds of Impression::score: rules that are sure can outweigh it. Reached by a model that has proven
// itself on this site; others stay nearer to 0.
inline constexpr double kMostScore = 7;
inline constexpr double kLeastScore = -4;

// Nothing is said before so many of both kinds were seen. The starter set counts little, whatever its size.
inline constexpr double kEnough = 5;
inline constexpr double kStarterCounts = 0.02;
inline constexpr double kStarterMost = 15;
inline constexpr double kSharedCounts = 0.1;
// Of the starter's share (Model::prior_share), what the shared model counts.
inline constexpr double kSharedShare = 1;
// A site's learner is taken for this good before so many lessons of both kinds have shown how good it is.
inline constexpr double kUnproven = 0.5;
inline constexpr double kProves = 20;
// The margin at which half of the bound is reached.
inline constexpr double kHalfScore = 1;

// From 0 (worth nothing) to 1.
double proven(const Quality& quality);
// Strictly rising in `margin` for any trust above 0.
double score_of(double margin, double trust);

Impression impression_of(const Evidence& seen, const Features& features, const Learned& learned);

// What weighed most, as words of the comment: features that were read from the same words are one, their
// weights summed up; what was read from nowhere (a field that is not there) is left out, and what tells a
// reader nothing. Heaviest first. `text`: what stands at a spot.
struct WeighedWord {
  Spot spot;          // view raw
  double weight = 0;  // above 0 speaks for spam
};
inline constexpr std::size_t kMostWords = 12;
std::vector<WeighedWord> words_of(const Impression& impression,
                                  const std::function<std::string_view(const Spot&)>& text);
// Whether a word that weighed tells a reader something: ":", "at" and "https" do not, "!!!" does. Of ASCII
// alone: what is short in another script, or a picture, may well be a whole word.
bool tells_something(std::string_view word);

// As the verdict shows it. REQUIRES: not silent.
Finding finding_of(const Impression& impression);

// In statistics of rules the learner, which has a word on nearly every comment, counts as one that hit where
// it speaks for spam with at least this score: then its precision is that of a flag. Other findings always
// count.
inline constexpr double kLearnedHit = 1;
bool counts_as_hit(const Finding& finding);

}  // namespace chaffinch
