#include "http/wire_lessons.h"

#include <algorithm>
#include <limits>

#include "core/limits.h"
#include "http/wire_json.h"

namespace chaffinch::http {
namespace {

constexpr std::string_view kFormat = "chaffinch lessons 1";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kOrigin = 32;

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(digit(text[i]) << 4 | digit(text[i + 1]));
  return bytes;
}

}  // namespace

std::string write_lessons_header(const LessonsHeader& header, Time at) {
  return dump({{"format", kFormat},
               {"features", kFeatureVersion},
               {"database", header.database},
               {"key", hex(header.secret)},
               {"at", format_time(at)}});
}

Result<LessonsHeader> read_lessons_header(std::string_view line) {
  const auto json = parse_json(line);
  const auto format = json && json->is_object() ? json->find("format") : Json::const_iterator();
  const bool ours = json && json->is_object() && format != json->end() && format->is_string();
  if (!ours || !format->get<std::string>().starts_with("chaffinch lessons")) {
    return fail(Code::invalid, "this is no file of lessons", {},
                "`chaffinch learn export` writes one; labelled comments are for `chaffinch import`");
  }
  Flaws flaws;
  Fields from(*json, {}, flaws, "the header");
  if (from.required("format", 100) != kFormat)
    from.wrong("format", "this version of the program reads \"" + std::string(kFormat) + "\" only");
  const auto version = from.whole("features", 0, 1'000'000);
  if (!version)
    from.missing("features", "it is missing");
  else if (*version != kFeatureVersion)
    from.wrong("features",
               "these lessons are of version " + std::to_string(*version) +
                   ", this program's are of version " + std::to_string(kFeatureVersion),
               "teach by the labelled comments instead: `chaffinch export` there, `chaffinch import` here");
  LessonsHeader header;
  header.database = from.required("database", 64);
  const std::string key = from.required("key", 2 * kKeyBytes);
  if (!flaws.any() && (key.size() != 2 * kKeyBytes || !is_hex(key)))
    from.wrong("key", "it must be 64 hexadecimal digits");
  (void)from.time("at");
  from.finish();
  if (flaws.any()) return flaws.error();
  header.secret = from_hex(key);
  return header;
}

std::string write_lesson(const LessonLine& line) {
  return dump({{"seq", line.seq},
               {"site", line.site},
               {"label", line.spam ? "spam" : "ham"},
               {"source", line.source},
               {"origin", line.origin},
               {"prior", static_cast<double>(line.lesson.prior)},
               {"features", line.lesson.vector}});
}

Result<LessonLine> read_lesson(std::string_view text) {
  auto json = parse_json(text);
  if (!json) return tl::unexpected(std::move(json).error());
  Flaws flaws;
  Fields from(*json, {}, flaws, "a lesson");
  LessonLine line;
  line.seq = from.whole("seq", 1, std::numeric_limits<std::int64_t>::max()).value_or(0);
  if (line.seq == 0) from.missing("seq", "it is missing");
  line.site = from.required("site", limits::kSiteName);
  const std::string label = from.required("label", 10);
  if (!flaws.any() && label != "spam" && label != "ham")
    from.wrong("label", "there is no such label", "it may be spam or ham");
  line.spam = label == "spam";
  line.source = from.text_or_empty("source", 20);
  line.origin = from.required("origin", kOrigin);
  if (!flaws.any() && (line.origin.size() != kOrigin || !is_hex(line.origin)))
    from.wrong("origin", "it must be 32 hexadecimal digits");
  const auto prior = from.number("prior", -1e6, 1e6);
  if (!prior) from.missing("prior", "it is missing");
  line.lesson.prior = static_cast<float>(prior.value_or(0));
  const Json* features = from.array("features");
  if (features == nullptr) {
    from.missing("features", "they are missing");
  } else if (features->size() > kMostFeatures) {
    from.wrong("features", "there are more than " + std::to_string(kMostFeatures));
  } else {
    for (const Json& one : *features) {
      const bool fits =
          one.is_number_unsigned() && one.get<std::uint64_t>() <= std::numeric_limits<FeatureId>::max();
      const auto id = fits ? one.get<FeatureId>() : FeatureId{0};
      if (!fits || (!line.lesson.vector.empty() && id <= line.lesson.vector.back())) {
        from.wrong("features", "they must be whole numbers of 32 bits, rising");
        break;
      }
      line.lesson.vector.push_back(id);
    }
  }
  from.finish();
  if (flaws.any()) return flaws.error();
  return line;
}

}  // namespace chaffinch::http
