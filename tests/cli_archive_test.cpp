// Archives out and in again, with the real program: export, and import on many threads.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "program.h"
#include "store_house.h"

using namespace chaffinch;
using chaffinch::test::Program;
using chaffinch::test::Ran;
using chaffinch::test::run_program;
using chaffinch::test::TempFolder;
namespace fs = std::filesystem;

namespace {

// The store of a data folder, as the service holds it.
std::unique_ptr<Store> opened(const TempFolder& home, const std::string& folder = "data") {
  fs::create_directories(home / folder);
  StoreOptions options;
  options.address = "sqlite:" + (home / folder) + "/chaffinch.db";
  return open_store(options);
}

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// What stands for a comment in two sites alike: its words, its place among the others, what became of it.
struct Seen {
  std::string content, author, email, ip, article, parent, title, author_id;
  Status status;
  bool decided;
  Time at;

  bool operator==(const Seen&) const = default;
};

std::vector<Seen> all_comments(Store& store, const std::string& site) {
  QueueQuery query = in_site(site);
  query.status.reset();
  std::vector<Seen> seen;
  for (const Id& id : all_of(store, query)) {
    const Comment one = value_of(store.comment({}, id));
    const auto parent = one.parent ? store.comment({}, *one.parent) : Result<Comment>(Comment{});
    seen.push_back({.content = one.content,
                    .author = one.author.name,
                    .email = one.author.email,
                    .ip = one.client.ip,
                    .article = one.article.id,
                    .parent = parent ? parent->content : "(gone)",
                    .title = one.article.title,
                    .author_id = one.author.id,
                    .status = one.status,
                    .decided = one.decided,
                    .at = one.shown_at()});
  }
  return seen;
}

std::vector<std::string> thread_of(Store& store, const std::string& site, const std::string& article) {
  ThreadQuery query;
  query.site = site;
  query.article = article;
  query.limit = 7;
  std::vector<std::string> contents;
  while (true) {
    const ThreadPage page = value_of(store.thread(query));
    for (const Comment& one : page.items) contents.push_back(one.content);
    if (!page.next) return contents;
    query.cursor = *page.next;
  }
}

}  // namespace

TEST_SUITE_BEGIN("cli");

