#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Nice.",
     .hit = true,
     .author_name = "best-sofas.com",
     .author_url = "http://www.best-sofas.com/"},
    {.content = "Nice.",
     .hit = true,
     .author_name = "http://sofas.example/beds.html",
     .author_url = "http://sofas.example/beds.html"},
    {.content = "Nice.",
     .hit = false,
     .author_name = "finchwatcher",
     .author_url = "https://finchwatcher.example"},
    {.content = "Nice.",
     .hit = false,
     .author_name = "Anna Meyer",
     .author_url = "https://annameyer.example"},
    {.content = "Nice.",
     .hit = false,
     .author_name = "best-sofas.com",
     .author_url = "https://other.example"},
    {.content = "Nice.", .hit = false, .author_name = "best-sofas.com"},
};

// The whole address as name, with its ending: "finchwatcher" alone is how many bloggers sign.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (!has_author_url(seen) || is_pingback(seen)) return std::nullopt;
  const Link& home = author_link(seen);
  std::string name = lowered(seen.comment.author.name);
  if (name.find('.') == std::string::npos) return std::nullopt;
  for (const std::string_view scheme : {"http://", "https://", "www."}) {
    if (name.starts_with(scheme)) name.erase(0, scheme.size());
  }
  std::string_view host = home.host;
  if (host.starts_with("www.")) host.remove_prefix(4);
  if (name.size() < host.size() || !name.starts_with(host)) return std::nullopt;
  if (name.size() > host.size() && name[host.size()] != '/') return std::nullopt;
  return Noticed{.evidence = {whole(seen, Field::author_name), home.spot}};
}

}  // namespace

extern constinit const Rule name_equals_homepage{.name = "name_equals_homepage",
                                                 .about = "Gives the homepage's address as name, too.",
                                                 .score = 1.0,
                                                 .examples = kExamples,
                                                 .examine = examine};

}  // namespace chaffinch::rules
