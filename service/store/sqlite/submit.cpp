// recall, release, keep, import.
#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/address.h"
#include "analysis/sketch.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/doubt.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/remembered.h"

namespace chaffinch::sqlite {
namespace {

// A kept comment that is judged again is counted among the copies of its text: it is taken out.
void without_self(Db& db, std::int64_t site, const Probe& probe, Facts& facts) {
  auto query = db.use(
      "SELECT coalesce(counts_as, status) FROM comment WHERE id = ?1 AND site = ?2 AND copy_hash = ?3");
  if (!query.bind(*probe.self, site, static_cast<std::int64_t>(probe.copy_hash)).step()) return;
  const auto less = [](std::uint32_t& count) { count -= count > 0 ? 1 : 0; };
  less(facts.copies);
  if (query.as<Status>(0) == Status::spam) less(facts.copies_spam);
  if (query.as<Status>(0) == Status::approved) less(facts.copies_approved);
}

std::optional<ArticleCache::Known> article_in(Db& db, std::int64_t site, const std::string& id) {
  auto query = db.use(
      "SELECT no, closed, first_seen, url <> '' AND title <> '' FROM article WHERE site = ?1 AND id = ?2");
  if (!query.bind(site, id).step()) return std::nullopt;
  return ArticleCache::Known{.no = query.integer(0),
                             .closed = query.integer(1) != 0,
                             .first_seen = query.integer(2),
                             .whole = query.integer(3) != 0};
}

void tell(const ArticleCache::Known& article, Facts& facts) {
  facts.article_known = true;
  facts.article_closed = article.closed;
  facts.article_first_seen = article.first_seen;
}

void tell(const Remembered& known, const Probe& probe, Facts& facts) {
  facts.author = known.author;
  facts.email = known.email;
  facts.address = known.address;
  facts.network = known.network;
  for (std::size_t i = 0; i < probe.domains.size(); ++i)
    facts.domains.push_back({probe.domains[i], known.domains[i]});
  if (probe.copy_hash == 0) return;
  facts.copies += static_cast<std::uint32_t>(known.copy.count);
  facts.copies_spam = static_cast<std::uint32_t>(known.copy.spam);
  facts.copies_approved = static_cast<std::uint32_t>(known.copy.approved);
}

// How many wait and are the same or nearly so, this one among them.
std::uint32_t cluster_of(const Keep& keep) {
  const Facts& facts = keep.facts;
  if (keep.comment.status != Status::pending || facts.copies + facts.near_copies == 0) return 1;
  if (!empty(keep.sketch)) return 1 + keep.waiting;
  const std::uint32_t settled = facts.copies_spam + facts.copies_approved;
  return 1 + (facts.copies > settled ? facts.copies - settled : 0);
}

struct InThread {
  std::optional<Id> parent;
  std::int32_t depth = 0;
  Time root_at = 0;
  std::int64_t root = 0;
  Time place = 0;
};

// A reply stands in its parent's thread, by its own time but never before its parent. Where the parent is
// gone, it begins a thread of its own.
InThread in_thread(Db& db, const Comment& comment, std::int64_t article, std::int64_t seq) {
  InThread place{.parent = comment.parent,
                 .depth = 0,
                 .root_at = comment.shown_at(),
                 .root = seq,
                 .place = comment.shown_at()};
  if (!comment.parent) return place;
  auto query =
      db.use("SELECT depth, root_at, root, place, parent FROM comment WHERE id = ?1 AND article = ?2");
  if (!query.bind(*comment.parent, article).step()) return place;
  place.depth = query.as<std::int32_t>(0) + 1;
  place.root_at = query.integer(1);
  place.root = query.integer(2);
  place.place = std::max(comment.shown_at(), query.integer(3) + 1);
  if (place.depth >= static_cast<std::int32_t>(limits::kThreadDepth) && !query.null(4)) {
    place.parent = query.id(4);
    --place.depth;
  }
  return place;
}

}  // namespace

Result<std::shared_ptr<const Sites::Entry>> Engine::known_site(const std::string& id,
                                                               const char* where) const {
  auto entry = sites_.find(id);
  if (!entry) return fail(Code::not_found, "there is no such site", where);
  return entry;
}

Result<Recalled> Engine::recall(const Probe& probe) {
  const auto site = known_site(probe.site, "/site");
  if (!site) return tl::unexpected(site.error());
  const std::int64_t no = (*site)->no;
  PersonKeys keys = keys_.person(probe.author, probe.ip);
  keys.token = keys_.token(probe.author_key);

  Recalled recalled;
  recalled.site = (*site)->site;
  Facts& facts = recalled.facts;
  facts.now = probe.now;

  // The mark comes before the read: a comment that commits in between is seen twice rather than not at all.
  Marks::Ask ask{.site = no,
                 .keys = keys,
                 .domains = {},
                 .copy_hash = static_cast<std::int64_t>(probe.copy_hash),
                 .as_of = probe.as_of == 0 ? probe.now : probe.as_of,
                 .now = probe.now,
                 .self = probe.self ? tag_of(*probe.self) : 0};
  for (const std::string& domain : probe.domains) ask.domains.push_back(keys_.domain(domain));
  const Marks::Seen seen = marks_.look(ask, probe.reserve);
  recalled.reservation = seen.reservation;
  facts.recent_address_10m = seen.address_10m;
  facts.recent_address_1h = seen.address_1h;
  facts.recent_network_10m = seen.network_10m;
  facts.recent_email_1h = seen.email_1h;
  facts.recent_domain_1h = seen.domain_1h;
  facts.copies = seen.copies;
  std::int64_t self = 0;
  if (probe.self) {
    auto known = read([&](Db& db) -> Result<std::pair<std::int64_t, std::int64_t>> {
      auto query = db.use("SELECT seq, key_token FROM comment WHERE id = ?1 AND site = ?2");
      if (!query.bind(*probe.self, no).step()) return std::pair<std::int64_t, std::int64_t>();
      return std::pair(query.integer(0), query.integer(1));
    });
    if (known) std::tie(self, keys.token) = *known;
  }
  const Near::Seen near = near_.look({.site = no,
                                      .copy_hash = static_cast<std::int64_t>(probe.copy_hash),
                                      .sketch = probe.sketch,
                                      .now = probe.now,
                                      .self = self},
                                     seen.reservation);
  facts.near_copies = near.copies;
  facts.near_spam = near.spam;
  facts.near_spam_told = near.spam_told;
  facts.near_ham = near.ham;
  recalled.waiting = near.waiting;

  const RowsWanted wanted(no, keys, ask.domains, ask.copy_hash);
  const std::vector<BlockSought> blocks = blocks_sought(probe);
  if (!probe.self && !probe.parent && blocks.empty()) {
    // What most comments ask for is at hand, and no connection is needed.
    const auto article = articles_.find(no, probe.article.id);
    if (article) {
      if (const auto known = remembered(known_, backlog_, wanted)) {
        tell(*known, probe, facts);
        tell(*article, facts);
        return recalled;
      }
    }
  }

  const Done done = read_counted([&](Db& db) -> Result<bool> {
    // The snapshot is the one of the first read, which these must come before.
    const std::uint64_t records_age = known_.cache.age(), articles_age = articles_.age();
    const auto known = remembered(db, known_, records_age, backlog_, wanted, probe.now);
    if (!known) return false;
    tell(*known, probe, facts);
    if (probe.copy_hash != 0 && probe.self) without_self(db, no, probe, facts);
    const auto article = article_in(db, no, probe.article.id);
    if (article) {
      tell(*article, facts);
      articles_.put(articles_age, no, probe.article.id, *article);
    }
    if (probe.parent) {
      auto query = db.use("SELECT 1 FROM comment WHERE id = ?1 AND article = ?2");
      facts.parent_known = query.bind(*probe.parent, article ? article->no : 0).step();
    }
    facts.blocks = block_hits(db, no, blocks, probe.now);
    return true;
  });
  if (!done) {
    release(recalled.reservation);
    return tl::unexpected(done.error());
  }
  return recalled;
}

Result<std::optional<Kept>> Engine::replay(const Once& once) {
  if (once.key.empty()) return std::nullopt;
  return read([&](Db& db) -> Result<std::optional<Kept>> {
    auto before = answered_before(db, once, once.at);
    if (!before) return tl::unexpected(std::move(before).error());
    if (!*before) return std::nullopt;
    return kept_before(**before);
  });
}

Result<bool> Engine::answered(const Once& once) {
  if (once.key.empty()) return false;
  return read([&](Db& db) -> Result<bool> {
    return answered_before(db, once, once.at).map([](const auto& answer) { return answer.has_value(); });
  });
}

void Engine::release(std::uint64_t reservation) {
  if (reservation == 0) return;
  marks_.release(reservation);
  near_.release(reservation);
}

Engine::Prepared Engine::prepare(const Keep& keep) {
  Prepared prepared;
  prepared.domains = codec::write(keep.domains);
  prepared.verdict = codec::write(keep.verdict);
  prepared.facts = codec::write(keep.facts);
  Counted& counted = prepared.counted;
  counted.status = counted.stands_as = keep.comment.status;
  counted.discard = keep.comment.discard;
  counted.day = day_of(keep.comment.received_at);
  if (keep.foreign) {
    if (keep.foreign->spam) counted.stands_as = Status::spam;
    counted.told = keep.foreign->told;
    prepared.content_key = content_key(keep.comment.content);
  }
  counted.keys = keys_.person(keep.comment.author, keep.comment.client.ip);
  counted.keys.token = keys_.token(keep.author_key);
  for (const std::string& domain : keep.domains) counted.domains.push_back(keys_.domain(domain));
  counted.copy_hash = static_cast<std::int64_t>(keep.copy_hash);
  counted.rules = hits_of(keep.verdict);
  prepared.cluster = cluster_of(keep);
  return prepared;
}

Result<Kept> Engine::keep_in(Change& change, const Keep& keep, Prepared& prepared, bool imported) {
  Db& db = change.db;
  const Comment& comment = keep.comment;
  const auto site = known_site(comment.site, "/site");
  if (!site) return tl::unexpected(site.error());
  const std::int64_t site_no = (*site)->no;
  auto before = answered_before(db, keep.once, comment.received_at);
  if (!before) return tl::unexpected(std::move(before).error());
  if (*before) return kept_before(**before);

  const auto at_hand = articles_.find(site_no, comment.article.id);
  const std::int64_t article =
      at_hand && at_hand->whole ? at_hand->no : article_no(db, site_no, comment.article, comment.received_at);
  const std::int64_t seq = last_seq_.fetch_add(1) + 1;
  const InThread place = in_thread(db, comment, article, seq);
  const PersonKeys& keys = prepared.counted.keys;
  const Client& client = comment.client;
  std::optional<Status> counts_as;
  std::optional<Told> told;
  std::optional<std::int64_t> blog;
  if (keep.foreign) {
    if (keep.foreign->spam) counts_as = Status::spam;
    told = keep.foreign->told;
    blog = prepared.counted.blog = blog_no(db, site_no, keep.foreign->blog);
  }
  const bool has_client = !client.ip.empty() || !client.user_agent.empty() || !client.referrer.empty();
  db.use(
        "INSERT INTO comment (seq, id, site, article, status, decided, discard, version, received_at, "
        "created_at,"
        " imported, parent, depth, root_at, root, place, score, doubt, copy_hash, key_author, key_email, "
        "key_address,"
        " key_network, client, type, name, email, url, author_id, ip, agent, referrer, article_url, "
        "article_title,"
        " elapsed_ms, honeypot, domains, verdict, facts, content, cluster, counts_as, told, blog, "
        "content_key, form_token)"
        " VALUES (?1, ?2, ?3, ?4, ?5, 0, "
        "?6, 1, ?7, "
        "?8, ?9,"
        " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, "
        "?29, ?30,"
        " ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41, ?42, ?43, ?44)")
      .bind(seq, comment.id, site_no, article, comment.status, comment.discard, comment.received_at,
            comment.created_at, imported, place.parent, place.depth, place.root_at, place.root, place.place,
            keep.verdict.score, doubt_of(keep.verdict, (*site)->site.policy.hold, prepared.cluster),
            static_cast<std::int64_t>(keep.copy_hash), keys.author, keys.email, keys.address, keys.network,
            has_client, comment.type, comment.author.name, comment.author.email, comment.author.url,
            comment.author.id, client.ip, client.user_agent, client.referrer, comment.article.url,
            comment.article.title, comment.form.elapsed_ms, comment.form.honeypot, prepared.domains,
            prepared.verdict, prepared.facts, comment.content, prepared.cluster, counts_as, told, blog,
            prepared.content_key, comment.form.token)
      .run();
  if (keys.token != 0) {
    db.use("UPDATE comment SET key_token = ?2 WHERE seq = ?1").bind(seq, keys.token).run();
  }
  near_came(change,
            {.seq = seq,
             .site = site_no,
             .copy_hash = static_cast<std::int64_t>(keep.copy_hash),
             .at = comment.received_at,
             .sketch = keep.sketch,
             .waits = comment.status == Status::pending},
            kin_of(prepared.counted.stands_as, false), keep.reservation);

  prepared.counted.seq = seq;
  prepared.counted.imported = imported;
  prepared.counted.week = week_of(came_at(comment, imported));
  prepared.counted.site = site_no;
  prepared.counted.article = article;
  change.deltas.arrived(prepared.counted, imported ? comment.shown_at() : comment.received_at,
                        comment.received_at);
  change.deltas.through = seq;

  const Kept kept{.id = comment.id, .status = comment.status};
  if (!keep.once.key.empty())
    remember_answer(db, keep.once, answer_of(kept, prepared.verdict), comment.received_at);
  return kept;
}

void Engine::keep(Keep keep, Then then) {
  Prepared prepared = prepare(keep);
  const std::uint64_t reservation = keep.reservation;
  writer_.start<Result<Kept>>(
      Writer::kArrival,
      [this, keep = std::move(keep), prepared = std::move(prepared)](Change& change) mutable {
        return keep_in(change, keep, prepared, false);
      },
      [this, reservation, then = std::move(then)](Result<Kept> kept, std::shared_ptr<const void> remains) {
        if (!kept || kept->replayed)
          release(reservation);
        else
          marks_.kept(reservation, tag_of(kept->id));
        then(std::move(kept), std::move(remains));
      });
}

Result<std::vector<Imported>> Engine::import(std::vector<Import> imports) {
  std::vector<Prepared> prepared;
  prepared.reserve(imports.size());
  for (const Import& one : imports) prepared.push_back(prepare(one.keep));
  auto imported = writer_.run([&](Change& change) -> Result<std::vector<Imported>> {
    std::vector<Imported> all;
    // One decision for each label and site, so that one undo takes one kind of label back.
    std::map<std::pair<std::string, DecisionKind>, std::unique_ptr<Decider>> deciders;
    for (std::size_t i = 0; i < imports.size(); ++i) {
      const Import& one = imports[i];
      if (auto there = row_by_id(change.db, sites_, one.keep.comment.id)) {
        all.push_back({.added = false, .status = there->comment.status});
        continue;
      }
      auto kept = keep_in(change, one.keep, prepared[i], true);
      if (!kept) return tl::unexpected(std::move(kept).error());
      Status status = kept->status;
      if (one.label && is_status(*one.label)) {
        auto& decider = deciders[{one.keep.comment.site, *one.label}];
        if (!decider) {
          decider = std::make_unique<Decider>(change, keys_, sites_, maker_,
                                              Decider::Who{.kind = *one.label,
                                                           .by = "import",
                                                           .by_token = {},
                                                           .reason = {},
                                                           .note = {},
                                                           .now = one.keep.comment.received_at,
                                                           .archive = true});
        }
        const auto row = row_by_id(change.db, sites_, one.keep.comment.id);
        if (row && decider->decide(*row, std::nullopt, one.lesson)) status = status_of(*one.label);
      }
      all.push_back({.added = true, .status = status});
    }
    for (const auto& [name, decider] : deciders) decider->finish();
    return all;
  });
  for (std::size_t i = 0; i < imports.size(); ++i) {
    const Keep& keep = imports[i].keep;
    if (imported && (*imported)[i].added)
      marks_.kept(keep.reservation, tag_of(keep.comment.id));
    else
      release(keep.reservation);
  }
  return imported;
}

}  // namespace chaffinch::sqlite
