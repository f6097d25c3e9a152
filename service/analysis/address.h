// Internet addresses: parsing, canonical text, networks. Pure; safe from any thread. std only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chaffinch {

// IPv4 addresses are kept as ::ffff:a.b.c.d; a v4-mapped IPv6 address is the IPv4 address.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool v4 = false;

  bool operator==(const Address&) const = default;
  std::string text() const;                               // RFC 5952 for IPv6, dotted for IPv4
  static std::optional<Address> parse(std::string_view);  // no port, no zone, no brackets
};

struct Network {
  Address address;  // host bits zero
  int prefix = 0;   // 0..32 for IPv4, 0..128 for IPv6

  bool operator==(const Network&) const = default;
  bool contains(const Address&) const;
  std::string text() const;  // "192.0.2.0/24"
  static std::optional<Network> parse(
      std::string_view);  // an address alone is /32 or /128; host bits are cleared
};

Network network_of(const Address&);  // IPv4 /24, IPv6 /48

}  // namespace chaffinch
