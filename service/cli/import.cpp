#include <array>
#include <functional>
#include <future>
#include <thread>
#include <unordered_map>

#include "cli/commands.h"
#include "cli/known.h"
#include "cli/lines.h"
#include "cli/signals.h"
#include "cli/starter_set.h"
#include "cli/terminal.h"
#include "http/wire.h"
#include "intake.h"
#include "secrets.h"

namespace chaffinch::cli {
namespace {

constexpr std::size_t kBatch = 500;  // rows in one transaction

// What the run did, for the summary.
struct Tally {
  std::uint64_t rows = 0, added = 0, known = 0, bad = 0;
  std::array<std::uint64_t, 5> by_status{};  // of the added ones
};

class Importer {
 public:
  Importer(Intake& intake, const ImportArchive& wish, const LineReader& reader)
      : intake_(intake),
        wish_(wish),
        name_(reader.name()),
        progress_("import", reader.size()),
        jobs_(wish.jobs > 0 ? static_cast<unsigned>(wish.jobs)
                            : std::max(1U, std::thread::hardware_concurrency())) {}

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
    lines_.emplace_back(line);
    numbers_.push_back(number);
  }

  bool full() const { return lines_.size() >= kBatch; }

  // Looks at what was taken, and keeps what was looked at before, both at once. An error that is not of one
  // row ends the import.
  Done flush() {
    auto ahead = std::async(std::launch::async,
                            [this, lines = std::exchange(lines_, {}), numbers = std::exchange(numbers_, {})] {
                              return looked_at(lines, numbers);
                            });
    auto kept = keep(std::exchange(batch_, {}));
    batch_ = ahead.get();
    for (const auto& [number, reason] : batch_.bad) bad_line(number, reason);
    return kept;
  }

  // What is left.
  Done finish() {
    auto kept = flush();
    return kept ? keep(std::exchange(batch_, {})) : kept;
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
  struct Batch {
    std::vector<Intake::ImportRow> rows;
    std::vector<std::uint64_t> numbers;
    std::vector<Intake::Gathered> gathered;
    std::vector<std::pair<std::uint64_t, std::string>> bad;
  };

  // One call at a time.
  Batch looked_at(const std::vector<std::string>& lines, const std::vector<std::uint64_t>& numbers) {
    Batch batch;
    std::vector<std::optional<Result<http::Row>>> rows(lines.size());
    share_out(lines.size(), jobs_, [&](std::size_t i) { rows[i].emplace(http::read_row(lines[i])); });
    for (std::size_t i = 0; i < lines.size(); ++i) {
      Result<http::Row>& row = *rows[i];
      if (!row) {
        batch.bad.push_back({numbers[i], in_one_sentence(row.error())});
        continue;
      }
      row->submission.site = wish_.site;
      if (wish_.ignore_labels) {
        row->label.reset();
        row->status.reset();
      }
      if (!row->parent.empty()) {
        const auto parent = known_.find(std::hash<std::string>()(row->parent));
        if (parent != known_.end()) row->submission.parent = parent->second;
      }
      // A row without an id is known by its own bytes.
      if (row->key.empty()) {
        row->key = "line:" + sha256_hex(lines[i]);
      } else {
        known_.emplace(std::hash<std::string>()(row->key), Intake::import_id(row->submission, row->key));
      }
      batch.rows.push_back({std::move(row->submission), std::move(row->key), row->label, row->status});
      batch.numbers.push_back(numbers[i]);
    }
    batch.gathered = Intake::look_at(batch.rows, jobs_);
    return batch;
  }

  Done keep(Batch batch) {
    if (batch.rows.empty()) return {};
    const auto ends = [](const Error& error) {
      return error.code == Code::unavailable || error.code == Code::internal;
    };
    auto done = intake_.import(std::move(batch.gathered), now(), jobs_);
    if (done) {
      count(*done);
      return {};
    }
    if (ends(done.error())) return tl::unexpected(std::move(done).error());
    // One row spoils the batch: find it by asking for each alone.
    for (std::size_t i = 0; i < batch.rows.size(); ++i) {
      auto alone = intake_.import({batch.rows[i]}, now());
      if (alone) {
        count(*alone);
      } else if (ends(alone.error())) {
        return tl::unexpected(std::move(alone).error());
      } else {
        bad_line(batch.numbers[i], in_one_sentence(alone.error()));
      }
    }
    return {};
  }

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
  unsigned jobs_;
  std::vector<std::string> lines_;  // taken, not yet looked at
  std::vector<std::uint64_t> numbers_;
  Batch batch_;                                // looked at, not yet kept
  std::unordered_map<std::size_t, Id> known_;  // comments of the rows so far, by the hash of their ids
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
  Learning learning(**store, starter_set(), *rules);
  Intake intake(**store, metrics, rules);
  intake.learn_with(learning);
  const auto rulebook = with_published(intake, metrics, *settings);
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
  const auto kept = importer.finish();
  const bool stopped = signals.stopped() || !kept || got == LineReader::Got::failed;
  importer.summary(stopped);
  if (!kept) return complain(kept.error());
  if (got == LineReader::Got::failed) return complain(reader->problem());
  if (signals.stopped()) return kFailed;
  return importer.bad() > 0 ? kSomeBad : kFine;
}

}  // namespace chaffinch::cli
