#include "analysis/calibration.h"

#include <algorithm>
#include <cmath>

namespace chaffinch {

Calibration calibration_of(const Quality& quality) {
  Calibration all;
  double lessons = 0;
  for (std::size_t bin = 0; bin < Quality::kBins; ++bin) {
    const double probability = Quality::probability_of(bin);
    const auto at = static_cast<std::size_t>(probability * Calibration::kSteps);
    Calibration::Step& step = all.steps[std::min(at, Calibration::kSteps - 1)];
    step.ham += quality.ham_bins[bin];
    step.spam += quality.spam_bins[bin];
    const auto here = static_cast<double>(quality.ham_bins[bin] + quality.spam_bins[bin]);
    step.predicted += here * probability;
    all.predicted += here * probability;
    all.observed += static_cast<double>(quality.spam_bins[bin]);
    lessons += here;
  }
  if (lessons == 0) return all;
  all.predicted /= lessons;
  all.observed /= lessons;
  for (Calibration::Step& step : all.steps) {
    const auto here = static_cast<double>(step.ham + step.spam);
    if (here == 0) continue;
    all.error += std::abs(step.predicted - static_cast<double>(step.spam)) / lessons;
    step.predicted /= here;
  }
  return all;
}

}  // namespace chaffinch
