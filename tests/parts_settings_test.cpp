#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "settings.h"

using namespace chaffinch;

namespace {

using Values = std::map<std::string, std::string>;

Result<Settings> of_file(const std::string& text) {
  return load_settings(std::pair(text, "c.toml"), {}, {});
}
Result<Settings> of_environment(const Values& values) {
  return load_settings(std::nullopt, values, {});
}
Result<Settings> of_flags(const Values& values) {
  return load_settings(std::nullopt, {}, values);
}

Settings::Row row(const Settings& settings, const std::string& name) {
  for (const Settings::Row& one : settings.rows)
    if (one.name == name) return one;
  FAIL("no row for " << name);
  return {};
}

bool says(const Error& error, const std::string& what) {
  return (error.what + "|" + error.where + "|" + error.advice).find(what) != std::string::npos;
}

}  // namespace

TEST_SUITE_BEGIN("parts");

TEST_CASE("without a word from anybody the settings are their defaults") {
  const auto settings = load_settings(std::nullopt, {}, {});
  REQUIRE(settings.has_value());
  CHECK(settings->host == "127.0.0.1");
  CHECK(settings->port == 8080);
  CHECK(settings->metrics_port == -1);
  CHECK(settings->data == "./data");
  CHECK(row(*settings, "http.port").value == "8080");
  CHECK(row(*settings, "http.port").origin == "default");
  CHECK(settings->rows.size() == known_settings().size());
}

TEST_CASE("every setting is told once, with a sentence, and can be set from each origin") {
  std::set<std::string> names;
  for (const Settings::Row& one : known_settings()) {
    CAPTURE(one.name);
    CHECK(names.insert(one.name).second);
    CHECK(one.about.size() > 10);
    std::string environment = "CHAFFINCH_";
    for (const char c : one.name) environment += c == '.' ? '_' : static_cast<char>(std::toupper(c));
    CHECK(of_flags({{one.name, one.value}}).has_value());
    CHECK(of_environment({{environment, one.value}}).has_value());
    CHECK(row(*of_flags({{one.name, one.value}}), one.name).value == one.value);
  }
}

TEST_CASE("flags go before the environment, the environment before the file") {
  const std::pair file(std::string("http.port = 1\n[http]\nconnections = 11\nrate_burst = 3\n"),
                       std::string("chaffinch.toml"));
  const auto broken = load_settings(file, {}, {});
  REQUIRE_FALSE(broken.has_value());  // TOML: a table that dotted keys made is not opened again

  const std::pair good(std::string("[http]\nport = 1\nconnections = 11\nrate_burst = 3\n"),
                       std::string("chaffinch.toml"));
  const auto settings = load_settings(
      good, {{"CHAFFINCH_HTTP_PORT", "2"}, {"CHAFFINCH_HTTP_CONNECTIONS", "22"}}, {{"http.port", "3"}});
  REQUIRE(settings.has_value());
  CHECK(settings->port == 3);
  CHECK(settings->connections == 22);
  CHECK(settings->rate_burst == 3);
  CHECK(row(*settings, "http.port").origin == "flag --port");
  CHECK(row(*settings, "http.connections").origin == "environment CHAFFINCH_HTTP_CONNECTIONS");
  CHECK(row(*settings, "http.rate_burst").origin == "file chaffinch.toml:4");
  CHECK(row(*settings, "http.host").origin == "default");
}

TEST_CASE("a file may use tables or dotted keys, and every kind of value") {
  const auto settings = of_file(R"(
http.trusted_proxies = ["10.1.2.3/8", "::1"]
http.public_without_tls = true
http.host = "0.0.0.0"
[log]
level = "debug"
[data]
folder = "/var/lib/chaffinch"
min_free_mb = 1_000
[rules]
folder = ""
)");
  REQUIRE(settings.has_value());
  CHECK(settings->trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "::1/128"});
  CHECK(settings->public_without_tls);
  CHECK(settings->log_level == "debug");
  CHECK(settings->data == "/var/lib/chaffinch");
  CHECK(settings->min_free_mb == 1000);
  CHECK(settings->rules.empty());
  CHECK(row(*settings, "http.trusted_proxies").value == "10.0.0.0/8, ::1/128");
}

