#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"marks", 4, "marks above, below or through letters from which the rule speaks"}};

constexpr Example kExamples[] = {
    {.content = "main di k\xCD\x9F"
                "a\xCD\x9Fk\xCD\x9F"
                "a\xCD\x9Fp\xCD\x9F sekarang",
     .hit = true},
    {.content = "b\xCC\xB6u\xCC\xB6y\xCC\xB6 p\xCC\xB6i\xCC\xB6l\xCC\xB6l\xCC\xB6s\xCC\xB6", .hit = true},
    {.content = "na\xC3\xAFve caf\xC3\xA9, Z\xC3\xBCrich", .hit = false},
    {.content = "e\xCC\x81t\xCC\x81"
                "e",
     .hit = false},
    {.content = "สวัสดีครับ ขอบคุณมาก", .hit = false},
};

// Accents of decomposed letters: grave, acute, circumflex, tilde, macron, breve, dot, diaeresis, ring, caron,
// comma and cedilla below. All else in these blocks is decoration.
bool decoration(char32_t point) {
  const bool combining = (point >= 0x300 && point <= 0x36F) || (point >= 0x1AB0 && point <= 0x1AFF) ||
                         (point >= 0x1DC0 && point <= 0x1DFF) || (point >= 0x20D0 && point <= 0x20FF);
  if (!combining) return false;
  return !((point >= 0x300 && point <= 0x30C) || (point >= 0x323 && point <= 0x328) || point == 0x31B ||
           point == 0x20E3);
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.combining < knobs["marks"]) return std::nullopt;
  const std::string_view text = seen.visible.value;
  std::size_t count = 0;
  std::size_t start = 0;
  std::size_t end = 0;
  std::size_t before = 0;  // the letter that the mark stands on
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    if (!decoration(next_point(text, at))) {
      before = here;
      continue;
    }
    if (count++ == 0) start = before;
    end = at;
  }
  if (static_cast<double>(count) < knobs["marks"]) return std::nullopt;
  return Noticed{.about = "Puts " + std::to_string(count) + " marks through or around letters.",
                 .evidence = {spot_in(seen.visible, View::visible, start, end)}};
}

}  // namespace

extern constinit const Rule marked_letters{
    .name = "marked_letters",
    .about = "Strikes or underlines letters with marks so that filters do not read them.",
    .score = 2.5,
    .knobs = kKnobs,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
