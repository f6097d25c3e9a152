#include <array>
#include <charconv>

#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {

std::string cursor_of(const Keys& keys, char kind, const std::vector<std::int64_t>& numbers) {
  std::string text(1, kind);
  for (const std::int64_t number : numbers) {
    std::array<char, 17> room{};
    const auto end =
        std::to_chars(room.data(), room.data() + room.size(), static_cast<std::uint64_t>(number), 16).ptr;
    if (text.size() > 1) text += '-';
    text.append(room.data(), end);
  }
  return text + "." + keys.seal(text);
}

Result<std::optional<std::vector<std::int64_t>>> place_of(const Keys& keys, char kind, std::size_t count,
                                                          const std::string& cursor) {
  std::optional<std::vector<std::int64_t>> place;
  if (cursor.empty()) return place;
  const auto broken = [] {
    return fail(Code::invalid, "this cursor does not belong to this list", "?cursor",
                "take the one that the previous page gave, with the same order, or leave it out");
  };
  const auto dot = cursor.find('.');
  if (dot == std::string::npos || cursor.front() != kind ||
      cursor.substr(dot + 1) != keys.seal(std::string_view(cursor).substr(0, dot))) {
    return broken();
  }
  place.emplace();
  const char* at = cursor.data() + 1;
  const char* const end = cursor.data() + dot;
  while (true) {
    std::uint64_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number, 16);
    if (error != std::errc()) return broken();
    place->push_back(static_cast<std::int64_t>(number));
    if (next == end) break;
    at = next + 1;
  }
  if (place->size() != count) return broken();
  return place;
}

}  // namespace chaffinch::sqlite
