#include <algorithm>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "core/limits.h"
#include "secrets.h"

namespace chaffinch::cli {
namespace {

bool is_site_id(std::string_view id) {
  const auto small = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !id.empty() && id.size() <= 63 && small(id.front()) &&
         std::all_of(id.begin(), id.end(), [&](char c) { return small(c) || c == '-'; });
}

bool is_web_address(std::string_view url) {
  const std::string_view rest = url.starts_with("https://")  ? url.substr(8)
                                : url.starts_with("http://") ? url.substr(7)
                                                             : std::string_view();
  return !rest.empty() && rest.front() != '/' && url.size() <= limits::kUrl &&
         std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

int site_add(const SiteAdd& wish) {
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  if (!is_site_id(wish.id)) {
    complain("'" + wish.id +
             "' cannot be a site's id: it begins with a-z or 0-9, then a-z, 0-9 and hyphens, at most 63");
    return kUsage;
  }
  if (!is_web_address(wish.url)) {
    complain("'" + wish.url + "' is not the address of a blog: https://blog.example");
    return kUsage;
  }
  const std::string name = wish.name.empty() ? wish.id : wish.name;
  if (name.size() > limits::kSiteName || plain(name) != name) {
    complain("the site's name must be of at most 100 visible characters");
    return kUsage;
  }
  auto store = open_home(*settings, true);
  if (!store) {
    complain(store.error());
    err(over_the_api(*settings, "POST", "/v1/sites",
                     R"({"id":")" + wish.id + R"(","name":"...","url":")" + wish.url + "\"}"));
    return kFailed;
  }
  Site site;
  site.id = wish.id;
  site.name = name;
  site.url = wish.url;
  site.created_at = now();
  const NewSecret key = new_secret(Role::akismet);
  NewToken token;
  token.secret_hash = key.hash;
  token.token.id = new_id(site.created_at);
  token.token.name = "Akismet clients of " + site.id;
  token.token.role = Role::akismet;
  token.token.site = site.id;
  token.token.created_at = site.created_at;
  auto added = (*store)->add_site(site, {}, {token});
  if (!added) return complain(added.error());
  return out("Added the site " + added->id + ".\nKey for Akismet clients, shown only this once: " + key.text +
             "\nA front end of its own needs a token:\n  chaffinch token create --role frontend --site " +
             added->id + " --data '" + plain(settings->data) + "'\n")
             ? kFine
             : kFailed;
}

int site_list(const Given& given) {
  auto settings = settings_of(given);
  if (!settings) return complain(settings.error());
  auto store = open_home(*settings, false);
  if (!store) {
    complain(store.error());
    if (store.error().code == Code::unavailable) err(over_the_api(*settings, "GET", "/v1/sites", {}));
    return kFailed;
  }
  auto sites = (*store)->sites();
  if (!sites) return complain(sites.error());
  std::string text;
  for (const Site& site : *sites) {
    std::string id = plain(site.id);
    id.resize(std::max<std::size_t>(id.size(), 20), ' ');
    std::string moderation(word(site.policy.moderation));
    moderation.resize(std::max<std::size_t>(moderation.size(), 10), ' ');
    text += id + "  " + moderation + "  " + plain(site.url) + "  " + plain(site.name) + "\n";
  }
  return out(text) ? kFine : kFailed;
}

}  // namespace chaffinch::cli
