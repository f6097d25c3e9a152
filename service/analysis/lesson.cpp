#include "analysis/lesson.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace chaffinch {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHead = 5;  // version and prior

tl::unexpected<Error> damaged(const char* how) {
  return fail(Code::invalid, std::string("the lesson is damaged: ") + how);
}

}  // namespace

std::string encode(const Lesson& lesson) {
  std::string blob;
  blob.reserve(kHead + lesson.vector.size() * 3);
  blob += kVersion;
  const auto prior = std::bit_cast<std::uint32_t>(lesson.prior);
  for (int shift = 0; shift < 32; shift += 8) blob += static_cast<char>(prior >> shift & 0xFF);
  LearnVector rising = lesson.vector;
  std::sort(rising.begin(), rising.end());
  FeatureId before = 0;
  for (const FeatureId id : rising) {
    std::uint32_t step = id - before;
    before = id;
    for (; step >= 0x80; step >>= 7) blob += static_cast<char>(step | 0x80);
    blob += static_cast<char>(step);
  }
  return blob;
}

Result<Lesson> decode_lesson(std::string_view blob) {
  if (blob.size() < kHead) return damaged("it is too short");
  if (blob[0] != kVersion) return damaged("its version is not known");
  const auto byte = [blob](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(blob[at]));
  };
  std::uint32_t prior = 0;
  for (std::size_t i = 0; i < 4; ++i) prior |= byte(1 + i) << (8 * i);
  Lesson lesson;
  lesson.prior = std::bit_cast<float>(prior);
  if (!std::isfinite(lesson.prior)) return damaged("its prior is not a number");
  lesson.vector.reserve(std::min(kMostFeatures, (blob.size() - kHead) / 2));
  std::uint64_t before = 0;
  for (std::size_t at = kHead; at < blob.size();) {
    std::uint64_t step = 0;
    for (int shift = 0;; shift += 7) {
      if (at == blob.size()) return damaged("it ends within a number");
      const std::uint32_t next = byte(at++);
      step |= static_cast<std::uint64_t>(next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        if (next == 0 && shift > 0) return damaged("a number is longer than it need be");
        break;
      }
      if (shift == 28) return damaged("a number is too long");
    }
    if (step == 0 && !lesson.vector.empty()) return damaged("a feature stands twice");
    before += step;
    if (before > std::numeric_limits<FeatureId>::max()) return damaged("a feature is out of range");
    if (lesson.vector.size() == kMostFeatures) return damaged("it has too many features");
    lesson.vector.push_back(static_cast<FeatureId>(before));
  }
  return lesson;
}

}  // namespace chaffinch