TEST_CASE("lists and truths are read from text") {
  const auto settings = of_environment({{"CHAFFINCH_HTTP_TRUSTED_PROXIES", " 192.0.2.1 ,10.0.0.0/8"},
                                        {"CHAFFINCH_HTTP_PUBLIC_WITHOUT_TLS", "1"}});
  REQUIRE(settings.has_value());
  CHECK(settings->trusted_proxies == std::vector<std::string>{"192.0.2.1/32", "10.0.0.0/8"});
  CHECK(settings->public_without_tls);
  CHECK(of_flags({{"http.trusted_proxies", ""}})->trusted_proxies.empty());
}

TEST_CASE("a bad value names the setting, its origin and what it may be") {
  struct Row {
    Result<Settings> read;
    const char* what;
    const char* where;
  };
  const Row kRows[] = {
      {of_file("\n[http]\nport = 70000"), "http.port is 70000; it may be a whole number from 0 to 65535",
       "file c.toml:3"},
      {of_file("http.port = \"8080\""), "http.port is \"8080\"; it may be a whole number", "file c.toml:1"},
      {of_file("http.port = 80.5"), "http.port is a number; it may be a whole number", "file c.toml:1"},
      {of_file("http.port = [1]"), "http.port is an array", "file c.toml:1"},
      {of_file("[http.port]"), "http.port is a table", "file c.toml:1"},
      {of_file("http.host = 1"), "http.host is 1; it may be a text", "file c.toml:1"},
      {of_file("http.public_without_tls = \"yes\""), "it may be true or false", "file c.toml:1"},
      {of_file("http.trusted_proxies = \"10.0.0.1\""), "a list of addresses or networks", "file c.toml:1"},
      {of_file("http.trusted_proxies = [10]"), "a list of addresses or networks", "file c.toml:1"},
      {of_file("http.trusted_proxies = [\"10.0.0.0/33\"]"), "a list of addresses or networks",
       "file c.toml:1"},
      {of_file("log.level = \"loud\""), "one of debug, info, warning, error, off", "file c.toml:1"},
      {of_file("http = 1"), "http is a group of settings", "file c.toml:1"},
      {of_file("port = \n"), "", "c.toml:1"},
      {of_environment({{"CHAFFINCH_HTTP_PORT", "eighty"}}), "http.port is \"eighty\"",
       "environment CHAFFINCH_HTTP_PORT"},
      {of_environment({{"CHAFFINCH_HTTP_PORT", ""}}), "http.port is \"\"", "environment CHAFFINCH_HTTP_PORT"},
      {of_environment({{"CHAFFINCH_HTTP_PORT", "80 "}}), "http.port is \"80 \"",
       "environment CHAFFINCH_HTTP_PORT"},
      {of_environment({{"CHAFFINCH_HTTP_PORT", "99999999999999999999"}}), "http.port is", "environment"},
      {of_environment({{"CHAFFINCH_HTTP_CONNECTIONS", "0"}}), "from 1 to 20000", "environment"},
      {of_environment({{"CHAFFINCH_DATA_FOLDER", ""}}), "a text that is not empty",
       "environment CHAFFINCH_DATA_FOLDER"},
      {of_environment({{"CHAFFINCH_HTTP_PUBLIC_WITHOUT_TLS", "ja"}}), "true or false", "environment"},
      {of_environment({{"CHAFFINCH_HTTP_TRUSTED_PROXIES", "10.0.0.1,,10.0.0.2"}}), "a list of",
       "environment"},
      {of_flags({{"http.port", "-1"}}), "http.port is \"-1\"", "flag --port"},
      {of_flags({{"metrics.port", "-2"}}), "from -1 to 65535", "flag --metrics-port"},
      {of_flags({{"http.keep_alive_seconds", "0"}}), "from 1 to", "flag --http-keep-alive-seconds"},
      {of_flags({{"data.folder", std::string("a\0b", 3)}}), "data.folder is", "flag --data"},
  };
  for (const Row& one : kRows) {
    CAPTURE(one.what);
    REQUIRE_FALSE(one.read.has_value());
    const Error& error = one.read.error();
    CAPTURE(error.what);
    CAPTURE(error.where);
    CHECK(error.code == Code::invalid);
    CHECK(error.what.find(one.what) != std::string::npos);
    CHECK(error.where.find(one.where) != std::string::npos);
  }
}

