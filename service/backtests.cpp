#include "backtests.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "core/limits.h"
#include "secrets.h"

namespace chaffinch {
namespace {

constexpr int kNice = 10;
constexpr int kComeBack = 10;  // seconds
constexpr Time kKeyKept = 24 * kHour;

}  // namespace

std::string_view word(Backtests::State state) {
  constexpr std::string_view kWords[] = {"running", "done", "cancelled", "failed"};
  return kWords[static_cast<std::size_t>(state)];
}

Result<const Backtests::Told*> Backtests::told(const Once& once) const {
  if (once.key.empty()) return nullptr;
  for (auto one = told_.rbegin(); one != told_.rend(); ++one) {
    if (one->once.scope != once.scope || one->once.key != once.key || one->once.at <= once.at - kKeyKept)
      continue;
    if (one->once.fingerprint == once.fingerprint) return &*one;
    return fail(Code::conflict, "this key was used for another request", "Idempotency-Key",
                "use a new key for each request, and the same one only to repeat it");
  }
  return nullptr;
}

void Backtests::remember(const Once& once, const Status& status) {
  if (once.key.empty()) return;
  told_.push_back({once, status});
  if (told_.size() > kKeys) told_.pop_front();
}

Result<std::optional<Answered<Backtests::Status>>> Backtests::replay(const Once& once) const {
  const std::lock_guard guard(lock_);
  const auto before = told(once);
  if (!before) return tl::unexpected(before.error());
  std::optional<Answered<Status>> found;
  if (*before != nullptr) found = Answered<Status>{(*before)->status, true};
  return found;
}

Result<Answered<Backtests::Status>> Backtests::start(Wish wish, Time now) {
  std::uint64_t total = 0;
  auto sites = store_.sites();
  if (!sites) return tl::unexpected(std::move(sites).error());
  for (const Site& site : *sites) {
    if (!wish.site.empty() && site.id != wish.site) continue;
    const auto stats = store_.stats(site.id);
    if (!stats) return tl::unexpected(stats.error());
    total += stats->pending + stats->approved + stats->rejected + stats->spam + stats->checked;
  }
  auto run = std::make_shared<Run>();
  run->status.id = new_id(now);
  run->status.site = wish.site;
  run->status.by = wish.by;
  run->status.started_at = now;
  run->status.total = std::min(total, wish.most);

  const std::lock_guard guard(lock_);
  const auto before = told(wish.once);
  if (!before) return tl::unexpected(before.error());
  if (*before != nullptr) return Answered<Status>{(*before)->status, true};
  const auto busy = std::find_if(runs_.begin(), runs_.end(),
                                 [](const auto& one) { return one->status.state == State::running; });
  if (busy != runs_.end()) {
    return fail(Code::too_many, "a backtest is running, started by " + (*busy)->status.by, {},
                "wait for its end, or cancel it", kComeBack);
  }
  runs_.push_back(run);
  if (runs_.size() > kKept) runs_.pop_front();
  Answered<Status> started{run->status};
  remember(wish.once, run->status);
  if (thread_.joinable()) thread_.join();  // it has nothing more to do: its run is no longer running
  thread_ = std::jthread(
      [this, run, wish = std::move(wish)](const std::stop_token& stop) { carry_out(run, wish, stop); });
  return started;
}

void Backtests::carry_out(const std::shared_ptr<Run>& run, const Wish& wish, const std::stop_token& stop) {
  // On Linux this is the thread's own; where it is not allowed the backtest runs at the usual priority.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
  const auto end = [&](State state, std::string problem, std::shared_ptr<const Backtest::Report> report) {
    const std::lock_guard guard(lock_);
    if (report) run->status.seen = report->seen;
    run->status.state = state;
    run->status.problem = std::move(problem);
    run->status.report = std::move(report);
  };
  try {
    std::map<std::string, Policy> policies;
    if (auto sites = store_.sites())
      for (const Site& site : *sites) policies.emplace(site.id, site.policy);
    const Backtest::Sides sides{
        .today = [&](const std::string& site) { return wish.today.of(site.empty() ? wish.site : site); },
        .draft = [&](const std::string& site) { return wish.draft.of(site.empty() ? wish.site : site); },
        .policy =
            [&](const std::string& site) {
              const auto known = policies.find(site);
              return known == policies.end() ? Policy{} : known->second;
            }};
    ArchiveQuery query;
    query.site = wish.site;
    query.since = wish.since;
    query.limit = limits::kPageUsual;  // small steps: progress is seen, and a cancel soon felt
    bool cancelled = false;
    auto report = backtest(store_, query, sides, 1, wish.most, [&](std::uint64_t seen) {
      const std::lock_guard guard(lock_);
      run->status.seen = seen;
      cancelled = run->cancel || stop.stop_requested();
      return cancelled;
    });
    if (!report) return end(State::failed, report.error().what, nullptr);
    if (cancelled) return end(State::cancelled, {}, nullptr);
    end(State::done, {}, std::make_shared<const Backtest::Report>(std::move(*report)));
  } catch (const std::exception& problem) {
    end(State::failed, problem.what(), nullptr);
  }
}

Result<Backtests::Status> Backtests::status(const std::string& reach, Id id) const {
  const std::lock_guard guard(lock_);
  for (const auto& run : runs_) {
    if (run->status.id == id && (reach.empty() || run->status.site == reach)) return run->status;
  }
  return fail(Code::not_found, "there is no such backtest", {},
              "the latest few are kept until the service ends");
}

std::vector<Backtests::Status> Backtests::all(const std::string& reach) const {
  const std::lock_guard guard(lock_);
  std::vector<Status> found;
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run)
    if (reach.empty() || (*run)->status.site == reach) found.push_back((*run)->status);
  return found;
}

Result<Took> Backtests::remove(const std::string& reach, Id id, const Once& once) {
  const std::lock_guard guard(lock_);
  const auto before = told(once);
  if (!before) return tl::unexpected(before.error());
  if (*before != nullptr) return Took{.replayed = true};
  const auto run = std::find_if(runs_.begin(), runs_.end(), [&](const auto& one) {
    return one->status.id == id && (reach.empty() || one->status.site == reach);
  });
  if (run == runs_.end()) return fail(Code::not_found, "there is no such backtest");
  if ((*run)->status.state == State::running) {
    (*run)->cancel = true;
  } else {
    runs_.erase(run);
  }
  remember(once, {});
  return Took{};
}

}  // namespace chaffinch
