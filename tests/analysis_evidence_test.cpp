// Evidence points into the text as submitted, through every view: each range of each finding is on character
// borders of its field, and what lies in it reads as what the rule saw. Texts are made by chance from nasty
// pieces; what a rule must find is planted in them, so that its place is known.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/gather.h"
#include "analysis/links.h"
#include "analysis/ruleset.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "shipped.h"

using namespace chaffinch;
using chaffinch::test::shipped_packs;

TEST_SUITE_BEGIN("evidence");

namespace {

// Deterministic chance: a test that fails must fail again.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t end) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33U) % end;
  }
  bool one_in(std::size_t many) { return below(many) == 0; }
  template <class T, std::size_t N>
  T of(T (&list)[N]) {
    return list[below(N)];
  }

 private:
  std::uint64_t state_;
};

bool border(std::string_view text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80;
}

std::string utf8(char32_t c) {
  std::string out;
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) {
    out += static_cast<char>(0xC0U | (c >> 6U));
  } else {
    if (c < 0x10000) {
      out += static_cast<char>(0xE0U | (c >> 12U));
    } else {
      out += static_cast<char>(0xF0U | (c >> 18U));
      out += static_cast<char>(0x80U | ((c >> 12U) & 0x3FU));
    }
    out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
  }
  out += static_cast<char>(0x80U | (c & 0x3FU));
  return out;
}

std::string fold(std::string_view raw) {
  return folded_text(visible_text(raw), raw).value;
}

// What is planted: words that the rules below look for.
constexpr std::string_view kWords[] = {"viagra", "casino", "mortgage", "jackpot"};

// A letter that looks like this one, in another alphabet; 0: none.
char32_t look_alike(char c) {
  switch (c) {
    case 'a':
      return 0x430;
    case 'c':
      return 0x441;
    case 'e':
      return 0x435;
    case 'i':
      return 0x456;
    case 'o':
      return 0x3BF;
    case 'p':
      return 0x440;
    default:
      return 0;
  }
}

// The word in a disguise. `markup`: the field is read as HTML.
std::string disguised(Chance& chance, std::string_view word, bool markup) {
  std::string text;
  switch (chance.below(4)) {
    case 0:  // spaced out or dotted
    {
      const char* const between = chance.one_in(2) ? " " : chance.one_in(2) ? "." : "-";
      for (std::size_t i = 0; i < word.size(); ++i) text += (i > 0 ? between : "") + std::string(1, word[i]);
      return text;
    }
    case 1:  // leetspeak in one or two letters inside
      text = word;
      for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == 'i' && chance.one_in(2)) text[i] = '1';
        if (text[i] == 'a' && chance.one_in(2)) text[i] = chance.one_in(2) ? '@' : '4';
        if (text[i] == 'o' && chance.one_in(2)) text[i] = '0';
      }
      return text;
    default:
      break;
  }
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    switch (chance.below(markup ? 9 : 6)) {
      case 0:
        text += static_cast<char>(c - 'a' + 'A');
        break;
      case 1:
        text += utf8(0xFF41 + static_cast<char32_t>(c - 'a'));  // full width
        break;
      case 2:
        text += utf8(0x1D41A + static_cast<char32_t>(c - 'a'));  // mathematical bold
        break;
      case 3:
        text += c;
        text += utf8(chance.one_in(2) ? 0x301 : 0x337);  // combining
        break;
      case 4:
        text += look_alike(c) != 0 && i > 0 ? utf8(look_alike(c)) : std::string(1, c);
        break;
      case 6:
        text += "&#" + std::to_string(static_cast<int>(c)) + ";";
        break;
      case 7:
        text += chance.one_in(2) ? "<b>" + std::string(1, c) + "</b>" : "[i]" + std::string(1, c) + "[/i]";
        break;
      default:
        text += c;
        break;
    }
    // Zero width, within the word.
    if (i + 1 < word.size() && chance.one_in(8)) text += utf8(chance.one_in(2) ? 0x200B : 0x2060);
  }
  return text;
}

struct Planted {
  std::size_t start = 0, end = 0;
  std::string_view word;  // or
  std::string host;       // of a link
};

