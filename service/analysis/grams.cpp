#include "analysis/grams.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace chaffinch {
namespace {

// More literals than this with one gram go to the automaton.
constexpr std::size_t kMostOfOneGram = 8;
// With fewer literals than this, four bytes are rare enough, and a table to ask at each place is saved.
constexpr std::size_t kMany = 6'000;

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

std::size_t Grams::level_for(std::size_t length, std::size_t literals) {
  std::size_t level = kSizes.size() - (literals < kMany ? 2 : 1);
  while (kSizes[level] > length) --level;
  return level;
}

Grams::Grams(const std::vector<std::string>& literals) {
  if (literals.empty()) return;
  for (const std::string& literal : literals) {
    starts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    bytes_ += literal;
  }
  starts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  bytes_.append(8, '\0');

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
    std::pair<std::uint64_t, Entry> chosen;
    for (std::size_t at = 0; at + size <= literal.size(); ++at) {
      const std::uint64_t gram = gram_of(literal.data() + at, size);
      const std::uint32_t others = taken[level].of(hash(gram));
      if (others >= kMostOfOneGram) continue;
      const double value = 100 + rarity(std::string_view(literal).substr(at, size)) -
                           2 * std::log2(held[level].of(hash(gram))) - 0.5 * others;
      if (value <= best) continue;
      best = value;
      chosen = {gram,
                {i, starts_[i], static_cast<std::uint16_t>(literal.size()), static_cast<std::uint16_t>(at)}};
    }
    if (best < 0) {
      crowded.push_back(literal);
      crowded_.push_back(i);
      continue;
    }
    ++taken[level].of(hash(chosen.first));
    grams[level].push_back(chosen);
  }
  if (!grams[4].empty()) tables_.six = GramBits(grams[4].size());
  if (!grams[3].empty()) tables_.four = GramBits(grams[3].size());
  if (!grams[2].empty() || !grams[1].empty())
    tables_.three = GramBits(grams[1].size() * 256 + grams[2].size());
  marks_any_ = tables_.six.used() || tables_.four.used() || tables_.three.used();
  scan_ = quickest_scan();
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    for (const auto& [gram, entry] : grams[level]) mark(gram, kSizes[level]);
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

void Grams::mark(std::uint64_t gram, std::size_t size) {
  std::array<char, 8> bytes{};
  std::memcpy(bytes.data(), &gram, sizeof gram);
  if (size == 6) tables_.six.put(GramHash::six(bytes.data()));
  if (size == 4) tables_.four.put(GramHash::four(bytes.data()));
  if (size == 3) tables_.three.put(GramHash::three(bytes.data()));
  for (int next = 0; size == 2 && next < 256; ++next) {
    bytes[2] = static_cast<char>(next);
    tables_.three.put(GramHash::three(bytes.data()));
  }
}

Grams::Level Grams::level_of(std::vector<std::pair<std::uint64_t, Entry>> grams) {
  Level level;
  if (grams.empty()) return level;
  std::sort(grams.begin(), grams.end(), [](const auto& left, const auto& right) {
    return left.first != right.first ? left.first < right.first : left.second.literal < right.second.literal;
  });
  const std::size_t slots = std::bit_ceil(grams.size() * 2 + 2);
  level.slots.resize(slots);
  level.slots_shift = 64U - static_cast<unsigned>(std::countr_zero(slots));
  for (std::size_t i = 0; i < grams.size();) {
    const std::uint64_t gram = grams[i].first;
    const auto first = static_cast<std::uint32_t>(i);
    for (; i < grams.size() && grams[i].first == gram; ++i) level.entries.push_back(grams[i].second);
    std::size_t slot = hash(gram) >> level.slots_shift;
    while (level.slots[slot].first != kNone) slot = (slot + 1) & (slots - 1);
    level.slots[slot] = {gram, first, static_cast<std::uint32_t>(i)};
  }
  return level;
}

std::size_t Grams::memory() const {
  std::size_t bytes = bytes_.capacity() + starts_.capacity() * sizeof(std::uint32_t) + automaton_.memory();
  for (const GramBits* bits : {&tables_.six, &tables_.four, &tables_.three})
    bytes += bits->words().capacity() * sizeof(std::uint32_t);
  for (const Level& level : levels_)
    bytes += level.slots.capacity() * sizeof(Slot) + level.entries.capacity() * sizeof(Entry);
  return bytes;
}

}  // namespace chaffinch
