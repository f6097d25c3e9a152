#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"letters", 12, "letters of the other script from which the rule speaks"},
    {"share", 0.6, "part of the comment's letters (0 to 1) that must be of the other script"},
};

constexpr Example kExamples[] = {
    {.content = "Смотреть онлайн бесплатно в хорошем качестве",
     .hit = true,
     .article_title = "How to prune apple trees"},
    {.content = "Thank you, this helped me with my trees.",
     .hit = false,
     .article_title = "How to prune apple trees"},
    {.content = "Спасибо, очень помогло моим деревьям.",
     .hit = false,
     .article_title = "Как обрезать яблони"},
    {.content = "とても参考になりました。ありがとうございます。",
     .hit = false,
     .article_title = "日本語の記事"},
    {.content = "Nice, but I write in English here.", .hit = false, .article_title = "Как обрезать яблони"},
};

// Han, kana and bopomofo stand together in one text; so do Hangul and Han.
std::string_view family(std::string_view script) {
  static constexpr std::array<std::string_view, 7> kEastAsian = {"Bopo", "Hang", "Hani", "Hans",
                                                                 "Hant", "Hira", "Kana"};
  return among(kEastAsian, script) ? std::string_view("Hani") : script;
}

bool latin_only(std::string_view title) {
  std::size_t letters = 0;
  for (std::size_t at = 0; at < title.size();) {
    const char32_t point = next_point(title, at);
    if (point > 0x24F && point < 0x2000) return false;
    if (point >= 0x2E80 && point < 0x1F000) return false;
    if (point < 0x80 && is_letter(static_cast<char>(point))) ++letters;
  }
  return letters >= 6;
}

// Latin is understood everywhere, so only the other direction tells: a Latin title answered in another
// script.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.scripts.empty() || is_pingback(seen) || !latin_only(seen.comment.article.title))
    return std::nullopt;
  const auto& [script, count] = seen.shape.scripts.front();
  if (family(script) == "Latn" || count < knobs["letters"]) return std::nullopt;
  if (count < knobs["share"] * seen.shape.letters) return std::nullopt;
  return Noticed{.evidence = {whole(seen, Field::content), whole(seen, Field::article_title)}};
}

}  // namespace

extern constinit const Rule script_differs{.name = "script_differs",
                                           .about = "Is written in another script than the article.",
                                           .score = 1.5,
                                           .knobs = kKnobs,
                                           .examples = kExamples,
                                           .examine = examine};

}  // namespace chaffinch::rules
