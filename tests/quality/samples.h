// Labelled comments to measure the judge with: files of JSON lines in the row form (README, "import"), one
// file a source. Used by quality and calibrate; no part of the program.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/ruleset.h"
#include "core/comment.h"
#include "core/result.h"
#include "core/verdict.h"

namespace chaffinch::quality {

enum class Label : std::uint8_t { spam, ham, abuse };

struct Sample {
  std::string id;
  std::string source;  // the file's stem
  Label label = Label::ham;
  Submission comment;
};

// Ids that are not measured, each with the reason: their label is wrong. A line of the file is an id, a tab,
// and the reason; lines that begin with # are remarks.
using LeftOut = std::map<std::string, std::string, std::less<>>;
Result<LeftOut> read_left_out(const std::string& file);

struct Corpus {
  std::vector<Sample> samples;               // by source, then as they stand in the file
  std::map<std::string, int> left_out;       // by source
  std::vector<std::string> complaints;       // lines that could not be read, in a sentence
  std::vector<std::string> sources() const;  // in alphabetical order
};

// All *.jsonl of a folder. An error only when the folder cannot be read; a folder without such files gives an
// empty corpus. Rows without a label are passed over.
Result<Corpus> read_corpus(const std::string& folder, const LeftOut& left_out);

struct Judged {
  const Sample* sample = nullptr;
  Verdict verdict;
};

// Every sample as a site without memory sees it: empty store, publish unless flagged, with what `learned`
// says (if given). On all cores.
std::vector<Judged> judge_all(const std::vector<Sample>& samples, const RuleSet& rules,
                              const Learned* learned = nullptr);

}  // namespace chaffinch::quality
