#include <algorithm>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "core/limits.h"
#include "core/session.h"
#include "secrets.h"

namespace chaffinch::cli {
namespace {

constexpr const char* kOnce =
    " (signs in once, within 30 minutes; behind a proxy put your own address in front)\n";

std::string day_of(const std::optional<Time>& time) {
  return time ? format_time(*time).substr(0, 10) : std::string("-");
}

// Opens the store for a short act of administration; when that fails (most often because the service runs)
// says how to do the same over the API.
std::unique_ptr<Store> open_or_advise(const Settings& settings, const std::string& method,
                                      const std::string& path, const std::string& body = {}) {
  auto store = open_home(settings, false);
  if (store) return std::move(*store);
  complain(store.error());
  if (store.error().code == Code::unavailable) err(over_the_api(settings, method, path, body));
  return nullptr;
}

std::optional<Id> id_or_complaint(const std::string& text) {
  auto id = Id::parse(text);
  if (!id) complain("'" + text + "' is not the id of a token; `chaffinch token list` shows them");
  return id;
}

}  // namespace

int token_create(const TokenCreate& wish) {
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  const auto role = role_from(wish.role);
  if (!role || *role == Role::everybody) {
    complain("there is no role " + wish.role +
             "; it may be admin, moderator, frontend, feed, metrics or akismet");
    return kUsage;
  }
  if (*role == Role::akismet && wish.site.empty()) {
    complain("an Akismet key is of one site: name it with --site");
    return kUsage;
  }
  const std::string name = wish.name.empty() ? wish.role : wish.name;
  if (name.size() > limits::kName || plain(name) != name) {
    complain("the token's name must be of at most 245 visible characters");
    return kUsage;
  }
  std::string body = "{\"role\":\"" + wish.role + "\"";
  if (!wish.site.empty()) body += ",\"site\":\"" + wish.site + "\"";
  auto store = open_or_advise(*settings, "POST", "/v1/tokens", body + ",\"name\":\"...\"}");
  if (!store) return kFailed;
  if (!wish.site.empty()) {
    if (auto site = store->site(wish.site); !site) {
      return complain("there is no site " + wish.site + "; `chaffinch site list` shows them");
    }
  }
  const Time at = now();
  const NewSecret secret = new_secret(*role);
  Token token;
  token.id = new_id(at);
  token.name = name;
  token.role = *role;
  token.site = wish.site;
  token.created_at = at;
  if (wish.expires_days > 0) token.expires_at = at + wish.expires_days * kDay;
  NewSecret desk;
  std::optional<NewCode> code;
  if (opens_desk(token.role)) {
    desk = new_desk_secret();
    code = NewCode{desk.hash, at + kSignInCode};
  }
  if (auto added = store->add_token(token, secret.hash, {}, code); !added) return complain(added.error());
  err("Token " + token.id.text() + " (" + wish.role +
      (wish.site.empty() ? ", all sites" : ", site " + plain(wish.site)) +
      "). It is shown only this once:\n");
  if (code) err("Open the desk: " + desk_link(*settings, desk.text) + kOnce);
  return out(secret.text + "\n") ? kFine : kFailed;
}

int token_list(const Given& given) {
  auto settings = settings_of(given);
  if (!settings) return complain(settings.error());
  auto store = open_or_advise(*settings, "GET", "/v1/tokens");
  if (!store) return kFailed;
  auto tokens = store->tokens({});
  if (!tokens) return complain(tokens.error());
  std::string text;
  for (const Token& token : *tokens) {
    std::string role(word(token.role));
    std::string site = token.site.empty() ? "(all)" : plain(token.site);
    role.resize(std::max<std::size_t>(role.size(), 9), ' ');
    site.resize(std::max<std::size_t>(site.size(), 16), ' ');
    text += token.id.text() + "  " + role + "  " + site + "  made " + day_of(token.created_at) + "  used " +
            day_of(token.last_used_at) + "  " +
            (token.revoked_at   ? "revoked " + day_of(token.revoked_at)
             : token.expires_at ? "expires " + day_of(token.expires_at)
                                : std::string("valid")) +
            "  " + plain(token.name) + "\n";
  }
  return out(text) ? kFine : kFailed;
}

int token_revoke(const Given& given, const std::string& id) {
  auto settings = settings_of(given);
  if (!settings) return complain(settings.error());
  const auto parsed = id_or_complaint(id);
  if (!parsed) return kUsage;
  auto store = open_or_advise(*settings, "DELETE", "/v1/tokens/" + parsed->text());
  if (!store) return kFailed;
  if (auto done = store->revoke_token({}, *parsed, now()); !done) return complain(done.error());
  return out("Revoked " + parsed->text() + ".\n") ? kFine : kFailed;
}

int token_link(const Given& given, const std::string& id) {
  auto settings = settings_of(given);
  if (!settings) return complain(settings.error());
  const auto parsed = id_or_complaint(id);
  if (!parsed) return kUsage;
  auto store = open_or_advise(*settings, "POST", "/v1/tokens/" + parsed->text() + "/link");
  if (!store) return kFailed;
  const Time at = now();
  const NewSecret code = new_desk_secret();
  if (auto done = store->add_code({}, *parsed, {code.hash, at + kSignInCode}, at); !done)
    return complain(done.error());
  err(std::string("Start the service, then open") + kOnce);
  return out(desk_link(*settings, code.text) + "\n") ? kFine : kFailed;
}

int token_rotate_keys(const Given& given) {
  auto settings = settings_of(given);
  if (!settings) return complain(settings.error());
  auto store = open_home(*settings, false);
  if (!store) {
    complain(store.error());
    if (store.error().code == Code::unavailable) {
      err("Stop the service, rotate, start it again: receipts that are out stay good.\n");
    }
    return kFailed;
  }
  if (auto done = (*store)->rotate_signing_key(now()); !done) return complain(done.error());
  return out("A new key signs receipts. The one before verifies for 30 more days.\n") ? kFine : kFailed;
}

}  // namespace chaffinch::cli
