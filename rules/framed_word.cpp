#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"letters", 4, "letters that a framed word has at least"}};

constexpr Example kExamples[] = {
    {.content = "main di 👄nagajaya👄 yuk", .hit = true},
    {.content = "FREE :fire:NAGAJAYA:fire: today", .hit = true},
    {.content = "⭐BIGWIN⭐ is open", .hit = true},
    {.content = "👨‍🦱nagajaya👨‍🦱 yuk", .hit = true},
    {.content = "so funny 😂 I cried 😂", .hit = false},
    {.content = "thanks :smile: Tom :smile:", .hit = false},
    {.content = "😂😂lol😂😂", .hit = false},
    {.content = "a :: b::c", .hit = false},
};

// What may frame: emoji and other pictures, without marks that go with them.
bool picture(char32_t point) {
  return (point >= 0x2600 && point <= 0x27BF) || (point >= 0x2B00 && point <= 0x2BFF) ||
         (point >= 0x1F000 && point <= 0x1FAFF);
}

// Joiners, presentation selectors, skin tones, the signs joined to a picture.
bool adornment(char32_t point) {
  return point == 0x200D || point == 0xFE0F || point == 0xFE0E || point == 0x2640 || point == 0x2642 ||
         (point >= 0x1F3FB && point <= 0x1F3FF);
}

// The name of an emoji that is spelled out (":fire:") and begins at `at`; empty: none.
std::string_view spelled(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && end - at < 60 && (is_lower(text[end]) || text[end] == '_' || text[end] == '-'))
    ++end;
  return end < text.size() && text[end] == ':' && end - at > 3 ? text.substr(at, end + 1 - at)
                                                               : std::string_view();
}

// One and the same picture right before and right behind a word, as names are set off in advertisements.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string_view text = seen.visible.value;
  unsigned bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  if (bits < 0x80 && text.find(':') == std::string_view::npos) return std::nullopt;
  std::string_view frame;  // the picture that the word at hand follows, with all that is joined to it
  std::size_t word = 0;
  std::size_t letters = 0;
  bool joined = false;  // the next picture goes on with this one
  const auto closes = [&](std::size_t at) {
    return !frame.empty() && static_cast<double>(letters) >= knobs["letters"] && at - word <= 60 &&
           text.substr(at).starts_with(frame);
  };
  const auto open = [&](std::size_t from, std::size_t to) {
    frame = text.substr(from, to - from);
    word = to;
    letters = 0;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    std::string_view name;
    if (text[at] == ':') name = spelled(text, at);
    const char32_t point = next_point(text, at);
    if (!name.empty()) at = here + name.size();
    if (!name.empty() || picture(point)) {
      if (closes(here)) return Noticed{.evidence = {spot_in(seen.visible, View::visible, word, here)}};
      const bool more = joined && letters == 0 && !frame.empty();
      open(more ? here - frame.size() : here, at);
      joined = false;
    } else if (adornment(point)) {
      if (letters == 0 && !frame.empty()) open(here - frame.size(), at);
      joined = point == 0x200D;
    } else if (point < 0x80 ? is_letter(static_cast<char>(point)) || is_digit(static_cast<char>(point)) ||
                                  point == '-' || point == '.'
                            : point >= 0x1D400 && point <= 0x1D7FF) {
      ++letters;
      joined = false;
    } else {
      frame = {};
      letters = 0;
      joined = false;
    }
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule framed_word{.name = "framed_word",
                                        .about = "Sets a name between two equal emoji, as advertisements do.",
                                        .score = 2.0,
                                        .knobs = kKnobs,
                                        .examples = kExamples,
                                        .examine = examine};

}  // namespace chaffinch::rules
