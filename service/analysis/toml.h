// TOML text as plain values that know their line, for packs and settings. toml++ stays in toml.cpp. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"

namespace chaffinch::toml {

struct Value;
using Array = std::vector<Value>;
using Table = std::map<std::string, Value, std::less<>>;

struct Value {
  std::variant<std::string, std::int64_t, double, bool, Array, Table> data;
  int line = 0;
  int column = 0;

  const std::string* text() const { return std::get_if<std::string>(&data); }
  const Array* array() const { return std::get_if<Array>(&data); }
  const Table* table() const { return std::get_if<Table>(&data); }
  const bool* boolean() const { return std::get_if<bool>(&data); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data); }
  std::optional<double> number() const;  // an integer or a double
  std::string_view kind() const;         // "a string", "an integer", ... for messages
};

// Dates and times are refused. Errors carry where = "name:line" and the offending line with a caret in
// `advice`.
Result<Table> parse(std::string_view text, std::string_view name);

// Line `line` of `text` with a caret under `column` (both from 1; column 0: no caret), for messages to
// people:
//   12 | score = "high"
//      |         ^
// At most 100 characters of the line are shown. Empty when there is no such line.
std::string excerpt(std::string_view text, int line, int column);

}  // namespace chaffinch::toml
