#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "log.h"

using namespace chaffinch;

namespace {

// What `write` leaves on standard error: the file behind it, not the stream.
std::string on_stderr(const std::function<void()>& write) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fflush(stderr);
  const int kept = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  write();
  std::fflush(stderr);
  dup2(kept, STDERR_FILENO);
  close(kept);
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

// A line without its time, which is checked to be one.
std::string timeless(const std::string& line) {
  const std::string shape = R"({"time":"0000-00-00T00:00:00.000Z",)";
  REQUIRE(line.size() > shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    CAPTURE(line);
    CAPTURE(i);
    if (shape[i] == '0')
      REQUIRE((line[i] >= '0' && line[i] <= '9'));
    else
      REQUIRE(line[i] == shape[i]);
  }
  return "{" + line.substr(shape.size());
}

}  // namespace

TEST_SUITE_BEGIN("parts");

TEST_CASE("a log line is one JSON object with time, level, event and its fields") {
  const std::string text = on_stderr([] {
    Log log(LogLevel::debug);
    log.info("listening", {{"address", std::string("127.0.0.1:8080")},
                           {"port", std::int64_t{8080}},
                           {"seconds", 0.25},
                           {"tls", false}});
  });
  CHECK(timeless(text) ==
        "{\"level\":\"info\",\"event\":\"listening\",\"address\":\"127.0.0.1:8080\",\"port\":8080,"
        "\"seconds\":0.25,\"tls\":false}\n");
}

TEST_CASE("hostile text cannot break out of its field, its line or the terminal") {
  struct Row {
    std::string value;
    const char* written;
  };
  const Row kRows[] = {
      {"a\"},\n{\"level\":\"info", R"("a\"},\n{\"level\":\"info")"},
      {"back\\slash", R"("back\\slash")"},
      {"\x1b[2J\x07\x7f", R"("\u001b[2J\u0007\u007f")"},
      {std::string("nul\0nul", 7), R"("nul\u0000nul")"},
      {"tab\tcr\r", R"("tab\tcr\r")"},
      {"\xC2\x85 \xC2\x9B", R"("\u0085 \u009b")"},
      {"\xE2\x80\xA8\xE2\x80\xA9", R"("\u2028\u2029")"},
      {"gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xA6", "\"gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xA6\""},
      {"\xFF|\xC0\x80|\xED\xA0\x80|\xF4\x90\x80\x80|\xE2\x82",
       "\"\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD|"
       "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD|"
       "\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"{} {0} %v %s", R"("{} {0} %v %s")"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.written);
    const std::string text = on_stderr([&] { Log().warning("seen", {{"value", row.value}}); });
    CHECK(timeless(text) ==
          "{\"level\":\"warning\",\"event\":\"seen\",\"value\":" + std::string(row.written) + "}\n");
  }
}

TEST_CASE("a number that JSON cannot say is null") {
  const std::string text = on_stderr([] { Log().error("odd", {{"nan", std::nan("")}, {"big", INFINITY}}); });
  CHECK(timeless(text) == "{\"level\":\"error\",\"event\":\"odd\",\"nan\":null,\"big\":null}\n");
}

TEST_CASE("levels below the one that is set are silent") {
  const std::string text = on_stderr([] {
    Log log(LogLevel::warning);
    log.debug("one");
    log.info("two");
    log.warning("three");
    log.level(LogLevel::off);
    log.error("four");
    log.level(LogLevel::debug);
    log.debug("five");
    Log(LogLevel::debug, false).error("six");
  });
  CHECK(text.find("\"one\"") == std::string::npos);
  CHECK(text.find("\"two\"") == std::string::npos);
  CHECK(text.find("\"three\"") != std::string::npos);
  CHECK(text.find("\"four\"") == std::string::npos);
  CHECK(text.find("\"five\"") != std::string::npos);
  CHECK(text.find("\"six\"") == std::string::npos);
}

TEST_CASE("lines of many threads stay whole") {
  const std::string text = on_stderr([] {
    Log log;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&log] {
        for (int i = 0; i < 100; ++i) log.info("tick", {{"padding", std::string(200, 'x')}});
      });
    for (std::thread& thread : threads) thread.join();
  });
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    CHECK(timeless(text.substr(at, end - at)) ==
          "{\"level\":\"info\",\"event\":\"tick\",\"padding\":\"" + std::string(200, 'x') + "\"}");
    at = end + 1;
    ++lines;
  }
  CHECK(lines == 400);
}

TEST_SUITE_END();
