// What people see, and how lines are read: terminal, lines, pipeline, explain.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "cli/explain.h"
#include "cli/lines.h"
#include "cli/pipeline.h"
#include "cli/terminal.h"
#include "program.h"

using namespace chaffinch;
using namespace chaffinch::cli;
using chaffinch::test::TempFolder;

TEST_SUITE_BEGIN("cli");

TEST_CASE("hostile text cannot drive the terminal") {
  struct Row {
    std::string text, shown;
  };
  const Row rows[] = {
      {"plain words", "plain words"},
      {"Gr\xC3\xBC\xC3\x9F Gott \xE2\x9C\x93 \xF0\x9F\x90\xA6",
       "Gr\xC3\xBC\xC3\x9F Gott \xE2\x9C\x93 \xF0\x9F\x90\xA6"},
      {"\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"},
      {"a\nb\rc\td", "a\\nb\\rc\\td"},
      {std::string("nul\0!", 5), "nul\\x00!"},
      {"\x7f", "\\x7f"},
      {"\xC2\x9B"
       "31m",
       "\\u{9b}31m"},  // C1 control sequence introducer
      {"\xE2\x80\xAE"
       "gpj.exe",
       "\\u{202e}gpj.exe"},  // right-to-left override
      {"\xE2\x81\xA6\xE2\x80\xA8\xEF\xBB\xBF", "\\u{2066}\\u{2028}\\u{feff}"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xC0\x80", "\\xc0\\x80"},                    // overlong NUL
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},           // surrogate
      {"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // beyond U+10FFFF
      {"\xE2\x82", "\\xe2\\x82"},                    // cut off
  };
  for (const Row& row : rows) {
    CAPTURE(row.shown);
    CHECK(plain(row.text) == row.shown);
  }
  CHECK(plain("a\n\tb\r", true) == "a\n\tb\\r");
}

TEST_CASE("numbers are grouped for people") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1'000) == "1,000");
  CHECK(grouped(12'345'678) == "12,345,678");
}

TEST_CASE("an error is one sentence with place and advice") {
  const Error error{.code = Code::invalid, .what = "too\nlong", .where = "/content", .advice = "cut it"};
  CHECK(in_one_sentence(error) == "too\\nlong (/content): cut it");
}

namespace {

struct Told {
  LineReader::Got got;
  std::string text;
  std::uint64_t number;
  bool operator==(const Told&) const = default;
};

std::vector<Told> all_lines(const std::string& text) {
  const TempFolder folder("lines");
  auto reader = LineReader::open(folder.write("file", text));
  REQUIRE(reader);
  CHECK(reader->size() == text.size());
  std::vector<Told> told;
  std::string_view line;
  while (true) {
    const auto got = reader->next(line);
    if (got == LineReader::Got::end) break;
    told.push_back({got, got == LineReader::Got::line ? std::string(line) : "", reader->number()});
  }
  CHECK(reader->bytes() == text.size());
  return told;
}

}  // namespace

TEST_CASE("a file is read line by line, whatever its line ends") {
  using Got = LineReader::Got;
  CHECK(all_lines("").empty());
  CHECK(all_lines("a\nb\n") == std::vector<Told>{{Got::line, "a", 1}, {Got::line, "b", 2}});
  CHECK(all_lines("a\r\n\r\nb") ==
        std::vector<Told>{{Got::line, "a", 1}, {Got::line, "", 2}, {Got::line, "b", 3}});
  CHECK(all_lines("\xEF\xBB\xBFmarked\n") == std::vector<Told>{{Got::line, "marked", 1}});
}

TEST_CASE("a line past the limit is passed over whole, and the next one is found") {
  using Got = LineReader::Got;
  const std::string fits(kLongestLine, 'x');
  const std::string longer(kLongestLine + 1, 'y');
  const std::string longest(5 * kLongestLine + 7, 'z');
  CHECK(all_lines(fits + "\n" + longer + "\nshort\n" + longest + "\nlast\n" + longest) ==
        std::vector<Told>{{Got::line, fits, 1},
                          {Got::too_long, "", 2},
                          {Got::line, "short", 3},
                          {Got::too_long, "", 4},
                          {Got::line, "last", 5},
                          {Got::too_long, "", 6}});
}

