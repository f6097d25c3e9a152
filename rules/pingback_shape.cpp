#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "[...] Read More here [...]", .hit = true},
    {.content = "<strong>... [Trackback]...</strong>\n\n[...] There you will find more [...]", .hit = true},
    {.content = "A title\n\nAn excerpt of it", .hit = true, .type = "trackback"},
    {.content = "[...] we explained this in part one [...]", .hit = false, .type = "pingback"},
    {.content = "The quote goes on [...] and ends there.", .hit = false},
};

// A pingback is checked by the blog's engine (the other page must really link here); a trackback is checked
// by nobody, and a comment in the shape of either is a forgery.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (is_pingback(seen)) return std::nullopt;
  if (is_trackback(seen)) return Noticed{.evidence = {whole(seen, Field::content)}};
  std::string_view text = seen.visible.value;
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  static constexpr std::string_view kMarks[] = {"[...]", "[…]"};
  const bool trackback = text.substr(0, 200).find("[Trackback]") != std::string_view::npos;
  for (const std::string_view mark : kMarks) {
    const bool both = text.size() > 2 * mark.size() && text.starts_with(mark) && text.ends_with(mark);
    if (both || trackback) return Noticed{.evidence = {whole(seen, Field::content)}, .factor = 1.5};
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule pingback_shape{.name = "pingback_shape",
                                           .about = "Is a trackback, or a comment made to look like one.",
                                           .score = 1.5,
                                           .examples = kExamples,
                                           .examine = examine};

}  // namespace chaffinch::rules
