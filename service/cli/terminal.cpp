#include "cli/terminal.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <poll.h>
#include <unistd.h>

namespace chaffinch::cli {
namespace {

// The code point at `at` and its length; length 0 when the bytes are no UTF-8 (overlong forms and surrogates
// included).
std::pair<char32_t, std::size_t> decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> char32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const char32_t lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {lead, 0};
  char32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {lead, 0};
    code = code << 6 | (byte(at + i) & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {lead, 0};
  return {code, length};
}

bool drives(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x200E || code == 0x200F ||
         code == 0x061C || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0xFEFF;
}

void append_hex(std::string& to, const char* format, unsigned value) {
  char text[16];
  std::snprintf(text, sizeof text, format, value);
  to += text;
}

}  // namespace

std::string plain(std::string_view text, bool lines) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, length] = decode(text, at);
    if (length == 0) {
      append_hex(shown, "\\x%02x", static_cast<unsigned>(code));
    } else if (!drives(code) || (lines && (code == '\n' || code == '\t'))) {
      shown += text.substr(at, length);
    } else if (code == '\n') {
      shown += "\\n";
    } else if (code == '\r') {
      shown += "\\r";
    } else if (code == '\t') {
      shown += "\\t";
    } else if (code < 0x80) {
      append_hex(shown, "\\x%02x", static_cast<unsigned>(code));
    } else {
      append_hex(shown, "\\u{%x}", static_cast<unsigned>(code));
    }
    at += std::max<std::size_t>(length, 1);
  }
  return shown;
}

bool put(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        pollfd ready{.fd = fd, .events = POLLOUT, .revents = 0};
        ::poll(&ready, 1, -1);
        continue;
      }
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

bool out(std::string_view text) {
  return put(STDOUT_FILENO, text);
}
bool err(std::string_view text) {
  return put(STDERR_FILENO, text);
}

std::string in_one_sentence(const Error& error) {
  std::string sentence = plain(error.what.empty() ? "it failed" : error.what);
  if (!error.where.empty()) sentence += " (" + plain(error.where) + ")";
  if (!error.advice.empty()) sentence += ": " + plain(error.advice);
  return sentence;
}

int complain(const Error& error) {
  err("chaffinch: " + in_one_sentence(error) + "\n");
  return kFailed;
}

int complain(std::string_view sentence) {
  err("chaffinch: " + plain(sentence) + "\n");
  return kFailed;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string wide(std::string text, std::size_t width, bool right) {
  const std::string blanks(text.size() < width ? width - text.size() : 0, ' ');
  return right ? blanks + text : text + blanks;
}

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1),
      began_(std::chrono::steady_clock::now()),
      last_(began_) {}

Progress::~Progress() {
  clear();
}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

void Progress::clear() {
  if (drawn_) err("\r\x1b[K");
  drawn_ = false;
}

void Progress::show(std::uint64_t done, std::uint64_t rows) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  std::string line = "\r\x1b[K" + plain(what_) + "  ";
  if (total_ > 0) {
    const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
    const auto filled = static_cast<std::size_t>(part * 30);
    line +=
        "[" + std::string(filled, '#') + std::string(30 - filled, '.') + "] " + fixed(part * 100, 0) + "%  ";
  }
  if (rows > 0) {
    const double rate = static_cast<double>(rows) / std::max(seconds(), 0.001);
    line += grouped(rows) + "  " + grouped(static_cast<std::uint64_t>(rate)) + "/s";
  }
  err(line);
  drawn_ = true;
}

}  // namespace chaffinch::cli
