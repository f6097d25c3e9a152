#include "analysis/required_ways.h"

#include <utility>

namespace chaffinch {
namespace {

constexpr std::size_t kMostWays = 128;
// A regex that nearly every comment would have tried is better searched for together with others of its kind.
constexpr double kMostTried = 0.9;
// A sequence that is tried less often than this is left as it is.
constexpr double kSeldom = 0.05;
// More ways are more to look for: they are taken when they are met so much less often.
constexpr double kGain = 0.7;

// How often comments have it tried; more than 1 for what needs nothing.
double often_of(const Piece& piece) {
  constexpr double kAlways = 2;
  if (piece.exact)
    return piece.texts.empty() || piece.texts.front().empty()
               ? kAlways
               : expected(need_of(piece.texts, 0, 0, piece.starts_word, piece.ends_word));
  const auto [needs, often] = rarest(piece.needs);
  return needs.empty() ? kAlways : often;
}

}  // namespace

std::vector<Piece> branched(const std::vector<Item>& items, Piece whole) {
  double best = often_of(whole);
  std::vector<Piece> chosen = {std::move(whole)};
  if (best < kSeldom) return chosen;
  best *= kGain;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].branches.size() < 2 || items[i].branches.size() > kMostWays) continue;
    std::vector<Piece> made;
    double often = 0;
    for (const Piece& branch : items[i].branches) {
      Sequence sequence;
      for (std::size_t k = 0; k < items.size(); ++k) sequence.add(k == i ? branch : items[k].piece);
      made.push_back(sequence.finish());
      often += often_of(made.back());
      if (often >= best) break;
    }
    if (often >= best) continue;
    best = often;
    chosen = std::move(made);
  }
  return chosen;
}

std::optional<Ways> ways_of(const std::vector<Piece>& branches) {
  OneOf together;  // the exact ones are one way
  bool starts_word = true;
  bool ends_word = true;
  Ways ways;
  double often = 0;
  for (const Piece& branch : branches) {
    if (branch.exact) {
      together.insert(together.end(), branch.texts.begin(), branch.texts.end());
      starts_word = starts_word && branch.starts_word;
      ends_word = ends_word && branch.ends_word;
      continue;
    }
    auto [needs, rate] = rarest(branch.needs);
    if (needs.empty()) return std::nullopt;
    often += rate;
    ways.push_back(std::move(needs));
  }
  if (!together.empty()) {
    if (together.size() > kMostTexts * 4) return std::nullopt;
    Need need = need_of(std::move(together), 0, 0, starts_word, ends_word);
    if (need.texts.front().empty()) return std::nullopt;
    often += expected(need);
    ways.push_back({std::move(need)});
  }
  if (often > kMostTried || ways.size() > kMostWays) return std::nullopt;
  return ways;
}

}  // namespace chaffinch
