// A site's settings and the judge's policy for it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/comment.h"
#include "core/time.h"

namespace chaffinch {

// hold_all: every comment waits for a moderator. hold_first: an author's first comment waits. publish: what
// is not flagged is public at once.
enum class Moderation : std::uint8_t { hold_all, hold_first, publish };

std::string_view word(Moderation);
std::optional<Moderation> moderation_from(std::string_view);

// Score thresholds; 0 < hold <= spam <= discard.
struct Policy {
  double hold = 3;
  double spam = 6;
  double discard = 12;
  Moderation moderation = Moderation::hold_first;
  // "rule.score" and "rule.knob" -> value, e.g. {"link_count.max", 5}. Checked against the rule set when
  // saved.
  std::map<std::string, double, std::less<>> overrides;

  bool operator==(const Policy&) const = default;
};

// How long private things stay, in days. 0: for ever. Defaults of the house plan.
struct Retention {
  std::int32_t client_days = 30;  // IP, user agent, referrer
  std::int32_t spam_days = 30;
  std::int32_t checked_days = 15;
  std::int32_t rejected_days = 90;

  bool operator==(const Retention&) const = default;
};

// What a site's clients of the Akismet protocol are answered about a comment that is to be held, since that
// protocol has no word for it: no (not spam: the client does as its own settings say), yes (spam: it lands in
// the client's spam folder), error (neither: most clients hold it and ask again).
enum class AkismetHold : std::uint8_t { no, yes, error };

std::string_view word(AkismetHold);  // "false", "true", "error"
std::optional<AkismetHold> akismet_hold_from(std::string_view);

struct Site {
  std::string id;  // short word chosen at creation: [a-z0-9][a-z0-9-]{0,62}
  std::string name;
  std::string url;                   // "https://blog.example"; articles made by the public must lie under it
  std::vector<std::string> origins;  // further origins for CORS and redirects
  std::int32_t edit_minutes = 15;    // how long an author's receipt may edit or remove
  Policy policy;
  Retention retention;
  bool shares_lessons = false;  // what its moderators teach goes also into the model that sites share
  bool markdown = false;        // comments are shown by a safe subset of Markdown, else as plain paragraphs
  AkismetHold akismet_hold = AkismetHold::no;
  bool akismet_own_blog = false;  // its Akismet keys are good for blogs under its url and origins alone
  Time created_at = 0;
  std::int64_t version = 1;  // counts changes of the settings

  bool operator==(const Site&) const = default;
};

enum class Role : std::uint8_t {
  admin,
  moderator,
  frontend,
  feed,
  metrics,
  akismet,
  everybody
};  // akismet: a key of the Akismet protocol, good for nothing else; everybody: no token

std::string_view word(Role);
std::optional<Role> role_from(std::string_view);

// A token as kept: never its secret.
struct Token {
  Id id;
  std::string name;  // for people: "ana", "wordpress"
  Role role = Role::frontend;
  std::string site;  // empty: all sites
  Time created_at = 0;
  std::optional<Time> expires_at;
  std::optional<Time> revoked_at;
  std::optional<Time> last_used_at;  // to the hour

  bool operator==(const Token&) const = default;
};

}  // namespace chaffinch
