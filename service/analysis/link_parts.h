// What finding links (find_links.cpp) and reading them (links.cpp, with libpsl and libidn2) share. Private to
// this room.
#pragma once

#include <string>
#include <string_view>

#include "core/evidence.h"

namespace chaffinch {

// The host of an authority as written, without user info and port.
std::string_view host_of(std::string_view authority);

// REQUIRES: `host` is not empty and of normal_host. `behind`: what follows the host; port and fragment are
// left out.
Link make_link(LinkKind kind, std::string url, std::string host, std::string_view behind, Spot spot);

// The target of a link that was marked as one. `bare_names`: "example.com" will do, as in an author's URL
// field; otherwise it needs "http:", "//" or "www.". Its host is empty when it leads to no host (mailto:, #,
// relative).
Link read_target(LinkKind kind, std::string_view target, Spot spot, bool bare_names);

// Whether `name` ("com", "co.uk", "xn--p1ai") is in the ICANN part of the public suffix list. REQUIRES lower
// case ASCII.
bool known_suffix(const std::string& name);

}  // namespace chaffinch
