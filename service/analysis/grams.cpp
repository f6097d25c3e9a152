#include "analysis/grams.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace chaffinch {
namespace {

// More literals than this with one gram go to the automaton.
constexpr std::size_t kMostOfOneGram = 8;
// With fewer literals than this, four bytes are rare enough, and one pass over the text is saved.
constexpr std::size_t kMany = 6'000;
// So few can be known by three bytes without many looks in vain, and one look at a place is enough for all.
constexpr std::size_t kFew = 1'000;
// Bits of the table a gram: one in so many places that hold no gram is looked at in vain.
constexpr std::size_t kBitsEach = 32;
// Where the first four bytes of grams begin more places of a comment than this, by their rarities, whether
// one does is a branch that cannot be guessed. Letters depend on each other, so that there are five to
// fifteen times as many: with 0.009 (0.14 of the places) asking for the first four bytes was measured to be
// quicker, with 0.04 (0.20) and more asking for all.
constexpr double kCommon = 0.02;
constexpr std::size_t kLeastBits = 1U << 14U;
constexpr std::size_t kMostBits = 1U << 22U;  // 512 KiB, about what stays in a core's cache

// Bits of information of a byte in blog comments of many languages: about -log2 of how often it is seen.
constexpr std::array<float, 256> weights() {
  std::array<float, 256> made{};
  for (float& one : made) one = 11;
  // Bytes of UTF-8 come in crowds: little is known from one of them, but that emoji are rarer than letters.
  for (std::size_t byte = 0x80; byte < 0x100; ++byte) made[byte] = byte < 0xF0 ? 4 : 8;
  constexpr std::string_view kLetters = "etaoinsrhldcumfpgybwkvxjqz";
  constexpr std::array<float, 26> kBits = {3.6F, 3.8F, 4.0F, 4.0F, 4.1F, 4.3F, 4.4F, 4.6F, 4.8F,
                                           5.0F, 5.3F, 5.4F, 5.5F, 5.6F, 6.1F, 5.8F, 6.0F, 6.0F,
                                           6.3F, 6.1F, 6.5F, 6.8F, 8.5F, 8.5F, 9.5F, 8.5F};
  for (std::size_t i = 0; i < kLetters.size(); ++i) made[static_cast<unsigned char>(kLetters[i])] = kBits[i];
  for (std::size_t byte = 'A'; byte <= 'Z'; ++byte) made[byte] = 8;
  for (std::size_t byte = '0'; byte <= '9'; ++byte) made[byte] = 9;
  for (const char c : std::string_view("!'\"-/:()?")) made[static_cast<unsigned char>(c)] = 8.5F;
  made['<'] = made['>'] = 9;
  made[' '] = 2.8F;
  made['\n'] = made['.'] = 6;
  made[','] = 7.5F;
  return made;
}
constexpr std::array<float, 256> kWeights = weights();

// Counts by hash: two that share a place count together.
class Crowd {
 public:
  Crowd() = default;
  explicit Crowd(std::size_t expected) : counts_(std::bit_ceil(expected + 64)) {}
  std::uint32_t& of(std::uint64_t hash) { return counts_[hash >> 32U & (counts_.size() - 1)]; }

 private:
  std::vector<std::uint32_t> counts_;
};

}  // namespace

double rarity(std::string_view literal) {
  double bits = 0;
  for (const char c : literal) bits += kWeights[static_cast<unsigned char>(c)];
  return bits;
}

Grams::Bits::Bits(std::size_t grams) {
  const std::size_t bits = std::clamp(std::bit_ceil(grams * kBitsEach), kLeastBits, kMostBits);
  words.assign(bits / 64, 0);
  shift = 64U - static_cast<unsigned>(std::countr_zero(bits));
}

std::size_t Grams::level_for(std::size_t length, std::size_t literals) {
  std::size_t level = kSizes.size() - (literals < kMany ? 2 : 1);
  while (kSizes[level] > length) --level;
  return level;
}

bool Grams::common_beginnings(const std::vector<std::pair<std::uint64_t, Entry>>& grams) {
  std::vector<std::uint64_t> firsts;
  for (const auto& [gram, entry] : grams) firsts.push_back(first_of(gram, 4));
  std::sort(firsts.begin(), firsts.end());
  firsts.erase(std::unique(firsts.begin(), firsts.end()), firsts.end());
  double expected = 0;
  for (const std::uint64_t first : firsts) {
    std::array<char, 8> bytes{};
    std::memcpy(bytes.data(), &first, sizeof first);
    expected += std::exp2(-rarity(std::string_view(bytes.data(), 4)));
  }
  return expected > kCommon;
}

