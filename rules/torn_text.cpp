#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"words", 30, "words from which a text can look torn"}};

constexpr Example kExamples[] = {
    {.content = "of hotel rooms and halls. The price for these should be lower at home. The Chamber works "
                "for the goal "
                "by making a forum. Bring music in a key that your players can read when they",
     .hit = true},
    {.content =
         "i read this twice and i still don't get it. maybe i am slow, but where does the second number come "
         "from? my own tests say it should be lower, and my colleague agrees with me",
     .hit = false},
    {.content =
         "Of course. The price for these should be lower at home. The Chamber works for the goal by making a "
         "forum. Bring music in a key that your players can read when they come to the hall.",
     .hit = false},
    {.content = "short one. It is", .hit = false},
};

// Cut out of somebody else's text: begins inside a sentence, goes on with proper ones, ends inside one.
// People who begin small go on small.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.words < knobs["words"] || is_pingback(seen)) return std::nullopt;
  const std::string_view text = seen.visible.value;
  std::size_t begin = 0;
  while (begin < text.size() && (is_space(text[begin]) || is_digit(text[begin]))) ++begin;
  std::size_t end = text.size();
  while (end > begin && is_space(text[end - 1])) --end;
  if (end == begin || !is_lower(text[begin])) return std::nullopt;
  if (std::string_view(".!?)\"':;>}]/*-").find(text[end - 1]) != std::string_view::npos) return std::nullopt;
  if (!in_word(text[end - 1]) && text[end - 1] != ',') return std::nullopt;
  std::size_t capital = 0;
  std::size_t small = 0;
  for (std::size_t i = begin; i + 2 < end; ++i) {
    if (text[i] != '.' && text[i] != '!' && text[i] != '?') continue;
    std::size_t next = i + 1;
    while (next < end && is_space(text[next])) ++next;
    if (next == i + 1 || next >= end) continue;
    if (is_upper(text[next])) ++capital;
    if (is_lower(text[next])) ++small;
  }
  if (capital < 2 || capital < 3 * small) return std::nullopt;
  // Two short lines and code are no prose.
  if (text.find_first_of("{};=") != std::string_view::npos) return std::nullopt;
  return Noticed{.evidence = {whole(seen, Field::content)}};
}

}  // namespace

extern constinit const Rule torn_text{
    .name = "torn_text",
    .about = "Begins and ends in the middle of a sentence, like a text cut out elsewhere.",
    .score = 1.5,
    .knobs = kKnobs,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
