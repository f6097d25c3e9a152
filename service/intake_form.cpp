// What a form brings along.
#include <algorithm>

#include "form_token.h"
#include "intake.h"
#include "secrets.h"

namespace chaffinch {

Result<std::string> Intake::form_token(const std::string& site, const std::string& article, Time now) const {
  const auto key = key_for([](const SigningKey&) { return true; });
  if (!key) return fail(Code::unavailable, "there is no key to sign forms with", {}, {}, 5);
  return write_form_token(key->secret, site, article, base64url(random_bytes(9)), now);
}

std::string Intake::read_form(Submission& submission, std::string_view token, Time now) {
  FormShown shown;
  key_for([&](const SigningKey& key) {
    shown = read_form_token(key.secret, submission.site, submission.article.id, token, now);
    return shown.state != FormToken::foreign;
  });
  submission.form.token = shown.state;
  if (shown.state == FormToken::foreign) return {};
  // Our clock on both sides; what a browser claims is worth less.
  submission.form.elapsed_ms = std::max<Time>(0, now - shown.at) / (kSecond / 1000);
  if (forms_.use(shown.nonce)) return shown.nonce;
  submission.form.token = FormToken::used;
  return {};
}

}  // namespace chaffinch
