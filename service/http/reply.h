// An answer as the bytes that go over the wire (RFC 9112). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/door.h"

namespace chaffinch::http {

struct ReplyForm {
  bool only_head = false;       // the answer to HEAD: the body is measured and not sent
  std::string_view connection;  // the header's value; "": there is none
  std::string_view id;          // of the request
};

// Appends to `out`. Where the answer has a body, its length and type are told; headers with a line break in
// name or value are left out.
void write_reply(std::string& out, const Answer& answer, const ReplyForm& form);

}  // namespace chaffinch::http
