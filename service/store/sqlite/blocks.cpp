// Blocks: whom nobody wants to hear, and how recall finds them.
#include <algorithm>

#include "analysis/address.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "secrets.h"
#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::size_t kValue = 320;

Result<std::string> normalised(const std::string& kind, const std::string& value) {
  const auto wrong = [](const char* what, const char* advice) {
    return fail(Code::invalid, what, "/value", advice);
  };
  if (value.empty() || value.size() > kValue) return wrong("a block needs a value of at most 320 bytes", "");
  if (kind == "author") return value;
  if (kind == "email") {
    const auto at = value.find('@');
    if (at == 0 || at == std::string::npos || at + 1 == value.size()) {
      return wrong("not an email address", "write name@domain, or block the domain");
    }
    return ascii_lower(value);
  }
  if (kind == "ip") {
    const auto address = Address::parse(value);
    if (!address) return wrong("not an internet address", "write 192.0.2.7 or 2001:db8::7");
    return address->text();
  }
  if (kind == "cidr") {
    const auto network = Network::parse(value);
    if (!network) return wrong("not a network", "write 192.0.2.0/24 or 2001:db8::/48");
    return network->text();
  }
  if (kind == "domain") {
    std::string domain = ascii_lower(value);
    while (domain.starts_with("*.") || domain.starts_with('.'))
      domain.erase(0, domain.front() == '*' ? 2 : 1);
    while (domain.ends_with('.')) domain.pop_back();
    if (domain.empty() || domain.find_first_of(" /:@") != std::string::npos) {
      return wrong("not a domain", "write spam.example, without http:// and path");
    }
    return domain;
  }
  return fail(Code::invalid, "there is no such kind of block", "/kind", "author, email, ip, cidr or domain");
}

Block read_block(Query& query, const Sites& sites) {
  Block block;
  block.id = query.id(1);
  if (const auto entry = sites.find(query.integer(2))) block.site = entry->site.id;
  block.kind = query.text(3);
  block.value = query.text(4);
  block.reason = query.text(5);
  block.by = query.text(6);
  block.created_at = query.integer(7);
  block.expires_at = query.maybe(8);
  if (!query.null(9)) block.decision = query.id(9);
  return block;
}

constexpr const char* kByName =
    "SELECT b.no, b.id, b.site, b.kind, b.value, b.reason, b.by, b.created_at, b.expires_at, d.id FROM block "
    "b"
    " LEFT JOIN decision d ON d.no = b.decision WHERE b.kind = ?1 AND b.value = ?2 AND b.site = ?3";

Wanted blocked_by(const Block& block, std::int64_t site, const Keys& keys) {
  Wanted wanted;
  wanted.site = site;
  wanted.status = Status::pending;
  wanted.undecided = true;
  if (block.kind == "author") wanted.author_id = keys.author_id(block.value);
  if (block.kind == "email") wanted.email = keys.email(block.value);
  if (block.kind == "ip" || block.kind == "cidr") wanted.network = Network::parse(block.value);
  if (block.kind == "domain") wanted.domain = block.value;
  aim(wanted, keys);
  return wanted;
}

}  // namespace

std::vector<BlockSought> Engine::blocks_sought(const Probe& probe) const {
  std::vector<BlockSought> sought;
  const auto look = [&](const char* kind, const std::string& value, Field field) {
    if (!value.empty() && blocked_.may_have(kind, value)) sought.push_back({kind, value, field});
  };
  if (blocked_.empty()) return sought;
  look("author", probe.author.id, Field::author_name);
  look("email", ascii_lower(probe.author.email), Field::author_email);
  look("ip", probe.ip, Field::ip);
  const auto suffixes = [&](const std::string& host, Field field) {
    for (std::string rest = ascii_lower(host); !rest.empty();) {
      look("domain", rest, field);
      const auto dot = rest.find('.');
      rest = dot == std::string::npos ? std::string() : rest.substr(dot + 1);
    }
  };
  const std::string url = ascii_lower(probe.author.url);
  for (const std::string& host : probe.hosts.empty() ? probe.domains : probe.hosts) {
    suffixes(host, url.find(ascii_lower(host)) != std::string::npos ? Field::author_url : Field::content);
  }
  suffixes(probe.email_domain, Field::author_email);
  const auto address = Address::parse(probe.ip);
  if (!address) return sought;
  for (int prefix = 0; prefix <= (address->v4 ? 32 : 128); ++prefix) {
    if (!blocked_.may_have_prefix(address->v4, static_cast<std::size_t>(prefix))) continue;
    if (const auto network = Network::parse(probe.ip + "/" + std::to_string(prefix)))
      look("cidr", network->text(), Field::ip);
  }
  return sought;
}

std::vector<BlockHit> Engine::block_hits(Db& db, std::int64_t site, const std::vector<BlockSought>& sought,
                                         Time now) {
  std::vector<BlockHit> hits;
  for (const auto& [kind, value, field] : sought) {
    auto query = db.use(
        "SELECT id FROM block WHERE kind = ?1 AND value = ?2 AND site IN (0, ?3)"
        " AND (expires_at IS NULL OR expires_at > ?4)");
    query.bind(kind, value, site, now);
    while (query.step()) {
      const BlockHit hit{.block = query.id(0), .kind = kind, .field = field};
      if (std::find(hits.begin(), hits.end(), hit) == hits.end()) hits.push_back(hit);
    }
  }
  return hits;
}

