// Comments in bulk, with the real program: check, import, replay, backup; and tokens, sites and rules from
// the command line.
#include <doctest/doctest.h>

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "program.h"

using namespace chaffinch::test;
namespace fs = std::filesystem;

namespace {

// Rows of an archive, made for these tests: the id is the number.
std::string row(int number, const std::string& text, const std::string& more = {}) {
  return R"({"id":"t:)" + std::to_string(number) + R"(","text":")" + text + R"(","author":"Reader )" +
         std::to_string(number) + R"(","date":"2015-03-0)" + std::to_string(1 + number % 9) +
         R"(T10:00:00Z","article":"birds")" + more + "}\n";
}

const char* kSpam = R"(,"label":"spam")";
const char* kHam = R"(,"label":"ham")";
const char* kAbuse = R"(,"label":"abuse")";

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

void add_site(const TempFolder& home, const std::string& site = "blog") {
  const Ran ran =
      run_program({"site", "add", site, "--url", "https://" + site + ".example", "--data", home / "data"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
}

std::string make_token(const TempFolder& home, const std::string& role) {
  const Ran ran = run_program({"token", "create", "--role", role, "--data", home / "data"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  REQUIRE(ran.out.starts_with("chf_"));
  return ran.out.substr(0, ran.out.size() - 1);
}

}  // namespace

TEST_SUITE_BEGIN("cli");

TEST_CASE("check gives a verdict for each line, in order, and an error for each bad one") {
  std::string input;
  for (int i = 1; i <= 600; ++i) {
    if (i == 5)
      input += "this is no JSON\n";
    else if (i == 77)
      input += "{\"id\":\"t:77\"}\n";
    else if (i == 78)
      input += std::string(1'100'000, ' ') + "\n";
    else if (i % 100 == 0)
      input += "\n";
    else
      input += row(i, "A remark about finches, the " + std::to_string(i) + "th.");
  }
  for (const char* jobs : {"1", "5"}) {
    CAPTURE(jobs);
    const Ran ran = run_program({"check", "--jobs", jobs}, input);
    CHECK(ran.code == 3);
    CHECK(ran.err == "chaffinch: 3 lines were bad\n");
    std::istringstream lines(ran.out);
    std::string line;
    for (int i = 1; i <= 600; ++i) {
      if (i % 100 == 0) continue;
      CAPTURE(i);
      REQUIRE(std::getline(lines, line));
      if (i == 5 || i == 77 || i == 78) {
        CHECK(line.find("\"error\":") != std::string::npos);
        const std::size_t at = line.find("\"line\":" + std::to_string(i));
        REQUIRE(at != std::string::npos);
        CHECK(std::string(",}").find(line[at + 7 + std::to_string(i).size()]) != std::string::npos);
      } else {
        CHECK(line.find("\"id\":\"t:" + std::to_string(i) + "\"") != std::string::npos);
        CHECK(line.find("\"action\":\"") != std::string::npos);
        CHECK(line.find("\"score\":") != std::string::npos);
        CHECK(line.find("\"findings\":[") != std::string::npos);
      }
    }
    CHECK_FALSE(std::getline(lines, line));
  }
}

TEST_CASE("check publishes what is not flagged and flags what is") {
  const Ran ran = run_program(
      {"check"},
      row(1, "I saw one in the garden this morning.") +
          row(2,
              "buy cheap viagra and cialis online http://a.example http://b.example http://c.example "
              "http://d.example [url=http://e.example]cheap viagra pills[/url]"));
  CHECK(ran.code == 0);
  const std::string first = ran.out.substr(0, ran.out.find('\n'));
  const std::string second = ran.out.substr(ran.out.find('\n') + 1);
  CHECK(first.find("\"action\":\"approve\"") != std::string::npos);
  CHECK(second.find("\"action\":\"approve\"") == std::string::npos);
}

TEST_CASE("an explanation is for people and shows no control character of a comment") {
  const Ran ran = run_program(
      {"check", "--explain"},
      row(1, "cheap \\u001b[31mviagra http://a.example http://b.example http://c.example\\n\\u202egpj"));
  CHECK(ran.code == 0);
  CHECK(ran.out.starts_with("line 1  t:1\n"));
  CHECK(ran.out.find("score ") != std::string::npos);
  CHECK(ran.out.find("\\x1b[31m") != std::string::npos);
  CHECK(ran.out.find('\x1b') == std::string::npos);
  CHECK(ran.out.find("\xE2\x80\xAE") == std::string::npos);
}

TEST_CASE("check asks the store that it is given") {
  const TempFolder home("check");
  add_site(home);
  const Ran ran = run_program({"check", "--data", home / "data"}, row(1, "A remark."));
  CHECK(ran.code == 0);
  CHECK(ran.out.find("\"action\":\"hold\"") !=
        std::string::npos);  // the site's policy: a first comment waits
  add_site(home, "other");
  const Ran which = run_program({"check", "--data", home / "data"}, row(1, "A remark."));
  CHECK(which.code == 1);
  CHECK(which.err.find("--site") != std::string::npos);
  CHECK(run_program({"check", "--data", home / "data", "--site", "other"}, row(1, "A remark.")).code == 0);
  const Ran none = run_program({"check", "--data", home / "data", "--site", "nowhere"}, row(1, "A remark."));
  CHECK(none.code == 1);
  CHECK(none.err.find("there is no site nowhere") != std::string::npos);
}

TEST_CASE("an archive is imported once however often it is read, and bad lines are named") {
  const TempFolder home("import");
  add_site(home);
  std::string archive;
  for (int i = 1; i <= 30; ++i)
    archive += row(i, "Remark number " + std::to_string(i) + " on birds.", i <= 20 ? kHam : "");
  archive += row(31, "cheap pills", kSpam) + row(32, "you fool", kAbuse);
  archive += "no JSON \x1b[2J\n";
  archive += "{\"id\":\"t:34\",\"text\":\"" + std::string(70'000, 'x') + "\"}\n";
  archive += std::string(1'100'000, 'x') + "\n";
  archive += row(36, "The last one has no line end.");
  archive.pop_back();
  const std::string file = home.write("archive.jsonl", archive);
  const std::vector<std::string> words = {"import", "--site", "blog", "--data", home / "data", file};

  const Ran first = run_program(words);
  CAPTURE(first.out);
  CAPTURE(first.err);
  CHECK(first.code == 3);
  CHECK(first.out.find("33 rows: 33 added, 0 already there, 3 bad lines\n") != std::string::npos);
  CHECK(first.out.find("approved 20") != std::string::npos);
  CHECK(first.out.find("rejected 1") != std::string::npos);
  CHECK(first.out.find("spam 1") != std::string::npos);
  CHECK(first.out.find("pending 11") != std::string::npos);
  CHECK(first.out.find("rows/s") != std::string::npos);
  for (const char* number : {":33: ", ":34: ", ":35: "})
    CHECK(first.err.find(file + number) != std::string::npos);
  CHECK(first.err.find('\x1b') == std::string::npos);

  const Ran second = run_program(words);
  CHECK(second.code == 3);
  CHECK(second.out.find("33 rows: 0 added, 33 already there, 3 bad lines\n") != std::string::npos);

  // The rest of a run that was cut short, from standard input.
  const Ran more = run_program({"import", "--site", "blog", "--data", home / "data", "-"},
                               row(30, "Remark number 30 on birds.") + row(40, "A new one.", kHam));
  CHECK(more.code == 0);
  CHECK(more.out.find("2 rows: 1 added, 1 already there, 0 bad lines\n") != std::string::npos);

  const std::string admin = make_token(home, "admin");
  Program server({"serve", "--port", "0", "--data", home / "data"});
  const int port = server.port();
  const Got thread = ask(port, "GET", "/v1/comments?site=blog&article=birds");
  CHECK(thread.status == 200);
  CHECK(times(thread.body, "\"content\":") == 21);
  const Got queue = ask(port, "GET", "/v1/queue?site=blog&limit=100", admin);
  CHECK(queue.status == 200);
  CHECK(times(queue.body, "\"content\":\"Remark number") == 10);
}

TEST_CASE("labels are left aside when asked") {
  const TempFolder home("import");
  add_site(home);
  const std::string file = home.write("archive.jsonl", row(1, "Fine.", kHam) + row(2, "Fine too.", kAbuse));
  const Ran ran = run_program({"import", "--site", "blog", "--ignore-labels", "--data", home / "data", file});
  CHECK(ran.code == 0);
  CHECK(ran.out.find("pending 2") != std::string::npos);
  CHECK(run_program({"import", "--site", "blog", "--ignore-labels", "--label-from-archive", "--data",
                     home / "data", file})
            .code == 2);
}

TEST_CASE("rows without an id are told apart by what they say") {
  const TempFolder home("import");
  add_site(home);
  const std::string rows = "{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"text\":\"one\"}\n";
  const Ran ran = run_program({"import", "--site", "blog", "--data", home / "data", "-"}, rows);
  CHECK(ran.code == 0);
  CHECK(ran.out.find("3 rows: 2 added, 1 already there") != std::string::npos);
}

TEST_CASE("only the first twenty bad lines are shown, all are counted") {
  const TempFolder home("import");
  add_site(home);
  std::string bad;
  for (int i = 0; i < 50; ++i) bad += "{}\n";
  const Ran ran =
      run_program({"import", "--site", "blog", "--data", home / "data", "-"}, bad + row(1, "Good."));
  CHECK(ran.code == 3);
  CHECK(times(ran.err, "standard input:") == 20);
  CHECK(ran.out.find("1 rows: 1 added, 0 already there, 50 bad lines") != std::string::npos);
}

TEST_CASE("an import that cannot be says why and how") {
  const TempFolder home("import");
  const std::string file = home.write("archive.jsonl", row(1, "Fine."));
  const Ran empty = run_program({"import", "--site", "blog", "--data", home / "data", file});
  CHECK(empty.code == 1);
  CHECK(empty.err.find("there is no database in " + home / "data") != std::string::npos);
  add_site(home);
  const Ran site = run_program({"import", "--site", "blogg", "--data", home / "data", file});
  CHECK(site.code == 1);
  CHECK(site.err.find("there is no site blogg: add it with `chaffinch site add blogg") != std::string::npos);
  const Ran missing = run_program({"import", "--site", "blog", "--data", home / "data", home / "nothing"});
  CHECK(missing.code == 1);
  CHECK(missing.err.find("nothing: No such file") != std::string::npos);
  Program server({"serve", "--port", "0", "--data", home / "data"});
  server.port();
  const Ran locked = run_program({"import", "--site", "blog", "--data", home / "data", file});
  CHECK(locked.code == 1);
  CHECK(locked.err.find("stop the service") != std::string::npos);
}

TEST_CASE("an import stops cleanly between batches") {
  const TempFolder home("import");
  add_site(home);
  REQUIRE(::mkfifo((home / "pipe").c_str(), 0600) == 0);
  Program import({"import", "--site", "blog", "--data", home / "data", home / "pipe"});
  const int fd = ::open((home / "pipe").c_str(), O_WRONLY | O_CLOEXEC);
  const std::string rows = row(1, "One.") + row(2, "Two.");
  REQUIRE(::write(fd, rows.data(), rows.size()) == static_cast<ssize_t>(rows.size()));
  import.signal(SIGINT);
  CHECK(import.wait() == 1);
  ::close(fd);
  CHECK(import.out().find("Stopped.") != std::string::npos);
  // Whatever was read is in, whole.
  const Ran again = run_program({"import", "--site", "blog", "--data", home / "data", "-"}, rows);
  CHECK(again.code == 0);
  CHECK(again.out.find("2 rows: ") != std::string::npos);
}

TEST_CASE("a replay posts an archive as live submissions without its labels") {
  const TempFolder home("replay");
  Program server({"serve", "--port", "0", "--data", home / "data"});
  const int port = server.port();
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  std::string archive;
  for (int i = 1; i <= 60; ++i) {
    archive += row(i, "Live remark " + std::to_string(i) + " \\u0001 \\\"quoted\\\" \\u2713", kSpam);
  }
  archive += "bad\n";
  const std::string file = home.write("archive.jsonl", archive);
  const Ran ran = run_program(
      {"replay", file, "--to", url, "--token", server.token(), "--site", "demo", "--connections", "5"});
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  CHECK(ran.out.find("60 sent") != std::string::npos);
  CHECK(ran.out.find("201 60") != std::string::npos);
  CHECK(ran.out.find("pending 60") != std::string::npos);
  CHECK(ran.out.find("p99 ") != std::string::npos);
  CHECK(ran.out.find("1 bad line") != std::string::npos);
  CHECK(ran.err.find(":61: ") != std::string::npos);
  const Got queue = ask(port, "GET", "/v1/queue?site=demo&limit=200", server.token());
  CHECK(times(queue.body, "Live remark") >= 60);
  CHECK(queue.body.find("2015-03-02T10:00:00Z") != std::string::npos);  // the row's own time

  const Ran timeless = run_program({"replay", home.write("one", row(99, "Of today.")), "--to", url, "--token",
                                    server.token(), "--site", "demo", "--no-keep-time", "--rate", "50"});
  CHECK(timeless.code == 0);
  const Got newest = ask(port, "GET", "/v1/queue?site=demo&sort=newest&limit=1", server.token());
  CHECK(newest.body.find("Of today.") != std::string::npos);
  CHECK(newest.body.find("2015-03") == std::string::npos);
}

TEST_CASE("a replay that nobody takes leaves with 1 and says why") {
  const TempFolder home("replay");
  const std::string file = home.write("archive.jsonl", row(1, "Fine.") + row(2, "Fine."));
  int free_port = 0;
  {
    Program server({"serve", "--port", "0", "--data", home / "data"});
    free_port = server.port();
    const Ran ran = run_program({"replay", file, "--to", "http://127.0.0.1:" + std::to_string(free_port),
                                 "--token", "chf_wrong-wrong-wrong", "--site", "demo"});
    CHECK(ran.code == 1);
    CHECK(ran.out.find("401 ") != std::string::npos);
    CHECK(ran.err.find("answered 401") != std::string::npos);
    // The admin token that a first start prints is for all sites; no row would be taken, so few are sent.
    std::string many;
    for (int i = 0; i < 200; ++i) many += row(i, "Fine.");
    const Ran nowhere = run_program({"replay", home.write("many.jsonl", many), "--to",
                                     "http://127.0.0.1:" + std::to_string(free_port), "--token",
                                     server.token(), "--connections", "2"});
    CHECK(nowhere.code == 1);
    CHECK(nowhere.err.find("name one with --site ID") != std::string::npos);
    CHECK(nowhere.out.find("200 sent") == std::string::npos);
    server.signal(SIGTERM);
    CHECK(server.wait() == 0);
  }
  const Ran gone =
      run_program({"replay", file, "--to", "http://127.0.0.1:" + std::to_string(free_port), "--token", "t"});
  CHECK(gone.code == 1);
  CHECK(gone.err.find("no answer from http://127.0.0.1:" + std::to_string(free_port)) != std::string::npos);
}

TEST_CASE("a backup is made while the service runs, and the service starts on it") {
  const TempFolder home("backup");
  std::string token;
  {
    Program server({"serve", "--port", "0", "--data", home / "data"});
    const int port = server.port();
    token = server.token();
    const std::string file = home.write("archive.jsonl", row(1, "Before the backup."));
    REQUIRE(run_program({"replay", file, "--to", "http://127.0.0.1:" + std::to_string(port), "--token", token,
                         "--site", "demo"})
                .code == 0);
    const Ran ran = run_program({"backup", home / "copy.db", "--data", home / "data"});
    CAPTURE(ran.err);
    CHECK(ran.code == 0);
    CHECK(ran.out.find("To restore: ") != std::string::npos);
    // After the copy, and therefore not in it.
    const std::string later = home.write("later.jsonl", row(2, "After the backup."));
    REQUIRE(run_program({"replay", later, "--to", "http://127.0.0.1:" + std::to_string(port), "--token",
                         token, "--site", "demo"})
                .code == 0);
    const Ran again = run_program({"backup", home / "copy.db", "--data", home / "data"});
    CHECK(again.code == 1);
    CHECK(again.err.find("exists already") != std::string::npos);
  }
  struct stat about {};
  REQUIRE(::stat((home / "copy.db").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  std::size_t left_over = 0;
  for (const auto& entry : fs::directory_iterator(home.path())) {
    left_over += entry.path().filename().string().starts_with("copy.db") ? 1 : 0;
  }
  CHECK(left_over == 1);

  fs::create_directory(home / "restored");
  fs::rename(home / "copy.db", home / "restored/chaffinch.db");
  Program server({"serve", "--port", "0", "--data", home / "restored"});
  const int port = server.port();
  CHECK(server.out().find("chf_") == std::string::npos);
  const Got queue = ask(port, "GET", "/v1/queue?site=demo", token);
  CHECK(queue.status == 200);
  CHECK(queue.body.find("Before the backup.") != std::string::npos);
  CHECK(queue.body.find("After the backup.") == std::string::npos);
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
}

TEST_CASE("a backup of nothing, or to nowhere, is refused and leaves nothing") {
  const TempFolder home("backup");
  const Ran none = run_program({"backup", home / "copy.db", "--data", home / "data"});
  CHECK(none.code == 1);
  CHECK(none.err.find("there is no database") != std::string::npos);
  add_site(home);
  const Ran nowhere = run_program({"backup", home / "no/such/copy.db", "--data", home / "data"});
  CHECK(nowhere.code == 1);
  CHECK(nowhere.err.find("cannot write the copy: No such file") != std::string::npos);
  fs::create_directory(home / "damaged");
  home.write("damaged/chaffinch.db", std::string(100'000, 'x'));
  const Ran damaged = run_program({"backup", home / "copy.db", "--data", home / "damaged"});
  CHECK(damaged.code == 1);
  CHECK_FALSE(fs::exists(home / "copy.db"));
  CHECK_FALSE(fs::exists(home / "copy.db.part"));
}

TEST_CASE("tokens are made, listed and revoked; only the one who made it sees the secret") {
  const TempFolder home("token");
  const Ran none = run_program({"token", "create", "--role", "admin", "--data", home / "data"});
  CHECK(none.code == 1);
  CHECK(none.err.find("there is no database") != std::string::npos);
  add_site(home);
  const Ran made = run_program({"token", "create", "--role", "frontend", "--site", "blog", "--name",
                                "wordpress", "--expires", "30", "--data", home / "data"});
  CHECK(made.code == 0);
  const std::string secret = made.out.substr(0, made.out.size() - 1);
  CHECK(
      run_program({"token", "create", "--role", "feed", "--site", "nowhere", "--data", home / "data"}).code ==
      1);
  const Ran list = run_program({"token", "list", "--data", home / "data"});
  CHECK(list.code == 0);
  CHECK(list.out.find("frontend") != std::string::npos);
  CHECK(list.out.find("wordpress") != std::string::npos);
  CHECK(list.out.find("expires ") != std::string::npos);
  CHECK(list.out.find(secret) == std::string::npos);
  const std::string id = list.out.substr(0, 36);
  CHECK(run_program({"token", "revoke", id, "--data", home / "data"}).code == 0);
  CHECK(run_program({"token", "list", "--data", home / "data"}).out.find("revoked ") != std::string::npos);
  CHECK(run_program({"token", "revoke", "00000000-0000-7000-8000-000000000000", "--data", home / "data"})
            .code == 1);
  CHECK(run_program({"token", "rotate-keys", "--data", home / "data"}).code == 0);
}

TEST_CASE("tokens of the desk come with a link, and get a new one") {
  const TempFolder home("token");
  add_site(home);
  const std::string data = home / "data";
  const auto link_in = [](const std::string& text) {
    const std::string before = "http://127.0.0.1:8080/desk/in#";
    const std::size_t at = text.find(before);
    return at == std::string::npos ? std::string() : text.substr(at + before.size(), 43);
  };
  const Ran made = run_program({"token", "create", "--role", "moderator", "--site", "blog", "--data", data});
  CHECK(made.code == 0);
  CHECK(made.out.starts_with("chf_"));
  CHECK(made.out.find('\n') == made.out.size() - 1);
  const std::string first = link_in(made.err);
  CHECK(first.size() == 43);
  CHECK(link_in(run_program({"token", "create", "--role", "feed", "--data", data}).err).empty());
  const std::string list = run_program({"token", "list", "--data", data}).out;
  const auto id_of = [&](const char* role) {
    const std::size_t at = list.find(role);
    REQUIRE(at != std::string::npos);
    return list.substr(at - 38, 36);
  };
  const Ran linked = run_program({"token", "link", id_of("moderator"), "--data", data});
  CHECK(linked.code == 0);
  const std::string second = link_in(linked.out);
  CHECK(second.size() == 43);
  CHECK(linked.out.find('\n') == linked.out.size() - 1);
  CHECK(
      link_in(run_program({"token", "link", id_of("moderator"), "--port", "0", "--data", data}).out).empty());
  const Ran feed = run_program({"token", "link", id_of("feed"), "--data", data});
  CHECK(feed.code == 1);
  CHECK(feed.err.find("does not open the desk") != std::string::npos);
  CHECK(run_program({"token", "link", "x", "--data", data}).code == 2);
  Program server({"serve", "--port", "0", "--data", data});
  const int port = server.port();
  for (const std::string& code : {first, second})
    CHECK(ask(port, "POST", "/desk/session", {}, R"({"code":")" + code + "\"}").status == 200);
  const Ran running = run_program({"token", "link", id_of("moderator"), "--data", data});
  CHECK(running.code == 1);
  CHECK(running.err.find("/v1/tokens/" + id_of("moderator") + "/link") != std::string::npos);
}

TEST_CASE("with the service running, administration points to its API") {
  const TempFolder home("token");
  Program server({"serve", "--port", "0", "--data", home / "data"});
  const int port = server.port();
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"token", "create", "--role", "moderator"},
        {"token", "list"},
        {"site", "list"},
        {"learn", "status"},
        {"learn", "explain", "a text", "--site", "demo"},
        {"site", "add", "blog", "--url", "https://blog.example"}}) {
    auto all = words;
    all.insert(all.end(), {"--data", home / "data"});
    CAPTURE(words.back());
    const Ran ran = run_program(all);
    CHECK(ran.code == 1);
    CHECK(ran.err.find("curl -X ") != std::string::npos);
    // What is pointed to is there: nobody is refused for the path or the method.
    std::smatch request;
    REQUIRE(std::regex_search(ran.err, request, std::regex("curl -X ([A-Z]+) http://[^/]+(/v1/[^ ]+) ")));
    CHECK(ask(port, request[1], request[2], {}, {}).status == 401);
  }
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"token", "rotate-keys"}, {"learn", "rebuild"}}) {
    CAPTURE(words.back());
    const Ran ran = run_program({words[0], words[1], "--data", home / "data"});
    CHECK(ran.code == 1);
    CHECK(ran.err.find("Stop the service") != std::string::npos);
    CHECK(ran.err.find("curl") == std::string::npos);
  }
}

TEST_CASE("sites are added once and listed") {
  const TempFolder home("site");
  add_site(home);
  const Ran again =
      run_program({"site", "add", "blog", "--url", "https://other.example", "--data", home / "data"});
  CHECK(again.code == 1);
  const Ran list = run_program({"site", "list", "--data", home / "data"});
  CHECK(list.code == 0);
  CHECK(list.out.find("https://blog.example") != std::string::npos);
  CHECK(list.out.find("other.example") == std::string::npos);
}

TEST_CASE("a data folder may be named from where one stands") {
  const TempFolder home("site");
  const fs::path before = fs::current_path();
  fs::current_path(home.path());
  const Ran plain = run_program({"site", "add", "blog", "--url", "https://blog.example", "--data", "data"});
  const Ran deep =
      run_program({"site", "add", "blog", "--url", "https://blog.example", "--data", "a/b/data/"});
  fs::current_path(before);
  CHECK(plain.code == 0);
  CHECK(deep.code == 0);
  CHECK(fs::exists(home / "data/chaffinch.db"));
  CHECK(fs::exists(home / "a/b/data/chaffinch.db"));
}

TEST_CASE("packs are checked with their examples, and every problem is told with its place") {
  const TempFolder home("rules");
  const std::string good = home.write(
      "good.toml",
      "pack = \"mine\"\nabout = \"Mine\"\n\n[[pattern]]\nname = \"mine_one\"\nabout = \"Says it.\"\nscore = "
      "2.0\n"
      "type = \"word\"\nmatch = [\"zzyzx\"]\nspam = [\"off to zzyzx\"]\nham = [\"off to town\"]\n");
  const std::string bad =
      home.write("bad.toml",
                 "pack = \"mine\"\nabout = \"Mine\"\n\n[[pattern]]\nname = \"mine_one\"\nabout = \"Says "
                 "it.\"\nscore = 2.0\n"
                 "type = \"word\"\nmatch = [\"zzyzx\"]\nspam = [\"off to town\"]\nham = [\"off to town\"]\n");
  const Ran fine = run_program({"rules", "check", good});
  CAPTURE(fine.err);
  CHECK(fine.code == 0);
  CHECK(fine.out.find("mine") != std::string::npos);
  CHECK(fine.out.find("All examples hold.") != std::string::npos);
  const Ran wrong = run_program({"rules", "check", bad});
  CHECK(wrong.code == 1);
  CHECK(wrong.err.find("bad.toml:") != std::string::npos);
  CHECK(run_program({"rules", "check"}).code == 0);
  CHECK(run_program({"rules", "check", home / "none.toml"}).err.find("No such file") != std::string::npos);
  const Ran list = run_program({"rules", "list"});
  CHECK(list.code == 0);
  CHECK(list.out.find("link_count") != std::string::npos);
  const Ran test = run_program(
      {"rules", "test", "see http://a.example http://b.example http://c.example http://d.example"});
  CHECK(test.code == 0);
  CHECK(test.out.find("link_count") != std::string::npos);
}
