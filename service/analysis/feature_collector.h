// Gathers the features of one comment: hashed, each once. Private to features.cpp. xxHash stays here.
#pragma once

#define XXH_INLINE_ALL
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <xxhash.h>

#include "analysis/feature_parts.h"
#include "analysis/features.h"

namespace chaffinch {

// Code points. Lengths 3 to 5 together were no better where they were measured, and cost twice the features.
inline constexpr std::size_t kGram = 4;

// The secret that features are hashed with, made of a database's own.
template <std::size_t N>
void make_hash_secret(std::array<unsigned char, N>& made, std::string_view from) {
  static_assert(N >= XXH3_SECRET_SIZE_MIN);
  XXH3_generateSecret(made.data(), made.size(), from.data(), from.size());
}

class FeatureCollector {
 public:
  explicit FeatureCollector(const FeatureKey& key) : key_(key) { found_.reserve(kUsual); }

  void add(FeatureClass group, FeatureKind kind, std::string_view bytes, const FeaturePlace& place) {
    put(group, hash(bytes), kind, place);
  }

  // One for each kGram bytes of [from, to). Most features are these: their hash is made for that length.
  [[gnu::flatten]] void add_grams(FeatureClass group, FeatureKind kind, std::string_view text,
                                  std::size_t from, std::size_t to, FeaturePlace place) {
    if (to < from + kGram) return;
    const std::size_t count = to - from - kGram + 1, before = found_.size();
    found_.resize(before + count);
    FoundFeature* const found = found_.data() + before;
    for (std::size_t i = 0; i < count; ++i) {
      place.start = u32(from + i);
      place.end = u32(from + i + kGram);
      found[i] = {id_of(group, hash({text.data() + from + i, kGram}), kind), place};
    }
  }

  std::uint64_t hash(std::string_view bytes) const {
    return XXH3_64bits_withSecret(bytes.data(), bytes.size(), key_.secret().data(), key_.secret().size());
  }

  void put(FeatureClass group, std::uint64_t hash, FeatureKind kind, const FeaturePlace& place) {
    found_.push_back({id_of(group, hash, kind), place});
  }

  // In the order in which they were first seen; more than kMostOfClass in all, of which some class may have
  // too many, rising.
  Features finish() {
    Features features;
    const std::size_t size = found_.size(), mask = std::bit_ceil(8 * size + 1) - 1;
    features.vector.resize(size);
    features.first.resize(size);
    std::vector<FeatureId> known(mask + 1);  // 0: free
    const std::size_t count = unite(known.data(), mask, features.vector.data(), features.first.data());
    features.vector.resize(count);
    features.first.resize(count);
    features.found = std::move(found_);
    if (count > kMostOfClass) bound(features);
    return features;
  }

 private:
  static constexpr std::size_t kUsual = 768;  // features of a comment, most often fewer

  static FeatureId id_of(FeatureClass group, std::uint64_t hash, FeatureKind kind) {
    hash = (hash ^ static_cast<std::uint64_t>(kind)) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 29;
    hash *= 0xBF58476D1CE4E5B9ULL;
    const auto id = static_cast<FeatureId>(static_cast<std::uint64_t>(group) << 29 | hash >> 35);
    return id == 0 ? 1 : id;
  }

  // Writes each feature once; how many there are. By itself, so that all it counts with stays in registers.
  [[gnu::noinline]] std::size_t unite(FeatureId* known, std::size_t mask, FeatureId* ids,
                                      std::uint32_t* first) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      const FeatureId id = found_[i].id;
      std::size_t at = id & mask;
      // Whether it was known cannot be guessed: no branch.
      while ((known[at] != id) & (known[at] != 0)) at = (at + 1) & mask;
      ids[count] = id;
      first[count] = u32(i);
      count += known[at] == 0 ? 1 : 0;
      known[at] = id;
    }
    return count;
  }

  // Of each class, the smallest.
  static void bound(Features& features) {
    std::vector<std::uint64_t> order(features.vector.size());  // id, where it stands
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = std::uint64_t{features.vector[i]} << 32 | i;
    std::sort(order.begin(), order.end());
    LearnVector vector;
    std::vector<std::uint32_t> first;
    std::array<std::size_t, kFeatureClasses> of_class{};
    for (const std::uint64_t one : order) {
      if (++of_class[one >> 61] > kMostOfClass) continue;
      vector.push_back(static_cast<FeatureId>(one >> 32));
      first.push_back(features.first[one & 0xFFFFFFFF]);
    }
    features.vector.swap(vector);
    features.first.swap(first);
  }

  const FeatureKey& key_;
  std::vector<FoundFeature> found_;
};

}  // namespace chaffinch
