// Statistics.
#include <algorithm>

#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::int64_t kRules = 2'000;

// New comments alone are lacking: hits that nobody decided on.
void add_lacking(std::vector<RuleStat>& rules, const Numbers& lacking, std::int64_t site) {
  if (lacking.rules.empty()) return;
  for (const auto& [name, move] : lacking.rules) {
    if (std::get<1>(name) != site || move.hits <= 0) continue;
    const std::string& rule = std::get<2>(name);
    auto found =
        std::find_if(rules.begin(), rules.end(), [&](const RuleStat& one) { return one.rule == rule; });
    if (found == rules.end()) found = rules.insert(found, {.rule = rule});
    found->hits += static_cast<std::uint64_t>(move.hits);
  }
  std::sort(rules.begin(), rules.end(), [](const RuleStat& a, const RuleStat& b) {
    return a.hits != b.hits ? a.hits > b.hits : a.rule < b.rule;
  });
}

}  // namespace

Result<SiteStats> Engine::stats(const std::string& site) {
  const auto entry = known_site(site, "?site");
  if (!entry) return tl::unexpected(entry.error());
  const std::int64_t no = (*entry)->no;
  SiteStats stats;
  const Done done = read_counted([&](Db& db) -> Result<bool> {
    const auto lacking = backlog_.lacking_numbers(counted_to(db));
    if (!lacking) return false;
    stats = SiteStats();
    stats.site = site;
    {
      auto query =
          db.use("SELECT pending, approved, rejected, spam, checked, decided FROM site WHERE no = ?1");
      query.bind(no).step();
      stats.pending = query.as<std::uint64_t>(0);
      stats.approved = query.as<std::uint64_t>(1);
      stats.rejected = query.as<std::uint64_t>(2);
      stats.spam = query.as<std::uint64_t>(3);
      stats.checked = query.as<std::uint64_t>(4);
      stats.decided_by_people = query.as<std::uint64_t>(5);
    }
    {
      auto query = db.use(
          "SELECT received_at FROM comment INDEXED BY comment_site WHERE site = ?1 AND status = 0 ORDER BY "
          "seq LIMIT 1");
      if (query.bind(no).step()) stats.oldest_pending = query.integer(0);
    }
    auto query = db.use(
        "SELECT rule, hits, spam, approved, rejected FROM rule_stat WHERE site = ?1 ORDER BY hits DESC, rule "
        "LIMIT ?2");
    query.bind(no, kRules);
    while (query.step()) {
      stats.rules.push_back({.rule = query.text(0),
                             .hits = query.as<std::uint64_t>(1),
                             .spam = query.as<std::uint64_t>(2),
                             .approved = query.as<std::uint64_t>(3),
                             .rejected = query.as<std::uint64_t>(4)});
    }
    add_lacking(stats.rules, *lacking, no);
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  return stats;
}

}  // namespace chaffinch::sqlite
