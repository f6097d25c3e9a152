// A pack as parsed data: what ruleset.h describes, read and checked for its form, not yet compiled. Pure;
// safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/ruleset.h"
#include "core/comment.h"
#include "core/result.h"
#include "core/verdict.h"

namespace chaffinch {

// How the entries of a pattern are read. domain: the host of a link (or of an email address), itself and all
// under it. email: "a@b.example", or "@b.example" for every address there. cidr: the client's address.
enum class EntryType : std::uint8_t { regex, word, exact, substring, domain, email, cidr };

enum class State : std::uint8_t { live, shadow, off };

std::string_view word(EntryType);
std::string_view word(State);

inline constexpr double kMaxScore = 20;  // of one rule, either way

struct PackEntry {
  std::string text;
  std::uint32_t file = 0;  // of Pack::files
  std::uint32_t line = 0;
};

struct PackExample {
  Submission comment;
  std::string shown;  // the beginning of it, for messages
  bool hit = true;    // a spam example: the rule must hit
  int line = 0;
};

struct PackPattern {
  std::string name;
  std::string about;
  double score = 0;
  std::optional<Action> action;
  EntryType type = EntryType::regex;
  std::vector<PackEntry> entries;
  std::vector<Field> fields;
  bool links = false;  // "link" among the fields
  View view = View::folded;
  State state = State::live;
  std::vector<PackExample> examples;
  int line = 0;  // of its [[pattern]]
};

struct PackComposite {
  std::string name;
  std::string about;
  std::string when;
  double score = 0;
  std::optional<Action> action;
  State state = State::live;
  std::vector<PackExample> examples;
  int line = 0;
  int when_line = 0;
};

struct PackScore {
  std::string rule;
  double score = 0;
  int line = 0;
};

struct PackState {
  std::string rule;
  State state = State::live;
  int line = 0;
};

struct Pack {
  std::string name;
  std::string about;
  bool shipped = false;            // as PackSource has it
  std::vector<std::string> files;  // the pack's own file first, then the lists that it reads
  std::vector<PackPattern> patterns;
  std::vector<PackComposite> composites;
  std::vector<PackScore> scores;
  std::vector<PackState> states;

  // "pharma.toml:12"
  std::string where(int line) const { return files.front() + ":" + std::to_string(line); }
  std::string where(const PackEntry& entry) const {
    return files[entry.file] + ":" + std::to_string(entry.line);
  }
};

// Adds what is wrong with it to `errors`, as much as can be seen at once, and gives what could be read;
// nothing when it is no TOML at all.
std::optional<Pack> read_pack(const PackSource& source, std::vector<Error>& errors);

// The name that a pack's text gives itself; empty when it gives none.
std::string pack_name_of(const PackSource& source);

// `own` packs on top of `base`: one of the same name takes the place of that one, the others follow in their
// order.
std::vector<PackSource> laid_over(std::span<const PackSource> base, std::span<const PackSource> own);

}  // namespace chaffinch
