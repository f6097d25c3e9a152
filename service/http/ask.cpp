// What a request asks: the look-ups of Ask, and forms.
#include <algorithm>

#include "http/door.h"
#include "http/head.h"

namespace chaffinch::http {

std::string_view Ask::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_word(key, name)) return value;
  return {};
}

const std::string* Ask::param(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return &value;
  return nullptr;
}

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  const auto decoded = [&](std::string_view part) {
    std::string plain;
    plain.reserve(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] == '+') {
        plain += ' ';
      } else if (part[i] == '%' && i + 2 < part.size() && digit(part[i + 1]) >= 0 &&
                 digit(part[i + 2]) >= 0) {
        plain += static_cast<char>(digit(part[i + 1]) * 16 + digit(part[i + 2]));
        i += 2;
      } else {
        plain += part[i];
      }
    }
    return plain;
  };
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    pairs.emplace_back(decoded(pair.substr(0, equals)),
                       equals == std::string_view::npos ? std::string() : decoded(pair.substr(equals + 1)));
  }
  return pairs;
}

}  // namespace chaffinch::http
