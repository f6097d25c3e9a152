#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"share", 0.8, "part of the words (0 to 1) that say nothing of any subject"},
    {"words", 10, "words below which a remark may well say nothing"},
};

constexpr Example kExamples[] = {
    {.content = "Wow, this is a really great site, I have read your articles and will tell all of my friends "
                "about it.",
     .hit = true,
     .author_url = "http://shop.example"},
    {.content =
         "I always enjoy the information in your posts, thank you for this wonderful piece of writing.",
     .hit = true,
     .author_url = "http://shop.example"},
    {.content =
         "I always enjoy the information in your posts, thank you for this wonderful piece of writing.",
     .hit = false},
    {.content = "I have read your article about finches twice; in our garden they nest in the hedge, never "
                "in the oak.",
     .hit = false,
     .author_url = "http://anna.example"},
    {.content = "Great post, thanks!", .hit = false, .author_url = "http://anna.example"},
    {.content = "You are so right about that, and I will never do it again.",
     .hit = false,
     .author_url = "http://anna.example"},
};

// The words of remarks that fit below every article: small words, praise, and talk of sites and posts. What
// an article is about is not among them.
constexpr std::string_view kGeneric =
    "abilities about above absolutely account across actual actually added addition advanced advice "
    "after again agreeable aid aided all allow along also always am amazed amazing among amount "
    "amusement an analyzing and another answer answers any anybody anyhow anything anyway anyways "
    "appear appearance appreciate appreciated appropriate approximately are article articles as ask at "
    "attempting attention aware away awesome back balance be beautiful because become been before "
    "believe below beneficial benefited best better between big bit blessed blog blogger bloggers "
    "blogging blogroll blogs body bookmarked bookmarking bookmarks bored both break brilliant browse "
    "browsing building but by called came can capable careful ceaselessly certain certainly check "
    "checked checking cheers choice clarity clear clearly clever close come comes comment commenting "
    "common communicate comparable compared complete completely composed concept concepts concerning "
    "constantly consult contact contacts content continue convey convinced cool could couldn count "
    "crazy curious customize daily day days deal dear decided dedicate deep definite definitely "
    "delighted delivered desire detailed details did different difficult digging discovered discussion "
    "do does doing done during educational effective effort efforts either elsewhere email emailed "
    "engaging enhance enjoy enjoyed enjoying enlightening enough entertaining especially essential even "
    "ever every everybody everyone exactly excellent except exceptional excited experiencing explain "
    "explained explaining explanation exposure extraordinary extremely fabulous fact fairly fantastic "
    "far fascinating fastidious favor favorite feed few finally find finding fine finest first folks "
    "followers for fortunate forward found free frequented frequently fresh friendliness from fully "
    "funny future gave general genuinely get getting give given gives glance glimpse go goes going gone "
    "gonna good got grabbing grasp grateful gratitude great greatest greatly greetings ground group "
    "grow guest guests guys had half hand happen happy hard has have having he heads heard hearing "
    "heart hello help helped helpful helps her here hesitate hey heya hi high highly him home honest "
    "honestly hope hoping house how howdy however huge idea ideas if import impressed impression "
    "impressive improve in incorporated incredible incredibly indeed individuals info information "
    "informative insightful inspect inspiration inspirational inspiring instead interested interesting "
    "into introduced is it its job just keen keep keeping kept kind kindly kinds know knowing knowledge "
    "knowledgeable known kudos lately later latest leader learn learning leave leaving lend lengthy "
    "less let letting life like liked likely liking link little live located locating long longer look "
    "looked looking looks lot lots love loved lovely loves loving luck lucky made magnificent major "
    "make man many marked marking marvelous mate matter maximum may maybe me means meant mention merely "
    "might mind mindblowing moment more most mostly move much must my myself name near nearly "
    "necessarily needed needless needs never new next nice nicely no none nonetheless not note nothing "
    "now nowadays numerous obvious obviously occasion occasionally of off offer offers often ok old "
    "omit on one ones online only open opening opinion opinions or other others our out outstanding "
    "over overall overlapping own owners page pages paid paragraph part particular particularly passion "
    "pay peace penning people per perfect perhaps person personal personally persuade pick picked piece "
    "place planning plans pleasant please pleased pleasure plenty positioning possible possibly post "
    "posted posting posts preaching prepared present presentation presented presenting pretty previous "
    "previously primary probably proceed proper properly provide provided provides providing publish "
    "put quality quantity question questions quick quite rare rather re reach read reader readers "
    "reading real realize realized really reason reasonable recent recently recommend recommended "
    "reduce referring regarding regular regularly relevant remain remarkable remarks reminds reply "
    "resist resource resources respect responses rest result results reviews right said same saved saw "
    "say says see seeing seek seem seems seen seize sense sensible seriously service set several shall "
    "share shared sharing should shout shows side significant significantly similar simple simply since "
    "sincerely sir site sites skills smartly so solid some somebody someone something soon sorry sort "
    "sounds special specially spend spent start started stay stop stopping stuff stumbled stunning "
    "style subject subjects subscribe subscription success such sufficient suggest suggesting "
    "suggestions sum super superb superbly supply support suppose sure surely surfing surprised sworn "
    "take taken takes taking talent talented talk talking taught teach teaching team tears telling tend "
    "terrific than thank thankful thanks that the theme then there therefore these thing things think "
    "this thorough thoroughly though thought thoughtful thoughts three through thru thumbs thus till "
    "time times tips to today together too took topic topics totally touched tough toward tremendous "
    "trouble true truly truth try trying turn tutorial ultimate unbelievable understand understanding "
    "understood undoubtedly unique until up upload uploaded upon us use used useful user using usual "
    "usually valid valuable values various verity very via video view views visited visiting visitors "
    "visual wait want wanted warm was way ways we wealth web weblog webmasters webpage webpages website "
    "websites week weekend weeks welcome well went were what when whenever where which while who whoa "
    "whoever whole why will willing wise wish wished wishes with within without woah won wonder "
    "wonderful wonderfully wondering word wordpress words work working works world worth worthwhile "
    "worthy would wow wrinting write writer writers writeup writing written wrong wrote yeah year yes "
    "yet you young your yours yourself ";

