// Comments that their client keeps: finding one again, what its owner says of it, and the numbers of blogs.
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/text.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/lessons.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::int64_t kSameContent = 50;   // comments with that content that are looked at, the newest
constexpr std::int64_t kSameArticle = 100;  // and comments of that article
constexpr std::int64_t kNumbers = 50'000;   // lines of one answer

bool is_checked(const std::optional<Row>& row, std::int64_t site) {
  return row && row->site == site && row->comment.status == Status::checked;
}

// As far as both sides name him: clients leave out what they do not know, and retention erases addresses.
bool same_author(const Submission& a, const Submission& b) {
  const auto fits = [](const std::string& one, const std::string& other) {
    return one.empty() || other.empty() || one == other;
  };
  return fits(a.author.name, b.author.name) &&
         fits(ascii_lower(a.author.email), ascii_lower(b.author.email)) && fits(a.author.url, b.author.url);
}

bool same_time(const Submission& a, const Submission& b) {
  return a.created_at && b.created_at && *a.created_at == *b.created_at;
}

}  // namespace

// The newest first. By content alone nobody can say which one of equal comments is meant: then it is all of
// them.
std::vector<Row> Engine::rows_sought(Db& db, std::int64_t site, const Sought& sought) const {
  std::vector<Row> rows;
  if (sought.id) {
    auto row = row_by_id(db, sites_, *sought.id);
    if (is_checked(row, site)) {
      rows.push_back(std::move(*row));
      return rows;
    }
  }
  const auto numbers = [](Query& query) {
    std::vector<std::int64_t> all;
    while (query.step()) all.push_back(query.integer(0));
    return all;
  };
  std::vector<std::int64_t> candidates;
  {
    auto query = db.use(
        "SELECT seq FROM comment INDEXED BY comment_content WHERE site = ?1 AND content_key = ?2"
        " ORDER BY seq DESC LIMIT ?3");
    candidates = numbers(query.bind(site, content_key(sought.comment.content), kSameContent));
  }
  for (const std::int64_t seq : candidates) {
    auto row = row_by_seq(db, sites_, seq);
    if (is_checked(row, site) && same_author(row->comment, sought.comment)) rows.push_back(std::move(*row));
  }
  const auto meant = [&](const Row& row) { return same_time(row.comment, sought.comment); };
  if (std::any_of(rows.begin(), rows.end(), meant)) std::erase_if(rows, std::not_fn(meant));
  if (!rows.empty() || !sought.again) return rows;
  // Its text may have been edited: the same person on the same page, and at the same time where both have
  // one.
  const Submission& comment = sought.comment;
  if (comment.author.name.empty() && comment.author.email.empty()) return rows;
  {
    auto query = db.use(
        "SELECT c.seq FROM article a CROSS JOIN comment c INDEXED BY comment_article WHERE a.site = ?1 AND "
        "a.id = ?2"
        " AND c.article = a.no AND c.status = ?3 ORDER BY c.seq DESC LIMIT ?4");
    candidates = numbers(query.bind(site, comment.article.id, Status::checked, kSameArticle));
  }
  for (const std::int64_t seq : candidates) {
    auto row = row_by_seq(db, sites_, seq);
    if (!is_checked(row, site) || row->comment.author.name != comment.author.name ||
        ascii_lower(row->comment.author.email) != ascii_lower(comment.author.email))
      continue;
    if (row->comment.created_at && comment.created_at && !same_time(row->comment, comment)) continue;
    rows.push_back(std::move(*row));
    break;
  }
  return rows;
}

Result<std::optional<SeenBefore>> Engine::seen_before(const Sought& sought) {
  const auto site = known_site(sought.site, "/site");
  if (!site) return tl::unexpected(site.error());
  return read([&](Db& db) -> Result<std::optional<SeenBefore>> {
    const auto rows = rows_sought(db, (*site)->no, sought);
    if (rows.empty()) return std::nullopt;
    const Row& row = rows.front();
    SeenBefore seen{.comment = row.comment, .told = row.told.value_or(Told::nothing), .reported_spam = {}};
    if (row.comment.decided) seen.reported_spam = row.stands_as() == Status::spam;
    return seen;
  });
}

