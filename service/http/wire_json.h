// Strict reading of JSON objects, for wire*.cpp only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/id.h"
#include "core/result.h"
#include "core/time.h"

namespace chaffinch::http {

using Json = nlohmann::ordered_json;

// One JSON value and nothing else: UTF-8, at most limits::kJsonDepth deep, no field twice.
Result<Json> parse_json(std::string_view text);

// How a text may look. line: no control characters, no bidi controls. prose: anything but NUL.
enum class Look : std::uint8_t { line, prose };

// What is wrong with `text` as a value; nothing when it is fine. REQUIRES valid UTF-8.
std::optional<std::string> flaw_of(std::string_view text, std::size_t limit, Look look);

// What was found wrong while a body is read. The first flaw wins; a missing field is told only when nothing
// else is wrong, since a misspelt name explains it better.
class Flaws {
 public:
  void wrong(std::string where, std::string what, std::string advice = {}, Code code = Code::invalid);
  void missing(std::string where, std::string what, std::string advice = {});
  bool any() const { return wrong_ || missing_; }
  tl::unexpected<Error> error() const {
    return tl::unexpected<Error>(wrong_ ? *wrong_ : missing_.value_or(Error{}));
  }

 private:
  std::optional<Error> wrong_, missing_;
};

// A pointer's last part, escaped (RFC 6901) and cut to a length that fits a message.
std::string pointer_part(std::string_view name);

// The fields of one object. Ask for each that is known, then call finish(), which refuses the others. After a
// flaw the getters go on with empty values, so that callers need not look.
class Fields {
 public:
  // `what`: "a comment", for the message when `value` is no object.
  Fields(const Json& value, std::string at, Flaws& flaws, std::string_view what);

  bool has(std::string_view name) const;
  bool has_flag(std::string_view name) const;  // true or false
  std::optional<std::string> text(std::string_view name, std::size_t limit, Look look = Look::line);
  std::string text_or_empty(std::string_view name, std::size_t limit, Look look = Look::line);
  std::string required(std::string_view name, std::size_t limit, Look look = Look::line);  // not empty
  std::optional<std::int64_t> whole(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<double> number(std::string_view name, double least, double most);
  std::optional<bool> flag(std::string_view name);
  std::optional<Time> time(std::string_view name);
  std::optional<Id> id(std::string_view name);
  const Json* object(std::string_view name);  // nullptr: not there, or flawed
  const Json* array(std::string_view name);
  void wrong(std::string_view name, std::string what, std::string advice = {}, Code code = Code::invalid);
  void missing(std::string_view name, std::string what, std::string advice = {});
  void finish();

  std::string pointer(std::string_view name) const { return at_ + "/" + std::string(name); }
  Flaws& flaws() { return flaws_; }

 private:
  const Json* find(std::string_view name);

  const Json* object_ = nullptr;
  std::string at_;
  Flaws& flaws_;
  std::string_view what_;
  std::vector<std::string_view> known_;
};

// One line, without blanks.
std::string dump(const Json& json);

// The same, put together part by part, for answers that are made often or are long: no value is built first.
// Call in the order of the text (a key before each member's value); commas come by themselves. What is no
// UTF-8 becomes U+FFFD, a number that JSON does not know becomes null. One thread at a time.
class Telling {
 public:
  Telling();
  ~Telling();
  Telling(const Telling&) = delete;
  Telling& operator=(const Telling&) = delete;

  Telling& object();
  Telling& end_object();
  Telling& array();
  Telling& end_array();
  Telling& key(std::string_view name);
  Telling& text(std::string_view value);
  Telling& whole(std::int64_t value);
  Telling& number(double value);
  Telling& flag(bool value);
  Telling& null();
  Telling& value(const Json& json);

  std::string take();  // what was told so far

 private:
  class Writer;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Reads a body as one object ("a comment") with `read`, which is given its fields and the wish that they
// make.
template <class Wish, class Read>
Result<Wish> read_object(std::string_view body, std::string_view what, Read read, Wish wish = {}) {
  auto json = parse_json(body);
  if (!json) return tl::unexpected(std::move(json).error());
  Flaws flaws;
  Fields fields(*json, {}, flaws, what);
  read(fields, wish);
  fields.finish();
  if (flaws.any()) return flaws.error();
  return wish;
}

}  // namespace chaffinch::http
