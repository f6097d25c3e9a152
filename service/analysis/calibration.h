// Whether a model's probabilities mean what they say: of the comments that were given 0.8, were four of five
// spam? From the predictions that were made before each lesson (learner.h, Quality). Pure.
#pragma once

#include <array>
#include <cstdint>

#include "analysis/learner.h"

namespace chaffinch {

struct Calibration {
  // Lessons by the probability that was given before: from 0 to under 0.1, and so on.
  struct Step {
    std::uint64_t ham = 0;
    std::uint64_t spam = 0;
    double predicted = 0;  // mean of the probabilities given in it; 0 without a lesson

    bool operator==(const Step&) const = default;
  };
  static constexpr std::size_t kSteps = 10;
  std::array<Step, kSteps> steps{};
  double predicted = 0;  // mean of all probabilities given
  double observed = 0;   // share of spam among all lessons
  // Mean distance of the two, step by step, each by its lessons: the expected calibration error (Naeini,
  // Cooper, Hauskrecht, AAAI 2015). The natural threshold leans to the safety of ham, so a good model is not
  // at 0 here either.
  double error = 0;

  bool operator==(const Calibration&) const = default;
};

// All zeros before the first lesson. Exact to the width of Quality's bins.
Calibration calibration_of(const Quality& quality);

}  // namespace chaffinch
