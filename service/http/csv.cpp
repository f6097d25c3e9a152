#include "http/csv.h"

namespace chaffinch::http {

std::string csv_text(std::string_view text) {
  constexpr std::string_view kFormula = "=+-@\t\r\n";
  std::string cell;
  if (!text.empty() && kFormula.find(text.front()) != std::string_view::npos) cell = "'";
  cell += text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void csv_line(std::string& to, std::initializer_list<std::string_view> cells) {
  bool first = true;
  for (const std::string_view cell : cells) {
    if (!first) to += ',';
    first = false;
    to += cell;
  }
  to += "\r\n";
}

Answer csv_answer(std::string body, std::string_view file) {
  Answer answer;
  answer.type = "text/csv; charset=utf-8; header=present";
  answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + std::string(file) + "\"");
  answer.body = std::move(body);
  return answer;
}

}  // namespace chaffinch::http
