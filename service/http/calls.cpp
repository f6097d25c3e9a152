#include "http/calls.h"

#include <algorithm>

#include "analysis/links.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "http/filter.h"
#include "http/head.h"
#include "http/wire.h"
#include "secrets.h"

namespace chaffinch::http {
namespace {

// The path of a URL, without query and fragment.
std::string_view path_of(std::string_view url) {
  const std::size_t host = url.find("://");
  if (host == std::string_view::npos) return {};
  const std::size_t slash = std::min(url.find_first_of("/?#", host + 3), url.size());
  const std::string_view rest = url.substr(slash);
  return rest.substr(0, rest.find_first_of("?#"));
}

// Whether a URL's path lies in the folder of another URL of its origin. Segments of dots could lead out
// again.
bool lies_under(std::string_view url, std::string_view top) {
  std::string_view folder = path_of(top);
  while (folder.ends_with('/')) folder.remove_suffix(1);
  if (folder.empty()) return true;
  const std::string_view path = path_of(url);
  if (path.find("/.") != std::string_view::npos || ascii_lower(path).find("%2e") != std::string::npos)
    return false;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

const std::string* header_of(const Ask& ask, std::string_view name) {
  for (const auto& [key, value] : ask.headers)
    if (same_word(key, name)) return &value;
  return nullptr;
}

bool has_origin(const Site& site, std::string_view origin) {
  if (!site.url.empty() && same_origin(origin, site.url)) return true;
  return std::any_of(site.origins.begin(), site.origins.end(),
                     [&](const std::string& one) { return same_origin(origin, one); });
}

bool is_own(const Site& site, std::string_view url) {
  if (!site.url.empty() && same_origin(url, site.url) && lies_under(url, site.url)) return true;
  return std::any_of(site.origins.begin(), site.origins.end(),
                     [&](const std::string& origin) { return same_origin(url, origin); });
}

Result<Token> token_of(Service& service, const std::string& address, const std::string& hash, Time now,
                       Guess guess) {
  if (auto token = service.gate.token(hash, now)) return std::move(*token);
  const char* const why = guess == Guess::key ? "keys" : "tokens";
  if (const int wait = service.gate.wait_for_token(address, hash, now, guess); wait > 0) {
    service.metrics.refused(why);
    return fail(Code::too_many, std::string("too many unknown ") + why + " came from this address",
                "Authorization", std::string("wait, then use one of the ") + why + " that are valid", wait);
  }
  const auto ticket = service.gate.ticket();
  auto token = service.store().token(hash, now);
  if (token) {
    service.gate.token_good(address, hash, *token, ticket, now, guess);
  } else if (token.error().code == Code::unauthorized) {
    service.gate.token_bad(address, hash, now, guess);
    service.metrics.refused(why);
  }
  return token;
}

Result<Session> session_of(Service& service, const std::string& address, const std::string& hash, Time now) {
  if (auto session = service.gate.session(hash, now)) return std::move(*session);
  if (service.gate.is_over(hash)) return fail(Code::unauthorized, "this session is over");
  if (const int wait = service.gate.wait_for_token(address, hash, now, Guess::session); wait > 0) {
    service.metrics.refused("tokens");
    return fail(Code::too_many, "too many unknown sessions came from this address", "Cookie",
                "wait, then sign in again", wait);
  }
  const auto ticket = service.gate.ticket();
  auto session = service.store().session(hash, now);
  if (session) {
    service.gate.session_good(address, hash, *session, ticket, now);
  } else if (session.error().code == Code::unauthorized) {
    service.gate.session_bad(address, hash, now);
    service.metrics.refused("tokens");
  }
  return session;
}

std::string holder_of(const Who& who) {
  return who.name + kHolderMark + who.token.text();
}

std::string name_cursor(const std::string& name) {
  return "after:" + name;
}

Result<std::string> name_from_cursor(const std::string& cursor) {
  constexpr std::string_view kBefore = "after:";
  if (cursor.empty()) return std::string();
  if (cursor.starts_with(kBefore) && cursor.size() > kBefore.size()) return cursor.substr(kBefore.size());
  return fail(Code::invalid, "that is not a cursor of this list", "?cursor",
              "use the next of the page before, or leave it out");
}

Result<Site> SiteMemory::site(const std::string& id, Time now) {
  {
    const std::scoped_lock holding(lock_);
    const auto found = seen_.find(id);
    if (found != seen_.end() && now >= found->second.at && now - found->second.at < kFor) {
      return found->second.site;
    }
  }
  auto site = store_.site(id);
  if (!site) return site;
  const std::scoped_lock holding(lock_);
  if (seen_.size() >= kMost) seen_.clear();
  seen_[id] = {*site, now};
  return site;
}

bool SiteMemory::any_has(std::string_view origin, Time now) {
  const auto asked = [&](const std::vector<Site>& sites) {
    return std::any_of(sites.begin(), sites.end(),
                       [&](const Site& site) { return has_origin(site, origin); });
  };
  {
    const std::scoped_lock holding(lock_);
    if (all_at_ && now >= *all_at_ && now - *all_at_ < kFor) return asked(all_);
  }
  auto sites = store_.sites();
  if (!sites) return false;
  const std::scoped_lock holding(lock_);
  all_ = std::move(*sites);
  all_at_ = now;
  return asked(all_);
}

void SiteMemory::forget() {
  const std::scoped_lock holding(lock_);
  seen_.clear();
  all_.clear();
  all_at_.reset();
}

Answer json_answer(std::string body, int status) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

Answer empty_answer() {
  Answer answer;
  answer.status = 204;
  return answer;
}

Result<std::string> site_of(const Call& call, const std::string& named, bool needed, std::string_view where) {
  if (!call.who.reach.empty()) {
    if (named.empty() || named == call.who.reach) return call.who.reach;
    return fail(Code::not_found, "there is no such site", std::string(where),
                "this token is for one site only; leave the site out");
  }
  if (named.empty() && needed) {
    return fail(Code::invalid, "the site is required", std::string(where), "name the id of the site");
  }
  return named;
}

Result<Site> read_site(Service& service, Call& call, const std::string& named) {
  auto id = site_of(call, named, true, "?site");
  if (!id) return tl::unexpected(std::move(id).error());
  auto site = service.sites.site(*id, call.now);
  if (!site) return fail(site.error().code, site.error().what, "?site", site.error().advice);
  call.site = *id;
  return site;
}

Result<Id> id_of(const Call& call, std::string_view what) {
  if (auto id = Id::parse(call.places.empty() ? std::string_view() : std::string_view(call.places.front()))) {
    return *id;
  }
  return fail(Code::not_found, "there is no such " + std::string(what) + ": that is not an id");
}

Done aim(const Call& call, QueueQuery& query, std::string_view where) {
  auto site = site_of(call, query.site, false, where);
  if (!site) return tl::unexpected(std::move(site).error());
  query.site = std::move(*site);
  query.reach = call.who.reach;
  query.holder = holder_of(call.who);
  query.now = call.now;
  if (query.decided_by == kMe) {
    query.decided_by.clear();
    query.decided_by_token = call.who.token;
  }
  if (!query.article.empty() && query.site.empty()) {
    return fail(Code::invalid, "an article is known within its site only", std::string(where),
                "name the site too");
  }
  return {};
}

Done check_query(const Call& call, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : call.ask.query) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return fail(Code::invalid, "there is no such parameter here", "?" + name,
                "what this call is told stands in its body");
  }
  return {};
}

Result<Once> once_of(const Call& call, std::initializer_list<std::string_view> query) {
  if (auto fine = check_query(call, query); !fine) return tl::unexpected(std::move(fine).error());
  return key_of(call);
}

Result<Once> key_of(const Call& call) {
  Once once;
  const std::string* key = header_of(call.ask, "Idempotency-Key");
  if (key == nullptr) return once;
  const bool visible = std::all_of(key->begin(), key->end(), [](char c) { return c >= ' ' && c < '\x7f'; });
  if (key->empty() || key->size() > limits::kIdempotencyKey || !visible) {
    return fail(Code::invalid, "the key must be of 1 to 200 visible characters", "Idempotency-Key",
                "a random UUID is a good one");
  }
  once.key = *key;
  once.scope = call.who.is_public() ? "address:" + call.who.address : call.who.token.text();
  once.at = call.now;
  std::string whole = call.ask.method + "\n" + call.ask.path + "\n";
  // Many may share an address: the one with the receipt is another caller than the one without.
  if (!call.who.receipt.empty()) whole += "receipt " + call.who.receipt + "\n";
  for (const auto& [name, value] : call.ask.query) whole += name + "=" + value + "&";
  once.fingerprint = sha256_hex(whole + "\n" + call.ask.body);
  return once;
}

void mark_replayed(Answer& answer) {
  answer.headers.emplace_back("Idempotency-Replayed", "true");
}

}  // namespace chaffinch::http