Result<BlockAdded> Engine::add_block(const AddBlock& add) {
  if (!add.reach.empty() && add.block.site != add.reach) {
    return fail(Code::forbidden, "this token may only block on its own site", "/site",
                "name the site " + add.reach);
  }
  auto value = normalised(add.block.kind, add.block.value);
  if (!value) return tl::unexpected(std::move(value).error());
  std::int64_t site = 0;
  if (!add.block.site.empty()) {
    const auto entry = known_site(add.block.site, "/site");
    if (!entry) return tl::unexpected(entry.error());
    site = (*entry)->no;
  }
  const Time now = add.block.created_at;
  return writer_.run([&](Change& change) -> Result<BlockAdded> {
    Db& db = change.db;
    auto before = answered_before(db, add.once, now);
    if (!before) return tl::unexpected(std::move(before).error());
    BlockAdded added;
    if (*before) {
      const auto fields = fields_of(**before, 3);
      added.block = add.block;
      added.block.value = *value;
      added.block.id = Id::parse(fields[0]).value_or(Id{});
      added.block.created_at = number_in(fields[1]);
      if (!fields[2].empty()) added.applied = codec::read_settled(fields[2]);
      added.replayed = true;
      return added;
    }
    const Id id = add.block.id.empty() ? new_id(now) : add.block.id;
    db.use(
          "INSERT INTO block (id, site, kind, value, reason, by, created_at, expires_at)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (kind, value, site) DO UPDATE SET reason = "
          "?5,"
          " by = ?6, expires_at = ?8, decision = NULL")
        .bind(id, site, add.block.kind, *value, add.block.reason, add.block.by, now, add.block.expires_at)
        .run();
    {
      auto query = db.use(kByName);
      query.bind(add.block.kind, *value, site).step();
      added.block = read_block(query, sites_);
    }
    change.after.push_back([this, kind = add.block.kind, value = *value] { blocked_.add(kind, value); });
    if (add.apply_to_past) {
      Settle settle;
      settle.reach = add.reach;
      settle.kind = DecisionKind::spam;
      settle.by = add.block.by;
      settle.by_token = add.by_token;
      settle.reason = "block";
      settle.now = now;
      std::vector<Target> targets;
      const Scanned scanned =
          scan(db, sites_, keys_, blocked_by(added.block, site, keys_), Sort::oldest, std::nullopt, 100'000,
               [&](Row&& row) {
                 targets.push_back({.id = row.comment.id, .version = row.comment.version});
                 return targets.size() <= limits::kDecisionFilter;
               });
      if (targets.size() > limits::kDecisionFilter || !scanned.finished) {
        return fail(Code::too_large, "more comments match than one decision may touch", "/apply_to_past",
                    "make the block without applying it to the past, and decide by filter in steps");
      }
      auto settled = settle_in(change, settle, targets, {});
      if (!settled) return tl::unexpected(std::move(settled).error());
      added.applied = std::move(*settled);
    }
    remember_answer(db, add.once,
                    answer_of({added.block.id.text(), std::to_string(added.block.created_at),
                               added.applied ? codec::write(*added.applied) : std::string()}),
                    now);
    return added;
  });
}

Result<BlockPage> Engine::blocks(const std::string& reach, const std::string& kind, const std::string& cursor,
                                 std::uint32_t limit, Time now) {
  return read([&](Db& db) -> Result<BlockPage> {
    const auto place = place_of(keys_, 'b', 1, cursor);
    if (!place) return tl::unexpected(place.error());
    std::int64_t site = 0;
    if (!reach.empty()) {
      const auto entry = known_site(reach, "?site");
      if (!entry) return tl::unexpected(entry.error());
      site = (*entry)->no;
    }
    const std::size_t most = std::clamp<std::size_t>(limit, 1, limits::kPage);
    constexpr int kExamineBlocks = 2'000;
    auto query = db.use(
        "SELECT b.no, b.id, b.site, b.kind, b.value, b.reason, b.by, b.created_at, b.expires_at, d.id FROM "
        "block b"
        " LEFT JOIN decision d ON d.no = b.decision WHERE b.no < ?1 ORDER BY b.no DESC LIMIT ?2");
    query.bind(*place ? (**place)[0] : std::numeric_limits<std::int64_t>::max(), kExamineBlocks);
    BlockPage page;
    std::int64_t last = 0;
    int seen = 0;
    while (query.step()) {
      ++seen;
      const auto expires = query.maybe(8);
      const bool asked = (site == 0 || query.integer(2) == site || query.integer(2) == 0) &&
                         (kind.empty() || query.text(3) == kind) && (!expires || *expires > now);
      if (asked && page.items.size() == most) {
        page.next = cursor_of(keys_, 'b', {last});
        return page;
      }
      last = query.integer(0);
      if (asked) page.items.push_back(read_block(query, sites_));
    }
    if (seen == kExamineBlocks) page.next = cursor_of(keys_, 'b', {last});
    return page;
  });
}

Result<Took> Engine::remove_block(const std::string& reach, Id id, const Once& once) {
  std::int64_t site = 0;
  if (!reach.empty()) {
    const auto entry = known_site(reach, "?site");
    if (!entry) return tl::unexpected(entry.error());
    site = (*entry)->no;
  }
  return writer_.run([&](Change& change) -> Result<Took> {
    auto before = answered_before(change.db, once, once.at);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return Took{.replayed = true};
    change.db.use("DELETE FROM block WHERE id = ?1 AND (?2 = 0 OR site = ?2)").bind(id, site).run();
    if (change.db.changes() == 0) return fail(Code::not_found, "there is no such block", "/id");
    remember_answer(change.db, once, {}, once.at);
    return Took{};
  });
}

}  // namespace chaffinch::sqlite
