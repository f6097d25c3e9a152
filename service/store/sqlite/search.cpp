#include "store/sqlite/search.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "analysis/text.h"
#include "core/limits.h"
#include "store/sqlite/decided.h"
#include "store/sqlite/spans.h"
#include "store/sqlite/words.h"

namespace chaffinch::sqlite {
namespace {

std::string token(char letter, std::int64_t key) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text(1, letter);
  auto value = static_cast<std::uint64_t>(key);
  for (int i = 0; i < 12; ++i, value >>= 4) text += kHex[value & 15];
  return text;
}

std::string number_token(char letter, std::int64_t no) {
  return letter + std::to_string(no) + "x";
}

// The widths at which networks are indexed, narrowest first.
std::array<int, 3> widths(bool v4) {
  return v4 ? std::array{24, 16, 8} : std::array{64, 48, 32};
}

std::string around(const Address& address, int prefix, const Keys& keys) {
  Network network{address, prefix};
  // The address of a network has no host bits; only the leading bits count here.
  const int keep = address.v4 ? prefix + 96 : prefix;
  for (int bit = keep; bit < 128; ++bit) {
    network.address.bytes[static_cast<std::size_t>(bit / 8)] &=
        static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
  }
  return token('n', keys.of("around", network.text()));
}

bool contains_all(const std::vector<std::string>& words, const std::unordered_set<std::string>& in) {
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) { return in.contains(word); });
}

std::unordered_set<std::string> word_set(Db& db, std::initializer_list<std::string_view> texts) {
  std::unordered_set<std::string> set;
  for (const std::string_view text : texts) {
    for (std::string& word : words_of(db, text)) set.insert(std::move(word));
  }
  return set;
}

// Whether a quarter of all comments or more are of this site.
bool mostly(Db& db, std::int64_t site) {
  auto query = db.use(
      "SELECT coalesce(sum(pending + approved + rejected + spam + checked), 0),"
      " coalesce(sum((pending + approved + rejected + spam + checked) * (no = ?1)), 0) FROM site");
  return query.bind(site).step() && query.integer(1) * 4 >= query.integer(0);
}

bool host_within(std::string_view host, std::string_view domain) {
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                            host[host.size() - domain.size() - 1] == '.');
}

bool changed_by(Db& db, std::int64_t decision, std::int64_t seq) {
  auto query = db.use("SELECT 1 FROM decision_item WHERE decision = ?1 AND comment = ?2");
  return query.bind(decision, seq).step();
}

// What is asked of a comment's time, its decisions and its likes.
bool fits(Db& db, const Wanted& wanted, std::int64_t seq, Time shown_at,
          std::optional<std::int64_t> latest_decision) {
  if (wanted.since && shown_at < *wanted.since) return false;
  if (wanted.until && shown_at >= *wanted.until) return false;
  if (wanted.among && !std::binary_search(wanted.among->begin(), wanted.among->end(), seq)) return false;
  if (wanted.decision != 0 && !changed_by(db, wanted.decision, seq)) return false;
  return !wanted.by_person() || is_by(db, wanted, latest_decision);
}

