// Randomness, hashes and signatures. OpenSSL stays in secrets.cpp. Safe from any thread. Failure of the
// system's random source is an exception: there is no service without it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/id.h"
#include "core/site.h"

namespace chaffinch {

Id new_id(Time now);
std::string random_bytes(std::size_t count);
std::string new_token_secret();  // "chf_" + 43 characters base64url (256 bits)
// A key of the Akismet protocol: 12 hex digits (48 bits), as that protocol's clients let a person type; in
// any case. Of it only the hash is kept, which no other secret has.
std::string new_akismet_key();
bool is_akismet_key(std::string_view text);
std::string akismet_key_hash(std::string_view key);
// A new secret for a token of this role, and the hash that is kept of it.
struct NewSecret {
  std::string text;
  std::string hash;
};
NewSecret new_secret(Role role);
// Of a browser at the desk: its session's cookie, or the code of a sign-in link. 43 characters base64url (256
// bits).
NewSecret new_desk_secret();
bool is_desk_secret(std::string_view text);
std::string sha256_hex(std::string_view text);
std::string hmac_sha256(std::string_view key, std::string_view text);  // 32 bytes
std::string base64url(std::string_view bytes);                         // without padding
bool same_secret(std::string_view a, std::string_view b);              // in constant time for equal lengths
// A UUIDv8-shaped id from a name, for imports: the same (scope, name, millisecond of at) always gives the
// same id. `at` is the row's own time, so that ids sort by it; a row without a time takes a fixed one, never
// the clock.
Id id_from_name(std::string_view scope, std::string_view name, Time at);

}  // namespace chaffinch
