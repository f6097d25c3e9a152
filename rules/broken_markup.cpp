#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "hello <a href=\"\">look</a>", .hit = true},
    {.content = "nice <a href=\"\nhref=\"\"> :-) </a>", .hit = true},
    {.content = "<a href=\"http://x.example\"></a> hi", .hit = true},
    {.content = "<a href=\"https://example.org/paper\">the paper</a>", .hit = false},
    {.content = "write <a href=\"...\"> in your template", .hit = false},
    {.content = "<b>bold</b> and <i>italic</i>", .hit = false},
};

// Links that go nowhere or that nobody can see: a robot trying out what a form lets through.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.shape.tags == 0) return std::nullopt;
  const std::string low = lowered(seen.comment.content);
  Noticed noticed;
  std::size_t at = 0;
  while ((at = low.find("<a", at)) != std::string::npos && noticed.evidence.size() < 8) {
    const std::size_t open = at;
    at += 2;
    if (at >= low.size() || !is_space(low[at])) continue;
    const std::size_t close = low.find('>', at);
    if (close == std::string::npos || close - open > 2'500) break;
    const std::string_view tag = std::string_view(low).substr(open, close - open);
    const std::size_t href = tag.find("href=");
    bool broken = false;
    if (href != std::string_view::npos) {
      const std::string_view value = tag.substr(href + 5);
      broken = value.empty() || value.starts_with("\"\"") || value.starts_with("''") ||
               value.starts_with("\"\n") || value.starts_with("\"\r");
    }
    // No label at all.
    if (low.compare(close + 1, 4, "</a>") == 0) broken = true;
    if (broken) {
      noticed.evidence.push_back({Field::content, View::raw, static_cast<std::uint32_t>(open),
                                  static_cast<std::uint32_t>(close + 1)});
    }
    at = close;
  }
  if (noticed.evidence.empty()) return std::nullopt;
  if (noticed.evidence.size() > 1) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule broken_markup{
    .name = "broken_markup",
    .about = "Holds links without target or label, as robots leave them.",
    .score = 2.0,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
