// Lines of a file of lessons (`chaffinch learn export`), as JSON. The first one is the header; each other is
// one lesson:
//
//   {"format": "chaffinch lessons 1", "features": 1, "database": "9f…", "key": "<64 hex digits>", "at":
//   "2026-…Z"}
//   {"seq": 7, "site": "blog", "label": "spam", "source": "decision", "origin": "<32 hex digits>", "prior":
//   -0.2,
//    "features": [17, 90210, …]}
//
// The origin is that of the lesson where it was made: 16 digits of the database's name, 16 of the number that
// it gave. Nothing else is known of a lesson: no text, no person, no comment. The key is that under which the
// features were hashed: who holds it can guess words and try them, as with the database itself, so the file
// is private.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/lesson.h"
#include "core/result.h"
#include "core/time.h"

namespace chaffinch::http {

struct LessonsHeader {
  std::string database;  // Store::lessons_name
  std::string secret;    // Store::feature_secret
};
std::string write_lessons_header(const LessonsHeader& header, Time at);
// invalid: not such a file, or one of another format or another way of making features.
Result<LessonsHeader> read_lessons_header(std::string_view line);

struct LessonLine {
  std::int64_t seq = 0;
  std::string site;
  bool spam = false;
  std::string source;  // decision, learn, import: for people
  std::string origin;  // 32 hex digits
  Lesson lesson;
};
std::string write_lesson(const LessonLine& line);
Result<LessonLine> read_lesson(std::string_view line);

}  // namespace chaffinch::http