// Words that stand between; each hard in its own way, none of them one that is planted or a letter alone.
constexpr const char* kBetween[] = {
    "and the",           "&amp; so",     "<p>then</p>",        "[b]bold[/b]",
    "**stark**",         "caf\u00e9",    "\u0434\u043e\u043c", "&lt;tag",
    "<br/>line",         "na\u00efve",   "\u4e2d\u6587",       "<!-- note -->text",
    "\U0001F600",        "`code xy`",    "Stra\u00dfe",        "\u1f00\u03c3",
    "&eacute;t&eacute;", "\u0915\u093f", "> quoted",           "<td>cell</td>",
    "[img]pic[/img]",    "100 %",        "it\u2019s",          "\u200bhidden\u200b",
    "half\u00bd cup",    "&bogus;",      "\uff8a\uff9e",       "<unclosed",
};

std::string nasty(Chance& chance, std::vector<Planted>& planted, bool markup) {
  std::string text;
  const std::size_t pieces = 2 + chance.below(8);
  bool spelled = false;  // two spelled words side by side are one to every reader
  for (std::size_t i = 0; i < pieces; ++i) {
    if (!text.empty()) text += chance.one_in(6) ? "\n" : " ";
    if (!std::exchange(spelled, false) && chance.one_in(2)) {
      const std::string_view word = kWords[chance.below(std::size(kWords))];
      const std::string dressed = disguised(chance, word, markup);
      // Alone it is seen through; a disguise that is not is none that we claim.
      if ((markup ? fold(dressed) : folded_text(dressed).value) == word) {
        planted.push_back({text.size(), text.size() + dressed.size(), word, {}});
        text += dressed;
        spelled = true;
        continue;
      }
    }
    std::string_view between = kBetween[chance.below(std::size(kBetween))];
    // A tag that never ends swallows what follows: it comes last, or not at all.
    if (between == "<unclosed" && i + 1 < pieces) between = "plain";
    text += between;
  }
  return text;
}

constexpr const char* kPack = R"(
pack = "planted"
[[pattern]]
name = "planted_word"
about = "Finds what was planted."
score = 1.0
type = "word"
match = ["viagra", "casino", "mortgage", "jackpot"]
fields = ["content", "author.name", "article.title"]
spam = ["buy viagra"]
ham = ["nothing"]
[[pattern]]
name = "planted_regex"
about = "Finds what was planted, as a regex."
score = 1.0
type = "regex"
match = ['\b(?:viagra|casino|mortgage|jackpot)\b']
fields = ["content", "author.name", "article.title"]
spam = ["buy viagra"]
ham = ["nothing"]
[[pattern]]
name = "planted_link"
about = "Finds the planted links."
score = 1.0
type = "domain"
match = ["planted.example", "xn--mnchen-3ya.de"]
spam = ["http://planted.example"]
ham = ["nothing"]
)";

// Everything that ships, and what looks for the planted words.
std::shared_ptr<const RuleSet> all_rules() {
  std::vector<PackSource> packs = shipped_packs();
  packs.push_back({"planted.toml", kPack, {}});
  std::vector<Error> errors;
  auto rules = RuleSet::build(packs, errors);
  REQUIRE_MESSAGE(rules != nullptr, (errors.empty() ? std::string() : errors.front().what));
  return rules;
}

// The promise for every finding, whatever the rule.
void check_borders(const Evidence& seen, const Verdict& verdict) {
  for (const Finding& finding : verdict.findings) {
    CAPTURE(finding.rule);
    for (const Spot& spot : finding.evidence) {
      const std::string_view raw = seen.raw(spot.field);
      CAPTURE(raw);
      REQUIRE(spot.start <= spot.end);
      REQUIRE(spot.end <= raw.size());
      REQUIRE(border(raw, spot.start));
      REQUIRE(border(raw, spot.end));
      REQUIRE((raw.empty() || spot.start < spot.end));
    }
  }
}

