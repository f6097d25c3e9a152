// Rule packs: drafts, versions, and the log of who changed them.
#include <algorithm>
#include <limits>

#include "core/limits.h"
#include "secrets.h"
#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::int64_t kDraftsOfScope = 200;
constexpr std::int64_t kVersionsKept = 500;

std::string joined(const std::vector<std::pair<std::string, std::string>>& lists) {
  std::vector<std::string> flat;
  for (const auto& [name, content] : lists) {
    flat.push_back(name);
    flat.push_back(content);
  }
  return codec::write(flat);
}

void read_body(StoredPack& pack, std::string text, const std::string& lists) {
  pack.text = std::move(text);
  auto flat = codec::read_list(lists);
  if (!flat || flat->size() % 2 != 0)
    throw std::runtime_error("the lists of the pack " + pack.name + " are damaged");
  for (std::size_t i = 0; i < flat->size(); i += 2)
    pack.lists.emplace_back(std::move((*flat)[i]), std::move((*flat)[i + 1]));
}

std::int64_t body_of(Db& db, const StoredPack& pack) {
  const std::string lists = joined(pack.lists);
  const std::string hash = sha256_hex(std::to_string(pack.text.size()) + ":" + pack.text + lists);
  db.use("INSERT INTO pack_body (hash, text, lists) VALUES (?1, ?2, ?3) ON CONFLICT (hash) DO NOTHING")
      .bind(hash, pack.text, lists)
      .run();
  auto query = db.use("SELECT no FROM pack_body WHERE hash = ?1");
  query.bind(hash).step();
  return query.integer(0);
}

void drop_unused_bodies(Db& db) {
  db.exec(
      "DELETE FROM pack_body WHERE no NOT IN (SELECT body FROM pack_version)"
      " AND no NOT IN (SELECT body FROM pack_draft WHERE body IS NOT NULL)");
}

void note(Db& db, const RulesAuthor& author, const std::string& what, const std::string& site,
          const std::string& pack, std::optional<std::int64_t> version, const std::string& text) {
  db.use(
        "INSERT INTO rules_event (at, by, token, what, site, pack, version, note)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
      .bind(author.now, author.by, author.token, what, site, pack, version, text)
      .run();
}

std::int64_t newest(Db& db, const std::string& site) {
  auto query = db.use("SELECT coalesce(max(no), 0) FROM rules_version WHERE site = ?1");
  query.bind(site).step();
  return query.integer(0);
}

constexpr const char* kVersions =
    "SELECT no, site, at, by, note, rules_version, restores,"
    " no = (SELECT max(no) FROM rules_version WHERE site = v.site) FROM rules_version v WHERE site = ?1 AND "
    "no < ?2"
    " ORDER BY no DESC LIMIT ?3";
constexpr const char* kVersion =
    "SELECT no, site, at, by, note, rules_version, restores,"
    " no = (SELECT max(no) FROM rules_version WHERE site = v.site) FROM rules_version v WHERE no = ?1";
constexpr const char* kInForce =
    "SELECT no, site, at, by, note, rules_version, restores, 1 FROM rules_version"
    " WHERE no IN (SELECT max(no) FROM rules_version GROUP BY site) ORDER BY site";

RulesVersion read_version(Query& query) {
  RulesVersion version;
  version.no = query.integer(0);
  version.site = query.text(1);
  version.at = query.integer(2);
  version.by = query.text(3);
  version.note = query.text(4);
  version.rules_version = query.text(5);
  version.restores = query.maybe(6);
  version.in_force = query.integer(7) != 0;
  return version;
}

void read_packs(Db& db, const RulesVersion& version, std::vector<StoredPack>& packs) {
  auto query = db.use(
      "SELECT v.name, b.text, b.lists FROM pack_version v CROSS JOIN pack_body b WHERE v.version = ?1 AND "
      "b.no = "
      "v.body ORDER BY v.name");
  query.bind(version.no);
  while (query.step()) {
    StoredPack pack;
    pack.site = version.site;
    pack.name = query.text(0);
    pack.by = version.by;
    pack.at = version.at;
    read_body(pack, query.text(1), query.text(2));
    packs.push_back(std::move(pack));
  }
}

std::vector<RulesVersion> in_force(Db& db) {
  std::vector<RulesVersion> all;
  auto query = db.use(kInForce);
  while (query.step()) all.push_back(read_version(query));
  return all;
}

}  // namespace

