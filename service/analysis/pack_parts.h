// Parts of reading a pack: the complaints about it, its list files, its examples. For pack.cpp alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/pack.h"
#include "analysis/toml.h"

namespace chaffinch {

// What is wrong with a pack, each with its place and the line shown. REQUIRES: source and errors outlive it.
class Complaints {
 public:
  Complaints(const PackSource& source, std::vector<Error>& errors) : source_(source), errors_(errors) {}

  void add(const toml::Value& at, std::string what, const std::string& advice = {});
  // About a list file's line.
  void add(const std::string& file, std::uint32_t line, std::string what, std::string advice);
  std::size_t count() const { return errors_.size(); }

  // Complains of every key of the table that is not known.
  void check_keys(const toml::Table& table, const std::vector<std::string_view>& known,
                  const std::string& what);
  // The value's text; complains when it is none.
  const std::string* text_of(const toml::Value& value, std::string_view key);

 private:
  const PackSource& source_;
  std::vector<Error>& errors_;
};

// Two pieces of advice, one a line.
std::string joined(std::string first, const std::string& second);

// Appends a list file's entries. `file` is its number among the pack's files.
void read_list(const toml::Value& at, const std::string& name, std::string_view content, std::uint32_t file,
               PackPattern& pattern, Complaints& complaints);

// Appends the example that stands at `value`.
void read_example(const toml::Value& value, bool hit, std::vector<PackExample>& examples,
                  Complaints& complaints);

}  // namespace chaffinch
