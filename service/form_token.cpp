#include "form_token.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <system_error>

#include "secrets.h"

namespace chaffinch {
namespace {

constexpr std::string_view kFormVersion = "1.";
constexpr Time kFormAhead = kMinute;  // another process of ours may be that much ahead

std::string signature(std::string_view secret, std::string_view site, std::string_view article,
                      std::string_view payload) {
  std::string text = "form:";
  // Each with its length: no two forms sign the same text.
  for (const std::string_view part : {site, article}) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  }
  text += payload;
  return base64url(hmac_sha256(secret, text));
}

}  // namespace

std::string write_form_token(std::string_view secret, std::string_view site, std::string_view article,
                             std::string_view nonce, Time now) {
  std::string token(kFormVersion);
  token += std::to_string(now / kSecond) + ".";
  token += nonce;
  return token + "." + signature(secret, site, article, token);
}

FormShown read_form_token(std::string_view secret, std::string_view site, std::string_view article,
                          std::string_view token, Time now) {
  if (!token.starts_with(kFormVersion)) return {};
  const std::size_t second = token.find('.', kFormVersion.size());
  const std::size_t third = second == std::string_view::npos ? second : token.find('.', second + 1);
  if (third == std::string_view::npos) return {};
  if (!same_secret(signature(secret, site, article, token.substr(0, third)), token.substr(third + 1)))
    return {};
  Time seconds = 0;
  const std::string_view number = token.substr(kFormVersion.size(), second - kFormVersion.size());
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seconds);
  if (error != std::errc() || end != number.data() + number.size()) return {};
  const Time at = seconds * kSecond;
  if (at > now + kFormAhead || now - at >= kFormKept) return {};
  return {.state = now - at < kFormToken ? FormToken::good : FormToken::expired,
          .at = at,
          .nonce = std::string(token.substr(second + 1, third - second - 1))};
}

bool UsedForms::use(const std::string& nonce) {
  const std::scoped_lock holding(lock_);
  if (!used_.insert(nonce).second) return false;
  order_.push_back(nonce);
  while (order_.size() > most_) {
    used_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

void UsedForms::give_back(const std::string& nonce) {
  const std::scoped_lock holding(lock_);
  if (used_.erase(nonce) == 0) return;
  // It was used a moment ago: it stands near the end.
  const auto found = std::find(order_.rbegin(), order_.rend(), nonce);
  if (found != order_.rend()) order_.erase(std::next(found).base());
}

std::size_t UsedForms::size() const {
  const std::scoped_lock holding(lock_);
  return used_.size();
}

}  // namespace chaffinch
