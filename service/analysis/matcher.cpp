#include "analysis/matcher.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "analysis/address.h"
#include "analysis/links.h"
#include "analysis/patterns.h"
#include "analysis/spelling.h"
#include "analysis/text.h"

namespace chaffinch {
namespace {

// A list with more bad entries than this is the wrong file or the wrong type; the rest is only counted.
constexpr int kMaxRegexErrors = 10;

// RFC 1035: a longer name is no host.
constexpr std::size_t kMaxHost = 253;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using Names = std::unordered_multimap<std::string, std::uint32_t, TextHash, std::equal_to<>>;

// Where domains are looked for, as bits of a pattern.
constexpr std::uint8_t kTextLinks = 1;
constexpr std::uint8_t kAuthorUrl = 2;
constexpr std::uint8_t kAuthorEmail = 4;

struct CidrEntry {
  Network network;
  std::uint32_t pattern = 0;
};

bool before(const CidrEntry& left, const CidrEntry& right) {
  return std::tie(left.network.address.v4, left.network.prefix, left.network.address.bytes, left.pattern) <
         std::tie(right.network.address.v4, right.network.prefix, right.network.address.bytes, right.pattern);
}

Address masked(Address address, int prefix) {
  int bits = address.v4 ? prefix + 96 : prefix;
  for (std::uint8_t& byte : address.bytes) {
    if (bits < 8)
      byte = static_cast<std::uint8_t>(byte & (bits <= 0 ? 0U : 0xFFU << static_cast<unsigned>(8 - bits)));
    bits -= 8;
  }
  return address;
}

// A text that patterns are searched in: the url of every link, or one view of one field. The view is the one
// that there is: an address has no folded one.
struct Place {
  bool links = false;
  Field field = Field::content;
  View view = View::raw;

  auto operator<=>(const Place&) const = default;
};

View view_of(Field field, View wanted) {
  if (field == Field::content) return wanted;
  const bool foldable =
      field == Field::author_name || field == Field::author_url || field == Field::article_title;
  return foldable && wanted == View::folded ? View::folded : View::raw;
}

std::vector<Place> places_of(const PackPattern& pattern) {
  std::vector<Place> places;
  if (pattern.links) places.push_back({true, Field::content, View::raw});
  for (const Field field : pattern.fields) places.push_back({false, field, view_of(field, pattern.view)});
  return places;
}

class CompiledMatcher final : public Matcher {
 public:
  struct Group {
    Place place;
    std::unique_ptr<PatternSet> set;
  };

  std::vector<Group> groups;
  Names domains;
  std::vector<std::uint8_t> domain_places;  // by pattern
  std::uint8_t any_domain_place = 0;
  Names emails;                     // "a@b.example" and "@b.example"
  std::vector<CidrEntry> networks;  // sorted by family, prefix, address
  struct Family {
    bool v4 = false;
    int prefix = 0;
    std::size_t first = 0, last = 0;  // of networks
  };
  std::vector<Family> families;

  bool find(const Evidence& seen, std::vector<Sighting>& sightings) const override {
    const std::size_t first = sightings.size();
    bool checked = true;
    std::vector<Match> matches;
    for (const Group& group : groups) checked = find_in(seen, group, matches, sightings) && checked;
    if (!domains.empty()) find_domains(seen, sightings);
    if (!emails.empty()) find_emails(seen, sightings);
    if (!networks.empty()) find_networks(seen, sightings);
    std::stable_sort(
        sightings.begin() + static_cast<std::ptrdiff_t>(first), sightings.end(),
        [](const Sighting& left, const Sighting& right) { return left.pattern < right.pattern; });
    return checked;
  }
  void renew() override {
    for (Group& group : groups) group.set->renew();
  }

 private:
  static bool find_in(const Evidence& seen, const Group& group, std::vector<Match>& matches,
                      std::vector<Sighting>& sightings) {
    if (group.place.links) {
      bool checked = true;
      for (const Link& link : seen.links) {
        matches.clear();
        checked = group.set->find(link.url, matches) && checked;
        for (const Match& match : matches) sightings.push_back({match.pattern, link.spot});
      }
      return checked;
    }
    const std::string_view raw = seen.raw(group.place.field);
    if (raw.empty()) return true;
    const Text* text = seen.view(group.place.field, group.place.view);
    matches.clear();
    const bool checked = group.set->find(text == nullptr ? raw : std::string_view(text->value), matches);
    for (const Match& match : matches) {
      auto [start, end] =
          text == nullptr ? std::pair(match.start, match.end) : text->original(match.start, match.end);
      sightings.push_back({match.pattern, {group.place.field, group.place.view, start, end}});
    }
    return checked;
  }