TEST_CASE("what is exported while the service runs, and imported into a new site, is the same again") {
  const TempFolder home("export");
  auto store = opened(home);
  for (const char* site : {"blog", "copy", "other"})
    REQUIRE(store->add_site(site_named(site), {}).has_value());
  const Status statuses[] = {Status::pending, Status::approved, Status::spam, Status::checked};
  std::vector<Id> ids;
  for (int i = 0; i < 700; ++i) {  // more than one batch
    Draft draft;
    draft.content = "Remark " + std::to_string(i) + " \"quoted\"\n\xE2\x80\xAE and \xF0\x9F\x90\xA6";
    draft.name = "Reader " + std::to_string(i % 40);
    draft.email = "r" + std::to_string(i % 40) + "@people.example";
    draft.url = i % 3 == 0 ? "https://r.example/" + std::to_string(i) : "";
    draft.author_id = i % 5 == 0 ? "u" + std::to_string(i) : "";
    draft.article = i % 2 == 0 ? "birds" : "a/b c";
    draft.status = i % 7 == 3 ? statuses[(i / 7) % 4] : Status::approved;
    // Neither in the order of arrival nor all with a time of their own; the same second twice.
    if (i % 4 != 0) draft.created_at = kNoon - kDay + (i * 7919 % 1000) / 2 * kSecond;
    if (i % 9 == 1) draft.created_at = kNoon - kHour + i * kSecond + 123'456;
    draft.now = kNoon + i * kMillisecond;
    if (i > 20 && i % 3 != 0) draft.parent = ids[static_cast<std::size_t>(i - 2 * (1 + i % 7))];
    ids.push_back(add(*store, draft));
  }
  Draft elsewhere;
  elsewhere.site = "other";
  elsewhere.content = "not of this site";
  add(*store, elsewhere);
  std::map<DecisionKind, std::vector<Id>> decided;
  for (std::size_t i = 0; i < ids.size(); i += 11) {
    decided[i % 3 == 0   ? DecisionKind::approve
            : i % 3 == 1 ? DecisionKind::reject
                         : DecisionKind::spam]
        .push_back(ids[i]);
  }
  for (const auto& [kind, some] : decided) value_of(store->settle(deciding(kind, some)));

  const std::string file = home / "archive.jsonl";
  const Ran ran = run_program({"export", "--site", "blog", "--out", file, "--data", home / "data"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.empty());
  CHECK(ran.err == "700 comments exported\n");
  CHECK(text_of(file).find("not of this site") == std::string::npos);
  struct ::stat mode {};
  REQUIRE(::stat(file.c_str(), &mode) == 0);
  CHECK((mode.st_mode & 0777) == 0600);
  CHECK_FALSE(fs::exists(file + ".part"));
  store.reset();
  // Stopped, and to standard output: the same bytes.
  CHECK(run_program({"export", "--site", "blog", "--data", home / "data"}).out == text_of(file));

  const Ran in = run_program({"import", "--site", "copy", "--data", home / "data", file});
  CAPTURE(in.err);
  REQUIRE(in.code == 0);
  CHECK(in.out.find("700 rows: 700 added") != std::string::npos);
  store = opened(home);
  const auto before = all_comments(*store, "blog"), after = all_comments(*store, "copy");
  REQUIRE(before.size() == 700);
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CAPTURE(i);
    CHECK(before[i] == after[i]);
  }
  for (const char* article : {"birds", "a/b c"}) {
    const auto thread = thread_of(*store, "blog", article);
    CHECK(thread.size() > 200);
    CHECK(thread_of(*store, "copy", article) == thread);
  }
  store.reset();
  const Ran again = run_program({"import", "--site", "copy", "--data", home / "data", file});
  CHECK(again.out.find("700 already there") != std::string::npos);
}

TEST_CASE("an export that cannot be says why, and leaves nothing behind") {
  const TempFolder home("export");
  const Ran none = run_program({"export", "--site", "blog", "--data", home / "nowhere"});
  CHECK(none.code == 1);
  CHECK(none.err.find("there is no database in " + home / "nowhere") != std::string::npos);
  auto store = opened(home);
  REQUIRE(store->add_site(site_named("blog"), {}).has_value());
  add(*store, {});
  const Ran site = run_program({"export", "--site", "blogg", "--out", home / "x", "--data", home / "data"});
  CHECK(site.code == 1);
  CHECK(site.err.find("there is no site blogg") != std::string::npos);
  CHECK_FALSE(fs::exists(home / "x"));
  CHECK_FALSE(fs::exists(home / "x.part"));
  const std::string there = home.write("there", "mine");
  CHECK(run_program({"export", "--site", "blog", "--out", there, "--data", home / "data"}).code == 1);
  CHECK(text_of(there) == "mine");
  const Ran full = run_program({"export", "--site", "blog", "--out", "/dev/full/x", "--data", home / "data"});
  CHECK(full.code == 1);
  CHECK(run_program({"export", "--site", "blog", "--format", "xml", "--data", home / "data"}).code == 2);
}

