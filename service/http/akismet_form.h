// Requests of the Akismet protocol: their form, their key, and the comment that they are about. Pure: no
// clock, no store.
//
// Clients send along every field of the blog's own form and the server's variables (`POST_*`, `HTTP_*`),
// which may hold passwords and cookies. Only the documented fields are looked at; the values of all others
// are never even decoded. Values longer than ours may be are cut, not refused: a spammer decides how long his
// user agent is, and some clients take a refusal for "not spam". Content alone is refused when it is too
// long.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "intake.h"

namespace chaffinch::http {

struct AkismetForm {
  std::map<std::string, std::string, std::less<>> fields;  // well-formed UTF-8; of a repeated one the last
  std::vector<std::string> context;                        // comment_context[], in order
  std::string honeypot;  // what stood in the field that honeypot_field_name names

  std::string_view operator[](std::string_view name) const;  // "" when it was not sent
  bool has(std::string_view name) const { return !(*this)[name].empty(); }
  bool flag(std::string_view name) const;  // 1, true, yes, on
};

// `body` is application/x-www-form-urlencoded; names may be bare, and brackets may be encoded. `query`:
// decoded parameters of the URL, which a field of the body outranks. The bytes are of the charset that
// blog_charset names, else of `charset`.
AkismetForm read_akismet_form(std::string_view body,
                              const std::vector<std::pair<std::string, std::string>>& query,
                              std::string_view charset);

// WordPress puts a backslash before each quote and backslash of what a visitor posts (wp_magic_quotes), and
// its plugin sends a first check so; later checks and reports of the same comment have none. Takes them away
// where the client is that plugin, by its `agent`, and every quote of the comment stands behind one: links in
// HTML are links again, and the report finds its check.
void without_wordpress_escapes(AkismetForm& form, std::string_view agent);

// The key: `key`, else `api_key`, else the first label of the host ("KEY.rest.akismet.com", with or without
// port). May be anything, or empty.
std::string akismet_key_in(const AkismetForm& form, std::string_view host);

// A blog's address as its numbers name it: host and path, without scheme, query and final slash.
std::string blog_name(std::string_view url);
// Whether `blog` lies under the site's URL or one of its origins, whatever the scheme.
bool is_own_blog(const Site& site, std::string_view blog);

// The comment, as the client describes it. Code::invalid, too_large: `what` tells the client's developer why.
// `elapsed_ms` is known for a first check alone: later on the clock tells nothing.
Result<Asked> read_akismet_comment(const AkismetForm& form, const std::string& site, bool report, Time now);

}  // namespace chaffinch::http
