// How text becomes words: by the tokenizer of the search index itself, so that a row that is read and a row
// that is looked up agree by construction.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace chaffinch::sqlite {

// Characters of Chinese, Japanese and Korean apart from each other, so that each is a word; the rest as it
// is.
std::string spaced(std::string_view text);
// The unbroken runs of two or more such characters.
std::vector<std::string> runs_of(std::string_view text);

// One connection's tokenizer. REQUIRES the connection outlives it.
class Words {
 public:
  explicit Words(sqlite3* connection);
  ~Words();
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  std::vector<std::string> of(const std::string& text) const;

 private:
  struct Functions;
  std::unique_ptr<Functions> functions_;
};

}  // namespace chaffinch::sqlite
