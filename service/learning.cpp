#include "learning.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "analysis/gather.h"
#include "secrets.h"

namespace chaffinch {
namespace {

constexpr std::uint32_t kPage = 1'000;
constexpr std::size_t kMostChanges = 20'000;  // beyond, reading the lanes again is cheaper
constexpr std::size_t kAtOnce = 16;           // lessons learned while judgements wait

int bits_of(const std::string& site) {
  return site.empty() ? kSharedWeights : kSiteWeights;
}

// What cannot be kept is learned again next time.
Model kept_or_learned(Store& store, const Starter& starter, const std::string& version, const RuleSet& rules,
                      const FeatureKey& key) {
  std::optional<Model> model;
  if (const auto kept = store.starter_model(version); kept && *kept) {
    if (auto loaded = Model::load(**kept)) model = std::move(*loaded);
  }
  if (!model) {
    model = starter_model(starter.rows(), rules, key);
    (void)store.keep_starter_model(version, model->serialise());
  }
  model->only_predict();
  return std::move(*model);
}

}  // namespace

std::size_t Learning::Recent::bytes() const {
  return sizeof(Recent) + lesson.vector.capacity() * sizeof(FeatureId) + log.bytes();
}

std::size_t Learning::Lane::bytes() const {
  return model.bytes() + learned.capacity() * sizeof(std::int64_t) + recent_bytes;
}

Learning::Learning(Store& store, const Starter& starter, const RuleSet& rules)
    : Learning(store, starter, rules, Bounds{}) {}

Learning::Learning(Store& store, const Starter& starter, const RuleSet& rules, Bounds bounds)
    : store_(store),
      bounds_(bounds),
      key_(store.feature_secret()),
      starter_version_(
          sha256_hex(std::string(kStarterSemantics) + " " + starter.digest + " " + rules.version())
              .substr(0, 8)),
      starter_(kept_or_learned(store, starter, starter_version_, rules, key_)) {
  // Every lane is read whole when it is first needed.
  if (const auto newest = store_.newest_learn_change()) seen_ = *newest;
  store_.teach_with([this](const Submission& comment, const Facts& facts, const Verdict& verdict) {
    Evidence seen = gather(comment);
    seen.facts = facts;
    return lesson(seen, verdict.findings);
  });
}

std::shared_lock<std::shared_mutex> Learning::look() const {
  const std::lock_guard turn(gate_);
  return std::shared_lock(models_);
}

std::unique_lock<std::shared_mutex> Learning::change() const {
  const std::lock_guard turn(gate_);
  return std::unique_lock(models_);
}

Learning::Lane* Learning::find(const std::string& site) const {
  const auto lane = lanes_.find(site);
  return lane == lanes_.end() ? nullptr : lane->second.get();
}

std::string Learning::version_of(const Lane* shared, const Lane* site) const {
  return starter_version_ + "." + std::to_string(shared == nullptr ? 0 : shared->version) + "." +
         std::to_string(site == nullptr ? 0 : site->version);
}

template <class F>
Done Learning::with_lanes(const std::string& site, F&& use) {
  // A lane may leave memory between being read and being looked at.
  for (int round = 0; round < 3; ++round) {
    {
      const auto held = look();
      const Lane* shared = find({});
      const Lane* own = site.empty() ? nullptr : find(site);
      if (shared != nullptr && (own != nullptr || site.empty())) {
        shared->used = ++clock_;
        if (own != nullptr) own->used = ++clock_;
        const std::string version = version_of(shared, own);
        use(Learned{.key = &key_,
                    .starter = &starter_,
                    .shared = shared->model.empty() ? nullptr : &shared->model,
                    .site = own == nullptr ? nullptr : &own->model,
                    .version = version});
        return {};
      }
    }
    const std::lock_guard work(work_);
    if (auto there = need({}); !there) return there;
    if (auto there = need(site); !there) return there;
  }
  return fail(Code::unavailable, "the learner's memory is too small for the sites that are asked for");
}

Verdict Learning::judge(const RuleSet& rules, const Evidence& evidence, const Policy& policy) {
  return rules.judge(evidence, policy, [this](const Evidence& seen, std::span<const Finding> findings) {
    // Made before the models are looked at, so that no lesson waits for it.
    const Features features = features_of(seen, findings, key_);
    std::optional<Heard> heard;
    (void)with_lanes(seen.comment.site, [&](const Learned& learned) {
      heard = Heard{impression_of(seen, features, learned), std::string(learned.version)};
    });
    return heard;
  });
}

std::string Learning::lesson(const Evidence& seen, std::span<const Finding> findings) const {
  Lesson lesson;
  lesson.vector = features_of(seen, findings, key_).vector;
  lesson.prior = static_cast<float>(starter_.margin(lesson.vector));
  return encode(lesson);
}

Impression Learning::explain(const std::string& site, const Evidence& evidence,
                             std::span<const Finding> findings) {
  Impression impression;
  (void)with_lanes(site, [&](const Learned& learned) {
    impression = impression_of(evidence, features_of(evidence, findings, key_), learned);
  });
  return impression;
}

std::optional<Heard> Learning::hear(const std::string& site, const Evidence& evidence,
                                    std::span<const Finding> findings) {
  const Features features = features_of(evidence, findings, key_);
  std::optional<Heard> heard;
  (void)with_lanes(site, [&](const Learned& learned) {
    heard = Heard{impression_of(evidence, features, learned), std::string(learned.version)};
  });
  return heard;
}

void Learning::learn(Lane& lane, const LearnEvent& event) const {
  auto lesson = decode_lesson(event.lesson);
  lane.learned.push_back(event.seq);
  if (!lesson) return;  // damaged on disk: the same for every reader
  Recent recent{.seq = event.seq, .spam = event.spam, .lesson = std::move(*lesson), .log = {}};
  lane.model.learn(recent.lesson, recent.spam, &recent.log);
  lane.recent_bytes += recent.bytes();
  lane.recent.push_back(std::move(recent));
  while (lane.recent.size() > bounds_.recent) {
    lane.recent_bytes -= lane.recent.front().bytes();
    lane.recent.pop_front();
  }
}

Result<std::unique_ptr<Learning::Lane>> Learning::read(const std::string& site) {
  auto state = store_.learn_state(site);
  if (!state) return tl::unexpected(std::move(state).error());
  auto model = *state ? Model::load((*state)->model) : Result<Model>(Model(bits_of(site)));
  if (!model) return tl::unexpected(std::move(model).error());
  auto lane = std::make_unique<Lane>(std::move(*model));
  if (*state) lane->folded_to = (*state)->seq;
  // An event that is taken back while this reads is in the changes of the next catch_up, as is every new one.
  for (std::int64_t after = lane->folded_to;;) {
    auto page = store_.lessons(site, after, kPage);
    if (!page) return tl::unexpected(std::move(page).error());
    if (lane->version == 0) lane->version = page->change;
    for (const LearnEvent& event : page->events) learn(*lane, event);
    if (page->events.size() < kPage) break;
    after = page->events.back().seq;
  }
  return lane;
}

Done Learning::need(const std::string& site) {
  {
    const auto held = look();
    if (find(site) != nullptr) return {};
  }
  auto lane = read(site);
  if (!lane) return tl::unexpected(std::move(lane).error());
  put(site, std::move(*lane));
  return {};
}

void Learning::put(const std::string& site, std::unique_ptr<Lane> lane) {
  lane->used = ++clock_;
  {
    const auto held = change();
    lanes_[site].swap(lane);
  }
  lane.reset();  // the old one ends outside of the lock
  make_room();
}

void Learning::make_room() {
  std::vector<std::unique_ptr<Lane>> gone;
  const auto held = change();
  std::size_t bytes = 0;
  for (const auto& [site, lane] : lanes_) bytes += lane->bytes();
  while (bytes > bounds_.bytes && lanes_.size() > 2) {
    auto least = lanes_.end();
    for (auto one = lanes_.begin(); one != lanes_.end(); ++one) {
      if (!one->first.empty() && (least == lanes_.end() || one->second->used < least->second->used))
        least = one;
    }
    bytes -= least->second->bytes();
    gone.push_back(std::move(least->second));
    lanes_.erase(least);
  }
}

Done Learning::apply(const std::string& site, const Events& changes) {
  Lane* lane = nullptr;
  {
    const auto held = look();
    lane = find(site);
  }
  if (lane == nullptr) return {};  // read when it is needed
  // Only holders of work_ change lanes: what is read here stands until the end.
  Events fresh;
  std::vector<std::int64_t> gone;
  std::int64_t version = lane->version;
  for (const LearnEvent& event : changes) {
    if (!is_of_lane(event, site)) continue;
    version = std::max(version, event.change);
    const bool has = std::binary_search(lane->learned.begin(), lane->learned.end(), event.seq);
    if (event.seq <= lane->folded_to) continue;  // another event works against it
    if (event.taken_back && has) gone.push_back(event.seq);
    if (!event.taken_back && !has && !event.lesson.empty()) fresh.push_back(event);
  }
  const auto by_seq = [](const LearnEvent& left, const LearnEvent& right) { return left.seq < right.seq; };
  std::sort(fresh.begin(), fresh.end(), by_seq);
  std::sort(gone.begin(), gone.end());
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  if (!fresh.empty()) first = fresh.front().seq;
  if (!gone.empty()) first = std::min(first, gone.front());

  const auto later = static_cast<std::size_t>(
      lane->learned.end() - std::lower_bound(lane->learned.begin(), lane->learned.end(), first));
  if (later > 0 && (lane->recent.empty() || lane->recent.front().seq > first || later > lane->recent.size() ||
                    later + fresh.size() > 2 * bounds_.recent)) {
    auto again = read(site);
    if (!again) return tl::unexpected(std::move(again).error());
    put(site, std::move(*again));
    return {};
  }
  if (later > 0) {
    const auto held = change();
    std::vector<Recent> kept;
    while (!lane->recent.empty() && lane->recent.back().seq >= first) {
      Recent& last = lane->recent.back();
      lane->model.undo(last.log);
      lane->recent_bytes -= last.bytes();
      if (!std::binary_search(gone.begin(), gone.end(), last.seq)) kept.push_back(std::move(last));
      lane->recent.pop_back();
    }
    lane->learned.resize(lane->learned.size() - later);
    auto mine = kept.rbegin();
    auto theirs = fresh.begin();
    while (mine != kept.rend() || theirs != fresh.end()) {
      if (theirs == fresh.end() || (mine != kept.rend() && mine->seq < theirs->seq)) {
        lane->learned.push_back(mine->seq);
        mine->log = {};
        lane->model.learn(mine->lesson, mine->spam, &mine->log);
        lane->recent_bytes += mine->bytes();
        lane->recent.push_back(std::move(*mine++));
      } else {
        learn(*lane, *theirs++);
      }
    }
    lane->version = version;
    return {};
  }
  for (std::size_t i = 0; i < fresh.size();) {
    const auto held = change();
    for (const std::size_t end = std::min(fresh.size(), i + kAtOnce); i < end; ++i) learn(*lane, fresh[i]);
  }
  {
    const auto held = change();
    lane->version = version;
  }
  make_room();
  return {};
}

Done Learning::catch_up() {
  const std::lock_guard work(work_);
  Events changes;
  std::int64_t newest = seen_;
  bool too_many = false;
  while (true) {
    auto page = store_.learn_changes(newest, kPage);
    if (!page) return tl::unexpected(std::move(page).error());
    if (!page->empty()) newest = page->back().change;
    const bool last = page->size() < kPage;
    too_many = too_many || changes.size() >= kMostChanges;
    if (!too_many) std::move(page->begin(), page->end(), std::back_inserter(changes));
    if (last) break;
  }
  std::vector<std::string> sites;
  {
    const auto held = look();
    for (const auto& [site, lane] : lanes_) sites.push_back(site);
  }
  // An event that changed while this read is there twice: its latest state counts.
  std::map<std::int64_t, std::int64_t> latest;
  for (const LearnEvent& event : changes) latest[event.seq] = std::max(latest[event.seq], event.change);
  std::erase_if(changes, [&](const LearnEvent& event) { return latest[event.seq] != event.change; });
  if (too_many) {
    for (const std::string& site : sites) {
      auto lane = read(site);
      if (!lane) return tl::unexpected(std::move(lane).error());
      put(site, std::move(*lane));
    }
  } else if (!changes.empty()) {
    for (const std::string& site : sites) {
      if (auto done = apply(site, changes); !done) return done;
    }
  }
  seen_ = newest;
  return {};
}

Result<bool> Learning::tidy(Time now) {
  std::string site;
  std::int64_t to = 0;
  const std::lock_guard work(work_);
  bool more = false;
  {
    const auto held = look();
    for (const auto& [name, lane] : lanes_) {
      if (lane->learned.size() < bounds_.tail + bounds_.fold_step) continue;
      more = to != 0;
      if (to != 0) continue;
      site = name;
      to = lane->learned[lane->learned.size() - bounds_.tail - 1];
    }
  }
  if (to == 0) return false;
  auto state = store_.learn_state(site);
  if (!state) return tl::unexpected(std::move(state).error());
  auto model = *state ? Model::load((*state)->model) : Result<Model>(Model(bits_of(site)));
  if (!model) return tl::unexpected(std::move(model).error());
  LearnState folded{.site = site, .seq = to, .change = 0, .model = {}};
  bool first = true;
  for (std::int64_t after = *state ? (*state)->seq : 0; after < to;) {
    auto page = store_.lessons(site, after, kPage);
    if (!page) return tl::unexpected(std::move(page).error());
    if (std::exchange(first, false)) folded.change = page->change;
    for (const LearnEvent& event : page->events) {
      if (event.seq > to) break;
      if (const auto lesson = decode_lesson(event.lesson)) model->learn(*lesson, event.spam);
    }
    if (page->events.size() < kPage) break;
    after = page->events.back().seq;
  }
  folded.model = model->serialise();
  auto done = store_.fold_lessons(folded, now);
  if (!done && done.error().code == Code::conflict) return true;  // something was taken back meanwhile
  if (!done) return tl::unexpected(std::move(done).error());
  const auto held = change();
  if (Lane* lane = find(site)) {
    lane->folded_to = to;
    lane->learned.erase(lane->learned.begin(),
                        std::upper_bound(lane->learned.begin(), lane->learned.end(), to));
    while (!lane->recent.empty() && lane->recent.front().seq <= to) {
      lane->recent_bytes -= lane->recent.front().bytes();
      lane->recent.pop_front();
    }
  }
  return more;
}

Done Learning::rebuild(const std::string& site) {
  const std::lock_guard work(work_);
  auto lane = read(site);
  if (!lane) return tl::unexpected(std::move(lane).error());
  put(site, std::move(*lane));
  return {};
}

}  // namespace chaffinch
