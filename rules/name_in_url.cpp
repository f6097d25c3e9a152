#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Nice.",
     .hit = true,
     .author_name = "cheap leather boots",
     .author_url = "http://x.example/cheap-leather-boots-2.php"},
    {.content = "Nice.",
     .hit = true,
     .author_name = "roof repair Leeds",
     .author_url = "http://roofrepairleeds.example"},
    {.content = "Nice.",
     .hit = true,
     .author_name = "garden chairs",
     .author_url = "http://x.example/garden-chairs.html"},
    {.content = "Nice.",
     .hit = false,
     .author_name = "Anna Meyer",
     .author_url = "https://annameyer.example"},
    {.content = "Nice.",
     .hit = false,
     .author_name = "finchwatcher",
     .author_url = "https://finchwatcher.example"},
    {.content = "Nice.",
     .hit = false,
     .author_name = "Anna Meyer",
     .author_url = "https://github.com/anna-meyer"},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (!has_author_url(seen) || is_pingback(seen)) return std::nullopt;
  const Link& home = author_link(seen);
  if (common_domain(home.domain)) return std::nullopt;
  const std::string path = lowered(home.path);
  const std::vector<std::string_view> words = words_of(seen.comment.author.name, 20);
  if (words.size() < 2) return std::nullopt;
  std::size_t in_host = 0;
  std::size_t in_path = 0;
  bool person = true;  // nothing in the name that a person could not be called
  std::string joined;
  for (const std::string_view word : words) {
    const std::string low = lowered(word);
    joined += low;
    if (sells(word)) person = false;
    if (word.size() < 3) continue;
    if (home.host.find(low) != std::string::npos) ++in_host;
    if (path.find(low) != std::string::npos) ++in_path;
  }
  Noticed noticed{.evidence = {whole(seen, Field::author_name), home.spot}};
  if (in_path >= 3) return noticed;
  // "annameyer.example" and "anna-meyer.example" are homes, and so are those of people with three names.
  std::string label = home.host.substr(0, home.host.find('.', home.host.starts_with("www.") ? 4 : 0));
  if (label.starts_with("www.")) label.erase(0, 4);
  std::erase(label, '-');
  if (person && (label.find(joined) != std::string::npos || joined.find(label) != std::string::npos))
    return std::nullopt;
  if (in_host >= 3) return noticed;
  if (in_path == 2 && !person) return noticed;
  if (in_path == 2 || (in_host == 2 && !person)) {
    noticed.factor = 0.5;
    return noticed;
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule name_in_url{
    .name = "name_in_url",
    .about = "The author's name is the phrase that the author's URL advertises.",
    .score = 2.0,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
