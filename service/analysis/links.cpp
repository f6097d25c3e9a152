#include "analysis/links.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include <idn2.h>
#include <libpsl.h>

#include "analysis/address.h"
#include "analysis/link_parts.h"
#include "analysis/shorteners.h"
#include "analysis/text.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

constexpr std::size_t kLongestHost = 253;

static_assert(std::is_sorted(kShorteners.begin(), kShorteners.end()));

// The list that the library was built with: the same comment gets the same domains on every machine of one
// release. A library built without one reads the distribution's file, once.
const psl_ctx_t* suffixes() {
  struct Freed {
    void operator()(psl_ctx_t* list) const { psl_free(list); }
  };
  static const std::unique_ptr<psl_ctx_t, Freed> latest(psl_builtin() == nullptr ? psl_latest(nullptr)
                                                                                 : nullptr);
  const psl_ctx_t* builtin = psl_builtin();
  return builtin != nullptr ? builtin : latest.get();
}

std::optional<std::uint8_t> hex_value(char c) {
  if (ascii_digit(c)) return static_cast<std::uint8_t>(c - '0');
  const char lower = ascii_small(c);
  if (lower >= 'a' && lower <= 'f') return static_cast<std::uint8_t>(lower - 'a' + 10);
  return std::nullopt;
}

// Browsers read "%65vil.com" as "evil.com".
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_value(text[i + 1]);
      const auto low = hex_value(text[i + 2]);
      if (high && low) {
        out += static_cast<char>(*high << 4 | *low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

// One part of a numeric host as browsers read it: decimal, 0octal or 0xhex.
std::optional<std::uint64_t> host_number(std::string_view part) {
  int base = 10;
  if (part.size() > 1 && part[0] == '0') {
    base = 8;
    part.remove_prefix(1);
    if (ascii_small(part[0]) == 'x') {
      base = 16;
      part.remove_prefix(1);
      if (part.empty()) return 0;
    }
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, base);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return value;
}

// A host whose last label is a number is an IPv4 address or nothing (WHATWG URL, "ends in a number").
bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return !last.empty() && (std::all_of(last.begin(), last.end(), ascii_digit) ||
                           (last.starts_with("0x") && host_number(last).has_value()));
}

std::string numeric_host(std::string_view host) {
  std::array<std::uint64_t, 4> parts{};
  std::size_t count = 0;
  for (;;) {
    const std::size_t dot = host.find('.');
    const auto part = host_number(host.substr(0, dot));
    if (!part || count == parts.size()) return {};
    parts[count++] = *part;
    if (dot == std::string_view::npos) break;
    host.remove_prefix(dot + 1);
  }
  // The last part fills all bytes that are left.
  std::uint64_t whole = 0;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (parts[i] > 255) return {};
    whole |= parts[i] << (24 - 8 * i);
  }
  if (parts[count - 1] >= std::uint64_t{1} << (8 * (5 - count))) return {};
  whole |= parts[count - 1];
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(whole >> shift & 255);
    if (shift > 0) text += '.';
  }
  return text;
}

// REQUIRES lower case. Labels of 1 to 63 letters, digits, hyphens, underscores.
bool well_formed_host(std::string_view host) {
  if (host.empty() || host.size() > kLongestHost) return false;
  std::size_t label = 0;
  for (const char c : host) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if (ascii_alnum(c) || c == '-' || c == '_') {
      if (++label > 63) return false;
    } else {
      return false;
    }
  }
  return label > 0;
}

bool plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string idn_host(const std::string& host) {
  constexpr std::size_t kMost = 4 * kLongestHost;
  if (host.size() > kMost || host.find('\0') != std::string_view::npos) return {};
  char* ascii = nullptr;
  const int result = idn2_to_ascii_8z(host.c_str(), &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (result != IDN2_OK || ascii == nullptr) return {};
  const std::unique_ptr<char, void (*)(void*)> owned(ascii, idn2_free);
  return ascii_lower(ascii);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

// Scheme, host and port of an absolute http(s) URL; nothing when anything about them is odd.
struct Origin {
  bool secure = false;
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const Origin&) const = default;
};

std::optional<Origin> strict_origin(std::string_view url) {
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F || c == '\\') return std::nullopt;
  }
  Origin origin;
  const std::string start = ascii_lower(url.substr(0, 8));
  if (start.starts_with("https://")) {
    origin.secure = true;
  } else if (!start.starts_with("http://")) {
    return std::nullopt;
  }
  url.remove_prefix(origin.secure ? 8 : 7);
  std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (authority.find_first_of("@%") != std::string_view::npos) return std::nullopt;
  origin.port = origin.secure ? 443 : 80;
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const std::string_view digits = authority.substr(colon + 1);
    if (!digits.empty()) {
      if (digits.size() > 5 || !std::all_of(digits.begin(), digits.end(), ascii_digit)) return std::nullopt;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), origin.port);
      if (error != std::errc() || origin.port == 0) return std::nullopt;
    }
    authority = authority.substr(0, colon);
  }
  // To a browser "blog.example." is another origin than "blog.example".
  if (authority.ends_with('.')) return std::nullopt;
  origin.host = normal_host(authority);
  if (origin.host.empty() || origin.host.ends_with('.')) return std::nullopt;
  return origin;
}

}  // namespace

