#include "http/reply.h"

#include <algorithm>
#include <iterator>

namespace chaffinch::http {
namespace {

struct Reason {
  int status;
  std::string_view words;
};

// RFC 9110, 15. Words are for people; a status that has none here is sent without, as is allowed.
constexpr Reason kReasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

bool breaks(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c == '\r' || c == '\n'; });
}

}  // namespace

void write_reply(std::string& out, const Answer& answer, const ReplyForm& form) {
  const auto put = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  const auto reason = std::ranges::find(kReasons, answer.status, &Reason::status);
  out.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
  if (reason != std::end(kReasons)) out.append(reason->words);
  out.append("\r\n");
  for (const auto& [name, value] : answer.headers) {
    if (!breaks(name) && !breaks(value)) put(name, value);
  }
  if (!answer.body.empty() && !breaks(answer.type)) put("Content-Type", answer.type);
  // RFC 9110, 8.6: these two have no body, not an empty one.
  if (answer.status != 204 && answer.status != 304) put("Content-Length", std::to_string(answer.body.size()));
  if (!form.connection.empty()) put("Connection", form.connection);
  put("X-Request-Id", form.id);
  out.append("\r\n");
  if (!form.only_head) out.append(answer.body);
}

}  // namespace chaffinch::http
