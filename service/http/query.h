// Reading a query string as strictly as JSON: an unknown parameter, one that is given twice, a wrong type or
// a text with control characters is Code::invalid with where = "?name". One thread; lives as long as its Ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/result.h"
#include "core/time.h"
#include "http/door.h"

namespace chaffinch::http {

class Query {
 public:
  explicit Query(const Ask& ask) : ask_(ask) {}

  std::optional<std::string> text(std::string_view name, std::size_t limit);
  std::string text_or_empty(std::string_view name, std::size_t limit);
  std::string required(std::string_view name, std::size_t limit);
  std::optional<double> number(std::string_view name, double least, double most);
  std::optional<bool> flag(std::string_view name);  // "true" or "false"
  std::optional<Id> id(std::string_view name);
  std::optional<Time> time(std::string_view name);  // RFC 3339
  std::optional<std::uint32_t> whole(std::string_view name, std::uint32_t least, std::uint32_t most);
  std::vector<std::string> list(std::string_view name, std::size_t most, std::size_t limit);  // may repeat
  std::string cursor();
  std::uint32_t page();  // "limit": 1 to limits::kPage, usually limits::kPageUsual
  void wrong(std::string_view name, std::string what, std::string advice = {});

  // Refuses what was not asked for, then tells the first flaw.
  Done finish();

 private:
  const std::string* find(std::string_view name, std::size_t limit, bool repeats);

  const Ask& ask_;
  std::vector<std::string_view> known_;
  std::optional<Error> flaw_;
};

}  // namespace chaffinch::http
