#include "secrets.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <sys/random.h>

namespace chaffinch {
namespace {

// The kernel's generator instead of OpenSSL's: it keeps no state per thread (a thousand connections have a
// thread each) and needs no care across fork.
void fill_random(unsigned char* out, std::size_t count) {
  while (count > 0) {
    const ssize_t got = getrandom(out, count, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "the system's random source failed");
    }
    out += got;
    count -= static_cast<std::size_t>(got);
  }
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hex_of(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
  }
  return hex;
}

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

// Looked up once: by its name it is looked up again for each text, and that takes longer than a short text.
const EVP_MD* sha256_method() {
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> kMethod(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free);
  return kMethod.get();
}

Digest sha256(std::string_view text) {
  Digest digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, sha256_method(), nullptr) != 1 ||
      length != digest.size())
    throw std::runtime_error("SHA-256 failed");
  return digest;
}

std::string_view text_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Id new_id(Time now) {
  std::array<std::uint8_t, 10> random{};
  fill_random(random.data(), random.size());
  return Id::from(now, random);
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  fill_random(reinterpret_cast<unsigned char*>(bytes.data()), count);
  return bytes;
}

std::string new_token_secret() {
  return "chf_" + base64url(random_bytes(32));
}

std::string new_akismet_key() {
  return hex_of(random_bytes(6));
}

bool is_akismet_key(std::string_view text) {
  const auto digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return text.size() == 12 && std::all_of(text.begin(), text.end(), digit);
}

std::string akismet_key_hash(std::string_view key) {
  std::string text = "akismet:";
  for (const char c : key) text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return sha256_hex(text);
}

NewSecret new_secret(Role role) {
  NewSecret secret;
  secret.text = role == Role::akismet ? new_akismet_key() : new_token_secret();
  secret.hash = role == Role::akismet ? akismet_key_hash(secret.text) : sha256_hex(secret.text);
  return secret;
}

NewSecret new_desk_secret() {
  NewSecret secret;
  secret.text = base64url(random_bytes(32));
  secret.hash = sha256_hex(secret.text);
  return secret;
}

bool is_desk_secret(std::string_view text) {
  return text.size() == 43 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_';
         });
}

std::string sha256_hex(std::string_view text) {
  return hex_of(text_of(sha256(text)));
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  // As the digest: looked up once.
  static const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> kMethod(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> state(EVP_MAC_CTX_new(kMethod.get()),
                                                                        &EVP_MAC_CTX_free);
  char digest[] = "SHA256";
  const OSSL_PARAM how[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                            OSSL_PARAM_construct_end()};
  // No pointer would mean no key, not an empty one.
  const unsigned char* const secret = bytes_of(key.empty() ? std::string_view("") : key);
  std::string mac(SHA256_DIGEST_LENGTH, '\0');
  std::size_t length = 0;
  if (!state || EVP_MAC_init(state.get(), secret, key.size(), how) != 1 ||
      EVP_MAC_update(state.get(), bytes_of(text), text.size()) != 1 ||
      EVP_MAC_final(state.get(), reinterpret_cast<unsigned char*>(mac.data()), &length, mac.size()) != 1 ||
      length != mac.size())
    throw std::runtime_error("HMAC-SHA-256 failed");
  return mac;
}

std::string base64url(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      text += kAlphabet[bits >> held & 63];
    }
  }
  if (held > 0) text += kAlphabet[bits << (6 - held) & 63];
  return text;
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Id id_from_name(std::string_view scope, std::string_view name, Time at) {
  // The scope's length in front keeps ("ab", "c") and ("a", "bc") apart.
  std::string text = std::to_string(scope.size());
  text += ':';
  text += scope;
  text += name;
  const Digest digest = sha256(text);
  std::array<std::uint8_t, 10> tail{};
  for (std::size_t i = 0; i < tail.size(); ++i) tail[i] = digest[i];
  Id id = Id::from(at, tail);
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x80);  // version 8 (RFC 9562): made our way
  return id;
}

}  // namespace chaffinch
