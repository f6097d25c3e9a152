#include <algorithm>
#include <map>

#include <unistd.h>

#include "analysis/gather.h"
#include "analysis/text.h"
#include "cli/commands.h"
#include "cli/explain.h"
#include "cli/terminal.h"
#include "core/limits.h"

namespace chaffinch::cli {
namespace {

std::string wide(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

}  // namespace

int rules_check(const Given& given, const std::vector<std::string>& files) {
  std::vector<PackSource> packs;
  if (files.empty()) {
    auto settings = settings_of(given);
    if (!settings) return complain(settings.error());
    auto read = read_packs(settings->rules);
    if (!read) return complain(read.error());
    packs = std::move(*read);
  }
  for (const std::string& file : files) {
    auto pack = read_pack(file);
    if (!pack) return complain(pack.error());
    packs.push_back(std::move(*pack));
  }
  std::vector<Error> errors;
  const auto rules = RuleSet::build(packs, errors);
  if (!rules) {
    for (const Error& error : errors) complain(error);
    err(grouped(errors.size()) + (errors.size() == 1 ? " problem\n" : " problems\n"));
    return kFailed;
  }
  struct Count {
    std::size_t live = 0, shadow = 0, off = 0;
  };
  std::map<std::string, Count> counts;
  for (const RuleInfo& rule : rules->rules()) {
    Count& count = counts[rule.pack.empty() ? "(" + rule.kind + "s)" : rule.pack];
    ++(rule.state == "shadow" ? count.shadow : rule.state == "off" ? count.off : count.live);
  }
  std::string text = wide("pack", 24) + "  live  shadow  off\n";
  for (const auto& [pack, count] : counts) {
    text += wide(plain(pack), 24) + "  " + wide(std::to_string(count.live), 4) + "  " +
            wide(std::to_string(count.shadow), 6) + "  " + std::to_string(count.off) + "\n";
  }
  text += grouped(rules->rules().size()) + " rules, version " + rules->version() + ". All examples hold.\n";
  return out(text) ? kFine : kFailed;
}

int rules_list(const Given& given) {
  auto settings = settings_of(given);
  if (!settings) return complain(settings.error());
  const auto rules = rules_or_complain(settings->rules);
  if (!rules) return kFailed;
  std::string text;
  for (const RuleInfo& rule : rules->rules()) {
    const std::string weight =
        rule.action ? std::string(word(*rule.action)) : (rule.score >= 0 ? "+" : "") + fixed(rule.score, 2);
    text += wide(rule.name, 32) + "  " + wide(weight, 8) + "  " + wide(rule.state, 6) + "  " +
            wide(rule.kind, 9) + "  " + wide(rule.pack, 12) + "  " + plain(rule.about) + "\n";
  }
  return out(text) ? kFine : kFailed;
}

int rules_test(const Given& given, const std::string& text) {
  if (text.empty() || text.size() > limits::kContent || text.find('\0') != std::string::npos ||
      !valid_utf8(text)) {
    complain("the text must be of 1 to 65,536 bytes of UTF-8");
    return kUsage;
  }
  auto settings = settings_of(given);
  if (!settings) return complain(settings.error());
  const auto rules = rules_or_complain(settings->rules);
  if (!rules) return kFailed;
  Submission comment;
  comment.content = text;
  Evidence evidence = gather(comment);
  evidence.facts.now = now();
  Policy policy;
  policy.moderation = Moderation::publish;
  return out(explained(comment, rules->judge(evidence, policy), ::isatty(STDOUT_FILENO) == 1)) ? kFine
                                                                                               : kFailed;
}

}  // namespace chaffinch::cli
