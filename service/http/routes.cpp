#include "http/routes.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "core/limits.h"

namespace chaffinch::http {
namespace {

template <class... Roles>
constexpr std::uint8_t only(Roles... roles) {
  return static_cast<std::uint8_t>((0U | ... | (1U << static_cast<unsigned>(roles))));
}

constexpr auto kAdmin = only(Role::admin);
constexpr auto kModerators = only(Role::admin, Role::moderator);
constexpr auto kFrontends = only(Role::admin, Role::frontend);
constexpr auto kQueue = only(Role::admin, Role::moderator, Role::feed);
constexpr auto kArticles = only(Role::admin, Role::moderator, Role::frontend);
constexpr auto kWriters = only(Role::admin, Role::frontend, Role::everybody);
constexpr auto kReaders = only(Role::admin, Role::moderator, Role::frontend, Role::feed, Role::everybody);
constexpr auto kAll = kAnybody;
constexpr auto kNumbers = only(Role::admin, Role::metrics);

using limits::kBody;
constexpr std::size_t kForeign = limits::kForeignBody;

constexpr Route kRoutes[] = {
    // The blog and its readers.
    {"POST", "/v1/comments", kWriters, calls::submit, Body::json_or_form, kBody, false, true},
    {"GET", "/v1/comments", kReaders, calls::thread},
    {"GET", "/v1/comments/counts", kReaders, calls::counts},
    {"GET", "/v1/comments/form", kReaders, calls::form},
    {"GET", "/v1/comments.html", kReaders, calls::fragment},
    {"GET", "/v1/comments.atom", kReaders, calls::feed},
    {"PATCH", "/v1/comments/{id}", kWriters, calls::change, Body::json, kBody, false, true},
    {"DELETE", "/v1/comments/{id}", kWriters, calls::remove, Body::optional, kBody, false, true},
    {"POST", "/v1/check", kFrontends, calls::check, Body::json, limits::kBatchBody},
    {"POST", "/v1/learn", kFrontends, calls::learn, Body::json, kBody},
    // Moderators.
    {"GET", "/v1/queue", kQueue, calls::queue},
    {"GET", "/v1/queue/count", kModerators, calls::queue_count},
    {"GET", "/v1/queue/counts", kModerators, calls::queue_counts},
    {"GET", "/v1/queue.atom", kQueue, calls::queue_feed},
    {"POST", "/v1/queue/claim", kModerators, calls::claim, Body::optional, kBody},
    {"DELETE", "/v1/queue/claim", kModerators, calls::unclaim},
    {"GET", "/v1/comments/{id}", kModerators, calls::detail},
    {"POST", "/v1/decisions", kModerators, calls::decide, Body::json, kBody},
    {"GET", "/v1/decisions", kModerators, calls::decisions},
    {"GET", "/v1/decisions/{id}", kModerators, calls::decision},
    {"POST", "/v1/decisions/{id}/undo", kModerators, calls::undo, Body::optional, kBody},
    {"POST", "/v1/recheck", kModerators, calls::recheck, Body::optional, kBody},
    {"GET", "/v1/stats", kModerators, calls::stats},
    {"GET", "/v1/stats/days", kModerators, calls::stats_days},
    {"GET", "/v1/stats/days.csv", kModerators, calls::stats_days_table},
    {"GET", "/v1/stats/rules", kModerators, calls::stats_rules},
    {"GET", "/v1/stats/rules.csv", kModerators, calls::stats_rules_table},
    {"GET", "/v1/rules", kModerators, calls::rules},
    {"PUT", "/v1/rules/{name}/state", kAdmin, calls::switch_rule, Body::json, kBody},
    {"POST", "/v1/rules/reload", kAdmin, calls::reload_rules, Body::none, 0, true},
    {"GET", "/v1/rules/packs", kModerators, calls::packs},
    {"GET", "/v1/rules/packs/{name}", kModerators, calls::pack},
    {"PUT", "/v1/rules/packs/{name}", kModerators, calls::put_pack, Body::json, limits::kPackBody},
    {"DELETE", "/v1/rules/packs/{name}", kModerators, calls::remove_pack},
    {"POST", "/v1/rules/validate", kModerators, calls::validate_pack, Body::json, limits::kPackBody},
    {"POST", "/v1/rules/try", kModerators, calls::try_rules, Body::json, limits::kPackBody},
    {"POST", "/v1/rules/publish", kAdmin, calls::publish_rules, Body::optional, kBody},
    {"GET", "/v1/rules/versions", kModerators, calls::rules_versions},
    {"GET", "/v1/rules/versions/{n}", kModerators, calls::rules_version},
    {"POST", "/v1/rules/versions/{n}/restore", kAdmin, calls::restore_rules},
    {"GET", "/v1/rules/log", kModerators, calls::rules_log},
    {"POST", "/v1/rules/backtests", kModerators, calls::start_backtest, Body::optional, limits::kPackBody},
    {"GET", "/v1/rules/backtests", kModerators, calls::backtests},
    {"GET", "/v1/rules/backtests/{id}", kModerators, calls::backtest},
    {"DELETE", "/v1/rules/backtests/{id}", kModerators, calls::remove_backtest},
    {"GET", "/v1/blocks", kModerators, calls::blocks},
    {"POST", "/v1/blocks", kModerators, calls::add_block, Body::json, kBody},
    {"DELETE", "/v1/blocks/{id}", kModerators, calls::remove_block},
    {"GET", "/v1/articles", kArticles, calls::articles},
    {"PUT", "/v1/articles", kArticles, calls::put_article, Body::json, kBody},
    // Files and pages for browsers.
    {"GET", "/embed.js", kAll, calls::file},
    {"GET", "/embed/{file}", kAll, calls::file},
    {"GET", "/demo", kAll, calls::demo},
    {"GET", "/demo/{file}", kAll, calls::file},
    {"GET", "/desk", kAll, calls::desk},
    {"GET", "/desk/{file}", kAll, calls::desk},
    {"POST", "/desk/session", kAll, calls::sign_in, Body::json, kBody},
    {"GET", "/desk/session", kModerators, calls::signed_in},
    {"DELETE", "/desk/session", kAll, calls::sign_out},
    {"DELETE", "/desk/sessions", kModerators, calls::sign_out_everywhere},
    // Administration.
    {"GET", "/v1/sites", kModerators, calls::sites},
    {"POST", "/v1/sites", kAdmin, calls::add_site, Body::json, kBody, true},
    {"GET", "/v1/sites/{id}", kModerators, calls::site},
    {"PATCH", "/v1/sites/{id}", kAdmin, calls::change_site, Body::json, kBody},
    {"GET", "/v1/tokens", kAdmin, calls::tokens},
    {"POST", "/v1/tokens", kAdmin, calls::add_token, Body::json, kBody},
    {"DELETE", "/v1/tokens/{id}", kAdmin, calls::revoke_token},
    {"POST", "/v1/tokens/{id}/link", kAdmin, calls::link_token},
    {"POST", "/v1/forget", kAdmin, calls::forget, Body::json, kBody},
    // Operations.
    {"GET", "/healthz", kAll, calls::health},
    {"GET", "/readyz", kAll, calls::ready},
    {"GET", "/metrics", kNumbers, calls::metrics, Body::none, 0, true},
    {"GET", "/v1/openapi.json", kAll, calls::document},
    {"GET", "/", kAll, calls::welcome},
    // The Akismet protocol: who calls is known by the key in the request's form or host, which the handler
    // reads.
    {"POST", "/1.1/verify-key", kAll, calls::akismet_verify_key, Body::foreign, kForeign},
    {"POST", "/1.1/comment-check", kAll, calls::akismet_check, Body::foreign, kForeign},
    {"POST", "/1.1/submit-spam", kAll, calls::akismet_spam, Body::foreign, kForeign},
    {"POST", "/1.1/submit-ham", kAll, calls::akismet_ham, Body::foreign, kForeign},
    {"GET", "/1.1/test", kAll, calls::akismet_test},
    {"POST", "/1.1/get-subscription", kAll, calls::akismet_subscription, Body::foreign, kForeign},
    {"POST", "/1.1/get-stats", kAll, calls::akismet_stats, Body::foreign, kForeign},
    {"POST", "/1.1/deactivate", kAll, calls::akismet_deactivate, Body::foreign, kForeign},
    {"GET", "/1.2/key-sites", kAll, calls::akismet_sites},
    {"POST", "/1.2/key-sites", kAll, calls::akismet_sites, Body::foreign, kForeign},
    {"GET", "/1.2/usage-limit", kAll, calls::akismet_usage},
    {"POST", "/1.2/usage-limit", kAll, calls::akismet_usage, Body::foreign, kForeign},
};

// Of each path the part before the first place.
constexpr std::array<std::string_view, std::size(kRoutes)> kWrittenOut = [] {
  std::array<std::string_view, std::size(kRoutes)> parts;
  for (std::size_t i = 0; i < parts.size(); ++i)
    parts[i] = kRoutes[i].path.substr(0, std::min(kRoutes[i].path.find('{'), kRoutes[i].path.size()));
  return parts;
}();

// Whether `path` has the shape of `pattern`; what stands for each {…} goes to `places`.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& places) {
  while (true) {
    const std::size_t end = std::min(pattern.find('/', 1), pattern.size());
    const std::size_t stop = std::min(path.find('/', 1), path.size());
    const std::string_view wanted = pattern.substr(0, end);
    const std::string_view given = path.substr(0, stop);
    if (wanted.starts_with("/{")) {
      if (given.size() < 2) return false;
      places.emplace_back(given.substr(1));
    } else if (wanted != given) {
      return false;
    }
    pattern.remove_prefix(end);
    path.remove_prefix(stop);
    if (pattern.empty() || path.empty()) return pattern.empty() && path.empty();
  }
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

Found find_route(std::string_view method, std::string_view path) {
  Found found;
  if (path.empty()) return found;
  if (method == "HEAD") method = "GET";
  // A path that is written out is meant before one with a place in it.
  for (const bool written_out : {true, false}) {
    for (std::size_t i = 0; i < std::size(kRoutes); ++i) {
      const Route& route = kRoutes[i];
      if ((kWrittenOut[i].size() == route.path.size()) != written_out) continue;
      std::vector<std::string> places;
      if (written_out ? path != route.path
                      : !path.starts_with(kWrittenOut[i]) || !matches(route.path, path, places))
        continue;
      found.allowed.push_back(route.method);
      if (route.method != method) continue;
      found.route = &route;
      found.places = std::move(places);
    }
    if (!found.allowed.empty()) return found;
  }
  return found;
}

}  // namespace chaffinch::http