  void find_domains(const Evidence& seen, std::vector<Sighting>& sightings) const {
    for (const Link& link : seen.links) {
      const bool author = link.spot.field == Field::author_url || link.kind == LinkKind::author_url;
      find_host(link.host, author ? kAuthorUrl : kTextLinks, link.spot, sightings);
    }
    find_host(seen.email_domain, kAuthorEmail, whole(seen, Field::author_email), sightings);
  }

  void find_host(std::string_view host, std::uint8_t place, const Spot& spot,
                 std::vector<Sighting>& sightings) const {
    if ((any_domain_place & place) == 0 || host.size() > kMaxHost) return;
    while (!host.empty()) {
      const auto [first, last] = domains.equal_range(host);
      for (auto entry = first; entry != last; ++entry) {
        if ((domain_places[entry->second] & place) != 0) sightings.push_back({entry->second, spot});
      }
      const std::size_t dot = host.find('.');
      if (dot == std::string_view::npos) return;
      host.remove_prefix(dot + 1);
    }
  }

  void find_emails(const Evidence& seen, std::vector<Sighting>& sightings) const {
    const std::string email = ascii_lower(seen.comment.author.email);
    const std::size_t at = email.rfind('@');
    if (at == std::string::npos) return;
    const Spot spot = whole(seen, Field::author_email);
    for (const std::string_view sought : {std::string_view(email), std::string_view(email).substr(at)}) {
      const auto [first, last] = emails.equal_range(sought);
      for (auto entry = first; entry != last; ++entry) sightings.push_back({entry->second, spot});
    }
  }

  void find_networks(const Evidence& seen, std::vector<Sighting>& sightings) const {
    const std::optional<Address> address = Address::parse(seen.comment.client.ip);
    if (!address) return;
    for (const Family& family : families) {
      if (family.v4 != address->v4) continue;
      const Address sought = masked(*address, family.prefix);
      const auto last = networks.begin() + static_cast<std::ptrdiff_t>(family.last);
      auto entry = std::lower_bound(
          networks.begin() + static_cast<std::ptrdiff_t>(family.first), last, sought,
          [](const CidrEntry& one, const Address& other) { return one.network.address.bytes < other.bytes; });
      for (; entry != last && entry->network.address.bytes == sought.bytes; ++entry) {
        sightings.push_back({entry->pattern, whole(seen, Field::ip)});
      }
    }
  }

  static Spot whole(const Evidence& seen, Field field) {
    return {field, View::raw, 0, static_cast<std::uint32_t>(seen.raw(field).size())};
  }
};

// Adds patterns one by one, then compiles them together.
class Build {
 public:
  Build(std::span<const Matcher::Source> sources, std::vector<Error>& errors, std::vector<bool>& bad)
      : sources_(sources), errors_(errors), bad_(bad) {}

  std::unique_ptr<Matcher> run() {
    bad_.assign(sources_.size(), false);
    made_->domain_places.assign(sources_.size(), 0);
    for (std::uint32_t i = 0; i < sources_.size(); ++i) add(i);
    for (auto& [place, builder] : builders_) {
      Result<std::unique_ptr<PatternSet>> set = builder.build();
      if (!set) {
        errors_.push_back(std::move(set).error());
        return nullptr;
      }
      made_->groups.push_back({place, std::move(*set)});
    }
    std::vector<CidrEntry>& networks = made_->networks;
    std::sort(networks.begin(), networks.end(), before);
    for (std::size_t i = 0; i < networks.size(); ++i) {
      const Network& network = networks[i].network;
      if (made_->families.empty() || made_->families.back().v4 != network.address.v4 ||
          made_->families.back().prefix != network.prefix) {
        made_->families.push_back({network.address.v4, network.prefix, i, i});
      }
      made_->families.back().last = i + 1;
    }
    return std::move(made_);
  }

