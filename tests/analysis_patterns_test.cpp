#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include <re2/re2.h>

#include "analysis/grams.h"
#include "analysis/needs.h"
#include "analysis/patterns.h"
#include "analysis/required.h"
#include "analysis/required_index.h"

using namespace chaffinch;

namespace {

std::unique_ptr<PatternSet> built(PatternSet::Builder& builder) {
  auto set = builder.build();
  REQUIRE_MESSAGE(set.has_value(), (set ? "" : set.error().what));
  return std::move(*set);
}

std::vector<Match> found(const PatternSet& set, std::string_view text) {
  std::vector<Match> matches;
  REQUIRE(set.find(text, matches));
  return matches;
}

// "" when nothing is found, else the bytes that the only match covers.
std::string seen(const PatternSet& set, std::string_view text) {
  const std::vector<Match> matches = found(set, text);
  if (matches.empty()) return "";
  REQUIRE(matches.size() == 1);
  REQUIRE(matches[0].end <= text.size());
  return std::string(text.substr(matches[0].start, matches[0].end - matches[0].start));
}

bool same(const Match& left, const Match& right) {
  return left.pattern == right.pattern && left.start == right.start && left.end == right.end;
}

RE2::Options quiet(bool ignore_case) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!ignore_case);
  return options;
}

// Texts that are nearly matches, half words, long runs, bytes of many scripts, and broken UTF-8.
std::string random_text(std::mt19937& random, const std::vector<std::string>& pieces, std::size_t most) {
  std::string text;
  const std::size_t size = random() % most;
  while (text.size() < size) {
    const std::string& piece = pieces[random() % pieces.size()];
    switch (random() % 8) {
      case 0:
        text += piece.substr(0, random() % (piece.size() + 1));
        break;
      case 1:
        text += piece.substr(random() % piece.size());
        break;
      case 2:
        text += std::string(1 + random() % 20, static_cast<char>('a' + random() % 3));
        break;
      case 3:
        text += static_cast<char>(random() % 256);
        break;
      case 4:
        text += std::vector<std::string>{"é", "я", "中", "🙂", "\u200b", "_", "-", "\n"}[random() % 8];
        break;
      case 5:
        text += std::to_string(random() % 100'000);
        break;
      default:
        text += piece;
    }
    if (random() % 2 == 0) text += ' ';
  }
  return text;
}

// How many of the regexes match; the set must find the same ones at the same places.
std::size_t compare(const PatternSet& set, const std::vector<std::unique_ptr<RE2>>& alone,
                    const std::string& text) {
  std::vector<Match> expected;
  for (std::size_t i = 0; i < alone.size(); ++i) {
    re2::StringPiece span;
    if (!alone[i]->Match(text, 0, text.size(), RE2::UNANCHORED, &span, 1)) continue;
    const auto start = static_cast<std::uint32_t>(span.data() - text.data());
    expected.push_back(
        {static_cast<std::uint32_t>(i), start, start + static_cast<std::uint32_t>(span.size())});
  }
  const std::vector<Match> matches = found(set, text);
  for (const Match& match : expected) {
    if (std::any_of(matches.begin(), matches.end(), [&match](const Match& one) { return same(one, match); }))
      continue;
    CAPTURE(text);
    CAPTURE(match.start);
    CAPTURE(match.end);
    FAIL("not found: ", alone[match.pattern]->pattern());
  }
  REQUIRE(matches.size() == expected.size());
  return expected.size();
}

}  // namespace

TEST_SUITE_BEGIN("analysis");

