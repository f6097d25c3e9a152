#include <csignal>
#include <fstream>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sqlite_schema.h"
#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

// The file is looked at from outside the engine: rows as lines, columns joined by "|", or the error.
std::string sql(const std::string& file, const std::string& text) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  std::string out;
  const auto take = [](void* to, int columns, char** values, char**) {
    auto& lines = *static_cast<std::string*>(to);
    for (int i = 0; i < columns; ++i) {
      if (i > 0) lines += '|';
      lines += values[i] == nullptr ? "" : values[i];
    }
    lines += '\n';
    return 0;
  };
  if (sqlite3_exec(db, text.c_str(), take, &out, nullptr) != SQLITE_OK) out += sqlite3_errmsg(db);
  sqlite3_close(db);
  return out;
}

constexpr const char* kSchema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name;";

std::string why_not(const std::string& file) {
  StoreOptions options;
  options.address = file;
  try {
    open_store(options);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a fresh database equals one that was migrated from every earlier step") {
  House house;
  house.store.reset();
  const std::string fresh = sql(house.file(), kSchema);
  REQUIRE(fresh.find("CREATE TABLE comment") != std::string::npos);
  for (std::size_t steps = 1; steps < kSqliteSchema.size(); ++steps) {
    CAPTURE(steps);
    Folder folder;
    const std::string file = (folder / "old.db").string();
    std::string text = "PRAGMA application_id = 1128810062;\n";
    for (std::size_t i = 0; i < steps; ++i) text += std::string(kSqliteSchema[i].second) + "\n";
    text += "PRAGMA user_version = " + std::to_string(steps) + ";\n";
    REQUIRE(sql(file, text) == "");
    CHECK(why_not("sqlite:" + file) == "");
    CHECK(sql(file, kSchema) == fresh);
    CHECK(sql(file, "PRAGMA user_version;") == std::to_string(kSqliteSchema.size()) + "\n");
  }
}

TEST_CASE("migrations are numbered without gaps") {
  for (std::size_t i = 0; i < kSqliteSchema.size(); ++i) {
    CHECK(std::stoul(std::string(kSqliteSchema[i].first.substr(0, 4))) == i + 1);
  }
}

TEST_CASE("what cannot be opened is refused with a sentence for the operator") {
  House house;
  CHECK(why_not("postgres:x").find("sqlite:<file>") != std::string::npos);
  CHECK(why_not("sqlite:/no/such/folder/x.db").find("/no/such/folder") != std::string::npos);
  CHECK(why_not(house.options.address).find("another process") != std::string::npos);
  house.store.reset();
  CHECK(why_not(house.options.address) == "");

  sql(house.file(), "PRAGMA user_version = 9000;");
  CHECK(why_not(house.options.address).find("newer version") != std::string::npos);

  const std::string foreign = (house.folder / "foreign.db").string();
  sql(foreign, "CREATE TABLE cooking (recipe);");
  CHECK(why_not("sqlite:" + foreign).find("something else") != std::string::npos);
  CHECK(sql(foreign, "SELECT count(*) FROM sqlite_schema;") == "1\n");

  const std::string text = (house.folder / "text.db").string();
  std::ofstream(text) << std::string(5000, 'x');
  CHECK(why_not("sqlite:" + text).find("not a database") != std::string::npos);
}

TEST_CASE("another process that writes is refused, and a dead one's lock does not stay") {
  House house;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  house.store.reset();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto store = open_store(house.options);
    char told = 'x';
    if (::write(ready[1], &told, 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char told = 0;
  REQUIRE(::read(ready[0], &told, 1) == 1);
  CHECK(why_not(house.options.address).find("another process") != std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(why_not(house.options.address) == "");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("no statement of a page reads more than it must") {
  House house;
  house.store.reset();
  // Every keyset statement must be a search in its index: no scan of a table, no sorting of what was found.
  for (const char* text : {
           "SELECT seq, score FROM comment INDEXED BY comment_score WHERE status = 0 AND (score, seq) < (5, "
           "9) ORDER BY score DESC, seq DESC LIMIT 51",
           "SELECT seq, score FROM comment INDEXED BY comment_site_score WHERE status = 0 AND site = 1 AND "
           "(score, seq) < (5, 9) ORDER BY score DESC, seq DESC LIMIT 51",
           "SELECT seq FROM comment INDEXED BY comment_site WHERE site = 1 AND status = 0 AND seq > 1 AND "
           "seq < 9 ORDER BY seq DESC LIMIT 5",
           "SELECT seq FROM comment INDEXED BY comment_status WHERE status = 0 AND seq > 1 AND seq < 9 ORDER "
           "BY seq LIMIT 5",
           "SELECT root_at, root, place, seq FROM comment INDEXED BY comment_thread WHERE status = 1 AND "
           "article = 1 AND (root_at, root, place, seq) > (1, 2, 3, 4) ORDER BY root_at, root, place, seq "
           "LIMIT 6",
       }) {
    CAPTURE(text);
    const std::string plan = sql(house.file(), std::string("EXPLAIN QUERY PLAN ") + text + ";");
    CHECK(plan.find("SEARCH comment USING") != std::string::npos);
    CHECK(plan.find("SCAN") == std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
  }
}
