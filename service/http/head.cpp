#include "http/head.h"

#include <algorithm>
#include <array>

namespace chaffinch::http {
namespace {

using tl::unexpected;

unexpected<Flaw> flaw(int status, std::string_view detail) {
  return unexpected<Flaw>(Flaw{status, detail});
}

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  static constexpr auto kAllowed = [] {
    std::array<bool, 256> allowed{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
      allowed[static_cast<unsigned char>(c)] = true;
    return allowed;
  }();
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return kAllowed[static_cast<unsigned char>(c)]; });
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Whether a comma-separated list holds the word.
bool lists(std::string_view list, std::string_view word) {
  while (true) {
    const std::size_t comma = list.find(',');
    if (same_word(trimmed(list.substr(0, comma)), word)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

std::optional<Flaw> read_request_line(std::string_view line, Head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return Flaw{400, "the request line is not 'METHOD TARGET HTTP/1.1'"};
  const std::string_view method = line.substr(0, first);
  std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);

  if (!is_token(method)) return Flaw{400, "the request's method is not a word"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool other = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                       version[6] == '.' && is_digit(version[7]);
    if (other) return Flaw{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
    return Flaw{400, "the request line does not end with a version"};
  }
  static constexpr std::array kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  if (std::ranges::find(kMethods, method) == kMethods.end())
    return Flaw{501, "this method is not known here"};

  if (std::ranges::any_of(target, [](char c) { return is_control(c) || c == ' ' || c == '#'; }))
    return Flaw{400, "the request's target holds a byte that must be percent-encoded"};
  // The absolute form (RFC 9112, 3.2.2), as sent to proxies: what stands before the path is dropped.
  if (!target.starts_with('/')) {
    for (const std::string_view scheme : {"http://", "https://"}) {
      if (target.size() < scheme.size() || !same_word(target.substr(0, scheme.size()), scheme)) continue;
      target.remove_prefix(scheme.size());
      target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
      head.path = "/";
      break;
    }
  }
  if (target.empty() && head.path == "/") {
    // "http://host" alone
  } else if (target == "*" && method == "OPTIONS") {
    head.path = "*";
  } else if (!target.empty() && (target[0] == '/' || head.path == "/")) {
    const std::size_t mark = target.find('?');
    if (mark != 0) head.path = target.substr(0, mark);
    if (mark != std::string_view::npos) head.query = target.substr(mark + 1);
  } else {
    return Flaw{400, "the request's target does not begin with a slash"};
  }
  head.method = method;
  head.version = version;
  return std::nullopt;
}

// The headers that say where the request ends, and who it is for.
std::optional<Flaw> read_framing(Head& head) {
  int hosts = 0, lengths = 0, codings = 0;
  bool close = false, keep = false;
  for (const auto& [name, value] : head.headers) {
    if (same_word(name, "Host")) {
      ++hosts;
    } else if (same_word(name, "Content-Length")) {
      if (++lengths > 1) return Flaw{400, "Content-Length stands there twice"};
      if (value.empty() || !std::ranges::all_of(value, is_digit))
        return Flaw{400, "Content-Length is not a number"};
      static constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
      for (const char c : value) {
        if (head.length > kMost / 16) {
          head.length = kMost;
          break;
        }
        head.length = head.length * 10 + static_cast<std::uint64_t>(c - '0');
      }
    } else if (same_word(name, "Transfer-Encoding")) {
      if (++codings > 1) return Flaw{400, "Transfer-Encoding stands there twice"};
      if (!same_word(value, "chunked")) return Flaw{501, "only the chunked transfer coding is known here"};
      head.chunked = true;
    } else if (same_word(name, "Connection")) {
      close = close || lists(value, "close");
      keep = keep || lists(value, "keep-alive");
    } else if (same_word(name, "Expect")) {
      if (!same_word(value, "100-continue"))
        return Flaw{417, "the only expectation known here is 100-continue"};
      head.expects_continue = head.version == "HTTP/1.1";  // RFC 9110, 10.1.1: ignored from HTTP/1.0
    } else if (same_word(name, "Content-Encoding")) {
      if (!value.empty() && !same_word(value, "identity"))
        return Flaw{415, "compressed bodies are not taken; send it without Content-Encoding"};
    }
  }
  if (lengths > 0 && head.chunked)
    return Flaw{400, "Content-Length and Transfer-Encoding stand there together"};
  if (head.version == "HTTP/1.0" && head.chunked) return Flaw{400, "HTTP/1.0 has no Transfer-Encoding"};
  if (hosts > 1) return Flaw{400, "Host stands there twice"};
  if (hosts == 0 && head.version == "HTTP/1.1") return Flaw{400, "HTTP/1.1 needs a Host header"};
  head.keep_alive = !close && (keep || head.version == "HTTP/1.1");
  return std::nullopt;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

tl::expected<std::optional<std::size_t>, Flaw> HeadEnd::find(std::string_view text) {
  while (true) {
    const std::size_t end = text.find('\n', scanned_);
    if (end == std::string_view::npos) {
      scanned_ = text.size();
      break;
    }
    if (end == 0 || text[end - 1] != '\r') return flaw(400, "a line of the head does not end with CR LF");
    const bool empty = end - line_ == 1;
    if (lines_ == 0 && !empty && end - line_ > kRequestLine) return flaw(414, "the request line is too long");
    scanned_ = line_ = end + 1;
    if (empty && lines_ > 0) {
      if (line_ > kHead) return flaw(431, "the headers are too large");
      return std::optional(line_);
    }
    if (!empty && ++lines_ > kHeaderCount + 1) return flaw(431, "there are too many headers");
  }
  if (lines_ == 0 && text.size() - line_ > kRequestLine) return flaw(414, "the request line is too long");
  if (text.size() > kHead) return flaw(431, "the headers are too large");
  return std::optional<std::size_t>();
}

tl::expected<Head, Flaw> read_head(std::string_view text) {
  Head head;
  while (text.starts_with("\r\n")) text.remove_prefix(2);
  std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return flaw(400, "the request line is not 'METHOD TARGET HTTP/1.1'");
  if (const auto wrong = read_request_line(text.substr(0, end), head)) return unexpected<Flaw>(*wrong);
  head.headers.reserve(16);
  while (true) {
    text.remove_prefix(end + 2);
    end = text.find("\r\n");
    if (end == std::string_view::npos) return flaw(400, "the head has no end");
    if (end == 0) break;
    const std::string_view line = text.substr(0, end);
    if (line.front() == ' ' || line.front() == '\t')
      return flaw(400, "a header is folded over several lines");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return flaw(400, "a header has no colon");
    const std::string_view name = line.substr(0, colon);
    if (!is_token(name)) return flaw(400, "a header's name is not a word");
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (std::ranges::any_of(value, [](char c) { return is_control(c) && c != '\t'; }))
      return flaw(400, "a header holds a control byte");
    head.headers.emplace_back(name, value);
  }
  if (const auto wrong = read_framing(head)) return unexpected<Flaw>(*wrong);
  return head;
}

Chunks::State Chunks::feed(std::string_view& bytes, std::string& body, std::size_t limit) {
  // A size line with an extension; longer ones have no honest use.
  static constexpr std::size_t kSizeLine = 256;
  while (!bytes.empty()) {
    if (step_ == Step::data) {
      const std::size_t count = std::min(left_, bytes.size());
      body += bytes.substr(0, count);
      bytes.remove_prefix(count);
      left_ -= count;
      if (left_ == 0) step_ = Step::data_end;
      continue;
    }
    // Everything else is a line.
    const std::size_t end = bytes.find('\n');
    const std::size_t count = end == std::string_view::npos ? bytes.size() : end + 1;
    const std::size_t most = step_ == Step::size ? kSizeLine : step_ == Step::data_end ? 2 : kTrailers;
    if (line_.size() + count > most) return State::malformed;
    line_ += bytes.substr(0, count);
    bytes.remove_prefix(count);
    overhead_ += count;
    // One-byte chunks cost five bytes each; much more than that is not a body but a way to keep us busy.
    if (overhead_ > 64 * 1024 + 8 * body.size()) return State::malformed;
    if (end == std::string_view::npos) break;
    if (!line_.ends_with("\r\n")) return State::malformed;
    const std::string_view line = std::string_view(line_).substr(0, line_.size() - 2);

    switch (step_) {
      case Step::size: {
        std::size_t digits = 0;
        std::uint64_t size = 0;
        while (digits < line.size() && hex_digit(line[digits]) >= 0) {
          if (digits == 15) return State::too_large;
          size = size * 16 + static_cast<std::uint64_t>(hex_digit(line[digits++]));
        }
        if (digits == 0) return State::malformed;
        const std::string_view extension = line.substr(digits);
        if (!extension.empty() && trimmed(extension).substr(0, 1) != ";") return State::malformed;
        if (std::ranges::any_of(extension, [](char c) { return is_control(c) && c != '\t'; }))
          return State::malformed;
        if (size > limit - body.size()) return State::too_large;
        left_ = size;
        step_ = size == 0 ? Step::trailer : Step::data;
        break;
      }
      case Step::data_end:
        if (!line.empty()) return State::malformed;
        step_ = Step::size;
        break;
      case Step::trailer:
        if (line.empty()) return State::whole;
        trailers_ += line_.size();
        if (trailers_ > kTrailers) return State::malformed;
        break;
      case Step::data:
        break;
    }
    line_.clear();
  }
  return State::more;
}

}  // namespace chaffinch::http
