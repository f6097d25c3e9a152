#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "analysis/address.h"
#include "backtests.h"
#include "cli/commands.h"
#include "cli/first_start.h"
#include "cli/housekeeper.h"
#include "cli/rules_watch.h"
#include "cli/signals.h"
#include "cli/starter_set.h"
#include "cli/terminal.h"
#include "heap.h"
#include "http/api.h"
#include "http/door.h"
#include "http/gate.h"
#include "intake.h"
#include "log.h"
#include "metrics.h"
#include "rulebook.h"

namespace chaffinch::cli {
namespace {

LogLevel level_of(const std::string& level) {
  if (level == "debug") return LogLevel::debug;
  if (level == "warning") return LogLevel::warning;
  if (level == "error") return LogLevel::error;
  if (level == "off") return LogLevel::off;
  return LogLevel::info;
}

// What the signals reach. A door is stopped as soon as it is known, even when the signal came first.
class Switch {
 public:
  void add(http::Door& door) {
    const std::lock_guard guard(lock_);
    doors_.push_back(&door);
    if (stopped_) door.stop();
  }
  void stop() {
    const std::lock_guard guard(lock_);
    stopped_ = true;
    for (http::Door* door : doors_) door->stop();
  }
  void rules_for(std::function<void()> reload) {
    const std::lock_guard guard(lock_);
    reload_ = std::move(reload);
  }
  void reload() {
    const std::lock_guard guard(lock_);
    if (reload_) reload_();
  }
  void forget() {
    const std::lock_guard guard(lock_);
    doors_.clear();
    reload_ = nullptr;
  }

 private:
  std::mutex lock_;
  bool stopped_ = false;  // all guarded by lock_
  std::vector<http::Door*> doors_;
  std::function<void()> reload_;
};

void log_refused(Log& log, const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    log.error("rules refused", {{"problem", error.what}, {"where", error.where}, {"advice", error.advice}});
  }
}

// All or nothing: packs that do not compile leave the old ones in force.
void reload_rules(Rulebook& rulebook, Intake& intake, Log& log) {
  if (const auto taken = rulebook.reload(now()); !taken) return log_refused(log, taken.error());
  const auto rules = intake.rules();
  log.info("rules reloaded",
           {{"version", rules->version()}, {"rules", static_cast<std::int64_t>(rules->rules().size())}});
}

// Whatever happens, the switch lets go of the parts before they are gone, and both doors stop when one did.
class Wired {
 public:
  explicit Wired(Switch& power) : power_(power) {}
  ~Wired() {
    power_.stop();
    power_.forget();
  }
  Wired(const Wired&) = delete;
  Wired& operator=(const Wired&) = delete;

