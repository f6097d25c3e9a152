#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"count", 5, "mentions or hashtags that a remark may carry"},
    {"share", 0.3, "part of its words (0 to 1) that they may make up"},
};

constexpr Example kExamples[] = {
    {.content = "#loan #cash #fast #money #today #apply get it now", .hit = true},
    {.content = "look @anna @ben @carl @dora @emil @fred", .hit = true},
    {.content = "@anna and @ben: the third #tag is wrong", .hit = false},
    {.content = "#include <map>\n#include <set>\n#include <list>\n#define A\n#define B\n#define C",
     .hit = false},
    {.content = "Fixed in #101, #102, #103, #104, #105 and #106 I think", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string_view text = seen.visible.value;
  if (text.find('@') == std::string_view::npos && text.find('#') == std::string_view::npos)
    return std::nullopt;
  std::size_t count = 0;
  Noticed noticed;
  for (std::size_t at = text.find_first_of("@#"); at != std::string_view::npos;
       at = text.find_first_of("@#", at + 1)) {
    if ((at > 0 && !is_space(text[at - 1])) || at + 1 == text.size()) continue;
    if (!in_word(text[at + 1]) || is_digit(text[at + 1])) continue;
    std::size_t end = at + 1;
    while (end < text.size() && (in_word(text[end]) || text[end] == '_')) ++end;
    // Code has words of its own behind these signs.
    const std::string_view word = text.substr(at + 1, end - at - 1);
    if (word == "include" || word == "define" || word == "if" || word == "endif" || word == "param" ||
        word == "return")
      return std::nullopt;
    ++count;
    if (noticed.evidence.size() < 8)
      noticed.evidence.push_back(spot_in(seen.visible, View::visible, at, end));
  }
  if (static_cast<double>(count) <= knobs["count"] ||
      static_cast<double>(count) < knobs["share"] * static_cast<double>(seen.shape.words)) {
    return std::nullopt;
  }
  noticed.about = "Carries " + std::to_string(count) + " mentions or hashtags.";
  return noticed;
}

}  // namespace

extern constinit const Rule mention_flood{.name = "mention_flood",
                                          .about = "Is little more than mentions or hashtags.",
                                          .score = 1.25,
                                          .knobs = kKnobs,
                                          .examples = kExamples,
                                          .examine = examine};

}  // namespace chaffinch::rules
