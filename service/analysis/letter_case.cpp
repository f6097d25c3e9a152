#include "analysis/letter_case.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "analysis/utf8.h"

namespace chaffinch {
namespace {

// The lower case of a letter of two bytes (Latin, Greek, Cyrillic, Armenian) that has one of two bytes; else
// itself. Unicode's simple case mappings, without those that would change the length and so the place of what
// follows.
std::uint32_t lower_of_two(std::uint32_t point) {
  const auto within = [point](std::uint32_t first, std::uint32_t last) {
    return point >= first && point <= last;
  };
  if (within(0xC0, 0xDE)) return point == 0xD7 ? point : point + 0x20;
  if (within(0x100, 0x12F) || within(0x132, 0x137) || within(0x14A, 0x177)) return point | 1U;
  if (within(0x139, 0x148) || within(0x179, 0x17E)) return point + (point & 1U);
  if (point == 0x178) return 0xFF;
  if (point == 0x386) return 0x3AC;
  if (within(0x388, 0x38A)) return point + 37;
  if (point == 0x38C) return 0x3CC;
  if (within(0x38E, 0x38F)) return point + 63;
  if (within(0x391, 0x3AB) && point != 0x3A2) return point + 0x20;
  if (within(0x400, 0x40F)) return point + 0x50;
  if (within(0x410, 0x42F)) return point + 0x20;
  if (within(0x460, 0x481) || within(0x48A, 0x4BF) || within(0x4D0, 0x52F)) return point | 1U;
  if (within(0x531, 0x556)) return point + 0x30;
  return point;
}

// From `i` on, as far as all is ASCII, eight bytes at a time. Where it stopped.
std::size_t lower_ascii(std::string& text, std::size_t i) {
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + i, 8);
    if ((eight & 0x8080808080808080ULL) != 0) break;
    // A byte's highest bit is set by the first sum from 'A' on, by the second from behind 'Z' on.
    const std::uint64_t capitals =
        ((eight + 0x3F3F3F3F3F3F3F3FULL) & ~(eight + 0x2525252525252525ULL)) & 0x8080808080808080ULL;
    eight |= capitals >> 2U;
    std::memcpy(text.data() + i, &eight, 8);
  }
  return i;
}

}  // namespace

std::string lower_letters(std::string_view text) {
  std::string made(text);
  for (std::size_t i = lower_ascii(made, 0); i < made.size(); i = lower_ascii(made, i + 1)) {
    const auto byte = static_cast<unsigned char>(made[i]);
    if (byte >= 'A' && byte <= 'Z') {
      made[i] = static_cast<char>(byte + ('a' - 'A'));
    } else if (byte >= 0xC3 && byte <= 0xD5 && i + 1 < made.size()) {
      const auto next = static_cast<unsigned char>(made[i + 1]);
      if ((next & 0xC0U) != 0x80U) continue;
      const std::uint32_t point = lower_of_two(((byte & 0x1FU) << 6U) | (next & 0x3FU));
      made[i] = static_cast<char>(0xC0U | (point >> 6U));
      made[++i] = static_cast<char>(0x80U | (point & 0x3FU));
    }
  }
  return made;
}

std::string searched_form(std::string_view text) {
  std::string made = lower_letters(text);
  if (ascii_only(made)) return made;
  for (const auto& [letter, plain] : {std::pair<std::string_view, char>{"\u017F", 's'}, {"\u212A", 'k'}}) {
    std::size_t from = made.find(letter);
    if (from == std::string::npos) continue;
    std::string shorter = made.substr(0, from);
    while (from < made.size()) {
      if (made.compare(from, letter.size(), letter) == 0) {
        shorter += plain;
        from += letter.size();
      } else {
        shorter += made[from++];
      }
    }
    made = std::move(shorter);
  }
  return made;
}

}  // namespace chaffinch