TEST_CASE("an unknown setting is an error that names the nearest one") {
  struct Row {
    Result<Settings> read;
    const char* what;
    const char* nearest;
  };
  const Row kRows[] = {
      {of_file("[http]\nprot = 1"), "http.prot is not a setting", "did you mean http.port?"},
      {of_file("nothing = \"x\""), "nothing is not a setting", "`chaffinch settings` lists them all"},
      {of_file("[htpp]\nport = 1"), "htpp is not a setting", "chaffinch settings"},
      {of_file("http.port.deep = 1"), "http.port is a table", ""},
      {of_environment({{"CHAFFINCH_HTTP_PROT", "1"}}), "CHAFFINCH_HTTP_PROT is not a setting",
       "did you mean CHAFFINCH_HTTP_PORT?"},
      {of_environment({{"CHAFFINCH_DATA", "x"}}), "CHAFFINCH_DATA is not a setting",
       "did you mean CHAFFINCH_DATA_FOLDER?"},
      {of_environment({{"CHAFFINCH_http_port", "1"}}), "is not a setting",
       "did you mean CHAFFINCH_HTTP_PORT?"},
      {of_flags({{"http.prot", "1"}}), "http.prot is not a setting", "did you mean http.port?"},
  };
  for (const Row& one : kRows) {
    CAPTURE(one.what);
    REQUIRE_FALSE(one.read.has_value());
    CAPTURE(one.read.error().what);
    CAPTURE(one.read.error().advice);
    CHECK(says(one.read.error(), one.what));
    CHECK(says(one.read.error(), one.nearest));
  }
}

TEST_CASE("variables that are no settings pass") {
  CHECK(of_environment({{"CHAFFINCH_ADMIN_TOKEN", "x"},
                        {"CHAFFINCH_WEB", "service/web"},
                        {"CHAFFINCH_CONFIG", "c.toml"},
                        {"CHAFFINCH_TOKEN", "x"},
                        {"CHAFFINCH_TEST_POSTGRES", "x"},
                        {"PATH", "x"}})
            .has_value());
}

TEST_CASE("listening beyond this machine without TLS must be asked for") {
  for (const char* host : {"0.0.0.0", "::", "192.0.2.1", "example.org", "127.0.0.1.example.org", "fe80::1"}) {
    CAPTURE(host);
    const auto refused = of_flags({{"http.host", host}});
    REQUIRE_FALSE(refused.has_value());
    CHECK(says(refused.error(), "http.public_without_tls"));
    CHECK(says(refused.error(), "flag --host"));
    CHECK(of_flags({{"http.host", host}, {"http.public_without_tls", "true"}}).has_value());
  }
  for (const char* host : {"127.0.0.1", "127.8.8.8", "::1", "localhost", "::ffff:127.0.0.1"}) {
    CAPTURE(host);
    CHECK(of_flags({{"http.host", host}}).has_value());
  }
}

TEST_CASE("the metrics' listener keeps to the same rules") {
  CHECK(of_flags({{"metrics.host", "0.0.0.0"}}).has_value());  // there is none
  const auto refused = of_flags({{"metrics.host", "0.0.0.0"}, {"metrics.port", "9100"}});
  REQUIRE_FALSE(refused.has_value());
  CHECK(says(refused.error(), "metrics.host"));
  CHECK_FALSE(of_flags({{"metrics.port", "8080"}}).has_value());
  CHECK(of_flags({{"metrics.port", "0"}, {"http.port", "0"}}).has_value());
  CHECK(of_flags({{"metrics.port", "8080"}, {"metrics.host", "127.0.0.2"}}).has_value());
}

TEST_SUITE_END();
