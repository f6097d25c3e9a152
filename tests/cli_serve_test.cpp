// The service as the operator meets it: first start, later starts, signals, settings that are wrong.
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "program.h"
#include "secrets.h"

using namespace chaffinch::test;
namespace fs = std::filesystem;

namespace {

const std::string kComment =
    R"({"site":"demo","article":{"id":"hello"},"author":{"name":"Ana"},"content":"A fine bird."})";

std::vector<std::string> serve_on(const TempFolder& home, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"serve", "--port", "0", "--data", home / "data"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

bool any_file_holds(const std::string& folder, const std::string& text) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && TempFolder::read(entry.path().string()).find(text) != std::string::npos)
      return true;
  }
  return false;
}

std::string id_in(const std::string& body) {
  const std::string before = "\"id\":\"";
  const std::size_t at = body.find(before);
  REQUIRE(at != std::string::npos);
  return body.substr(at + before.size(), 36);
}

}  // namespace

TEST_SUITE_BEGIN("cli");

TEST_CASE("the first start shows the token once and keeps only its hash") {
  const TempFolder home("serve");
  std::string token;
  {
    Program server(serve_on(home));
    const int port = server.port();
    token = server.token();
    CHECK(token.size() == 47);
    CHECK(server.out().find("curl -s http://127.0.0.1:" + std::to_string(port) + "/v1/comments") !=
          std::string::npos);
    CHECK(ask(port, "GET", "/healthz").status == 200);
    CHECK(ask(port, "POST", "/v1/comments", token, kComment).status == 201);
    CHECK(ask(port, "POST", "/v1/comments", token + "x", kComment).status == 401);
    server.signal(SIGTERM);
    CHECK(server.wait() == 0);
    CHECK(server.err().find(token) == std::string::npos);
  }
  CHECK_FALSE(any_file_holds(home / "data", token));
  CHECK(any_file_holds(home / "data", chaffinch::sha256_hex(token)));
  struct stat about {};
  REQUIRE(::stat((home / "data").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);
}

TEST_CASE("the curl of the first start can be pasted as it is") {
  // On a fresh folder, and on one where a site was added before the first start.
  for (const bool site : {false, true}) {
    CAPTURE(site);
    const TempFolder home("serve");
    if (site) {
      REQUIRE(run_program({"site", "add", "mine", "--url", "https://mine.example", "--data", home / "data"})
                  .code == 0);
    }
    Program server(serve_on(home));
    server.wait_for("curl ");
    server.wait_for("}'\n");
    const std::string text = server.out();
    const std::string line = text.substr(text.find("curl "), text.find("}'\n") + 2 - text.find("curl "));
    std::FILE* pipe = ::popen(line.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string answer;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) answer += static_cast<char>(c);
    CHECK(::pclose(pipe) == 0);
    CAPTURE(answer);
    CHECK(answer.find("\"status\":\"pending\"") != std::string::npos);
  }
}

TEST_CASE("a second start keeps the data and shows no token") {
  const TempFolder home("serve");
  std::string token, id;
  {
    Program server(serve_on(home));
    token = server.token();
    id = id_in(ask(server.port(), "POST", "/v1/comments", token, kComment).body);
    server.signal(SIGINT);
    CHECK(server.wait() == 0);
  }
  Program server(serve_on(home));
  const int port = server.port();
  const Got got = ask(port, "GET", "/v1/comments/" + id, token);
  CHECK(got.status == 200);
  CHECK(got.body.find("A fine bird.") != std::string::npos);
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
  CHECK(server.out().find("chf_") == std::string::npos);
  CHECK(server.out().find("chaffinch token create") != std::string::npos);
}

TEST_CASE("a token from the environment is the first token, or one more, and is never printed") {
  const TempFolder home("serve");
  const std::string first = "from-the-environment-1";
  const std::string second = "from-the-environment-2";
  for (const std::string& wished : {first, second, second}) {
    Program server(serve_on(home), {}, {{"CHAFFINCH_ADMIN_TOKEN", wished}});
    const int port = server.port();
    CHECK(ask(port, "POST", "/v1/comments", wished, kComment).status == 201);
    CHECK(ask(port, "POST", "/v1/comments", first, kComment).status == 201);
    server.signal(SIGTERM);
    CHECK(server.wait() == 0);
    CHECK(server.out().find(wished) == std::string::npos);
    CHECK(server.out().find("chf_") == std::string::npos);
    CHECK(server.err().find(wished) == std::string::npos);
  }
  CHECK_FALSE(any_file_holds(home / "data", first));
}

TEST_CASE("the first start prints a link that signs in once, and the session outlives a restart") {
  for (const bool wished : {false, true}) {
    CAPTURE(wished);
    const TempFolder home("serve");
    const std::map<std::string, std::string> environment =
        wished ? std::map<std::string, std::string>{{"CHAFFINCH_ADMIN_TOKEN", "from-the-environment-1"}}
               : std::map<std::string, std::string>{};
    std::string cookie, code;
    {
      Program server(serve_on(home), {}, environment);
      const int port = server.port();
      server.wait_for("within 30 minutes)\n");
      const std::string before = "Open the desk: http://127.0.0.1:" + std::to_string(port) + "/desk/in#";
      const std::string out = server.out();
      REQUIRE(out.find(before) != std::string::npos);
      code = out.substr(out.find(before) + before.size(), 43);
      const Got in = ask(port, "POST", "/desk/session", {}, R"({"code":")" + code + "\"}");
      REQUIRE(in.status == 200);
      CHECK(in.body.find("\"role\":\"admin\"") != std::string::npos);
      const std::size_t at = in.head.find("chaffinch_desk=");
      REQUIRE(at != std::string::npos);
      cookie = "Cookie: " + in.head.substr(at, in.head.find(';', at) - at) + "\r\n";
      CHECK(ask(port, "POST", "/desk/session", {}, R"({"code":")" + code + "\"}").status == 401);
      server.signal(SIGTERM);
      CHECK(server.wait() == 0);
      CHECK(server.err().find(code) == std::string::npos);
    }
    CHECK_FALSE(any_file_holds(home / "data", code));
    CHECK_FALSE(any_file_holds(home / "data", cookie.substr(23, 43)));
    Program server(serve_on(home), {}, environment);
    CHECK(ask(server.port(), "GET", "/v1/tokens", {}, {}, cookie).status == 200);
    server.wait_for("chaffinch token link ID");
    CHECK(server.out().find("/desk/in#") == std::string::npos);
    server.signal(SIGTERM);
    CHECK(server.wait() == 0);
  }
}

