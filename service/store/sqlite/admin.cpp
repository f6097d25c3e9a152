// Sites, articles, tokens, signing keys, statistics, learn events.
#include <algorithm>

#include "core/limits.h"
#include "secrets.h"
#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::int64_t kSites = 10'000;
constexpr std::int64_t kRules = 2'000;
constexpr std::int64_t kTokens = 10'000;
constexpr Time kKeyAfterlife = 30 * kDay;

ArticleInfo read_article(Query& query, const std::string& site) {
  ArticleInfo info;
  info.site = site;
  info.ref = {query.text(1), query.text(2), query.text(3)};
  info.closed = query.integer(4) != 0;
  info.first_seen = query.integer(5);
  info.approved = query.as<std::uint64_t>(6);
  info.pending = query.as<std::uint64_t>(7);
  return info;
}

Token read_token(Query& query) {
  Token token;
  token.id = query.id(0);
  token.name = query.text(1);
  token.role = query.as<Role>(2);
  token.site = query.text(3);
  token.created_at = query.integer(4);
  token.expires_at = query.maybe(5);
  token.revoked_at = query.maybe(6);
  token.last_used_at = query.maybe(7);
  return token;
}

}  // namespace

Result<Site> Engine::add_site(const Site& site, const Once& once) {
  return writer_.run([&](Change& change) -> Result<Site> {
    Db& db = change.db;
    auto before = answered(db, once, site.created_at);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) {
      const auto entry = known_site(**before, "/id");
      if (!entry) return tl::unexpected(entry.error());
      return (*entry)->site;
    }
    {
      auto taken = db.use("SELECT 1 FROM site WHERE id = ?1");
      if (taken.bind(site.id).step()) {
        return fail(Code::conflict, "there is a site with this id already", "/id", "choose another id");
      }
      auto count = db.use("SELECT count(*) FROM site");
      if (count.step() && count.integer(0) >= kSites) {
        return fail(Code::conflict, "there are as many sites as one store holds", "/id");
      }
    }
    Sites::Entry entry{.no = 0, .site = site};
    entry.site.version = 1;
    const std::string origins = codec::write(site.origins);
    const std::string overrides = codec::write(site.policy.overrides);
    db.use(
          "INSERT INTO site (id, name, url, origins, edit_minutes, hold, spam_at, discard_at, moderation, "
          "overrides,"
          " client_days, spam_days, checked_days, rejected_days, created_at, version)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 1)")
        .bind(site.id, site.name, site.url, origins, site.edit_minutes, site.policy.hold, site.policy.spam,
              site.policy.discard, site.policy.moderation, overrides, site.retention.client_days,
              site.retention.spam_days, site.retention.checked_days, site.retention.rejected_days,
              site.created_at)
        .run();
    {
      auto no = db.use("SELECT last_insert_rowid()");
      no.step();
      entry.no = no.integer(0);
    }
    remember_answer(db, once, site.id, site.created_at);
    change.after.push_back([this, entry] { sites_.put(entry); });
    return entry.site;
  });
}

Result<Site> Engine::site(const std::string& id) {
  const auto entry = known_site(id, "/site");
  if (!entry) return tl::unexpected(entry.error());
  return (*entry)->site;
}

Result<std::vector<Site>> Engine::sites() {
  std::vector<Site> all;
  for (const auto& entry : sites_.all()) all.push_back(entry->site);
  return all;
}

Result<Site> Engine::change_site(const Site& site, std::optional<std::int64_t> seen_version) {
  return writer_.run([&](Change& change) -> Result<Site> {
    Db& db = change.db;
    // From the table: in this group the site may have been changed already.
    std::int64_t no = 0, version = 0;
    Time created_at = 0;
    {
      auto query = db.use("SELECT no, version, created_at FROM site WHERE id = ?1");
      if (!query.bind(site.id).step()) return fail(Code::not_found, "there is no such site", "/site");
      no = query.integer(0);
      version = query.integer(1);
      created_at = query.integer(2);
    }
    if (seen_version && *seen_version != version) {
      return fail(Code::conflict, "the site's settings were changed meanwhile", "/version",
                  "read them again: they are at version " + std::to_string(version));
    }
    Sites::Entry entry{.no = no, .site = site};
    entry.site.version = version + 1;
    entry.site.created_at = created_at;
    const std::string origins = codec::write(site.origins);
    const std::string overrides = codec::write(site.policy.overrides);
    db.use(
          "UPDATE site SET name = ?2, url = ?3, origins = ?4, edit_minutes = ?5, hold = ?6, spam_at = ?7,"
          " discard_at = ?8, moderation = ?9, overrides = ?10, client_days = ?11, spam_days = ?12, "
          "checked_days = ?13,"
          " rejected_days = ?14, version = version + 1 WHERE no = ?1")
        .bind(no, site.name, site.url, origins, site.edit_minutes, site.policy.hold, site.policy.spam,
              site.policy.discard, site.policy.moderation, overrides, site.retention.client_days,
              site.retention.spam_days, site.retention.checked_days, site.retention.rejected_days)
        .run();
    change.after.push_back([this, entry] { sites_.put(entry); });
    return entry.site;
  });
}

