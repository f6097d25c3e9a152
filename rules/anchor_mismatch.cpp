#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "see <a href=\"http://pills.example/buy\">www.university.edu</a>", .hit = true},
    {.content = "see <a href=\"http://pills.example/buy\">https://www.wikipedia.org/wiki/Finch</a>",
     .hit = true},
    {.content = "see <a href=\"https://www.university.edu/a\">university.edu</a>", .hit = false},
    {.content = "see <a href=\"https://example.org/a\">the paper</a>, it explains asp.net well",
     .hit = false},
    {.content = "see <a href=\"https://example.org/a\">the ASP.NET page</a>", .hit = false},
};

// The host that a label shows when the whole label is an address; "" when it is words.
std::string shown_host(std::string_view label) {
  std::string text = lowered(label);
  while (!text.empty() && is_space(text.back())) text.pop_back();
  std::size_t begin = 0;
  while (begin < text.size() && is_space(text[begin])) ++begin;
  text.erase(0, begin);
  const bool schemed = text.starts_with("http://") || text.starts_with("https://");
  if (schemed) text.erase(0, text.find("//") + 2);
  if (!schemed && !text.starts_with("www.")) {
    // "ASP.NET" is a word; "university.edu" alone is an address only with a known ending.
    static constexpr std::array<std::string_view, 6> kEndings = {".com",  ".edu", ".gov",
                                                                 ".info", ".org", ".co.uk"};
    if (!std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return text.ends_with(ending); })) {
      return {};
    }
  }
  text.resize(std::min(text.find_first_of("/?#:"), text.size()));
  if (text.starts_with("www.")) text.erase(0, 4);
  if (text.find('.') == std::string::npos) return {};
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; });
  return plain ? text : std::string();
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  Noticed noticed;
  for (const Link& link : seen.links) {
    if (link.anchor.empty() || link.kind == LinkKind::author_url || link.host.empty()) continue;
    const std::string shown = shown_host(link.anchor);
    if (shown.empty()) continue;
    const bool same = shown == link.domain || shown.ends_with("." + link.domain) || link.host == shown ||
                      link.host.ends_with("." + shown);
    // A shortener behind the shown address is the platform's doing as often as a trick.
    if (!same && !link.shortener) noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  return noticed;
}

}  // namespace

extern constinit const Rule anchor_mismatch{.name = "anchor_mismatch",
                                            .about = "Shows one address and links to another.",
                                            .score = 2.0,
                                            .examples = kExamples,
                                            .examine = examine};

}  // namespace chaffinch::rules