 private:
  Switch& power_;
};

http::GateOptions gate_options(const Settings& settings) {
  http::GateOptions options;
  for (const std::string& text : settings.trusted_proxies) {
    if (const auto network = Network::parse(text)) options.trusted_proxies.push_back(*network);
  }
  options.rate_per_minute = settings.rate_per_minute;
  options.rate_burst = settings.rate_burst;
  return options;
}

constexpr std::uint32_t kScrapers = 16;  // connections to the metrics' own listener

// An API behind a door. What it is made from must outlive it.
struct Opened {
  Opened(http::Api& api, Metrics& metrics, Log& log, const http::DoorOptions& options, bool counted) {
    http::DoorEvents events;
    events.answered = [&api](const http::Ask& ask, const http::Answer& answer, double seconds) {
      api.answered(ask, answer, seconds);
    };
    events.refused = [&metrics](std::string_view why) { metrics.refused(why); };
    // The gauge is of the door that people use.
    if (counted) events.connections = [&metrics](std::int64_t open) { metrics.connections(open); };
    door = std::make_unique<http::Door>(
        options, [&api](const http::Ask& ask) { return api.admit(ask); },
        [&api](const http::Ask& ask, const Later<http::Answer>& later) { return api.answer(ask, later); },
        std::move(events),
        [&log](std::string_view what) {
          log.error("crashed", {{"problem", std::string(what)}});
        });
  }
  std::unique_ptr<http::Door> door;
};

int run(const Settings& settings, const std::optional<std::string>& wished_token, Switch& power) {
  // Log and metrics before the store: its writer reports to them until it is closed.
  Log log(level_of(settings.log_level));
  Metrics metrics;
  const std::string stamp = settings.rules.empty() ? std::string() : rules_stamp(settings.rules);
  const auto rules = rules_or_complain(settings.rules);
  if (!rules) return kFailed;
  auto opened = open_home(settings, true);
  if (!opened) return complain(opened.error());
  Store& store = **opened;
  store.observe({.committed = [&metrics](std::uint32_t operations,
                                         double seconds) { metrics.committed(operations, seconds); },
                 .failed =
                     [&metrics, &log](std::string_view problem) {
                       metrics.commit_failed();
                       log.error("commit failed", {{"problem", std::string(problem)}});
                     }});
  Learning learning(store, starter_set(), *rules);
  Intake intake(store, metrics, rules);
  intake.learn_with(learning);
  Rulebook rulebook(intake, metrics, [folder = settings.rules] { return read_packs(folder); });
  log_refused(log, rulebook.start(now()));
  Backtests backtests(store);
  http::Gate gate(gate_options(settings));
  http::ApiOptions api_options;
  api_options.now = now;
  api_options.min_free_bytes = static_cast<std::uint64_t>(settings.min_free_mb) * 1024 * 1024;
  http::Api api(intake, rulebook, backtests, gate, metrics, log, api_options);
  http::DoorOptions options;
  options.host = settings.host;
  options.port = settings.port;
  options.connections = static_cast<std::uint32_t>(settings.connections);
  options.request_seconds = settings.request_seconds;
  options.keep_alive_seconds = settings.keep_alive_seconds;
  const Opened main_door(api, metrics, log, options, true);
  const int port = main_door.door->bind();

  // The metrics' own listener: the same API, cut down to them.
  api_options.only_metrics = true;
  http::Api metrics_api(intake, rulebook, backtests, gate, metrics, log, api_options);
  std::optional<Opened> metrics_door;
  int metrics_port = -1;
  if (settings.metrics_port >= 0) {
    options.host = settings.metrics_host;
    options.port = settings.metrics_port;
    options.connections = kScrapers;
    metrics_door.emplace(metrics_api, metrics, log, options, false);
    metrics_port = metrics_door->door->bind();
  }

  const std::string url = url_of(settings.host, port);
  const auto welcome = make_ready(store, log, wished_token, url, now());
  if (!welcome) return complain(welcome.error());
  std::string text = greeting(*welcome, url, settings.data);
  if (metrics_door) text += "Metrics at " + url_of(settings.metrics_host, metrics_port) + "/metrics\n";
  out(text);
  log.info("listening", {{"address", url}, {"rules", intake.rules()->version()}});

  // What reading the rules and learning the starter set took and gave back is between what stays.
  give_back_memory();
  {
    const Housekeeper housekeeper(store, learning, log);
    const auto reload = [&] { reload_rules(rulebook, intake, log); };
    std::optional<RulesWatch> watch;
    if (settings.rules_watch && !settings.rules.empty()) watch.emplace(settings.rules, stamp, reload);
    std::jthread metrics_thread;
    const Wired wired(power);
    power.rules_for(reload);
    power.add(*main_door.door);
    if (metrics_door) {
      power.add(*metrics_door->door);
      metrics_thread = std::jthread([&metrics_door] { metrics_door->door->serve(); });
    }
    main_door.door->serve();
  }
  log.info("stopped");
  return kFine;
}

}  // namespace

int serve(const Serve& wish) {
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  std::optional<std::string> wished;
  if (const char* text = std::getenv("CHAFFINCH_ADMIN_TOKEN"); text != nullptr && *text != '\0') {
    wished = text;
    if (auto fine = check_wished_token(*wished); !fine) return complain(fine.error());
  }
  Switch power;
  // Before any thread, so that all of them leave the signals to the waiter.
  const Signals signals([&power] { power.stop(); }, [&power] { power.reload(); });
  try {
    return run(*settings, wished, power);
  } catch (const std::exception& problem) {
    return complain(problem.what());
  }
}

}  // namespace chaffinch::cli