// The same as a hash, so that a word costs one look.
struct Table {
  static constexpr std::size_t kCells = 4096;
  struct Place {
    std::uint16_t start = 0;
    std::uint16_t length = 0;  // 0: nothing here
  };
  std::array<Place, kCells> places = {};

  static constexpr std::uint32_t kSeed = 2166136261U;
  static constexpr std::uint32_t mixed(std::uint32_t hash, char c) {
    return (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  constexpr Table() {
    std::uint32_t hash = kSeed;
    std::size_t start = 0;
    for (std::size_t i = 0; i < kGeneric.size(); ++i) {
      if (kGeneric[i] != ' ') {
        hash = mixed(hash, kGeneric[i]);
        continue;
      }
      std::size_t at = hash % kCells;
      while (places[at].length != 0) at = (at + 1) % kCells;
      places[at] = {static_cast<std::uint16_t>(start), static_cast<std::uint16_t>(i - start)};
      hash = kSeed;
      start = i + 1;
    }
  }
  constexpr bool holds(std::string_view word, std::uint32_t hash) const {
    std::size_t at = hash % kCells;
    while (places[at].length != 0 && kGeneric.substr(places[at].start, places[at].length) != word) {
      at = (at + 1) % kCells;
    }
    return places[at].length != 0;
  }
};
constexpr Table kTable;

// What such a remark is about: nothing but the place where it stands.
constexpr std::array<std::string_view, 27> kPlace = {
    "article", "articles", "blog",        "blogger", "bloggers", "blogging",  "blogs",
    "content", "info",     "information", "page",    "pages",    "paragraph", "piece",
    "post",    "posting",  "posts",       "reading", "site",     "sites",     "topic",
    "topics",  "web",      "weblog",      "website", "websites", "writing"};
static_assert(std::is_sorted(kPlace.begin(), kPlace.end()));

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (is_pingback(seen) || (!has_author_url(seen) && seen.shape.links == 0)) return std::nullopt;
  const double all = seen.shape.words;
  if (all < knobs["words"] || all > 150) return std::nullopt;
  const std::string_view text = seen.visible.value;
  const double most = (1 - knobs["share"]) * all;
  double words = 0;
  double specific = 0;
  int places = 0;
  std::array<char, 16> low = {};
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && !in_word(text[at])) ++at;
    // "don't": what follows the apostrophe says nothing.
    const std::size_t begin = at;
    std::size_t letters = 0;
    std::uint32_t hash = Table::kSeed;
    for (; at < text.size() && in_word(text[at]) && text[at] != '\''; ++at) {
      const char c = lower(text[at]);
      if (letters < low.size()) low[letters] = c;
      hash = Table::mixed(hash, c);
      ++letters;
    }
    while (at < text.size() && in_word(text[at])) ++at;
    if (at == begin) break;
    if (letters < 2) continue;
    ++words;
    const std::string_view word(low.data(), std::min(letters, low.size()));
    if (letters > low.size() || !kTable.holds(word, hash)) {
      if (++specific > most) return std::nullopt;
    } else if (among(kPlace, word)) {
      ++places;
    }
  }
  if (words < knobs["words"] || places == 0 || specific > (1 - knobs["share"]) * words) return std::nullopt;
  Noticed noticed{.evidence = {whole(seen, Field::content)}};
  if (words >= 10 && places > 1 && specific <= 0.12 * words) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule generic_remark{.name = "generic_remark",
                                           .about = "Fits below every article, and leaves a link.",
                                           .score = 1.5,
                                           .knobs = kKnobs,
                                           .examples = kExamples,
                                           .examine = examine};

}  // namespace chaffinch::rules
