#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Write me on WhatsApp +1 555 010 4477 for loans", .hit = true},
    {.content = "send coins to 0x52908400098527886E0F7030069857D2E4169EE7 now", .hit = true},
    {.content = "join t.me/quick_profit_now", .hit = true},
    {.content = "contact via telegram: @quickprofit", .hit = true},
    {.content = "contact drzuma.spell@example.com for help", .hit = true},
    {.content = "The commit is 52908400098527886e0f7030069857d2e4169ee7.", .hit = false},
    {.content = "In 2019 there were 1,200,300 of them, +12 % more", .hit = false},
    {.content = "I use Telegram every day.", .hit = false},
    {.content = "ISBN 978-3-16-148410-0 has it on page 1201", .hit = false},
};

bool hex(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

// "+1 555 010 4477": a plus and 9 to 15 digits with marks between.
std::size_t phone_end(std::string_view text, std::size_t at) {
  std::size_t digits = 0;
  std::size_t gap = 0;
  std::size_t end = at;
  for (std::size_t i = at + 1; i < text.size() && gap < 3; ++i) {
    if (is_digit(text[i])) {
      ++digits;
      gap = 0;
      end = i + 1;
    } else if (std::string_view(" -.()").find(text[i]) != std::string_view::npos) {
      ++gap;
    } else {
      break;
    }
  }
  return digits >= 9 && digits <= 15 ? end : at;
}

// Ethereum ("0x" and 40 hex digits), Tron ("T" and 33), Bitcoin ("bc1...").
bool wallet(std::string_view token) {
  if (token.size() == 42 && token.starts_with("0x")) {
    return std::all_of(token.begin() + 2, token.end(), hex);
  }
  const bool plain =
      std::all_of(token.begin(), token.end(), [](char c) { return is_letter(c) || is_digit(c); });
  if (!plain) return false;
  if (token.starts_with("bc1") && token.size() >= 40 && token.size() <= 64) return true;
  return token.size() == 34 && token.front() == 'T' &&
         std::count_if(token.begin(), token.end(), is_digit) > 3 &&
         std::count_if(token.begin(), token.end(), is_lower) > 3;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  const std::string_view text = seen.visible.value;
  const std::string low = lowered(text);
  Noticed noticed;
  const auto note = [&](std::size_t start, std::size_t end) {
    if (noticed.evidence.size() < 8)
      noticed.evidence.push_back(spot_in(seen.visible, View::visible, start, end));
  };
  for (std::size_t at = low.find('+'); at != std::string::npos; at = low.find('+', at + 1)) {
    const bool sum = at > 0 && in_word(low[at - 1]);
    const std::size_t end = sum ? at : phone_end(low, at);
    if (end > at) note(at, end);
  }
  if (seen.shape.longest_word >= 34) {
    for (const std::string_view token : tokens_of(text)) {
      const auto start = static_cast<std::size_t>(token.data() - text.data());
      if (token.size() >= 34 && token.size() <= 64 && wallet(token)) note(start, start + token.size());
    }
  }
  static constexpr std::string_view kMessengers[] = {"t.me/", "wa.me/", "telegram.me/", "chat.whatsapp.com/"};
  const bool slashes = low.find("me/") != std::string::npos || low.find("com/") != std::string::npos;
  for (const std::string_view address : kMessengers) {
    if (!slashes) break;
    const std::size_t at = low.find(address);
    const bool edge = at != std::string::npos && (at == 0 || !in_word(low[at - 1]));
    if (edge && at + address.size() < low.size() && in_word(low[at + address.size()])) {
      note(at, at + address.size());
    }
  }
  // "telegram: @name", "skype : name".
  static constexpr std::string_view kNamed[] = {"telegram", "whatsapp", "skype", "signal",
                                                "wechat",   "icq",      "email"};
  static constexpr std::string_view kCall[] = {"contact ", "contact: ", "contact via ", "reach ", "message ",
                                               "mail ",    "email: ",   "email ",       "dm "};
  const bool sign = low.find('@') != std::string::npos;
  for (const std::string_view messenger : kNamed) {
    if (!sign) break;
    const std::size_t at = low.find(messenger);
    if (at == std::string::npos) continue;
    std::size_t next = at + messenger.size();
    while (next < low.size() && (low[next] == ' ' || low[next] == ':' || low[next] == '-')) ++next;
    if (next < low.size() && low[next] == '@' && next + 4 < low.size() && in_word(low[next + 1]))
      note(at, next + 1);
  }
  for (const std::string_view call : kCall) {
    if (!sign) break;
    const std::size_t at = low.find(call);
    if (at == std::string::npos) continue;
    const std::size_t end = std::min(low.find(' ', at + call.size()), low.size());
    const std::size_t mark = low.find('@', at + call.size());
    if (mark != std::string::npos && mark < end && mark > at + call.size() + 1 && low.find('.', mark) < end) {
      note(at, end);
    }
  }
  if (noticed.evidence.empty()) return std::nullopt;
  return noticed;
}

}  // namespace

extern constinit const Rule contact_details{
    .name = "contact_details",
    .about = "Asks to be contacted by phone, messenger, mail or wallet.",
    .score = 1.5,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
