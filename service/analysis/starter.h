// The starter set: labelled comments that ship with the program, and the model learned from them. Pure.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/features.h"
#include "analysis/learner.h"
#include "analysis/ruleset.h"
#include "core/comment.h"

namespace chaffinch {

struct Labelled {
  Submission comment;
  bool spam = false;
};

// A starter set that is read only when there is something to be learned from it.
struct Starter {
  std::string digest;  // of the rows: others have another one
  std::function<std::vector<Labelled>()> rows;
};

// Part of the name under which a learned model is kept: raised when the same rows, rules and key would come
// to another model (a test notices).
inline constexpr std::string_view kStarterSemantics = "starter 2";

// Learned in an order that depends on the comments alone, not on how files are named or cut. As an empty site
// would see them: no facts, usual policy. The same rows, rules and key give the same model. Some 100 µs a
// row.
Model starter_model(std::span<const Labelled> rows, const RuleSet& rules, const FeatureKey& key);

}  // namespace chaffinch
