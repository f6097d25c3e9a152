// The words of every enumeration, both ways, in one place.
#include <array>
#include <utility>

#include "core/comment.h"
#include "core/decision.h"
#include "core/site.h"
#include "core/verdict.h"

namespace chaffinch {
namespace {

template <class E, std::size_t N>
using Words = std::array<std::pair<E, std::string_view>, N>;

constexpr Words<Status, 5> kStatus = {{{Status::pending, "pending"},
                                       {Status::approved, "approved"},
                                       {Status::rejected, "rejected"},
                                       {Status::spam, "spam"},
                                       {Status::checked, "checked"}}};
constexpr Words<FormToken, 5> kFormToken = {{{FormToken::missing, "missing"},
                                             {FormToken::good, "good"},
                                             {FormToken::used, "used"},
                                             {FormToken::expired, "expired"},
                                             {FormToken::foreign, "foreign"}}};
constexpr Words<Action, 4> kAction = {{{Action::approve, "approve"},
                                       {Action::hold, "hold"},
                                       {Action::spam, "spam"},
                                       {Action::discard, "discard"}}};
constexpr Words<Field, 10> kField = {{{Field::content, "content"},
                                      {Field::author_name, "author.name"},
                                      {Field::author_email, "author.email"},
                                      {Field::author_url, "author.url"},
                                      {Field::user_agent, "client.user_agent"},
                                      {Field::referrer, "client.referrer"},
                                      {Field::ip, "client.ip"},
                                      {Field::article_title, "article.title"},
                                      {Field::article_url, "article.url"},
                                      {Field::type, "type"}}};
constexpr Words<View, 3> kView = {{{View::raw, "raw"}, {View::visible, "visible"}, {View::folded, "folded"}}};
constexpr Words<Moderation, 3> kModeration = {{{Moderation::hold_all, "hold_all"},
                                               {Moderation::hold_first, "hold_first"},
                                               {Moderation::publish, "publish"}}};
constexpr Words<AkismetHold, 3> kAkismetHold = {
    {{AkismetHold::no, "false"}, {AkismetHold::yes, "true"}, {AkismetHold::error, "error"}}};
constexpr Words<Role, 7> kRole = {{{Role::admin, "admin"},
                                   {Role::moderator, "moderator"},
                                   {Role::frontend, "frontend"},
                                   {Role::feed, "feed"},
                                   {Role::metrics, "metrics"},
                                   {Role::akismet, "akismet"},
                                   {Role::everybody, "everybody"}}};
constexpr Words<DecisionKind, 5> kDecision = {{{DecisionKind::approve, "approve"},
                                               {DecisionKind::reject, "reject"},
                                               {DecisionKind::spam, "spam"},
                                               {DecisionKind::undo, "undo"},
                                               {DecisionKind::learn, "learn"}}};

template <class E, std::size_t N>
std::string_view word_in(const Words<E, N>& words, E value) {
  for (const auto& [key, text] : words) {
    if (key == value) return text;
  }
  return "?";
}

template <class E, std::size_t N>
std::optional<E> value_in(const Words<E, N>& words, std::string_view word) {
  for (const auto& [key, text] : words) {
    if (text == word) return key;
  }
  return std::nullopt;
}

}  // namespace

std::string_view word(Status value) {
  return word_in(kStatus, value);
}
std::string_view word(FormToken value) {
  return word_in(kFormToken, value);
}
std::string_view word(Action value) {
  return word_in(kAction, value);
}
std::string_view word(Field value) {
  return word_in(kField, value);
}
std::string_view word(View value) {
  return word_in(kView, value);
}
std::string_view word(Moderation value) {
  return word_in(kModeration, value);
}
std::string_view word(AkismetHold value) {
  return word_in(kAkismetHold, value);
}
std::string_view word(Role value) {
  return word_in(kRole, value);
}
std::string_view word(DecisionKind value) {
  return word_in(kDecision, value);
}

std::optional<Status> status_from(std::string_view text) {
  return value_in(kStatus, text);
}
std::optional<FormToken> form_token_from(std::string_view text) {
  return value_in(kFormToken, text);
}
std::optional<Action> action_from(std::string_view text) {
  return value_in(kAction, text);
}
std::optional<Field> field_from(std::string_view text) {
  return value_in(kField, text);
}
std::optional<View> view_from(std::string_view text) {
  return value_in(kView, text);
}
std::optional<Moderation> moderation_from(std::string_view text) {
  return value_in(kModeration, text);
}
std::optional<AkismetHold> akismet_hold_from(std::string_view text) {
  return value_in(kAkismetHold, text);
}
std::optional<Role> role_from(std::string_view text) {
  return value_in(kRole, text);
}
std::optional<DecisionKind> decision_from(std::string_view text) {
  return value_in(kDecision, text);
}

bool is_status(DecisionKind kind) {
  return kind == DecisionKind::approve || kind == DecisionKind::reject || kind == DecisionKind::spam;
}

bool teaches(DecisionKind kind) {
  return kind == DecisionKind::approve || kind == DecisionKind::spam;
}

Status status_of(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::approve:
      return Status::approved;
    case DecisionKind::reject:
      return Status::rejected;
    case DecisionKind::spam:
      return Status::spam;
    case DecisionKind::undo:
    case DecisionKind::learn:
      break;
  }
  return Status::pending;
}

}  // namespace chaffinch
