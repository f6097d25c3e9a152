// Everything that a hostile comment meets before the store: wire -> gather -> every rule and shipped pattern
// -> learner -> verdict, and what would be learned of it. Besides crashes and hangs it checks what must hold
// for any input: evidence lies within its field on character borders, and judging twice gives the same
// verdict.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/features.h"
#include "analysis/gather.h"
#include "analysis/impression.h"
#include "analysis/learner.h"
#include "analysis/lesson.h"
#include "analysis/ruleset.h"
#include "analysis/starter.h"
#include "analysis/text.h"
#include "http/wire.h"
#include "packs.h"

namespace {

std::shared_ptr<const chaffinch::RuleSet> shipped_rules() {
  std::vector<chaffinch::PackSource> packs;
  for (const auto& [name, text] : chaffinch::kPacks) {
    if (name.ends_with(".toml")) packs.push_back({std::string(name), std::string(text), {}});
  }
  for (auto& pack : packs) {
    for (const auto& [name, text] : chaffinch::kPacks) {
      if (!name.ends_with(".toml")) pack.lists.emplace_back(std::string(name), std::string(text));
    }
  }
  std::vector<chaffinch::Error> errors;
  auto rules = chaffinch::RuleSet::build(packs, errors);
  if (!rules) std::abort();
  return rules;
}

// Enough of both kinds that it speaks.
chaffinch::Model taught(const chaffinch::RuleSet& rules, const chaffinch::FeatureKey& key) {
  std::vector<chaffinch::Labelled> rows;
  for (int i = 0; i < 40; ++i) {
    chaffinch::Labelled row;
    row.spam = i % 2 == 0;
    row.comment.author.name = row.spam ? "Best Offers" : "Ana";
    row.comment.content =
        (row.spam ? "cheap pills http://x.example/" : "the second proof is lovely ") + std::to_string(i);
    rows.push_back(std::move(row));
  }
  return chaffinch::starter_model(rows, rules, key);
}

bool on_border(std::string_view text, std::uint32_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chaffinch;
  static const std::shared_ptr<const RuleSet> rules = shipped_rules();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto row = http::read_row(text);
  if (!row) return 0;
  Evidence evidence = gather(std::move(row->submission));
  static const FeatureKey key("the key of the fuzzed learner");
  static const Model model = taught(*rules, key);
  const Learned learned{.key = &key, .site = &model, .version = "fuzz"};
  const Verdict verdict = rules->judge(evidence, Policy{}, &learned);
  if (!(verdict == rules->judge(evidence, Policy{}, &learned))) std::abort();
  const Lesson lesson{features_of(evidence, verdict.findings, key).vector, 0};
  const auto read = decode_lesson(encode(lesson));
  if (!read || !(*read == lesson)) std::abort();
  (void)decode_lesson(text);
  (void)Model::load(text);
  for (const Finding& finding : verdict.findings) {
    for (const Spot& spot : finding.evidence) {
      const std::string_view field = evidence.raw(spot.field);
      if (spot.start > spot.end || spot.end > field.size()) std::abort();
      if (!on_border(field, spot.start) || !on_border(field, spot.end)) std::abort();
    }
  }
  return 0;
}
