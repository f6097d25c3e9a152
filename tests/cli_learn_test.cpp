// `chaffinch learn`: what was learned, shown to a person; and the starter set that ships.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "cli/starter_set.h"
#include "program.h"
#include "store_house.h"

using namespace chaffinch;
using namespace chaffinch::test;

namespace {

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string labelled_rows() {
  std::string rows;
  for (int i = 0; i < 20; ++i) {
    const std::string number = std::to_string(i);
    rows += R"({"id":"s)" + number + R"(","text":"winning numbers from the lottery desk )" + number +
            R"(","author":"Desk )" + number + R"(","label":"spam"})" + "\n";
    rows += R"({"id":"h)" + number + R"(","text":"the chapter on herons was lovely )" + number +
            R"(","author":"Ana","label":"ham"})" + "\n";
  }
  return rows;
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("learn shows what an import has taught, explains a text, and folds anew to the same") {
    const TempFolder home("learn");
    std::filesystem::create_directory(home / "data");
    {
      StoreOptions options;
      options.address = "sqlite:" + (home / "data") + "/chaffinch.db";
      REQUIRE(open_store(options)->add_site(site_named("blog"), {}).has_value());
    }
    REQUIRE(run_program({"import", "--site", "blog", "--data", home / "data", "-"}, labelled_rows()).code ==
            0);

    const Ran status = run_program({"learn", "status", "--data", home / "data"});
    CHECK(status.code == 0);
    CHECK(status.out.find("(starter set)") != std::string::npos);
    CHECK(status.out.find("(shared)") != std::string::npos);
    const std::size_t line = status.out.find("\nblog ");
    REQUIRE(line != std::string::npos);
    CHECK(status.out.find(" 20 ", line) != std::string::npos);

    const Ran explained = run_program({"learn", "explain", "the lottery desk has \x1b[2J numbers", "--site",
                                       "blog", "--data", home / "data"});
    CHECK(explained.code == 0);
    CHECK(explained.out.starts_with("probability of spam 0."));
    CHECK(explained.out.find("lottery") != std::string::npos);
    CHECK(explained.out.find('\x1b') == std::string::npos);

    const Ran rebuilt = run_program({"learn", "rebuild", "--site", "blog", "--data", home / "data"});
    CHECK(rebuilt.code == 0);
    CHECK(rebuilt.out.starts_with("blog: 40 lessons folded, "));
    CHECK(run_program({"learn", "status", "--data", home / "data"}).out == status.out);

    const Ran wrong = run_program({"learn", "status", "--site", "none", "--data", home / "data"});
    CHECK(wrong.code == 1);
    CHECK(wrong.err.find("there is no such site") != std::string::npos);
    CHECK(run_program({"learn", "explain", "x", "--data", home / "data"}).code == 2);
    CHECK(run_program({"learn", "status", "--data", home / "nothing"}).code == 1);
  }

  TEST_CASE("lessons travel: out of one database, into the same one or into one that has learned nothing") {
    const TempFolder home("travel");
    const auto make = [&](const std::string& name, const std::string& site) {
      std::filesystem::create_directory(home / name);
      StoreOptions options;
      options.address = "sqlite:" + (home / name) + "/chaffinch.db";
      REQUIRE(open_store(options)->add_site(site_named(site), {}).has_value());
    };
    const auto explained = [&](const std::string& data, const std::string& site) {
      return run_program(
                 {"learn", "explain", "the lottery desk has numbers", "--site", site, "--data", home / data})
          .out;
    };
    make("one", "blog");
    make("two", "blog");
    make("three", "diary");
    REQUIRE(run_program({"import", "--site", "blog", "--data", home / "one", "-"}, labelled_rows()).code ==
            0);

    const std::string file = home / "lessons.jsonl";
    const Ran out = run_program({"learn", "export", file, "--data", home / "one"});
    CHECK(out.code == 0);
    CHECK(out.err == "40 lessons exported\n");
    CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    const std::string text = content_of(file);
    CHECK(text.starts_with(R"({"format":"chaffinch lessons 1","features":1,"database":")"));
    for (const char* word : {"lottery", "herons", "Ana"}) CHECK(text.find(word) == std::string::npos);
    CHECK(run_program({"learn", "export", file, "--data", home / "one"}).code ==
          1);  // never over another file
    CHECK(run_program({"learn", "export", "-", "--site", "blog", "--data", home / "one"}).out.substr(0, 90) ==
          text.substr(0, 90));

    // The same database knows them all.
    const Ran same = run_program({"learn", "import", file, "--data", home / "one"});
    CHECK(same.code == 0);
    CHECK(same.out == "40 lines: 0 lessons added, 40 already there, 0 bad lines\n");

    // An empty one takes the key over, and says of a text what the first one says.
    const Ran taken = run_program({"learn", "import", file, "--data", home / "two"});
    CHECK(taken.code == 0);
    CHECK(taken.out.starts_with(
        "This database had learned nothing: the file's feature key is its own from now on.\n"
        "40 lines: 40 lessons added, 0 already there, 0 bad lines\ntaken back by POST "));
    CHECK(explained("two", "blog") == explained("one", "blog"));
    CHECK(run_program({"learn", "import", file, "--data", home / "two"}).out.find("40 already there") !=
          std::string::npos);
    // And back: what came from the first one is known there.
    const Ran back = run_program({"learn", "import", "-", "--data", home / "one"},
                                 run_program({"learn", "export", "-", "--data", home / "two"}).out);
    CHECK(back.out == "40 lines: 0 lessons added, 40 already there, 0 bad lines\n");

    // Bad lines are named, the others taken in; another site may take them all.
    const std::string first = text.substr(0, text.find('\n') + 1);
    const std::string second = text.substr(first.size(), text.find('\n', first.size()) - first.size() + 1);
    std::string unsorted = second;
    unsorted.replace(unsorted.find("\"features\":["), 12, "\"features\":[4294967295,");
    const std::string odd = first + second + "{\"seq\":1}\n" + unsorted + "nonsense\n";
    const Ran bad = run_program({"learn", "import", "-", "--data", home / "three"}, odd);
    CHECK(bad.code == 3);
    CHECK(bad.out == "4 lines: 0 lessons added, 0 already there, 4 bad lines\n");
    CHECK(bad.err.find("2: there is no site blog") != std::string::npos);
    CHECK(bad.err.find("3: ") != std::string::npos);
    CHECK(bad.err.find("4: they must be whole numbers of 32 bits, rising (/features)") != std::string::npos);
    CHECK(bad.err.find("5: ") != std::string::npos);
    const Ran moved = run_program({"learn", "import", "-", "--site", "diary", "--data", home / "three"}, odd);
    CHECK(moved.code == 3);
    CHECK(moved.out.find("1 lessons added") != std::string::npos);

    // One that has learned under its own key refuses, and so do files of other kinds.
    make("four", "blog");
    REQUIRE(run_program({"import", "--site", "blog", "--data", home / "four", "-"}, labelled_rows()).code ==
            0);
    const std::string before = explained("four", "blog");
    const Ran refused = run_program({"learn", "import", file, "--data", home / "four"});
    CHECK(refused.code == 1);
    CHECK(refused.err.find("this database has learned already") != std::string::npos);
    CHECK(explained("four", "blog") == before);
    for (const std::string& wrong :
         {std::string("{\"text\":\"a comment\"}\n"), std::string("\n"), std::string(), std::string("[1]\n"),
          std::string("{\"format\":\"chaffinch lessons 2\"}\n"),
          first.substr(0, first.find("\"key\"")) + "\"key\":\"zz\"}\n"}) {
      CAPTURE(wrong);
      CHECK(run_program({"learn", "import", "-", "--data", home / "two"}, wrong).code == 1);
    }
    CHECK(run_program({"learn", "import", home / "none", "--data", home / "two"}).code == 1);
    CHECK(run_program({"learn", "import", file, "--site", "none", "--data", home / "two"}).code == 1);
  }

  TEST_CASE("the starter set is large, in many languages, of both kinds, and repeats nothing") {
    const auto rows = cli::starter_set().rows();
    CHECK(rows.size() >= 1'500);
    std::size_t spam = 0;
    std::set<std::string> texts;
    for (const Labelled& row : rows) {
      spam += row.spam ? 1 : 0;
      CHECK_MESSAGE(texts.insert(row.comment.content).second, row.comment.content);
    }
    CHECK(spam > rows.size() * 2 / 5);
    CHECK(spam < rows.size() * 3 / 5);
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(CHAFFINCH_SOURCE "/rules/starter"))
      files += file.path().extension() == ".jsonl" ? 1 : 0;
    CHECK(files >= 8);
  }
}
