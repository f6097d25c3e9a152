#include "store/sqlite/pages.h"

#include <algorithm>
#include <bit>

#include "core/limits.h"
#include "store/sqlite/decided.h"
#include "store/sqlite/spans.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kExamine = 2'000;    // comments that one page looks at
constexpr std::uint32_t kChunk = 256;        // candidates fetched at once
constexpr std::uint32_t kSortable = 2'000;   // matches that are sorted in memory
constexpr std::uint32_t kLines = 256;        // decisions of a person that are fetched at once
constexpr std::uint32_t kMostLines = 5'000;  // and for sorting in memory
constexpr std::uint32_t kFew = 300;          // a queue so short is read rather than looked up
constexpr std::uint32_t kStatuses = 5;

char letter_of(Sort sort) {
  return "onsup"[static_cast<int>(sort)];
}

bool by_arrival(Sort sort) {
  return sort == Sort::oldest || sort == Sort::newest;
}
bool falling(Sort sort) {
  return sort == Sort::newest || sort == Sort::score || sort == Sort::decided;
}

// Whether `a` stands before `b`. Equal keys stand in order of arrival, turned round with the order.
bool before(Sort sort, const At& a, const At& b) {
  if (a.key != b.key) return falling(sort) ? a.key > b.key : a.key < b.key;
  return falling(sort) ? a.seq > b.seq : a.seq < b.seq;
}

using Candidates = std::vector<At>;

// The first `most` of what all sites hold, each of which gives its own part in order: from(site, after,
// count) is a site's next `count` behind `after`. A site costs one search, and one more for every few of its
// comments on the page.
template <class F>
Candidates merged(const Sites& sites, Sort sort, std::uint32_t most, F&& from) {
  struct Run {
    std::int64_t site = 0;
    Candidates some;
    std::size_t at = 0;
  };
  const auto all = sites.all();
  const auto few = std::clamp<std::uint32_t>(
      2 * most / std::max<std::uint32_t>(static_cast<std::uint32_t>(all.size()), 1U), std::min(8U, most),
      most);
  std::vector<Run> runs;
  for (const auto& site : all) {
    Run run{.site = site->no, .some = from(site->no, std::optional<At>(), few), .at = 0};
    if (!run.some.empty()) runs.push_back(std::move(run));
  }
  const auto later = [sort](const Run& a, const Run& b) { return before(sort, b.some[b.at], a.some[a.at]); };
  std::make_heap(runs.begin(), runs.end(), later);
  Candidates out;
  while (!runs.empty() && out.size() < most) {
    std::pop_heap(runs.begin(), runs.end(), later);
    Run& run = runs.back();
    out.push_back(run.some[run.at]);
    if (++run.at == run.some.size()) {
      const bool more = run.some.size() == few && out.size() < most;
      run.some = more ? from(run.site, std::optional(out.back()), few) : Candidates();
      run.at = 0;
    }
    if (run.some.empty())
      runs.pop_back();
    else
      std::push_heap(runs.begin(), runs.end(), later);
  }
  return out;
}

// Comments of one status (or of any, all sites together) straight from an index, in order of arrival.
void arrivals(Db& db, const Wanted& wanted, std::optional<std::int64_t> status, bool down, std::int64_t above,
              std::int64_t below, std::uint32_t most, Candidates& out) {
  std::string text = "SELECT seq FROM comment ";
  if (wanted.article != 0)
    text += "INDEXED BY comment_article WHERE article = ?4 AND status = ?5 AND ";
  else if (wanted.site != 0)
    text += "INDEXED BY comment_site WHERE site = ?4 AND status = ?5 AND ";
  else
    text += "NOT INDEXED WHERE ";
  text += "seq > ?1 AND seq < ?2 ORDER BY seq ";
  text += down ? "DESC LIMIT ?3" : "LIMIT ?3";
  auto query = db.made(text);
  query.bind(above, below, most);
  if (wanted.article != 0 || wanted.site != 0)
    query.at(4, wanted.article != 0 ? wanted.article : wanted.site);
  if (wanted.article != 0 || wanted.site != 0) query.at(5, status.value_or(0));
  while (query.step()) out.push_back({.seq = query.integer(0), .key = 0});
}

