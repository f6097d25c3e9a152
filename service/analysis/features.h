// From evidence to what a learner learns from. Pure; safe from any thread. xxHash stays in
// feature_collector.h.
//
// Taken are, each with a prefix of its own so that a word in a name is another feature than in the text:
//   - words as written and folded, signs and emoji, words that follow each other (folded), character n-grams
//   of the
//     folded text (over code points, so that every script has them), for scripts without spaces their
//     characters;
//   - the author's name: words, n-grams, shape; email: domain and its end, shape of the local part; author's
//   URL
//     and links: host, registrable domain, end, words of host and path, shape; words of anchors;
//   - address (/24 and /16, IPv6 /48 and /32), words of the agent, whether a referrer came and from where;
//   - scripts, lengths and shares in steps, type, which fields are there at all;
//   - which rules fired (live or shadow; not what policy, blocks or the learner itself added).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/lesson.h"
#include "core/evidence.h"
#include "core/verdict.h"

namespace chaffinch {

// The secret of one database, made once at random and never changed: lessons kept under another key teach
// nothing about today's comments.
class FeatureKey {
 public:
  // REQUIRES: at least 16 bytes, else std::logic_error. The same bytes give the same key.
  explicit FeatureKey(std::string_view secret);
  std::span<const unsigned char> secret() const { return secret_; }

 private:
  std::array<unsigned char, 192> secret_{};
};

// Where a feature was first seen, in the view that it was read from.
struct FeaturePlace {
  Field field = Field::content;
  View view = View::raw;
  std::uint32_t start = 0;  // start == end: nowhere (a rule without evidence, an absent field)
  std::uint32_t end = 0;
};

struct FoundFeature {
  FeatureId id = 0;
  FeaturePlace place;
};

struct Features {
  LearnVector vector;                // by where they were first seen, or rising
  std::vector<FoundFeature> found;   // all that were seen
  std::vector<std::uint32_t> first;  // of each of `vector`, where in `found` it was seen first

  const FeaturePlace& place(std::size_t at) const { return found[first[at]].place; }
  // As a spot of the original field. REQUIRES at < vector.size(), and the evidence that it was made from.
  Spot spot(const Evidence& seen, std::size_t at) const;
};

// At most the first 16 KiB and the last 4 KiB of a view are read; the number of features is bounded by
// kMostOfClass. Linear; a 300-byte comment takes some microseconds. `findings` are those of the verdict, in
// any order.
Features features_of(const Evidence& seen, std::span<const Finding> findings, const FeatureKey& key);

}  // namespace chaffinch
