// What people write, for measuring patterns: the regexes that ship, others made of the words of a list, and
// comments to search. From the packs and the starter set of this repository, or from files.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace chaffinch::bench {

struct WritingFiles {
  std::string texts;  // comments, one JSON object a line as import reads them; empty: the starter set
  std::string words;  // words and phrases, one a line; empty: those of the starter set's spam
};

struct Writing {
  // Comments as patterns see them (folded), cut at 350 bytes, shorter ones put together before; all
  // different, in no order.
  std::vector<std::string> texts;
  std::vector<std::string>
      shipped;                    // the regexes of the shipped packs that read the folded view, in no order
  std::vector<std::string> made;  // of the words, by the shapes that such rules have; all different
};

// Those of the shipped packs that read the folded view, as they stand there.
std::vector<std::string> shipped_regexes();

// Throws std::runtime_error for a file that cannot be read. `made`: how many regexes are made of words.
Writing read_writing(const WritingFiles& files, std::size_t made);

}  // namespace chaffinch::bench
