#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"count", 8, "emoji that a remark may carry"},
    {"per_word", 0.5, "emoji for each word that a remark may carry"},
};

constexpr Example kExamples[] = {
    {.content = "💰💰💰 win today 🎰🎰🎰🔥🔥🔥", .hit = true},
    {.content = "win :fire::fire::fire::star: now :fire::fire::star::fire:", .hit = true},
    {.content = "I laughed so much 😂😂😂", .hit = false},
    {.content = "at 10:30: or 11:45: we meet", .hit = false},
};

// Emoji spelled out, as chats export them: ":fire:".
std::uint32_t spelled_emoji(std::string_view text) {
  std::uint32_t count = 0;
  std::size_t at = 0;
  while ((at = text.find(':', at)) != std::string_view::npos) {
    std::size_t end = at + 1;
    while (end < text.size() && (is_lower(text[end]) || text[end] == '_' || text[end] == '-')) ++end;
    if (end < text.size() && text[end] == ':' && end - at > 3 && end - at < 60) {
      ++count;
      at = end + 1;
    } else {
      at = std::max(end, at + 1);
    }
  }
  return count;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::uint32_t count = seen.shape.emoji + spelled_emoji(seen.visible.value);
  if (count < knobs["count"] || count < knobs["per_word"] * seen.shape.words) return std::nullopt;
  return Noticed{.about = "Carries " + count_of(count, "emoji", "emoji") + ".",
                 .evidence = {whole(seen, Field::content)}};
}

}  // namespace

extern constinit const Rule emoji_flood{.name = "emoji_flood",
                                        .about = "Carries more emoji than words can bear.",
                                        .score = 0.75,
                                        .knobs = kKnobs,
                                        .examples = kExamples,
                                        .examine = examine};

}  // namespace chaffinch::rules
