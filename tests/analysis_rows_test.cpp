#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <re2/re2.h>

#include "analysis/patterns.h"
#include "analysis/rows.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("analysis");

TEST_CASE("the longest rows of a text are told by their bytes") {
  struct Case {
    std::string text;
    Rows rows;  // space, word, solid, sentence, line
  };
  const std::string nul("a\0b", 3);
  const Case cases[] = {
      {"", {0, 0, 0, 0, 0}},       {"abc", {0, 3, 3, 3, 3}},
      {"   ", {3, 0, 0, 3, 3}},    {"ab  c_9. \t\n d-é.x", {4, 3, 6, 8, 10}},
      {" \v ", {3, 0, 1, 3, 3}},  // \s does not match \v
      {"\n\n\n", {3, 0, 0, 3, 0}}, {"...", {0, 0, 3, 0, 3}},
      {nul, {0, 1, 3, 3, 3}},      {"\xFF\xC3я", {0, 4, 4, 4, 4}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(longest_rows(one.text) == one.rows);
  }
}

TEST_CASE("a class is of the narrowest kind that holds all its characters, or of none") {
  struct Case {
    const char* set;
    std::optional<Row> row;
  };
  const Case cases[] = {
      {R"([\s])", Row::space},
      {R"([ \t])", Row::space},
      {R"([a-z])", Row::word},
      {R"([\w])", Row::word},
      {R"([\wа-я])", Row::word},
      {R"([ſK])", Row::word},
      {R"([\w-])", Row::solid},
      {R"([^\s/])", Row::solid},
      {R"([^\s])", Row::solid},
      {R"([\w.])", Row::solid},
      {R"([]q-])", Row::solid},
      {R"([+--])", Row::solid},
      {R"([^.!?])", Row::sentence},
      {R"([\s-])", Row::sentence},
      {R"([^!-/])", Row::sentence},
      {R"([a-z ])", Row::sentence},
      {R"([^\n])", Row::line},
      {R"([ .])", Row::line},
      {R"([^a-z])", std::nullopt},
      {R"([\s.])", std::nullopt},
      {R"([[:alpha:]])", std::nullopt},
      {R"([\pL])", std::nullopt},
      {R"([^\d])", std::nullopt},
      {R"([^\x2e])", std::nullopt},
      {R"([^]\W.])", std::nullopt},
      {R"([^.[:space:]])", Row::sentence},
      {R"([\x00-\x{10ffff}])", std::nullopt},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.set));
    CHECK(row_of_class(one.set) == one.row);
  }
  CHECK(row_of_escape('S') == Row::solid);
  CHECK(row_of_escape('W') == std::nullopt);
  CHECK(row_of_escape('C') == std::nullopt);
  CHECK(row_of_character('k') == Row::word);
  CHECK(row_of_character(0x212A) == Row::word);
  CHECK(row_of_character('.') == Row::solid);
}

TEST_CASE("widths add up, and what is too much is endless") {
  const Width word = Width::of(Row::word);
  const Width space = Width::of(Row::space);
  const Rows rows = {2, 10, 100, 1'000, 10'000};
  CHECK(plus(plus(word, 3), space).in(rows, 50) == 15);
  CHECK(plus(plus(word, 3), space).in(rows, 7) == 7);
  CHECK(times(plus(word, space), 3).in(rows, 99) == 36);
  CHECK(times(word, -1) == Width::kEndless);
  CHECK(times(word, 256) == Width::kEndless);
  CHECK(times(Width(0x80000000U), 2) == Width::kEndless);
  CHECK(plus(Width::kEndless, word) == Width::kEndless);
  CHECK(plus(times(word, 200), times(word, 56)) == Width::kEndless);
  CHECK(larger(plus(word, 3), plus(space, 5)) == plus(plus(word, space), 5));
}

