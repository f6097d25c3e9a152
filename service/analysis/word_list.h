// Lists that others keep (WordPress's disallowed and moderation keys, plain keyword lists) as a pack. Pure.
//
// WordPress: one entry a line, white space at its ends aside, found anywhere (also inside words), in any
// case, in the comment with and without its markup, the author's name, email and URL, the address and the
// user agent. The pack looks in the same places for the same texts. An entry that no address can hold is not
// looked for in addresses. With whole_words the entries are words of the visible text instead, and those that
// are a host, an email or an address are looked for where that means something: in links, in the author's
// email, in the client's address.
//
// Keywords: one word or phrase a line, always whole words, in the folded view; lines that begin with '#' are
// remarks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/pack.h"
#include "analysis/patterns.h"
#include "analysis/ruleset.h"
#include "core/comment.h"
#include "core/result.h"
#include "core/verdict.h"

namespace chaffinch {

enum class ListFormat : std::uint8_t { wordpress, keywords };

struct ListWish {
  ListFormat format = ListFormat::wordpress;
  bool whole_words = false;
  bool drop_short = false;  // entries of fewer than 3 letters
  std::string name;         // of the pack and its rules: [a-z][a-z0-9_]*, at most 40
  std::string about;
  std::optional<double> score;  // else `action`
  Action action = Action::hold;
};

struct ListEntry {
  enum class Kind : std::uint8_t { text, domain, email, address, network_part };
  std::string text;
  std::uint32_t line = 0;
  Kind kind = Kind::text;
};

struct ListPack {
  std::string toml;
  std::vector<std::pair<std::string, std::string>> lists;  // file name -> content
  std::vector<ListEntry> entries;                          // that were taken, as they stood
  // What became of the lines.
  std::uint64_t lines = 0, empty = 0, duplicates = 0, remarks = 0;
  std::uint64_t brief = 0;    // fewer than 3 letters; taken unless drop_short
  std::uint64_t nothing = 0;  // nothing is left of it as a whole word: left out
  std::uint64_t covered = 0;  // hits nothing that a shorter entry does not hit; taken all the same
  std::uint64_t domains = 0, emails = 0, addresses = 0;
};

// Which entries a comment holds, one by one: for the report.
class EntrySet {
 public:
  // Nothing when the set cannot be built.
  static std::unique_ptr<EntrySet> build(const std::vector<ListEntry>& entries, const ListWish& wish);

  // The entries (by their place) that the comment holds, each once, by rising place.
  std::vector<std::uint32_t> in(const Submission& comment) const;

 private:
  EntrySet(const ListWish& wish, std::unique_ptr<PatternSet> set) : wish_(wish), set_(std::move(set)) {}

  ListWish wish_;
  std::unique_ptr<PatternSet> set_;
};

// The whole way: lines to a pack that builds and passes its examples. All errors, with "file:line", when it
// does not.
std::optional<ListPack> pack_of_list(std::string_view text, const std::string& file, const ListWish& wish,
                                     std::vector<Error>& errors);

}  // namespace chaffinch
