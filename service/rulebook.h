// The rules in force and the way to new ones: packs from files (built in, or a folder), on top of them the
// published packs of the store, on top of these a site's own ones, asked for that site's comments alone.
//
// Drafts change nothing until they are published. Publishing, restoring, reloading and switching build the
// new sets beside those that serve; what does not build, or fails an example, is refused with all its errors
// and changes nothing. One set is built at a time; who waits longer than kPatience is told to come back.
//
// A scope is one site, or all sites (""). Each scope has its own versions. States and scores that are changed
// by call are in force at once, as a new version, kept in a pack of their own ("switches", of a site
// "site_switches"). At most kSites sites may have packs of their own: each has a compiled set in memory.
//
// What changes something keeps the promise of RulesAuthor::once: a repeated request is answered as the first
// time before anything is looked at or compiled again.
//
// Safe from any thread. What it is built from must outlive it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/pack.h"
#include "analysis/review.h"
#include "analysis/ruleset.h"
#include "core/result.h"
#include "core/time.h"
#include "intake.h"
#include "metrics.h"
#include "store/store.h"

namespace chaffinch {

template <class T>
using Checked = tl::expected<T, std::vector<Error>>;

class Rulebook {
 public:
  static constexpr std::size_t kSites = 50;
  static constexpr auto kPatience = std::chrono::seconds(10);

  using Files = std::function<Result<std::vector<PackSource>>()>;

  // The compiled sets of all scopes.
  struct Sets {
    std::shared_ptr<const RuleSet> all;
    std::map<std::string, std::shared_ptr<const RuleSet>> by_site;
    std::map<std::string, std::set<std::string>> published;  // names of the packs that are, by scope
    const std::shared_ptr<const RuleSet>& of(const std::string& site) const;
  };

  Rulebook(Intake& intake, Metrics& metrics, Files files);

  // Lays what is published over the files. A service that was updated must start: packs that do not build
  // with the files of today are left out, and their errors come back (and stay in `condition`).
  std::vector<Error> start(Time now);

  // Reads files and store again, all or nothing.
  Checked<void> reload(Time now);

  // Of the latest reload or start.
  struct Condition {
    Time at = 0;
    std::vector<Error> errors;                          // why it was refused; empty: it was fine
    std::optional<std::int64_t> version, site_version;  // published, in force
  };
  Condition condition(const std::string& site) const;

  // Packs of a scope, as files, published and draft.
  struct Held {
    std::string name;
    std::optional<StoredPack> files, published, draft;
  };
  Result<std::vector<Held>> packs(const std::string& site);
  Result<Held> pack(const std::string& site, const std::string& name);

  // A draft must build with the packs in force and the scope's other drafts.
  Checked<Answered<StoredPack>> put_draft(StoredPack pack, const RulesAuthor&);
  // With `only_draft` the draft is dropped; else it is drafted that the published pack goes.
  Result<Took> remove(const std::string& site, const std::string& name, bool only_draft, const RulesAuthor&);

  // What is wrong with a pack on top of the scope's rules and drafts, and what is to be remarked.
  struct Opinion {
    std::vector<Error> errors;
    std::vector<Remark> remarks;
  };
  Result<Opinion> validate(const std::string& site, PackSource pack);

  // The sets as they would be with the scope's drafts and `extra` published (`extra` alone when `with_drafts`
  // is unset, instead of what is published when `instead` is set).
  struct Draft {
    std::string site;
    std::vector<StoredPack> extra;
    bool with_drafts = true;
    bool instead = false;
  };
  Checked<Sets> sets_of(const Draft& draft);
  Sets in_force() const;

  Checked<Answered<RulesVersion>> publish(const std::string& site, const std::string& note,
                                          const RulesAuthor&);
  Checked<Answered<RulesVersion>> restore(const std::string& reach, std::int64_t version, const RulesAuthor&);
  struct Switch {
    std::optional<State> state;
    std::optional<double> score;
  };
  Checked<Answered<RulesVersion>> change(const std::string& site, const std::string& rule, const Switch&,
                                         const RulesAuthor&);

 private:
  using Scopes = std::map<std::string, std::vector<StoredPack>>;
  // One at a time, with a bound on the wait. (std::timed_mutex of libstdc++ 12 waits by a call that the
  // thread sanitizer of gcc 12 does not know, and every unlock is then reported.)
  class Turn {
   public:
    void lock();
    void unlock();
    bool try_lock_for(std::chrono::steady_clock::duration patience);

   private:
    std::mutex mutex_;
    std::condition_variable free_;
    bool taken_ = false;  // guarded by mutex_
  };
  using Lock = std::unique_lock<Turn>;

  Result<Lock> lock();
  Checked<std::optional<Answered<RulesVersion>>> told_before(const PublishRules& wish, const RulesAuthor&);
  static Scopes scopes_of(std::vector<StoredPack> packs);
  Result<Scopes> draft_scopes(const Draft& draft);
  std::vector<PackSource> sources(const Scopes& scopes, const std::string& site) const;
  Checked<Sets> build(const Scopes& scopes, const std::optional<std::string>& only) const;
  Checked<Answered<RulesVersion>> put_in_force(PublishRules wish, const RulesAuthor&, Scopes scopes);
  void use(Sets sets);

  Intake& intake_;
  Store& store_;
  Metrics& metrics_;
  Files files_;
  Turn building_;
  std::vector<PackSource> base_;  // guarded by building_, as is all down to state_lock_
  Scopes published_;
  mutable std::mutex state_lock_;
  Sets sets_;                                     // guarded by state_lock_, as is all below
  std::map<std::string, std::int64_t> versions_;  // of the scopes, in force
  Condition condition_;
};

// Names that drafts cannot have: the switches' own, and words of the API's paths.
bool is_reserved_pack(std::string_view name);

}  // namespace chaffinch
