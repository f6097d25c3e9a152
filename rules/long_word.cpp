#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"letters", 45, "letters that a word may have"}};

constexpr Example kExamples[] = {
    {.content = "qwhebfjsnvbqkwejrhtyuioplkjhgfdsazxcvbnmqwertyuioplkjh", .hit = true},
    {.content = "Donaudampfschifffahrtsgesellschaft is long, and antidisestablishmentarianism too",
     .hit = false},
    {.content = "wooooooooooooooooooooooooooooooooooooooooooooooooooooooooooow", .hit = false},
    {.content = "https://example.org/averyveryverylongpathwithoutanyhyphenatallwhichhappenssometimes",
     .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.longest_word < knobs["letters"]) return std::nullopt;
  const std::string_view text = seen.visible.value;
  for (const std::string_view token : tokens_of(text)) {
    if (static_cast<double>(token.size()) < knobs["letters"]) continue;
    std::size_t letters = 0;
    std::size_t longest = 0;
    char before = 0;
    for (const char c : token) {
      // A letter held down counts once; paths, code and rulers are not words; other scripts have no spaces.
      letters = !is_letter(c) ? 0 : c == before ? letters : letters + 1;
      longest = std::max(longest, letters);
      before = c;
    }
    if (static_cast<double>(longest) < knobs["letters"] || token.find("://") != std::string_view::npos) {
      continue;
    }
    const auto start = static_cast<std::size_t>(token.data() - text.data());
    return Noticed{.about = "Holds a word of " + std::to_string(longest) + " letters.",
                   .evidence = {spot_in(seen.visible, View::visible, start, start + token.size())}};
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule long_word{.name = "long_word",
                                      .about = "Holds a word longer than words are.",
                                      .score = 1.25,
                                      .knobs = kKnobs,
                                      .examples = kExamples,
                                      .examine = examine};

}  // namespace chaffinch::rules
