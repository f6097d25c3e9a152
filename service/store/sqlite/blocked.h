// Which blocks there may be, in memory: most comments meet none, and are spared the looking. It never says
// "no" of a block that stands; one that has ended or was taken back stays known until the next start, and
// costs a look in vain. Some 40 bytes for each different value. Safe from any thread.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/evidence.h"

namespace chaffinch::sqlite {

// A value for which a block may stand, and where a comment has it.
struct BlockSought {
  const char* kind = "";  // as block.kind
  std::string value;
  Field field = Field::content;
};

class Blocked {
 public:
  // On disk by now. Values as block.value has them.
  void add(const std::string& kind, const std::string& value);

  bool empty() const;
  bool may_have(std::string_view kind, const std::string& value) const;
  // Whether a CIDR has this prefix, 0 to 32 or 128.
  bool may_have_prefix(bool v4, std::size_t prefix) const;

 private:
  mutable std::shared_mutex lock_;
  std::unordered_set<std::uint64_t> values_;  // both guarded by lock_; hashes
  std::array<std::bitset<129>, 2> prefixes_;  // of IPv6, of IPv4
};

}  // namespace chaffinch::sqlite