TEST_CASE("no match is lost or moved where gaps are as long as the longest row of a long text") {
  const std::vector<std::string> gaps = {
      R"(\s+)",     R"(\w*)",          R"(\S*)",       ".*",         R"([^.!?]*)", R"((\w+\s+){0,3})",
      R"([^\s/]+)", R"([\w-]*)",       R"(\s*\w+)",    R"([a-z]+)",  "(?s:.*)",    "(?s).*",
      R"([^\n]*)",  R"(\d{2,})",       R"([\s.]*)",    R"((?i)k+)",  R"(\pL*)",    R"([^a-z]*)",
      "é*",         R"([а-яё]*)",      R"(\C*)",       R"((\s|-)*)", R"(\W*)",     "a{3,}",
      R"(\D*)",     R"([[:space:]]*)", R"(\s{2,}\S+)", "[^q]*"};
  std::vector<std::string> regexes;
  for (const std::string& gap : gaps) {
    regexes.push_back("zqk" + gap + "xjv");
    regexes.push_back(R"(\b(zqk|vwz)\b)" + gap + R"(\bxjv$)");
    regexes.push_back("^" + gap + "qxz");
    regexes.push_back("(qxz|jkw)" + gap + "$");
    regexes.push_back("(vw|zq)k?z?" + gap + "(xjv|qxz)" + gap);
  }
  // What fills a gap exactly, or is the byte that breaks it.
  const std::vector<std::string> fills = {" ",
                                          "\t",
                                          "\n",
                                          "\v",
                                          "\f",
                                          "\r\n",
                                          "a",
                                          "k",
                                          "\u212A",
                                          "ſ",
                                          "é",
                                          "я",
                                          "中",
                                          "7",
                                          "_",
                                          "-",
                                          ".",
                                          "!",
                                          "/",
                                          "\xFF",
                                          "\xC3",
                                          "\xE2\x82",
                                          std::string(1, '\0'),
                                          "🙂",
                                          "q",
                                          "a.",
                                          "a ",
                                          " a"};
  const std::vector<std::string> words = {"zqk", "xjv", "vwz", "qxz", "jkw", "vwk", "ZQK"};
  std::mt19937 random(99);
  const auto pick = [&random](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const auto filled = [&](std::size_t most) {
    const std::string fill = pick(fills);
    std::string made;
    for (std::size_t i = random() % (most + 1); i > 0; --i) made += random() % 30 == 0 ? pick(fills) : fill;
    return made;
  };
  for (const bool ignore_case : {false, true}) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(!ignore_case);
    PatternSet::Builder builder;
    std::vector<std::unique_ptr<RE2>> alone;
    for (const std::string& regex : regexes) {
      CAPTURE(regex);
      REQUIRE(builder.add_regex(static_cast<std::uint32_t>(alone.size()), regex, ignore_case));
      alone.push_back(std::make_unique<RE2>(regex, options));
    }
    auto set = builder.build();
    REQUIRE(set.has_value());
    std::size_t hits = 0;
    for (int round = 0; round < 400; ++round) {
      // Short ones, just below and above the size from which rows are looked for, and long ones.
      const std::size_t size = round % 4 == 0 ? 40 : round % 4 == 1 ? 1'000 : 1'300 + random() % 3'000;
      std::string text = random() % 2 == 0 ? filled(40) : "";
      do {
        text += pick(words) + filled(random() % 5 == 0 ? 300 : 12);
      } while (text.size() < size);
      if (random() % 2 == 0) text += pick(words);
      std::vector<Match> matches;
      REQUIRE((*set)->find(text, matches));
      std::size_t expected = 0;
      for (std::uint32_t i = 0; i < alone.size(); ++i) {
        re2::StringPiece span;
        if (!alone[i]->Match(text, 0, text.size(), RE2::UNANCHORED, &span, 1)) continue;
        ++expected;
        const auto start = static_cast<std::uint32_t>(span.data() - text.data());
        const auto match =
            std::find_if(matches.begin(), matches.end(), [i](const Match& one) { return one.pattern == i; });
        CAPTURE(regexes[i]);
        CAPTURE(text);
        REQUIRE(match != matches.end());
        REQUIRE(match->start == start);
        REQUIRE(match->end == start + span.size());
      }
      REQUIRE(matches.size() == expected);
      hits += expected;
    }
    CHECK(hits > 10'000);
  }
}

TEST_SUITE_END();
