#include "quality/fit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace chaffinch::quality {
namespace {

// Weights that make every source count as much as any other, and its spam as much as its ham (before
// caution); 0 for rows that are not looked at.
std::vector<double> weights_of(const std::vector<Row>& rows, const Fit& how, const Use& use) {
  std::vector<double> weights(rows.size());
  std::map<std::pair<std::size_t, Label>, double> sizes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].label == Label::abuse || !use(rows[i])) continue;
    weights[i] = rows[i].label == Label::ham ? how.caution : 1;
    ++sizes[{rows[i].source, rows[i].label}];
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (weights[i] != 0) weights[i] /= sizes[{rows[i].source, rows[i].label}];
  }
  return weights;
}

}  // namespace

double score_of(const Row& row, const std::vector<double>& scores) {
  double sum = 0;
  for (const Row::Hit& hit : row.hits) sum += scores[hit.rule] * hit.factor;
  return sum;
}

double loss_of(const std::vector<Row>& rows, const std::vector<double>& scores, const Fit& how,
               const Use& use) {
  const std::vector<double> weights = weights_of(rows, how, use);
  double loss = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (weights[i] == 0) continue;
    const double margin = score_of(rows[i], scores) - how.hold;
    loss += weights[i] * std::log1p(std::exp(rows[i].label == Label::spam ? -margin : margin));
  }
  return loss;
}

double rounded(double score) {
  return std::round(score * 20) / 20;
}

std::vector<double> fitted(const std::vector<Row>& rows, const std::vector<double>& written, const Fit& how,
                           const Use& use) {
  const std::vector<double> weights = weights_of(rows, how, use);
  struct Hit {
    std::size_t row = 0;
    double factor = 1;
  };
  std::vector<std::vector<Hit>> hits(written.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (weights[i] == 0) continue;
    for (const Row::Hit& hit : rows[i].hits) hits[hit.rule].push_back({i, hit.factor});
  }
  for (std::vector<Hit>& of_rule : hits) {
    const auto spam = std::count_if(of_rule.begin(), of_rule.end(),
                                    [&](const Hit& hit) { return rows[hit.row].label == Label::spam; });
    if (static_cast<std::size_t>(spam) < how.enough) of_rule.clear();
  }
  std::vector<double> scores = written;
  std::vector<double> sums;
  for (const Row& row : rows) sums.push_back(score_of(row, scores));

  // One rule after the other takes a Newton step, cut to its band. The loss is convex, so this ends at its
  // minimum within the bands.
  for (int round = 0; round < how.rounds; ++round) {
    double moved = 0;
    for (std::size_t rule = 0; rule < scores.size(); ++rule) {
      if (written[rule] == 0 || hits[rule].empty()) continue;
      const double scale = written[rule] * written[rule];
      double slope = 2 * how.pull * (scores[rule] - written[rule]) / scale;
      double bend = 2 * how.pull / scale;
      for (const Hit& hit : hits[rule]) {
        const double chance = 1 / (1 + std::exp(how.hold - sums[hit.row]));
        const double truth = rows[hit.row].label == Label::spam ? 1 : 0;
        slope += weights[hit.row] * (chance - truth) * hit.factor;
        bend += weights[hit.row] * chance * (1 - chance) * hit.factor * hit.factor;
      }
      const double near = written[rule] * how.least;
      const double highest = std::max(how.highest, std::abs(written[rule]));
      const double far = std::clamp(written[rule] * how.most, -highest, highest);
      const auto [low, high] = std::minmax(near, far);
      // Half a step where the curve is flat: a whole one may overshoot.
      const double step = std::clamp(slope / bend, -0.5, 0.5);
      const double next = std::clamp(scores[rule] - step, low, high);
      const double change = next - scores[rule];
      if (change == 0) continue;
      scores[rule] = next;
      for (const Hit& hit : hits[rule]) sums[hit.row] += change * hit.factor;
      moved = std::max(moved, std::abs(change));
    }
    if (moved < 0.001) break;
  }
  return scores;
}

}  // namespace chaffinch::quality
