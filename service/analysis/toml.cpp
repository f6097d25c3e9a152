#include "analysis/toml.h"

#include <utility>

#include <toml++/toml.h>

#include "analysis/text.h"

namespace chaffinch::toml {
namespace {

// Far more than a pack written by hand; lists of entries are files of their own.
constexpr std::size_t kMaxText = 8 * 1024 * 1024;

std::string place(std::string_view name, int line) {
  return std::string(name) + ":" + std::to_string(line);
}

int number_of(::toml::source_index index) {
  return static_cast<int>(index);
}

// Recursion is as deep as toml++ lets values nest: 256.
class TomlReader {
 public:
  TomlReader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  Result<Table> table(const ::toml::table& from) const {
    Table read;
    for (const auto& [key, node] : from) {
      Result<Value> made = value(node);
      if (!made) return tl::unexpected(std::move(made).error());
      read.emplace(std::string(key.str()), std::move(*made));
    }
    return read;
  }

 private:
  Result<Value> value(const ::toml::node& node) const {
    Value made;
    made.line = number_of(node.source().begin.line);
    made.column = number_of(node.source().begin.column);
    if (const auto* text = node.as_string()) {
      made.data = text->get();
    } else if (const auto* integer = node.as_integer()) {
      made.data = integer->get();
    } else if (const auto* real = node.as_floating_point()) {
      made.data = real->get();
    } else if (const auto* truth = node.as_boolean()) {
      made.data = truth->get();
    } else if (const auto* array = node.as_array()) {
      Array read;
      read.reserve(array->size());
      for (const ::toml::node& element : *array) {
        Result<Value> one = value(element);
        if (!one) return one;
        read.push_back(std::move(*one));
      }
      made.data = std::move(read);
      // An array of tables has no place of its own; its first table has.
      if (made.line == 0 && !made.array()->empty()) {
        made.line = made.array()->front().line;
        made.column = made.array()->front().column;
      }
    } else if (const auto* nested = node.as_table()) {
      Result<Table> read = table(*nested);
      if (!read) return tl::unexpected(std::move(read).error());
      made.data = std::move(*read);
    } else {
      return fail(Code::invalid, "dates and times are not used here", place(name_, made.line),
                  "write it as a string in quotes\n" + excerpt(text_, made.line, made.column));
    }
    return made;
  }

  std::string_view text_;
  std::string_view name_;
};

}  // namespace

std::optional<double> Value::number() const {
  if (const std::int64_t* whole = integer()) return static_cast<double>(*whole);
  if (const double* real = std::get_if<double>(&data)) return *real;
  return std::nullopt;
}

std::string_view Value::kind() const {
  static constexpr std::string_view kKinds[] = {
      "a string", "an integer", "a number", "a truth value (true or false)", "an array", "a table"};
  return kKinds[data.index()];
}

std::string excerpt(std::string_view text, int line, int column) {
  if (line < 1) return {};
  std::size_t begin = 0;
  for (int at = 1; at < line; ++at) {
    begin = text.find('\n', begin);
    if (begin == std::string_view::npos) return {};
    ++begin;
  }
  std::string_view row = text.substr(begin, text.find('\n', begin) - begin);
  if (row.ends_with('\r')) row.remove_suffix(1);

  // By code points, as the columns count; a tab stays a tab under a tab, so that the caret stands right.
  constexpr int kQuoted = 100;
  const int first = column > kQuoted - 20 ? column - (kQuoted - 20) : 1;
  std::string shown;
  std::string under;
  int point = 0;
  for (std::size_t i = 0; i < row.size();) {
    std::size_t next = i + 1;
    while (next < row.size() && (static_cast<unsigned char>(row[next]) & 0xC0U) == 0x80U) ++next;
    ++point;
    if (point >= first + kQuoted) break;
    if (point >= first) {
      const bool control = static_cast<unsigned char>(row[i]) < 0x20 && row[i] != '\t';
      shown += control ? "?" : std::string(row.substr(i, next - i));
      if (point < column) under += row[i] == '\t' ? '\t' : ' ';
    }
    i = next;
  }
  const std::string number = std::to_string(line);
  std::string made = "  " + number + " | " + shown;
  if (column > 0) {
    while (point < column - 1) {
      ++point;
      under += ' ';
    }
    made += "\n  " + std::string(number.size(), ' ') + " | " + under + "^";
  }
  return made;
}

Result<Table> parse(std::string_view text, std::string_view name) {
  if (text.size() > kMaxText) {
    return fail(Code::too_large, "the file is larger than 8 MiB", std::string(name),
                "move long lists of entries to list files, one entry a line");
  }
  if (!valid_utf8(text)) {
    int line = 1;
    for (std::size_t begin = 0; begin < text.size(); ++line) {
      const std::size_t end = text.find('\n', begin);
      if (!valid_utf8(text.substr(begin, end - begin)) || end == std::string_view::npos) break;
      begin = end + 1;
    }
    return fail(Code::invalid, "the line is not valid UTF-8", place(name, line), "save the file as UTF-8");
  }
  try {
    const ::toml::table parsed = ::toml::parse(text, name);
    return TomlReader(text, name).table(parsed);
  } catch (const ::toml::parse_error& error) {
    const int line = number_of(error.source().begin.line);
    const int column = number_of(error.source().begin.column);
    return fail(Code::invalid, std::string(error.description()), place(name, line),
                excerpt(text, line, column));
  }
}

}  // namespace chaffinch::toml
