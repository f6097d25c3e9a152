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
    {.content = "Nice.",
     .hit = false,
     .author_name = "Anna B. Meyer",
     .author_url = "http://blog.annabmeyer.example/"},
    {.content = "Nice.",
     .hit = false,
     .author_name = "anna meyer",
     .author_url = "http://people.example/~annameyer/blog/index.html"},
    {.content = "Nice.",
     .hit = false,
     .author_name = "Anna's Garden Notes",
     .author_url = "http://blogs.example/annas-garden-notes/default.aspx"},
};

// Whether a part of a host or path, between `ends`, is the whole name: "blog.annameyer.example",
// "people.example/~anna-meyer/".
bool is_part(std::string_view address, std::string_view ends, std::string_view joined) {
  for (std::size_t at = 0; at < address.size();) {
    const std::size_t end = std::min(address.find_first_of(ends, at), address.size());
    std::string part(address.substr(at, end - at));
    std::erase_if(
        part, [](char c) { return !is_letter(c) && !is_digit(c) && static_cast<unsigned char>(c) < 0x80; });
    if (part == joined) return true;
    at = end + 1;
  }
  return false;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (!has_author_url(seen) || is_pingback(seen)) return std::nullopt;
  const Link& home = author_link(seen);
  if (common_domain(home.domain)) return std::nullopt;
  const std::string path = lowered(home.path);
  const std::vector<std::string_view> words = words_of(seen.comment.author.name, 20);
  if (words.size() < 2) return std::nullopt;
  std::size_t in_host = 0;
  std::size_t in_path = 0;
  std::size_t small = 0;  // words without a capital
  bool sales = false;     // something in the name that no person is called
  std::string joined;
  for (const std::string_view word : words) {
    std::string low = lowered(word);
    if (sells(word)) sales = true;
    if (is_lower(word.front())) ++small;
    if (low.size() >= 3 && home.host.find(low) != std::string::npos) ++in_host;
    if (low.size() >= 3 && path.find(low) != std::string::npos) ++in_path;
    std::erase(low, '\'');
    joined += low;
  }
  if (in_host < 2 && in_path < 2) return std::nullopt;
  // People live under their names, and blogs under theirs; three small words are a phrase.
  const bool phrase = sales || (words.size() > 2 && small == words.size());
  const std::string_view host = std::string_view(home.host).substr(home.host.starts_with("www.") ? 4 : 0);
  if (!phrase && (is_part(host, ".", joined) || is_part(path, "/?", joined))) return std::nullopt;
  std::string label(host.substr(0, host.find('.')));
  std::erase(label, '-');
  if (!phrase && (label.find(joined) != std::string::npos || joined.find(label) != std::string::npos))
    return std::nullopt;
  Noticed noticed{.evidence = {whole(seen, Field::author_name), home.spot}};
  if (in_path >= 3 || in_host >= 3 || (in_path == 2 && sales)) return noticed;
  if (in_path == 2 || (in_host == 2 && sales)) {
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
