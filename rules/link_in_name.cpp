#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Good.", .hit = true, .author_name = "http://shoes.example/sitemap.xml"},
    {.content = "Good.", .hit = true, .author_name = "Visit www.shoes.example"},
    {.content = "Good.", .hit = true, .author_name = "<a href=x>shoes</a>"},
    {.content = "Good.", .hit = false, .author_name = "Anna"},
    {.content = "Good.", .hit = false, .author_name = "www fan"},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (is_pingback(seen)) return std::nullopt;
  static constexpr std::array<std::string_view, 7> kMarks = {"http://", "https://", "www.", "<a ",
                                                             "[url",    "hxxp",     "[link"};
  if (!holds_any(lowered(seen.comment.author.name), kMarks)) return std::nullopt;
  return Noticed{.evidence = {whole(seen, Field::author_name)}};
}

}  // namespace

extern constinit const Rule link_in_name{.name = "link_in_name",
                                         .about = "Puts a link where a name is asked for.",
                                         .score = 3.0,
                                         .examples = kExamples,
                                         .examine = examine};

}  // namespace chaffinch::rules
