#include "cli/first_start.h"

#include <algorithm>

#include "cli/terminal.h"
#include "core/session.h"
#include "http/wire_desk.h"
#include "secrets.h"

namespace chaffinch::cli {
namespace {

constexpr const char* kDemo = "demo";

// With a code that signs in at the desk.
Done add_admin(Store& store, const std::string& name, const std::string& secret, Time now,
               std::string& desk_code) {
  Token token;
  token.id = new_id(now);
  token.name = name;
  token.role = Role::admin;
  token.created_at = now;
  const NewSecret code = new_desk_secret();
  auto added = store.add_token(token, sha256_hex(secret), {}, NewCode{code.hash, now + kSignInCode});
  if (added) desk_code = code.text;
  return added;
}

}  // namespace

Done check_wished_token(const std::string& wished) {
  const bool visible =
      std::all_of(wished.begin(), wished.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (visible && wished.size() >= 16 && wished.size() <= 200) return {};
  return fail(Code::invalid, "CHAFFINCH_ADMIN_TOKEN must be of 16 to 200 visible characters without spaces",
              {}, "make one with `openssl rand -hex 32`");
}

Result<Welcome> make_ready(Store& store, Log& log, const std::optional<std::string>& wished,
                           const std::string& base_url, Time now) {
  Welcome welcome;
  auto sites = store.sites();
  if (!sites) return tl::unexpected(std::move(sites).error());
  auto tokens = store.tokens({});
  if (!tokens) return tl::unexpected(std::move(tokens).error());
  // The key that comes with a site's making opens no door to the service itself.
  const bool nobody =
      std::all_of(tokens->begin(), tokens->end(), [](const Token& one) { return one.role == Role::akismet; });
  welcome.site = sites->empty() ? kDemo : sites->front().id;
  if (sites->empty()) {
    Site demo;
    demo.id = kDemo;
    demo.name = "Demo";
    demo.url = base_url;
    demo.created_at = now;
    if (auto added = store.add_site(demo, {}); !added) return tl::unexpected(std::move(added).error());
    welcome.demo = true;
  }
  if (wished) {
    welcome.from_environment = true;
    if (auto known = store.token(sha256_hex(*wished), now); known) {
      if (known->role != Role::admin) {
        log.warning("the token in CHAFFINCH_ADMIN_TOKEN is known with another role",
                    {{"role", std::string(word(known->role))}});
      }
    } else if (known.error().code != Code::unauthorized) {
      return tl::unexpected(std::move(known).error());
    } else if (auto added =
                   add_admin(store, nobody ? "first" : "environment", *wished, now, welcome.desk_code);
               !added) {
      if (added.error().code != Code::conflict) return tl::unexpected(std::move(added).error());
      log.warning("the token in CHAFFINCH_ADMIN_TOKEN was revoked or has expired; it stays so");
    }
  } else if (nobody) {
    welcome.secret = new_token_secret();
    if (auto added = add_admin(store, "first", welcome.secret, now, welcome.desk_code); !added) {
      return tl::unexpected(std::move(added).error());
    }
  }
  return welcome;
}

std::string greeting(const Welcome& welcome, const std::string& base_url, const std::string& data) {
  std::string text = "Chaffinch listens on " + base_url + "\n";
  text += "Try the comment section at " + base_url + "/demo\n";
  if (!welcome.desk_code.empty()) {
    text += "Open the desk: " + base_url + http::desk_path(welcome.desk_code) +
            " (signs in once, within 30 minutes)\n";
  } else {
    text += "The moderators' desk is at " + base_url +
            "/desk\nA new link to sign in there: POST /v1/tokens/ID/link with an admin token, or stop the "
            "service "
            "and\n  chaffinch token link ID --data '" +
            plain(data) + "'\n";
  }
  const bool fresh = !welcome.secret.empty() || welcome.demo;
  if (!welcome.secret.empty()) text += "Admin token, shown only this once: " + welcome.secret + "\n";
  if (fresh) {
    const std::string token = !welcome.secret.empty()    ? welcome.secret
                              : welcome.from_environment ? "$CHAFFINCH_ADMIN_TOKEN"
                                                         : "$TOKEN";
    text += "A first comment:\n  curl -s " + base_url + "/v1/comments -H \"Authorization: Bearer " + token +
            "\" -H 'Content-Type: application/json' -d '" + R"({"site":")" + welcome.site +
            R"(","article":{"id":"hello"},"author":{"name":"Ana"},"content":"What a fine bird this is."})" +
            "'\n";
  } else if (!welcome.from_environment) {
    text +=
        "A new token: POST /v1/tokens with an admin token, or stop the service and\n  chaffinch token create "
        "--role admin --data '" +
        plain(data) + "'\n";
  }
  return text;
}

}  // namespace chaffinch::cli