TEST_CASE("a set finds what its regexes, words, exact texts and substrings mean") {
  struct Row {
    const char* kind;
    const char* pattern;
    bool ignore_case;
    const char* text;
    const char* seen;
  };
  static constexpr Row kRows[] = {
      {"regex", R"(\bcheap (pills|loans)\b)", false, "buy cheap loans now", "cheap loans"},
      {"regex", R"(\bcheap (pills|loans)\b)", false, "buy Cheap Loans now", ""},
      {"regex", R"(\bcheap (pills|loans)\b)", true, "buy Cheap LOANS now", "Cheap LOANS"},
      {"regex", R"(^first)", false, "first of all", "first"},
      {"regex", R"(^first)", false, "at first", ""},
      {"regex", R"(last$)", false, "the last", "last"},
      {"regex", R"(last$)", false, "the last\none", ""},
      {"regex", R"((?m)last$)", false, "the last\none", "last"},
      {"regex", R"(a|b)", true, "x B", "B"},
      {"regex", R"(\p{Cyrillic}{3,})", false, "ok казино ok", "казино"},
      {"regex", R"(казино)", true, "КАЗИНО", "КАЗИНО"},
      {"word", "rolex", false, "a rolex!", "rolex"},
      {"word", "rolex", false, "rolex", "rolex"},
      {"word", "rolex", false, "rolexes", ""},
      {"word", "rolex", false, "xrolex", ""},
      {"word", "rolex", false, "rolex2 (rolex)", "rolex"},
      {"word", "rolex", false, "_rolex_", "rolex"},
      {"word", "rolex", false, "érolex", ""},
      {"word", "rolex", false, "rolexé", ""},
      {"word", "rolex", false, "rolex\u0301", ""},
      {"word", "rolex", false, "中rolex", ""},
      {"word", "rolex", false, "“rolex”", "rolex"},
      {"word", "rolex", false, "🙂rolex🙂", "rolex"},
      {"word", "c++", false, "in c++, of course", "c++"},
      {"word", "buy now", false, "so buy now", "buy now"},
      {"word", "Rolex", true, "a rOLEX", "rOLEX"},
      {"word", "ВИАГРА", true, "купить Виагра", "Виагра"},
      {"word", "šŽ", true, "Šž", "Šž"},
      {"word", "ΩΆ", true, "ωά", "ωά"},
      {"substring", "rolex", false, "xrolexes", "rolex"},
      {"substring", "rolex", true, "xROLEXes", "ROLEX"},
      {"substring", "rolex", false, "role x", ""},
      {"substring", "aab", false, "aaaab", "aab"},
      {"substring", "中文", false, "写中文的", "中文"},
      {"exact", "nice post", false, "nice post", "nice post"},
      {"exact", "nice post", false, "  nice post\r\n", "nice post"},
      {"exact", " nice post ", false, "nice post", "nice post"},
      {"exact", "nice post", true, "Nice Post", "Nice Post"},
      {"exact", "nice post", false, "nice post!", ""},
      {"exact", "nice post", false, "a nice post", ""},
      {"exact", "nice post", false, "", ""},
      {"regex", "x+", false, "", ""},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.kind);
    CAPTURE(row.pattern);
    CAPTURE(row.text);
    PatternSet::Builder builder;
    const std::string_view kind = row.kind;
    const Done added = kind == "regex" ? builder.add_regex(7, row.pattern, row.ignore_case)
                                       : builder.add_literal(7, row.pattern,
                                                             kind == "word"    ? Literal::word
                                                             : kind == "exact" ? Literal::exact
                                                                               : Literal::substring,
                                                             row.ignore_case);
    REQUIRE(added.has_value());
    CHECK(seen(*built(builder), row.text) == row.seen);
  }
}

TEST_CASE("an empty set finds nothing and says that it looked") {
  PatternSet::Builder builder;
  CHECK(found(*built(builder), "anything").empty());
}

TEST_CASE("of a pattern with many entries the earliest match is told, and of those the longest") {
  PatternSet::Builder builder;
  REQUIRE(builder.add_literal(4, "casino", Literal::word, false));
  REQUIRE(builder.add_literal(4, "casino bonus", Literal::substring, false));
  REQUIRE(builder.add_literal(4, "bonus", Literal::substring, false));
  REQUIRE(builder.add_regex(9, "code", false));
  REQUIRE(builder.add_regex(9, "bonus code", false));
  const auto set = built(builder);
  const std::vector<Match> matches = found(*set, "our casino bonus code");
  REQUIRE(matches.size() == 2);
  CHECK(same(matches[0], {4, 4, 16}));
  CHECK(same(matches[1], {9, 11, 21}));
  // A literal that ends later may begin earlier.
  PatternSet::Builder nested;
  REQUIRE(nested.add_literal(1, "b", Literal::substring, false));
  REQUIRE(nested.add_literal(1, "abc", Literal::substring, false));
  CHECK(seen(*built(nested), "xabcx") == "abc");
}

TEST_CASE("matches are appended to what is there, by rising number") {
  PatternSet::Builder builder;
  REQUIRE(builder.add_regex(500, "one", false));
  REQUIRE(builder.add_literal(20, "two", Literal::word, false));
  REQUIRE(builder.add_regex(3, "three", false));
  const auto set = built(builder);
  std::vector<Match> matches = {{1, 2, 3}};
  REQUIRE(set->find("one two three", matches));
  REQUIRE(matches.size() == 4);
  CHECK(same(matches[0], {1, 2, 3}));
  CHECK(matches[1].pattern == 3);
  CHECK(matches[2].pattern == 20);
  CHECK(matches[3].pattern == 500);
}

TEST_CASE("a regex that is wrong, matches nothing, or needs too much memory is refused with the reason") {
  struct Row {
    std::string regex;
    const char* what;
    const char* advice;
  };
  const Row rows[] = {
      {"", "empty", ""},
      {"(pills", "missing )", ""},
      {"[a-", "missing ]", ""},
      {"a**b", "bad repetition operator", ""},
      {"(?=pills)x", "invalid perl operator", "no look-around"},
      {"(?<!no )pills", "invalid perl operator", "no look-around"},
      {R"((\w+) \1)", "invalid escape", "no back-references"},
      {"x{1001}", "invalid repetition size", ""},
      {"\xff", "invalid UTF-8", ""},
      {"(pills)*", "empty string", "at least one"},
      {"pills|", "empty string", "at least one"},
      {"^", "empty string", ""},
      {"$", "empty string", ""},
      {R"(\b)", "empty string", ""},
      {R"(\B)", "empty string", ""},
      {R"(\bx?)", "empty string", ""},
      {R"((?m)^\s*$)", "empty string", ""},
      {R"((?:\pL{1,500}){1,2})" + std::string(R"(\pN{1,900})"), "more than 1 MiB", "smaller"},
      {std::string(17 * 1024, 'a'), "longer than 16 KiB", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.regex.substr(0, 80));
    PatternSet::Builder builder;
    const Done added = builder.add_regex(0, row.regex, true);
    REQUIRE_FALSE(added.has_value());
    CAPTURE(added.error().what);
    CHECK(added.error().code == Code::invalid);
    CHECK(added.error().what.find(row.what) != std::string::npos);
    CHECK(added.error().advice.find(row.advice) != std::string::npos);
    // What was refused is not in the set.
    CHECK(found(*built(builder), "pills").empty());
  }
}

