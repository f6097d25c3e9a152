#include "store/sqlite/blocked.h"

#include <functional>
#include <mutex>

#include "analysis/address.h"

namespace chaffinch::sqlite {
namespace {

std::uint64_t hash_of(std::string_view kind, const std::string& value) {
  const std::hash<std::string_view> hash;
  return hash(value) * 31 + hash(kind);
}

}  // namespace

void Blocked::add(const std::string& kind, const std::string& value) {
  const std::lock_guard guard(lock_);
  values_.insert(hash_of(kind, value));
  if (kind != "cidr") return;
  if (const auto network = Network::parse(value))
    prefixes_[network->address.v4 ? 1 : 0].set(static_cast<std::size_t>(network->prefix));
}

bool Blocked::empty() const {
  const std::shared_lock guard(lock_);
  return values_.empty();
}

bool Blocked::may_have(std::string_view kind, const std::string& value) const {
  const std::shared_lock guard(lock_);
  return values_.contains(hash_of(kind, value));
}

bool Blocked::may_have_prefix(bool v4, std::size_t prefix) const {
  const std::shared_lock guard(lock_);
  return prefixes_[v4 ? 1 : 0].test(prefix);
}

}  // namespace chaffinch::sqlite