TEST_CASE("a token in the environment that anybody could guess or no header can carry is refused") {
  for (const std::string& wished : {std::string("short"), std::string("fifteen-letters"),
                                    std::string(201, 'x'), std::string("with spaces in it is no token"),
                                    std::string("letters beyond \xC3\xA9\xC3\xA9\xC3\xA9")}) {
    CAPTURE(wished);
    const TempFolder home("serve");
    const Ran ran = run_program(serve_on(home), {}, {{"CHAFFINCH_ADMIN_TOKEN", wished}});
    CHECK(ran.code == 1);
    CHECK(ran.err.find("CHAFFINCH_ADMIN_TOKEN must be") != std::string::npos);
    CHECK(ran.err.find(wished) == std::string::npos);
    CHECK_FALSE(fs::exists(home / "data"));
  }
}

TEST_CASE("a request in flight is answered before SIGTERM ends the program") {
  const TempFolder home("serve");
  Program server(serve_on(home));
  const int port = server.port();
  const std::string token = server.token();
  Connection connection(port);
  connection.send(
      "POST /v1/comments HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nAuthorization: Bearer " +
      token + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(kComment.size()) +
      "\r\n\r\n");
  // The service says that it has read the head and waits for the body.
  CHECK(connection.read_until("\r\n\r\n").starts_with("HTTP/1.1 100 "));
  server.signal(SIGTERM);
  connection.send(kComment);
  const Got got = read_answer(connection);
  CHECK(got.status == 201);
  CHECK(server.wait() == 0);
  // And what was acknowledged is there.
  Program again(serve_on(home));
  CHECK(ask(again.port(), "GET", "/v1/comments/" + id_in(got.body), token).status == 200);
}

TEST_CASE("idle connections do not hold up the end") {
  const TempFolder home("serve");
  Program server(serve_on(home));
  const int port = server.port();
  Connection idle(port), used(port);
  used.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  CHECK(used.read_until("\r\n").find(" 200 ") != std::string::npos);
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
}

TEST_CASE("SIGHUP reads the rule packs again, all or nothing") {
  const TempFolder home("serve");
  const auto pack = [](const std::string& name, const std::string& match) {
    return "pack = \"mine\"\nabout = \"Mine\"\n[[pattern]]\nname = \"" + name +
           "\"\nabout = \"Says it.\"\nscore = 2.0\n" + "type = \"regex\"\nmatch = ['" + match +
           "']\nspam = [\"zzyzx\"]\nham = [\"a road\"]\n";
  };
  fs::create_directory(home / "packs");
  home.write("packs/mine.toml", pack("first_name", "zzyzx"));
  Program server(serve_on(home, {"--rules-folder", home / "packs"}));
  const int port = server.port();
  const std::string token = server.token();
  const auto judged = [&] {
    return ask(port, "POST", "/v1/check", token,
               R"({"site":"demo","article":{"id":"a"},"content":"off to zzyzx"})")
        .body;
  };
  CHECK(judged().find("first_name") != std::string::npos);
  home.write("packs/mine.toml", pack("second_name", "zzyzx("));
  server.signal(SIGHUP);
  server.wait_for_error("rules refused");
  CHECK(judged().find("first_name") != std::string::npos);
  home.write("packs/mine.toml", pack("third_name", "zzyzx"));
  server.signal(SIGHUP);
  server.wait_for_error("rules reloaded");
  CHECK(judged().find("third_name") != std::string::npos);
}

