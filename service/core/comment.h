// A comment as plain data, from the moment it is read to the day it is swept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/id.h"
#include "core/time.h"

namespace chaffinch {

// pending waits in the queue; approved is public; rejected broke the house rules without being spam; checked
// was judged for a client that keeps its own comments: never queued, never public.
enum class Status : std::uint8_t { pending, approved, rejected, spam, checked };

std::string_view word(Status);                        // "pending" ...
std::optional<Status> status_from(std::string_view);  // the inverse

struct Author {
  std::string name;
  std::string email;
  std::string url;
  std::string id;  // verified by the front end; never taken from a public caller

  bool operator==(const Author&) const = default;
};

struct Client {
  std::string ip;  // canonical text of an IPv4 or IPv6 address, or empty
  std::string user_agent;
  std::string referrer;

  bool operator==(const Client&) const = default;
};

// An article is named by the site: its id is the site's own and may hold slashes.
struct ArticleRef {
  std::string id;
  std::string url;
  std::string title;

  bool operator==(const ArticleRef&) const = default;
};

// What became of the token that a form carries (form_token.h). missing: a public caller brought none.
// foreign: not signed by us, or for another site or article.
enum class FormToken : std::uint8_t { missing, good, used, expired, foreign };

std::string_view word(FormToken);
std::optional<FormToken> form_token_from(std::string_view);

// What the form itself tells. All optional: a comment without a form has none of it.
struct FormSignals {
  std::optional<std::int64_t> elapsed_ms;  // from showing the form to submitting it
  std::optional<std::string>
      honeypot;                    // what stood in the field that people do not see; at most 200 bytes kept
  std::optional<FormToken> token;  // nothing: a front end spoke, which need not have shown a form of ours

  bool operator==(const FormSignals&) const = default;
};

// What was submitted, checked for size and encoding by the door that read it.
struct Submission {
  std::string site;  // id of the site
  ArticleRef article;
  std::optional<Id> parent;
  Author author;
  std::string content;  // valid UTF-8 without NUL
  Client client;
  std::string type = "comment";    // comment, pingback, trackback, ... any short word
  std::optional<Time> created_at;  // the client's own time; only from trusted front ends and imports
  FormSignals form;

  bool operator==(const Submission&) const = default;
};

struct Comment : Submission {
  Id id;
  Status status = Status::pending;
  bool discard = false;      // blatant: stored as spam, marked
  Time received_at = 0;      // our clock; the queue's order
  std::int32_t version = 1;  // counts every change of status or text; decisions name the version they saw
  bool decided = false;      // a person's decision stands on it
  std::optional<Time> edited_at;

  Time shown_at() const { return created_at.value_or(received_at); }
};

}  // namespace chaffinch
