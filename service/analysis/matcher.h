// The patterns of all packs, compiled, over one comment's evidence. Pure; immutable once built; safe from any
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "analysis/pack.h"
#include "core/evidence.h"
#include "core/result.h"

namespace chaffinch {

class Matcher {
 public:
  struct Sighting {
    std::uint32_t pattern = 0;  // its place in the span that the matcher was built from
    Spot spot;
  };

  // A pattern and the pack that holds it.
  struct Source {
    const PackPattern* pattern = nullptr;
    const Pack* pack = nullptr;
  };

  // What is wrong with an entry goes to `errors`, and its pattern's place to `bad`; the others are compiled
  // all the same, so that their examples can be tried. Nothing only when the whole is too large. Patterns
  // that are off are checked and left out.
  static std::unique_ptr<Matcher> build(std::span<const Source> patterns, std::vector<Error>& errors,
                                        std::vector<bool>& bad);

  virtual ~Matcher() = default;

  // Appends where each pattern hits, by rising pattern: at least one sighting of each that does. False when a
  // check could not be made (see PatternSet::find).
  [[nodiscard]] virtual bool find(const Evidence& seen, std::vector<Sighting>& sightings) const = 0;
  // Gives back the memory that finding took; nobody finds anything meanwhile.
  virtual void renew() {}
};

}  // namespace chaffinch
