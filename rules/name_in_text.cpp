#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "<strong>garden chairs sale...</strong>\n\nI liked it.",
     .hit = true,
     .author_name = "garden chairs sale"},
    {.content = "Look at <a href=\"http://x.example\">garden chairs</a> today",
     .hit = true,
     .author_name = "Garden Chairs"},
    {.content = "All the best,\nAnna Meyer", .hit = false, .author_name = "Anna Meyer"},
    {.content = "Anna here: I liked it.", .hit = false, .author_name = "Anna"},
};

// The phrase to be ranked, in the name and again as a headline or as a link's label.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (is_pingback(seen)) return std::nullopt;
  const std::string name = lowered(seen.comment.author.name);
  if (name.size() < 7 || words_of(name, 3).size() < 2) return std::nullopt;
  for (const Link& link : seen.links) {
    if (link.kind != LinkKind::author_url && lowered(link.anchor) == name) {
      return Noticed{.evidence = {whole(seen, Field::author_name), link.spot}};
    }
  }
  const std::string text = lowered(std::string_view(seen.visible.value).substr(0, name.size() + 40));
  std::size_t begin = 0;
  while (begin < text.size() && is_space(text[begin])) ++begin;
  if (text.compare(begin, name.size(), name) != 0) return std::nullopt;
  const std::size_t end = begin + name.size();
  // A headline of its own; a person who begins with the own name goes on in the line.
  if (end < text.size() && text[end] != '\n' && text.compare(end, 3, "...") != 0) return std::nullopt;
  return Noticed{
      .evidence = {whole(seen, Field::author_name), spot_in(seen.visible, View::visible, begin, end)}};
}

}  // namespace

extern constinit const Rule name_in_text{.name = "name_in_text",
                                         .about = "Repeats the author's name as headline or label of a link.",
                                         .score = 1.5,
                                         .examples = kExamples,
                                         .examine = examine};

}  // namespace chaffinch::rules
