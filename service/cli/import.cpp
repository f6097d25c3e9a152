#include <array>

#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "http/wire.h"
#include "intake.h"
#include "secrets.h"

namespace chaffinch::cli {
namespace {

constexpr std::size_t kBatch = 500;  // rows in one transaction
constexpr std::uint64_t kShownBad = 20;

// What the run did, for the summary.
struct Tally {
  std::uint64_t rows = 0, added = 0, known = 0, bad = 0;
  std::array<std::uint64_t, 5> by_status{};  // of the added ones
};

class Importer {
 public:
  Importer(Intake& intake, const ImportArchive& wish, const LineReader& reader)
      : intake_(intake), wish_(wish), name_(reader.name()), progress_("import", reader.size()) {}

  void bad_line(std::uint64_t number, const std::string& reason) {
    if (++tally_.bad <= kShownBad) {
      progress_.clear();
      err(plain(name_) + ":" + std::to_string(number) + ": " + reason + "\n");
    } else if (tally_.bad == kShownBad + 1) {
      progress_.clear();
      err("(further bad lines are only counted)\n");
    }
  }

  void take(std::string_view line, std::uint64_t number) {
    auto row = http::read_row(line);
    if (!row) return bad_line(number, in_one_sentence(row.error()));
    row->submission.site = wish_.site;
    // A row without an id is known by its own bytes.
    if (row->key.empty()) row->key = "line:" + sha256_hex(line);
    if (wish_.ignore_labels) row->label.reset();
    rows_.push_back({std::move(row->submission), std::move(row->key), row->label});
    numbers_.push_back(number);
  }

  bool full() const { return rows_.size() >= kBatch; }

  // Keeps what was taken. An error that is not of one row ends the import.
  Done flush() {
    if (rows_.empty()) return {};
    auto rows = std::exchange(rows_, {});
    const auto numbers = std::exchange(numbers_, {});
    auto done = intake_.import(rows, now());
    if (done) {
      count(*done);
      return {};
    }
    if (done.error().code == Code::unavailable || done.error().code == Code::internal) {
      return tl::unexpected(std::move(done).error());
    }
    // One row spoils the batch: find it by asking for each alone.
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto alone = intake_.import({rows[i]}, now());
      if (alone) {
        count(*alone);
      } else if (alone.error().code == Code::unavailable || alone.error().code == Code::internal) {
        return tl::unexpected(std::move(alone).error());
      } else {
        bad_line(numbers[i], in_one_sentence(alone.error()));
      }
    }
    return {};
  }

  void show(std::uint64_t bytes) { progress_.show(bytes, tally_.rows); }

  void summary(bool stopped) {
    progress_.clear();
    const double seconds = std::max(progress_.seconds(), 0.001);
    std::string text = stopped ? "Stopped. A second run goes on where this one ended.\n" : "";
    text += grouped(tally_.rows) + " rows: " + grouped(tally_.added) + " added, " + grouped(tally_.known) +
            " already there, " + grouped(tally_.bad) + (tally_.bad == 1 ? " bad line\n" : " bad lines\n");
    if (tally_.added > 0) {
      text += "added:";
      for (std::size_t i = 0; i < tally_.by_status.size(); ++i) {
        if (tally_.by_status[i] == 0) continue;
        text += "  " + std::string(word(static_cast<Status>(i))) + " " + grouped(tally_.by_status[i]);
      }
      text += "\n";
    }
    text += fixed(seconds, 1) + " s, " +
            grouped(static_cast<std::uint64_t>(static_cast<double>(tally_.rows) / seconds)) + " rows/s\n";
    out(text);
  }

  std::uint64_t bad() const { return tally_.bad; }

 private:
  void count(const std::vector<Imported>& done) {
    for (const Imported& one : done) {
      ++tally_.rows;
      ++(one.added ? tally_.added : tally_.known);
      if (one.added) ++tally_.by_status[static_cast<std::size_t>(one.status)];
    }
  }

  Intake& intake_;
  const ImportArchive& wish_;
  std::string name_;
  Progress progress_;
  Tally tally_;
  std::vector<Intake::ImportRow> rows_;
  std::vector<std::uint64_t> numbers_;
};

}  // namespace

int import_archive(const ImportArchive& wish) {
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  Signals signals;
  auto reader = LineReader::open(wish.file, signals.wake());
  if (!reader) return complain(reader.error());
  const auto rules = rules_or_complain(settings->rules);
  if (!rules) return kFailed;
  auto store = open_home(*settings, false);
  if (!store) {
    complain(store.error());
    if (store.error().code == Code::unavailable) {
      err("An import needs the store for itself: stop the service, import, start it again; or post the rows "
          "to it with\n"
          "`chaffinch replay`.\n");
    }
    return kFailed;
  }
  if (const auto site = (*store)->site(wish.site); !site) {
    if (site.error().code != Code::not_found) return complain(site.error());
    return complain("there is no site " + wish.site + ": add it with `chaffinch site add " + wish.site +
                    " --url https://blog.example`");
  }

  Metrics metrics;
  Intake intake(**store, metrics, rules);
  Importer importer(intake, wish, *reader);
  std::string_view line;
  LineReader::Got got = LineReader::Got::line;
  while (!signals.stopped()) {
    got = reader->next(line);
    if (got == LineReader::Got::too_long) {
      importer.bad_line(reader->number(), "the line is longer than " + grouped(kLongestLine) + " bytes");
    } else if (got == LineReader::Got::line) {
      if (line.find_first_not_of(" \t") != std::string_view::npos) importer.take(line, reader->number());
    } else {
      break;
    }
    if (!importer.full()) continue;
    if (auto kept = importer.flush(); !kept) {
      importer.summary(true);
      return complain(kept.error());
    }
    importer.show(reader->bytes());
  }
  const auto kept = importer.flush();
  const bool stopped = signals.stopped() || !kept || got == LineReader::Got::failed;
  importer.summary(stopped);
  if (!kept) return complain(kept.error());
  if (got == LineReader::Got::failed) return complain(reader->problem());
  if (signals.stopped()) return kFailed;
  return importer.bad() > 0 ? kSomeBad : kFine;
}

}  // namespace chaffinch::cli
