// learn export, learn import: lessons from one database to the same or another one.
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <set>

#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/target.h"
#include "cli/terminal.h"
#include "http/wire_lessons.h"

namespace chaffinch::cli {
namespace {

constexpr std::uint32_t kPage = 1'000;
constexpr std::size_t kMost = 100'000;  // lessons of one file: some 150 MB while they are taken in

std::unique_ptr<Store> store_of(const Given& given) {
  auto settings = settings_of(given);
  if (!settings) {
    complain(settings.error());
    return nullptr;
  }
  auto store = open_home(*settings, false);
  if (!store) {
    complain(store.error());
    return nullptr;
  }
  return std::move(*store);
}

// Database and number of the lesson where it was made, in hexadecimal digits: the same wherever it is.
std::string origin_of(const std::string& database, const LearnEvent& event) {
  if (!event.origin.empty()) return event.origin;
  char number[17];
  std::snprintf(number, sizeof number, "%016" PRIx64, static_cast<std::uint64_t>(event.seq));
  return database + number;
}

// The number of a lesson that was made here; 0: it was made elsewhere.
std::int64_t own_number(const std::string& database, const std::string& origin) {
  std::int64_t number = 0;
  if (origin.starts_with(database))
    std::from_chars(origin.data() + database.size(), origin.data() + origin.size(), number, 16);
  return number;
}

}  // namespace

int learn_export(const LearnTravel& wish) {
  const auto store = store_of(wish.given);
  if (!store) return kFailed;
  if (!wish.site.empty()) {
    if (auto known = store->site(wish.site); !known) return complain(known.error());
  }
  Target target(wish.file == "-" ? std::string() : wish.file);
  if (auto opened = target.open(); !opened) return complain(opened.error());
  const http::LessonsHeader header{store->lessons_name(), store->feature_secret()};
  target.add(http::write_lessons_header(header, now()));
  std::uint64_t written = 0, folded = 0;
  for (std::int64_t after = 0;;) {
    auto events = store->learn_events(after, kPage);
    if (!events) return complain(events.error());
    for (const LearnEvent& event : *events) {
      if (event.taken_back || event.inverse || !event.own || (!wish.site.empty() && event.site != wish.site))
        continue;
      auto lesson = decode_lesson(event.lesson);
      if (!lesson) {
        ++folded;
        continue;
      }
      const char* source = !event.origin.empty() ? "import" : event.comment.empty() ? "learn" : "decision";
      if (!target.add(http::write_lesson({event.seq, event.site, event.spam, source,
                                          origin_of(header.database, event), std::move(*lesson)})))
        break;
      ++written;
    }
    if (events->size() < kPage || target.failed()) break;
    after = events->back().seq;
  }
  if (auto finished = target.finish(); !finished) return complain(finished.error());
  err(grouped(written) + (written == 1 ? " lesson exported" : " lessons exported") +
      (folded == 0
           ? "\n"
           : "; " + grouped(folded) + " older ones are part of the models alone and are not in the file\n"));
  return kFine;
}

int learn_import(const LearnTravel& wish) {
  const auto store = store_of(wish.given);
  if (!store) return kFailed;
  auto lines = LineReader::open(wish.file);
  if (!lines) return complain(lines.error());
  auto sites = store->sites();
  if (!sites) return complain(sites.error());
  std::set<std::string> known;
  for (const Site& site : *sites) known.insert(site.id);
  if (!wish.site.empty() && !known.contains(wish.site))
    return complain("there is no site " + wish.site + "; `chaffinch site list` shows them");

  std::uint64_t bad = 0;
  const auto complain_of = [&](const std::string& reason) {
    if (++bad <= kShownBad)
      err(plain(lines->name()) + ":" + std::to_string(lines->number()) + ": " + reason + "\n");
    else if (bad == kShownBad + 1)
      err("(further bad lines are only counted)\n");
  };
  ImportLessons import;
  import.by = "import";
  import.now = now();
  const std::string database = store->lessons_name();
  bool begun = false;
  for (std::string_view line;;) {
    const LineReader::Got got = lines->next(line);
    if (got == LineReader::Got::failed) return complain(lines->problem());
    if (got == LineReader::Got::end || got == LineReader::Got::stopped) break;
    if (!begun) {
      auto header = got == LineReader::Got::line ? http::read_lessons_header(line)
                                                 : http::read_lessons_header(std::string_view());
      if (!header) return complain(header.error());
      begun = true;
      import.secret = header->secret;
      continue;
    }
    if (got == LineReader::Got::too_long) {
      complain_of("the line is longer than " + grouped(kLongestLine) + " bytes");
      continue;
    }
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    auto lesson = http::read_lesson(line);
    if (!lesson) {
      complain_of(in_one_sentence(lesson.error()));
      continue;
    }
    const std::string& site = wish.site.empty() ? lesson->site : wish.site;
    if (!known.contains(site)) {
      complain_of("there is no site " + plain(site) +
                  ": add it first (`chaffinch site add`), or name one with --site");
      continue;
    }
    if (import.lessons.size() == kMost) {
      return complain("the file has more than " + grouped(kMost) +
                      " lessons; nothing was taken in: split it, each part with the header line");
    }
    import.lessons.push_back({.site = site,
                              .spam = lesson->spam,
                              .lesson = encode(lesson->lesson),
                              .origin = lesson->origin,
                              .seq = own_number(database, lesson->origin)});
  }
  if (!begun) return complain("the file is empty: there is no header line");
  const auto done = store->import_lessons(import);
  if (!done) return complain(done.error());
  std::string text;
  if (done->adopted)
    text += "This database had learned nothing: the file's feature key is its own from now on.\n";
  text += grouped(done->added + done->known + bad) + " lines: " + grouped(done->added) + " lessons added, " +
          grouped(done->known) + " already there, " + grouped(bad) +
          (bad == 1 ? " bad line\n" : " bad lines\n");
  for (const Id& decision : done->decisions)
    text += "taken back by POST /v1/decisions/" + decision.text() + "/undo\n";
  if (!out(text)) return kFailed;
  return bad == 0 ? kFine : kSomeBad;
}

}  // namespace chaffinch::cli