void plain(Db& db, const Sites& sites, const Wanted& wanted, bool down, std::int64_t above,
           std::int64_t below, std::uint32_t most, Candidates& out) {
  if (wanted.status && wanted.article == 0 && wanted.site == 0) {
    Wanted one;
    const Candidates all = merged(
        sites, down ? Sort::newest : Sort::oldest, most,
        [&](std::int64_t site, const std::optional<At>& after, std::uint32_t count) {
          one.site = site;
          Candidates some;
          arrivals(db, one, static_cast<std::int64_t>(*wanted.status), down,
                   after && !down ? after->seq : above, after && down ? after->seq : below, count, some);
          return some;
        });
    out.insert(out.end(), all.begin(), all.end());
    return;
  }
  if (wanted.status) {
    arrivals(db, wanted, static_cast<std::int64_t>(*wanted.status), down, above, below, most, out);
    return;
  }
  if (wanted.article == 0 && wanted.site == 0) {
    arrivals(db, wanted, std::nullopt, down, above, below, most, out);
    return;
  }
  // Any status: the indices have one run for each.
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  for (std::uint32_t status = 0; status < kStatuses; ++status) {
    arrivals(db, wanted, status, down, above, below, most, out);
  }
  std::sort(out.begin() + begin, out.end(),
            [down](const At& a, const At& b) { return down ? a.seq > b.seq : a.seq < b.seq; });
  if (out.size() > static_cast<std::size_t>(begin) + most) out.resize(static_cast<std::size_t>(begin) + most);
}

void found(Db& db, const Wanted& wanted, bool down, std::int64_t above, std::int64_t below,
           std::uint32_t most, Candidates& out) {
  auto query = db.use(down ? "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid > ?2 AND rowid < ?3"
                             " ORDER BY rowid DESC LIMIT ?4"
                           : "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid > ?2 AND rowid < ?3"
                             " ORDER BY rowid LIMIT ?4");
  query.bind(wanted.match, above, below, most);
  while (query.step()) out.push_back({.seq = query.integer(0), .key = 0});
}

// The comments that this person holds: few, whatever the queue's size.
void leased(Db& db, const Wanted& wanted, bool down, std::int64_t above, std::int64_t below,
            std::uint32_t most, Candidates& out) {
  auto query = db.use(down ? "SELECT comment FROM lease WHERE holder = ?1 AND comment > ?2 AND comment < ?3"
                             " ORDER BY comment DESC LIMIT ?4"
                           : "SELECT comment FROM lease WHERE holder = ?1 AND comment > ?2 AND comment < ?3"
                             " ORDER BY comment LIMIT ?4");
  query.bind(wanted.holder, above, below, most);
  while (query.step()) out.push_back({.seq = query.integer(0), .key = 0});
}

// The comments that are asked for by name.
void named(const std::vector<std::int64_t>& among, bool down, std::int64_t above, std::int64_t below,
           std::uint32_t most, Candidates& out) {
  auto first = std::upper_bound(among.begin(), among.end(), above);
  auto last = std::lower_bound(first, among.end(), below);
  while (first != last && out.size() < most) out.push_back({.seq = down ? *--last : *first++, .key = 0});
}

// The comments that a decision changed.
void changed(Db& db, const Wanted& wanted, bool down, std::int64_t above, std::int64_t below,
             std::uint32_t most, Candidates& out) {
  auto query =
      db.use(down ? "SELECT comment FROM decision_item WHERE decision = ?1 AND comment > ?2 AND comment < ?3"
                    " ORDER BY comment DESC LIMIT ?4"
                  : "SELECT comment FROM decision_item WHERE decision = ?1 AND comment > ?2 AND comment < ?3"
                    " ORDER BY comment LIMIT ?4");
  query.bind(wanted.decision, above, below, most);
  while (query.step()) out.push_back({.seq = query.integer(0), .key = 0});
}

// Candidates in order of arrival: the leases, those of a decision or a cluster, the index with the tail
// behind it, or the queue itself.
class Arrivals {
 public:
  Arrivals(Db& db, const Sites& sites, const Wanted& wanted, bool down, bool use_index)
      : db_(db), sites_(sites), wanted_(wanted), down_(down), use_index_(use_index), mark_(indexed_to(db)) {
    if (wanted.timed() && !wanted.few_known()) ranges_ = ranges_of(db, wanted.since, wanted.until, mark_);
  }

  Candidates next(std::int64_t above, std::int64_t below, std::uint32_t most) const {
    if (ranges_.empty()) return within(above, below, most);
    Candidates out;
    for (std::size_t i = 0; i < ranges_.size() && out.size() < most; ++i) {
      const auto& [from, to] = ranges_[down_ ? ranges_.size() - 1 - i : i];
      if (to <= above || from >= below) continue;
      const Candidates some = within(std::max(above, from - 1), to < below - 1 ? to + 1 : below,
                                     most - static_cast<std::uint32_t>(out.size()));
      out.insert(out.end(), some.begin(), some.end());
    }
    return out;
  }

