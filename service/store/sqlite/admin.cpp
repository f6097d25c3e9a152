// Sites, articles, signing keys.
#include <algorithm>

#include "core/limits.h"
#include "secrets.h"
#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"
#include "store/sqlite/tokens.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::int64_t kSites = 10'000;
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

// A site's settings as they were answered, and back.
std::string settings_of(const Site& site) {
  return answer_of(
      {site.id, site.name, site.url, codec::write(site.origins), std::to_string(site.edit_minutes),
       codec::write(std::map<std::string, double, std::less<>>{
           {"hold", site.policy.hold}, {"spam", site.policy.spam}, {"discard", site.policy.discard}}),
       std::string(word(site.policy.moderation)), codec::write(site.policy.overrides),
       std::to_string(site.retention.client_days), std::to_string(site.retention.spam_days),
       std::to_string(site.retention.checked_days), std::to_string(site.retention.rejected_days),
       std::to_string(site.created_at), std::to_string(site.version), site.shares_lessons ? "1" : "0",
       std::string(word(site.akismet_hold)), site.akismet_own_blog ? "1" : "0", site.markdown ? "1" : "0"});
}

Site site_from(const std::string& answer) {
  const auto fields = fields_of(answer, 18);
  const auto days = [&](std::size_t at) { return static_cast<std::int32_t>(number_in(fields[at])); };
  const auto thresholds =
      codec::read_numbers(fields[5]).value_or(std::map<std::string, double, std::less<>>());
  Site site;
  site.id = fields[0];
  site.name = fields[1];
  site.url = fields[2];
  site.origins = codec::read_list(fields[3]).value_or(std::vector<std::string>());
  site.edit_minutes = days(4);
  if (thresholds.size() == 3) {
    site.policy.hold = thresholds.at("hold");
    site.policy.spam = thresholds.at("spam");
    site.policy.discard = thresholds.at("discard");
  }
  site.policy.moderation = moderation_from(fields[6]).value_or(site.policy.moderation);
  site.policy.overrides =
      codec::read_numbers(fields[7]).value_or(std::map<std::string, double, std::less<>>());
  site.retention = {days(8), days(9), days(10), days(11)};
  site.created_at = number_in(fields[12]);
  site.version = number_in(fields[13]);
  site.shares_lessons = fields[14] == "1";
  site.akismet_hold = akismet_hold_from(fields[15]).value_or(site.akismet_hold);
  site.akismet_own_blog = fields[16] == "1";
  site.markdown = fields[17] == "1";
  return site;
}

std::string answer_of_article(const ArticleInfo& info) {
  return answer_of({info.ref.id, info.ref.url, info.ref.title, info.closed ? "1" : "0",
                    std::to_string(info.first_seen), std::to_string(info.approved),
                    std::to_string(info.pending)});
}

Answered<ArticleInfo> article_from(const std::string& site, const std::string& answer) {
  const auto fields = fields_of(answer, 7);
  Answered<ArticleInfo> info;
  info.replayed = true;
  info.site = site;
  info.ref = {fields[0], fields[1], fields[2]};
  info.closed = fields[3] == "1";
  info.first_seen = number_in(fields[4]);
  info.approved = static_cast<std::uint64_t>(number_in(fields[5]));
  info.pending = static_cast<std::uint64_t>(number_in(fields[6]));
  return info;
}

}  // namespace

Result<Site> Engine::add_site(const Site& site, const Once& once, const std::vector<NewToken>& tokens) {
  return writer_.run([&](Change& change) -> Result<Site> {
    Db& db = change.db;
    if (!tokens.empty()) {
      if (auto fine = never_before(db, once, site.created_at, "a token"); !fine)
        return tl::unexpected(fine.error());
    }
    auto before = answered_before(db, once, site.created_at);
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
          " client_days, spam_days, checked_days, rejected_days, created_at, shares_lessons, version,"
          " akismet_hold, akismet_own_blog, markdown)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 1, ?17, ?18, ?19)")
        .bind(site.id, site.name, site.url, origins, site.edit_minutes, site.policy.hold, site.policy.spam,
              site.policy.discard, site.policy.moderation, overrides, site.retention.client_days,
              site.retention.spam_days, site.retention.checked_days, site.retention.rejected_days,
              site.created_at, site.shares_lessons, site.akismet_hold, site.akismet_own_blog, site.markdown)
        .run();
    {
      auto no = db.use("SELECT last_insert_rowid()");
      no.step();
      entry.no = no.integer(0);
    }
    for (const NewToken& token : tokens) {
      if (auto made = insert_token(db, token.token, token.secret_hash); !made)
        return tl::unexpected(made.error());
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

Result<Answered<Site>> Engine::change_site(const Site& site, std::optional<std::int64_t> seen_version,
                                           const Once& once) {
  return writer_.run([&](Change& change) -> Result<Answered<Site>> {
    Db& db = change.db;
    auto before = answered_before(db, once, once.at);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return Answered<Site>{site_from(**before), true};
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
          " rejected_days = ?14, shares_lessons = ?15, akismet_hold = ?16, akismet_own_blog = ?17, markdown "
          "= ?18,"
          " version = version + 1 WHERE no = ?1")
        .bind(no, site.name, site.url, origins, site.edit_minutes, site.policy.hold, site.policy.spam,
              site.policy.discard, site.policy.moderation, overrides, site.retention.client_days,
              site.retention.spam_days, site.retention.checked_days, site.retention.rejected_days,
              site.shares_lessons, site.akismet_hold, site.akismet_own_blog, site.markdown)
        .run();
    remember_answer(db, once, settings_of(entry.site), once.at);
    change.after.push_back([this, entry] { sites_.put(entry); });
    return Answered<Site>{entry.site, false};
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

Result<Answered<ArticleInfo>> Engine::put_article(const std::string& site, const ArticleRef& ref,
                                                  std::optional<bool> closed, Time now, const Once& once) {
  const auto entry = known_site(site, "?site");
  if (!entry) return tl::unexpected(entry.error());
  return writer_.run(Writer::kFresh, [&](Change& change) -> Result<Answered<ArticleInfo>> {
    Db& db = change.db;
    auto before = answered_before(db, once, now);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return article_from(site, **before);
    const std::int64_t no = article_no(db, (*entry)->no, ref, now);
    db.use(
          "UPDATE article SET url = iif(?2 = '', url, ?2), title = iif(?3 = '', title, ?3),"
          " closed = coalesce(?4, closed) WHERE no = ?1")
        .bind(no, ref.url, ref.title, closed)
        .run();
    auto query =
        db.use("SELECT no, id, url, title, closed, first_seen, approved, pending FROM article WHERE no = ?1");
    if (!query.bind(no).step()) return fail(Code::not_found, "there is no such article", "?article");
    Answered<ArticleInfo> put{read_article(query, site), false};
    remember_answer(db, once, answer_of_article(put), now);
    change.after.push_back([this] { articles_.changed(); });
    return put;
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

}  // namespace chaffinch::sqlite
