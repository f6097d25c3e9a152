// Small things that rulebook*.cpp share.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rulebook.h"

namespace chaffinch {

inline constexpr std::string_view kSwitches = "switches";
inline constexpr std::string_view kSiteSwitches = "site_switches";

inline std::string_view switches_of(const std::string& site) {
  return site.empty() ? kSwitches : kSiteSwitches;
}

inline bool is_switches(std::string_view name) {
  return name == kSwitches || name == kSiteSwitches;
}

inline PackSource source_of(const StoredPack& pack) {
  return {(pack.site.empty() ? "" : pack.site + "/") + pack.name + ".toml", pack.text, pack.lists};
}

// By name; the switches, which speak of all others, last.
inline void put_in_order(std::vector<StoredPack>& packs) {
  std::sort(packs.begin(), packs.end(), [](const StoredPack& left, const StoredPack& right) {
    return std::pair(is_switches(left.name), std::string_view(left.name)) <
           std::pair(is_switches(right.name), std::string_view(right.name));
  });
}

inline void put(std::vector<StoredPack>& packs, const StoredPack& pack) {
  std::erase_if(packs, [&](const StoredPack& one) { return one.name == pack.name; });
  if (!pack.removed) packs.push_back(pack);
  put_in_order(packs);
}

inline tl::unexpected<std::vector<Error>> refuse(Error error) {
  return tl::unexpected(std::vector<Error>{std::move(error)});
}

}  // namespace chaffinch
