#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Great read", .hit = true, .author_name = "best-shoes.com"},
    {.content = "Great read", .hit = true, .author_name = "Visit pills.info"},
    {.content = "Great read", .hit = false, .author_name = "Dr. Anna Meyer"},
    {.content = "Great read", .hit = false, .author_name = "J.R. Smith"},
    {.content = "Great read", .hit = false, .author_name = "vb.net guy"},
    {.content = "Great read", .hit = false, .author_name = "anna@example.com"},
};

bool looks_like_host(std::string_view token) {
  static constexpr std::array<std::string_view, 26> kEndings = {
      "biz",  "blog", "ca", "cc", "club",   "co",  "com", "de", "eu",   "fr",   "in",  "info", "io",
      "life", "live", "me", "nl", "online", "org", "pro", "ru", "shop", "site", "top", "uk",   "xyz"};
  static_assert(std::is_sorted(kEndings.begin(), kEndings.end()));
  const std::size_t dot = token.rfind('.');
  if (dot == std::string_view::npos || dot < 3 || token.find('@') != std::string_view::npos) return false;
  const std::string_view stem = token.substr(0, dot);
  const bool plain = std::all_of(stem.begin(), stem.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
  });
  return plain && among(kEndings, lowered(token.substr(dot + 1)));
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (is_pingback(seen)) return std::nullopt;
  const std::string_view name = seen.comment.author.name;
  for (const std::string_view token : tokens_of(name, 20)) {
    if (looks_like_host(token)) return Noticed{.evidence = {spot_of(seen, Field::author_name, token)}};
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule name_is_host{.name = "name_is_host",
                                         .about = "Gives a web site's address as the author's name.",
                                         .score = 2.0,
                                         .examples = kExamples,
                                         .examine = examine};

}  // namespace chaffinch::rules
