#include "cli/housekeeper.h"

#include <chrono>
#include <string>

#include "cli/home.h"

namespace chaffinch::cli {
namespace {

constexpr int kPauseSeconds = 60;
// A step is some hundred rows in one transaction. So many in a row clear a day of a very busy blog; what is
// left waits for the next minute, and submissions get their turn between steps anyway.
constexpr int kStepsOfOneSweep = 200;
constexpr int kFoldsAtOnce = 20;

}  // namespace

Housekeeper::Housekeeper(Store& store, Learning& learning, Log& log)
    : store_(store),
      learning_(learning),
      log_(log),
      thread_([this](const std::stop_token& stop) { live(stop); }) {}

bool Housekeeper::rest(const std::stop_token& stop) {
  std::unique_lock guard(lock_);
  wake_.wait_for(guard, stop, std::chrono::seconds(kPauseSeconds), [] { return false; });
  return !stop.stop_requested();
}

void Housekeeper::live(const std::stop_token& stop) {
  do {
    sweep(stop);
    fold(stop);
  } while (rest(stop));
}

// Also learns what another process decided, at the latest by now.
void Housekeeper::fold(const std::stop_token& stop) {
  auto more = learning_.catch_up().map([] { return true; });
  for (int step = 0; more && *more && step < kFoldsAtOnce && !stop.stop_requested(); ++step)
    more = learning_.tidy(now());
  if (!more) log_.warning("learning failed", {{"problem", more.error().what}});
}

void Housekeeper::sweep(const std::stop_token& stop) {
  Swept all;
  for (int step = 0; step < kStepsOfOneSweep && !stop.stop_requested(); ++step) {
    const auto swept = store_.sweep(now());
    if (!swept) {
      log_.warning("sweep failed", {{"problem", swept.error().what}});
      return;
    }
    all.clients += swept->clients;
    all.removed += swept->removed;
    all.other += swept->other;
    if (!swept->more) break;
  }
  if (all.clients + all.removed > 0) {
    log_.info("swept", {{"clients", static_cast<std::int64_t>(all.clients)},
                        {"comments", static_cast<std::int64_t>(all.removed)},
                        {"other", static_cast<std::int64_t>(all.other)}});
  }
}

}  // namespace chaffinch::cli
