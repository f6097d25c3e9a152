#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "I found it at <a href=\"http://jerseyshopchina.example/\">jersey shop china</a> last week",
     .hit = true},
    {.content = "see <a href=\"http://x.example/roof/leeds-roof-repair.html\">roof repair leeds</a>",
     .hit = true},
    {.content = "[url=http://x.example]cheap leather boots[/url]", .hit = true},
    {.content = "see <a href=\"http://codinghorror.example/\">Coding Horror</a>", .hit = false},
    {.content = "see <a href=\"https://example.org/build-and-install\">how to build and install it</a>",
     .hit = false},
    {.content = "<a href=\"https://github.com/anna/finch-watch-tools\">finch watch tools</a>", .hit = false},
};

// The phrase to be ranked as a label: it sells, or it is spelled out by the host or the page that it leads
// to.
bool keyword(const Link& link) {
  const std::vector<std::string_view> words = words_of(link.anchor, 8);
  if (words.size() < 2 || words.size() > 6) return false;
  bool small = true;  // search phrases have no capitals
  std::size_t selling = 0;
  std::string joined;
  std::size_t in_path = 0;
  for (const std::string_view word : words) {
    const std::string low = lowered(word);
    small = small && !is_upper(word.front());
    selling += sells(word) ? 1 : 0;
    joined += low;
    if (low.size() > 2 && link.path.find(low) != std::string::npos) ++in_path;
  }
  if (selling > 0 && words.size() > 2 && small) return true;
  std::string label = link.host.substr(0, link.host.rfind('.'));
  std::erase(label, '-');
  if (words.size() > 2 && joined.size() > 8 && label.find(joined) != std::string::npos) return true;
  return small && words.size() > 2 && in_path == words.size();
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.shape.links == 0 || is_pingback(seen)) return std::nullopt;
  Noticed noticed;
  for (const Link& link : seen.links) {
    if (link.anchor.empty() || link.kind == LinkKind::author_url || common_domain(link.domain)) continue;
    if (keyword(link)) noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  if (noticed.evidence.size() > 1) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule keyword_anchor{
    .name = "keyword_anchor",
    .about = "Labels a link with the search phrase that it shall be found by.",
    .score = 1.5,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
