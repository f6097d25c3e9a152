// The queue's filters: compiled once, asked of each row, and turned into a question to the search index.
//
// The index holds one text per comment: the words of content, author's name and article's title (characters
// of Chinese, Japanese and Korean stand alone) and tokens, a letter and twelve hexadecimal digits, for: the
// site s, the article a, the email e, the verified author u, the address p, the networks around the address n
// (IPv4 /8 /16 /24, IPv6 /32 /48 /64), each link domain d, each rule that fired r, the text's copy hash c.
// The index only proposes: every filter is also asked of the row itself, so that neither a stale entry nor a
// word that looks like a token can show a wrong comment, and comments that are not indexed yet are found by
// reading them.
//
// A row is taken out of the index by repeating the text that was put in: `document` must give the same text
// for the same row for as long as kSearchVersion stays the same. A file with another version is indexed anew.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/address.h"
#include "store/sqlite/rows.h"
#include "store/store.h"

namespace chaffinch::sqlite {

inline constexpr std::int64_t kSearchVersion = 1;

std::string document(const Row& row, const Keys& keys);
void index_row(Db& db, const Row& row, const Keys& keys);
void unindex_row(Db& db, const Row& row, const Keys& keys);
std::int64_t indexed_to(Db& db);

// Indexes up to `most` of the comments that wait for it, in their order. Returns how many it looked at.
// REQUIRES a transaction.
std::uint32_t index_some(Db& db, const Sites& sites, const Keys& keys, std::uint32_t most);

// The words of a text as the index splits and folds them.
std::vector<std::string> words_of(Db& db, std::string_view text);

// A QueueQuery, looked up and split. Where something names what is not there, `nothing` is set.
struct Wanted {
  bool nothing = false;
  std::int64_t site = 0;  // 0: all
  std::optional<Status> status;
  std::int64_t article = 0;  // 0: all
  std::string rule;
  std::vector<std::string> author;  // words
  std::int64_t email = 0;
  std::int64_t author_id = 0;  // keyed
  std::int64_t address = 0;    // keyed: also where the address itself has been erased
  std::int64_t copy_hash = 0;  // 0: any
  std::optional<Network> network;
  std::string domain;
  std::optional<double> min_score, max_score;
  std::vector<std::string> text;  // words
  std::vector<std::string> runs;  // of Chinese, Japanese or Korean: must stand in the text as they are
  std::optional<bool> claimed;
  std::string holder;
  bool undecided = false;
  std::optional<Time> since, until;
  std::int64_t decision = 0;  // that changed it; 0: any
  std::string by;             // who decided
  std::optional<Id> by_token;
  std::optional<std::vector<std::int64_t>> among;  // these alone; rising
  Time now = 0;
  std::string match;  // for the index; empty: it cannot help

  bool asks_rows() const;  // whether anything beyond site, status and article is asked
  bool by_person() const { return by_token || !by.empty(); }
  bool timed() const { return since || until; }
  bool few_known() const { return claimed.value_or(false) || among || decision != 0; }  // no need to search
  bool at_a_glance() const;  // whether glance() alone tells what matches
};

Result<Wanted> wanted(Db& db, const Sites& sites, const Keys& keys, const QueueQuery& query);
// Sets `match` from what is wanted. `by_site`: the site narrows it, too; that costs more than it saves where
// most comments are of this site.
void aim(Wanted& wanted, const Keys& keys, bool by_site = true);

bool matches(Db& db, const Wanted& wanted, const Row& row, const Keys& keys);

// A first look at a candidate, at a tenth of what reading the whole row costs: nothing when the row is gone
// or does not match for certain.
struct Glance {
  double score = 0;
  double doubt = 0;
};
std::optional<Glance> glance(Db& db, const Wanted& wanted, std::int64_t seq);

}  // namespace chaffinch::sqlite
