#include "store/sqlite/keys.h"

#include <bit>
#include <stdexcept>

#include "analysis/address.h"
#include "analysis/text.h"

namespace chaffinch::sqlite {
namespace {

std::uint64_t little_endian(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

struct Sip {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void take(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

}  // namespace

std::uint64_t siphash(const std::array<std::uint8_t, 16>& key, std::string_view text) {
  const std::uint64_t k0 = little_endian(key.data(), 8);
  const std::uint64_t k1 = little_endian(key.data() + 8, 8);
  Sip sip{k0 ^ 0x736f6d6570736575ULL, k1 ^ 0x646f72616e646f6dULL, k0 ^ 0x6c7967656e657261ULL,
          k1 ^ 0x7465646279746573ULL};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const std::size_t whole = text.size() / 8 * 8;
  for (std::size_t i = 0; i < whole; i += 8) sip.take(little_endian(bytes + i, 8));
  sip.take(static_cast<std::uint64_t>(text.size()) << 56 | little_endian(bytes + whole, text.size() - whole));
  sip.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) sip.round();
  return sip.v0 ^ sip.v1 ^ sip.v2 ^ sip.v3;
}

Keys::Keys(const std::string& secret) {
  if (secret.size() != key_.size()) throw std::runtime_error("the database has lost its secret");
  for (std::size_t i = 0; i < key_.size(); ++i) key_[i] = static_cast<std::uint8_t>(secret[i]);
}

std::int64_t Keys::of(std::string_view kind, std::string_view text) const {
  std::string whole;
  whole.reserve(kind.size() + 1 + text.size());
  whole += kind;
  whole += '\0';
  whole += text;
  const std::uint64_t value = siphash(key_, whole);
  return value == 0 ? 1 : static_cast<std::int64_t>(value);
}

std::int64_t Keys::email(std::string_view email) const {
  return email.empty() ? 0 : of("email", ascii_lower(email));
}

std::int64_t Keys::author_id(std::string_view id) const {
  return id.empty() ? 0 : of("id", id);
}

std::int64_t Keys::address(std::string_view ip) const {
  return ip.empty() ? 0 : of("address", ip);
}

std::int64_t Keys::token(const Id& author_key) const {
  return author_key.empty() ? 0 : of("author token", author_key.text());
}

PersonKeys Keys::person(const Author& author, std::string_view ip) const {
  PersonKeys keys;
  keys.email = email(author.email);
  keys.address = address(ip);
  const std::string network = network_text(ip);
  if (!network.empty()) keys.network = of("network", network);
  if (!author.id.empty()) {
    keys.author = author_id(author.id);
  } else if (!author.email.empty()) {
    std::string whole = std::to_string(author.name.size());
    whole += ':';
    whole += author.name;
    whole += ascii_lower(author.email);
    whole += ' ';
    whole += network;
    keys.author = of("author", whole);
  }
  return keys;
}

std::string Keys::seal(std::string_view payload) const {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto value = static_cast<std::uint64_t>(of("cursor", payload));
  std::string seal;
  for (int i = 0; i < 8; ++i) seal += kHex[value >> (4 * i) & 15];
  return seal;
}

std::string network_text(std::string_view ip) {
  const auto address = Address::parse(ip);
  return address ? network_of(*address).text() : std::string();
}

}  // namespace chaffinch::sqlite
