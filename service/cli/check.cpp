#include <algorithm>
#include <atomic>
#include <thread>

#include <unistd.h>

#include "analysis/gather.h"
#include "cli/commands.h"
#include "cli/explain.h"
#include "cli/known.h"
#include "cli/pipeline.h"
#include "cli/starter_set.h"
#include "cli/terminal.h"
#include "http/wire.h"
#include "intake.h"

namespace chaffinch::cli {
namespace {

// How one comment is judged: from many threads at once.
using Judge = std::function<Result<Verdict>(Submission)>;

Error too_long() {
  return Error{.code = Code::too_large,
               .what = "the line is longer than " + grouped(kLongestLine) + " bytes",
               .where = {},
               .advice = {}};
}

std::string explained_error(std::uint64_t number, const Error& error) {
  return "line " + std::to_string(number) + ": error: " + in_one_sentence(error) + "\n\n";
}

std::string heading(std::uint64_t number, const std::string& key) {
  return "line " + std::to_string(number) + (key.empty() ? "" : "  " + plain(key)) + "\n";
}

int run(const Check& wish, const Judge& judge) {
  auto reader = LineReader::open("-");
  if (!reader) return complain(reader.error());
  const unsigned jobs =
      wish.jobs > 0 ? static_cast<unsigned>(wish.jobs) : std::max(1U, std::thread::hardware_concurrency());
  const bool colour = wish.explain && ::isatty(STDOUT_FILENO) == 1;
  std::atomic<std::uint64_t> bad = 0;

  const auto work = [&](const Line& line, std::string& to) {
    Result<http::Row> row = line.too_long ? tl::unexpected(too_long()) : http::read_row(line.text);
    Result<Verdict> verdict = fail(Code::invalid, "");
    Submission comment;
    if (row) {
      row->submission.site = wish.site;
      comment = row->submission;
      verdict = judge(std::move(row->submission));
    }
    const Error* error = !row ? &row.error() : !verdict ? &verdict.error() : nullptr;
    if (error != nullptr) ++bad;
    if (error != nullptr) {
      to += wish.explain ? explained_error(line.number, *error)
                         : http::write_line_error(line.number, *error) + "\n";
    } else {
      to += wish.explain ? heading(line.number, row->key) + explained(comment, *verdict, colour) + "\n"
                         : http::write_row_verdict(row->key, comment, *verdict) + "\n";
    }
  };
  const auto end = run_in_order(*reader, jobs, work, [](std::string_view text) { return out(text); });
  if (end == LineReader::Got::failed) return complain(reader->problem());
  if (bad > 0) {
    err("chaffinch: " + grouped(bad) + (bad == 1 ? " line was bad\n" : " lines were bad\n"));
    return kSomeBad;
  }
  return kFine;
}

}  // namespace

int check(const Check& wish) {
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  const bool with_store = wish.given.flags.contains(kDataSetting);
  if (!with_store && !wish.site.empty()) {
    complain("--site needs --data: without a store there are no sites");
    return kUsage;
  }
  const auto rules = rules_or_complain(settings->rules);
  if (!rules) return kFailed;
  const Time at = now();

  if (!with_store) {
    Policy policy;
    policy.moderation = Moderation::publish;
    // Nothing is kept, so any key will do; the same one gives the same verdicts.
    const FeatureKey key("check without a store");
    const Model starter = starter_model(starter_set().rows(), *rules, key);
    const Learned learned{.key = &key, .starter = &starter, .version = "starter"};
    return run(wish, [&](Submission comment) -> Result<Verdict> {
      Evidence evidence = gather(std::move(comment));
      evidence.facts.now = at;
      return rules->judge(evidence, policy, &learned);
    });
  }

  auto store = open_home(*settings, false);
  if (!store) {
    complain(store.error());
    if (store.error().code == Code::unavailable)
      err(over_the_api(*settings, "POST", "/v1/check", "{\"content\":\"...\"}"));
    return kFailed;
  }
  Check with_site = wish;
  if (with_site.site.empty()) {
    const auto sites = (*store)->sites();
    if (!sites) return complain(sites.error());
    if (sites->size() != 1) {
      return complain("this store has " + grouped(sites->size()) + " sites: name one with --site");
    }
    with_site.site = sites->front().id;
  }
  if (const auto site = (*store)->site(with_site.site); !site) {
    return complain("there is no site " + with_site.site + "; `chaffinch site list` shows them");
  }
  Metrics metrics;
  Learning learning(**store, starter_set(), *rules);
  Intake intake(**store, metrics, rules);
  intake.learn_with(learning);
  const auto rulebook = with_published(intake, metrics, *settings);
  return run(with_site, [&](Submission comment) { return intake.check(std::move(comment), at); });
}

}  // namespace chaffinch::cli
