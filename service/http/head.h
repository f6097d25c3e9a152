// The head of a request, read strictly, and the chunked coding of bodies. Pure: no sockets, no library.
//
// Strict, because a proxy in front and this service must never disagree about where a request ends (RFC
// 9112, 11.2): whatever may be read in two ways is refused, never guessed. Lines end with CRLF; nothing is
// folded; a name is a token with its colon right behind it; no control bytes; one Content-Length of digits
// alone, or `Transfer-Encoding: chunked` alone, never both; one Host for HTTP/1.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace chaffinch::http {

// Without the blanks and tabs around it, which a header's value may have (RFC 9110, 5.6.3).
std::string_view trimmed(std::string_view text);

inline constexpr std::size_t kRequestLine = 8 * 1024;  // method, target and version; longer: 414
inline constexpr std::size_t kHead = 32 * 1024;        // the whole head; longer: 431
inline constexpr std::size_t kHeaderCount = 100;       // more: 431
inline constexpr std::size_t kTrailers = 4 * 1024;     // after the last chunk; read and dropped

// Why a request is turned away before it is looked at. `detail` is a constant sentence for the client.
struct Flaw {
  int status = 400;
  std::string_view detail;
};

// Looks for the empty line that ends a head, each byte once. Empty lines before the request line are part of
// the head (RFC 9112, 2.2) and read_head() skips them.
class HeadEnd {
 public:
  // `text` is what came so far and only grows between calls. The size of the head, nothing while it is not
  // whole, or what is wrong with it already.
  tl::expected<std::optional<std::size_t>, Flaw> find(std::string_view text);
  void reset() { *this = {}; }

 private:
  std::size_t scanned_ = 0;
  std::size_t line_ = 0;   // where the current line begins
  std::size_t lines_ = 0;  // whole lines that were not empty
};

struct Head {
  std::string method;   // one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS
  std::string path;     // as sent, percent-encoded; begins with "/", or is "*"
  std::string query;    // as sent, without "?"
  std::string version;  // "HTTP/1.1" or "HTTP/1.0"
  std::vector<std::pair<std::string, std::string>>
      headers;               // as sent, in order, blanks around values removed
  std::uint64_t length = 0;  // Content-Length; huge values stop at 2^63
  bool chunked = false;
  bool keep_alive = true;  // what the client asks for
  bool expects_continue = false;

  bool announces_body() const { return chunked || length > 0; }
};

// `text`: a head as found by HeadEnd, its empty line included.
tl::expected<Head, Flaw> read_head(std::string_view text);

// Decodes a chunked body piece by piece. After `whole`, `malformed` or `too_large` it is spent.
class Chunks {
 public:
  enum class State : std::uint8_t { more, whole, malformed, too_large };

  // Takes bytes from the front of `bytes` (what is left belongs to the next request) and appends what they
  // carry to `body`, which never grows beyond `limit`.
  State feed(std::string_view& bytes, std::string& body, std::size_t limit);

 private:
  enum class Step : std::uint8_t { size, data, data_end, trailer };

  Step step_ = Step::size;
  std::string line_;          // the unfinished size or trailer line, its CRLF included
  std::size_t left_ = 0;      // bytes of the current chunk still to come
  std::size_t overhead_ = 0;  // bytes that carried nothing
  std::size_t trailers_ = 0;
};

bool same_word(std::string_view a, std::string_view b);  // ASCII letters in any case

}  // namespace chaffinch::http
