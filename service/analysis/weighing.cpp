#include "analysis/weighing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "analysis/learner.h"

namespace chaffinch {
namespace {

// So many at once, in sums of their own that are added up in order: as wide as every processor can, and the
// same bits on each.
constexpr std::size_t kLanes = 4;
using Lanes [[gnu::vector_size(kLanes * sizeof(float))]] = float;
using LaneBits [[gnu::vector_size(kLanes * sizeof(float))]] = std::uint32_t;

template <class L, class T>
L lanes_at(const std::vector<T>& from, std::size_t i, std::size_t count) {
  L lanes{};
  std::memcpy(&lanes, from.data() + i, count * sizeof(T));
  return lanes;
}

// Features of the text are below.
constexpr FeatureId kTextEnd = (static_cast<FeatureId>(FeatureClass::pairs) + 1) << 29;

double sum_of(const Lanes& lanes) {
  double sum = 0;
  for (std::size_t i = 0; i < kLanes; ++i) sum += static_cast<double>(lanes[i]);
  return sum;
}

}  // namespace

ClassValues values_of(const LearnVector& vector) {
  // Neighbours are often of one class, and each count waits for the one before.
  constexpr std::size_t kApart = 4;
  std::array<std::array<std::uint32_t, kFeatureClasses>, kApart> counts{};
  for (std::size_t i = 0; i < vector.size(); ++i) ++counts[i % kApart][vector[i] >> 29];
  std::array<double, kFeatureClasses> of_class{};
  double total = 0;
  for (std::size_t i = 0; i < kFeatureClasses; ++i) {
    for (const auto& some : counts) of_class[i] += some[i];
    if (of_class[i] > 0) total += kClassShares[i] * kClassShares[i];
  }
  ClassValues values{};
  for (std::size_t i = 0; i < kFeatureClasses; ++i)
    if (of_class[i] > 0) values[i] = kClassShares[i] / std::sqrt(total * of_class[i]);
  return values;
}

Weighing::Weighing(const LearnVector& vector)
    : vector_(vector),
      class_values_(values_of(vector)),
      values_(vector.size()),
      weights_(vector.size()),
      parts_(vector.size()) {
  std::array<float, kFeatureClasses> values{};
  for (std::size_t group = 0; group < kFeatureClasses; ++group)
    values[group] = static_cast<float>(class_values_[group]);
  for (std::size_t i = 0; i < vector.size(); ++i) values_[i] = values[vector[i] >> 29];
}

double Weighing::ask(const Model& model, double share) {
  model.look_up(vector_, weights_.data());
  Lanes sums{}, text_for_ham{};  // the latter is in the former as well
  const auto add = [&](std::size_t i, std::size_t count) {
    const Lanes most = Lanes{} + static_cast<float>(kMostOfFeature), none{};
    const Lanes whole = lanes_at<Lanes>(weights_, i, count) * lanes_at<Lanes>(values_, i, count);
    const Lanes below = whole < most ? whole : most;
    const Lanes part = below > -most ? below : -most;
    const Lanes for_ham = part < none ? part : none;
    sums += part;
    const auto of_text = (LaneBits)(lanes_at<LaneBits>(vector_, i, count) < kTextEnd);
    text_for_ham += (Lanes)((LaneBits)for_ham & of_text);
    const Lanes added = lanes_at<Lanes>(parts_, i, count) + static_cast<float>(share) * part;
    std::memcpy(parts_.data() + i, &added, count * sizeof(float));
  };
  const std::size_t size = vector_.size(), rest = size % kLanes;
  for (std::size_t i = 0; i < size - rest; i += kLanes) add(i, kLanes);
  if (rest > 0) add(size - rest, rest);
  const double too_much = std::max(0.0, -kMostForHam - sum_of(text_for_ham));
  return bounded_margin(static_cast<double>(model.bias()) + sum_of(sums) + too_much);
}

}  // namespace chaffinch
