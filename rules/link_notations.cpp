#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "<a href=\"http://x.example\">pills</a> [url=http://x.example]pills[/url] http://x.example",
     .hit = true},
    {.content = "[url=http://x.example]pills[/url] or <a href=http://y.example>more</a>", .hit = true},
    {.content = "<a href=\"https://example.org\">here</a> and https://example.org/2", .hit = false},
    {.content = "[the manual](https://example.org) and https://example.org/2", .hit = false},
    {.content = "[url=http://x.example]pills[/url]", .hit = false},
};

// A robot that does not know what this form takes writes its link in every way there is.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.shape.links < 2 || seen.shape.bbcodes == 0) return std::nullopt;
  const Link* bbcode = nullptr;
  const Link* other = nullptr;
  for (const Link& link : seen.links) {
    if (link.kind == LinkKind::bbcode && bbcode == nullptr) bbcode = &link;
    if ((link.kind == LinkKind::anchor || link.kind == LinkKind::markdown) && other == nullptr) other = &link;
  }
  if (bbcode == nullptr || other == nullptr) return std::nullopt;
  return Noticed{.evidence = {bbcode->spot, other->spot}};
}

}  // namespace

extern constinit const Rule link_notations{
    .name = "link_notations",
    .about = "Writes links in the notations of several systems at once.",
    .score = 3.0,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
