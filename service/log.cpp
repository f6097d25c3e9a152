#include "log.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <optional>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace chaffinch {
namespace {

spdlog::level::level_enum in_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

// Length of the valid UTF-8 character at `at` (RFC 3629: no overlong forms, no surrogates), 0 when there is
// none.
std::size_t character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(at + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return follows(at + 1, low, high) && follows(at + 2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return follows(at + 1, low, high) && follows(at + 2) && follows(at + 3) ? 4 : 0;
  }
  return 0;
}

void append_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t length = character(text, at);
    // C1 controls (U+0080 to U+009F) and DEL drive terminals too; U+2028 and U+2029 are line ends to some
    // readers.
    const bool c1 = length == 2 && c == '\xC2' && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    const bool separator = length == 3 && c == '\xE2' && text[at + 1] == '\x80' &&
                           (text[at + 2] == '\xA8' || text[at + 2] == '\xA9');
    if (length == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (length == 1 && (static_cast<unsigned char>(c) < 0x20 || c == '\x7F')) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
    } else if (c1) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(text[at + 1]) >> 4];
      out += kHex[text[at + 1] & 15];
    } else if (separator) {
      out += text[at + 2] == '\xA8' ? "\\u2028" : "\\u2029";
    } else {
      out += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  out += '"';
}

void append_value(std::string& out, const std::string& value) {
  append_string(out, value);
}
void append_value(std::string& out, std::int64_t value) {
  out += std::to_string(value);
}
void append_value(std::string& out, bool value) {
  out += value ? "true" : "false";
}
void append_value(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";  // JSON has no word for it
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

std::string render(std::string_view event, std::initializer_list<LogField> fields) {
  std::string out = "\"event\":";
  append_string(out, event);
  for (const LogField& field : fields) {
    out += ',';
    append_string(out, field.name);
    out += ':';
    std::visit([&out](const auto& value) { append_value(out, value); }, field.value);
  }
  return out;
}

}  // namespace

struct Log::Parts {
  explicit Parts(std::shared_ptr<spdlog::sinks::sink> sink) : logger("chaffinch", std::move(sink)) {
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc, "\n"));
    logger.flush_on(spdlog::level::debug);  // a crash must not take the last lines with it
  }

  void line(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    const auto inner = in_spdlog(level);
    if (!logger.should_log(inner)) return;
    // Handed over as text, not as a format: braces in it mean nothing.
    logger.log(inner, spdlog::string_view_t(render(event, fields)));
  }

  spdlog::logger logger;
};

Log::Log(LogLevel level, bool to_stderr) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  if (to_stderr)
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  else
    sink = std::make_shared<spdlog::sinks::null_sink_mt>();
  parts_ = std::make_unique<Parts>(std::move(sink));
  this->level(level);
}

Log::~Log() = default;

void Log::debug(std::string_view event, std::initializer_list<LogField> fields) {
  parts_->line(LogLevel::debug, event, fields);
}

void Log::info(std::string_view event, std::initializer_list<LogField> fields) {
  parts_->line(LogLevel::info, event, fields);
}

void Log::warning(std::string_view event, std::initializer_list<LogField> fields) {
  parts_->line(LogLevel::warning, event, fields);
}

void Log::error(std::string_view event, std::initializer_list<LogField> fields) {
  parts_->line(LogLevel::error, event, fields);
}

void Log::level(LogLevel level) {
  parts_->logger.set_level(in_spdlog(level));
}

}  // namespace chaffinch
