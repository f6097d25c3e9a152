#include "http/refusal.h"

#include <algorithm>

namespace chaffinch::http {
namespace {

struct Words {
  int status;
  std::string_view title, code;
};

// Statuses that the door itself answers.
constexpr Words kWords[] = {
    {400, "Bad Request", "invalid"},
    {408, "Request Timeout", "timeout"},
    {413, "Content Too Large", "too_large"},
    {414, "URI Too Long", "too_large"},
    {415, "Unsupported Media Type", "unsupported"},
    {417, "Expectation Failed", "unsupported"},
    {431, "Request Header Fields Too Large", "too_large"},
    {500, "Internal Server Error", "internal"},
    {501, "Not Implemented", "not_allowed"},
    {503, "Service Unavailable", "unavailable"},
    {505, "HTTP Version Not Supported", "unsupported"},
};

}  // namespace

Answer refusal(int status, std::string_view detail) {
  const Words& words = *std::ranges::find(kWords, status, &Words::status);
  Answer answer;
  answer.status = status;
  answer.type = "application/problem+json";
  answer.body = "{\"type\":\"about:blank\",\"title\":\"";
  answer.body += words.title;
  answer.body += "\",\"status\":" + std::to_string(status) + ",\"code\":\"";
  answer.body += words.code;
  answer.body += "\",\"detail\":\"";
  answer.body += detail;
  answer.body += "\"}";
  return answer;
}

}  // namespace chaffinch::http
