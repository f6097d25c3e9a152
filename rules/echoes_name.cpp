#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"words", 8, "words up to which a remark is taken for an echo"}};

constexpr Example kExamples[] = {
    {.content = "garden chairs for sale",
     .hit = true,
     .author_name = "garden chairs",
     .author_url = "http://chairs.example"},
    {.content = "Teak Garden Chairs",
     .hit = true,
     .author_name = "garden chairs",
     .author_url = "http://chairs.example"},
    {.content = "garden chairs for sale", .hit = false, .author_name = "garden chairs"},
    {.content = "Anna Meyer was here",
     .hit = false,
     .author_name = "Anna Meyer",
     .author_url = "http://anna.example"},
    {.content = "Which garden do you mean, and are the chairs yours? I would rather sit on the wall.",
     .hit = false,
     .author_name = "garden chairs",
     .author_url = "http://chairs.example"},
};

// The phrase to be ranked is the name, and next to all that is said.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (!has_author_url(seen) || is_pingback(seen) || seen.shape.words > knobs["words"]) return std::nullopt;
  const std::vector<std::string_view> name = words_of(seen.comment.author.name, 8);
  if (name.size() < 2 || is_upper(name.front().front())) return std::nullopt;
  const std::string text = lowered(seen.visible.value);
  const std::vector<std::string_view> words = words_of(text, 20);
  for (const std::string_view part : name) {
    if (std::find(words.begin(), words.end(), lowered(part)) == words.end()) return std::nullopt;
  }
  return Noticed{.evidence = {whole(seen, Field::author_name), whole(seen, Field::content)}};
}

}  // namespace

extern constinit const Rule echoes_name{.name = "echoes_name",
                                        .about = "Says little more than the phrase that is given as name.",
                                        .score = 2.0,
                                        .knobs = kKnobs,
                                        .examples = kExamples,
                                        .examine = examine};

}  // namespace chaffinch::rules
