// Structured logs: one JSON object a line on standard error. spdlog stays in log.cpp. Safe from any thread.
//
//   log.info("listening", {{"address", "127.0.0.1:8080"}});
//   {"time":"2026-11-23T15:59:47.123Z","level":"info","event":"listening","address":"127.0.0.1:8080"}
//
// Never log what a visitor wrote, an email, an address or a token. Control characters are escaped, so that
// hostile text could not forge a line even if it got here.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace chaffinch {

struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, double, bool> value;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error, off };

class Log {
 public:
  explicit Log(LogLevel level = LogLevel::info, bool to_stderr = true);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view event, std::initializer_list<LogField> fields = {});
  void info(std::string_view event, std::initializer_list<LogField> fields = {});
  void warning(std::string_view event, std::initializer_list<LogField> fields = {});
  void error(std::string_view event, std::initializer_list<LogField> fields = {});
  void level(LogLevel);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace chaffinch