TEST_CASE("a file that is not there, or a folder, is an error that names it") {
  const TempFolder folder("lines");
  const auto missing = LineReader::open(folder / "missing");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what.find("missing: No such file") != std::string::npos);
  const auto no_file = LineReader::open(folder.path());
  REQUIRE_FALSE(no_file);
  CHECK(no_file.error().what.find("it is a folder") != std::string::npos);
}

TEST_CASE("reading stops when it is woken") {
  int input[2], wake[2];
  REQUIRE(::pipe(input) == 0);
  REQUIRE(::pipe(wake) == 0);
  REQUIRE(::write(input[1], "one\ntw", 6) == 6);
  auto reader = LineReader::open("/proc/self/fd/" + std::to_string(input[0]), wake[0]);
  REQUIRE(reader);
  std::string_view line;
  CHECK(reader->next(line) == LineReader::Got::line);
  CHECK(line == "one");
  REQUIRE(::write(wake[1], "!", 1) == 1);
  CHECK(reader->next(line) == LineReader::Got::stopped);
  for (const int fd : {input[0], input[1], wake[0], wake[1]}) ::close(fd);
}

TEST_CASE("many threads give the lines back in their order") {
  const TempFolder folder("pipeline");
  std::string text, expected;
  for (int i = 1; i <= 5'000; ++i) {
    const bool blank = i % 7 == 0;
    text += blank ? " \n"
                  : "line " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), '.') + "\n";
    if (!blank) expected += std::to_string(i) + "\n";
  }
  const std::string file = folder.write("file", text);
  for (const unsigned jobs : {1U, 3U, 16U}) {
    CAPTURE(jobs);
    auto reader = LineReader::open(file);
    REQUIRE(reader);
    std::string written;
    const auto end = run_in_order(
        *reader, jobs,
        [](const Line& line, std::string& to) {
          // Uneven work, so that threads overtake each other.
          unsigned sum = 0;
          for (std::uint64_t i = 0; i < line.number * 37 % 5'000; ++i)
            sum += static_cast<unsigned>(i) ^ sum << 1;
          to += std::to_string(line.number) + (sum == 1'234'567 ? " " : "") + "\n";
        },
        [&written](std::string_view part) {
          written += part;
          return true;
        });
    CHECK(end == LineReader::Got::end);
    CHECK(written == expected);
  }
}

TEST_CASE("the pipeline ends when nobody reads what it writes") {
  const TempFolder folder("pipeline");
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "a line\n";
  auto reader = LineReader::open(folder.write("file", text));
  REQUIRE(reader);
  std::atomic<int> worked = 0;
  const auto end = run_in_order(
      *reader, 2, [&worked](const Line&, std::string& to) { ++worked, to += "x"; },
      [](std::string_view) { return false; });
  CHECK(end == LineReader::Got::stopped);
  CHECK(worked < 50'000);
}

TEST_CASE("an explanation marks what was seen and shows no control character") {
  Submission comment;
  comment.content = "Buy\x1b[31m pills\nhere";
  comment.author.name = "Pill\x07Shop";
  Verdict verdict;
  verdict.action = Action::spam;
  verdict.score = 6.5;
  Finding finding;
  finding.rule = "pharma";
  finding.score = 6.5;
  finding.about = "Names drugs.";
  finding.evidence = {{.field = Field::content, .view = View::folded, .start = 0, .end = 3},
                      {.field = Field::content, .view = View::folded, .start = 9, .end = 14},
                      {.field = Field::content, .view = View::raw, .start = 10, .end = 12},
                      {.field = Field::author_name, .view = View::raw, .start = 0, .end = 5},
                      {.field = Field::content, .view = View::raw, .start = 90, .end = 99}};
  verdict.findings = {finding};
  const std::string text = explained(comment, verdict, false);
  CHECK(text.find("spam  score 6.50\n") == 0);
  CHECK(text.find("+6.50  pharma: Names drugs.\n") != std::string::npos);
  CHECK(text.find("  | \xC2\xAB"
                  "Buy\xC2\xBB\\x1b[31m \xC2\xABpills\xC2\xBB\n  | here\n") != std::string::npos);
  CHECK(text.find("author.name: \xC2\xABPill\\x07\xC2\xBBShop") != std::string::npos);
  for (const char c : text) CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\n'));
}
