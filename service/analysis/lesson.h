// What one comment teaches, in numbers: the form in which a learning event is kept. Pure; safe from any
// thread.
//
// A feature is a 32-bit number (features.h makes them with the database's key): three bits of class, 29 of
// keyed hash. From a kept lesson no word can be read, only guessed by one who holds the key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chaffinch {

using FeatureId = std::uint32_t;

// Raised when the same comment would come to other features: then lessons of before teach nothing about it.
inline constexpr int kFeatureVersion = 1;

// What a feature was made from. Rows are normalised class by class (learner.h), so that a long text does not
// drown a name. Kept in the upper three bits; numbers are never given another meaning.
enum class FeatureClass : std::uint8_t {
  grams = 0,   // character n-grams of the text
  words = 1,   // words and signs of the text
  pairs = 2,   // words that follow each other
  name = 3,    // author's name
  places = 4,  // email, URL, links, their anchors
  client = 5,  // address, agent, referrer
  rules = 6,   // rules that fired
  shape = 7    // lengths, shares, scripts, type
};
inline constexpr std::size_t kFeatureClasses = 8;

constexpr FeatureClass class_of(FeatureId id) {
  return static_cast<FeatureClass>(id >> 29);
}

// Of one class a comment has at most so many; beyond, those with the smallest hashes stand for all.
inline constexpr std::size_t kMostOfClass = 1'024;
inline constexpr std::size_t kMostFeatures = kMostOfClass * kFeatureClasses;

// Without repetitions; at most kMostFeatures. Kept lessons are rising; another order means the same, but sums
// of it may differ in their last bits.
using LearnVector = std::vector<FeatureId>;

// One learning event's content; the label is a column beside it.
struct Lesson {
  LearnVector vector;
  // What the starter set's model said of it when it was learned (Model::margin). Kept, so that a replay is
  // exact also with a program that ships another starter set.
  float prior = 0;

  bool operator==(const Lesson&) const = default;
};

// Version byte, prior, differences as varints: about 3.6 bytes a feature with 400 of them.
std::string encode(const Lesson& lesson);
// The vector is rising. Refuses (Code::invalid) what encode cannot have written, in whatever way it is
// damaged, without allocating more than kMostFeatures numbers.
Result<Lesson> decode_lesson(std::string_view blob);

}  // namespace chaffinch
