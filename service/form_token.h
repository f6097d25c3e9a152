// The signed form token: a form that we showed carries one, so that a comment tells whether anybody looked at
// a form before it was sent, when, and whether the same form was sent twice. It is evidence, never a lock:
// what is wrong with it becomes a finding (rules/form_token_*.cpp), because people keep tabs open, go back,
// and share caches.
//
// It is bound to the site and the article, says nothing of the person, and is good for kFormToken:
// "1.<seconds>.<nonce>.<base64url of HMAC-SHA-256>". A tab that was open for longer counts as expired, one of
// more than kFormKept as foreign: nobody needs to know by then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "core/comment.h"
#include "core/time.h"

namespace chaffinch {

inline constexpr Time kFormToken = kDay;
inline constexpr Time kFormKept = 30 * kDay;

// Pure; safe from any thread. `nonce`: random, without dots.
std::string write_form_token(std::string_view secret, std::string_view site, std::string_view article,
                             std::string_view nonce, Time now);

// What a token says. `state` is good, expired or foreign; of a foreign one the rest is empty.
struct FormShown {
  FormToken state = FormToken::foreign;
  Time at = 0;  // when the form was shown, to the second
  std::string nonce;
};
FormShown read_form_token(std::string_view secret, std::string_view site, std::string_view article,
                          std::string_view token, Time now);

// Which tokens were used: of the newest kMost, in memory. A restart forgets, and so does a flood of more than
// that within a token's time; either lets a token be used once more, and a finding less. Safe from any
// thread.
class UsedForms {
 public:
  static constexpr std::size_t kMost = 65'536;

  explicit UsedForms(std::size_t most = kMost) : most_(most) {}

  bool use(const std::string& nonce);        // false: it was used before
  void give_back(const std::string& nonce);  // the comment was not kept: the form may be sent again
  std::size_t size() const;

 private:
  const std::size_t most_;
  mutable std::mutex lock_;
  std::unordered_set<std::string> used_;  // guarded by lock_
  std::deque<std::string> order_;         // guarded by lock_; oldest first
};

}  // namespace chaffinch
