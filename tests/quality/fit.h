// Fits the rules' scores to labelled comments. Pure; the same input gives the same scores.
//
// The model is the judge's own: a comment's score is the sum of its findings' scores. The chance that it is
// spam is taken as 1 / (1 + exp(-(score - hold))), which reads the usual thresholds as 50 % at hold (3) and
// 95 % at spam (6). The fit minimises
//
//   sum over rows: weight * log loss   +   pull * sum over rules: ((score - written) / written)^2
//
// with each score kept on its side of zero and within a band around what its author wrote. A rule that hits
// little spam stays as written: ham alone cannot tell what it is worth against the spam that it was written
// for. Every source weighs the same, and within a source its spam and its ham, so that the largest flood does
// not decide for all (ham weighs `caution` times as much: an honest comment lost is the worse mistake).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "quality/samples.h"

namespace chaffinch::quality {

// One comment: which rules fired, each with the factor by which its score counts.
struct Row {
  struct Hit {
    std::size_t rule = 0;
    double factor = 1;
  };
  std::vector<Hit> hits;
  Label label = Label::ham;  // abuse rows are not fitted
  std::size_t source = 0;
  std::size_t thread = 0;  // rows of one article have one number, from 0 to kThreads - 1
};

inline constexpr std::size_t kThreads = 5;

struct Fit {
  double hold = 3;
  double caution = 4;       // weight of ham beside spam of a source
  double pull = 0.004;      // towards the written scores
  double least = 0.4;       // of the written score
  double most = 1.6;        // of the written score
  double highest = 4;       // of any rule whose author did not write more
  std::size_t enough = 20;  // spam that a rule must hit to be fitted; it cannot be judged by less
  int rounds = 60;          // of coordinate descent; it stops earlier when nothing moves
};

// Which rows to look at.
using Use = std::function<bool(const Row&)>;

// `written[rule]`: the score as its author wrote it; 0 stays 0. Only rows that `use` admits are looked at.
std::vector<double> fitted(const std::vector<Row>& rows, const std::vector<double>& written, const Fit& how,
                           const Use& use);

// Log loss over the rows that `use` admits: what the fit minimises, without the pull.
double loss_of(const std::vector<Row>& rows, const std::vector<double>& scores, const Fit& how,
               const Use& use);

double score_of(const Row& row, const std::vector<double>& scores);

// To the nearest twentieth, as scores are written by hand.
double rounded(double score);

}  // namespace chaffinch::quality
