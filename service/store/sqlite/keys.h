// Keyed hashes: by what the database knows a person, an address or a token of the search index without
// keeping it. Pure; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/comment.h"

namespace chaffinch::sqlite {

// SipHash-2-4 (Aumasson and Bernstein, 2012), 64 bits: a keyed hash that nobody without the key can steer
// into a collision. HMAC-SHA-256 would do as well, but costs 2 us for each of the up to twelve keys of a
// comment.
std::uint64_t siphash(const std::array<std::uint8_t, 16>& key, std::string_view text);

// What a reputation record is about; part of record.id.
enum class Kind : std::uint8_t { author, email, address, network, domain };

// record.id. `key` is a keyed hash of a text of this kind, so that of n records any two have one id with a
// chance of n * n / 2^65 (ten million records: one in 370,000), and nobody without the secret can bring it
// about; the same key on two sites never has.
constexpr std::int64_t record_id(std::int64_t site, Kind kind, std::int64_t key) {
  return key ^ (site * 8 + static_cast<std::int64_t>(kind));
}

// 0 stands for "has none" everywhere.
struct PersonKeys {
  std::int64_t author = 0;  // verified id; else name, email and network together, when there is an email
  std::int64_t email = 0;
  std::int64_t address = 0;
  std::int64_t network = 0;
  std::int64_t token = 0;  // of the author's signed token: a second way in which the author is known
};

class Keys {
 public:
  explicit Keys(const std::string& secret);  // 16 bytes

  // Texts of different `kind` never share a key. Never 0.
  std::int64_t of(std::string_view kind, std::string_view text) const;
  std::int64_t email(std::string_view email) const;  // any case; 0 when empty
  std::int64_t author_id(std::string_view id) const;
  std::int64_t address(std::string_view ip) const;
  std::int64_t token(const Id& author_key) const;  // 0 when empty
  std::int64_t domain(std::string_view domain) const { return of("domain", domain); }
  PersonKeys person(const Author&, std::string_view ip) const;

  // A text that shows whether a cursor was made here and is whole.
  std::string seal(std::string_view payload) const;

 private:
  std::array<std::uint8_t, 16> key_{};
};

// The network that an address counts for, as text: "192.0.2.0/24"; empty when `ip` is none.
std::string network_text(std::string_view ip);

}  // namespace chaffinch::sqlite
