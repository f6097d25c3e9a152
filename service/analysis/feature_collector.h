// Gathers the features of one comment: hashed, in order, each once. Private to features.cpp. xxHash stays
// here.
#pragma once

#define XXH_INLINE_ALL
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
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
  explicit FeatureCollector(const FeatureKey& key) : key_(key) {
    found_.reserve(kUsual);
    places_.reserve(kUsual);
  }

  void add(FeatureClass group, FeatureKind kind, std::string_view bytes, const FeaturePlace& place) {
    put(group, hash(bytes), kind, place);
  }

  // One for each kGram bytes of [from, to). Most features are these: their hash is made for that length.
  [[gnu::flatten]] void add_grams(FeatureClass group, FeatureKind kind, std::string_view text,
                                  std::size_t from, std::size_t to, FeaturePlace place) {
    if (to < from + kGram) return;
    const std::size_t count = to - from - kGram + 1, before = found_.size();
    found_.resize(before + count);
    places_.resize(before + count);
    std::uint64_t* const found = found_.data() + before;
    FeaturePlace* const places = places_.data() + before;
    for (std::size_t i = 0; i < count; ++i) {
      found[i] = id_of(group, hash({text.data() + from + i, kGram}), kind) << 32 | (before + i);
      place.start = u32(from + i);
      place.end = u32(from + i + kGram);
      places[i] = place;
    }
  }

  std::uint64_t hash(std::string_view bytes) const {
    return XXH3_64bits_withSecret(bytes.data(), bytes.size(), key_.secret().data(), key_.secret().size());
  }

  void put(FeatureClass group, std::uint64_t hash, FeatureKind kind, const FeaturePlace& place) {
    found_.push_back(id_of(group, hash, kind) << 32 | places_.size());
    places_.push_back(place);
  }

  Features finish() {
    sort();
    Features features;
    features.vector.resize(found_.size());
    features.places.resize(found_.size());
    std::size_t count = 0, of_class = 0;
    std::uint64_t before = ~std::uint64_t{0};
    for (const std::uint64_t one : found_) {
      const std::uint64_t id = one >> 32;
      if (id == before) continue;
      of_class = id >> 29 == before >> 29 ? of_class + 1 : 1;
      before = id;
      if (of_class > kMostOfClass) continue;
      features.vector[count] = static_cast<FeatureId>(id);
      features.places[count++] = places_[one & 0xFFFFFFFF];
    }
    features.vector.resize(count);
    features.places.resize(count);
    return features;
  }

 private:
  static constexpr std::size_t kUsual = 768;  // features of a comment, most often fewer

  static std::uint64_t id_of(FeatureClass group, std::uint64_t hash, FeatureKind kind) {
    hash = (hash ^ static_cast<std::uint64_t>(kind)) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 29;
    hash *= 0xBF58476D1CE4E5B9ULL;
    return static_cast<std::uint64_t>(group) << 29 | hash >> 35;
  }

  // Hashes are spread evenly within a class: one pass into buckets, more of them for n-grams, which are most
  // of a comment, then what little is out of order.
  void sort() {
    if (found_.size() < 64) {
      std::sort(found_.begin(), found_.end());
      return;
    }
    constexpr unsigned kGramBits = 9, kOtherBits = 6;
    constexpr std::size_t kBuckets = (1U << kGramBits) + ((kFeatureClasses - 1) << kOtherBits);
    static_assert(static_cast<int>(FeatureClass::grams) == 0);
    const auto bucket = [](std::uint64_t one) -> std::size_t {
      const std::uint64_t fine = one >> (61 - kGramBits);
      const std::uint64_t coarse = (one >> (61 - kOtherBits)) + (1U << kGramBits) - (1U << kOtherBits);
      return one >> 61 == 0 ? fine : coarse;
    };
    const std::size_t size = found_.size();
    std::array<std::uint32_t, kBuckets + 1> from{};
    for (const std::uint64_t one : found_) ++from[bucket(one) + 1];
    for (std::size_t i = 1; i < from.size(); ++i) from[i] += from[i - 1];
    std::vector<std::uint64_t> sorted(size);
    for (const std::uint64_t one : found_) sorted[from[bucket(one)]++] = one;
    // Long runs of one bucket do not occur by chance, and with the key nobody makes them.
    for (std::size_t i = 1; i < size; ++i) {
      const std::uint64_t one = sorted[i];
      std::size_t to = i;
      for (; to > 0 && sorted[to - 1] > one; --to) sorted[to] = sorted[to - 1];
      sorted[to] = one;
    }
    found_.swap(sorted);
  }

  const FeatureKey& key_;
  std::vector<std::uint64_t> found_;  // id, place
  std::vector<FeaturePlace> places_;
};

}  // namespace chaffinch