// Nothing that anybody reads: tags, marks and what has no width.
bool only_markup(std::string_view text) {
  static constexpr std::string_view kNothing[] = {"<b>",    "</b>",   "[i]",    "[/i]",
                                                  "\u200b", "\u2060", "\u0301", "\u0337"};
  while (!text.empty()) {
    const auto next = std::find_if(std::begin(kNothing), std::end(kNothing),
                                   [text](std::string_view one) { return text.starts_with(one); });
    if (next == std::end(kNothing)) return false;
    text.remove_prefix(next->size());
  }
  return true;
}

// What was planted is evidence, and nothing else is: each range lies in one planted word and reads as that
// word.
void check_found(const Evidence& seen, const Verdict& verdict, std::string_view rule, Field field,
                 const std::vector<Planted>& planted) {
  const auto finding = std::find_if(verdict.findings.begin(), verdict.findings.end(),
                                    [rule](const Finding& one) { return one.rule == rule; });
  std::vector<Spot> spots;
  if (finding != verdict.findings.end()) {
    for (const Spot& spot : finding->evidence) {
      if (spot.field == field) spots.push_back(spot);
    }
  }
  const std::string_view raw = seen.raw(field);
  CAPTURE(raw);
  CAPTURE(rule);
  REQUIRE(spots.empty() == planted.empty());
  for (const Spot& spot : spots) {
    const std::string_view slice = raw.substr(spot.start, spot.end - spot.start);
    CAPTURE(slice);
    const auto one = std::find_if(planted.begin(), planted.end(), [&](const Planted& place) {
      return place.start <= spot.start && spot.end <= place.end;
    });
    REQUIRE(one != planted.end());
    if (one->host.empty()) {
      // Tags at the ends of the word are not among its bytes; without its partner a BBCode tag is no tag.
      REQUIRE(only_markup(raw.substr(one->start, spot.start - one->start)));
      REQUIRE(only_markup(raw.substr(spot.end, one->end - spot.end)));
      const std::string again = field == Field::content ? fold(slice) : folded_text(slice).value;
      REQUIRE((again == one->word || slice.find('[') != std::string_view::npos));
    } else {
      REQUIRE(spot.start == one->start);
      REQUIRE(spot.end == one->end);
    }
  }
}

}  // namespace

