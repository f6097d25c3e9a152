// Requests about sites, articles, tokens and blocks.
#include <algorithm>

#include "analysis/address.h"
#include "analysis/links.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "http/wire.h"
#include "http/wire_json.h"

namespace chaffinch::http {
namespace {

constexpr std::int64_t kLongestEdit = 7 * 24 * 60;  // minutes
constexpr std::int64_t kLongestKept = 36'500;       // days
constexpr std::size_t kOrigins = 50;
constexpr std::size_t kOverrides = 180;
constexpr double kHighest = 1'000;  // threshold

bool is_site_id(std::string_view id) {
  const auto small = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !id.empty() && id.size() <= 63 && small(id.front()) &&
         std::all_of(id.begin(), id.end(), [&](char c) { return small(c) || c == '-'; });
}

// "blog.example" -> "blog-example"
std::string id_from(std::string_view text) {
  std::string id;
  for (const char c : ascii_lower(text)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain)
      id += c;
    else if (!id.empty() && id.back() != '-')
      id += '-';
  }
  id.resize(std::min<std::size_t>(id.size(), 63));
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id;
}

std::string_view after_scheme(std::string_view url) {
  const std::size_t at = url.find("://");
  return at == std::string_view::npos ? std::string_view() : url.substr(at + 3);
}

void read_site_fields(Fields& from, Site& site) {
  if (auto name = from.text("name", limits::kSiteName)) site.name = std::move(*name);
  if (auto url = from.text("url", limits::kUrl)) {
    while (url->ends_with('/')) url->pop_back();
    // A site's URL is its own origin, unless it is none.
    if (!url->empty() && (!same_origin(*url, *url) || url->find_first_of("?#") != std::string::npos)) {
      from.wrong("url", "it is not the address of a site", "it looks like https://blog.example");
    }
    site.url = std::move(*url);
  }
  if (const Json* origins = from.array("origins")) {
    site.origins.clear();
    if (origins->size() > kOrigins)
      from.wrong("origins", "at most " + std::to_string(kOrigins) + " are taken");
    for (std::size_t i = 0; i < origins->size() && !from.flaws().any(); ++i) {
      const Json& one = (*origins)[i];
      std::string origin = one.is_string() ? one.get<std::string>() : std::string();
      while (origin.ends_with('/')) origin.pop_back();
      if (flaw_of(origin, limits::kUrl, Look::line) || !same_origin(origin, origin) ||
          after_scheme(origin).find_first_of("/?#") != std::string_view::npos) {
        from.flaws().wrong("/origins/" + std::to_string(i), "it is not an origin",
                           "it looks like https://www.blog.example, without a path");
      }
      site.origins.push_back(std::move(origin));
    }
  }
  if (auto minutes = from.whole("edit_minutes", 0, kLongestEdit)) {
    site.edit_minutes = static_cast<std::int32_t>(*minutes);
  }
  if (auto markdown = from.flag("markdown")) site.markdown = *markdown;
  if (auto shares = from.flag("shares_lessons")) site.shares_lessons = *shares;
  if (from.has_flag("akismet_hold")) {
    site.akismet_hold = from.flag("akismet_hold").value_or(false) ? AkismetHold::yes : AkismetHold::no;
  } else if (auto hold = from.text("akismet_hold", 10)) {
    if (const auto known = akismet_hold_from(*hold))
      site.akismet_hold = *known;
    else
      from.wrong("akismet_hold", "there is no such way to answer",
                 "it may be \"false\", \"true\" or \"error\"");
  }
  if (auto own = from.flag("akismet_own_blog")) site.akismet_own_blog = *own;
  if (const Json* json = from.object("policy")) {
    Fields policy(*json, "/policy", from.flaws(), "a policy");
    if (auto hold = policy.number("hold", 0, kHighest)) site.policy.hold = *hold;
    if (auto spam = policy.number("spam", 0, kHighest)) site.policy.spam = *spam;
    if (auto discard = policy.number("discard", 0, kHighest)) site.policy.discard = *discard;
    if (auto word = policy.text("moderation", 40)) {
      if (const auto moderation = moderation_from(*word))
        site.policy.moderation = *moderation;
      else
        policy.wrong("moderation", "there is no such moderation",
                     "it may be hold_all, hold_first or publish");
    }
    if (const Json* overrides = policy.object("overrides")) {
      site.policy.overrides.clear();
      if (overrides->size() > kOverrides) {
        policy.wrong("overrides", "at most " + std::to_string(kOverrides) + " are taken");
      }
      for (const auto& [name, value] : overrides->items()) {
        if (value.is_number() && name.size() <= 200)
          site.policy.overrides[name] = value.get<double>();
        else
          from.flaws().wrong("/policy/overrides/" + pointer_part(name), "it must be a number");
      }
    }
    policy.finish();
    if (site.policy.hold <= 0) policy.wrong("hold", "it must be greater than 0");
    if (site.policy.hold > site.policy.spam) policy.wrong("spam", "it must not be less than hold");
    if (site.policy.spam > site.policy.discard) policy.wrong("discard", "it must not be less than spam");
  }
  if (const Json* json = from.object("retention")) {
    Fields retention(*json, "/retention", from.flaws(), "a retention");
    const auto days = [&](std::string_view name, std::int32_t& to) {
      if (auto value = retention.whole(name, 0, kLongestKept)) to = static_cast<std::int32_t>(*value);
    };
    days("client_days", site.retention.client_days);
    days("spam_days", site.retention.spam_days);
    days("checked_days", site.retention.checked_days);
    days("rejected_days", site.retention.rejected_days);
    retention.finish();
  }
}

// Blocking half of the world is a slip of the finger.
bool too_wide(const Network& network) {
  return network.prefix < (network.address.v4 ? 8 : 16);
}

}  // namespace

