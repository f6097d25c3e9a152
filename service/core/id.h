// Identifiers: UUID version 7 (RFC 9562), made without coordination, ordered by the millisecond of their
// making.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace chaffinch {

struct Id {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Id&) const = default;
  bool operator==(const Id&) const = default;
  bool empty() const { return *this == Id{}; }

  std::string text() const;                          // 36 characters, lower case, with hyphens
  static std::optional<Id> parse(std::string_view);  // the 36-character form, either case; nothing else
  // From a time (its milliseconds are kept) and ten random bytes. Pure; see secrets.h for new_id(now).
  static Id from(Time now, const std::array<std::uint8_t, 10>& random);
};

}  // namespace chaffinch
