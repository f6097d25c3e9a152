// Sketches: by what nearly equal texts are found. Pure; safe from any thread. std only.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/evidence.h"

namespace chaffinch {

// So many different shingles make a sketch; of fewer too little is left when one word differs.
inline constexpr std::uint32_t kFewestShingles = 24;

// The sketch of a folded text; all zeros when it has too few different shingles.
//
// Shingles are four characters in a row of the text's letters and digits, with one space for all that stands
// between them and every digit as 0, so that another telephone number is no other text. MinHash by one
// permutation (Li, Owen, Zhang 2012: the hash of a shingle chooses one of 24 places, the smallest hash of
// each place is kept), empty places filled from the next one (Shrivastava, Li 2014), one byte of each (b-bit
// minwise hashing, Li, Koenig 2010). Two texts whose sets of shingles have the Jaccard index J agree in about
// 24 (J + (1 - J) / 256) places. SimHash (Charikar 2002) was measured beside it and finds less: see
// service/README.md. Linear; some nanoseconds for each character.
Sketch sketch_of(std::string_view folded);

// In how many places of 24 two sketches agree.
std::uint32_t agreement(const Sketch& a, const Sketch& b);

// From so many places on two texts count as near copies of each other (a Jaccard index of about 0.55).
inline constexpr std::uint32_t kNear = 13;

inline bool empty(const Sketch& sketch) {
  return sketch == Sketch{};
}

}  // namespace chaffinch