TEST_CASE("metrics have a listener of their own when asked for") {
  const TempFolder home("serve");
  Program server(serve_on(home, {"--metrics-port", "0"}));
  server.port();
  server.wait_for("Metrics at http://127.0.0.1:");
  server.wait_for("/metrics\n");
  const std::string text = server.out();
  const std::string before = "Metrics at http://127.0.0.1:";
  const int port = std::stoi(text.substr(text.find(before) + before.size()));
  const Got got = ask(port, "GET", "/metrics");
  CHECK(got.status == 200);
  CHECK(got.body.find("chaffinch_") != std::string::npos);
  CHECK(ask(port, "GET", "/v1/comments?site=demo&article=a").status == 404);
  CHECK(ask(port, "POST", "/metrics").status == 405);
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
}

TEST_CASE("what cannot start says so in one sentence and leaves with 1") {
  const TempFolder home("serve");
  Program running(serve_on(home));
  const std::string port = std::to_string(running.port());
  home.write("not.toml", "this is = = no toml");
  home.write("unknown.toml", "[http]\nprot = 80\n");
  fs::create_directory(home / "empty");
  fs::create_directory(home / "broken");
  home.write("broken/chaffinch.db", std::string(8192, 'x'));
  struct Row {
    std::vector<std::string> words;
    std::string says;
  };
  const Row rows[] = {
      {{"serve", "--port", port, "--data", home / "other"}, "cannot listen on 127.0.0.1:" + port},
      {{"serve", "--port", "0", "--data", home / "data"}, "chaffinch.db"},  // the running one has it
      {{"serve", "--port", "0", "--data", home / "broken"}, "chaffinch.db"},
      {{"serve", "--port", "0", "--data", "/proc/none/data"}, "cannot make the data folder /proc/none/data"},
      {{"serve", "--port", "0", "--config", home / "missing.toml"}, "missing.toml: No such file"},
      {{"serve", "--port", "0", "--config", home.path()}, "it is a folder"},
      {{"serve", "--port", "0", "--config", home / "not.toml"}, "not.toml"},
      {{"serve", "--port", "0", "--config", home / "unknown.toml"}, "prot"},
      {{"serve", "--port", "ninety", "--data", home / "x"}, "port"},
      {{"serve", "--port", "65536", "--data", home / "x"}, "port"},
      {{"serve", "--port", "0", "--host", "0.0.0.0", "--data", home / "x"}, "0.0.0.0"},  // needs its own flag
      {{"serve", "--port", "0", "--data", home / "x", "--rules-folder", home / "empty"}, "holds no pack"},
      {{"serve", "--port", "0", "--data", home / "x", "--rules-folder", home / "nowhere"}, "nowhere"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.says);
    const Ran ran = run_program(row.words);
    CAPTURE(ran.err);
    CHECK(ran.code == 1);
    CHECK(ran.out == "");
    CHECK(ran.err.starts_with("chaffinch: "));
    CHECK(ran.err.find(row.says) != std::string::npos);
  }
  const Ran unknown =
      run_program({"serve", "--port", "0", "--data", home / "x"}, {}, {{"CHAFFINCH_HTTP_PROT", "1"}});
  CHECK(unknown.code == 1);
  CHECK(unknown.err.find("CHAFFINCH_HTTP_PROT") != std::string::npos);
  CHECK_FALSE(fs::exists(home / "x"));
  CHECK(ask(running.port(), "GET", "/healthz").status == 200);
}

