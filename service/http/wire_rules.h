// Rules over the API: packs, drafts, versions, backtests. As strict as http/wire.h; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/review.h"
#include "backtest.h"
#include "backtests.h"
#include "core/result.h"
#include "rulebook.h"

namespace chaffinch::http {

// {"text", "lists"?: {"words.txt": "one entry a line"}}: a pack and its list files.
struct PackWish {
  std::string site;
  PackSource pack;
};
Result<PackWish> read_put_pack(std::string_view body, const std::string& name);
// The same with "site"?.
Result<PackWish> read_validate(std::string_view body);

// {"site"?, "submission": as for POST /v1/check, "packs"?: [{"name", "text", "lists"?}]}
struct TryWish {
  std::string site;
  Submission submission;
  std::optional<std::vector<StoredPack>> packs;
};
Result<TryWish> read_try(std::string_view body);

// Nothing, or {"site"?, "note"?}
struct PublishWish {
  std::string site;
  std::string note;
};
Result<PublishWish> read_publish(std::string_view body);

// {"site"?, "state"?: "live" | "shadow" | "off", "score"?}: at least one of the last two.
struct SwitchWish {
  std::string site;
  Rulebook::Switch change;
};
Result<SwitchWish> read_switch(std::string_view body);

// Nothing, or {"site"?, "packs"?: [...] | "version"?, "since"?, "limit"?}
struct BacktestWish {
  std::string site;
  std::optional<std::vector<StoredPack>> packs;
  std::optional<std::int64_t> version;
  std::optional<Time> since;
  std::uint64_t limit = 100'000;
};
Result<BacktestWish> read_backtest(std::string_view body);

// A problem with all of its errors.
std::string write_refusals(int status, std::string_view title, std::string_view code,
                           const std::vector<Error>& errors);

// Of a scope: its set among `sets`.
std::string write_rules(const Rulebook::Sets& sets, const std::string& site,
                        const Rulebook::Condition& condition);
std::string write_packs(const std::vector<Rulebook::Held>& packs);
std::string write_pack(const Rulebook::Held& pack, const std::string& site);
std::string write_draft(const StoredPack& draft);
std::string write_opinion(const Rulebook::Opinion& opinion);
std::string write_try(const Submission& submission, const Verdict& today, const Verdict& draft);
std::string write_rules_version(const RulesVersion& version);
// The same with its packs' texts.
std::string write_whole_version(const RulesVersion& version, const std::vector<StoredPack>& packs);
std::string write_rules_versions(const RulesVersionPage& page);
std::string write_rules_events(const RulesEventPage& page);
std::string write_backtest_status(const Backtests::Status& status);
std::string write_backtests(const std::vector<Backtests::Status>& all);  // without their reports
// Samples of comments in the store link to their place in the API.
std::string write_backtest(const Backtest::Report& report, bool stored);

}  // namespace chaffinch::http
