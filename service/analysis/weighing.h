// What one comment's features weigh in a model, or in several one after the other. std only; not shared by
// threads.
//
//   Weighing weighing(features.vector);
//   double m = weighing.ask(site, 1);             // > 0: spam
//   m += share * weighing.ask(shared, share);
//   weighing.parts();                             // what each feature adds to m
#pragma once

#include <array>
#include <vector>

#include "analysis/lesson.h"

namespace chaffinch {

class Model;

// What one feature of a class counts in a row. Classes are normalised first, by share, then the whole row.
using ClassValues = std::array<double, kFeatureClasses>;
ClassValues values_of(const LearnVector& vector);

class Weighing {
 public:
  // REQUIRES: the vector stays as it is while this lives.
  explicit Weighing(const LearnVector& vector);

  // The model's own opinion, without any prior: above 0 is spam. Finite, within (-kMostMargin, kMostMargin),
  // and the same bits on every machine. Besides, adds `share` times what each feature contributes to it
  // (before the sum is bounded) to its place in parts().
  double ask(const Model& model, double share);

  const ClassValues& class_values() const { return class_values_; }
  const std::vector<float>& parts() const { return parts_; }

 private:
  const LearnVector& vector_;
  const ClassValues class_values_;
  std::vector<float> values_, weights_, parts_;  // of each feature
};

}  // namespace chaffinch