TEST_CASE("what a rule found is shown where it stands, through every view, in every field") {
  const auto rules = all_rules();
  Chance chance(20261125);
  std::size_t words = 0;
  for (int round = 0; round < 1'500; ++round) {
    Submission submission;
    submission.article.id = "post";
    std::vector<Planted> content, name, title;
    submission.content = nasty(chance, content, true);
    submission.author.name = nasty(chance, name, false);
    submission.article.title = nasty(chance, title, false);
    const Evidence seen = gather(std::move(submission));
    const Verdict verdict = rules->judge(seen, Policy{});
    check_borders(seen, verdict);
    words += content.size() + name.size() + title.size();
    // Of one finding eight ranges are kept, over all fields: those of the content come first.
    if (content.size() + name.size() + title.size() > 8) continue;
    for (const char* rule : {"planted_word", "planted_regex"}) {
      check_found(seen, verdict, rule, Field::content, content);
      check_found(seen, verdict, rule, Field::author_name, name);
      check_found(seen, verdict, rule, Field::article_title, title);
    }
  }
  CHECK(words > 3'000);
}

TEST_CASE("a link is shown by the bytes that name its target, however it is written") {
  const auto rules = all_rules();
  struct Form {
    const char* before;
    const char* place;  // what the range must be
    const char* after;
  };
  static const Form kForms[] = {
      {"<a rel=\"nofollow\" href=\"", "http://planted.example/x?a=1&amp;b=2", "\">click here</a>"},
      {"<a href='", "http://planted.example", "'>http://bank.example</a>"},
      {"<A HREF=", "h&#116;tp://planted.example/", ">x</A>"},
      {"[url=", "http://planted.example/y", "]win[/url]"},
      {"[url]", "planted.example", "[/url]"},
      {"[md text](", "https://planted.example/z", " \"title\")"},
      {"see ", "http://planted.example/a_(b)", ", please"},
      {"see ", "hxxp://planted.example/q", ""},
      {"see ", "planted[.]example[.]com", "."},
      {"see ", "http://m\u00fcnchen.de/\u00fc", ""},
      {"see ", "http://planted\u3002example/x", ""},
      {"see ", "m\u00fcnchen dot com", " now"},
      {"see ", "www.m\u00fcnchen.de/x", ""},
  };
  Chance chance(4711);
  std::size_t links = 0;
  for (int round = 0; round < 1'500; ++round) {
    Submission submission;
    submission.article.id = "post";
    std::string& text = submission.content;
    std::vector<Planted> planted;
    const std::size_t pieces = 1 + chance.below(6);
    for (std::size_t i = 0; i < pieces; ++i) {
      std::string_view between = kBetween[chance.below(std::size(kBetween))];
      if (between == "<unclosed" || between == "[img]pic[/img]") between = "plain";
      text += between;
      text += chance.one_in(4) ? "\n" : " ";
      if (chance.one_in(3)) continue;
      const Form& form = kForms[chance.below(std::size(kForms))];
      text += form.before;
      const std::size_t start = text.size();
      text += form.place;
      planted.push_back({start, text.size(), {}, "there"});
      text += form.after;
      text += " ";
    }
    const Evidence seen = gather(std::move(submission));
    CAPTURE(seen.comment.content);
    REQUIRE(seen.links.size() == planted.size());
    for (std::size_t i = 0; i < planted.size(); ++i) {
      const Spot& spot = seen.links[i].spot;
      REQUIRE(spot.start == planted[i].start);
      REQUIRE(spot.end == planted[i].end);
    }
    links += planted.size();
    check_borders(seen, rules->judge(seen, Policy{}));
  }
  CHECK(links > 2'000);
}

TEST_CASE("ranges of every rule stay on character borders in texts without any sense") {
  const auto rules = all_rules();
  static constexpr const char* kPieces[] = {
      "http://",  "www.",       ".com",        "[url=",  "]",
      "[/url]",   "<a href=\"", "\">",         "</a>",   "(",
      ")",        "[x](",       "hxxp",        " dot ",  "\u3002",
      "\u00e9",   "e\u0301",    "\u200b",      "\ufe0f", "\U0001F600",
      "\u0430",   "V",          "v1agra",      "FREE ",  "!!!!!!",
      "$$$",      "@gmail.com", "+1 555 0100", " ",      "\n",
      "&#105;",   "&amp;",      "<b>",         "</b>",   "<!--",
      "-->",      "{a|b}",      "%s",          "-",      "casino ",
      "\uff56",   "\U0001D42F", "\u4e2d",      "\u202e", "\u00ad",
      "bit.ly/x", "telegram ",  "whatsapp ",   "1",      "m\u00fcnchen.de",
  };
  Chance chance(99);
  std::size_t ranges = 0;
  const auto text = [&](std::size_t most, std::size_t bytes) {
    std::string made;
    for (std::size_t i = chance.below(most); i > 0; --i) {
      const std::string_view piece = kPieces[chance.below(std::size(kPieces))];
      if (made.size() + piece.size() <= bytes) made += piece;
    }
    return made;
  };
  for (int round = 0; round < 2'000; ++round) {
    Submission submission;
    submission.content = text(60, limits::kContent);
    submission.author = {.name = text(8, limits::kName),
                         .email = text(4, limits::kEmail),
                         .url = text(6, limits::kUrl),
                         .id = ""};
    submission.article = {.id = "a", .url = "", .title = text(8, limits::kTitle)};
    const Evidence seen = gather(std::move(submission));
    const Verdict verdict = rules->judge(seen, Policy{});
    check_borders(seen, verdict);
    for (const Finding& finding : verdict.findings) ranges += finding.evidence.size();
    for (const Link& link : seen.links) {
      const std::string_view raw = seen.raw(link.spot.field);
      REQUIRE(link.spot.start < link.spot.end);
      REQUIRE(link.spot.end <= raw.size());
      REQUIRE(border(raw, link.spot.start));
      REQUIRE(border(raw, link.spot.end));
    }
  }
  CHECK(ranges > 5'000);
}
