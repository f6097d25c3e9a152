#include "core/evidence.h"

#include <algorithm>

namespace chaffinch {

std::pair<std::uint32_t, std::uint32_t> Text::original(std::size_t start, std::size_t end) const {
  // A match may begin or end within a character; what is shown to people may not.
  const auto within = [this](std::size_t at) {
    return at < value.size() && (static_cast<unsigned char>(value[at]) & 0xC0) == 0x80;
  };
  if (start < end) {
    while (start > 0 && within(start)) --start;
    while (within(end)) ++end;
  }
  const auto first = static_cast<std::uint32_t>(start);
  const auto last = static_cast<std::uint32_t>(end);
  if (runs.empty()) return {first, last};
  // The run that holds a view byte: the last one that begins at or before it.
  const auto holding = [this](std::uint32_t at) {
    const auto after = std::upper_bound(runs.begin(), runs.end(), at,
                                        [](std::uint32_t byte, const Run& run) { return byte < run.at; });
    return after == runs.begin() ? after : after - 1;
  };
  const auto head = holding(first);
  const std::uint32_t from = head->verbatim ? head->origin + (first - head->at) : head->origin;
  if (first == last) return {from, from};
  const auto tail = holding(last - 1);
  const std::uint32_t to = tail->verbatim ? tail->origin + (last - tail->at) : tail->origin + tail->length;
  return {std::min(from, to), std::max(from, to)};
}

std::string_view Evidence::raw(Field field) const {
  switch (field) {
    case Field::content:
      return comment.content;
    case Field::author_name:
      return comment.author.name;
    case Field::author_email:
      return comment.author.email;
    case Field::author_url:
      return comment.author.url;
    case Field::user_agent:
      return comment.client.user_agent;
    case Field::referrer:
      return comment.client.referrer;
    case Field::ip:
      return comment.client.ip;
    case Field::article_title:
      return comment.article.title;
    case Field::article_url:
      return comment.article.url;
    case Field::type:
      return comment.type;
  }
  return {};
}

const Text* Evidence::view(Field field, View view) const {
  if (view == View::raw) return nullptr;
  switch (field) {
    case Field::content:
      return view == View::visible ? &visible : &folded;
    case Field::author_name:
      return view == View::folded ? &name_folded : nullptr;
    case Field::author_url:
      return view == View::folded ? &url_folded : nullptr;
    case Field::article_title:
      return view == View::folded ? &title_folded : nullptr;
    default:
      return nullptr;
  }
}

}  // namespace chaffinch
