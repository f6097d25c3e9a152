#include <algorithm>
#include <map>

#include "analysis/pack.h"
#include "analysis/review.h"
#include "cli/commands.h"
#include "cli/known.h"
#include "cli/terminal.h"

namespace chaffinch::cli {
namespace {

// Of an archive's or a store's comments: a rule that hits so many honest ones is not worth its score.
constexpr double kShareOfKnown = 0.05;
constexpr std::uint64_t kLeastOfKnown = 5;

// "mine.toml:12: warning (broad): what", and below it the line with its caret and the advice.
std::string shown(const std::string& where, const std::string& kind, const std::string& what,
                  const std::string& advice) {
  std::string text = (where.empty() ? "" : plain(where) + ": ") + kind + ": " + plain(what) + "\n";
  std::string below = plain(advice, true);
  if (below.empty()) return text;
  for (std::size_t at = 0; at != std::string::npos;) {
    const std::size_t end = below.find('\n', at);
    const std::string row = below.substr(at, end == std::string::npos ? end : end - at);
    text += (row.starts_with("  ") ? "  " : "    ") + row + "\n";
    at = end == std::string::npos ? end : end + 1;
  }
  return text;
}

std::string many(std::size_t count, const std::string& one) {
  return grouped(count) + " " + one + (count == 1 ? "" : "s");
}

std::string table_of(const RuleSet& rules) {
  struct Count {
    std::size_t live = 0, shadow = 0, off = 0;
  };
  std::map<std::string, Count> counts;
  for (const RuleInfo& rule : rules.rules()) {
    Count& count = counts[rule.pack.empty() ? "(" + rule.kind + "s)" : rule.pack];
    ++(rule.state == "shadow" ? count.shadow : rule.state == "off" ? count.off : count.live);
  }
  std::string text = wide("pack", 24) + "  live  shadow  off\n";
  for (const auto& [pack, count] : counts) {
    text += wide(plain(pack), 24) + "  " + wide(std::to_string(count.live), 4) + "  " +
            wide(std::to_string(count.shadow), 6) + "  " + std::to_string(count.off) + "\n";
  }
  return text + grouped(rules.rules().size()) + " rules, version " + rules.version() +
         ". All examples hold.\n";
}

}  // namespace

int rules_check(const RulesCheck& wish) {
  auto own = packs_named(wish.files);
  if (!own) return complain(own.error());
  std::vector<PackSource> packs = *own;
  if (wish.files.empty() || wish.on_top) {
    auto settings = settings_of(wish.given);
    if (!settings) return complain(settings.error());
    auto base = read_packs(settings->rules);
    if (!base) return complain(base.error());
    packs = laid_over(*base, *own);
  }
  for (PackSource& one : packs) one.shipped = false;  // whoever checks wants the examples tried
  std::vector<Error> errors;
  const auto rules = RuleSet::build(packs, errors);
  if (!rules) {
    show_lines(packs, errors);
    for (const Error& error : errors) err(shown(error.where, "error", error.what, error.advice));
    err(many(errors.size(), "error") + "\n");
    return kFailed;
  }

  std::vector<std::string> about;  // the packs that were asked for
  if (wish.on_top)
    for (const PackSource& one : *own) about.push_back(pack_name_of(one));
  std::vector<Remark> remarks = review(packs, *rules, about);
  for (Remark& one : too_broad(packs, *rules, about)) remarks.push_back(std::move(one));
  Breadth breadth(*rules);
  const auto known = each_wanted(wish.given, wish.against, [&](const Submission& one) { breadth.look(one); });
  if (!known) return complain(known.error());
  if (*known > 0) {
    for (Remark& one :
         breadth.remarks(packs, kShareOfKnown, kLeastOfKnown, "comments that people wanted", about))
      remarks.push_back(std::move(one));
  }
  for (const Remark& one : remarks) err(shown(one.where, "warning (" + one.kind + ")", one.what, one.advice));
  std::string text = table_of(*rules);
  if (*known > 0) text += "Tried on " + grouped(*known) + " comments that people wanted.\n";
  if (!remarks.empty()) text += many(remarks.size(), "warning") + ".\n";
  if (!out(text)) return kFailed;
  return wish.strict && !remarks.empty() ? kFailed : kFine;
}

}  // namespace chaffinch::cli
