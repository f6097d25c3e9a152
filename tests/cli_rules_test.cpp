// Rules from the command line: check, test, import, backtest, and the folder that is watched.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "program.h"

using namespace chaffinch::test;
namespace fs = std::filesystem;

namespace {

std::string pack(const std::string& name, const std::string& lines) {
  return "pack = \"" + name + "\"\n\n[[pattern]]\nname = \"" + name +
         "_one\"\nabout = \"Says it.\"\nscore = 4.0\n" + lines;
}

const char* kWord =
    "type = \"word\"\nmatch = [\"zzyzx\"]\nspam = [\"off to zzyzx\"]\nham = [\"off to town\"]\n";

std::string row(int number, const std::string& text, const std::string& label) {
  return R"({"id":"r:)" + std::to_string(number) + R"(","text":")" + text + R"(","author":"Reader )" +
         std::to_string(number) + R"(","date":"2015-03-01T10:00:00Z","article":"birds")" +
         (label.empty() ? "" : R"(,"label":")" + label + "\"") + "}\n";
}

}  // namespace

TEST_SUITE_BEGIN("rules");

TEST_CASE("errors name file and line, with a caret under the place and advice") {
  const TempFolder home("rules");
  const std::string file = home.write(
      "bad.toml",
      pack("bad",
           "type = \"regex\"\nmatch = ['fine', 'bro(ken']\nspam = [\"fine\"]\nham = [\"x\"]\ncolour = 1\n"));
  const Ran ran = run_program({"rules", "check", file});
  CHECK(ran.code == 1);
  CHECK(ran.out == "");
  CHECK(ran.err ==
        "bad.toml:11: error: a pattern knows no 'colour'\n"
        "    known are name, about, score, action, type, match, list, fields, view, state, spam, ham\n"
        "    11 | colour = 1\n"
        "bad.toml:8: error: the pattern 'bad_one' cannot look for \"bro(ken\": not a regex that RE2 can "
        "read: missing ): bro(ken\n"
        "    8 | match = ['fine', 'bro(ken']\n"
        "      |                   ^\n"
        "2 errors\n");
}

TEST_CASE("warnings are told with their kind, and with --strict they are as bad as errors") {
  const TempFolder home("rules");
  const std::string file = home.write(
      "mine.toml",
      pack(
          "mine",
          "type = \"substring\"\nmatch = [\"zzyzx\", \"zzyzxian\"]\nspam = [\"zzyzx\"]\nham = [\"town\"]\n") +
          "\n[[composite]]\nname = \"mine_never\"\nabout = \"Never.\"\nscore = 1\nwhen = \"mine_one and not "
          "mine_one\"\n");
  const Ran ran = run_program({"rules", "check", file});
  CHECK(ran.code == 0);
  CHECK(ran.out.find("All examples hold.\n2 warnings.\n") != std::string::npos);
  CHECK(ran.err ==
        "mine.toml:8: warning (covered): the pattern 'mine_one' hits whatever \"zzyzxian\" hits by \"zzyzx\" "
        "(mine.toml:8); of 2 entries 1 does nothing\n"
        "    8 | match = [\"zzyzx\", \"zzyzxian\"]\n"
        "      |                    ^\n"
        "    remove the longer one, unless the shorter one is a mistake\n"
        "mine.toml:16: warning (never): the composite 'mine_never' can never be true\n"
        "    16 | when = \"mine_one and not mine_one\"\n"
        "       |         ^\n"
        "    its conditions contradict each other\n");
  CHECK(run_program({"rules", "check", file, "--strict"}).code == 1);
  // On top of the packs in force their rules are known; alone they are not.
  const std::string leaning = home.write(
      "leaning.toml",
      "pack = \"leaning\"\n[[composite]]\nname = \"leaning_one\"\nabout = \"L.\"\nscore = 1\nwhen = "
      "\"pharma_drugs or link_count\"\n");
  CHECK(run_program({"rules", "check", leaning}).err.find("no rule is named 'pharma_drugs'") !=
        std::string::npos);
  const Ran on_top = run_program({"rules", "list"});
  if (on_top.out.find("pharma_drugs ") != std::string::npos)
    CHECK(run_program({"rules", "check", leaning, "--on-top", "--strict"}).code == 0);
}

TEST_CASE("rules are tried on an archive's honest comments") {
  const TempFolder home("rules");
  const std::string file = home.write("mine.toml", pack("mine", kWord));
  std::string archive;
  for (int i = 0; i < 10; ++i)
    archive += row(i, i < 6 ? "off to zzyzx" : "off to town", i % 2 == 0 ? "ham" : "");
  archive += row(11, "zzyzx spam", "spam");
  const std::string known = home.write("known.jsonl", archive);
  const Ran ran = run_program({"rules", "check", file, "--against", known, "--strict"});
  CHECK(ran.code == 1);
  CHECK(ran.err.find("warning (broad): the pattern 'mine_one' hits 6 of 10 comments that people wanted") !=
        std::string::npos);
  CHECK(ran.out.find("Tried on 10 comments that people wanted.") != std::string::npos);
  const std::string broken = home.write("broken.jsonl", row(1, "fine", "ham") + "{\n");
  CHECK(run_program({"rules", "check", file, "--against", broken}).err.find("broken.jsonl:2") !=
        std::string::npos);
}

