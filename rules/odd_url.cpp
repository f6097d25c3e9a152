#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"label", 32, "letters that one part of a host may have"},
    {"labels", 6, "parts that a host may have"},
};

constexpr Example kExamples[] = {
    {.content = "see http://www.bank.example@pills.example/login", .hit = true},
    {.content = "see http://a.b.c.d.e.f.pills.example/", .hit = true},
    {.content = "see http://cheapestgenericpillswithoutprescriptiononline.example/", .hit = true},
    {.content = "see https://example.org/@anna/112233", .hit = false},
    {.content = "see https://docs.python.org/3/library/", .hit = false},
    {.content = "Try http://user:secret@localhost:8080/ first", .hit = false},
    {.content = "see https://xn--zckzah-which-is-a-long-name-in-punycode-9x3b.example/", .hit = false},
};

// User info in front of the host ("http://bank.example@pills.example") shows one address and leads to
// another.
bool disguised(const Link& link) {
  const std::size_t scheme = link.url.find("://");
  if (scheme == std::string::npos) return false;
  const std::string_view authority =
      std::string_view(link.url).substr(scheme + 3, link.url.find_first_of("/?#", scheme + 3) - scheme - 3);
  const std::size_t at = authority.rfind('@');
  return at != std::string_view::npos && authority.substr(0, at).find('.') != std::string_view::npos;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  Noticed noticed;
  const double most = knobs["labels"];
  const double longest = knobs["label"];
  for (const Link& link : seen.links) {
    double labels = 1;
    double length = 0;
    double widest = 0;
    bool punycode = link.host.starts_with("xn--");
    for (std::size_t i = 0; i < link.host.size(); ++i) {
      length = link.host[i] == '.' ? 0 : length + 1;
      widest = std::max(widest, length);
      if (link.host[i] == '.') {
        ++labels;
        punycode = punycode || link.host.compare(i + 1, 4, "xn--") == 0;
      }
    }
    const bool address = link.host.find(':') != std::string::npos;
    if (address || !(labels > most || (widest >= longest && !punycode) || disguised(link))) continue;
    noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  return noticed;
}

}  // namespace

extern constinit const Rule odd_url{.name = "odd_url",
                                    .about = "Links an address of a shape that honest ones rarely have.",
                                    .score = 1.25,
                                    .knobs = kKnobs,
                                    .examples = kExamples,
                                    .examine = examine};

}  // namespace chaffinch::rules