Result<std::vector<StoredPack>> Engine::drafts() {
  return read([&](Db& db) -> Result<std::vector<StoredPack>> {
    std::vector<StoredPack> all;
    auto query = db.use(
        "SELECT d.no, d.site, d.name, d.by, d.at, d.body IS NULL, coalesce(b.text, ''), coalesce(b.lists, '')"
        " FROM pack_draft d LEFT JOIN pack_body b ON b.no = d.body ORDER BY d.site, d.name");
    while (query.step()) {
      StoredPack pack;
      pack.change = query.integer(0);
      pack.site = query.text(1);
      pack.name = query.text(2);
      pack.by = query.text(3);
      pack.at = query.integer(4);
      pack.removed = query.integer(5) != 0;
      if (!pack.removed) read_body(pack, query.text(6), query.text(7));
      all.push_back(std::move(pack));
    }
    return all;
  });
}

Result<std::vector<StoredPack>> Engine::published_packs() {
  return read([&](Db& db) -> Result<std::vector<StoredPack>> {
    std::vector<StoredPack> all;
    for (const RulesVersion& version : in_force(db)) read_packs(db, version, all);
    return all;
  });
}

Result<std::vector<RulesVersion>> Engine::rules_in_force() {
  return read([&](Db& db) -> Result<std::vector<RulesVersion>> { return in_force(db); });
}

