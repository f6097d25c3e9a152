// How good the models are, and how large.
#include <algorithm>

#include "learning.h"

namespace chaffinch {
namespace {

constexpr std::uint32_t kMostWaiting = 1'000;

}  // namespace

bool Learning::is_of_lane(const LearnEvent& event, const std::string& site) {
  return site.empty() ? event.shared : event.own && event.site == site;
}

Learning::Status Learning::status_of(const std::string& site, const Lane& lane) {
  return Status{.site = site,
                .quality = lane.model.quality(),
                .weights = lane.model.weights(),
                .bytes = lane.bytes(),
                .tail = lane.learned.size(),
                .folded_to = lane.folded_to,
                .version = lane.version,
                .waiting = 0};
}

// What another process decided, or what could not be read when it was decided, waits for the next catch_up.
void Learning::count_waiting(std::vector<Status>& all) const {
  const auto changes = store_.learn_changes(seen_, kMostWaiting);
  if (!changes) return;
  for (const LearnEvent& event : *changes) {
    for (Status& one : all) one.waiting += is_of_lane(event, one.site) ? 1 : 0;
  }
}

Result<Learning::Status> Learning::status(const std::string& site) {
  {
    const std::lock_guard work(work_);
    if (auto there = need({}); !there) return tl::unexpected(std::move(there).error());
    if (auto there = need(site); !there) return tl::unexpected(std::move(there).error());
  }
  std::vector<Status> one;
  {
    const auto held = look();
    const Lane* lane = find(site);
    if (lane == nullptr) return fail(Code::unavailable, "the learner's memory is too small for this site");
    one.push_back(status_of(site, *lane));
  }
  count_waiting(one);
  return std::move(one.front());
}

std::vector<Learning::Status> Learning::in_memory(std::size_t sites) const {
  std::vector<Status> all;
  {
    const auto held = look();
    std::vector<std::pair<std::uint64_t, const std::string*>> latest;
    for (const auto& [site, lane] : lanes_) {
      if (site.empty())
        all.push_back(status_of(site, *lane));
      else
        latest.emplace_back(lane->used, &site);
    }
    std::sort(latest.begin(), latest.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : *a.second < *b.second;
    });
    if (latest.size() > sites) latest.resize(sites);
    for (const auto& [used, site] : latest) all.push_back(status_of(*site, *lanes_.at(*site)));
  }
  count_waiting(all);
  return all;
}

Learning::Status Learning::starter() const {
  return Status{.site = {},
                .quality = starter_.quality(),
                .weights = starter_.weights(),
                .bytes = starter_.bytes(),
                .tail = 0,
                .folded_to = 0,
                .version = 0,
                .waiting = 0};
}

Result<std::string> Learning::snapshot(const std::string& site) {
  {
    const std::lock_guard work(work_);
    if (auto there = need(site); !there) return tl::unexpected(std::move(there).error());
  }
  const auto held = look();
  const Lane* lane = find(site);
  if (lane == nullptr) return fail(Code::unavailable, "the learner's memory is too small for this site");
  return lane->model.serialise();
}

}  // namespace chaffinch
