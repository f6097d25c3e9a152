#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"run", 25, "times that one character may follow itself"}};

constexpr Example kExamples[] = {
    {.content = "buy !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!! now", .hit = true},
    {.content = "Sooooo good!!! Thanks...", .hit = false},
    {.content = "Part one\n--------------------\nPart two", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.longest_run < knobs["run"]) return std::nullopt;
  // Where it is.
  const std::string_view text = seen.visible.value;
  std::size_t best = 0;
  std::size_t best_end = 0;
  std::size_t start = 0;
  std::uint32_t run = 0;
  std::uint32_t longest = 0;
  char32_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    const char32_t point = next_point(text, at);
    if (point != before) {
      start = here;
      run = 0;
    }
    before = point;
    if (++run > longest) {
      longest = run;
      best = start;
      best_end = at;
    }
  }
  // White space is layout, rulers are too.
  const char first = best < text.size() ? text[best] : ' ';
  if (is_space(first) || std::string_view("-=_*#~").find(first) != std::string_view::npos)
    return std::nullopt;
  return Noticed{.about = "Repeats one character " + std::to_string(longest) + " times.",
                 .evidence = {spot_in(seen.visible, View::visible, best, best_end)}};
}

}  // namespace

extern constinit const Rule repeated_characters{.name = "repeated_characters",
                                                .about = "Repeats one character over and over.",
                                                .score = 0.5,
                                                .knobs = kKnobs,
                                                .examples = kExamples,
                                                .examine = examine};

}  // namespace chaffinch::rules