TEST_CASE("a text is tried with its author's fields, and hostile text drives no terminal") {
  const TempFolder home("rules");
  fs::create_directory(home / "packs");
  home.write(
      "packs/mine.toml",
      pack("mine",
           "type = \"word\"\nmatch = \"zzyzx\"\nfields = [\"content\", \"author.name\", \"author.email\", "
           "\"author.url\"]\nspam = [\"zzyzx\"]\nham = [\"town\"]\n"));
  const auto tried = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"rules", "test", "--rules", home / "packs"};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(words);
  };
  const Ran text = tried({"off to \x1b[31m zzyzx"});
  CHECK(text.code == 0);
  CHECK(text.out.find("  +4.00  mine_one: Says it.\n           content: zzyzx\n") != std::string::npos);
  CHECK(text.out.find("  | off to \\x1b[31m \xC2\xABzzyzx\xC2\xBB\n") != std::string::npos);
  CHECK(text.out.find('\x1b') == std::string::npos);
  CHECK(tried({"hello", "--name", "zzyzx"}).out.find("author.name: \xC2\xABzzyzx\xC2\xBB") !=
        std::string::npos);
  CHECK(tried({"hello", "--email", "a@zzyzx.example"})
            .out.find("author.email: a@\xC2\xABzzyzx\xC2\xBB.example") != std::string::npos);
  CHECK(tried({"hello", "--url", "http://zzyzx.example"}).out.find("           author.url: zzyzx\n") !=
        std::string::npos);
  CHECK(tried({"hello", "--ip", "nowhere"}).code == 2);
  CHECK(tried({"hello", "--site", "blog"}).code == 2);
  CHECK(tried({""}).code == 2);
}

TEST_CASE("a list is imported with a report, or nothing is written") {
  const TempFolder home("rules");
  const std::string list =
      home.write("Disallowed Keys.txt", "viagra\nviagras\nqz\nviagra\n\nspam.example\n203.0.113.\n");
  const std::string known =
      home.write("known.jsonl", row(1, "two viagras", "ham") + row(2, "qz and viagra", "") +
                                    row(3, "nothing", "ham") + row(4, "viagra", "spam"));
  fs::create_directory(home / "packs");
  const Ran ran = run_program({"rules", "import", list, "--out", home / "packs", "--against", known});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.find("read                6  entries of ") != std::string::npos);
  CHECK(ran.out.find("taken               5  found anywhere, as WordPress does\n") != std::string::npos);
  CHECK(ran.out.find("duplicates          1  left out\n") != std::string::npos);
  CHECK(ran.out.find("short               1  of fewer than 3 letters") != std::string::npos);
  CHECK(ran.out.find("covered             1  ") != std::string::npos);
  CHECK(ran.out.find("Of 3 comments that people wanted, 2 (66.7 %) would be hit, by 3 of the entries.\n") !=
        std::string::npos);
  CHECK(
      ran.out.find("        2  viagra  (line 1)\n        1  viagras  (line 2)\n        1  qz  (line 3)\n") !=
      std::string::npos);
  CHECK(fs::exists(home / "packs/disallowed_keys.toml"));
  CHECK(fs::exists(home / "packs/disallowed_keys.txt"));
  CHECK(run_program({"rules", "check", home / "packs"}).code == 0);
  CHECK(run_program({"rules", "test", "buy VIAGRAs", "--rules", home / "packs"})
            .out.find("disallowed_keys -> hold") != std::string::npos);

  // A second time: no file is written over.
  const std::string before = TempFolder::read(home / "packs/disallowed_keys.toml");
  const Ran again = run_program({"rules", "import", list, "--out", home / "packs", "--whole-words"});
  CHECK(again.code == 1);
  CHECK(again.err.find("already") != std::string::npos);
  CHECK(again.err.find("Nothing was written.") != std::string::npos);
  CHECK(TempFolder::read(home / "packs/disallowed_keys.toml") == before);
  fs::create_directory(home / "words");
  CHECK(run_program({"rules", "import", list, "--out", home / "words", "--whole-words", "--score", "2.5",
                     "--name", "theirs"})
            .code == 0);
  const std::string words = run_program({"rules", "test", "buy viagrasses", "--rules", home / "words"}).out;
  CHECK(words.find("theirs") == std::string::npos);
  CHECK(run_program({"rules", "test", "buy viagra", "--rules", home / "words"}).out.find("+2.50  theirs: ") !=
        std::string::npos);

  struct Bad {
    std::vector<std::string> words;
    int code;
    const char* why;
  };
  const std::string broken = home.write("broken.txt", "fine\nbro\xFFken\n");
  for (const Bad& bad : {Bad{{home / "none.txt"}, 1, "No such file"}, Bad{{broken}, 1, "broken.txt:2"},
                         Bad{{list, "--name", "Bad Name"}, 2, "cannot be named"},
                         Bad{{list, "--out", home / "nowhere"}, 1, "there is no folder"},
                         Bad{{list, "--against", home / "none.jsonl"}, 1, "No such file"},
                         Bad{{list, "--score", "99"}, 2, "99"},
                         Bad{{list, "--score", "1", "--action", "hold"}, 2, "--score"}}) {
    std::vector<std::string> all{"rules", "import"};
    all.insert(all.end(), bad.words.begin(), bad.words.end());
    if (bad.words.size() < 3 || bad.words[1] != "--out") all.insert(all.end(), {"--out", home / "bad"});
    fs::create_directory(home / "bad");
    const Ran refused = run_program(all);
    CAPTURE(bad.why);
    CHECK(refused.code == bad.code);
    CHECK(refused.err.find(bad.why) != std::string::npos);
    CHECK(fs::is_empty(home / "bad"));
  }
}

