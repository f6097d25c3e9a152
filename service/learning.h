// What moderators have taught: the models in memory, kept in step with the store's learn events.
//
// A lane is one site's own model, or the one that sites share (site ""). It is a fold over its lane's events
// in the order of their numbers (store/store.h), so that every process with the same events has the same
// models, bit for bit. An event that is taken back is rolled back together with those after it, which are
// then learned again: from memory for the newest kRecent, else from the state that the lane was folded to and
// the at most kTail + kFoldStep events since. So a change costs a bounded time, whatever a site has learned,
// and nothing is ever approximate within that horizon. `tidy` folds what is older.
//
// Lanes are read from the store when they are first needed; together they take at most kBytes (the least used
// ones leave memory). Nothing of all this keeps a judgement waiting longer than one lesson, or once a load.
//
// Safe from any thread. The store must outlive it; no call of the store may come after it is gone, since the
// store asks it for lessons.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "analysis/features.h"
#include "analysis/impression.h"
#include "analysis/learner.h"
#include "analysis/ruleset.h"
#include "analysis/starter.h"
#include "core/result.h"
#include "store/store.h"

namespace chaffinch {

class Learning {
 public:
  struct Bounds {
    std::size_t recent = 64;        // of a lane, events that can be rolled back from memory
    std::size_t tail = 10'000;      // of a lane, the newest ones that can be taken back exactly
    std::size_t fold_step = 1'000;  // folded at once when the tail is longer by so many
    std::size_t bytes = std::size_t{256} << 20;
  };

  // Learns the starter set (see starter_model) unless the store keeps its model from an earlier time, and
  // becomes the store's maker of lessons.
  Learning(Store& store, const Starter& starter, const RuleSet& rules);
  Learning(Store& store, const Starter& starter, const RuleSet& rules, Bounds bounds);
  Learning(const Learning&) = delete;
  Learning& operator=(const Learning&) = delete;

  // Judges with the site's models as they stand (site "": without models of a site's own). While a lane
  // cannot be read from the store the verdict is held, as one of a check that could not be made.
  Verdict judge(const RuleSet& rules, const Evidence& evidence, const Policy& policy);

  // What a comment teaches, as the store keeps it. Needs no models but the starter's.
  std::string lesson(const Evidence& seen, std::span<const Finding> findings) const;

  // Brings the models in step with the store: what was committed before the call is learned, or taken back,
  // when it returns.
  Done catch_up();

  // Folds what is beyond the horizon, one step of one lane; true: there is more to do.
  Result<bool> tidy(Time now);

  // Forgets all models and folds them anew from the store.
  Done rebuild(const std::string& site);

  struct Status {
    std::string site;  // empty: the shared lane
    Quality quality;
    std::size_t weights = 0;
    std::size_t bytes = 0;
    std::size_t tail = 0;        // events that can be taken back exactly
    std::int64_t folded_to = 0;  // event number
    std::int64_t version = 0;    // newest change of the lane that is in it
    std::size_t waiting = 0;     // changes of the lane that are on disk and not in it; counted up to 1,000
  };
  Result<Status> status(const std::string& site);
  Status starter() const;
  // Of the lanes that are in memory, without reading any: the shared one first, then at most `sites` of the
  // others, the latest used first.
  std::vector<Status> in_memory(std::size_t sites) const;

  // What the models make of a text: nothing while they are silent.
  Impression explain(const std::string& site, const Evidence& evidence, std::span<const Finding> findings);

  // The same with the version of the models; nothing when they cannot be read.
  std::optional<Heard> hear(const std::string& site, const Evidence& evidence,
                            std::span<const Finding> findings);

  // A lane's model as bytes (learner.h).
  Result<std::string> snapshot(const std::string& site);

 private:
  struct Recent {
    std::int64_t seq = 0;
    bool spam = false;
    Lesson lesson;
    UndoLog log;
    std::size_t bytes() const;
  };
  struct Lane {
    Model model;
    std::int64_t folded_to = 0;
    std::int64_t version = 0;
    std::vector<std::int64_t> learned;  // numbers of the events since folded_to, rising
    std::deque<Recent> recent;          // the newest of these
    std::size_t recent_bytes = 0;
    mutable std::atomic<std::uint64_t> used{0};

    explicit Lane(Model from) : model(std::move(from)) {}
    std::size_t bytes() const;
  };
  using Events = std::vector<LearnEvent>;

  // A judgement's look at the models. Who wants to change them waits for those that look, and those that come
  // wait for it: a stream of judgements never keeps a lesson out.
  std::shared_lock<std::shared_mutex> look() const;
  std::unique_lock<std::shared_mutex> change() const;

  // REQUIRES the lock of look() or change().
  Lane* find(const std::string& site) const;
  std::string version_of(const Lane* shared, const Lane* site) const;
  static Status status_of(const std::string& site, const Lane& lane);
  static bool is_of_lane(const LearnEvent& event, const std::string& site);

  // Fills in Status::waiting.
  void count_waiting(std::vector<Status>& all) const;

  // All REQUIRE work_.
  Result<std::unique_ptr<Lane>> read(const std::string& site);
  Done need(const std::string& site);
  Done apply(const std::string& site, const Events& changes);
  void learn(Lane& lane, const LearnEvent& event) const;
  void put(const std::string& site, std::unique_ptr<Lane> lane);
  void make_room();

  template <class F>
  Done with_lanes(const std::string& site, F&& use);

  Store& store_;
  const Bounds bounds_;
  const FeatureKey key_;
  const std::string starter_version_;
  const Model starter_;

  std::mutex work_;                    // one changes the lanes at a time
  std::atomic<std::int64_t> seen_{0};  // newest change looked at; changed under work_
  mutable std::mutex gate_;
  mutable std::shared_mutex models_;
  std::map<std::string, std::unique_ptr<Lane>> lanes_;  // guarded by models_
  mutable std::atomic<std::uint64_t> clock_{0};
};

}  // namespace chaffinch
