// rules list, rules test.
#include <algorithm>

#include <unistd.h>

#include "analysis/address.h"
#include "analysis/gather.h"
#include "cli/commands.h"
#include "cli/explain.h"
#include "cli/known.h"
#include "cli/starter_set.h"
#include "cli/terminal.h"
#include "core/limits.h"
#include "http/wire.h"
#include "intake.h"

namespace chaffinch::cli {
namespace {

Result<Submission> comment_of(const RulesTest& wish) {
  Submission comment;
  comment.article.id = "test";
  comment.content = wish.text;
  comment.author.name = wish.name;
  comment.author.email = wish.email;
  comment.author.url = wish.url;
  if (wish.text.empty()) return fail(Code::invalid, "the text is empty");
  // As an archive's row is read, so that what may be tried here is what may be submitted.
  auto row = http::read_row(http::write_submission(comment));
  if (!row) return tl::unexpected(std::move(row).error());
  if (!wish.ip.empty()) {
    const auto address = Address::parse(wish.ip);
    if (!address) return fail(Code::invalid, "that is not an address", "--ip");
    row->submission.client.ip = address->text();
  }
  row->submission.site = wish.site;
  return std::move(row->submission);
}

}  // namespace

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

int rules_test(const RulesTest& wish) {
  const auto comment = comment_of(wish);
  if (!comment) {
    complain(comment.error());
    return kUsage;
  }
  const bool with_store = wish.given.flags.contains(kDataSetting);
  if (with_store == wish.site.empty()) {
    complain(with_store ? "--data needs --site: whose memory and policy to use"
                        : "--site needs --data: without a store there are no sites");
    return kUsage;
  }
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  const auto rules = rules_or_complain(settings->rules);
  if (!rules) return kFailed;
  Result<Verdict> verdict = fail(Code::invalid, "");
  if (with_store) {
    auto store = store_given(wish.given, *settings);
    if (!store) return complain(store.error());
    Metrics metrics;
    Learning learning(**store, starter_set(), *rules);
    Intake intake(**store, metrics, rules);
    intake.learn_with(learning);
    const auto rulebook = with_published(intake, metrics, *settings);
    verdict = intake.check(*comment, now());
    if (!verdict) return complain(verdict.error());
  } else {
    Evidence evidence = gather(*comment);
    evidence.facts.now = now();
    Policy policy;
    policy.moderation = Moderation::publish;
    verdict = rules->judge(evidence, policy);
  }
  return out(explained(*comment, *verdict, ::isatty(STDOUT_FILENO) == 1)) ? kFine : kFailed;
}

}  // namespace chaffinch::cli