Result<ArticleInfo> Engine::article(const std::string& site, const std::string& id) {
  return read([&](Db& db) -> Result<ArticleInfo> {
    const auto entry = known_site(site, "?site");
    if (!entry) return tl::unexpected(entry.error());
    auto query = db.use(
        "SELECT no, id, url, title, closed, first_seen, approved, pending FROM article WHERE site = ?1 AND "
        "id = ?2");
    if (!query.bind((*entry)->no, id).step())
      return fail(Code::not_found, "there is no such article", "?article");
    return read_article(query, site);
  });
}

Result<ArticlePage> Engine::articles(const std::string& site, const std::string& cursor,
                                     std::uint32_t limit) {
  return read([&](Db& db) -> Result<ArticlePage> {
    const auto entry = known_site(site, "?site");
    if (!entry) return tl::unexpected(entry.error());
    const auto place = place_of(keys_, 'a', 1, cursor);
    if (!place) return tl::unexpected(place.error());
    const std::size_t most = std::clamp<std::size_t>(limit, 1, limits::kPage);
    auto query = db.use(
        "SELECT no, id, url, title, closed, first_seen, approved, pending FROM article INDEXED BY "
        "article_newest"
        " WHERE site = ?1 AND no < ?2 ORDER BY no DESC LIMIT ?3");
    query.bind((*entry)->no, *place ? (**place)[0] : std::numeric_limits<std::int64_t>::max(), most + 1);
    ArticlePage page;
    std::int64_t last = 0;
    while (query.step()) {
      if (page.items.size() == most) {
        page.next = cursor_of(keys_, 'a', {last});
        break;
      }
      last = query.integer(0);
      page.items.push_back(read_article(query, site));
    }
    return page;
  });
}