Result<Site> read_new_site(std::string_view body) {
  return read_object<Site>(body, "a site", [](Fields& from, Site& site) {
    site.id = from.text_or_empty("id", 63);
    read_site_fields(from, site);
    if (!from.has("id")) {
      const std::string_view rest = after_scheme(site.url);
      site.id =
          id_from(rest.empty() ? std::string_view(site.name) : rest.substr(0, rest.find_first_of("/:")));
      if (site.id.empty())
        from.missing("id", "it is required", "a short word like blog, or give a url or name");
    } else if (!is_site_id(site.id)) {
      from.wrong("id", "it cannot be a site's id",
                 "it begins with a-z or 0-9, then a-z, 0-9 and hyphens, at most 63");
    }
    if (site.name.empty()) site.name = site.id;
  });
}

Result<SiteChange> read_site_change(std::string_view body, Site before) {
  return read_object<SiteChange>(
      body, "a change of a site",
      [](Fields& from, SiteChange& wish) {
        if (from.has("id")) from.wrong("id", "a site keeps its id");
        from.text("id", 63);
        read_site_fields(from, wish.site);
        wish.version = from.whole("version", 1, INT64_MAX);
        if (wish.site.name.empty()) from.wrong("name", "it must not be empty");
      },
      SiteChange{.site = std::move(before), .version = {}});
}

Result<ArticleWish> read_article(std::string_view body) {
  return read_object<ArticleWish>(body, "an article", [](Fields& from, ArticleWish& wish) {
    wish.site = from.text_or_empty("site", limits::kSiteName);
    if (from.has("id"))
      wish.ref.id = from.required("id", limits::kArticleId);
    else
      from.text("id", limits::kArticleId);
    wish.ref.url = from.text_or_empty("url", limits::kUrl);
    wish.ref.title = from.text_or_empty("title", limits::kTitle);
    wish.closed = from.flag("closed");
  });
}

Result<Token> read_new_token(std::string_view body) {
  return read_object<Token>(body, "a token", [](Fields& from, Token& token) {
    const std::string word = from.required("role", 20);
    const auto role = role_from(word);
    if (!word.empty() && (!role || *role == Role::everybody)) {
      from.wrong("role", "there is no such role",
                 "it may be admin, moderator, frontend, feed, metrics or akismet");
    }
    token.role = role.value_or(Role::feed);
    token.name = from.text_or_empty("name", limits::kName);
    if (token.name.empty()) token.name = word;
    token.site = from.text_or_empty("site", limits::kSiteName);
    token.expires_at = from.time("expires_at");
    if (token.role == Role::metrics && !token.site.empty()) {
      from.wrong("site", "the metrics are of all sites", "leave it out");
    }
  });
}

Result<AddBlock> read_block(std::string_view body) {
  return read_object<AddBlock>(body, "a block", [](Fields& from, AddBlock& wish) {
    Block& block = wish.block;
    block.kind = from.required("kind", 20);
    block.value = from.required("value", limits::kUrl);
    block.site = from.text_or_empty("site", limits::kSiteName);
    block.reason = from.text_or_empty("reason", limits::kReason);
    block.expires_at = from.time("expires_at");
    wish.apply_to_past = from.flag("apply_to_past").value_or(false);
    if (block.value.empty() || block.kind.empty()) return;
    if (block.kind == "email") {
      block.value = ascii_lower(block.value);
      if (block.value.size() > limits::kEmail) from.wrong("value", "no email is so long");
    } else if (block.kind == "author") {
      if (block.value.size() > limits::kAuthorId) from.wrong("value", "no verified id is so long");
    } else if (block.kind == "ip") {
      const auto address = Address::parse(block.value);
      if (!address)
        from.wrong("value", "it is not an address");
      else
        block.value = address->text();
    } else if (block.kind == "cidr") {
      const auto network = Network::parse(block.value);
      if (!network)
        from.wrong("value", "it is not a network", "it looks like 192.0.2.0/24 or 2001:db8::/48");
      else if (too_wide(*network))
        from.wrong("value", "it is too wide", "at least /8 for IPv4, /16 for IPv6");
      else
        block.value = network->text();
    } else if (block.kind == "domain") {
      const std::string host = normal_host(block.value);
      if (host.empty()) from.wrong("value", "it is not a domain", "it looks like shop.example");
      block.value = host;
    } else {
      from.wrong("kind", "there is no such kind", "it may be author, email, ip, cidr or domain");
    }
  });
}

}  // namespace chaffinch::http
