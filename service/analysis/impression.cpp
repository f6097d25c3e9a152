#include "analysis/impression.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "analysis/feature_parts.h"
#include "analysis/text.h"
#include "analysis/utf8.h"
#include "analysis/weighing.h"

namespace chaffinch {
namespace {

const Model& or_none(const Model* model) {
  static const Model kNone(4);
  return model == nullptr ? kNone : *model;
}

// Lessons of the rarer kind, those of others at their weight.
double seen_of_both(const Learned& learned) {
  const auto counted = [](const Model* model, double weight, bool spam) {
    return model == nullptr ? 0 : weight * static_cast<double>(spam ? model->spam() : model->ham());
  };
  const auto kind = [&](bool spam) {
    return std::min(kStarterMost, counted(learned.starter, kStarterCounts, spam)) +
           counted(learned.shared, kSharedCounts, spam) + counted(learned.site, 1, spam);
  };
  return std::min(kind(false), kind(true));
}

// The places of the kWeighed largest by size, largest first, equals as they stand; zeros never.
std::vector<std::uint32_t> heaviest(const std::vector<float>& weights) {
  // Sizes of positive floats are in the order of their bits.
  std::vector<std::int32_t> sizes(weights.size());
  std::int32_t most = 0, some = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    sizes[i] = std::bit_cast<std::int32_t>(std::abs(weights[i]));
    most = std::max(most, sizes[i]);
    some += sizes[i] > 0 ? 1 : 0;
  }
  // A size that enough are above, and few more than enough: to count them all again and again costs less than
  // to sort what cannot be among them.
  constexpr std::int32_t kEnoughAbove = kWeighed, kFew = 4, kQuarter = 1 << 24;
  std::int32_t low = 0, high = some > kEnoughAbove ? most : 0;
  while (high - low > 1) {
    // A quarter of what is too large, until that is too small.
    const std::int32_t middle = low + std::max((high - low) / 2, high - low - kQuarter);
    std::int32_t above = 0;
    for (const std::int32_t size : sizes) above += size > middle ? 1 : 0;
    (above >= kEnoughAbove ? low : high) = middle;
    if (above >= kEnoughAbove && above <= kEnoughAbove + kFew) break;
  }
  std::vector<std::uint64_t> large(sizes.size());  // one whole number holds size and place
  std::size_t found = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    large[found] = static_cast<std::uint64_t>(sizes[i]) << 32 | static_cast<std::uint32_t>(~i);
    found += sizes[i] > low ? 1 : 0;
  }
  large.resize(found);
  std::sort(large.begin(), large.end(), std::greater<>());
  const std::size_t count = std::min(kWeighed, large.size());
  std::vector<std::uint32_t> places;
  places.reserve(count);
  for (std::size_t i = 0; i < count; ++i) places.push_back(~static_cast<std::uint32_t>(large[i]));
  return places;
}

// A part of a word tells a person nothing: the spaces at its ends go, and the words that it begins and ends
// in are shown whole, as far as they are not endless.
void to_words(std::string_view field, Spot& spot) {
  constexpr std::uint32_t kMost = 40;
  if (spot.end > field.size()) return;
  const Spot before = spot;
  while (spot.start < spot.end && space_at(decode_at(field, spot.start)))
    spot.start += decode_at(field, spot.start).length;
  while (spot.start < spot.end && space_at(decode_before(field, spot.end)))
    spot.end -= decode_before(field, spot.end).length;
  if (spot.start >= spot.end) {
    spot = before;
    return;
  }
  const auto in_word = [](const CodePoint& c) { return word_character(c.value) && !unspaced(c.value); };
  const std::uint32_t start = spot.start, end = spot.end;
  if (in_word(decode_at(field, start))) {
    while (spot.start > 0 && start - spot.start < kMost && in_word(decode_before(field, spot.start)))
      spot.start -= decode_before(field, spot.start).length;
  }
  if (in_word(decode_before(field, end))) {
    while (spot.end < field.size() && spot.end - end < kMost && in_word(decode_at(field, spot.end)))
      spot.end += decode_at(field, spot.end).length;
  }
}

}  // namespace

double proven(const Quality& quality) {
  const double both = static_cast<double>(std::min(quality.ham, quality.spam));
  const double better = std::max(0.0, 2 * quality.area() - 1);
  return (kUnproven * kProves + better * both) / (kProves + both);
}

double score_of(double margin, double trust) {
  const double squashed = margin / (std::abs(margin) + kHalfScore);
  return trust * squashed * (margin >= 0 ? kMostScore : -kLeastScore);
}

