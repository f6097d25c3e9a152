// Everything that a hostile comment meets before the store: wire -> gather -> every rule and shipped pattern
// -> verdict. Besides crashes and hangs it checks what must hold for any input: evidence lies within its
// field on character borders, and judging twice gives the same verdict.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/gather.h"
#include "analysis/ruleset.h"
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
  const Verdict verdict = rules->judge(evidence, Policy{});
  if (!(verdict == rules->judge(evidence, Policy{}))) std::abort();
  for (const Finding& finding : verdict.findings) {
    for (const Spot& spot : finding.evidence) {
      const std::string_view field = evidence.raw(spot.field);
      if (spot.start > spot.end || spot.end > field.size()) std::abort();
      if (!on_border(field, spot.start) || !on_border(field, spot.end)) std::abort();
    }
  }
  return 0;
}
