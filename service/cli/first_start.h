// What a new store needs before anybody can use it: a demo site and an admin token, shown once.
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "core/time.h"
#include "log.h"
#include "store/store.h"

namespace chaffinch::cli {

struct Welcome {
  std::string secret;     // of the token made now; empty: there was one, or it came from the environment
  std::string desk_code;  // signs in at the desk in the name of an admin token made now; empty: none was made
  bool from_environment = false;  // the admin token is the one of CHAFFINCH_ADMIN_TOKEN
  bool demo = false;              // the demo site was made now
  std::string site;               // one to try: the demo site, or the first there is
};

// `wished`: CHAFFINCH_ADMIN_TOKEN, if set. On a store without tokens it is the first admin token, else a
// random one is made; on a store with tokens it is added when it is unknown. A wished token that was revoked
// or has expired stays so, and is logged. `base_url` becomes the demo site's url.
Result<Welcome> make_ready(Store& store, Log& log, const std::optional<std::string>& wished,
                           const std::string& base_url, Time now);

// The lines that `serve` prints: address, token, the desk, a curl to paste.
std::string greeting(const Welcome& welcome, const std::string& base_url, const std::string& data);

// 16 to 200 visible ASCII characters: what a header can carry and nobody guesses.
Done check_wished_token(const std::string& wished);

}  // namespace chaffinch::cli
