#include "store/sqlite/article_cache.h"

#include <mutex>

namespace chaffinch::sqlite {
namespace {

std::string name_of(std::int64_t site, const std::string& id) {
  return std::to_string(site) + ' ' + id;
}

}  // namespace

std::optional<ArticleCache::Known> ArticleCache::find(std::int64_t site, const std::string& id) const {
  const std::string name = name_of(site, id);
  const std::lock_guard guard(lock_);
  const auto found = articles_.find(name);
  if (found == articles_.end()) return std::nullopt;
  return found->second;
}

std::uint64_t ArticleCache::age() const {
  const std::lock_guard guard(lock_);
  return age_;
}

void ArticleCache::put(std::uint64_t age, std::int64_t site, const std::string& id, const Known& known) {
  std::string name = name_of(site, id);
  const std::lock_guard guard(lock_);
  if (age != age_) return;
  if (articles_.size() >= kMost) articles_.clear();
  articles_.insert_or_assign(std::move(name), known);
}

void ArticleCache::changed() {
  const std::lock_guard guard(lock_);
  ++age_;
  articles_.clear();
}

}  // namespace chaffinch::sqlite