TEST_CASE("an import is the same for any number of threads") {
  std::string rows;
  for (int i = 0; i < 1300; ++i) {
    // Copies, bursts from one address, doubtful links, bad lines, and answers to rows before.
    const int who = i % 17;
    const bool copy = i % 6 == 0;
    rows += "{\"id\":\"r" + std::to_string(i) + "\",\"text\":\"" +
            (copy ? "Great post, visit http://shop.example now " + std::to_string(i % 4)
                  : "A remark of its own, the " + std::to_string(i) + "th, on the winter birds") +
            "\",\"author\":\"Reader " + std::to_string(who) + "\",\"email\":\"r" + std::to_string(who) +
            "@mail.example\",\"ip\":\"192.0.2." + std::to_string(who) +
            "\",\"date\":\"2015-03-01T10:" + std::to_string(10 + i / 60 % 50) + ":" +
            std::to_string(10 + i % 50) + "Z\",\"article\":\"birds\"" +
            (i % 5 == 4 ? ",\"parent\":\"r" + std::to_string(i - 3) + "\"" : "") +
            (i % 13 == 0 ? ",\"label\":\"spam\"" : "") + "}\n";
    if (i % 400 == 7) rows += "no row\n";
  }
  struct One {
    Verdict verdict;
    Facts facts;
    Status status;
    std::optional<Id> parent;
  };
  std::map<Id, One> first;
  std::string errors;
  // Copies of one store: each has a key of its own by which features are hashed, and sums differ in the last
  // bit.
  const TempFolder origin("import");
  REQUIRE(opened(origin)->add_site(site_named("blog"), {}).has_value());
  for (const char* jobs : {"1", "2", "7"}) {
    CAPTURE(jobs);
    const TempFolder home("import");
    std::filesystem::copy(origin / "data", home / "data", std::filesystem::copy_options::recursive);
    const Ran ran =
        run_program({"import", "--site", "blog", "--jobs", jobs, "--data", home / "data", "-"}, rows);
    CHECK(ran.code == 3);
    CHECK(ran.out.find("1,300 rows: 1,300 added, 0 already there, 4 bad lines") != std::string::npos);
    auto store = opened(home);
    QueueQuery query = in_site();
    query.status.reset();
    std::map<Id, One> all;
    std::size_t replies = 0;
    for (const Id& id : all_of(*store, query)) {
      Detail detail = value_of(store->detail({}, id, kNoon));
      // When it was imported is each run's own.
      detail.facts.now = detail.facts.article_first_seen = 0;
      for (Record* record :
           {&detail.facts.author, &detail.facts.email, &detail.facts.address, &detail.facts.network}) {
        record->first_seen = record->last_seen = 0;
      }
      for (auto& domain : detail.facts.domains) domain.record.first_seen = domain.record.last_seen = 0;
      replies += detail.comment.parent ? 1 : 0;
      all.emplace(id, One{detail.verdict, detail.facts, detail.comment.status, detail.comment.parent});
    }
    REQUIRE(all.size() == 1300);
    CHECK(replies == 260);
    if (first.empty()) {
      first = std::move(all);
      errors = ran.err;
      continue;
    }
    CHECK(ran.err == errors);
    for (const auto& [id, one] : first) {
      REQUIRE(all.contains(id));
      const One& other = all.at(id);
      CHECK(one.verdict == other.verdict);
      CHECK(one.facts == other.facts);
      CHECK(one.status == other.status);
      CHECK(one.parent == other.parent);
    }
  }
}

TEST_CASE("a row keeps a status of ours, and a foreign archive's own words are not mistaken for ours") {
  const TempFolder home("import");
  REQUIRE(opened(home)->add_site(site_named("blog"), {}).has_value());
  const Ran ran = run_program(
      {"import", "--site", "blog", "--data", home / "data", "-"},
      "{\"id\":\"1\",\"text\":\"one\",\"status\":\"approved\"}\n"
      "{\"id\":\"2\",\"text\":\"two\",\"status\":\"publish\",\"parent\":7,\"author_id\":{},\"referrer\":[]}\n"
      "{\"id\":\"3\",\"text\":\"three\",\"status\":\"spam\",\"label\":\"ham\"}\n");
  CHECK(ran.code == 3);
  CHECK(ran.err.find("standard input:3: ") != std::string::npos);
  CHECK(ran.err.find("contradicts the label") != std::string::npos);
  CHECK(ran.out.find("approved 1") != std::string::npos);
  CHECK(ran.out.find("pending 1") != std::string::npos);
}
