#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

void on_blog(Evidence& seen) {
  seen.comment.article.url = "https://www.blog.example/2024/on-finches";
}

constexpr Example kExamples[] = {
    {.content = "Nice.", .hit = true, .referrer = "http://spam-lists.example/targets", .adjust = on_blog},
    {.content = "Nice.", .hit = false, .referrer = "https://blog.example/2024/on-finches", .adjust = on_blog},
    {.content = "Nice.", .hit = false, .referrer = "https://comments.blog.example/form", .adjust = on_blog},
    {.content = "Nice.", .hit = false, .referrer = "", .adjust = on_blog},
    {.content = "Nice.", .hit = false, .referrer = "https://elsewhere.example/"},
};

// "https://www.blog.example:443/x" -> "blog.example"; no host: "".
std::string_view host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#:"));
  if (url.starts_with("www.")) url.remove_prefix(4);
  return url;
}

bool same_letters(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

// One of the two lies under the other: "comments.blog.example" and "blog.example".
bool related(std::string_view one, std::string_view other) {
  if (one.size() < other.size()) std::swap(one, other);
  if (!same_letters(one.substr(one.size() - other.size()), other)) return false;
  return one.size() == other.size() || one[one.size() - other.size() - 1] == '.';
}

// A form is sent from the page that it stands on.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.comment.client.referrer.empty() || is_pingback(seen) || is_trackback(seen)) return std::nullopt;
  const std::string_view from = host_of(seen.comment.client.referrer);
  const std::string_view article = host_of(seen.comment.article.url);
  if (from.empty() || article.empty() || related(from, article)) return std::nullopt;
  return Noticed{.evidence = {whole(seen, Field::referrer)}};
}

}  // namespace

extern constinit const Rule foreign_referrer{.name = "foreign_referrer",
                                             .about = "Was sent from a page of another site.",
                                             .score = 1.0,
                                             .examples = kExamples,
                                             .examine = examine};

}  // namespace chaffinch::rules
