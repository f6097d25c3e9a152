// The packs of the repository, for tests of rules. Header only.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "analysis/pack.h"

namespace chaffinch::test {

// A whole file, byte for byte. Throws when it cannot be read.
inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("no file " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

// rules/packs as it lies in the repository: every pack is handed all lists.
inline std::vector<PackSource> shipped_packs() {
  const std::filesystem::path folder = std::filesystem::path(CHAFFINCH_SOURCE) / "rules" / "packs";
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.insert(entry.path());
  std::vector<std::pair<std::string, std::string>> lists;
  for (const auto& file : files)
    if (file.extension() == ".txt") lists.emplace_back(file.filename().string(), text_of(file));
  std::vector<PackSource> packs;
  for (const auto& file : files)
    if (file.extension() == ".toml") packs.push_back({file.filename().string(), text_of(file), lists});
  return packs;
}

}  // namespace chaffinch::test
