// A comment's row, as it is read and written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "brief_lock.h"
#include "core/comment.h"
#include "core/evidence.h"
#include "core/site.h"
#include "core/verdict.h"
#include "store/sqlite/counters.h"
#include "store/sqlite/db.h"
#include "store/sqlite/keys.h"
#include "store/store.h"

namespace chaffinch::sqlite {

// The sites, read once and kept up to date by those who change them. Safe from any thread.
class Sites {
 public:
  struct Entry {
    std::int64_t no = 0;
    Site site;
  };
  void load(Db& db);
  void put(Entry entry);
  std::shared_ptr<const Entry> find(const std::string& id) const;  // null: no such site
  std::shared_ptr<const Entry> find(std::int64_t no) const;
  std::vector<std::shared_ptr<const Entry>> all() const;

 private:
  mutable BriefLock lock_;
  std::unordered_map<std::string, std::shared_ptr<const Entry>> by_id_;   // guarded by lock_
  std::unordered_map<std::int64_t, std::shared_ptr<const Entry>> by_no_;  // guarded by lock_
};

struct Row {
  std::int64_t seq = 0;
  std::int64_t site = 0;
  std::int64_t article = 0;
  Comment comment;
  bool imported = false;
  std::int32_t depth = 0;
  Time root_at = 0;
  std::int64_t root = 0;
  Time place = 0;
  double score = 0;
  double doubt = 0;
  std::uint32_t cluster = 1;  // when it came (doubt.h)
  std::int64_t copy_hash = 0;
  std::optional<std::int64_t> latest_decision;
  PersonKeys keys;
  std::vector<std::string> domains;
  // Of a comment that its client keeps (Foreign).
  std::optional<Status> counts_as;
  std::optional<Told> told;
  std::int64_t blog = 0;
  std::string own_title;     // the article's title as submitted with it
  std::string verdict_text;  // as kept
  std::string facts_text;

  Status stands_as() const { return counts_as.value_or(comment.status); }
  Verdict verdict() const;  // throws std::runtime_error when the text is damaged
  Facts facts() const;
};

// Finds comments; the statements are the connection's own.
std::optional<Row> row_by_seq(Db&, const Sites&, std::int64_t seq);
std::optional<Row> row_by_id(Db&, const Sites&, const Id&);
std::optional<Row> row_after(Db&, const Sites&, std::int64_t seq);  // the next one that there is
// As row_by_id, for a caller who may touch the site `reach` (empty: all).
Result<Row> row_in_reach(Db&, const Sites&, const std::string& reach, const Id&);

// When a comment came, as numbers by week have it: an archive's when it was written, though not later.
Time came_at(const Comment&, bool imported);
Counted counted(const Row&, const Keys&);  // throws as verdict() does
Counted counted_without_rules(const Row&, const Keys&);

// The rules that fired, each once.
std::vector<std::string> rules_of(const Verdict&);
// Of these, the ones that count in statistics (analysis/impression.h, counts_as_hit).
std::vector<std::string> hits_of(const Verdict&);

// A number for the comment, unlike that of any other.
std::uint64_t tag_of(const Id&);

Error no_such_comment();

}  // namespace chaffinch::sqlite
