// Everything that a hostile comment meets before the store: wire (JSON, or a form of the Akismet protocol) ->
// gather -> every rule and shipped pattern -> learner -> verdict, what would be learned of it, and its text
// as it is shown. Besides crashes and hangs it checks what must hold for any input: evidence lies within its
// field on character borders, judging twice gives the same verdict, and HTML has our own elements alone.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
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
#include "http/akismet_form.h"
#include "http/shown.h"
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

// The comment of a JSON row or, of what does not begin as one, of an Akismet form.
std::optional<chaffinch::Submission> comment_in(std::string_view text) {
  using namespace chaffinch;
  if (text.starts_with('{')) {
    auto row = http::read_row(text);
    if (!row) return std::nullopt;
    return std::move(row->submission);
  }
  http::AkismetForm form = http::read_akismet_form(text, {}, {});
  http::without_wordpress_escapes(form, "WordPress/6.1.9 | Akismet/5.0.2");
  (void)http::akismet_key_in(form, text.substr(0, 100));
  auto asked = http::read_akismet_comment(form, "blog", false, 0);
  if (!asked) return std::nullopt;
  return std::move(asked->submission);
}

bool is_ours(std::string_view html) {
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    std::string_view name = html.substr(at + 1, html.find_first_of(" >", at) - at - 1);
    if (name.starts_with('/')) name.remove_prefix(1);
    bool known = name == "a" || name == "br";
    for (int kind = 1; kind <= static_cast<int>(chaffinch::http::Shown::Kind::item); ++kind)
      known = known || name == chaffinch::http::element_of(static_cast<chaffinch::http::Shown::Kind>(kind));
    if (!known) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chaffinch;
  static const std::shared_ptr<const RuleSet> rules = shipped_rules();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto comment = comment_in(text);
  if (!comment) return 0;
  for (const bool markdown : {false, true})
    if (!is_ours(http::html_of(http::shown(comment->content, markdown)))) std::abort();
  Evidence evidence = gather(std::move(*comment));
  static const FeatureKey key("the key of the fuzzed learner");
  static const Model model = taught(*rules, key);
  const Learned learned{.key = &key, .site = &model, .version = "fuzz"};
  const Verdict verdict = rules->judge(evidence, Policy{}, &learned);
  if (!(verdict == rules->judge(evidence, Policy{}, &learned))) std::abort();
  Lesson lesson{features_of(evidence, verdict.findings, key).vector, 0};
  const auto read = decode_lesson(encode(lesson));
  std::sort(lesson.vector.begin(), lesson.vector.end());
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
