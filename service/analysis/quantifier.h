// How often a part of a regex may repeat: what stands behind it. Private to this room. std only.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace chaffinch {

struct Quantifier {
  static constexpr int kEndless = -1;

  std::size_t size = 0;  // bytes of it, 0: none
  int least = 1;
  int most = 1;
};

// The quantifier that begins at `at`, with the "?" that makes it lazy. Braces that RE2 reads as characters
// ("{,5}", "{02}") are none.
inline Quantifier quantifier_at(std::string_view regex, std::size_t at) {
  Quantifier times;
  if (at >= regex.size()) return times;
  std::size_t end = at + 1;
  switch (regex[at]) {
    case '*':
      times.least = 0;
      times.most = Quantifier::kEndless;
      break;
    case '+':
      times.most = Quantifier::kEndless;
      break;
    case '?':
      times.least = 0;
      break;
    case '{': {
      const auto number = [&]() -> std::optional<int> {
        int value = 0;
        const std::size_t begin = end;
        while (end < regex.size() && regex[end] >= '0' && regex[end] <= '9' && end - begin < 6)
          value = value * 10 + (regex[end++] - '0');
        if (end == begin || (regex[begin] == '0' && end - begin > 1)) return std::nullopt;
        return value;
      };
      const std::optional<int> least = number();
      if (!least) return times;
      std::optional<int> most = least;
      if (end < regex.size() && regex[end] == ',') {
        ++end;
        const bool open = end < regex.size() && regex[end] == '}';
        most = open ? Quantifier::kEndless : number();
        if (!most) return times;
      }
      if (end >= regex.size() || regex[end] != '}') return times;
      ++end;
      times.least = *least;
      times.most = *most;
      break;
    }
    default:
      return times;
  }
  if (end < regex.size() && regex[end] == '?') ++end;
  times.size = end - at;
  return times;
}

}  // namespace chaffinch
