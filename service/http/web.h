// Files for browsers that are built into the program (service/web): widget, demo page, the moderators' desk,
// and whatever page comes besides. A file is found by its path: "/embed.js" is service/web/embed.js, "/demo"
// is service/web/demo/index.html.
//
// Answers carry a content type, an ETag (304 when the browser has it already), Cache-Control, and are
// compressed where the browser takes that (Vary). They are kept for five minutes unasked, but for the desk's:
// these are asked for each time, so that a new program's page never meets an old one's style, or kept for
// good where the name has a hash of what is in the file, as its scripts' names have. Pages get a strict
// Content-Security-Policy: scripts, styles and calls of their own origin, no inline ones, no frames; the
// desk's besides Trusted Types without a policy, so that no script of it can make HTML of a text. Safe from
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/door.h"

namespace chaffinch::http {

// The file of this path, as it is in the program; nothing when there is none.
std::optional<std::string_view> web_file(std::string_view path);

// own: for our pages. shared: other sites' pages load it (the widget and its texts). desk: of the desk.
enum class WebUse : std::uint8_t { own, shared, desk };

// The answer with it; nothing when there is none.
std::optional<Answer> web_answer(const Ask& ask, std::string_view path, WebUse use);

// Compresses an answer of JSON, quickly, where the caller takes that and it saves a packet.
void pack(const Ask& ask, Answer& answer);

// A page that was made for this request, with the same headers as a file's, and never kept.
Answer web_page(std::string html);

}  // namespace chaffinch::http
