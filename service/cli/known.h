// What the rules' commands try rules on: pack files, comments that people wanted, and a store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/ruleset.h"
#include "cli/home.h"
#include "core/comment.h"
#include "core/result.h"
#include "intake.h"
#include "metrics.h"
#include "rulebook.h"
#include "store/store.h"

namespace chaffinch::cli {

// The packs of these files and folders, in their order.
Result<std::vector<PackSource>> packs_named(const std::vector<std::string>& files);
bool is_folder(const std::string& path);

// The store that --data names; a null pointer when it was not given.
Result<std::unique_ptr<Store>> store_given(const Given& given, const Settings& settings);

// What is published in the intake's store, laid over the packs in force; problems go to standard error.
std::unique_ptr<Rulebook> with_published(Intake& intake, Metrics& metrics, const Settings& settings);

// Comments of honest people, one by one: of the archive `against`, those without a spam or abuse label; of
// the store that --data names, the approved ones. How many there were; 0 when neither was given.
Result<std::uint64_t> each_wanted(const Given& given, const std::string& against,
                                  const std::function<void(const Submission&)>& visit);

}  // namespace chaffinch::cli