Impression impression_of(const Evidence& seen, const Features& features, const Learned& learned) {
  Impression impression;
  impression.silent = seen_of_both(learned) < kEnough;
  if (impression.silent) return impression;
  const Model& site = or_none(learned.site);
  const Model& starter = or_none(learned.starter);
  const Model& shared = or_none(learned.shared);
  const LearnVector& vector = features.vector;
  const double prior = site.prior_share();
  const double neighbours = prior * kSharedShare;
  if (!shared.empty()) shared.expect(vector);  // the largest, which comes last
  Weighing weighing(vector);
  double margin = weighing.ask(site, 1);
  if (!starter.empty()) margin += prior * weighing.ask(starter, prior);
  if (!shared.empty()) margin += neighbours * weighing.ask(shared, neighbours);
  const std::vector<float>& weights = weighing.parts();
  margin -= site.quality().natural_margin();
  impression.probability = logistic(margin);
  impression.score = score_of(margin, proven(site.quality()));

  impression.features.reserve(kWeighed);
  for (const std::uint32_t at : heaviest(weights)) {
    Spot spot = features.spot(seen, at);
    to_words(seen.raw(spot.field), spot);
    impression.features.push_back({vector[at], weights[at], spot});
  }
  return impression;
}

Finding finding_of(const Impression& impression) {
  Finding finding;
  finding.rule = kLearnedRule;
  finding.score = impression.score;
  char sentence[80];
  std::snprintf(sentence, sizeof sentence, "By what was learned, the chance of spam is %.0f %%.",
                100 * impression.probability);
  finding.about = sentence;
  for (const Weighed& one : impression.features) {
    Spot spot = one.spot;
    if (spot.start >= spot.end) continue;
    // n-grams overlap: what meets is shown as one.
    std::vector<Spot>& spots = finding.evidence;
    std::erase_if(spots, [&spot](const Spot& other) {
      if (other.field != spot.field || other.end < spot.start || spot.end < other.start) return false;
      spot.start = std::min(spot.start, other.start);
      spot.end = std::max(spot.end, other.end);
      return true;
    });
    if (spots.size() == kShown) break;
    spot.view = View::raw;
    spots.push_back(spot);
  }
  return finding;
}

bool tells_something(std::string_view word) {
  std::string plain;
  for (std::size_t at = 0; at < word.size(); ++at) {
    // Quotes, dashes and ellipses as they are printed (U+2010 to U+203F) are signs as well; what hides tells.
    if (word.substr(at, 2) == "\xE2\x80" && word.substr(at + 2) >= "\x90") {
      plain += ' ';
      at += 2;
    } else {
      plain += word[at];
    }
  }
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (std::any_of(plain.begin(), plain.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return true;
  const auto first = std::find_if(plain.begin(), plain.end(), is_word);
  if (first == plain.end()) {
    // Signs: of an address or of a sentence's end, unless somebody insists.
    const std::string_view insisting = "!?$%*#";
    return plain.size() > 2 && insisting.find(plain.front()) != std::string_view::npos;
  }
  const auto last = std::find_if(plain.rbegin(), plain.rend(), is_word).base();
  const std::string core = ascii_lower(std::string(first, last));
  // Pieces of the beginning of an address, too.
  for (const std::string_view empty :
       {"https", "www", "the", "and", "for", "are", "was", "you", "that", "this", "with"})
    if (empty.find(core) != std::string_view::npos) return false;
  return core.size() > 2;
}

std::vector<WeighedWord> words_of(const Impression& impression,
                                  const std::function<std::string_view(const Spot&)>& text) {
  std::vector<WeighedWord> words;
  for (const Weighed& one : impression.features) {
    if (one.spot.start >= one.spot.end || !tells_something(text(one.spot))) continue;
    const auto same = std::find_if(words.begin(), words.end(), [&](const WeighedWord& word) {
      return word.spot.field == one.spot.field && word.spot.start == one.spot.start &&
             word.spot.end == one.spot.end;
    });
    if (same != words.end()) {
      same->weight += one.weight;
      continue;
    }
    words.push_back({.spot = one.spot, .weight = one.weight});
    words.back().spot.view = View::raw;
  }
  std::stable_sort(words.begin(), words.end(), [](const WeighedWord& a, const WeighedWord& b) {
    return std::abs(a.weight) > std::abs(b.weight);
  });
  if (words.size() > kMostWords) words.resize(kMostWords);
  return words;
}

bool counts_as_hit(const Finding& finding) {
  return finding.rule != kLearnedRule || finding.score >= kLearnedHit;
}

}  // namespace chaffinch
