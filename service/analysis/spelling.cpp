#include "analysis/spelling.h"

#include <algorithm>
#include <cstddef>

namespace chaffinch {
namespace {

// Edits between two words: insert, delete, replace, or swap of neighbours.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::vector<std::size_t>> cost(left.size() + 1, std::vector<std::size_t>(right.size() + 1));
  for (std::size_t i = 0; i <= left.size(); ++i) {
    for (std::size_t j = 0; j <= right.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                             cost[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[left.size()][right.size()];
}

}  // namespace

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view one : words) text += (text.empty() ? "" : ", ") + std::string(one);
  return text;
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& known) {
  if (word.size() > 200) return {};
  std::string_view best;
  // A third of the letters wrong is no slip of the finger any more.
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view one : known) {
    if (one.size() > 200) continue;
    const std::size_t edits = distance(word, one);
    if (edits < least) {
      least = edits;
      best = one;
    }
  }
  return std::string(best);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  const std::string near = nearest(word, known);
  if (!near.empty()) return "did you mean '" + near + "'?";
  if (!known.empty() && known.size() <= 12) return "known are " + listed(known);
  return {};
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kQuoted = 60;
  std::string made = "\"";
  std::size_t end = std::min(text.size(), kQuoted);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  for (const char c : text.substr(0, end)) made += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return made + (end < text.size() ? "...\"" : "\"");
}

}  // namespace chaffinch
