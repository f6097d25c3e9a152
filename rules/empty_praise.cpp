#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"words", 45, "words up to which praise counts as all there is"}};

constexpr Example kExamples[] = {
    {.content = "Great post! Thanks for sharing this information.",
     .hit = true,
     .author_url = "http://shop.example"},
    {.content = "Nice blog, very useful http://shop.example", .hit = true},
    {.content = "Great post! Thanks for sharing.", .hit = false},
    {.content = "Great post! But in step 3, should the port not be 8080? With 80 my server refuses to start.",
     .hit = false,
     .author_url = "http://anna.example"},
    {.content = "I followed the guide and the build works on Debian now.",
     .hit = false,
     .author_url = "http://anna.example"},
};

constexpr std::array<std::string_view, 36> kPraise = {
    "amazing",   "appreciate", "awesome",     "beautiful", "brilliant",   "enjoyed",
    "excellent", "fantastic",  "glad",        "good",      "great",       "helpful",
    "impressed", "incredible", "informative", "inspiring", "interesting", "keep",
    "like",      "liked",      "love",        "loved",     "nice",        "outstanding",
    "perfect",   "pleasant",   "sharing",     "superb",    "terrific",    "thank",
    "thanks",    "thankyou",   "useful",      "valuable",  "wonderful",   "worth"};
static_assert(std::is_sorted(kPraise.begin(), kPraise.end()));

// What praise without substance speaks about.
constexpr std::array<std::string_view, 22> kThings = {
    "article", "articles", "blog",    "content", "info",  "information", "job",  "knowledge",
    "post",    "posts",    "read",    "reading", "share", "shared",      "site", "stuff",
    "tips",    "web",      "webpage", "website", "work",  "writing"};
static_assert(std::is_sorted(kThings.begin(), kThings.end()));

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (is_pingback(seen) || (seen.shape.links == 0 && !has_author_url(seen))) return std::nullopt;
  if (seen.shape.words > knobs["words"] || seen.shape.words < 2) return std::nullopt;
  // A figure, a question, a name of something: somebody has read the article.
  if (seen.shape.digits > 1 && seen.shape.links == 0) return std::nullopt;
  if (seen.visible.value.find('?') != std::string::npos && seen.shape.links == 0) return std::nullopt;
  std::size_t praise = 0;
  std::size_t things = 0;
  for (const std::string_view word : words_of(seen.visible.value, 200)) {
    const std::string low = lowered(word);
    if (among(kPraise, low)) ++praise;
    if (among(kThings, low)) ++things;
  }
  const std::size_t sum = praise + things;
  if (praise == 0 || things == 0 || sum < 2 || sum * 8 < seen.shape.words) return std::nullopt;
  return Noticed{.evidence = {whole(seen, Field::content)}};
}

}  // namespace

extern constinit const Rule empty_praise{.name = "empty_praise",
                                         .about = "Praises without saying anything, and leaves a link.",
                                         .score = 1.25,
                                         .knobs = kKnobs,
                                         .examples = kExamples,
                                         .examine = examine};

}  // namespace chaffinch::rules