std::string_view host_of(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

Link make_link(LinkKind kind, std::string url, std::string host, std::string_view behind, Spot spot) {
  Link link;
  link.kind = kind;
  link.url = std::move(url);
  link.domain = registrable_domain(host);
  link.shortener = is_shortener(host);
  link.host = std::move(host);
  if (behind.starts_with(':')) behind.remove_prefix(std::min(behind.find_first_of("/?#"), behind.size()));
  behind = behind.substr(0, behind.find('#'));
  if (!behind.empty() && behind[0] != '/') link.path += '/';
  link.path += behind.starts_with('\\') ? behind.substr(1) : behind;
  link.spot = spot;
  return link;
}

bool known_suffix(const std::string& name) {
  return psl_is_public_suffix2(suffixes(), name.c_str(), PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}

std::string normal_host(std::string_view host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    const auto address = Address::parse(host.substr(1, host.size() - 2));
    if (!address || host.find(':') == std::string_view::npos) return {};
    return address->text();
  }
  if (host.empty() || host.size() > 4 * kLongestHost) return {};
  std::string lower;
  if (host.find('%') != std::string_view::npos) {
    const std::string decoded = percent_decoded(host);
    if (!valid_utf8(decoded)) return {};
    lower = plain_ascii(decoded) ? ascii_lower(decoded) : idn_host(decoded);
  } else {
    lower = plain_ascii(host) ? ascii_lower(host) : idn_host(std::string(host));
  }
  if (lower.ends_with('.')) lower.pop_back();
  if (!well_formed_host(lower)) return {};
  return ends_in_number(lower) ? numeric_host(lower) : lower;
}

std::string registrable_domain(std::string_view host) {
  const std::string name(host);
  if (name.empty() || name.find(':') != std::string_view::npos || ends_in_number(name)) return name;
  const char* domain = psl_registrable_domain(suffixes(), name.c_str());
  return domain == nullptr ? name : domain;
}

bool is_shortener(std::string_view host) {
  if (host.starts_with("www.")) host.remove_prefix(4);
  return std::binary_search(kShorteners.begin(), kShorteners.end(), host);
}

Link read_target(LinkKind kind, std::string_view target, Spot spot, bool bare_names) {
  // Browsers take any number of slashes of either kind after "http:"; people write none at all.
  std::string_view rest = target;
  const std::size_t scheme_end = rest.substr(0, 6).find(':');
  const std::string scheme =
      scheme_end == std::string_view::npos ? std::string() : ascii_lower(rest.substr(0, scheme_end));
  const bool web = scheme == "http" || scheme == "https" || scheme == "ftp";
  if (web) rest.remove_prefix(scheme.size() + 1);
  const std::size_t after = rest.find_first_not_of("/\\");
  const std::size_t slashes = std::min(after, rest.size());
  rest.remove_prefix(slashes);
  Link none;
  none.kind = kind;
  const std::size_t authority_end = std::min(rest.find_first_of("/?#\\"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  const std::string_view behind = rest.substr(authority_end);
  if (!web) {
    const bool name = slashes == 0 && (bare_names || ascii_lower(rest.substr(0, 4)) == "www.");
    if (!name && slashes < 2) return none;
    // "jane@example.com" and "mailto:jane@example.com" lead to no host; "example.com:80" does.
    const std::size_t colon = authority.find(':');
    const std::string_view port =
        colon == std::string_view::npos ? std::string_view() : authority.substr(colon + 1);
    if (authority.find('@') != std::string_view::npos || !std::all_of(port.begin(), port.end(), ascii_digit))
      return none;
  }
  std::string host = normal_host(host_of(authority));
  if (host.empty() || (!web && host.find_first_of(".:") == std::string_view::npos)) return none;
  return make_link(kind, std::string(target), std::move(host), behind, spot);
}

Link link_of_url(std::string_view url, Field field) {
  const std::string_view target = trimmed(url);
  const auto start = static_cast<std::uint32_t>(target.empty() ? 0 : target.data() - url.data());
  const Spot spot{field, View::raw, start, start + static_cast<std::uint32_t>(target.size())};
  return read_target(LinkKind::author_url, target, spot, true);
}

bool same_origin(std::string_view url, std::string_view origin_url) {
  const auto one = strict_origin(url);
  const auto other = strict_origin(origin_url);
  return one && other && *one == *other;
}

}  // namespace chaffinch
