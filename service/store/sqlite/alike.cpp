// What is (nearly) the same: which wait after a decision, and all of them.
#include <algorithm>
#include <functional>
#include <set>

#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kDecided = 50;  // of a decision, comments that are looked at
constexpr std::size_t kEach = 200;      // near ones looked for, of each of these
constexpr std::size_t kTogether = 500;  // counted, of all together
constexpr std::size_t kTold = 100;      // named in the answer
constexpr std::uint32_t kShortOnes =
    10;  // decided comments too short for a sketch: their equals are searched for
constexpr std::uint32_t kShortExamined = 200;
constexpr std::size_t kDeep = 1'024;  // along a band, of a cluster
constexpr std::uint32_t kCopiesExamined = 5'000;

}  // namespace

Result<NearPending> Engine::near_pending(const std::string& reach, Id decision) {
  return read([&](Db& db) -> Result<NearPending> {
    struct Decided {
      std::int64_t seq = 0, site = 0, copy_hash = 0;
      Id id;
    };
    std::vector<Decided> decided;
    const auto only = reach.empty() ? nullptr : sites_.find(reach);
    if (!reach.empty() && !only) return NearPending{};
    {
      auto query = db.use(
          "SELECT c.seq, c.site, c.copy_hash, c.id FROM decision d CROSS JOIN decision_item i CROSS JOIN "
          "comment c"
          " WHERE d.id = ?1 AND i.decision = d.no AND c.seq = i.comment ORDER BY i.comment DESC LIMIT ?2");
      query.bind(decision, kDecided);
      while (query.step()) {
        if (only && query.integer(1) != only->no) continue;
        decided.push_back({query.integer(0), query.integer(1), query.integer(2), query.id(3)});
      }
    }
    std::set<std::int64_t, std::greater<>> seen;  // by seq, the newest first
    NearPending near;
    std::size_t most = 0;
    std::uint32_t short_ones = 0;
    for (const Decided& one : decided) {
      std::vector<std::int64_t> alike;
      NearEntry entry;
      Kin kin = Kin::recent;
      if (near_entry(db, one.seq, entry, kin)) {
        alike = near_.waiting(
            {.site = one.site, .copy_hash = 0, .sketch = entry.sketch, .now = entry.at, .self = one.seq},
            kEach);
      } else if (one.copy_hash != 0 && short_ones < kShortOnes) {
        ++short_ones;
        Wanted same;
        same.site = one.site;
        same.status = Status::pending;
        same.copy_hash = one.copy_hash;
        aim(same, keys_);
        scan(db, sites_, keys_, same, Sort::newest, std::nullopt, kShortExamined, [&](Row&& row) {
          alike.push_back(row.seq);
          return alike.size() < kEach;
        });
      }
      std::size_t here = 0;
      for (const std::int64_t seq : alike) {
        if (seen.size() < kTogether) seen.insert(seq);
        here += seen.contains(seq) ? 1 : 0;
      }
      if (here > most) {
        most = here;
        near.like = one.id;
      }
    }
    for (const std::int64_t seq : seen) {
      if (++near.count > kTold) continue;
      auto query = db.use("SELECT id, version FROM comment WHERE seq = ?1");
      if (query.bind(seq).step()) near.targets.push_back({query.id(0), query.as<std::int32_t>(1)});
    }
    return near;
  });
}

Engine::Cluster Engine::alike(Db& db, const Row& row, std::size_t most) {
  Cluster cluster;
  NearEntry entry;
  Kin kin = Kin::recent;
  if (near_entry(db, row.seq, entry, kin)) {
    // Without a hash of its own, so that equal ones are found as well.
    Near::Alike near = near_.alike(
        {.site = row.site, .copy_hash = 0, .sketch = entry.sketch, .now = entry.at, .self = row.seq}, kDeep);
    // A sketch outlives the comment that retention took.
    for (const std::int64_t seq : near.seqs) {
      auto query = db.use("SELECT 1 FROM comment WHERE seq = ?1");
      if (query.bind(seq).step()) cluster.seqs.push_back(seq);
      if (cluster.seqs.size() > most) break;
    }
    cluster.more = near.cut;
  }
  if (row.copy_hash != 0) {
    // Too short for a sketch, or older than the index of near copies.
    Wanted same;
    same.site = row.site;
    same.copy_hash = row.copy_hash;
    aim(same, keys_, false);
    std::size_t equal = 0;
    const Scanned scanned = scan(
        db, sites_, keys_, same, Sort::newest, std::nullopt, kCopiesExamined,
        [&](Row&& copy) {
          cluster.seqs.push_back(copy.seq);
          return ++equal <= most;
        },
        false);
    cluster.more |= equal > most || !scanned.finished;
  }
  cluster.seqs.push_back(row.seq);
  std::vector<std::int64_t>& seqs = cluster.seqs;
  std::sort(seqs.begin(), seqs.end());
  seqs.erase(std::unique(seqs.begin(), seqs.end()), seqs.end());
  if (seqs.size() > most) {
    cluster.more = true;
    seqs.erase(seqs.begin(), seqs.end() - static_cast<std::ptrdiff_t>(most));
  }
  return cluster;
}

}  // namespace chaffinch::sqlite
