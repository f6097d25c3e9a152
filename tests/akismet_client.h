// A client of the Akismet protocol for tests: forms as PHP and others send them, to a House. Header only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "house.h"

namespace chaffinch::test {

using Form = std::vector<std::pair<std::string, std::string>>;

inline std::string encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string made;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (plain)
      made += c;
    else
      made += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return made;
}

inline std::string form_text(const Form& form) {
  std::string body;
  for (const auto& [name, value] : form)
    body += (body.empty() ? "" : "&") + encoded(name) + "=" + encoded(value);
  return body;
}

// The form with these fields put in, or instead of those of the same name.
inline Form with(Form form, const Form& more) {
  for (const auto& [name, value] : more) {
    bool there = false;
    for (auto& field : form) {
      if (field.first != name) continue;
      field.second = value;
      there = true;
    }
    if (!there) form.emplace_back(name, value);
  }
  return form;
}

inline Form without(Form form, std::string_view name) {
  std::erase_if(form, [&](const auto& field) { return field.first == name; });
  return form;
}

inline std::string header_of(const http::Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name) return value;
  return {};
}

// Changes the database from outside, behind the service's back.
inline void sql_behind(const House& house, const char* text) {
  sqlite3* db = nullptr;
  if (sqlite3_open(house.database().c_str(), &db) != SQLITE_OK ||
      sqlite3_busy_timeout(db, 30'000) != SQLITE_OK ||
      sqlite3_exec(db, text, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(std::string("sql: ") + sqlite3_errmsg(db));
  sqlite3_close(db);
}

class AkismetBlog {
 public:
  explicit AkismetBlog(House& house, const std::string& site = "blog")
      : key(house.token(Role::akismet, site)), house_(house) {}

  // A whole comment-check, as a plugin sends it.
  Form comment(const std::string& content, const Form& more = {}) const {
    return with({{"blog", "https://blog.example"},
                 {"user_ip", "192.0.2.10"},
                 {"user_agent", "Mozilla/5.0"},
                 {"referrer", "https://blog.example/beans"},
                 {"permalink", "https://blog.example/beans"},
                 {"comment_type", "comment"},
                 {"comment_author", "Ana"},
                 {"comment_author_email", "ana@mail.example"},
                 {"comment_author_url", ""},
                 {"comment_content", content},
                 {"api_key", key}},
                more);
  }
  http::Answer send(const std::string& call, const Form& form, House::Headers headers = {}) const {
    return raw(call, form_text(form), std::move(headers));
  }
  http::Answer raw(const std::string& call, const std::string& body, House::Headers headers = {}) const {
    bool typed = false;
    for (const auto& header : headers) typed = typed || header.first == "Content-Type";
    if (!typed) headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    return house_.ask("POST", call, body, {}, std::move(headers));
  }
  std::string check(const Form& form) const { return send("/1.1/comment-check", form).body; }
  // What is kept of the comment of this answer, as the API tells it.
  std::string kept(const http::Answer& answer) const {
    return house_.get("/v1/comments/" + header_of(answer, "X-akismet-guid"), house_.admin).body;
  }
  std::size_t count() const {
    return members(house_.get("/v1/queue?status=checked&limit=200", house_.admin).body, "received_at").size();
  }

  std::string key;

 private:
  House& house_;
};

}  // namespace chaffinch::test
