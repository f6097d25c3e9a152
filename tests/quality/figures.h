// What a set of scores is worth, in numbers. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/site.h"
#include "quality/samples.h"

namespace chaffinch::quality {

// Scored comments of one source.
struct Scores {
  std::vector<double> spam;
  std::vector<double> ham;
  std::vector<double> abuse;

  void add(Label label, double score);
};

// Per cent of the scores that reach the threshold; 0 of none.
double share(const std::vector<double>& scores, double threshold);

// The chance that a spam scores higher than a ham, ties counted half (the area under the ROC curve). -1
// without one of the two.
double area(const std::vector<double>& spam, const std::vector<double>& ham);

// One row a source: numbers of rows, per cent caught and flagged at hold, spam, discard, abuse held, AUC.
// Markdown.
std::string table(const std::map<std::string, Scores>& by_source, const Policy& policy);

// What one rule hit.
struct RuleHits {
  int spam = 0;
  int ham = 0;
  int abuse = 0;
  std::map<std::string, int> sources;  // in how many spam of each
};

// Rules by name, with those that hit nothing of `judged` left out.
std::map<std::string, RuleHits> hits_by_rule(const std::vector<Judged>& judged);

// One row a rule: score, hits, precision. Most hits first.
std::string table(const std::map<std::string, RuleHits>& hits, const std::vector<RuleInfo>& rules);

}  // namespace chaffinch::quality