// The remembered domains are registrable ones; a host below one of them is looked for in the text.
bool links_to(const Row& row, const std::string& wanted) {
  for (const std::string& domain : row.domains) {
    if (domain == wanted) return true;
    if (host_within(wanted, domain) &&
        (ascii_lower(row.comment.content).find(wanted) != std::string::npos ||
         ascii_lower(row.comment.author.url).find(wanted) != std::string::npos)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string document(const Row& row, const Keys& keys) {
  const Comment& comment = row.comment;
  std::string text = spaced(comment.content);
  const auto add = [&text](const std::string& more) {
    text += ' ';
    text += more;
  };
  add(spaced(comment.author.name));
  add(spaced(row.own_title));
  add(number_token('s', row.site));
  add(number_token('a', row.article));
  if (row.keys.email != 0) add(token('e', row.keys.email));
  if (!comment.author.id.empty()) add(token('u', keys.author_id(comment.author.id)));
  if (row.keys.address != 0) add(token('p', row.keys.address));
  if (const auto address = Address::parse(comment.client.ip)) {
    for (const int width : widths(address->v4)) add(around(*address, width, keys));
  }
  for (const std::string& domain : row.domains) add(token('d', keys.domain(domain)));
  for (const std::string& rule : rules_of(row.verdict())) add(token('r', keys.of("rule", rule)));
  if (row.copy_hash != 0) add(token('c', row.copy_hash));
  return text;
}

void index_row(Db& db, const Row& row, const Keys& keys) {
  const std::string text = document(row, keys);
  db.use("INSERT INTO search (rowid, words) VALUES (?1, ?2)").bind(row.seq, text).run();
}

void unindex_row(Db& db, const Row& row, const Keys& keys) {
  const std::string text = document(row, keys);
  db.use("INSERT INTO search (search, rowid, words) VALUES ('delete', ?1, ?2)").bind(row.seq, text).run();
}

std::int64_t indexed_to(Db& db) {
  auto query = db.use("SELECT value FROM meta WHERE name = 'indexed_to'");
  return query.step() ? query.integer(0) : 0;
}

std::uint32_t index_some(Db& db, const Sites& sites, const Keys& keys, std::uint32_t most) {
  const std::int64_t from = indexed_to(db);
  std::vector<std::int64_t> todo;
  {
    auto query = db.use("SELECT seq FROM comment WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    query.bind(from, most);
    while (query.step()) todo.push_back(query.integer(0));
  }
  if (todo.empty()) return 0;
  SpanWriter spans(db);
  for (const std::int64_t seq : todo) {
    const auto row = row_by_seq(db, sites, seq);
    if (!row) continue;
    index_row(db, *row, keys);
    spans.add(*row);
  }
  spans.finish();
  db.use("UPDATE meta SET value = ?1 WHERE name = 'indexed_to'").bind(todo.back()).run();
  return static_cast<std::uint32_t>(todo.size());
}

std::vector<std::string> words_of(Db& db, std::string_view text) {
  return db.words().of(spaced(text));
}

bool Wanted::asks_rows() const {
  return !rule.empty() || !author.empty() || email != 0 || author_id != 0 || address != 0 || copy_hash != 0 ||
         network || !domain.empty() || min_score || max_score || !text.empty() || !runs.empty() || claimed ||
         undecided || timed() || decision != 0 || by_person() || among;
}

bool Wanted::at_a_glance() const {
  return rule.empty() && author.empty() && author_id == 0 && domain.empty() && text.empty() && runs.empty() &&
         !claimed;
}

void aim(Wanted& wanted, const Keys& keys, bool by_site) {
  std::vector<std::string> all;
  const auto add = [&all](std::string word) { all.push_back("\"" + std::move(word) + "\""); };
  for (const std::string& word : wanted.text) add(word);
  for (const std::string& word : wanted.author) add(word);
  if (!wanted.rule.empty()) add(token('r', keys.of("rule", wanted.rule)));
  if (wanted.email != 0) add(token('e', wanted.email));
  if (wanted.author_id != 0) add(token('u', wanted.author_id));
  if (wanted.address != 0) add(token('p', wanted.address));
  if (wanted.copy_hash != 0) add(token('c', wanted.copy_hash));
  if (wanted.network) {
    const Network& network = *wanted.network;
    if (network.prefix == (network.address.v4 ? 32 : 128)) {
      add(token('p', keys.address(network.address.text())));
    } else {
      for (const int width : widths(network.address.v4)) {
        if (network.prefix < width) continue;
        all.push_back("\"" + around(network.address, width, keys) + "\"");
        break;
      }
    }
  }
  if (!wanted.domain.empty()) {
    std::string any;
    for (std::string_view rest = wanted.domain; !rest.empty();) {
      any += any.empty() ? "(\"" : " OR \"";
      any += token('d', keys.domain(rest));
      any += '"';
      const auto dot = rest.find('.');
      rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    }
    all.push_back(any + ")");
  }
  wanted.match.clear();
  if (all.empty()) return;
  if (wanted.article != 0)
    add(number_token('a', wanted.article));
  else if (wanted.site != 0 && by_site)
    add(number_token('s', wanted.site));
  for (const std::string& one : all) {
    if (!wanted.match.empty()) wanted.match += " AND ";
    wanted.match += one;
  }
}

Result<Wanted> wanted(Db& db, const Sites& sites, const Keys& keys, const QueueQuery& query) {
  Wanted wanted;
  wanted.status = query.status;
  wanted.rule = query.rule;
  wanted.min_score = query.min_score;
  wanted.max_score = query.max_score;
  wanted.claimed = query.claimed;
  wanted.holder = query.holder;
  wanted.now = query.now;
  if (!query.reach.empty() && !query.site.empty() && query.reach != query.site) {
    return fail(Code::not_found, "there is no such site", "?site");
  }
  const std::string& site = query.site.empty() ? query.reach : query.site;
  if (!site.empty()) {
    const auto entry = sites.find(site);
    if (!entry) return fail(Code::not_found, "there is no such site", "?site");
    wanted.site = entry->no;
  }
  if (!query.article.empty()) {
    if (wanted.site == 0) {
      return fail(Code::invalid, "an article is named within its site", "?article", "name the site as well");
    }
    auto article = db.use("SELECT no FROM article WHERE site = ?1 AND id = ?2");
    if (article.bind(wanted.site, query.article).step())
      wanted.article = article.integer(0);
    else
      wanted.nothing = true;
  }
  if (query.text.size() > limits::kQueryText || query.author.size() > limits::kQueryText) {
    return fail(Code::invalid, "the words to search for are too long",
                query.text.size() > limits::kQueryText ? "?q" : "?author");
  }
  if (!query.text.empty()) {
    wanted.text = words_of(db, query.text);
    wanted.runs = runs_of(query.text);
    wanted.nothing = wanted.nothing || wanted.text.empty();
  }
  if (!query.author.empty()) {
    wanted.author = words_of(db, query.author);
    wanted.nothing = wanted.nothing || wanted.author.empty();
  }
  wanted.email = keys.email(query.email);
  if (!query.network.empty()) {
    wanted.network = Network::parse(query.network);
    if (!wanted.network) {
      return fail(Code::invalid, "not an address or a network", "?ip",
                  "write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/48");
    }
  }
  wanted.domain = ascii_lower(query.domain);
  while (wanted.domain.ends_with('.')) wanted.domain.pop_back();
  if (!query.domain.empty() && wanted.domain.empty()) wanted.nothing = true;
  wanted.since = query.since;
  wanted.until = query.until;
  wanted.by = query.decided_by;
  wanted.by_token = query.decided_by_token;
  if (query.decision) {
    auto decision = db.use("SELECT no FROM decision WHERE id = ?1");
    if (decision.bind(*query.decision).step())
      wanted.decision = decision.integer(0);
    else
      wanted.nothing = true;
  }
  aim(wanted, keys, !mostly(db, wanted.site));
  return wanted;
}

std::optional<Glance> glance(Db& db, const Wanted& wanted, std::int64_t seq) {
  auto query = db.use(
      "SELECT score, doubt, site, status, article, decided, key_email, key_address, copy_hash, ip, "
      "coalesce(created_at, received_at), latest_decision FROM comment WHERE seq = ?1");
  if (!query.bind(seq).step()) return std::nullopt;
  const Glance glance{.score = query.real(0), .doubt = query.real(1)};
  const auto differs = [&](std::int64_t asked, int column) {
    return asked != 0 && query.integer(column) != asked;
  };
  if (wanted.status && query.as<Status>(3) != *wanted.status) return std::nullopt;
  if (differs(wanted.site, 2) || differs(wanted.article, 4) || differs(wanted.email, 6) ||
      differs(wanted.address, 7) || differs(wanted.copy_hash, 8)) {
    return std::nullopt;
  }
  if (wanted.undecided && query.integer(5) != 0) return std::nullopt;
  if (wanted.min_score && glance.score < *wanted.min_score) return std::nullopt;
  if (wanted.max_score && glance.score > *wanted.max_score) return std::nullopt;
  if (wanted.network) {
    const auto address = Address::parse(query.text(9));
    if (!address || !wanted.network->contains(*address)) return std::nullopt;
  }
  if (!fits(db, wanted, seq, query.integer(10), query.maybe(11))) return std::nullopt;
  return glance;
}

bool matches(Db& db, const Wanted& wanted, const Row& row, const Keys& keys) {
  const Comment& comment = row.comment;
  if (wanted.site != 0 && row.site != wanted.site) return false;
  if (wanted.status && comment.status != *wanted.status) return false;
  if (wanted.article != 0 && row.article != wanted.article) return false;
  if (wanted.undecided && comment.decided) return false;
  if (!fits(db, wanted, row.seq, comment.shown_at(), row.latest_decision)) return false;
  if (wanted.min_score && row.score < *wanted.min_score) return false;
  if (wanted.max_score && row.score > *wanted.max_score) return false;
  if (wanted.email != 0 && row.keys.email != wanted.email) return false;
  if (wanted.address != 0 && row.keys.address != wanted.address) return false;
  if (wanted.copy_hash != 0 && row.copy_hash != wanted.copy_hash) return false;
  if (wanted.author_id != 0 &&
      (comment.author.id.empty() || keys.author_id(comment.author.id) != wanted.author_id)) {
    return false;
  }
  if (wanted.network) {
    const auto address = Address::parse(comment.client.ip);
    if (!address || !wanted.network->contains(*address)) return false;
  }
  if (!wanted.domain.empty() && !links_to(row, wanted.domain)) return false;
  if (!wanted.rule.empty()) {
    const auto rules = rules_of(row.verdict());
    if (std::find(rules.begin(), rules.end(), wanted.rule) == rules.end()) return false;
  }
  if (!wanted.author.empty() && !contains_all(wanted.author, word_set(db, {comment.author.name})))
    return false;
  if (!wanted.text.empty() &&
      !contains_all(wanted.text, word_set(db, {comment.content, comment.author.name, row.own_title}))) {
    return false;
  }
  for (const std::string& run : wanted.runs) {
    if (comment.content.find(run) == std::string::npos &&
        comment.author.name.find(run) == std::string::npos && row.own_title.find(run) == std::string::npos) {
      return false;
    }
  }
  if (wanted.claimed) {
    auto lease = db.use("SELECT holder FROM lease WHERE comment = ?1 AND until > ?2");
    const bool leased = lease.bind(row.seq, wanted.now).step();
    const bool mine = leased && lease.text(0) == wanted.holder;
    if (*wanted.claimed ? !mine : leased && !mine) return false;
  }
  return true;
}

}  // namespace chaffinch::sqlite
