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

TEST_CASE("what was remembered of authors before the seventh migration is remembered after it") {
  House house;
  done(house.store->add_site(site_named("other"), {}).map([](auto&&) {}));
  Draft here, there;
  there.site = "other";
  const Id one = add(*house.store, here);
  add(*house.store, there);
  house.store.reset();
  // Back to the records of the sixth: the same keyed hashes, with numbers of their own by site and kind.
  const std::string second(kSqliteSchema[1].second);
  const auto from = second.find("CREATE TABLE record (");
  const std::string table = second.substr(from, second.find(';', from) - from + 1);
  std::string text = "DROP TABLE record;\n" + table + "\n";
  int kind = 0;
  for (const char* key : {"key_author", "key_email", "key_address", "key_network"}) {
    const std::string number = std::to_string(kind++);
    text += "INSERT INTO record SELECT site, " + number + ", " + key + ", 10 * site + " + number +
            ", 2, 3, 4, 5, 1000 * site, 2000 * site FROM comment;\n";
  }
  text +=
      "CREATE INDEX comment_status ON comment (status);\n"
      "CREATE INDEX comment_score ON comment (score) WHERE status = 0;\n"
      "CREATE INDEX comment_doubt ON comment (doubt) WHERE status = 0;\n"
      // And without what the eighth and the ninth bring.
      "DROP INDEX learn_event_change;\nDROP INDEX learn_event_site;\nDROP INDEX learn_event_shared;\n"
      "DROP INDEX learn_event_site_change;\nDROP INDEX learn_event_shared_change;\n"
      "DROP INDEX learn_event_decision;\nDROP INDEX learn_event_inverse;\nDROP TABLE learn_state;\nDROP "
      "TABLE learn_starter;\n"
      "ALTER TABLE site DROP COLUMN shares_lessons;\n";
  // And the tenth.
  text +=
      "DROP INDEX learn_event_origin;\nALTER TABLE learn_event DROP COLUMN origin;\nDROP TABLE learn_key;\n"
      "ALTER TABLE comment DROP COLUMN cluster;\n";
  // And the eleventh.
  text += "DROP INDEX comment_content;\nDROP TABLE blog;\nDROP TABLE blog_day;\n";
  for (const char* column : {"counts_as", "told", "blog", "content_key"})
    text += "ALTER TABLE comment DROP COLUMN " + std::string(column) + ";\n";
  for (const char* column : {"akismet_hold", "akismet_own_blog"})
    text += "ALTER TABLE site DROP COLUMN " + std::string(column) + ";\n";
  text += "ALTER TABLE decision_item DROP COLUMN before_counts;\n";
  // And the twelfth.
  text += "ALTER TABLE site DROP COLUMN markdown;\nALTER TABLE comment DROP COLUMN form_token;\n";
  // And the thirteenth.
  text += "DROP TABLE session;\nDROP TABLE sign_in;\n";
  // And the fifteenth.
  text += "DROP TABLE site_day;\nDROP TABLE site_wait;\nDROP TABLE rule_week;\n";
  text += "ALTER TABLE decision_item DROP COLUMN day;\nALTER TABLE decision_item DROP COLUMN waited;\n";
  // And the sixteenth.
  text += "DROP TABLE counted;\n";
  // And the fourteenth.
  text += "DROP INDEX decision_token;\nDROP INDEX decision_by;\nDROP TABLE span;\n";
  for (const char* column : {"lanes", "change", "lesson", "decision", "inverse_of"})
    text += "ALTER TABLE learn_event DROP COLUMN " + std::string(column) + ";\n";
  text += "PRAGMA user_version = 6;\n";
  REQUIRE(sql(house.file(), text) == "");
  house.reopen();
  for (const Draft& draft : {here, there}) {
    CAPTURE(draft.site);
    const std::uint32_t site = draft.site == "blog" ? 1 : 2;
    const Facts facts = value_of(house.store->recall(probe_of(draft))).facts;
    std::uint32_t number = 0;
    for (const Record& record : {facts.author, facts.email, facts.address, facts.network}) {
      CHECK(record == Record{.approved = 2,
                             .rejected = 3,
                             .spam = 4,
                             .pending = 10 * site + number++,
                             .checked = 5,
                             .first_seen = 1000 * site,
                             .last_seen = 2000 * site});
    }
  }
  done(house.store->settle(deciding(DecisionKind::approve, {one})));
  CHECK(value_of(house.store->recall(probe_of(here))).facts.author.approved == 3);
  Forget forget;
  forget.email = here.email;
  forget.now = kNoon + kHour;
  done(house.store->forget(forget));
  CHECK(value_of(house.store->recall(probe_of(there))).facts.email == Record{});
  CHECK(value_of(house.store->recall(probe_of(there))).facts.network.spam == 4);
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
           "SELECT seq, score FROM comment INDEXED BY comment_site_score WHERE status = 0 AND site = 1 AND "
           "(score, seq) < (5, 9) ORDER BY score DESC, seq DESC LIMIT 51",
           "SELECT seq FROM comment INDEXED BY comment_site WHERE site = 1 AND status = 0 AND seq > 1 AND "
           "seq < 9 ORDER BY seq DESC LIMIT 5",
           "SELECT seq, doubt FROM comment INDEXED BY comment_site_doubt WHERE status = 0 AND site = 1 AND "
           "(doubt, seq) > (5, 9) ORDER BY doubt, seq LIMIT 51",
           "SELECT root_at, root, place, seq FROM comment INDEXED BY comment_thread WHERE status = 1 AND "
           "article = 1 AND (root_at, root, place, seq) > (1, 2, 3, 4) ORDER BY root_at, root, place, seq "
           "LIMIT 6",
           "SELECT seq FROM comment INDEXED BY comment_content WHERE site = 1 AND content_key = 2 ORDER BY "
           "seq "
           "DESC LIMIT 50",
           "SELECT no, standing FROM decision INDEXED BY decision_token WHERE by_token = x'00' AND no <= 9 "
           "ORDER BY no DESC LIMIT 256",
           "SELECT no, standing FROM decision INDEXED BY decision_by WHERE by = 'mona' AND no <= 9 ORDER BY "
           "no DESC LIMIT 256",
           "SELECT i.comment FROM decision_item i CROSS JOIN comment c WHERE i.decision = 1 AND i.comment < "
           "9 "
           "AND c.seq = i.comment AND c.latest_decision = 1 ORDER BY i.comment DESC LIMIT 50",
       }) {
    CAPTURE(text);
    const std::string plan = sql(house.file(), std::string("EXPLAIN QUERY PLAN ") + text + ";");
    CHECK(plan.find("SEARCH ") != std::string::npos);
    CHECK(plan.find("SCAN") == std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
  }
}