TEST_CASE("a command line that is wrong leaves with 2 and names the help") {
  const std::vector<std::vector<std::string>> kWrong = {
      {},
      {"fly"},
      {"serve", "--wings", "2"},
      {"import"},
      {"import", "--site", "demo"},
      {"import", "--site", "demo", "--format", "xml", "file"},
      {"replay", "file"},
      {"replay", "file", "--to", "gopher://x", "--token", "t"},
      {"check", "--jobs", "0"},
      {"check", "--site", "demo"},
      {"token"},
      {"token", "create"},
      {"token", "create", "--role", "king"},
      {"token", "revoke", "not-an-id"},
      {"site", "add", "UPPER", "--url", "https://blog.example"},
      {"site", "add", "fine", "--url", "javascript:1"},
      {"rules", "test", ""},
  };
  for (const auto& words : kWrong) {
    std::string shown;
    for (const std::string& one : words) shown += one + " ";
    CAPTURE(shown);
    const Ran ran = run_program(words);
    CAPTURE(ran.err);
    CHECK(ran.code == 2);
    CHECK(ran.out == "");
    CHECK(ran.err.starts_with("chaffinch: "));
  }
  CHECK(run_program({"import", "--sit", "x"}).err.find("chaffinch import --help") != std::string::npos);
}

TEST_CASE("every command has help with an example") {
  const std::vector<std::vector<std::string>> kCommands = {{"serve"},
                                                           {"settings"},
                                                           {"check"},
                                                           {"import"},
                                                           {"replay"},
                                                           {"backup"},
                                                           {"token", "create"},
                                                           {"token", "list"},
                                                           {"token", "revoke"},
                                                           {"token", "rotate-keys"},
                                                           {"site", "add"},
                                                           {"site", "list"},
                                                           {"rules", "check"},
                                                           {"rules", "list"},
                                                           {"rules", "test"},
                                                           {"rules", "import"},
                                                           {"rules", "backtest"},
                                                           {"learn", "status"},
                                                           {"learn", "rebuild"},
                                                           {"learn", "explain"}};
  for (auto words : kCommands) {
    std::string name = "chaffinch";
    for (const std::string& one : words) name += " " + one;
    CAPTURE(name);
    words.emplace_back("--help");
    const Ran ran = run_program(words);
    CHECK(ran.code == 0);
    const std::size_t example = ran.out.find("Example:");
    REQUIRE(example != std::string::npos);
    CHECK(ran.out.find(name.substr(10), example) != std::string::npos);
  }
  CHECK(run_program({"--version"}).out == "chaffinch " CHAFFINCH_VERSION "\n");
}

TEST_CASE("the Akismet keys that are printed are good, and only their hashes are kept") {
  const TempFolder home("akismet");
  const std::string data = home / "data";
  const Ran added = run_program({"site", "add", "mine", "--url", "https://mine.example", "--data", data});
  REQUIRE(added.code == 0);
  const std::string before = "shown only this once: ";
  const std::size_t at = added.out.find(before);
  REQUIRE(at != std::string::npos);
  const std::string first = added.out.substr(at + before.size(), 12);
  const Ran second = run_program({"token", "create", "--role", "akismet", "--site", "mine", "--data", data});
  REQUIRE(second.out.size() == 13);
  CHECK(run_program({"token", "create", "--role", "akismet", "--data", data}).code == 2);
  {
    Program server(serve_on(home));
    const int port = server.port();
    for (const std::string& key : {first, second.out.substr(0, 12)}) {
      CHECK(chaffinch::is_akismet_key(key));
      CHECK(ask(port, "POST", "/1.1/verify-key", {}, "blog=https://mine.example&key=" + key).body == "valid");
    }
    server.signal(SIGTERM);
    CHECK(server.wait() == 0);
  }
  CHECK_FALSE(any_file_holds(data, first));
  CHECK(any_file_holds(data, chaffinch::akismet_key_hash(first)));
}

TEST_CASE("settings shows each value and where it came from") {
  const TempFolder home("settings");
  const std::string config =
      home.write("my.toml", "[http]\nport = 9001\nconnections = 77\nkeep_alive_seconds = 11\n");
  const Ran ran = run_program({"settings", "--config", config, "--port", "9003"}, {},
                              {{"CHAFFINCH_HTTP_PORT", "9002"}, {"CHAFFINCH_HTTP_CONNECTIONS", "88"}});
  CAPTURE(ran.out);
  CHECK(ran.code == 0);
  const auto row = [&](const std::string& name) {
    const std::size_t at = ran.out.find(name + " ");
    return at == std::string::npos ? std::string() : ran.out.substr(at, ran.out.find('\n', at) - at);
  };
  CHECK(row("http.port").find("9003") != std::string::npos);
  CHECK(row("http.port").find("flag") != std::string::npos);
  CHECK(row("http.connections").find("88") != std::string::npos);
  CHECK(row("http.connections").find("CHAFFINCH_HTTP_CONNECTIONS") != std::string::npos);
  CHECK(row("http.keep_alive_seconds").find("11") != std::string::npos);
  CHECK(row("http.keep_alive_seconds").find("my.toml:4") != std::string::npos);
  CHECK(row("http.host").find("default") != std::string::npos);
}