 private:
  void add(std::uint32_t number) {
    const PackPattern& pattern = *sources_[number].pattern;
    const bool off = pattern.state == State::off;
    if (pattern.type == EntryType::domain && !off) {
      std::uint8_t& places = made_->domain_places[number];
      if (pattern.links) places |= kTextLinks | kAuthorUrl;
      for (const Field field : pattern.fields) {
        places |= field == Field::content      ? kTextLinks
                  : field == Field::author_url ? kAuthorUrl
                                               : kAuthorEmail;
      }
      made_->any_domain_place |= places;
    }
    const std::vector<Place> places = places_of(pattern);
    int wrong = 0;
    for (const PackEntry& entry : pattern.entries) {
      const Done added = pattern.type == EntryType::domain  ? add_domain(number, entry.text, off)
                         : pattern.type == EntryType::email ? add_email(number, entry.text, off)
                         : pattern.type == EntryType::cidr
                             ? add_network(number, entry.text, off)
                             : add_text(number, pattern, places, entry.text, off);
      if (added) continue;
      bad_[number] = true;
      if (++wrong > kMaxRegexErrors) continue;
      Error error = added.error();
      error.where = sources_[number].pack->where(entry);
      error.what =
          "the pattern '" + pattern.name + "' cannot look for " + in_quotes(entry.text) + ": " + error.what;
      errors_.push_back(std::move(error));
    }
    if (wrong > kMaxRegexErrors) {
      errors_.push_back({Code::invalid,
                         "the pattern '" + pattern.name + "' has " + std::to_string(wrong - kMaxRegexErrors) +
                             " more entries that cannot be read",
                         sources_[number].pack->where(pattern.line),
                         {},
                         0});
    }
  }

  Done add_text(std::uint32_t number, const PackPattern& pattern, const std::vector<Place>& places,
                const std::string& text, bool off) {
    PatternSet::Builder unused(pool_);
    for (const Place& place : places) {
      PatternSet::Builder& builder = off ? unused : builders_.try_emplace(place, pool_).first->second;
      const bool folded = place.view == View::folded;
      Done added;
      if (pattern.type == EntryType::regex) {
        added = builder.add_regex(number, text, !folded, sources_[number].pack->shipped);
      } else {
        const Literal kind = pattern.type == EntryType::word    ? Literal::word
                             : pattern.type == EntryType::exact ? Literal::exact
                                                                : Literal::substring;
        // A literal is folded as the text will be, so that nobody needs to know how.
        const std::string entry = folded ? folded_text(text).value : text;
        if (folded && entry.empty()) {
          return fail(Code::invalid, "nothing is left of it in the folded view", {},
                      "look at view = \"visible\" or \"raw\"");
        }
        added = builder.add_literal(number, entry, kind, !folded);
      }
      if (!added) return added;
    }
    return {};
  }

  Done add_domain(std::uint32_t number, const std::string& text, bool off) {
    const std::string host = normal_host(text);
    if (host.empty() || host.size() > kMaxHost) {
      return fail(Code::invalid, "it is no host name", {},
                  "write example.com, without http://, path or *; all that stands under it is meant, too");
    }
    if (!off) made_->domains.emplace(host, number);
    return {};
  }

  Done add_email(std::uint32_t number, const std::string& text, bool off) {
    const std::size_t at = text.rfind('@');
    if (at == std::string::npos || at + 1 == text.size() ||
        text.find_first_of(" \t,;<>") != std::string::npos) {
      return fail(Code::invalid, "it is no email address", {},
                  "write name@example.com, or @example.com for every address there");
    }
    if (!off) made_->emails.emplace(ascii_lower(text), number);
    return {};
  }

  Done add_network(std::uint32_t number, const std::string& text, bool off) {
    const std::optional<Network> network = Network::parse(text);
    if (!network) {
      return fail(Code::invalid, "it is no address or network", {},
                  "write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32");
    }
    if (!off) made_->networks.push_back({*network, number});
    return {};
  }

  std::span<const Matcher::Source> sources_;
  std::vector<Error>& errors_;
  std::vector<bool>& bad_;
  std::unique_ptr<CompiledMatcher> made_ = std::make_unique<CompiledMatcher>();
  std::shared_ptr<RegexPool> pool_ = regex_pool();  // a pattern may look at several places
  std::map<Place, PatternSet::Builder> builders_;
};

}  // namespace

std::unique_ptr<Matcher> Matcher::build(std::span<const Source> patterns, std::vector<Error>& errors,
                                        std::vector<bool>& bad) {
  return Build(patterns, errors, bad).run();
}

}  // namespace chaffinch
