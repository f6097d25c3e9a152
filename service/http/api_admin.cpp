// Sites, articles, tokens, blocks, and the wish to be forgotten.
#include <algorithm>

#include "core/limits.h"
#include "http/calls.h"
#include "http/query.h"
#include "http/wire.h"
#include "secrets.h"

namespace chaffinch::http::calls {
namespace {

Done check_policy(Service& service, const Site& site) {
  auto fine = service.intake.rules(site.id)->check_overrides(site.policy.overrides);
  if (fine) return {};
  Error error = std::move(fine).error();
  error.code = Code::invalid;
  error.where = "/policy/overrides/" + error.where;
  return tl::unexpected(std::move(error));
}

Done check_expiry(const std::optional<Time>& expires_at, Time now) {
  if (!expires_at || *expires_at > now) return {};
  return fail(Code::invalid, "that time is over already", "/expires_at", "leave it out: without end");
}

// A site's id in the path, within the caller's reach.
Result<Site> site_in_path(Service& service, const Call& call) {
  const std::string& id = call.places.front();
  if (!call.who.reach.empty() && id != call.who.reach) return fail(Code::not_found, "there is no such site");
  return service.store().site(id);
}

Done check_site(Service& service, const std::string& site, std::string_view where) {
  if (site.empty()) return {};
  auto known = service.store().site(site);
  if (known) return {};
  Error error = std::move(known).error();
  error.where = where;
  return tl::unexpected(std::move(error));
}

}  // namespace

Result<Answer> sites(Service& service, Call& call) {
  Query from(call.ask);
  const std::string cursor = from.cursor();
  const std::uint32_t limit = from.page();
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto after = name_from_cursor(cursor);
  if (!after) return tl::unexpected(std::move(after).error());
  auto all = service.store().sites();
  if (!all) return tl::unexpected(std::move(all).error());
  std::erase_if(*all, [&](const Site& site) {
    return site.id <= *after || (!call.who.reach.empty() && site.id != call.who.reach);
  });
  std::sort(all->begin(), all->end(), [](const Site& a, const Site& b) { return a.id < b.id; });
  std::optional<std::string> next;
  if (all->size() > limit) {
    all->resize(limit);
    next = name_cursor(all->back().id);
  }
  return json_answer(write_sites(*all, next));
}

Result<Answer> add_site(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto site = read_new_site(call.ask.body);
  if (!site) return tl::unexpected(std::move(site).error());
  if (auto fine = check_policy(service, *site); !fine) return tl::unexpected(std::move(fine).error());
  site->created_at = call.now;
  const NewSecret secret = new_secret(Role::frontend);
  const NewSecret key = new_secret(Role::akismet);
  std::vector<NewToken> tokens = {{.token = {}, .secret_hash = secret.hash},
                                  {.token = {}, .secret_hash = key.hash}};
  for (NewToken& one : tokens) {
    one.token.id = new_id(call.now);
    one.token.site = site->id;
    one.token.created_at = call.now;
  }
  tokens[0].token.role = Role::frontend;
  tokens[0].token.name = "front end of " + site->id;
  tokens[1].token.role = Role::akismet;
  tokens[1].token.name = "Akismet clients of " + site->id;
  auto added = service.store().add_site(*site, *once, tokens);
  if (!added) {
    if (added.error().code == Code::conflict && added.error().where == "/id") {
      return fail(Code::conflict, "there is a site of this id already", "/id",
                  "its token was shown when it was made; POST /v1/tokens makes another one");
    }
    return tl::unexpected(std::move(added).error());
  }
  service.sites.forget();
  return json_answer(
      write_new_site(*added, {tokens[0].token.id, secret.text}, {tokens[1].token.id, key.text}), 201);
}

Result<Answer> site(Service& service, Call& call) {
  Query from(call.ask);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto found = site_in_path(service, call);
  if (!found) return tl::unexpected(std::move(found).error());
  return json_answer(write_site(*found));
}

Result<Answer> change_site(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto before = site_in_path(service, call);
  if (!before) return tl::unexpected(std::move(before).error());
  const std::int64_t seen = before->version;
  auto wish = read_site_change(call.ask.body, std::move(*before));
  if (!wish) return tl::unexpected(std::move(wish).error());
  if (auto fine = check_policy(service, wish->site); !fine) return tl::unexpected(std::move(fine).error());
  // Without a version the change is made on what was read here, so that two at once cannot undo each other.
  auto changed = service.store().change_site(wish->site, wish->version.value_or(seen), *once);
  if (!changed) return tl::unexpected(std::move(changed).error());
  service.sites.forget();
  return with_mark(json_answer(write_site(*changed)), *changed);
}

Result<Answer> articles(Service& service, Call& call) {
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  const std::string cursor = from.cursor();
  const std::uint32_t limit = from.page();
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = site_of(call, named, true, "?site");
  if (!site) return tl::unexpected(std::move(site).error());
  auto page = service.store().articles(*site, cursor, limit);
  if (!page) return tl::unexpected(std::move(page).error());
  return json_answer(write_articles(*page));
}

Result<Answer> put_article(Service& service, Call& call) {
  auto once = key_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  Query from(call.ask);
  const std::string in_query = from.text_or_empty("article", limits::kArticleId);
  const std::string site_in_query = from.text_or_empty("site", limits::kSiteName);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto wish = read_article(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  const auto both = [](const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
  };
  if (both(wish->ref.id, in_query)) {
    return fail(Code::invalid, "the query and the body name different articles", "/id");
  }
  if (both(wish->site, site_in_query)) {
    return fail(Code::invalid, "the query and the body name different sites", "/site");
  }
  if (wish->ref.id.empty()) wish->ref.id = in_query;
  if (wish->ref.id.empty()) {
    return fail(Code::invalid, "the article is required", "/id", "name it here, or in the query: ?article=");
  }
  auto site = site_of(call, wish->site.empty() ? site_in_query : wish->site, true);
  if (!site) return tl::unexpected(std::move(site).error());
  auto put = service.store().put_article(*site, wish->ref, wish->closed, call.now, *once);
  if (!put) return tl::unexpected(std::move(put).error());
  return with_mark(json_answer(write_article(*put)), *put);
}

Result<Answer> tokens(Service& service, Call& call) {
  Query from(call.ask);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto all = service.store().tokens(call.who.reach);
  if (!all) return tl::unexpected(std::move(all).error());
  return json_answer(write_tokens(*all));
}

Result<Answer> add_token(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto token = read_new_token(call.ask.body);
  if (!token) return tl::unexpected(std::move(token).error());
  if (auto fine = check_expiry(token->expires_at, call.now); !fine) {
    return tl::unexpected(std::move(fine).error());
  }
  auto site = site_of(call, token->site, false);
  if (!site) return tl::unexpected(std::move(site).error());
  token->site = std::move(*site);
  if (token->role == Role::metrics && !token->site.empty()) {
    return fail(Code::forbidden, "the metrics are of all sites; this token is of one");
  }
  if (token->role == Role::akismet && token->site.empty()) {
    return fail(Code::invalid, "an Akismet key is of one site", "/site", "name the id of the site");
  }
  if (auto fine = check_site(service, token->site, "/site"); !fine) {
    return tl::unexpected(std::move(fine).error());
  }
  token->id = new_id(call.now);
  token->created_at = call.now;
  const NewSecret secret = new_secret(token->role);
  if (auto done = service.store().add_token(*token, secret.hash, *once); !done) {
    return tl::unexpected(std::move(done).error());
  }
  return json_answer(write_token(*token, secret.text), 201);
}

Result<Answer> revoke_token(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto id = id_of(call, "token");
  if (!id) return tl::unexpected(std::move(id).error());
  auto done = service.store().revoke_token(call.who.reach, *id, call.now, *once);
  if (!done) return tl::unexpected(std::move(done).error());
  service.gate.forget_tokens();
  return with_mark(empty_answer(), *done);
}

Result<Answer> blocks(Service& service, Call& call) {
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  const std::string kind = from.text_or_empty("kind", 20);
  const std::string kinds[] = {"", "author", "email", "ip", "cidr", "domain"};
  if (std::find(std::begin(kinds), std::end(kinds), kind) == std::end(kinds)) {
    from.wrong("kind", "there is no such kind", "it may be author, email, ip, cidr or domain");
  }
  const std::string cursor = from.cursor();
  const std::uint32_t limit = from.page();
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = site_of(call, named, false, "?site");
  if (!site) return tl::unexpected(std::move(site).error());
  auto page = service.store().blocks(*site, kind, cursor, limit, call.now);
  if (!page) return tl::unexpected(std::move(page).error());
  return json_answer(write_blocks(*page));
}

Result<Answer> add_block(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto wish = read_block(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto site = site_of(call, wish->block.site, false);
  if (!site) return tl::unexpected(std::move(site).error());
  wish->block.site = std::move(*site);
  if (auto fine = check_site(service, wish->block.site, "/site"); !fine) {
    return tl::unexpected(std::move(fine).error());
  }
  // A repeated request may come when its time is over.
  auto again = service.store().answered(*once);
  if (!again) return tl::unexpected(std::move(again).error());
  if (auto fine = check_expiry(wish->block.expires_at, call.now); !fine && !*again) {
    return tl::unexpected(std::move(fine).error());
  }
  wish->block.id = new_id(call.now);
  wish->block.by = call.who.name;
  wish->block.created_at = call.now;
  wish->reach = call.who.reach;
  wish->by_token = call.who.token;
  wish->once = std::move(*once);
  auto added = service.store().add_block(*wish);
  if (added && added->applied) service.intake.catch_up();
  if (!added) return tl::unexpected(std::move(added).error());
  Answer answer = json_answer(write_block(*added), 201);
  if (added->replayed) mark_replayed(answer);
  return answer;
}

Result<Answer> remove_block(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto id = id_of(call, "block");
  if (!id) return tl::unexpected(std::move(id).error());
  auto done = service.store().remove_block(call.who.reach, *id, *once);
  if (!done) return tl::unexpected(std::move(done).error());
  return with_mark(empty_answer(), *done);
}

Result<Answer> forget(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto wish = read_forget(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto site = site_of(call, wish->site, false);
  if (!site) return tl::unexpected(std::move(site).error());
  wish->site = std::move(*site);
  if (auto fine = check_site(service, wish->site, "/site"); !fine) {
    return tl::unexpected(std::move(fine).error());
  }
  wish->reach = call.who.reach;
  wish->by = call.who.name;
  wish->now = call.now;
  wish->once = std::move(*once);
  auto forgotten = service.store().forget(*wish);
  if (!forgotten) return tl::unexpected(std::move(forgotten).error());
  return with_mark(json_answer(write_forgotten(*forgotten)), *forgotten);
}

}  // namespace chaffinch::http::calls