TEST_CASE("a draft is run over an archive and over a store, with the same numbers") {
  const TempFolder home("rules");
  std::string archive;
  for (int i = 0; i < 40; ++i) {
    const bool named = i % 4 == 0;
    archive += row(i,
                   std::string(named ? "off to zzyzx, the " : "off to town, the ") + std::to_string(i) +
                       "th of these trips",
                   i % 8 == 0             ? "spam"
                   : i % 4 == 0 && i > 30 ? ""
                                          : "ham");
  }
  const std::string file = home.write("archive.jsonl", archive);
  const std::string draft = home.write("mine.toml", pack("mine", kWord));
  const Ran ran = run_program({"rules", "backtest", "--rules", draft, "--against", file});
  CHECK(ran.out.find("the learner is not asked on either side\n") != std::string::npos);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.find("40 comments; people: 1 undecided, 34 approved, 5 spam\n") == 0);
  CHECK(ran.out.find("mine_one                               10        0        5        4        0         "
                     "1    55.6 %  (26.7 to "
                     "81.1)\n") != std::string::npos);
  CHECK(ran.out.find("verdicts would change\n") != std::string::npos);
  const std::string json =
      run_program({"rules", "backtest", "--rules", draft, "--against", file, "--json", "--jobs", "3"}).out;
  CHECK(
      json.find(
          R"("rule":"mine_one","about":"Says it.","state":"live","speaks_for":false,"changed":true,"hits":10,"hits_today":0)") !=
      std::string::npos);
  CHECK(json ==
        run_program({"rules", "backtest", "--rules", draft, "--against", file, "--json", "--jobs", "1"}).out);

  REQUIRE(
      run_program({"site", "add", "blog", "--url", "https://blog.example", "--data", home / "data"}).code ==
      0);
  REQUIRE(run_program({"import", "--site", "blog", file, "--data", home / "data"}).code == 0);
  // On a site that holds first comments only what is spam differs.
  std::string heavy = TempFolder::read(draft);
  heavy.replace(heavy.find("4.0"), 3, "7.0");
  home.write("mine.toml", heavy);
  const Ran stored = run_program({"rules", "backtest", "--rules", draft, "--data", home / "data"});
  CAPTURE(stored.err);
  REQUIRE(stored.code == 0);
  CHECK(stored.out.find("40 comments; people: 1 undecided, 34 approved, 5 spam\n") == 0);
  CHECK(stored.out.find(
            "mine_one                               10        0        5        4        0         1 ") !=
        std::string::npos);
  CHECK(stored.out.find("/v1/comments/") != std::string::npos);
  // Today's rules change nothing.
  CHECK(run_program({"rules", "backtest", "--data", home / "data"}).out.find("\n0 verdicts would change\n") !=
        std::string::npos);
  CHECK(run_program({"rules", "backtest", "--data", home / "data", "--since", "2016-01-01"})
            .out.find("0 comments;") == 0);
  CHECK(run_program({"rules", "backtest", "--data", home / "data", "--site", "nowhere"}).code == 1);
  CHECK(run_program({"rules", "backtest"}).code == 2);
  CHECK(run_program({"rules", "backtest", "--against", file, "--since", "yesterday"}).code == 2);
  const std::string bad =
      home.write("bad.toml", pack("bad", "type = \"word\"\nmatch = \"x\"\nspam = [\"y\"]\nham = [\"z\"]\n"));
  const Ran refused = run_program({"rules", "backtest", "--rules", bad, "--against", file});
  CHECK(refused.code == 1);
  CHECK(refused.err.find("bad.toml:9") != std::string::npos);
}

TEST_CASE(
    "the rules folder is read again when its files change, and a refusal leaves the old rules in force") {
  const TempFolder home("rules");
  fs::create_directory(home / "packs");
  home.write("packs/mine.toml", pack("mine", kWord));
  Program server({"serve", "--port", "0", "--data", home / "data", "--rules", home / "packs"});
  server.port();
  home.write("packs/mine.toml",
             pack("mine", "type = \"word\"\nmatch = \"x\"\nspam = [\"y\"]\nham = [\"z\"]\n"));
  server.wait_for_error("rules refused");
  home.write("packs/mine.toml", pack("mine", kWord) + "# mended\n");
  server.wait_for_error("rules reloaded");
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
}
