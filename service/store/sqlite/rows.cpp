#include "store/sqlite/rows.h"

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "analysis/impression.h"
#include "store/codec.h"

namespace chaffinch::sqlite {
namespace {

constexpr const char* kBySeq =
    "SELECT c.seq, c.id, c.site, c.article, c.status, c.decided, c.discard, c.version, c.received_at, "
    "c.created_at,"
    " c.edited_at, c.imported, c.parent, c.depth, c.root_at, c.root, c.place, c.score, c.doubt, c.copy_hash,"
    " c.latest_decision, c.key_author, c.key_email, c.key_address, c.key_network, c.type, c.name, c.email, "
    "c.url,"
    " c.author_id, c.ip, c.agent, c.referrer, c.article_url, c.article_title, c.elapsed_ms, c.honeypot, "
    "c.domains,"
    " c.verdict, c.facts, c.content, a.id, a.url, a.title, c.key_token, c.cluster,"
    " c.counts_as, c.told, c.blog, c.form_token"
    " FROM comment c CROSS JOIN article a WHERE c.seq = ?1 AND a.no = c.article";

Row read(Query& query, const Sites& sites) {
  Row row;
  row.seq = query.integer(0);
  Comment& comment = row.comment;
  comment.id = query.id(1);
  row.site = query.integer(2);
  if (const auto site = sites.find(row.site)) comment.site = site->site.id;
  row.article = query.integer(3);
  comment.status = query.as<Status>(4);
  comment.decided = query.integer(5) != 0;
  comment.discard = query.integer(6) != 0;
  comment.version = query.as<std::int32_t>(7);
  comment.received_at = query.integer(8);
  comment.created_at = query.maybe(9);
  comment.edited_at = query.maybe(10);
  row.imported = query.integer(11) != 0;
  if (!query.null(12)) comment.parent = query.id(12);
  row.depth = query.as<std::int32_t>(13);
  row.root_at = query.integer(14);
  row.root = query.integer(15);
  row.place = query.integer(16);
  row.score = query.real(17);
  row.doubt = query.real(18);
  row.cluster = query.as<std::uint32_t>(45);
  row.copy_hash = query.integer(19);
  row.latest_decision = query.maybe(20);
  row.keys = {query.integer(21), query.integer(22), query.integer(23), query.integer(24), query.integer(44)};
  comment.type = query.text(25);
  comment.author = {query.text(26), query.text(27), query.text(28), query.text(29)};
  comment.client = {query.text(30), query.text(31), query.text(32)};
  row.own_title = query.text(34);
  if (!query.null(46)) row.counts_as = query.as<Status>(46);
  if (!query.null(47)) row.told = query.as<Told>(47);
  if (!query.null(48)) row.blog = query.integer(48);
  comment.form.elapsed_ms = query.maybe(35);
  if (!query.null(36)) comment.form.honeypot = query.text(36);
  if (!query.null(49)) comment.form.token = query.as<FormToken>(49);
  if (auto domains = codec::read_list(query.text(37))) row.domains = std::move(*domains);
  row.verdict_text = query.text(38);
  row.facts_text = query.text(39);
  comment.content = query.text(40);
  comment.article.id = query.text(41);
  comment.article.url = query.text(33);
  if (comment.article.url.empty()) comment.article.url = query.text(42);
  comment.article.title = row.own_title.empty() ? query.text(43) : row.own_title;
  return row;
}

}  // namespace

void Sites::load(Db& db) {
  auto query = db.use(
      "SELECT no, id, name, url, origins, edit_minutes, hold, spam_at, discard_at, moderation, overrides, "
      "client_days,"
      " spam_days, checked_days, rejected_days, created_at, version, shares_lessons, akismet_hold, "
      "akismet_own_blog, markdown FROM site");
  while (query.step()) {
    Entry entry;
    entry.no = query.integer(0);
    Site& site = entry.site;
    site.id = query.text(1);
    site.name = query.text(2);
    site.url = query.text(3);
    site.origins = codec::read_list(query.text(4)).value_or(std::vector<std::string>());
    site.edit_minutes = query.as<std::int32_t>(5);
    site.policy.hold = query.real(6);
    site.policy.spam = query.real(7);
    site.policy.discard = query.real(8);
    site.policy.moderation = query.as<Moderation>(9);
    if (auto overrides = codec::read_numbers(query.text(10))) site.policy.overrides = std::move(*overrides);
    site.retention = {query.as<std::int32_t>(11), query.as<std::int32_t>(12), query.as<std::int32_t>(13),
                      query.as<std::int32_t>(14)};
    site.created_at = query.integer(15);
    site.version = query.integer(16);
    site.shares_lessons = query.integer(17) != 0;
    site.akismet_hold = query.as<AkismetHold>(18);
    site.akismet_own_blog = query.integer(19) != 0;
    site.markdown = query.integer(20) != 0;
    put(std::move(entry));
  }
}

void Sites::put(Entry entry) {
  auto fresh = std::make_shared<const Entry>(std::move(entry));
  const std::lock_guard guard(lock_);
  by_id_[fresh->site.id] = fresh;
  by_no_[fresh->no] = fresh;
}

std::shared_ptr<const Sites::Entry> Sites::find(const std::string& id) const {
  const std::lock_guard guard(lock_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::shared_ptr<const Sites::Entry> Sites::find(std::int64_t no) const {
  const std::lock_guard guard(lock_);
  const auto found = by_no_.find(no);
  return found == by_no_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const Sites::Entry>> Sites::all() const {
  std::vector<std::shared_ptr<const Entry>> all;
  {
    const std::lock_guard guard(lock_);
    for (const auto& [no, entry] : by_no_) all.push_back(entry);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->no < b->no; });
  return all;
}

Verdict Row::verdict() const {
  auto verdict = codec::read_verdict(verdict_text);
  if (!verdict) throw std::runtime_error("the verdict of comment " + comment.id.text() + " is damaged");
  return std::move(*verdict);
}

Facts Row::facts() const {
  auto facts = codec::read_facts(facts_text);
  if (!facts) throw std::runtime_error("the facts of comment " + comment.id.text() + " are damaged");
  return std::move(*facts);
}

std::optional<Row> row_by_seq(Db& db, const Sites& sites, std::int64_t seq) {
  auto query = db.use(kBySeq);
  if (!query.bind(seq).step()) return std::nullopt;
  return read(query, sites);
}

std::optional<Row> row_by_id(Db& db, const Sites& sites, const Id& id) {
  std::int64_t seq = 0;
  {
    auto query = db.use("SELECT seq FROM comment WHERE id = ?1");
    if (!query.bind(id).step()) return std::nullopt;
    seq = query.integer(0);
  }
  return row_by_seq(db, sites, seq);
}

std::optional<Row> row_after(Db& db, const Sites& sites, std::int64_t seq) {
  std::int64_t next = 0;
  {
    auto query = db.use("SELECT seq FROM comment WHERE seq > ?1 ORDER BY seq LIMIT 1");
    if (!query.bind(seq).step()) return std::nullopt;
    next = query.integer(0);
  }
  return row_by_seq(db, sites, next);
}

Error no_such_comment() {
  return Error{Code::not_found, "there is no such comment", "/id", {}, 0};
}

Result<Row> row_in_reach(Db& db, const Sites& sites, const std::string& reach, const Id& id) {
  auto row = row_by_id(db, sites, id);
  if (!row || (!reach.empty() && row->comment.site != reach)) return tl::unexpected(no_such_comment());
  return std::move(*row);
}

Time came_at(const Comment& comment, bool imported) {
  return imported ? std::min(comment.shown_at(), comment.received_at) : comment.received_at;
}

Counted counted(const Row& row, const Keys& keys) {
  Counted counted = counted_without_rules(row, keys);
  counted.rules = hits_of(row.verdict());
  return counted;
}

Counted counted_without_rules(const Row& row, const Keys& keys) {
  Counted counted;
  counted.seq = row.seq;
  counted.site = row.site;
  counted.article = row.article;
  counted.status = row.comment.status;
  counted.stands_as = row.stands_as();
  counted.decided = row.comment.decided;
  counted.blog = row.blog;
  counted.discard = row.comment.discard;
  counted.imported = row.imported;
  counted.day = day_of(row.comment.received_at);
  counted.week = week_of(came_at(row.comment, row.imported));
  counted.told = row.told.value_or(Told::nothing);
  counted.keys = row.keys;
  for (const std::string& domain : row.domains) counted.domains.push_back(keys.domain(domain));
  counted.copy_hash = row.copy_hash;
  return counted;
}

std::vector<std::string> rules_of(const Verdict& verdict) {
  std::vector<std::string> rules;
  for (const Finding& finding : verdict.findings) {
    if (std::find(rules.begin(), rules.end(), finding.rule) == rules.end()) rules.push_back(finding.rule);
  }
  return rules;
}

std::vector<std::string> hits_of(const Verdict& verdict) {
  std::vector<std::string> rules = rules_of(verdict);
  for (const Finding& finding : verdict.findings) {
    if (!counts_as_hit(finding)) std::erase(rules, finding.rule);
  }
  return rules;
}

std::uint64_t tag_of(const Id& id) {
  std::uint64_t tag = 0;
  for (std::size_t i = 8; i < id.bytes.size(); ++i) tag = tag << 8 | id.bytes[i];
  return tag | 1ULL << 63;  // reservations count up from one: the two never meet
}

}  // namespace chaffinch::sqlite
