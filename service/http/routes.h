// The table of calls: method, path, who may, what body. Written once; the document (schema/openapi.json) and
// the tests walk it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/site.h"
#include "http/calls.h"

namespace chaffinch::http {

// none: a body is refused. json, form: of that content type. optional: a JSON body may be left out. foreign:
// the handler takes what comes (other people's protocols).
enum class Body : std::uint8_t { none, json, optional, json_or_form, foreign };

// All roles, and nobody's.
inline constexpr std::uint8_t kAnybody = static_cast<std::uint8_t>(
    1U << static_cast<unsigned>(Role::admin) | 1U << static_cast<unsigned>(Role::moderator) |
    1U << static_cast<unsigned>(Role::frontend) | 1U << static_cast<unsigned>(Role::feed) |
    1U << static_cast<unsigned>(Role::metrics) | 1U << static_cast<unsigned>(Role::akismet) |
    1U << static_cast<unsigned>(Role::everybody));

struct Route {
  std::string_view method;
  std::string_view path;   // "/v1/comments/{id}": a {…} stands for one segment
  std::uint8_t roles = 0;  // bits by Role
  Handler handler = Handler::Now(nullptr);
  Body body = Body::none;
  std::size_t limit = 0;  // bytes of the body
  bool whole = false;     // only with a token of all sites
  bool metered = false;   // a public caller's use counts against the rate limit

  bool allows(Role role) const { return (roles >> static_cast<unsigned>(role) & 1U) != 0; }
  bool is_public() const { return allows(Role::everybody); }
};

std::span<const Route> routes();

// What a request asks for. `route` is nullptr when there is none; then `allowed` names the methods of the
// path, empty when there is no such path.
struct Found {
  const Route* route = nullptr;
  std::vector<std::string> places;
  std::vector<std::string_view> allowed;  // methods of this path, always filled when the path exists
};
Found find_route(std::string_view method, std::string_view path);

}  // namespace chaffinch::http