Result<ArticleInfo> Engine::put_article(const std::string& site, const ArticleRef& ref,
                                        std::optional<bool> closed, Time now) {
  const auto entry = known_site(site, "?site");
  if (!entry) return tl::unexpected(entry.error());
  const Done done = writer_.run([&](Change& change) -> Done {
    const std::int64_t no = article_no(change.db, (*entry)->no, ref, now);
    change.db
        .use(
            "UPDATE article SET url = iif(?2 = '', url, ?2), title = iif(?3 = '', title, ?3),"
            " closed = coalesce(?4, closed) WHERE no = ?1")
        .bind(no, ref.url, ref.title, closed)
        .run();
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return article(site, ref.id);
}

Done Engine::add_token(const Token& token, const std::string& secret_hash) {
  return writer_.run([&](Change& change) -> Done {
    auto taken = change.db.use("SELECT 1 FROM token WHERE id = ?1 OR hash = ?2");
    if (taken.bind(token.id, secret_hash).step())
      return fail(Code::conflict, "there is such a token already", "/id");
    change.db
        .use(
            "INSERT INTO token (id, hash, name, role, site, created_at, expires_at, revoked_at, last_used_at)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .bind(token.id, secret_hash, token.name, token.role, token.site, token.created_at, token.expires_at,
              token.revoked_at, token.last_used_at)
        .run();
    return {};
  });
}

Result<Token> Engine::token(const std::string& secret_hash, Time now) {
  auto token = read([&](Db& db) -> Result<Token> {
    auto query = db.use(
        "SELECT id, name, role, site, created_at, expires_at, revoked_at, last_used_at FROM token WHERE hash "
        "= ?1");
    if (!query.bind(secret_hash).step()) return fail(Code::unauthorized, "this token is not known");
    Token found = read_token(query);
    if (found.revoked_at && *found.revoked_at <= now)
      return fail(Code::unauthorized, "this token was revoked");
    if (found.expires_at && *found.expires_at <= now)
      return fail(Code::unauthorized, "this token has expired");
    return found;
  });
  if (!token) return token;
  const Time hour = now / kHour * kHour;
  if (token->last_used_at.value_or(0) < hour) {
    bool noted = true;
    {
      const std::lock_guard guard(used_lock_);
      Time& last = used_[secret_hash];
      noted = last >= hour;
      last = std::max(last, hour);
    }
    if (!noted) {
      writer_.post([secret_hash, hour](Change& change) {
        change.db.use("UPDATE token SET last_used_at = ?2 WHERE hash = ?1").bind(secret_hash, hour).run();
        return true;
      });
    }
    token->last_used_at = hour;
  }
  return token;
}

Result<std::vector<Token>> Engine::tokens(const std::string& reach) {
  return read([&](Db& db) -> Result<std::vector<Token>> {
    auto query = db.use(
        "SELECT id, name, role, site, created_at, expires_at, revoked_at, last_used_at FROM token"
        " WHERE ?1 = '' OR site = ?1 ORDER BY no LIMIT ?2");
    query.bind(reach, kTokens);
    std::vector<Token> all;
    while (query.step()) all.push_back(read_token(query));
    return all;
  });
}

Done Engine::revoke_token(const std::string& reach, Id id, Time now) {
  return writer_.run([&](Change& change) -> Done {
    change.db
        .use(
            "UPDATE token SET revoked_at = coalesce(revoked_at, ?3) WHERE id = ?1 AND (?2 = '' OR site = ?2)")
        .bind(id, reach, now)
        .run();
    if (change.db.changes() == 0) return fail(Code::not_found, "there is no such token", "/id");
    return {};
  });
}

Result<std::vector<SigningKey>> Engine::signing_keys() {
  const auto all = [](Db& db) {
    std::vector<SigningKey> keys;
    auto query = db.use("SELECT id, secret, created_at FROM signing_key ORDER BY no DESC");
    while (query.step())
      keys.push_back({.id = query.id(0), .secret = query.text(1), .created_at = query.integer(2)});
    return keys;
  };
  auto keys = read([&](Db& db) -> Result<std::vector<SigningKey>> { return all(db); });
  if (!keys || !keys->empty()) return keys;
  return writer_.run([&](Change& change) -> Result<std::vector<SigningKey>> {
    if (auto made = all(change.db); !made.empty()) return made;
    const Id id = new_id(0);
    const std::string secret = random_bytes(32);
    change.db.use("INSERT INTO signing_key (id, secret, created_at) VALUES (?1, CAST(?2 AS BLOB), 0)")
        .bind(id, secret)
        .run();
    return all(change.db);
  });
}

Done Engine::rotate_signing_key(Time now) {
  return writer_.run([&](Change& change) -> Done {
    const Id id = new_id(now);
    const std::string secret = random_bytes(32);
    change.db.use("UPDATE signing_key SET retires_at = ?1 WHERE retires_at IS NULL")
        .bind(now + kKeyAfterlife)
        .run();
    change.db.use("DELETE FROM signing_key WHERE retires_at < ?1").bind(now).run();
    change.db.use("INSERT INTO signing_key (id, secret, created_at) VALUES (?1, CAST(?2 AS BLOB), ?3)")
        .bind(id, secret, now)
        .run();
    return {};
  });
}

Result<SiteStats> Engine::stats(const std::string& site) {
  return read([&](Db& db) -> Result<SiteStats> {
    const auto entry = known_site(site, "?site");
    if (!entry) return tl::unexpected(entry.error());
    const std::int64_t no = (*entry)->no;
    SiteStats stats;
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
    return stats;
  });
}

Result<std::vector<LearnEvent>> Engine::learn_events(std::int64_t after_seq, std::uint32_t limit) {
  return read([&](Db& db) -> Result<std::vector<LearnEvent>> {
    auto query = db.use(
        "SELECT seq, comment, site, spam, taken_back, at FROM learn_event WHERE seq > ?1 ORDER BY seq LIMIT "
        "?2");
    query.bind(after_seq, std::min<std::uint32_t>(limit, 10'000));
    std::vector<LearnEvent> events;
    while (query.step()) {
      const auto entry = sites_.find(query.integer(2));
      events.push_back({.seq = query.integer(0),
                        .comment = query.id(1),
                        .site = entry ? entry->site.id : std::string(),
                        .spam = query.integer(3) != 0,
                        .taken_back = query.integer(4) != 0,
                        .at = query.integer(5)});
    }
    return events;
  });
}

Done Engine::learn(const Learn& learn) {
  const auto entry = known_site(learn.site, "/site");
  if (!entry) return tl::unexpected(entry.error());
  return writer_.run([&](Change& change) -> Done {
    const Id none;
    const Submission& one = learn.submission;
    const std::string sample =
        codec::write(std::vector<std::string>{one.content, one.author.name, one.author.url});
    change.db
        .use("INSERT INTO learn_event (comment, site, spam, at, by, sample) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(none, (*entry)->no, learn.spam, learn.now, learn.by, sample)
        .run();
    return {};
  });
}

}  // namespace chaffinch::sqlite