TEST_CASE("a literal of nothing or of more than 1,000 bytes is refused") {
  PatternSet::Builder builder;
  CHECK_FALSE(builder.add_literal(0, "", Literal::word, false));
  CHECK_FALSE(builder.add_literal(0, " \t\n", Literal::exact, false));
  CHECK_FALSE(builder.add_literal(0, std::string(1'001, 'x'), Literal::substring, false));
  CHECK(builder.add_literal(0, std::string(1'000, 'x'), Literal::substring, false));
}

TEST_CASE("what a regex needs is told in parts without gaps and counts") {
  struct Row {
    const char* regex;
    std::vector<std::vector<std::string>> needs;
  };
  const Row rows[] = {
      {"casino", {{"casino"}}},
      {R"(\b(buy|order)\b.{0,30}\b(pills|loans)\b)", {{R"(\b(buy|order)\b)", R"(\b(pills|loans)\b)"}}},
      {R"(casino\w*|free (\w+ ){1,3}spins?)", {{"casino"}, {"free ", "spin"}}},
      {R"((?i)a.*b)", {{"(?i)a", "(?i)b"}}},
      {"ab{02}.{0,9}c", {{"ab{02}", "c"}}},
      {R"(x(?i)a.*b)", {{R"(x(?i)a.*b)"}}},
      {R"(a\|b|c)", {{R"(a\|b)"}, {"c"}}},
      {R"([|(]a|[]|]b|[^]|]{4}c)", {{R"([|(]a)"}, {R"([]|]b)"}, {"c"}}},
      {R"([[:alpha:]|]x)", {{R"([[:alpha:]|]x)"}}},
      {R"((a(b|c)\)){2,9}d)", {{"d"}}},
      {R"((?:a{2,40}|b{0,9}c{3}) x)", {{R"((?:a+|b*c{3}) x)"}}},
      {R"(\s{0,40}a\d{2,30}b)", {{R"(a\d+b)"}}},
      {R"(a{,5}.{0,9}b{x})", {{"a{,5}", "b{x}"}}},
      {R"(\x{200b}+\p{Greek}+\pLq)", {{R"(\x{200b}+)", R"(\pLq)"}}},
      {R"([^\x00-\x7f]{2,})", {{R"([^\x00-\x7f]+)"}}},
      {R"(a(\w+ )?b)", {{"a", "b"}}},
      {R"(ab?c?)", {{"a"}}},
      {R"(\Qa.b\E.{0,9}c)", {{R"(\Qa.b\E.{0,9}c)"}}},
      {R"(é.{0,9}я?)", {{"é"}}},
      {R"(a+?b*?c{2,7}?d)", {{R"(a+?b*?c+d)"}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.regex);
    CHECK(needs_of(row.regex) == row.needs);
  }
}

TEST_CASE("no regex's match is lost or moved beside RE2 asked one by one") {
  const std::vector<std::string> words = {"viagra",   "casino",  "poker",   "loan",       "payday",
                                          "bitcoin",  "seo",     "replica", "essay",      "escort",
                                          "telegram", "http://", "www.",    "a.b/c?d=e",  "казино",
                                          "ставки",   "judi",    "slot",    "@gmail.com", "+7 900 123-45-67"};
  std::vector<std::string> regexes = {
      R"(^\W*(hi|hello)\b)",
      R"(\d{3,}$)",
      R"(https?://\S+)",
      R"((?i)WWW\.\w+)",
      R"(\b\w{20,}\b)",
      R"((a|b|c){5,})",
      R"(\+?\d[\d ()-]{7,}\d)",
      R"(\p{Cyrillic}+)",
      R"([^\x00-\x7f]{2,})",
      R"((?m)^\s*\w+\s*$)",
      R"(\B[aeiou]\B)",
      R"((?s)a.*b.*c)",
      R"(a+a+a+a+b)",
      R"(\x{200b})",
      R"(.{40,}seo)",
      R"([[:punct:]]{3})",
      R"(\bto\b|\bfor\b|[0-9]k)",
  };
  std::mt19937 random(20'240'611);
  while (regexes.size() < 160) {
    const std::string one = RE2::QuoteMeta(words[random() % words.size()]);
    const std::string other = RE2::QuoteMeta(words[random() % words.size()]);
    switch (random() % 6) {
      case 0:
        regexes.push_back(R"(\b()" + one + "|" + other + R"()s?\b)");
        break;
      case 1:
        regexes.push_back(one + R"(\s+(\w+\s+){0,3})" + other);
        break;
      case 2:
        regexes.push_back(R"((^|[^a-z]))" + one + R"([^a-z]{0,3})" + other);
        break;
      case 3:
        regexes.push_back(one + R"(.{0,30}()" + other + "|buy)");
        break;
      case 4:
        regexes.push_back(R"([0-9]{2,4}\W+)" + one);
        break;
      default:
        regexes.push_back(one + "$|^" + other);
    }
  }

  struct Tried {
    std::unique_ptr<PatternSet> set;
    std::vector<std::unique_ptr<RE2>> alone;
  };
  const auto tried = [&regexes](std::size_t first, std::size_t last, bool ignore_case) {
    PatternSet::Builder builder;
    Tried made;
    for (std::size_t i = first; i < std::min(last, regexes.size()); ++i) {
      CAPTURE(regexes[i]);
      REQUIRE(builder.add_regex(static_cast<std::uint32_t>(i - first), regexes[i], ignore_case));
      made.alone.push_back(std::make_unique<RE2>(regexes[i], quiet(ignore_case)));
    }
    made.set = built(builder);
    return made;
  };
  for (const bool ignore_case : {false, true}) {
    const Tried all = tried(0, regexes.size(), ignore_case);
    // A long text that more of them hit would not be checked to its end.
    constexpr std::size_t kTogether = 64;
    std::vector<Tried> parts;
    for (std::size_t first = 0; first < regexes.size(); first += kTogether)
      parts.push_back(tried(first, first + kTogether, ignore_case));
    std::size_t hits = 0;
    for (int round = 0; round < 250; ++round) {
      // A few long ones, where automata run out of their cache.
      if (round % 100 != 0) {
        hits += compare(*all.set, all.alone, random_text(random, words, 600));
        continue;
      }
      const std::string text = random_text(random, words, 60'000);
      for (const Tried& part : parts) hits += compare(*part.set, part.alone, text);
    }
    CHECK(hits > 2'500);  // the texts do reach the patterns
  }
}

TEST_CASE("no match of thousands of made-up regexes is lost or moved, whatever stands in them") {
  // Letters that change their length with their case, or fold to ASCII, are among them.
  const std::vector<std::string> pieces = {"zqk",      "xjs", "vqz", "qkx",  "ſzq",   "\u212Ajq", "ßqz",
                                           "\u1E9Exq", "яжq", "ЯЖ",  "中文", "éqz",   "zz7",      "kſ\u212A",
                                           "İqx",      "ǅz",  "Σςσ", "ⱥȺqz", "🙂q", "ﬁxz"};
  const std::vector<std::string> classes = {
      ".",     R"(\w)",       R"(\W)",  R"(\d)",          R"(\s)",    R"(\S)",     "[qz]",    "[^q]",
      "[a-k]", "[ks]",        "[^k]",   "[а-я]",          R"(\pL)",   R"(\PL)",    "[ſx]",    "[]q-]",
      "[^]q]", "[[:alpha:]]", "[\\s-]", R"([\x{212a}z])", R"([\w.])", R"(\p{Lu})", "[\\-zq]", "(?s:.)",
      "[Ⱥ-Ⱦ]", "[yz{|}]",     "\\x71",  R"(\x{17f})",     R"(\.)",    "[+--]",     R"(\C)",   "[0-9a-f]"};
  const std::vector<std::string> places = {"^",     "$",      R"(\b)",  R"(\B)", R"(\A)",
                                           R"(\z)", "(?m:^)", "(?m:$)", "(?i)",  "(?-i)"};
  const std::vector<std::string> repeats = {"?",      "*",   "+",    "{2}",  "{1,3}", "{0,2}",
                                            "{3,}",   "{0}", "{,3}", "{02}", "{2,9}", "{0,40}",
                                            "{1,80}", "+?",  "*?",   "{5}"};
  std::mt19937 random(815);
  const auto pick = [&random](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const std::function<std::string(int)> made_up = [&](int depth) {
    std::string regex;
    const std::size_t items = 1 + random() % 4;
    for (std::size_t i = 0; i < items; ++i) {
      std::string item;
      switch (random() % (depth > 0 ? 9 : 6)) {
        case 0:
        case 1:
        case 2:
          item = pick(pieces);
          break;
        case 3:
        case 4:
          item = pick(classes);
          break;
        case 5:
          regex += pick(places);
          continue;
        case 6:
          item = "(" + made_up(depth - 1) + "|" + made_up(depth - 1) + ")";
          break;
        case 7:
          item = std::vector<std::string>{"(?:", "(?i:", "(?s:", "(?P<it>", "(?U:", "(?m-i:"}[random() % 6] +
                 made_up(depth - 1) + ")";
          break;
        default:
          item = made_up(depth - 1) + "|" + made_up(depth - 1) + "|" + pick(pieces);
          if (i > 0) item = "(" + item + ")";
      }
      regex += item;
      if (random() % 3 == 0) regex += pick(repeats);
    }
    return regex;
  };

  for (const bool ignore_case : {false, true}) {
    for (int group = 0; group < 4; ++group) {
      PatternSet::Builder builder;
      std::vector<std::unique_ptr<RE2>> alone;
      while (alone.size() < 400) {
        const std::string regex = made_up(2);
        if (!builder.add_regex(static_cast<std::uint32_t>(alone.size()), regex, ignore_case)) continue;
        alone.push_back(std::make_unique<RE2>(regex, quiet(ignore_case)));
      }
      const auto set = built(builder);
      std::size_t hits = 0;
      for (int round = 0; round < 60; ++round) {
        const std::size_t size = round % 20 == 0 ? 3'000 : 10 + random() % 120;
        std::string text;
        while (text.size() < size) {
          const std::string piece = pick(pieces);
          switch (random() % 10) {
            case 0:
              text += pick({" ", "\n", "-", ".", "q", "k", "S", "\r\n", "{", "_", "]", "7"});
              break;
            case 1:
              text += piece.substr(0, random() % piece.size());
              break;
            case 2:
              text += static_cast<char>(random() % 256);
              break;
            case 3:
              for (const char c : piece) text += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
              break;
            default:
              text += piece;
          }
        }
        hits += compare(*set, alone, text);
      }
      CHECK(hits > 1'000);
    }
  }
}

TEST_CASE("what a regex requires is told as literals with their places") {
  struct Row {
    const char* regex;
    Ways ways;
  };
  constexpr std::uint32_t kEndless = Width::kEndless;
  const Width word = Width::of(chaffinch::Row::word);
  const Row rows[] = {
      {"casino", {{{{"casino"}, 0, 0}}}},
      {R"(\b(buy|order)\b.{0,9}\b(pills|loans)\b)",
       {{{{"loans", "pills"}, 41, 0, true, true}, {{"buy", "order"}, 0, 41, true, true}}}},
      {R"(casin[o0]|free (\w+ )*spins?)",
       {{{{"free "}, 0, kEndless}, {{"spin"}, kEndless, 5}}, {{{"casin0", "casino"}, 0, 0}}}},
      {R"((?:https?://)?(?:www\.)?casino\.com)", {{{{"casino.com"}, 22, 22}}}},
      {R"(vi(?:a|@)gra\d{2,4})", {{{{"vi@gra", "viagra"}, 0, 16}}}},
      {R"((casino|poker\d)+x)", {{{{"poker", "casino"}, kEndless, kEndless}}}},
      {R"((?:zqk){3})", {{{{"zqkzqkzqk"}, 0, 0}}}},
      // Beside what follows stands the last one of many.
      {R"(zqk{2,}y)", {{{{"zqkk"}, 0, plus(2, word)}, {{"ky"}, plus(4, word), 0}}}},
      {R"(zq[o0]+gle)", {{{{"zq0", "zqo"}, 0, plus(7, word)}, {{"0gle", "ogle"}, plus(6, word), 0}}}},
      // Short, and rare as a word.
      {R"(\b(jp|wd)\b)", {{{{"jp", "wd"}, 0, 0, true, true}}}},
      // One stands at another's end, or beginning, and the word still ends, or starts, there.
      {R"(\b(77|777|887)\b)", {{{{"77", "887"}, 3, 3, false, true}}}},
      {R"(\b(77|777|887))", {{{{"77", "887"}, 3, 3, true, false}}}},
  };
  const LetterCase as_it_is;
  for (const Row& row : rows) {
    CAPTURE(std::string(row.regex));
    const auto ways = required(row.regex, false, as_it_is);
    REQUIRE(ways.has_value());
    REQUIRE(ways->size() == row.ways.size());
    for (std::size_t i = 0; i < row.ways.size(); ++i) {
      REQUIRE((*ways)[i].size() == row.ways[i].size());
      for (std::size_t k = 0; k < row.ways[i].size(); ++k) {
        CHECK((*ways)[i][k].texts == row.ways[i][k].texts);
        CHECK((*ways)[i][k].before == row.ways[i][k].before);
        CHECK((*ways)[i][k].behind == row.ways[i][k].behind);
        CHECK((*ways)[i][k].starts_word == row.ways[i][k].starts_word);
        CHECK((*ways)[i][k].ends_word == row.ways[i][k].ends_word);
      }
    }
  }
  for (const char* regex :
       {R"(\d{3,})", "the", R"(\bthat\b)", R"(\w+casino|\pL{9})", "(casino)?", R"(\Qcasino\E)", "a|casino"}) {
    CAPTURE(regex);
    CHECK_FALSE(required(regex, false, as_it_is).has_value());
  }
  // A group of too many branches for one need is as many ways, and what stands beside it is in each.
  std::string regex = "(";
  for (int i = 0; i < 110; ++i) regex += "k" + std::to_string(1000 + i) + "x+ \\d|";
  regex += "zqk)vw";
  const auto ways = required(regex, false, as_it_is);
  REQUIRE(ways.has_value());
  CHECK(ways->size() == 111);
  CHECK(ways->front().front().texts == OneOf{"k1000x"});
  CHECK(ways->back().front().texts == OneOf{"zqkvw"});
}

TEST_CASE("a regex is tried only where all that it needs stands, common words as well") {
  const auto index_of = [](const std::vector<std::string>& regexes) {
    std::vector<RequiredIndex::Source> sources;
    for (const std::string& regex : regexes) sources.push_back({regex});
    Requirements known;
    std::vector<std::uint32_t> others;
    RequiredIndex index(sources, known, others);
    CHECK(others.empty());
    return index;
  };
  const std::string url = R"(https?://[^\s/]*your\s+ip\S*)";
  const auto ways = required(url, false, {});
  REQUIRE(ways.has_value());
  REQUIRE(ways->size() == 1);
  CHECK_FALSE(ways->front().front().common);
  CHECK(std::any_of(ways->front().begin(), ways->front().end(),
                    [](const Need& need) { return need.common && need.texts == OneOf{"your"}; }));
  const RequiredIndex index = index_of({url});
  CHECK(index.candidates("see http://a.example/page for what it is").empty());
  CHECK(index.candidates("your page is http://a.example/ip").empty());  // not behind it
  CHECK(index.candidates("see http://a.your\t ip").size() == 1);

  // With several that may match, a match is looked for no farther than the text's longest row of spaces.
  std::vector<std::string> several;
  for (int i = 0; i < 8; ++i) several.push_back(R"(\bde\s+zqk)" + std::to_string(i) + R"(\b)");
  const RequiredIndex words = index_of(several);
  std::string text;
  for (int i = 0; i < 8; ++i)
    text += "some words of a long remark on the day, zqk" + std::to_string(i) + ", and ";
  text += "de zqk3 in de  zqk5";
  for (const RequiredIndex::Candidate& one : words.candidates(text))
    CHECK(one.range.last - one.range.first < 24);
  std::string wide = text;
  wide.insert(wide.rfind(' '), std::string(100, ' '));
  bool found = false;
  for (const RequiredIndex::Candidate& one : words.candidates(wide))
    found = found || (one.regex == 5 && one.range.first <= wide.rfind("de") && one.range.last == wide.size());
  CHECK(found);
}

TEST_CASE("literals that crowd on the same bytes are found like all others") {
  std::mt19937 random(3);
  for (const std::size_t count : {300U, 7'000U}) {
    std::set<std::string> unique;
    while (unique.size() < count) {
      std::string literal(1 + random() % 12, 'a');
      for (char& c : literal) c = static_cast<char>("aab-"[random() % 4]);
      unique.insert(literal);
    }
    const std::vector<std::string> literals(unique.begin(), unique.end());
    const Grams grams(literals);
    CHECK(grams.memory() < 4'000'000);
    std::string text(400, 'a');
    for (char& c : text) c = static_cast<char>("aab-"[random() % 4]);
    using Place = std::tuple<std::uint32_t, std::size_t, std::size_t>;
    std::vector<Place> expected, found;
    for (std::uint32_t i = 0; i < literals.size(); ++i) {
      for (std::size_t at = text.find(literals[i]); at != std::string::npos;
           at = text.find(literals[i], at + 1))
        expected.emplace_back(i, at, at + literals[i].size());
    }
    grams.search(text, [&found](std::uint32_t literal, std::size_t start, std::size_t end) {
      found.emplace_back(literal, start, end);
    });
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    CHECK(found == expected);
  }
}

TEST_CASE("few and many literals, of common and of rare letters, are found like by a plain search") {
  std::mt19937 random(19);
  for (const std::size_t count : {400U, 3'000U, 9'000U}) {
    for (const std::string_view letters : {"etaoinsr ", "zqxj0123-"}) {
      for (const std::size_t shortest : {2U, 6U}) {
        CAPTURE(count);
        CAPTURE(letters);
        CAPTURE(shortest);
        const auto pick = [&](std::size_t length) {
          std::string made(length, ' ');
          for (char& c : made) c = letters[random() % letters.size()];
          return made;
        };
        std::set<std::string> unique;
        while (unique.size() < count) unique.insert(pick(shortest + random() % 6));
        const std::vector<std::string> literals(unique.begin(), unique.end());
        const Grams grams(literals);
        for (const std::size_t length : {1U, 5U, 7U, 8U, 9U, 3'000U}) {
          std::string text = pick(length);
          if (length > 100) text.replace(length / 2, literals[7].size(), literals[7]);
          std::vector<std::pair<std::uint32_t, std::size_t>> expected, found;
          for (std::uint32_t i = 0; i < literals.size(); ++i) {
            for (std::size_t at = text.find(literals[i]); at != std::string::npos;
                 at = text.find(literals[i], at + 1))
              expected.emplace_back(i, at);
          }
          grams.search(text, [&found](std::uint32_t literal, std::size_t start, std::size_t) {
            found.emplace_back(literal, start);
          });
          std::sort(found.begin(), found.end());
          CHECK(found == expected);
          if (length > 100) CHECK_FALSE(found.empty());
        }
      }
    }
  }
}

TEST_CASE("no literal's match is lost beside a plain search") {
  std::mt19937 random(7);
  const auto pick = [&random](std::initializer_list<const char*> letters, std::size_t most) {
    std::string text;
    const std::size_t length = 1 + random() % most;
    for (std::size_t i = 0; i < length; ++i) text += letters.begin()[random() % letters.size()];
    return text;
  };
  const auto letter_beside = [](std::string_view text, std::size_t start, std::size_t end) {
    static const RE2 before(R"((?s)^.*[\pL\pN\pM]$)");
    static const RE2 after(R"((?s)^[\pL\pN\pM].*$)");
    const std::string left(text.substr(0, start)), right(text.substr(end));
    return RE2::FullMatch(left, before) || RE2::FullMatch(right, after);
  };
  std::size_t hits = 0;
  for (int round = 0; round < 60; ++round) {
    struct Literals {
      std::string text;
      Literal kind;
    };
    std::vector<Literals> literals;
    PatternSet::Builder builder;
    for (std::uint32_t i = 0; i < 200; ++i) {
      literals.push_back(
          {pick({"a", "b", "ab", "é", "-"}, 7), random() % 2 == 0 ? Literal::word : Literal::substring});
      REQUIRE(builder.add_literal(i, literals.back().text, literals.back().kind, false));
    }
    const auto set = built(builder);
    for (int text_round = 0; text_round < 20; ++text_round) {
      const std::string text = pick({"a", "b", "ab", "é", "-", " ", "."}, 60);
      CAPTURE(text);
      std::vector<Match> expected;
      for (std::uint32_t i = 0; i < literals.size(); ++i) {
        const std::string& literal = literals[i].text;
        for (std::size_t at = text.find(literal); at != std::string::npos; at = text.find(literal, at + 1)) {
          if (literals[i].kind == Literal::word && letter_beside(text, at, at + literal.size())) continue;
          expected.push_back(
              {i, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + literal.size())});
          break;
        }
      }
      hits += expected.size();
      const std::vector<Match> matches = found(*set, text);
      REQUIRE(matches.size() == expected.size());
      CHECK(std::equal(matches.begin(), matches.end(), expected.begin(), same));
    }
  }
  CHECK(hits > 10'000);
}

TEST_CASE("sixty thousand literals are one set, and each of them is found") {
  std::mt19937 random(11);
  std::vector<std::string> literals;
  PatternSet::Builder builder;
  for (std::uint32_t i = 0; i < 60'000; ++i) {
    std::string literal = "k" + std::to_string(i) + "-";
    while (literal.size() < 12) literal += static_cast<char>('a' + random() % 26);
    REQUIRE(builder.add_literal(i, literal, Literal::word, false));
    literals.push_back(std::move(literal));
  }
  const auto set = built(builder);
  for (std::uint32_t i = 0; i < literals.size(); i += 7) {
    const std::vector<Match> matches = found(*set, "see " + literals[i] + " here");
    REQUIRE(matches.size() == 1);
    CHECK(same(matches[0], {i, 4, 4 + static_cast<std::uint32_t>(literals[i].size())}));
  }
  CHECK(found(*set, "see k1-").empty());
}

TEST_CASE("a thousand regexes are one set, and each of them is found") {
  PatternSet::Builder builder;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    REQUIRE(builder.add_regex(i, R"(\bkey)" + std::to_string(i) + R"(\s+(buy|order|get)\s+\w+)", true));
  }
  const auto set = built(builder);
  for (std::uint32_t i = 0; i < 1'000; i += 13) {
    const std::vector<Match> matches = found(*set, "x Key" + std::to_string(i) + " order one");
    REQUIRE(matches.size() == 1);
    CHECK(matches[0].pattern == i);
  }
}

TEST_CASE("hostile texts of the largest size are searched whole") {
  PatternSet::Builder builder;
  REQUIRE(builder.add_regex(0, "(a+)+b", false));
  REQUIRE(builder.add_regex(1, "(a|aa|aaa)*c", false));
  REQUIRE(builder.add_regex(2, "(x+x+)+y", false));
  REQUIRE(builder.add_regex(3, R"((\w+\s?){1,40}z)", false));
  for (std::uint32_t i = 0; i < 200; ++i) {
    REQUIRE(builder.add_literal(10 + i, std::string(i + 1, 'a'), Literal::substring, false));
    REQUIRE(builder.add_literal(300 + i, std::string(i + 1, 'a'), Literal::word, false));
  }
  const auto set = built(builder);
  const std::string text = std::string(40'000, 'a') + std::string(25'000, 'x');
  CHECK(found(*set, text).size() == 200);
  CHECK(found(*set, text + "y").size() == 201);
}

TEST_CASE("many threads search one set at once and see the same") {
  PatternSet::Builder builder;
  REQUIRE(builder.add_regex(0, R"(\bcasino\w*)", true));
  REQUIRE(builder.add_literal(1, "bonus", Literal::word, true));
  const auto set = built(builder);
  std::vector<std::size_t> counts(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t& count : counts) {
      threads.emplace_back([&set, &count] {
        for (int i = 0; i < 500; ++i) {
          std::vector<Match> matches;
          if (set->find(
                  "casino" + std::to_string(i) + " Bonus " + std::string(static_cast<std::size_t>(i), 'q'),
                  matches)) {
            count += matches.size();
          }
        }
      });
    }
  }
  for (const std::size_t count : counts) CHECK(count == 1'000);
}

TEST_CASE("sets that share a pool find what they would alone, also after renew and from many threads") {
  const auto pool = regex_pool();
  PatternSet::Builder first(pool);
  PatternSet::Builder second(pool);
  PatternSet::Builder third(pool);
  REQUIRE(first.add_regex(0, R"(\bcasino\w*)", false));
  REQUIRE(first.add_regex(1, R"(\bcasino\w*)", true));
  REQUIRE(second.add_regex(7, R"(\bcasino\w*)", false));
  REQUIRE(third.add_regex(3, R"((?i)\bcasino\w*)", false));  // whose texts are searched in lower case
  REQUIRE(third.add_regex(4, R"(\bcasino\w*)", false));
  CHECK_FALSE(second.add_regex(8, "(casino", false));
  CHECK_FALSE(third.add_regex(8, "(casino", false));
  const auto one = built(first);
  const auto two = built(second);
  const auto three = built(third);
  const auto patterns = [](const PatternSet& set, std::string_view text) {
    std::vector<std::uint32_t> numbers;
    for (const Match& match : found(set, text)) numbers.push_back(match.pattern);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  };
  using Numbers = std::vector<std::uint32_t>;
  for (int round = 0; round < 3; ++round) {
    CHECK(patterns(*one, "a casino") == Numbers{0, 1});
    CHECK(patterns(*one, "a Casino") == Numbers{1});
    CHECK(patterns(*two, "a casino") == Numbers{7});
    CHECK(patterns(*two, "a Casino").empty());
    CHECK(patterns(*three, "a casino") == Numbers{3, 4});
    CHECK(patterns(*three, "a Casino") == Numbers{3});
    one->renew();
  }
  // None is made: threads come for the same one at once.
  for (int round = 0; round < 50; ++round) {
    one->renew();
    two->renew();
    std::vector<int> seen(4);
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < seen.size(); ++i) {
        threads.emplace_back([&, i] {
          std::vector<Match> matches;
          if ((i % 2 == 0 ? *one : *two).find("the casino", matches))
            seen[i] = static_cast<int>(matches.size());
        });
      }
    }
    CHECK(seen == std::vector<int>{2, 1, 2, 1});
  }
}

TEST_CASE("a regex known to be good is compiled when a text asks for it") {
  PatternSet::Builder builder;
  REQUIRE(builder.add_regex(0, R"(\bcasino\w*)", false, true));
  REQUIRE(builder.add_regex(1, R"(\d{3}-\d{4})", false, true));  // which requires no literal
  const auto set = built(builder);
  CHECK(seen(*set, "a casinos!") == "casinos");
  CHECK(seen(*set, "call 555-1234") == "555-1234");
  CHECK(found(*set, "nothing").empty());
}

TEST_CASE("a text of more than 8 KiB that more than 64 regexes hit is not checked to its end, and says so") {
  const auto words = [](std::uint32_t count) {
    std::string text;
    for (std::uint32_t i = 0; i < count; ++i)
      text += std::string("word") + static_cast<char>('a' + i / 26) + static_cast<char>('a' + i % 26) + " ";
    return text;
  };
  PatternSet::Builder builder;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const std::string word = words(i + 1).substr(std::size_t{7} * i, 6);
    REQUIRE(builder.add_regex(i, R"(\b)" + word + R"(\b)", false));
  }
  const auto set = built(builder);
  const std::string filling(10'000, '.');
  CHECK(found(*set, words(200)).size() == 200);
  CHECK(found(*set, words(64) + filling).size() == 64);
  std::vector<Match> matches;
  CHECK_FALSE(set->find(words(65) + filling, matches));
  CHECK(matches.size() == 64);

  // So it is with regexes that require no literal.
  for (const std::uint32_t count : {64U, 65U}) {
    PatternSet::Builder others;
    for (std::uint32_t i = 0; i < count; ++i)
      REQUIRE(others.add_regex(i, R"(\d{)" + std::to_string(i + 1) + "}", false));
    const auto digits = built(others);
    CHECK(found(*digits, std::string(65, '7')).size() == count);
    matches.clear();
    CHECK(digits->find(std::string(65, '7') + filling, matches) == (count == 64));
    CHECK(matches.size() == 64);
  }
}

TEST_CASE("a match that reaches far is found where it begins, and its end lies within what RE2 says") {
  std::mt19937 random(31);
  PatternSet::Builder builder;
  REQUIRE(builder.add_regex(0, R"(\bbuy\b[^.!?]*\b(pills|loans)\b)", false));
  REQUIRE(builder.add_regex(1, R"(loans.*\bbuy\b)", false));
  REQUIRE(builder.add_regex(2, R"(\bnever\b[^.!?]*\bthere\b)", false));
  const auto set = built(builder);
  const RE2 first(R"(\bbuy\b[^.!?]*\b(pills|loans)\b)");
  const RE2 second(R"(loans.*\bbuy\b)");
  for (const std::size_t gap : {10U, 2'000U, 4'000U, 8'000U, 8'180U, 9'000U, 30'000U}) {
    CAPTURE(gap);
    std::string text = "well, ";
    const auto fill = [&](std::size_t bytes) {
      for (const std::size_t end = text.size() + bytes; text.size() < end;)
        text += random() % 6 == 0 ? ' ' : static_cast<char>('c' + random() % 20);
      text += ' ';
    };
    text += "buy ";
    fill(gap);
    text += "pills ";
    fill(gap / 2);
    text += "loans ";
    fill(gap);
    text += "buy ";
    fill(20'000);
    for (const Match& match : found(*set, text)) {
      REQUIRE(match.pattern < 2);
      re2::StringPiece span;
      REQUIRE((match.pattern == 0 ? first : second).Match(text, 0, text.size(), RE2::UNANCHORED, &span, 1));
      const auto start = static_cast<std::size_t>(span.data() - text.data());
      CHECK(match.start == start);
      CHECK(match.end <= start + span.size());
      CHECK(RE2::FullMatch(text.substr(match.start, match.end - match.start),
                           match.pattern == 0 ? first : second));
    }
    CHECK(found(*set, text).size() == 2);
  }
}
