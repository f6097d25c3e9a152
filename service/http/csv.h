// Tables for spreadsheets (RFC 4180: commas, lines end in CR LF, quotes doubled). A text that a spreadsheet
// would take for a formula (it begins with = + - @, a tab or a line break) gets an apostrophe before it: what
// is in there may come from anybody. Pure; safe from any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "http/door.h"

namespace chaffinch::http {

std::string csv_text(std::string_view text);  // one cell
// Appends a line; cells as they are to stand there: numbers, or made by csv_text.
void csv_line(std::string& to, std::initializer_list<std::string_view> cells);
// To be saved under that name. REQUIRES a name that needs no quoting.
Answer csv_answer(std::string body, std::string_view file);

}  // namespace chaffinch::http
