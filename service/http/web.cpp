#include "http/web.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <utility>

#include <zlib.h>

#include "analysis/text.h"
#include "secrets.h"
#include "web_files.h"

namespace chaffinch::http {
namespace {

constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

constexpr std::string_view kDeskPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'";

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
};

constexpr std::size_t kWorthPacking = 1400;  // bytes; less fits into one packet as it is

struct WebFile {
  std::string_view text;
  std::string_view type;
  std::string packed;  // gzip; empty where that would not be shorter
  std::string tag;     // without quotes
};

std::string gzip(std::string_view text, int level) {
  z_stream stream{};
  // 15 bits of window, and 16 for a gzip header (without a time, so that equal files are equal).
  if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib does not start");
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int ended = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (ended != Z_STREAM_END) throw std::runtime_error("zlib does not end");
  return packed;
}

// Made at the first request; what is in the program does not change.
const std::map<std::string_view, WebFile>& files() {
  static const std::map<std::string_view, WebFile> kFiles = [] {
    std::map<std::string_view, WebFile> made;
    for (const auto& [name, text] : kWebFiles) {
      const auto type =
          std::find_if(std::begin(kTypes), std::end(kTypes),
                       [&, at = std::string_view(name)](const auto& one) { return at.ends_with(one.first); });
      if (type == std::end(kTypes)) throw std::logic_error("no content type for " + std::string(name));
      WebFile file{.text = text,
                   .type = type->second,
                   .packed = gzip(text, Z_BEST_COMPRESSION),
                   .tag = sha256_hex(text).substr(0, 20)};
      if (file.packed.size() >= file.text.size()) file.packed.clear();
      made.emplace(name, std::move(file));
    }
    return made;
  }();
  return kFiles;
}

const WebFile* find(std::string_view path) {
  path.remove_prefix(std::min<std::size_t>(1, path.size()));
  const auto found = files().find(path);
  if (found != files().end()) return &found->second;
  const auto index = files().find(std::string(path) + "/index.html");
  return index == files().end() ? nullptr : &index->second;
}

// Whether a list header ("gzip;q=1, br") names this word and does not refuse it.
bool takes(std::string_view list, std::string_view word) {
  const std::string text = ascii_lower(list);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    std::string one = text.substr(at, end - at);
    one.erase(std::remove(one.begin(), one.end(), ' '), one.end());
    const std::size_t mark = std::min(one.find(';'), one.size());
    if (one.substr(0, mark) == word) {
      const std::string quality = one.substr(mark);
      return quality.find_first_not_of(";q=0.") != std::string::npos || quality.empty();
    }
    at = end + 1;
  }
  return false;
}

// Whether If-None-Match names this tag, weakly compared.
bool has(std::string_view list, std::string_view quoted) {
  return list == "*" || list.find(quoted) != std::string_view::npos;
}

// Whether the name has a hash of what is in the file ("app-TDVHCTFZ.js"; embed.cmake): a change is another
// file.
bool names_its_content(std::string_view path) {
  constexpr std::size_t kHash = 8;
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos || dot < kHash + 1 || path[dot - kHash - 1] != '-') return false;
  const std::string_view hash = path.substr(dot - kHash, kHash);
  return std::all_of(hash.begin(), hash.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
}

std::string_view cache_control(std::string_view path, WebUse use) {
  // A new program's files are seen within five minutes everywhere, and the desk's at once.
  if (use != WebUse::desk) return "public, max-age=300";
  return names_its_content(path) ? "public, max-age=31536000, immutable" : "no-cache";
}

void put_page_headers(Answer& answer, std::string_view policy = kPagePolicy) {
  answer.headers.emplace_back("Content-Security-Policy", policy);
  // A form of the page tells its own page where it came from, and others nothing.
  answer.headers.emplace_back("Referrer-Policy", "same-origin");
}

}  // namespace

std::optional<std::string_view> web_file(std::string_view path) {
  const WebFile* file = find(path);
  return file == nullptr ? std::nullopt : std::optional(file->text);
}

std::optional<Answer> web_answer(const Ask& ask, std::string_view path, WebUse use) {
  const WebFile* file = find(path);
  if (file == nullptr) return std::nullopt;
  const bool packed = !file->packed.empty() && takes(ask.header("Accept-Encoding"), "gzip");
  // Two bodies, two tags.
  const std::string tag = "\"" + file->tag + (packed ? "-gzip" : "") + "\"";
  Answer answer;
  answer.type = std::string(file->type);
  answer.headers.emplace_back("ETag", tag);
  answer.headers.emplace_back("Vary", "Accept-Encoding");
  answer.headers.emplace_back("Cache-Control", cache_control(path, use));
  if (use == WebUse::shared) {
    answer.headers.emplace_back("Access-Control-Allow-Origin", "*");
    answer.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  }
  if (file->type.starts_with("text/html"))
    put_page_headers(answer, use == WebUse::desk ? kDeskPolicy : kPagePolicy);
  if (has(ask.header("If-None-Match"), tag)) {
    answer.status = 304;
    return answer;
  }
  if (packed) answer.headers.emplace_back("Content-Encoding", "gzip");
  answer.body = packed ? file->packed : std::string(file->text);
  return answer;
}

void pack(const Ask& ask, Answer& answer) {
  if (answer.status != 200 || answer.type != "application/json" || answer.body.size() < kWorthPacking) return;
  answer.headers.emplace_back("Vary", "Accept-Encoding");
  if (!takes(ask.header("Accept-Encoding"), "gzip")) return;
  std::string packed = gzip(answer.body, Z_BEST_SPEED);
  if (packed.size() >= answer.body.size()) return;
  answer.body = std::move(packed);
  answer.headers.emplace_back("Content-Encoding", "gzip");
}

Answer web_page(std::string html) {
  Answer answer;
  answer.type = "text/html; charset=utf-8";
  answer.body = std::move(html);
  put_page_headers(answer);
  return answer;
}

}  // namespace chaffinch::http
