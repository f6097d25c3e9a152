#include "analysis/starter.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analysis/gather.h"
#include "core/fnv.h"

namespace chaffinch {

namespace {

// The end of a part counts as well.
std::uint64_t place_of(const Submission& comment) {
  Fnv hash;
  for (const std::string* part :
       {&comment.content, &comment.author.name, &comment.author.email, &comment.author.url}) {
    hash.take(*part);
    hash.take(0xFF);
  }
  return hash.value();
}

}  // namespace

Model starter_model(std::span<const Labelled> rows, const RuleSet& rules, const FeatureKey& key) {
  // By hash, so that kinds, languages and files are mixed.
  std::vector<std::pair<std::uint64_t, const Labelled*>> order;
  order.reserve(rows.size());
  for (const Labelled& row : rows) order.emplace_back(place_of(row.comment), &row);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Model model(kStarterWeights);
  for (const auto& [place, row] : order) {
    const Evidence seen = gather(row->comment);
    const Verdict verdict = rules.judge(seen, Policy{});
    model.learn({features_of(seen, verdict.findings, key).vector, 0}, row->spam);
  }
  return model;
}

}  // namespace chaffinch
