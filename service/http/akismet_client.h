// What the handlers of the Akismet protocol share: who calls, and the answers that its clients understand.
// Private to http/api_akismet*.cpp.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/site.h"
#include "http/akismet_form.h"
#include "http/calls.h"

namespace chaffinch::http {

struct AkismetClient {
  AkismetForm form;
  Token token;
  Site site;
};

// Reads the form and finds the site of its key. unauthorized, forbidden: the key is missing, unknown, or not
// for that blog. invalid: `needs_blog`, and there is none.
Result<AkismetClient> akismet_client(Service& service, const Call& call, bool needs_blog);

Answer akismet_answer(std::string body);  // text/plain, 200
// A mistake of the client's is 200, `invalid`, with the reason for its developer. Whatever keeps us from
// answering is 503 (429 for keys that are guessed), without a body, with X-akismet-error: most clients hold
// the comment then.
Answer akismet_failure(const Error& error);
Answer akismet_failure(int status, std::string_view why, int retry_after = 0);

}  // namespace chaffinch::http
