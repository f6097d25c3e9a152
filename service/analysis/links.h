// Finding links in a comment, however they are written. Pure; safe from any thread. libpsl and libidn2 stay
// in links.cpp. A verdict depends on the public suffix list that libpsl was built with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence.h"

namespace chaffinch {

struct FoundLinks {
  std::vector<Link> links;    // at most limits::kLinks, in the order of their place
  std::uint32_t count = 0;    // all of them
  std::uint32_t tags = 0;     // HTML tags seen
  std::uint32_t bbcodes = 0;  // BBCode tags seen
};

// Links in the raw content: <a href>, [url=...], [text](url), bare http(s)://, www. and scheme-less known
// domains
// ("example.com/buy"), and disguised ones ("hxxp://", "example dot com", "example[.]com", "example . com").
// URLs in the visible text of a closed link are not counted apart; targets that lead to no host (mailto:, #,
// relative) are no links. Linear in the size. REQUIRES valid UTF-8.
FoundLinks find_links(std::string_view content);

// The author's URL field as a link; nothing to see in it (no host): an empty host.
Link link_of_url(std::string_view url, Field field);

// Lower-case ASCII (punycode) form of a host without a final dot, "" when it cannot be one. Accepts IPv4 as
// browsers do (also "0x7f.1"), and bracketed IPv6; an address comes out in its canonical text, without
// brackets.
std::string normal_host(std::string_view host);

// Registrable domain by the public suffix list ("a.b.co.uk" -> "b.co.uk"); the host itself when it has none.
std::string registrable_domain(std::string_view host);

bool is_shortener(std::string_view host);

// Whether `url` is http(s) and its origin is one of `origin_url`'s: same scheme, host and port. Used to
// decide whether a redirect target or an article's URL lies under a site. User info, backslashes and control
// characters make it false.
bool same_origin(std::string_view url, std::string_view origin_url);

}  // namespace chaffinch
