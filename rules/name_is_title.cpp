#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Nice.",
     .hit = true,
     .author_name = "How to prune apple trees",
     .article_title = "How to Prune Apple Trees"},
    {.content = "Nice.", .hit = false, .author_name = "Anna", .article_title = "Anna"},
    {.content = "Nice.",
     .hit = false,
     .author_name = "Anna Meyer",
     .article_title = "How to prune apple trees"},
    {.content = "[...] prunes [...]",
     .hit = false,
     .author_name = "How to prune apple trees",
     .article_title = "How to prune apple trees",
     .type = "pingback"},
};

// A robot that fills every field with the page's headline.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  const std::string& title = seen.title_folded.value;
  if (title.size() < 10 || title != seen.name_folded.value || is_pingback(seen)) return std::nullopt;
  if (words_of(title, 3).size() < 3) return std::nullopt;
  return Noticed{.evidence = {whole(seen, Field::author_name), whole(seen, Field::article_title)}};
}

}  // namespace

extern constinit const Rule name_is_title{.name = "name_is_title",
                                          .about = "Gives the article's title as the author's name.",
                                          .score = 2.0,
                                          .examples = kExamples,
                                          .examine = examine};

}  // namespace chaffinch::rules
