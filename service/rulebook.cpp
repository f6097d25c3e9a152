#include "rulebook.h"

#include <algorithm>
#include <set>

#include "rulebook_parts.h"

namespace chaffinch {

namespace {

// Switches of rules that are gone mean nothing; their text is the service's own, a line for each.
void drop_gone(std::vector<PackSource>& packs, const RuleSet& in_force) {
  std::set<std::string, std::less<>> known{"pack", "about"};
  for (const RuleInfo& one : in_force.rules())
    if (one.kind == "heuristic" || one.kind == "learner") known.insert(one.name);
  std::vector<Error> ignored;
  for (const PackSource& source : packs) {
    const auto pack = read_pack(source, ignored);
    if (!pack) continue;
    for (const PackPattern& one : pack->patterns) known.insert(one.name);
    for (const PackComposite& one : pack->composites) known.insert(one.name);
  }
  for (PackSource& source : packs) {
    if (!is_switches(pack_name_of(source))) continue;
    std::string kept;
    for (std::string_view rest = source.text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const std::size_t equals = line.find(" = ");
      if (equals == std::string_view::npos || known.contains(line.substr(0, equals)))
        kept += std::string(line) + "\n";
    }
    source.text = std::move(kept);
  }
}

}  // namespace

bool is_reserved_pack(std::string_view name) {
  return is_switches(name) || name == "state";
}

const std::shared_ptr<const RuleSet>& Rulebook::Sets::of(const std::string& site) const {
  const auto own = by_site.find(site);
  return own == by_site.end() ? all : own->second;
}

Rulebook::Rulebook(Intake& intake, Metrics& metrics, Files files)
    : intake_(intake), store_(intake.store()), metrics_(metrics), files_(std::move(files)) {
  sets_.all = intake_.rules();
}

void Rulebook::Turn::lock() {
  std::unique_lock held(mutex_);
  free_.wait(held, [this] { return !taken_; });
  taken_ = true;
}

void Rulebook::Turn::unlock() {
  {
    const std::lock_guard held(mutex_);
    taken_ = false;
  }
  free_.notify_one();
}

bool Rulebook::Turn::try_lock_for(std::chrono::steady_clock::duration patience) {
  std::unique_lock held(mutex_);
  if (!free_.wait_for(held, patience, [this] { return !taken_; })) return false;
  taken_ = true;
  return true;
}

Result<Rulebook::Lock> Rulebook::lock() {
  Lock held(building_, kPatience);
  if (held.owns_lock()) return held;
  return fail(Code::unavailable, "other rules are being compiled", {}, "try again in a moment", 2);
}

Rulebook::Scopes Rulebook::scopes_of(std::vector<StoredPack> packs) {
  Scopes scopes;
  for (StoredPack& one : packs) scopes[one.site].push_back(std::move(one));
  for (auto& [site, own] : scopes) put_in_order(own);
  return scopes;
}

std::vector<PackSource> Rulebook::sources(const Scopes& scopes, const std::string& site) const {
  std::vector<PackSource> all = base_;
  for (const std::string& scope :
       site.empty() ? std::vector<std::string>{""} : std::vector<std::string>{"", site}) {
    const auto packs = scopes.find(scope);
    if (packs == scopes.end()) continue;
    std::vector<PackSource> own;
    for (const StoredPack& one : packs->second) own.push_back(source_of(one));
    all = laid_over(all, own);
  }
  drop_gone(all, *in_force().all);
  return all;
}

// `only`: one scope was changed; the other sets are those in force. REQUIRES building_.
Checked<Rulebook::Sets> Rulebook::build(const Scopes& scopes, const std::optional<std::string>& only) const {
  const bool everything = !only || only->empty();
  Sets sets = everything ? Sets{} : in_force();
  std::vector<Error> all_errors;
  const auto one = [&](const std::string& site) -> std::shared_ptr<const RuleSet> {
    const std::vector<PackSource> packs = sources(scopes, site);
    std::vector<Error> errors;
    auto rules = RuleSet::build(packs, errors);
    if (!rules) show_lines(packs, errors);
    for (Error& error : errors) {
      if (!site.empty() && everything) error.what += " (with the packs of the site " + site + ")";
      all_errors.push_back(std::move(error));
    }
    return rules;
  };
  if (everything) sets.all = one({});
  if (everything && !sets.all) return tl::unexpected(std::move(all_errors));
  if (only && !only->empty()) sets.by_site.erase(*only);
  for (const auto& [site, packs] : scopes) {
    if (site.empty() || packs.empty() || (!everything && site != *only)) continue;
    if (sets.by_site.size() >= kSites) {
      return refuse({Code::conflict,
                     "as many sites have rules of their own as are kept in memory",
                     {},
                     "put what several sites share into packs for all sites",
                     0});
    }
    if (auto rules = one(site)) sets.by_site[site] = std::move(rules);
  }
  if (!all_errors.empty()) return tl::unexpected(std::move(all_errors));
  sets.published.clear();
  for (const auto& [site, packs] : scopes)
    for (const StoredPack& pack : packs) sets.published[site].insert(pack.name);
  return sets;
}

void Rulebook::use(Sets sets) {
  intake_.use(sets.all, sets.by_site);
  const std::lock_guard guard(state_lock_);
  sets_ = std::move(sets);
}

Rulebook::Sets Rulebook::in_force() const {
  const std::lock_guard guard(state_lock_);
  return sets_;
}

std::vector<Error> Rulebook::start(Time now) {
  const Lock held(building_);
  std::vector<Error> errors;
  Sets sets = in_force();
  const auto note = [&] {
    metrics_.reloaded(errors.empty());
    const std::lock_guard guard(state_lock_);
    condition_.at = now;
    condition_.errors = errors;
  };
  auto files = files_();
  auto packs = store_.published_packs();
  auto versions = store_.rules_in_force();
  if (!files || !packs || !versions) {
    errors.push_back(!files ? files.error() : !packs ? packs.error() : versions.error());
    note();
    return errors;
  }
  base_ = std::move(*files);
  published_ = scopes_of(std::move(*packs));
  {
    const std::lock_guard guard(state_lock_);
    for (const RulesVersion& one : *versions) versions_[one.site] = one.no;
  }
  // All of it, else the most that builds: each scope alone shows which one does not fit.
  if (published_.empty()) {
    note();
    return errors;
  }
  if (auto whole = build(published_, std::nullopt)) {
    use(std::move(*whole));
    note();
    return errors;
  }
  Scopes fitting;
  for (const auto& [site, own] : published_) {
    Scopes with = fitting;
    with[site] = own;
    if (auto built = build(with, std::nullopt)) {
      fitting = std::move(with);
      sets = std::move(*built);
    } else {
      errors.insert(errors.end(), built.error().begin(), built.error().end());
    }
  }
  use(std::move(sets));
  note();
  return errors;
}

Checked<void> Rulebook::reload(Time now) {
  auto held = lock();
  if (!held) return refuse(std::move(held).error());
  const auto refused = [&](std::vector<Error> errors) {
    metrics_.reloaded(false);
    const std::lock_guard guard(state_lock_);
    condition_.at = now;
    condition_.errors = errors;
    return tl::unexpected(std::move(errors));
  };
  auto files = files_();
  if (!files) return refused({std::move(files).error()});
  auto packs = store_.published_packs();
  if (!packs) return refused({std::move(packs).error()});
  Scopes scopes = scopes_of(std::move(*packs));
  std::vector<PackSource> before = std::exchange(base_, std::move(*files));
  auto sets = build(scopes, std::nullopt);
  if (!sets) {
    base_ = std::move(before);
    return refused(std::move(sets).error());
  }
  published_ = std::move(scopes);
  use(std::move(*sets));
  metrics_.reloaded(true);
  const std::lock_guard guard(state_lock_);
  condition_.at = now;
  condition_.errors.clear();
  return {};
}

Rulebook::Condition Rulebook::condition(const std::string& site) const {
  const std::lock_guard guard(state_lock_);
  Condition now = condition_;
  const auto version = [&](const std::string& scope) {
    const auto found = versions_.find(scope);
    return found == versions_.end() ? std::optional<std::int64_t>() : found->second;
  };
  now.version = version({});
  if (!site.empty()) now.site_version = version(site);
  return now;
}

Result<std::vector<Rulebook::Held>> Rulebook::packs(const std::string& site) {
  auto held = lock();
  if (!held) return tl::unexpected(std::move(held).error());
  auto drafts = store_.drafts();
  if (!drafts) return tl::unexpected(std::move(drafts).error());
  std::map<std::string, Held> all;
  const auto at = [&](const std::string& name) -> Held& {
    Held& one = all[name];
    one.name = name;
    return one;
  };
  for (const PackSource& source : base_) {
    StoredPack pack;
    pack.name = pack_name_of(source);
    pack.text = source.text;
    pack.lists = source.lists;
    at(pack.name).files = pack;
  }
  if (const auto own = published_.find(site); own != published_.end())
    for (const StoredPack& one : own->second) at(one.name).published = one;
  for (const StoredPack& one : *drafts)
    if (one.site == site) at(one.name).draft = one;
  std::vector<Held> list;
  for (auto& [name, one] : all) list.push_back(std::move(one));
  return list;
}

Result<Rulebook::Held> Rulebook::pack(const std::string& site, const std::string& name) {
  auto all = packs(site);
  if (!all) return tl::unexpected(std::move(all).error());
  for (Held& one : *all)
    if (one.name == name) return std::move(one);
  return fail(Code::not_found, "there is no such pack");
}

Result<Rulebook::Scopes> Rulebook::draft_scopes(const Draft& draft) {
  Scopes scopes = published_;
  if (draft.instead) scopes[draft.site].clear();
  if (draft.with_drafts) {
    auto drafts = store_.drafts();
    if (!drafts) return tl::unexpected(std::move(drafts).error());
    for (const StoredPack& one : *drafts)
      if (one.site == draft.site) put(scopes[draft.site], one);
  }
  for (StoredPack one : draft.extra) {
    one.site = draft.site;
    put(scopes[draft.site], one);
  }
  return scopes;
}

Checked<Rulebook::Sets> Rulebook::sets_of(const Draft& draft) {
  auto held = lock();
  if (!held) return refuse(std::move(held).error());
  auto scopes = draft_scopes(draft);
  if (!scopes) return refuse(std::move(scopes).error());
  return build(*scopes, draft.site);
}

}  // namespace chaffinch
