#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "v\xE2\x80\x8Bi\xE2\x80\x8B"
                "agra for all",
     .hit = true},
    {.content = "safe\xE2\x80\xAEgpj.exe", .hit = true},
    {.content = "family 👨‍👩‍👧 and نمی‌خواهم", .hit = false},
    {.content = "plain text", .hit = false},
};

// Characters that nobody sees: zero-width space, joiners, soft hyphen, word joiner, tags.
bool hidden(char32_t point) {
  return point == 0xAD || (point >= 0x200B && point <= 0x200D) || (point >= 0x2060 && point <= 0x2064) ||
         point == 0xFEFF || (point >= 0xE0020 && point <= 0xE007F) || point == 0x180E || point == 0x115F ||
         point == 0x3164;
}

// Overrides of the writing direction; marks and isolates are proper use.
bool override_mark(char32_t point) {
  return point == 0x202D || point == 0x202E;
}

// Letters and digits of scripts that need none of them.
bool plain(char32_t point) {
  return point < 0x80 ? is_letter(static_cast<char>(point)) || is_digit(static_cast<char>(point))
                      : (point >= 0xC0 && point <= 0x52F);
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.shape.hidden == 0 && seen.comment.content.find('\xE2') == std::string::npos) return std::nullopt;
  const std::string_view text = seen.comment.content;
  Noticed noticed;
  std::size_t count = 0;
  char32_t before = ' ';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    const char32_t point = next_point(text, at);
    bool found = override_mark(point);
    if (hidden(point) && plain(before)) {
      // Between two letters; several in a row count as one.
      while (at < text.size()) {
        std::size_t peek = at;
        const char32_t after = next_point(text, peek);
        if (!hidden(after)) {
          found = plain(after);
          break;
        }
        at = peek;
      }
    }
    before = point;
    if (!found) continue;
    ++count;
    if (noticed.evidence.size() < 8) {
      noticed.evidence.push_back(
          {Field::content, View::raw, static_cast<std::uint32_t>(here), static_cast<std::uint32_t>(at)});
    }
  }
  if (count == 0) return std::nullopt;
  noticed.about = "Hides characters inside words at " + count_of(count, "place", "places") + ".";
  if (count > 2) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule hidden_characters{.name = "hidden_characters",
                                              .about = "Hides invisible characters inside words.",
                                              .score = 1.5,
                                              .examples = kExamples,
                                              .examine = examine};

}  // namespace chaffinch::rules