 private:
  Candidates within(std::int64_t above, std::int64_t below, std::uint32_t most) const {
    Candidates out;
    if (wanted_.claimed.value_or(false)) {
      leased(db_, wanted_, down_, above, below, most, out);
    } else if (wanted_.among) {
      named(*wanted_.among, down_, above, below, most, out);
    } else if (wanted_.decision != 0) {
      changed(db_, wanted_, down_, above, below, most, out);
    } else if (!use_index_) {
      plain(db_, sites_, wanted_, down_, above, below, most, out);
    } else if (down_) {
      plain(db_, sites_, wanted_, down_, std::max(above, mark_), below, most, out);
      if (out.size() < most) {
        found(db_, wanted_, down_, above, std::min(below, mark_ + 1),
              most - static_cast<std::uint32_t>(out.size()), out);
      }
    } else {
      found(db_, wanted_, down_, above, std::min(below, mark_ + 1), most, out);
      if (out.size() < most) {
        plain(db_, sites_, wanted_, down_, std::max(above, mark_), below,
              most - static_cast<std::uint32_t>(out.size()), out);
      }
    }
    return out;
  }

  Db& db_;
  const Sites& sites_;
  const Wanted& wanted_;
  bool down_;
  bool use_index_;
  std::int64_t mark_;
  Ranges ranges_;  // empty: all
};

Candidates ranked(Db& db, std::int64_t site, Sort sort, const std::optional<At>& from, std::uint32_t most) {
  const std::string column = sort == Sort::score ? "score" : "doubt";
  const bool down = falling(sort);
  std::string text = "SELECT seq, " + column + " FROM comment INDEXED BY comment_site_" + column +
                     " WHERE status = 0 AND site = ?4";
  if (from) text += " AND (" + column + ", seq) " + (down ? "<" : ">") + " (?1, ?2)";
  text += " ORDER BY " + column + (down ? " DESC, seq DESC" : ", seq") + " LIMIT ?3";
  auto query = db.made(text);
  if (from) {
    query.at(1, from->key);
    query.at(2, from->seq);
  }
  query.at(3, most);
  query.at(4, site);
  Candidates out;
  while (query.step()) out.push_back({.seq = query.integer(0), .key = query.real(1)});
  return out;
}

Candidates ranked(Db& db, const Sites& sites, const Wanted& wanted, Sort sort, const std::optional<At>& from,
                  std::uint32_t most) {
  if (wanted.site != 0) return ranked(db, wanted.site, sort, from, most);
  return merged(sites, sort, most,
                [&](std::int64_t site, const std::optional<At>& after, std::uint32_t count) {
                  return ranked(db, site, sort, after ? after : from, count);
                });
}

double key_of(Sort sort, const Row& row) {
  if (sort == Sort::decided) return static_cast<double>(row.latest_decision.value_or(0));
  return sort == Sort::score ? row.score : sort == Sort::useful ? row.doubt : 0;
}

bool few(Db& db, const Wanted& wanted) {
  if (wanted.status != Status::pending) return false;
  auto query = db.use("SELECT coalesce(sum(pending), 0) FROM site WHERE ?1 = 0 OR no = ?1");
  return query.bind(wanted.site).step() && query.integer(0) <= kFew;
}

// All that may match, when they are few enough to be sorted here.
std::optional<Candidates> all_sorted(Db& db, const Sites& sites, const Wanted& wanted, Sort sort,
                                     const std::optional<At>& from, bool use_index, bool of_person) {
  Candidates some;
  if (of_person) {
    Decided walk = decided(db, wanted, std::nullopt, kSortable + 1, kMostLines);
    if (!walk.finished) return std::nullopt;
    some = std::move(walk.some);
  } else {
    some = Arrivals(db, sites, wanted, false, use_index)
               .next(0, std::numeric_limits<std::int64_t>::max(), kSortable + 1);
  }
  if (some.size() > kSortable) return std::nullopt;
  Candidates sorted;
  for (const At& one : some) {
    const auto seen = glance(db, wanted, one.seq);
    if (!seen) continue;
    const double key = by_arrival(sort) ? 0 : sort == Sort::score ? seen->score : seen->doubt;
    const At at{.seq = one.seq, .key = key};
    if (!from || before(sort, *from, at)) sorted.push_back(at);
  }
  std::sort(sorted.begin(), sorted.end(), [sort](const At& a, const At& b) { return before(sort, a, b); });
  return sorted;
}

}  // namespace

