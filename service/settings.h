// Where every setting comes from: defaults < TOML file < environment < flags. An unknown setting is an error.
//
// File: keys as listed by `chaffinch settings`, dotted or in tables ([http] port = 8080). Environment:
// CHAFFINCH_HTTP_PORT for http.port. Flags: --http-port, with short names for the usual ones (--host, --port,
// --data).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"

namespace chaffinch {

struct Settings {
  // http
  std::string host = "127.0.0.1";
  int port = 8080;                  // 0: any free port
  bool public_without_tls = false;  // must be set to listen on anything but loopback
  int connections = 1200;           // admitted at once; the pool is as large
  int request_seconds = 10;         // deadline of a whole request
  int keep_alive_seconds = 30;
  std::vector<std::string> trusted_proxies;  // addresses or CIDR whose X-Forwarded-For is believed
  int rate_per_minute = 30;                  // submissions of one public address
  int rate_burst = 10;
  int metrics_port = -1;  // a listener of its own for /metrics, without token; -1: none, 0: any
  std::string metrics_host = "127.0.0.1";
  // data
  std::string data = "./data";
  std::string rules;        // folder of packs; empty: the packs that are built in
  bool rules_watch = true;  // read the folder again when its files change
  int readers = 16;
  std::int64_t min_free_mb = 64;  // less free disk space: not ready
  // log
  std::string log_level = "info";  // debug, info, warning, error, off

  // One row for each setting, in the order shown by `chaffinch settings`.
  struct Row {
    std::string name;   // "http.port"
    std::string value;  // as text
    std::string
        origin;  // "default", "file chaffinch.toml:3", "environment CHAFFINCH_HTTP_PORT", "flag --port"
    std::string about;
  };
  std::vector<Row> rows;
};

// `file`: text and name of the TOML file, if any. `environment`: all CHAFFINCH_* variables. `flags`: name ->
// value, by setting name ("http.port"). Errors name the setting, its origin and what it may be.
Result<Settings> load_settings(const std::optional<std::pair<std::string, std::string>>& file,
                               const std::map<std::string, std::string>& environment,
                               const std::map<std::string, std::string>& flags);

// All setting names with their sentences, for --help.
std::vector<Settings::Row> known_settings();

}  // namespace chaffinch