Grams::Grams(const std::vector<std::string>& literals) {
  if (literals.empty()) return;
  for (const std::string& literal : literals) {
    starts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    bytes_ += literal;
  }
  starts_.push_back(static_cast<std::uint32_t>(bytes_.size()));

  // How often the literals themselves hold some bytes tells how common these are where the literals come
  // from.
  std::array<Crowd, kSizes.size()> held;
  std::array<Crowd, kSizes.size()> taken;
  for (std::size_t level = 0; level < kSizes.size(); ++level) {
    held[level] = Crowd(bytes_.size());
    taken[level] = Crowd(literals.size() * 4);
  }
  for (const std::string& literal : literals) {
    const std::size_t level = level_for(literal.size(), literals.size());
    for (std::size_t at = 0; at + kSizes[level] <= literal.size(); ++at)
      ++held[level].of(hash(gram_of(literal.data() + at, kSizes[level])));
  }
  std::array<std::vector<std::pair<std::uint64_t, Entry>>, kSizes.size()> grams;
  std::vector<std::string> crowded;
  for (std::uint32_t i = 0; i < literals.size(); ++i) {
    const std::string& literal = literals[i];
    const std::size_t level = level_for(literal.size(), literals.size());
    const std::size_t size = kSizes[level];
    double best = -1;
    std::pair<std::uint64_t, Entry> chosen{0, {i, 0}};
    for (std::size_t at = 0; at + size <= literal.size(); ++at) {
      const std::uint64_t gram = gram_of(literal.data() + at, size);
      const std::uint32_t others = taken[level].of(hash(gram));
      if (others >= kMostOfOneGram) continue;
      const double value = 100 + rarity(std::string_view(literal).substr(at, size)) -
                           2 * std::log2(held[level].of(hash(gram))) - 0.5 * others;
      if (value <= best) continue;
      best = value;
      chosen = {gram, {i, static_cast<std::uint32_t>(at)}};
    }
    if (best < 0) {
      crowded.push_back(literal);
      crowded_.push_back(i);
      continue;
    }
    ++taken[level].of(hash(chosen.first));
    grams[level].push_back(chosen);
  }
  const std::size_t longs = grams[3].size() + grams[4].size();
  const bool few = longs <= kFew;
  const std::size_t others = grams[1].size() * 256 + grams[2].size() + (few ? longs : 0);
  by_all_ = !few && !grams[4].empty() && common_beginnings(grams[4]);
  if (!few && !by_all_) fours_ = Bits(longs);
  if (others > 0) threes_ = Bits(others);
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    for (const auto& [gram, entry] : grams[level]) {
      if (kSizes[level] >= 4 && fours_.used()) fours_.put(hash(first_of(gram, 4)));
      if (kSizes[level] == 3 || (kSizes[level] >= 4 && few)) threes_.put(hash(first_of(gram, 3)));
      if (kSizes[level] != 2) continue;
      std::array<char, 8> bytes{};
      std::memcpy(bytes.data(), &gram, sizeof gram);
      for (int next = 0; next < 256; ++next) {
        bytes[2] = static_cast<char>(next);
        threes_.put(hash(gram_of(bytes.data(), 3)));
      }
    }
    levels_[level] = level_of(std::move(grams[level]));
  }

  // The automaton wants them sorted.
  std::vector<std::uint32_t> order(crowded.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&crowded](std::uint32_t left, std::uint32_t right) { return crowded[left] < crowded[right]; });
  std::vector<std::string> sorted;
  std::vector<std::uint32_t> numbers;
  for (const std::uint32_t i : order) {
    sorted.push_back(std::move(crowded[i]));
    numbers.push_back(crowded_[i]);
  }
  crowded_ = std::move(numbers);
  automaton_ = Automaton(sorted);
}

Grams::Level Grams::level_of(std::vector<std::pair<std::uint64_t, Entry>> grams) {
  Level level;
  if (grams.empty()) return level;
  std::sort(grams.begin(), grams.end(), [](const auto& left, const auto& right) {
    return left.first != right.first ? left.first < right.first : left.second.literal < right.second.literal;
  });
  level.bits = Bits(grams.size());
  const std::size_t slots = std::bit_ceil(grams.size() * 2 + 2);
  level.slots.resize(slots);
  level.slots_shift = 64U - static_cast<unsigned>(std::countr_zero(slots));
  for (std::size_t i = 0; i < grams.size();) {
    const std::uint64_t gram = grams[i].first;
    const auto first = static_cast<std::uint32_t>(i);
    for (; i < grams.size() && grams[i].first == gram; ++i) level.entries.push_back(grams[i].second);
    level.bits.put(hash(gram));
    std::size_t slot = other_hash(gram) >> level.slots_shift;
    while (level.slots[slot].first != kNone) slot = (slot + 1) & (slots - 1);
    level.slots[slot] = {gram, first, static_cast<std::uint32_t>(i)};
  }
  return level;
}

std::size_t Grams::memory() const {
  std::size_t bytes = (fours_.words.capacity() + threes_.words.capacity()) * sizeof(std::uint64_t) +
                      bytes_.capacity() + starts_.capacity() * sizeof(std::uint32_t) + automaton_.memory();
  for (const Level& level : levels_) {
    bytes += level.bits.words.capacity() * sizeof(std::uint64_t) + level.slots.capacity() * sizeof(Slot) +
             level.entries.capacity() * sizeof(Entry);
  }
  return bytes;
}

}  // namespace chaffinch