Result<Answered<StoredPack>> Engine::put_draft(const StoredPack& pack, const RulesAuthor& author) {
  return writer_.run([&](Change& change) -> Result<Answered<StoredPack>> {
    Db& db = change.db;
    auto before = answered_before(db, author.once, author.now);
    if (!before) return tl::unexpected(std::move(before).error());
    Answered<StoredPack> kept{pack};
    kept.by = author.by;
    if (*before) {
      const auto fields = fields_of(**before, 2);
      kept.at = number_in(fields[0]);
      kept.change = number_in(fields[1]);
      kept.replayed = true;
      return kept;
    }
    kept.at = author.now;
    {
      auto count = db.use("SELECT count(*) FROM pack_draft WHERE site = ?1 AND name <> ?2");
      if (count.bind(pack.site, pack.name).step() && count.integer(0) >= kDraftsOfScope)
        return fail(Code::conflict, "there are as many drafts as are kept", {}, "publish or drop some first");
    }
    std::optional<std::int64_t> body;
    if (!pack.removed) body = body_of(db, pack);
    db.use("DELETE FROM pack_draft WHERE site = ?1 AND name = ?2").bind(pack.site, pack.name).run();
    db.use("INSERT INTO pack_draft (site, name, body, by, at) VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(pack.site, pack.name, body, author.by, author.now)
        .run();
    {
      auto no = db.use("SELECT last_insert_rowid()");
      no.step();
      kept.change = no.integer(0);
    }
    drop_unused_bodies(db);
    note(db, author, pack.removed ? "draft_removal" : "drafted", pack.site, pack.name, std::nullopt, {});
    remember_answer(db, author.once, answer_of({std::to_string(kept.at), std::to_string(kept.change)}),
                    author.now);
    return kept;
  });
}

Result<Took> Engine::drop_draft(const std::string& site, const std::string& name, const RulesAuthor& author) {
  return writer_.run([&](Change& change) -> Result<Took> {
    Db& db = change.db;
    auto before = answered_before(db, author.once, author.now);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return Took{.replayed = true};
    db.use("DELETE FROM pack_draft WHERE site = ?1 AND name = ?2").bind(site, name).run();
    if (db.changes() == 0) return fail(Code::not_found, "there is no draft of this pack", "/name");
    drop_unused_bodies(db);
    note(db, author, "draft_dropped", site, name, std::nullopt, {});
    remember_answer(db, author.once, {}, author.now);
    return Took{};
  });
}

Result<Answered<RulesVersion>> Engine::publish_rules(const PublishRules& wish, const RulesAuthor& author) {
  return writer_.run([&](Change& change) -> Result<Answered<RulesVersion>> {
    Db& db = change.db;
    auto before = answered_before(db, author.once, author.now);
    if (!before) return tl::unexpected(std::move(before).error());
    Answered<RulesVersion> version;
    version.by = author.by;
    version.note = wish.note;
    version.restores = wish.restores;
    version.in_force = true;
    if (*before) {
      const auto fields = fields_of(**before, 4);
      version.no = number_in(fields[0]);
      version.site = fields[1];
      version.at = number_in(fields[2]);
      version.rules_version = fields[3];
      version.replayed = true;
      return version;
    }
    if (newest(db, wish.site) != wish.seen) {
      return fail(Code::conflict, "somebody else has published rules meanwhile", {},
                  "look at them and try again");
    }
    for (const std::int64_t draft : wish.drafts) {
      db.use("DELETE FROM pack_draft WHERE no = ?1 AND site = ?2").bind(draft, wish.site).run();
      if (db.changes() == 0)
        return fail(Code::conflict, "a draft was changed meanwhile", {}, "look at the drafts and try again");
    }
    version.site = wish.site;
    version.at = author.now;
    version.rules_version = wish.rules_version;
    db.use(
          "INSERT INTO rules_version (site, at, by, note, rules_version, restores) VALUES (?1, ?2, ?3, ?4, "
          "?5, ?6)")
        .bind(version.site, version.at, version.by, version.note, version.rules_version, version.restores)
        .run();
    {
      auto no = db.use("SELECT last_insert_rowid()");
      no.step();
      version.no = no.integer(0);
    }
    for (const StoredPack& pack : wish.packs) {
      const std::int64_t body = body_of(db, pack);
      db.use("INSERT INTO pack_version (version, name, body) VALUES (?1, ?2, ?3)")
          .bind(version.no, pack.name, body)
          .run();
    }
    db.use(
          "DELETE FROM rules_version WHERE site = ?1 AND no NOT IN"
          " (SELECT no FROM rules_version WHERE site = ?1 ORDER BY no DESC LIMIT ?2)")
        .bind(wish.site, kVersionsKept)
        .run();
    db.exec("DELETE FROM pack_version WHERE version NOT IN (SELECT no FROM rules_version)");
    drop_unused_bodies(db);
    note(db, author, wish.what, wish.site, {}, version.no, wish.note);
    remember_answer(db, author.once,
                    answer_of({std::to_string(version.no), version.site, std::to_string(version.at),
                               version.rules_version}),
                    author.now);
    return version;
  });
}

Result<RulesVersionPage> Engine::rules_versions(const std::string& site, const std::string& cursor,
                                                std::uint32_t limit) {
  return read([&](Db& db) -> Result<RulesVersionPage> {
    const auto place = place_of(keys_, 'v', 1, cursor);
    if (!place) return tl::unexpected(place.error());
    const std::size_t most = std::clamp<std::size_t>(limit, 1, limits::kPage);
    auto query = db.use(kVersions);
    query.bind(site, *place ? (**place)[0] : std::numeric_limits<std::int64_t>::max(), most + 1);
    RulesVersionPage page;
    while (query.step()) {
      if (page.items.size() == most) {
        page.next = cursor_of(keys_, 'v', {page.items.back().no});
        break;
      }
      page.items.push_back(read_version(query));
    }
    return page;
  });
}

Result<std::pair<RulesVersion, std::vector<StoredPack>>> Engine::rules_version(const std::string& reach,
                                                                               std::int64_t no) {
  return read([&](Db& db) -> Result<std::pair<RulesVersion, std::vector<StoredPack>>> {
    std::pair<RulesVersion, std::vector<StoredPack>> found;
    {
      auto query = db.use(kVersion);
      const bool known = query.bind(no).step();
      if (known) found.first = read_version(query);
      if (!known || (!reach.empty() && found.first.site != reach))
        return fail(Code::not_found, "there is no such version of the rules");
    }
    read_packs(db, found.first, found.second);
    return found;
  });
}

Result<RulesEventPage> Engine::rules_events(const std::string& site, const std::string& cursor,
                                            std::uint32_t limit) {
  return read([&](Db& db) -> Result<RulesEventPage> {
    const auto place = place_of(keys_, 'w', 1, cursor);
    if (!place) return tl::unexpected(place.error());
    const std::size_t most = std::clamp<std::size_t>(limit, 1, limits::kPage);
    auto query = db.use(
        "SELECT no, at, by, what, pack, version, note FROM rules_event INDEXED BY rules_event_site"
        " WHERE site = ?1 AND no < ?2 ORDER BY no DESC LIMIT ?3");
    query.bind(site, *place ? (**place)[0] : std::numeric_limits<std::int64_t>::max(), most + 1);
    RulesEventPage page;
    std::int64_t last = 0;
    while (query.step()) {
      if (page.items.size() == most) {
        page.next = cursor_of(keys_, 'w', {last});
        break;
      }
      last = query.integer(0);
      page.items.push_back({.at = query.integer(1),
                            .by = query.text(2),
                            .what = query.text(3),
                            .site = site,
                            .pack = query.text(4),
                            .version = query.maybe(5),
                            .note = query.text(6)});
    }
    return page;
  });
}

}  // namespace chaffinch::sqlite