Scanned scan(Db& db, const Sites& sites, const Keys& keys, const Wanted& wanted, Sort sort,
             std::optional<At> from, std::uint32_t examine, const std::function<bool(Row&&)>& take,
             bool rows) {
  Scanned scanned{.last = from, .finished = false, .examined = 0};
  if (wanted.nothing) {
    scanned.finished = true;
    return scanned;
  }
  const bool asks = wanted.asks_rows();
  const bool use_index = !wanted.match.empty() && !wanted.few_known() && !few(db, wanted);
  const bool narrowed = use_index || wanted.few_known();
  const bool of_person = wanted.by_person() && !narrowed;
  const bool sortable = narrowed || wanted.article != 0 || wanted.timed();
  if (of_person ? sort != Sort::decided : !by_arrival(sort) && sort != Sort::decided && sortable) {
    if (const auto sorted = all_sorted(db, sites, wanted, sort, from, use_index, of_person)) {
      for (const At& one : *sorted) {
        auto row = row_by_seq(db, sites, one.seq);
        scanned.last = one;
        ++scanned.examined;
        if (row && matches(db, wanted, *row, keys) && !take(std::move(*row))) return scanned;
      }
      scanned.finished = true;
      return scanned;
    }
  }
  const Arrivals arrivals(db, sites, wanted, falling(sort), use_index);
  while (scanned.examined < examine) {
    const std::uint32_t most = asks ? kChunk : static_cast<std::uint32_t>(limits::kPageUsual + 1);
    Candidates some;
    bool finished = false;
    std::optional<At> reached;
    if (sort == Sort::decided) {
      Decided walk = decided(db, wanted, scanned.last, most, kLines);
      some = std::move(walk.some);
      reached = walk.last;
      finished = walk.finished;
      scanned.examined += walk.looked;
    } else if (by_arrival(sort)) {
      const std::int64_t from_seq = scanned.last ? scanned.last->seq : 0;
      some = falling(sort)
                 ? arrivals.next(0, scanned.last ? from_seq : std::numeric_limits<std::int64_t>::max(), most)
                 : arrivals.next(from_seq, std::numeric_limits<std::int64_t>::max(), most);
    } else {
      some = ranked(db, sites, wanted, sort, scanned.last, most);
    }
    for (const At& one : some) {
      scanned.last = one;
      ++scanned.examined;
      const bool sure =
          !asks && (by_arrival(sort) || wanted.article == 0);  // what the index gave is what was asked
      if (!sure && !glance(db, wanted, one.seq)) continue;
      if (!rows && (sure || wanted.at_a_glance())) {
        Row number;
        number.seq = one.seq;
        if (!take(std::move(number))) return scanned;
        continue;
      }
      auto row = row_by_seq(db, sites, one.seq);
      if (!row || (!sure && !matches(db, wanted, *row, keys))) continue;
      if (!take(std::move(*row))) return scanned;
    }
    if (sort == Sort::decided) scanned.last = reached;
    if (sort == Sort::decided ? finished : some.size() < most) {
      scanned.finished = true;
      return scanned;
    }
  }
  return scanned;
}

Result<RowPage> page_of(Db& db, const Sites& sites, const Keys& keys, const QueueQuery& query,
                        const Wanted& wanted) {
  if (query.sort == Sort::decided && !wanted.by_person()) {
    return fail(Code::invalid, "this order is one of a person's decisions", "?sort",
                "name that person in decided_by, or ask for another order");
  }
  if (!by_arrival(query.sort) && query.sort != Sort::decided && query.status != Status::pending) {
    return fail(Code::invalid, "only pending comments can be had in this order", "?sort",
                "ask for status pending, or for the order oldest or newest");
  }
  const char letter = letter_of(query.sort);
  auto place = place_of(keys, letter, by_arrival(query.sort) ? 1 : 2, query.cursor);
  if (!place) return tl::unexpected(std::move(place).error());
  std::optional<At> from;
  if (*place) {
    from = At{.seq = (**place)[0], .key = by_arrival(query.sort) ? 0 : std::bit_cast<double>((**place)[1])};
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, limits::kPage);
  RowPage page;
  std::optional<At> last;  // of the page: one more is asked for to know whether there is a next one
  bool more = false;
  const Scanned scanned = scan(db, sites, keys, wanted, query.sort, from, kExamine, [&](Row&& row) {
    if (page.rows.size() >= limit) {
      more = true;
      return false;
    }
    last = At{.seq = row.seq, .key = key_of(query.sort, row)};
    page.rows.push_back(std::move(row));
    return true;
  });
  if (!more && !scanned.finished) {
    more = true;
    last = scanned.last;
  }
  if (more && last) {
    std::vector<std::int64_t> numbers{last->seq};
    if (!by_arrival(query.sort)) numbers.push_back(std::bit_cast<std::int64_t>(last->key));
    page.next = cursor_of(keys, letter, numbers);
  }
  return page;
}

}  // namespace chaffinch::sqlite
