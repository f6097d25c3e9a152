#include "quality/samples.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "analysis/gather.h"
#include "cli/lines.h"
#include "cli/terminal.h"
#include "http/wire.h"

namespace chaffinch::quality {
namespace {

namespace fs = std::filesystem;

// What is remembered ages by a clock; with an empty store any moment will do.
constexpr Time kMoment = 1'700'000'000'000;

Label label_of(DecisionKind decision) {
  return decision == DecisionKind::spam     ? Label::spam
         : decision == DecisionKind::reject ? Label::abuse
                                            : Label::ham;
}

void read_source(cli::LineReader& reader, const std::string& source, const LeftOut& left_out, Corpus& to) {
  using Got = cli::LineReader::Got;
  std::string_view line;
  for (Got got = reader.next(line); got == Got::line || got == Got::too_long; got = reader.next(line)) {
    const auto complain = [&](const std::string& why) {
      to.complaints.push_back(source + ":" + std::to_string(reader.number()) + ": " + why);
    };
    if (got == Got::too_long) {
      complain("the line is too long");
      continue;
    }
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    Result<http::Row> row = http::read_row(line);
    if (!row) {
      complain(cli::in_one_sentence(row.error()));
    } else if (left_out.contains(row->key)) {
      ++to.left_out[source];
    } else if (row->label) {
      to.samples.push_back({row->key, source, label_of(*row->label), std::move(row->submission)});
    }
  }
}

}  // namespace

Result<LeftOut> read_left_out(const std::string& file) {
  auto reader = cli::LineReader::open(file);
  if (!reader) return tl::unexpected(std::move(reader).error());
  LeftOut ids;
  std::string_view line;
  while (reader->next(line) == cli::LineReader::Got::line) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab == 0 || tab + 1 == line.size()) {
      return fail(Code::invalid, "an id is left out without a reason",
                  file + ":" + std::to_string(reader->number()), "write the id, a tab, and the reason");
    }
    ids.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
  return ids;
}

std::vector<std::string> Corpus::sources() const {
  std::set<std::string> names;
  for (const Sample& sample : samples) names.insert(sample.source);
  return {names.begin(), names.end()};
}

Result<Corpus> read_corpus(const std::string& folder, const LeftOut& left_out) {
  std::error_code trouble;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, trouble)) {
    if (entry.path().extension() == ".jsonl") files.insert(entry.path());
  }
  if (trouble) return fail(Code::invalid, "the folder cannot be read: " + trouble.message(), folder);
  Corpus corpus;
  for (const fs::path& file : files) {
    auto reader = cli::LineReader::open(file.string());
    if (!reader) return tl::unexpected(std::move(reader).error());
    read_source(*reader, file.stem().string(), left_out, corpus);
  }
  return corpus;
}

std::vector<Judged> judge_all(const std::vector<Sample>& samples, const RuleSet& rules,
                              const Learned* learned) {
  Policy policy;
  policy.moderation = Moderation::publish;
  std::vector<Judged> judged(samples.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < samples.size(); i = next++) {
      Evidence seen = gather(samples[i].comment);
      seen.facts.now = kMoment;
      judged[i] = {&samples[i], rules.judge(seen, policy, learned)};
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  return judged;
}

}  // namespace chaffinch::quality
