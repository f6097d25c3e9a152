// What the store's tests live in: a folder of their own with a real database, and comments written for them.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "secrets.h"
#include "store/store.h"

namespace chaffinch {

inline constexpr Time kNoon = 1'790'000'000 * kSecond;  // a day in September 2026

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "chaffinch-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// A database's file and its log as a crash leaves them at this moment, in a folder of their own. REQUIRES the
// log not to be carried over meanwhile: a large log_step, or nobody who has it open.
inline std::string copied(const std::string& file, const Folder& to) {
  const std::string copy = (to / "chaffinch.db").string();
  std::filesystem::remove(copy + "-shm");
  for (const char* part : {"", "-wal"}) {
    std::filesystem::remove(copy + part);
    if (std::filesystem::exists(file + part)) std::filesystem::copy_file(file + part, copy + part);
  }
  return copy;
}

inline Site site_named(const std::string& id) {
  Site site;
  site.id = id;
  site.name = "The blog " + id;
  site.url = "https://" + id + ".example";
  site.created_at = kNoon;
  return site;
}

struct House {
  Folder folder;
  StoreOptions options;
  std::unique_ptr<Store> store;

  explicit House(StoreOptions with = {}) : options(std::move(with)) {
    options.address = "sqlite:" + (folder / "chaffinch.db").string();
    store = open_store(options);
    REQUIRE(store->add_site(site_named("blog"), {}).has_value());
  }
  void reopen() {
    store.reset();
    store = open_store(options);
  }
  std::string file() const { return options.address.substr(7); }
};

// One comment and what the judge said of it.
struct Draft {
  std::string site = "blog";
  std::string article = "first-post";
  std::string title = "The first post";
  std::string name = "Ana";
  std::string email = "ana@people.example";
  std::string url = "";
  std::string author_id = "";
  std::string ip = "192.0.2.7";
  std::string content = "A thoughtful remark on the matter";
  std::vector<std::string> domains = {};
  std::vector<std::string> rules = {"link_count"};
  std::uint64_t copy_hash = 0;
  Sketch sketch = {};
  Id author_key = {};
  double score = 3.5;
  Status status = Status::pending;
  std::optional<Id> parent = {};
  std::optional<Time> created_at = {};
  Time now = kNoon;
};

inline Keep keep_of(const Draft& draft) {
  Keep keep;
  Comment& comment = keep.comment;
  comment.id = new_id(draft.now);
  comment.site = draft.site;
  comment.article = {draft.article, "https://" + draft.site + ".example/" + draft.article, draft.title};
  comment.parent = draft.parent;
  comment.author = {draft.name, draft.email, draft.url, draft.author_id};
  comment.content = draft.content;
  comment.client = {draft.ip, "Mozilla/5.0", "https://blog.example/"};
  comment.created_at = draft.created_at;
  comment.status = draft.status;
  comment.received_at = draft.now;
  keep.verdict.action = draft.status == Status::approved ? Action::approve
                        : draft.status == Status::spam   ? Action::spam
                                                         : Action::hold;
  keep.verdict.score = draft.score;
  keep.verdict.rules_version = "r1";
  for (const std::string& rule : draft.rules) {
    Finding finding;
    finding.rule = rule;
    finding.score = draft.score;
    finding.about = "it fired";
    finding.evidence = {{.field = Field::content, .view = View::visible, .start = 0, .end = 4}};
    keep.verdict.findings.push_back(std::move(finding));
  }
  keep.facts.now = draft.now;
  keep.domains = draft.domains;
  keep.copy_hash = draft.copy_hash;
  keep.sketch = draft.sketch;
  keep.author_key = draft.author_key;
  return keep;
}

inline Probe probe_of(const Draft& draft, bool reserve = false) {
  Probe probe;
  probe.now = draft.now;
  probe.as_of = draft.created_at.value_or(draft.now);
  probe.site = draft.site;
  probe.article = {draft.article, {}, {}};
  probe.parent = draft.parent;
  probe.author = {draft.name, draft.email, draft.url, draft.author_id};
  probe.ip = draft.ip;
  probe.domains = draft.domains;
  probe.copy_hash = draft.copy_hash;
  probe.sketch = draft.sketch;
  probe.author_key = draft.author_key;
  probe.reserve = reserve;
  const auto at = draft.email.find('@');
  if (at != std::string::npos) probe.email_domain = draft.email.substr(at + 1);
  return probe;
}

template <class T>
T value_of(Result<T> result) {
  if (!result) FAIL("refused: ", result.error().what, " at ", result.error().where);
  return std::move(*result);
}
template <class T>
void done(const Result<T>& result) {
  if (!result) FAIL("refused: ", result.error().what, " at ", result.error().where);
}
template <class T>
Error refusal(const Result<T>& result) {
  if (result) FAIL("it was not refused");
  return result.error();
}

inline Id add(Store& store, const Draft& draft) {
  return value_of(store.keep(keep_of(draft))).id;
}

// recall, then keep: as a submission goes.
inline Id submit(Store& store, const Draft& draft) {
  const Recalled recalled = value_of(store.recall(probe_of(draft, true)));
  Keep keep = keep_of(draft);
  keep.facts = recalled.facts;
  keep.reservation = recalled.reservation;
  keep.waiting = recalled.waiting;
  return value_of(store.keep(std::move(keep))).id;
}

inline QueueQuery in_site(const std::string& site = "blog") {
  QueueQuery query;
  query.site = site;
  query.now = kNoon + kHour;
  return query;
}

// All ids of a query, page by page.
inline std::vector<Id> all_of(Store& store, QueueQuery query) {
  std::vector<Id> ids;
  for (int pages = 0; pages < 10'000; ++pages) {
    const QueuePage page = value_of(store.queue(query));
    for (const QueueItem& item : page.items) ids.push_back(item.comment.id);
    if (!page.next) return ids;
    query.cursor = *page.next;
  }
  FAIL("the pages do not end");
  return ids;
}

inline Settle deciding(DecisionKind kind, std::vector<Id> ids, Time now = kNoon + kMinute) {
  Settle settle;
  settle.kind = kind;
  for (const Id& id : ids) settle.targets.push_back({.id = id, .version = std::nullopt});
  settle.by = "mona";
  settle.by_token = new_id(kNoon);
  settle.now = now;
  return settle;
}

inline Undo undoing(const Id& decision, Time now = kNoon + 2 * kMinute) {
  Undo undo;
  undo.decision = decision;
  undo.by = "mona";
  undo.now = now;
  return undo;
}

inline Status status_now(Store& store, const Id& id) {
  return value_of(store.comment({}, id)).status;
}

}  // namespace chaffinch
