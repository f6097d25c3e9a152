// The README cannot rot: its console commands run, in order, in one shell against the real program, and
// answer what the README says they answer.
#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "program.h"

using namespace chaffinch::test;

namespace {

struct Command {
  std::string text;                   // may hold several lines
  std::vector<std::string> expected;  // lines; "…" stands for anything
  int line = 0;
};

// The commands of the ```console blocks: a line that begins with "$ " starts one; it goes on while a quote is
// open.
std::vector<Command> commands_of(const std::string& file) {
  std::ifstream in(file);
  std::vector<Command> commands;
  bool inside = false;
  bool open = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line == "```console") {
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      if (open) {
        commands.back().text += "\n" + line;
      } else if (line.starts_with("$ ")) {
        commands.push_back({line.substr(2), {}, number});
      } else {
        REQUIRE(!commands.empty());
        commands.back().expected.push_back(line);
        continue;
      }
      std::size_t quotes = 0;
      for (const char c : commands.back().text) quotes += c == '\'' ? 1 : 0;
      open = quotes % 2 == 1;
    }
  }
  return commands;
}

// `pattern` with "…" for any text.
bool like(std::string_view text, std::string_view pattern) {
  constexpr std::string_view kAny = "…";
  const std::size_t any = pattern.find(kAny);
  if (any == std::string_view::npos) return text == pattern;
  if (!text.starts_with(pattern.substr(0, any))) return false;
  const std::string_view rest = pattern.substr(any + kAny.size());
  for (std::size_t at = any; at <= text.size(); ++at) {
    if (like(text.substr(at), rest)) return true;
  }
  return false;
}

}  // namespace

TEST_SUITE_BEGIN("readme");

TEST_CASE("every command of the README answers what the README says") {
  const auto commands = commands_of(std::string(CHAFFINCH_SOURCE) + "/README.md");
  REQUIRE(commands.size() >= 15);
  const TempFolder home("readme");
  Program server({"serve", "--port", "0", "--data", home / "data", "--log-level", "error"});
  const int port = server.port();
  const std::string token = server.token();

  // One shell, a mark after each command.
  constexpr std::string_view kMark = "--- end of command ";
  std::string script =
      "cd '" + home.path() + "'\nPATH='" + std::filesystem::path(CHAFFINCH_PROGRAM).parent_path().string() +
      "':$PATH\nexport CHAFFINCH=http://127.0.0.1:" + std::to_string(port) + " TOKEN=" + token + "\n";
  for (std::size_t i = 0; i < commands.size(); ++i) {
    // The reader's own address and token stand there; ours are set above.
    if (!commands[i].text.starts_with("export CHAFFINCH=")) script += commands[i].text + "\n";
    script += "echo '" + std::string(kMark) + std::to_string(i) + "'\n";
  }
  Program shell({}, script, {}, "/bin/bash");
  CHECK(shell.wait() == 0);
  std::string out = shell.out();
  CHECK(shell.err() == "");
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const std::string mark = std::string(kMark) + std::to_string(i) + "\n";
    const std::size_t end = out.find(mark);
    REQUIRE(end != std::string::npos);
    std::string said = out.substr(0, end);
    out.erase(0, end + mark.size());
    std::string wanted;
    for (const std::string& line : commands[i].expected) wanted += line + "\n";
    if (!said.empty() && said.back() != '\n') said += '\n';
    CHECK_MESSAGE(like(said, wanted), "README.md:", commands[i].line, ": ", commands[i].text, "\nanswered\n",
                  said, "instead of\n", wanted);
  }
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
}
