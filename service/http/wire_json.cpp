// nlohmann's values, read and written by RapidJSON: its own lexer and serializer go byte by byte and took a
// sixth of a submission's time.
#include "http/wire_json.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <rapidjson/reader.h>
#include <rapidjson/stream.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "analysis/text.h"
#include "core/limits.h"

namespace chaffinch::http {
namespace {

// Fields are looked up one after the other; more of them than anybody needs would only cost time.
constexpr std::size_t kFieldCount = 200;

// Doubles are the nearest ones. Whether the text is UTF-8 is asked beforehand, of all of it at once, not of
// each character here. The reader calls itself for nested values; the builder refuses them long before that
// is deep.
constexpr unsigned kStrict = rapidjson::kParseFullPrecisionFlag | rapidjson::kParseInsituFlag;

// Builds the value while it is parsed, so that depth and repeated names are seen before they cost anything.
class Builder {
 public:
  explicit Builder(std::string_view text) : text_(text) {}

  // RapidJSON's handler.
  bool Null() { return add(nullptr); }
  bool Bool(bool value) { return add(value); }
  bool Int(int value) { return add(value); }
  bool Uint(unsigned value) { return add(value); }
  bool Int64(std::int64_t value) { return add(value); }
  bool Uint64(std::uint64_t value) { return add(value); }
  bool Double(double value) { return add(value); }
  bool RawNumber(const char*, std::size_t, bool) { return false; }  // not asked for
  bool String(const char* text, std::size_t size, bool) {
    return whole({text, size}) && add(std::string(text, size));
  }
  bool StartObject() { return open(Json::object()); }
  bool StartArray() { return open(Json::array()); }
  bool EndObject(std::size_t) { return close(); }
  bool EndArray(std::size_t) { return close(); }
  bool Key(const char* text, std::size_t size, bool) {
    if (!whole({text, size})) return false;
    std::string name(text, size);
    if (open_.back().json->size() >= kFieldCount) {
      error = Error{.code = Code::invalid,
                    .what = "an object has too many fields",
                    .where = place(),
                    .advice = "at most " + std::to_string(kFieldCount)};
      return false;
    }
    if (open_.back().json->contains(name)) {
      error = Error{.code = Code::invalid,
                    .what = "the field is named twice",
                    .where = place() + "/" + pointer_part(name),
                    .advice = {}};
      return false;
    }
    open_.back().key = std::move(name);
    return true;
  }
  void flawed(rapidjson::ParseErrorCode flaw, std::size_t position) {
    if (error) return;
    const std::size_t at = std::min(position, text_.size());
    const std::string_view before = text_.substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    std::string what = flaw == rapidjson::kParseErrorNumberTooBig ? "a number is too large"
                       : at >= text_.size()                       ? "the JSON ends too early"
                                                                  : "this is not JSON";
    what += " (line " + std::to_string(line) + ", byte " + std::to_string(at - start + 1) + ")";
    error = Error{.code = Code::invalid, .what = std::move(what), .where = {}, .advice = {}};
  }

  Json root;
  std::optional<Error> error;

 private:
  struct Open {
    Json* json;
    std::string key;
  };

  // The reader takes the second half of a surrogate pair alone ("\\udc00") for a character.
  bool whole(std::string_view text) {
    for (std::size_t at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1)) {
      if (at + 1 >= text.size() || static_cast<unsigned char>(text[at + 1]) < 0xA0) continue;
      error = Error{.code = Code::invalid,
                    .what = "a text holds half of a character (a lone surrogate)",
                    .where = place(),
                    .advice = "write characters beyond U+FFFF as both halves, or as they are"};
      return false;
    }
    return true;
  }

  template <class Value>
  Json* put(Value&& value) {
    if (open_.empty()) {
      root = Json(std::forward<Value>(value));
      return &root;
    }
    Open& in = open_.back();
    if (in.json->is_array()) {
      in.json->push_back(Json(std::forward<Value>(value)));
      return &in.json->back();
    }
    return &((*in.json)[in.key] = Json(std::forward<Value>(value)));
  }
  template <class Value>
  bool add(Value&& value) {
    put(std::forward<Value>(value));
    return true;
  }
  bool open(Json empty) {
    if (open_.size() >= limits::kJsonDepth) {
      error = Error{.code = Code::invalid,
                    .what = "the JSON is nested too deep",
                    .where = {},
                    .advice = "at most " + std::to_string(limits::kJsonDepth) + " levels"};
      return false;
    }
    Json* json = put(std::move(empty));
    open_.push_back({json, {}});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  std::string place() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      path += "/" + (open_[i].json->is_array() ? std::to_string(open_[i].json->size() - 1)
                                               : pointer_part(open_[i].key));
    }
    return path;
  }

