#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Nice.", .hit = true, .author_url = "http://shop.example/products/boots-c-10.html"},
    {.content = "Nice.", .hit = true, .author_url = "http://shop.example/black-leather-boots-sale/"},
    {.content = "Nice.", .hit = true, .author_url = "http://site.example/tag/boots"},
    {.content = "Nice.", .hit = false, .author_url = "http://anna.example/"},
    {.content = "Nice.", .hit = false, .author_url = "http://anna.example/blog/"},
    {.content = "Nice.", .hit = false, .author_url = "http://www.university.example/~anna/index.html"},
    {.content = "Nice.", .hit = false, .author_url = "https://github.com/anna/finch-watch-tools-and-more"},
};

// People give a home; a campaign gives the page to be ranked.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (!has_author_url(seen) || is_pingback(seen)) return std::nullopt;
  const Link& home = author_link(seen);
  if (common_domain(home.domain)) return std::nullopt;
  std::string path = lowered(home.path);
  path.resize(std::min(path.find('?'), path.size()));
  if (path.find('~') != std::string::npos || path.find("index.") != std::string::npos ||
      path.find("default.") != std::string::npos || path.find("user") != std::string::npos ||
      path.find("about") != std::string::npos || path.find("profile") != std::string::npos) {
    return std::nullopt;
  }
  const auto hyphens = std::count(path.begin(), path.end(), '-');
  static constexpr std::array<std::string_view, 6> kPages = {".php", ".html", ".htm",
                                                             ".asp", ".aspx", ".xml"};
  const bool page = std::any_of(kPages.begin(), kPages.end(),
                                [&path](std::string_view ending) { return path.ends_with(ending); });
  static constexpr std::array<std::string_view, 7> kShelves = {"/tag/",   "/category/", "/product", "/shop/",
                                                               "/store/", "/watch/",    "/buy"};
  if (!(page && path.size() > 9) && hyphens < 2 && !holds_any(path, kShelves)) return std::nullopt;
  return Noticed{.evidence = {home.spot}};
}

}  // namespace

extern constinit const Rule deep_homepage{.name = "deep_homepage",
                                          .about = "Gives a single page deep inside a site as homepage.",
                                          .score = 1.0,
                                          .examples = kExamples,
                                          .examine = examine};

}  // namespace chaffinch::rules
