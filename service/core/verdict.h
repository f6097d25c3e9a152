// What the judge says, in full: enough to explain it and to reach it again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chaffinch {

enum class Action : std::uint8_t { approve, hold, spam, discard };  // in rising order of severity

std::string_view word(Action);
std::optional<Action> action_from(std::string_view);

enum class Field : std::uint8_t {
  content,
  author_name,
  author_email,
  author_url,
  user_agent,
  referrer,
  ip,
  article_title,
  article_url,
  type
};

std::string_view word(
    Field);  // "content", "author.name", "author.email", "author.url", "client.user_agent", ...
std::optional<Field> field_from(std::string_view);

// Which reading of a field's text a rule saw (analysis/text.h makes them).
enum class View : std::uint8_t { raw, visible, folded };

std::string_view word(View);
std::optional<View> view_from(std::string_view);

// Where a rule saw what it saw: bytes [start, end) of the ORIGINAL field, whatever view the rule read. The
// value is not kept: it is read from the comment when shown, so that it ends with the comment.
struct Spot {
  Field field = Field::content;
  View view = View::raw;
  std::uint32_t start = 0;
  std::uint32_t end = 0;

  bool operator==(const Spot&) const = default;
};

struct Finding {
  std::string rule;
  double score = 0;
  std::string about;  // the sentence for the moderator; may name a number ("7 links"), never private data
  std::vector<Spot> evidence;  // at most 8 are kept
  bool shadow = false;         // evaluated and counted, adds nothing
  std::optional<Action>
      action;  // asks for at least this action, whatever the score (approve: at most, an allow rule)

  bool operator==(const Finding&) const = default;
};

struct Verdict {
  Action action = Action::hold;
  double score = 0;
  std::optional<double> probability;  // the learner's; nothing while it is silent
  std::vector<Finding> findings;      // highest score first
  bool unchecked = false;             // a check could not be made; the action is at least hold
  std::string rules_version;
  std::string model_version;

  bool operator==(const Verdict&) const = default;
};

}  // namespace chaffinch