  std::string_view text_;
  std::vector<Open> open_;
};

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return fail(Code::invalid, "there is no body", {}, "send a JSON value");
  }
  if (!valid_utf8(text)) return fail(Code::invalid, "the text is not valid UTF-8", {}, "send it as UTF-8");
  if (text.starts_with("\xEF\xBB\xBF")) {
    return fail(Code::invalid, "the JSON begins with a byte order mark", {}, "leave it out (RFC 8259, 8.1)");
  }
  Builder builder(text);
  // Escapes are resolved in place, in a copy: otherwise each byte is moved to the reader's own memory.
  std::string copy(text);
  rapidjson::InsituStringStream stream(copy.data());
  rapidjson::Reader reader;
  const rapidjson::ParseResult read = reader.Parse<kStrict>(stream, builder);
  // The reader takes a NUL for the end.
  if (read.IsError() || stream.Tell() != text.size()) {
    builder.flawed(read.Code(), read.IsError() ? read.Offset() : stream.Tell());
    return tl::unexpected(std::move(*builder.error));
  }
  return std::move(builder.root);
}

std::string dump(const Json& json) {
  Telling telling;
  telling.value(json);
  return telling.take();
}

namespace {

// Whether all are ASCII and none has to be escaped in JSON: eight bytes at a time.
bool needs_no_escape(std::string_view text) {
  constexpr std::uint64_t kEach = 0x0101010101010101, kHigh = 0x80 * kEach;
  const auto fine = [](std::uint64_t eight) {
    // A byte's highest bit: it is none of ASCII, lies below a blank, or is one of the two. Bits of the bytes
    // after one that is found may be wrong, which changes nothing.
    const std::uint64_t quote = eight ^ '"' * kEach, slash = eight ^ '\\' * kEach;
    return ((eight | (eight - ' ' * kEach) | (quote - kEach) | (slash - kEach)) & kHigh) == 0;
  };
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data(), sizeof eight);
    if (!fine(eight)) return false;
    text.remove_prefix(sizeof eight);
  }
  std::uint64_t rest = ' ' * kEach;
  text.copy(reinterpret_cast<char*>(&rest), text.size());
  return fine(rest);
}

}  // namespace

// RapidJSON writes byte by byte; most texts need no look at each.
class Telling::Writer : public rapidjson::Writer<rapidjson::StringBuffer> {
 public:
  using rapidjson::Writer<rapidjson::StringBuffer>::Writer;

  void as_it_is(std::string_view value) {
    Prefix(rapidjson::kStringType);
    char* to = os_->Push(value.size() + 2);
    *to = '"';
    value.copy(to + 1, value.size());
    to[value.size() + 1] = '"';
    EndValue(true);
  }
};

struct Telling::Parts {
  rapidjson::StringBuffer buffer{nullptr, 4096};
  Writer writer{buffer};
};

Telling::Telling() : parts_(std::make_unique<Parts>()) {}
Telling::~Telling() = default;

Telling& Telling::object() {
  parts_->writer.StartObject();
  return *this;
}

Telling& Telling::end_object() {
  parts_->writer.EndObject();
  return *this;
}

Telling& Telling::array() {
  parts_->writer.StartArray();
  return *this;
}

Telling& Telling::end_array() {
  parts_->writer.EndArray();
  return *this;
}

Telling& Telling::key(std::string_view name) {
  return text(name);  // RapidJSON knows a name by its place
}

Telling& Telling::text(std::string_view value) {
  if (needs_no_escape(value)) {
    parts_->writer.as_it_is(value);
  } else if (valid_utf8(value)) {
    parts_->writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  } else {
    const std::string mended = Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
    parts_->writer.RawValue(mended.data(), mended.size(), rapidjson::kStringType);
  }
  return *this;
}

Telling& Telling::whole(std::int64_t value) {
  parts_->writer.Int64(value);
  return *this;
}

Telling& Telling::number(double value) {
  // JSON knows no infinity.
  if (!std::isfinite(value) || !parts_->writer.Double(value)) parts_->writer.Null();
  return *this;
}

Telling& Telling::flag(bool value) {
  parts_->writer.Bool(value);
  return *this;
}

Telling& Telling::null() {
  parts_->writer.Null();
  return *this;
}

Telling& Telling::value(const Json& json) {
  switch (json.type()) {
    case Json::value_t::object:
      object();
      for (const auto& [name, member] : json.get_ref<const Json::object_t&>()) key(name).value(member);
      return end_object();
    case Json::value_t::array:
      array();
      for (const Json& member : json) value(member);
      return end_array();
    case Json::value_t::string:
      return text(json.get_ref<const std::string&>());
    case Json::value_t::boolean:
      return flag(json.get<bool>());
    case Json::value_t::number_integer:
      return whole(json.get<std::int64_t>());
    case Json::value_t::number_unsigned:
      parts_->writer.Uint64(json.get<std::uint64_t>());
      return *this;
    case Json::value_t::number_float:
      return number(json.get<double>());
    default:
      return null();
  }
}

std::string Telling::take() {
  return std::string(parts_->buffer.GetString(), parts_->buffer.GetSize());
}

}  // namespace chaffinch::http
