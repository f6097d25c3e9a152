#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"words", 80, "words up to which a remark counts as a pretext"}};

constexpr Example kExamples[] = {
    {.content = "Good way of describing.", .hit = true, .author_url = "http://shop.example"},
    {.content = "Good way of describing.", .hit = false},
    {.content = "Good way of describing.", .hit = false, .author_url = "https://github.com/anna"},
    {.content =
         "When I tried it with two servers the second one never saw the update, so I added a short pause "
         "before "
         "the switch, and since then it has been fine every single time. What I do not understand is why the "
         "first server needs the old address at all: the log shows that nobody has asked for it since March, "
         "and the one client that did was my own. If you take it out, does the fallback still work? I would "
         "rather have one place less to look at when the phone rings at night.",
     .hit = false,
     .author_url = "http://anna.example"},
};

// Half of all spam for search engines looks like this; so do many people, hence the small score: it tips
// scales.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (!has_author_url(seen) || seen.shape.links > 0 || is_pingback(seen)) return std::nullopt;
  if (seen.shape.words > knobs["words"] || common_domain(author_link(seen).domain)) return std::nullopt;
  return Noticed{.evidence = {author_link(seen).spot}};
}

}  // namespace

extern constinit const Rule url_in_author_only{.name = "url_in_author_only",
                                               .about = "A short remark whose only link is the author's URL.",
                                               .score = 0.5,
                                               .knobs = kKnobs,
                                               .examples = kExamples,
                                               .examine = examine};

}  // namespace chaffinch::rules
