// The direction of the house, read from its includes (service/README.md draws it).
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path kTop = CHAFFINCH_SOURCE;

struct Include {
  fs::path file;     // relative to the top
  std::string name;  // as written
  bool angled = false;
};

std::vector<Include> includes() {
  static const std::regex kLine(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::vector<Include> all;
  for (const char* room : {"service", "rules"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kTop / room)) {
      const auto kind = entry.path().extension();
      if (kind != ".cpp" && kind != ".h") continue;
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, kLine)) continue;
        all.push_back({fs::relative(entry.path(), kTop), match[2], match[1] == "<"});
      }
    }
  }
  return all;
}

std::string room_of(const fs::path& file) {
  const std::string text = file.generic_string();
  if (text.starts_with("rules/")) return "rules";
  if (text.starts_with("service/store/sqlite/")) return "sqlite";
  for (const char* room : {"core", "analysis", "store", "http", "cli"}) {
    if (text.starts_with(std::string("service/") + room + "/")) return room;
  }
  const std::string stem = file.stem().string();
  if (stem.starts_with("intake") || stem.starts_with("backtest") || stem.starts_with("rulebook") ||
      stem.starts_with("learning"))
    return "intake";  // use cases as well
  if (stem == "main") return stem;
  return "parts";
}

// The room that an include of ours points to; empty when it is not one of ours.
std::string target_of(const std::string& name) {
  if (name.starts_with("rules/")) return "rules";
  if (name.starts_with("store/sqlite/")) return "sqlite";
  for (const char* room : {"core", "analysis", "store", "http", "cli"}) {
    if (name.starts_with(std::string(room) + "/")) return room;
  }
  if (name == "intake.h" || name.starts_with("backtest") || name.starts_with("rulebook") ||
      name == "learning.h")
    return "intake";
  if (name == "sqlite_schema.h" || name == "packs.h" || name == "documents.h" || name == "web_files.h" ||
      name == "starter_rows.h")
    return "generated";
  return "parts";
}

}  // namespace

TEST_SUITE_BEGIN("layers");

TEST_CASE("rooms include only what lies below them") {
  const std::map<std::string, std::set<std::string>> kMaySee = {
      {"core", {"core"}},
      {"rules", {"core", "rules"}},
      {"analysis", {"core", "rules", "analysis"}},
      {"parts", {"core", "analysis", "parts"}},
      {"store", {"core", "analysis", "parts", "store"}},
      {"sqlite", {"core", "analysis", "parts", "store", "sqlite", "generated"}},
      {"intake", {"core", "analysis", "parts", "store", "intake"}},
      {"http", {"core", "analysis", "parts", "store", "intake", "http", "generated"}},
      {"cli", {"core", "rules", "analysis", "parts", "store", "intake", "http", "cli", "generated"}},
      {"main", {"cli"}},
  };
  const auto all = includes();
  REQUIRE(all.size() > 200);
  for (const Include& one : all) {
    if (one.angled) continue;
    const std::string from = room_of(one.file);
    const std::string to = target_of(one.name);
    const bool allowed = kMaySee.at(from).contains(to);
    CHECK_MESSAGE(allowed, one.file.generic_string(), " (", from, ") includes ", one.name, " (", to, ")");
  }
}

TEST_CASE("pure rooms know no clock, file, thread or chance") {
  const std::set<std::string> kImpure = {"chrono", "fstream",    "filesystem",   "thread",
                                         "mutex",  "random",     "cstdlib",      "iostream",
                                         "ctime",  "unistd.h",   "shared_mutex", "condition_variable",
                                         "future", "sys/types.h"};
  for (const Include& one : includes()) {
    const std::string room = room_of(one.file);
    if (room != "core" && room != "rules" && room != "analysis") continue;
    // Calendar arithmetic, without a clock.
    if (one.file == "service/core/time.cpp" && one.name == "chrono") continue;
    CHECK_MESSAGE(!(one.angled && kImpure.contains(one.name)), one.file.generic_string(), " includes <",
                  one.name, ">");
  }
}

TEST_CASE("one third-party header belongs to one file") {
  // Library -> the files (or the folder) that may see it.
  struct Row {
    const char* header;
    std::vector<std::string> files;
  };
  const std::vector<Row> kRows = {
      {R"(httplib\.h)", {"service/http/door.cpp", "service/cli/replay.cpp"}},
      {R"(nlohmann/.*)", {"service/http/wire"}},
      {R"(cmark-gfm.*\.h)", {"service/http/markdown.cpp"}},
      {R"(zlib\.h)", {"service/http/web.cpp"}},
      {R"(rapidjson/.*)", {"service/http/wire_json.cpp"}},
      {R"(SQLiteCpp/.*|sqlite3\.h)", {"service/store/sqlite/"}},
      {R"(unicode/.*)",
       {"service/analysis/text.cpp", "service/analysis/fold.cpp", "service/analysis/charset.cpp"}},
      {R"(re2/.*)", {"service/analysis/regexes.cpp", "service/analysis/letters.cpp"}},
      {R"(xxhash\.h)", {"service/analysis/feature_collector.h"}},
      {R"(libpsl\.h|idn2\.h)", {"service/analysis/links.cpp"}},
      {R"(toml\+\+/.*)", {"service/analysis/toml.cpp"}},
      {R"(CLI/.*)", {"service/cli/cli.cpp"}},
      {R"(spdlog/.*)", {"service/log.cpp"}},
      {R"(prometheus/.*)", {"service/metrics.cpp"}},
      {R"(openssl/.*)", {"service/secrets.cpp"}},
      {R"(tl/.*)", {"service/core/result.h"}},
  };
  static const std::regex kStandard(R"([a-z_]+)");
  static const std::regex kPosix(R"(sys/[a-z_]+\.h|netinet/[a-z_]+\.h|arpa/inet\.h|[a-z]+\.h)");
  for (const Include& one : includes()) {
    if (!one.angled || std::regex_match(one.name, kStandard)) continue;
    const std::string file = one.file.generic_string();
    bool known = false;
    for (const Row& row : kRows) {
      if (!std::regex_match(one.name, std::regex(row.header))) continue;
      known = true;
      bool owner = false;
      for (const std::string& prefix : row.files) owner = owner || file.starts_with(prefix);
      CHECK_MESSAGE(owner, file, " includes <", one.name, ">, which belongs to ", row.files.front());
    }
    CHECK_MESSAGE((known || std::regex_match(one.name, kPosix)), file, " includes <", one.name,
                  ">, which has no owner yet");
  }
}

TEST_CASE("the top level holds what the house plan names and nothing else") {
  const std::set<std::string> kEntries = {"CMakeLists.txt", "README.md", "rules", "schema",
                                          "service",        "tests",     "build", "data"};
  for (const auto& entry : fs::directory_iterator(kTop)) {
    const std::string name = entry.path().filename().string();
    CHECK_MESSAGE((name.starts_with(".") || kEntries.contains(name)), name);
  }
}

TEST_CASE("a file past 450 lines has one job and is named here") {
  // One page of promises: splitting it would hide them.
  const std::set<std::string> kLong = {"service/store/store.h"};
  for (const char* room : {"service", "rules"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kTop / room)) {
      const auto kind = entry.path().extension();
      if (kind != ".cpp" && kind != ".h") continue;
      if (kLong.contains(fs::relative(entry.path(), kTop).generic_string())) continue;
      std::ifstream in(entry.path());
      std::size_t lines = 0;
      for (std::string line; std::getline(in, line);) ++lines;
      CHECK_MESSAGE(lines <= 450, entry.path().string(), " has ", lines, " lines");
    }
  }
}