Result<Settled> Engine::report(const Report& report) {
  const auto site = known_site(report.sought.site, "/site");
  if (!site) return tl::unexpected(site.error());
  const std::int64_t site_no = (*site)->no;
  // Made beside the writer; when the comment changes meanwhile, it is made there.
  Lessons lessons;
  std::optional<Prepared> prepared;
  if (report.unseen) {
    prepared = prepare(*report.unseen);
  } else if (maker_) {
    (void)read([&](Db& db) -> Done {
      for (const Row& row : rows_sought(db, site_no, report.sought))
        lessons.emplace(row.comment.id, std::pair(row.comment.version, lesson_of(row, maker_)));
      return {};
    });
  }
  auto settled = writer_.run([&](Change& change) -> Result<Settled> {
    Db& db = change.db;
    std::vector<Row> rows = rows_sought(db, site_no, report.sought);
    Lessons made;
    if (!rows.empty()) {
      made = lessons;
      BlogMove one;
      one.calls = 1;
      if (rows.front().blog != 0)
        change.deltas.blogs.push_back({{rows.front().blog, report.now / kDay}, one});
    } else {
      if (!prepared) return tl::unexpected(no_such_comment());
      auto kept = keep_in(change, *report.unseen, *prepared, false);
      if (!kept) return tl::unexpected(std::move(kept).error());
      auto row = row_by_id(db, sites_, kept->id);
      if (!row) return tl::unexpected(no_such_comment());
      made.emplace(kept->id, std::pair(row->comment.version, report.lesson));
      rows.push_back(std::move(*row));
    }
    Decider decider = this->decider(change, {.kind = report.spam ? DecisionKind::spam : DecisionKind::approve,
                                             .by = report.by,
                                             .by_token = report.by_token,
                                             .reason = "report",
                                             .note = report.note,
                                             .now = report.now,
                                             .report = true});
    for (const Row& row : rows) {
      const auto lesson = made.find(row.comment.id);
      const bool fits = lesson != made.end() && lesson->second.first == row.comment.version;
      decider.decide(row, std::nullopt, fits ? std::optional(lesson->second.second) : std::nullopt);
    }
    return decider.finish();
  });
  if (report.unseen) release(report.unseen->reservation);
  return settled;
}

Result<std::vector<BlogNumbers>> Engine::blog_numbers(const BlogQuery& wish) {
  const auto site = known_site(wish.site, "/site");
  if (!site) return tl::unexpected(site.error());
  return read([&](Db& db) -> Result<std::vector<BlogNumbers>> {
    const std::string blog = wish.blog.value_or(std::string());
    auto query = db.use(
        "SELECT b.name, strftime('%Y-%m', d.day * 86400, 'unixepoch') AS month, sum(d.calls), sum(d.spam),"
        " sum(d.ham), sum(d.missed_spam), sum(d.false_positives) FROM blog b CROSS JOIN blog_day d"
        " WHERE b.site = ?1 AND (?2 OR b.name = ?3) AND d.blog = b.no AND d.day BETWEEN ?4 AND ?5"
        " GROUP BY b.name, month ORDER BY b.name, month LIMIT ?6");
    query.bind((*site)->no, !wish.blog, blog, wish.from / kDay, wish.to / kDay, kNumbers);
    std::vector<BlogNumbers> all;
    while (query.step()) {
      all.push_back({.blog = query.text(0),
                     .month = query.text(1),
                     .calls = query.as<std::uint64_t>(2),
                     .spam = query.as<std::uint64_t>(3),
                     .ham = query.as<std::uint64_t>(4),
                     .missed_spam = query.as<std::uint64_t>(5),
                     .false_positives = query.as<std::uint64_t>(6)});
    }
    return all;
  });
}

}  // namespace chaffinch::sqlite
