#include "analysis/address.h"

#include <algorithm>
#include <charconv>

namespace chaffinch {
namespace {

constexpr std::size_t kV4At = 12;  // where an IPv4 address begins in the sixteen bytes

Address mapped(const std::array<std::uint8_t, 4>& parts) {
  Address address;
  address.v4 = true;
  address.bytes[10] = address.bytes[11] = 0xFF;
  std::copy(parts.begin(), parts.end(), address.bytes.begin() + kV4At);
  return address;
}

// A whole decimal number without sign or leading zeros, at most `most`.
std::optional<int> small_number(std::string_view text, int most) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (value > most) return std::nullopt;
  return value;
}

std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text) {
  std::array<std::uint8_t, 4> parts{};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return std::nullopt;
    const auto part = small_number(text.substr(0, dot), 255);
    if (!part) return std::nullopt;
    parts[i] = static_cast<std::uint8_t>(*part);
    if (i < 3) text.remove_prefix(dot + 1);
  }
  return parts;
}

std::optional<std::uint16_t> parse_group(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Groups of one side of a "::", or of the whole. An IPv4 tail counts as two. False when malformed.
bool parse_groups(std::string_view text, bool v4_tail, std::array<std::uint16_t, 8>& groups,
                  std::size_t& count) {
  count = 0;
  if (text.empty()) return true;
  for (;;) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && v4_tail && part.find('.') != std::string_view::npos) {
      const auto parts = parse_v4(part);
      if (!parts || count > 6) return false;
      groups[count++] = static_cast<std::uint16_t>((*parts)[0] << 8 | (*parts)[1]);
      groups[count++] = static_cast<std::uint16_t>((*parts)[2] << 8 | (*parts)[3]);
      return true;
    }
    const auto group = parse_group(part);
    if (!group || count == 8) return false;
    groups[count++] = *group;
    if (last) return true;
    text.remove_prefix(colon + 1);
  }
}

std::optional<Address> parse_v6(std::string_view text) {
  std::array<std::uint16_t, 8> head{};
  std::array<std::uint16_t, 8> tail{};
  std::size_t heads = 0;
  std::size_t tails = 0;
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!parse_groups(text, true, head, heads) || heads != 8) return std::nullopt;
  } else {
    if (!parse_groups(text.substr(0, gap), false, head, heads)) return std::nullopt;
    if (!parse_groups(text.substr(gap + 2), true, tail, tails)) return std::nullopt;
    if (heads + tails > 7) return std::nullopt;
    std::copy_n(tail.begin(), tails, head.end() - static_cast<std::ptrdiff_t>(tails));
  }
  Address address;
  for (std::size_t i = 0; i < 8; ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(head[i] >> 8);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(head[i] & 0xFF);
  }
  const bool zeros = std::all_of(address.bytes.begin(), address.bytes.begin() + 10,
                                 [](std::uint8_t byte) { return byte == 0; });
  address.v4 = zeros && address.bytes[10] == 0xFF && address.bytes[11] == 0xFF;
  return address;
}

std::string text_v4(const Address& address) {
  std::string text;
  for (std::size_t i = kV4At; i < 16; ++i) {
    if (i > kV4At) text += '.';
    text += std::to_string(address.bytes[i]);
  }
  return text;
}

// Bits of the sixteen bytes that a prefix covers.
int covered(const Address& address, int prefix) {
  return address.v4 ? prefix + 96 : prefix;
}

void clear_host_bits(Address& address, int bits) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    auto& byte = address.bytes[static_cast<std::size_t>(i)];
    byte = static_cast<std::uint8_t>(byte & (0xFF00 >> kept));
  }
}

}  // namespace

std::string Address::text() const {
  if (v4) return text_v4(*this);
  std::array<std::uint16_t, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  }
  // RFC 5952: the longest run of two or more zero groups is shortened, the first of equals.
  std::size_t best = 8;
  std::size_t best_length = 1;
  for (std::size_t i = 0; i < 8;) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > best_length) {
      best = i;
      best_length = end - i;
    }
    i = end + 1;
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), groups[i], 16).ptr;
    text.append(digits.data(), end);
  }
  return text;
}

std::optional<Address> Address::parse(std::string_view text) {
  if (text.size() > 45) return std::nullopt;
  if (text.find(':') != std::string_view::npos) return parse_v6(text);
  const auto parts = parse_v4(text);
  if (!parts) return std::nullopt;
  return mapped(*parts);
}

bool Network::contains(const Address& one) const {
  if (one.v4 != address.v4) return false;
  Address masked = one;
  clear_host_bits(masked, covered(address, prefix));
  return masked.bytes == address.bytes;
}

std::string Network::text() const {
  return address.text() + "/" + std::to_string(prefix);
}

std::optional<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  Network network{.address = *address, .prefix = address->v4 ? 32 : 128};
  if (slash != std::string_view::npos) {
    // A prefix counts in the notation that was written: ::ffff:192.0.2.0/120 is 192.0.2.0/24.
    const bool written_v6 = text.substr(0, slash).find(':') != std::string_view::npos;
    const auto prefix = small_number(text.substr(slash + 1), written_v6 ? 128 : 32);
    if (!prefix) return std::nullopt;
    network.prefix = *prefix;
    if (written_v6 && address->v4) {
      network.address.v4 = *prefix >= 96;
      if (network.address.v4) network.prefix -= 96;
    }
  }
  clear_host_bits(network.address, covered(network.address, network.prefix));
  return network;
}

Network network_of(const Address& address) {
  Network network{.address = address, .prefix = address.v4 ? 24 : 48};
  clear_host_bits(network.address, covered(address, network.prefix));
  return network;
}

}  // namespace chaffinch
