#include "analysis/learner.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "analysis/weighing.h"
#include "core/fnv.h"

namespace chaffinch {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kFirstSlots = 256;

// Values are read and written low byte first, whatever the machine.
class Writer {
 public:
  void u32(std::uint32_t value) {
    const char four[4] = {static_cast<char>(value), static_cast<char>(value >> 8),
                          static_cast<char>(value >> 16), static_cast<char>(value >> 24)};
    bytes.append(four, 4);
  }
  void u64(std::uint64_t value) {
    u32(static_cast<std::uint32_t>(value));
    u32(static_cast<std::uint32_t>(value >> 32));
  }
  void f32(float value) { u32(std::bit_cast<std::uint32_t>(value)); }
  void f64(double value) { u64(std::bit_cast<std::uint64_t>(value)); }

  std::string bytes;
};

// Reads nothing beyond the end: `good` turns false and everything is 0.
class BlobReader {
 public:
  explicit BlobReader(std::string_view blob) : blob_(blob) {}

  std::uint32_t u32() {
    if (blob_.size() - at_ < 4) {
      good = false;
      return 0;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value |= static_cast<std::uint32_t>(static_cast<unsigned char>(blob_[at_ + i])) << (8 * i);
    at_ += 4;
    return value;
  }
  std::uint64_t u64() {
    const std::uint64_t low = u32();
    return low | static_cast<std::uint64_t>(u32()) << 32;
  }
  float f32() { return finite(std::bit_cast<float>(u32())); }
  double f64() { return finite(std::bit_cast<double>(u64())); }
  std::size_t left() const { return blob_.size() - at_; }

  bool good = true;

 private:
  template <class T>
  T finite(T value) {
    if (std::isfinite(value)) return value;
    good = false;
    return 0;
  }

  std::string_view blob_;
  std::size_t at_ = 0;
};

}  // namespace

double bounded_margin(double margin) {
  return std::clamp(margin, -kMostMargin, kMostMargin);
}

double logistic(double margin) {
  // exp of the library may differ in its last bit from one version to the next. 2^whole is exact, the rest
  // lies within half a step of 0, where twelve terms are exact to the last bits of a double.
  const double x = std::clamp(margin, -60.0, 60.0) * 1.4426950408889634;
  const double whole = std::floor(x + 0.5);
  const double rest = (x - whole) * 0.6931471805599453;
  double power = 1;
  for (int i = 13; i > 0; --i) power = 1 + power * rest / i;
  const double scaled = std::ldexp(power, static_cast<int>(whole));
  return scaled / (1 + scaled);
}

double Quality::area() const {
  double below = 0, pairs = 0;
  for (std::size_t i = 0; i < kBins; ++i) {
    pairs += static_cast<double>(spam_bins[i]) * (below + static_cast<double>(ham_bins[i]) / 2);
    below += static_cast<double>(ham_bins[i]);
  }
  return ham == 0 || spam == 0 ? 0.5 : pairs / (static_cast<double>(ham) * static_cast<double>(spam));
}

double Quality::natural_margin() const {
  const double seen = static_cast<double>(ham);
  const double worst = ham_margins.mean + kHamSpread * std::sqrt(ham_margins.variance);
  return (kUnsureMargin * kTrustsHam + std::max(0.0, worst) * seen) / (kTrustsHam + seen);
}

double Quality::probability_of(std::size_t bin) {
  const double middle = (static_cast<double>(bin) + 0.5) / kBins;
  const double odds = middle / (1 - middle);
  return odds * odds * odds / (1 + odds * odds * odds);
}

double Quality::drift() const {
  constexpr std::uint64_t kEnough = 200;
  constexpr double kNoise = 0.05;  // below this, a good model's worse days are no drift
  if (ham + spam < kEnough) return 0;
  return (loss_fast - loss_slow) / (loss_slow + kNoise);
}

std::size_t UndoLog::bytes() const {
  return sizeof *this + old_.capacity() * sizeof(Old) + rest_.capacity();
}

Model::Model(int weight_bits) : bits_(weight_bits) {
  if (weight_bits < 4 || weight_bits > 24) throw std::logic_error("a model has 2^4 to 2^24 weights");
  buckets_.resize(std::min(kFirstSlots, std::size_t{1} << bits_) / kBucket);
  rates_.resize(slots());
}

std::uint32_t Model::place_of(FeatureId id) const {
  return (id ^ id >> 29) & ((std::uint32_t{1} << bits_) - 1);
}

// Unless it is full some slot is free.
std::size_t Model::find(std::uint32_t place) const {
  if (full()) return place;
  for (std::size_t at = place / kBucket;; ++at) {
    at &= buckets_.size() - 1;
    const auto& keys = buckets_[at].keys;
    for (std::size_t i = 0; i < kBucket; ++i)
      if (keys[i] == place + 1 || keys[i] == 0) return at * kBucket + i;
  }
}

std::size_t Model::make(std::uint32_t place) {
  if ((used_ + 1) * 2 > slots() && !full()) grow();
  const std::size_t at = find(place);
  if (key_at(at) == 0) {
    key_at(at) = place + 1;
    ++used_;
  }
  return at;
}

void Model::grow() {
  decltype(buckets_) buckets(buckets_.size() * 2);
  decltype(rates_) rates(buckets.size() * kBucket);
  buckets.swap(buckets_);
  rates.swap(rates_);
  for (std::size_t i = 0; i < buckets.size() * kBucket; ++i) {
    const std::uint32_t key = buckets[i / kBucket].keys[i % kBucket];
    if (key == 0) continue;
    const std::size_t at = find(key - 1);
    key_at(at) = key;
    weight_at(at) = buckets[i / kBucket].weights[i % kBucket];
    rates_[at] = rates[i];
  }
}

void Model::expect(const LearnVector& vector) const {
  const std::size_t mask = buckets_.size() - 1;
  for (const FeatureId id : vector) __builtin_prefetch(buckets_.data() + (place_of(id) / kBucket & mask));
}

void Model::look_up(const LearnVector& vector, float* weights) const {
  if (full()) {  // a free slot weighs 0
    for (const FeatureId id : vector) *weights++ = weight_at(place_of(id));
    return;
  }
  using Four [[gnu::vector_size(sizeof(Bucket::keys))]] = std::uint32_t;
  const auto halves = [](const Four& four) {
    const auto two = std::bit_cast<std::array<std::uint64_t, 2>>(four);
    return two[0] | two[1];
  };
  const std::size_t mask = buckets_.size() - 1;
  for (const FeatureId id : vector) {
    const std::uint32_t place = place_of(id);
    const Bucket& home = buckets_[place / kBucket & mask];
    // Where in its bucket a weight is, if anywhere, cannot be guessed: no branch. Seldom it is in another
    // one.
    const auto keys = std::bit_cast<Four>(home.keys);
    const Four same = (Four)(keys == place + 1), none = (Four)(keys == 0);
    const std::uint64_t weight = halves(same & std::bit_cast<Four>(home.weights));
    *weights++ = halves(same | none) != 0
                     ? std::bit_cast<float>(static_cast<std::uint32_t>(weight | weight >> 32))
                     : weight_at(find(place));
  }
}

double Model::margin(const LearnVector& vector) const {
  return Weighing(vector).ask(*this, 0);
}

void Model::count(double margin, bool spam) {
  const double said = margin - quality_.natural_margin();
  const double probability = logistic(said);
  const auto bin =
      std::min(Quality::kBins - 1, static_cast<std::size_t>(logistic(said / 3) * Quality::kBins));
  ++(spam ? quality_.spam : quality_.ham);
  ++(spam ? quality_.spam_bins : quality_.ham_bins)[bin];
  if (spam && probability < 0.5) ++quality_.spam_as_ham;
  if (!spam && probability >= 0.5) ++quality_.ham_as_spam;
  // Brier's loss needs no logarithm and is bounded.
  const double wrong = spam ? 1 - probability : probability;
  const double loss = wrong * wrong;
  const double seen = static_cast<double>(quality_.ham + quality_.spam);
  quality_.loss_fast += (loss - quality_.loss_fast) / std::min(seen, 30.0);
  quality_.loss_slow += (loss - quality_.loss_slow) / std::min(seen, 500.0);
  Quality::Margins& margins = spam ? quality_.spam_margins : quality_.ham_margins;
  const double step = 1 / std::min(static_cast<double>(spam ? quality_.spam : quality_.ham), 300.0);
  const double off = margin - margins.mean;
  margins.mean += step * off;
  margins.variance = (1 - step) * (margins.variance + step * off * off);
}

void Model::learn(const Lesson& lesson, bool spam, UndoLog* log) {
  require_rates();
  if (log != nullptr) {
    log->old_.clear();
    log->rest_ = rest();
  }
  Weighing weighing(lesson.vector);
  const double own = weighing.ask(*this, 0);
  const double ham_before = static_cast<double>(quality_.ham),
               spam_before = static_cast<double>(quality_.spam);
  count(own + prior_share() * bounded_margin(lesson.prior), spam);

  if ((spam ? own : -own) > kThick) return;
  const double same = (spam ? spam_before : ham_before) + 1;
  const double balance = std::min(kMostBalance, std::sqrt((ham_before + spam_before + 2) / (2 * same)));
  const double gradient = (logistic(own) - (spam ? 1 : 0)) * balance;
  if (log != nullptr) log->old_.reserve(lesson.vector.size());
  for (const FeatureId id : lesson.vector) {
    const std::uint32_t place = place_of(id);
    const std::size_t at = make(place);
    float &weight = weight_at(at), &rate = rates_[at];
    if (log != nullptr) log->old_.push_back({place, weight, rate});
    const double step = gradient * weighing.class_values()[id >> 29];
    rate = static_cast<float>(rate + step * step);
    weight = static_cast<float>(weight - kLearningRate * step / (std::sqrt(rate) + kRateFloor));
  }
  bias_rate_ = static_cast<float>(bias_rate_ + gradient * gradient);
  bias_ = static_cast<float>(bias_ - kBiasRate * gradient / std::sqrt(bias_rate_ + 1.0));
}

void Model::undo(const UndoLog& log) {
  require_rates();
  // Latest first: two features of a lesson may share a weight.
  for (auto old = log.old_.rbegin(); old != log.old_.rend(); ++old) {
    const std::size_t at = make(old->place);
    weight_at(at) = old->weight;
    rates_[at] = old->rate;
  }
  if (!log.rest_.empty() && !set_rest(log.rest_)) throw std::logic_error("an undo log is of another model");
}

double Model::prior_share() const {
  const double both = static_cast<double>(std::min(quality_.ham, quality_.spam));
  return kPriorShare * kPriorFades / (kPriorFades + both);
}

void Model::only_predict() {
  taught_ = weights();
  decltype(rates_)().swap(rates_);
}

void Model::require_rates() const {
  if (taught_) throw std::logic_error("this model only predicts");
}

std::size_t Model::weights() const {
  if (taught_) return *taught_;
  return static_cast<std::size_t>(
      std::count_if(rates_.begin(), rates_.end(), [](float rate) { return rate > 0; }));
}

std::size_t Model::bytes() const {
  return sizeof *this + buckets_.capacity() * sizeof(Bucket) + rates_.capacity() * sizeof(float);
}

std::string Model::rest() const {
  Writer out;
  out.f32(bias_);
  out.f32(bias_rate_);
  out.u64(quality_.ham);
  out.u64(quality_.spam);
  out.u64(quality_.ham_as_spam);
  out.u64(quality_.spam_as_ham);
  for (const std::uint64_t count : quality_.ham_bins) out.u64(count);
  for (const std::uint64_t count : quality_.spam_bins) out.u64(count);
  out.f64(quality_.loss_fast);
  out.f64(quality_.loss_slow);
  for (const Quality::Margins& margins : {quality_.ham_margins, quality_.spam_margins}) {
    out.f64(margins.mean);
    out.f64(margins.variance);
  }
  return std::move(out.bytes);
}

bool Model::set_rest(std::string_view bytes) {
  BlobReader in(bytes);
  bias_ = in.f32();
  bias_rate_ = in.f32();
  quality_.ham = in.u64();
  quality_.spam = in.u64();
  quality_.ham_as_spam = in.u64();
  quality_.spam_as_ham = in.u64();
  std::uint64_t ham = 0, spam = 0;
  for (std::uint64_t& count : quality_.ham_bins) ham += count = in.u64();
  for (std::uint64_t& count : quality_.spam_bins) spam += count = in.u64();
  quality_.loss_fast = in.f64();
  quality_.loss_slow = in.f64();
  for (Quality::Margins* margins : {&quality_.ham_margins, &quality_.spam_margins}) {
    margins->mean = in.f64();
    margins->variance = in.f64();
  }
  return in.good && in.left() == 0 && bias_rate_ >= 0 && ham == quality_.ham && spam == quality_.spam &&
         quality_.ham_as_spam <= ham && quality_.spam_as_ham <= spam;
}

std::string Model::serialise() const {
  require_rates();
  // Of what was taken back nothing is kept, so that equal models are equal bytes.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> taught;  // place, slot
  taught.reserve(used_);
  for (std::size_t i = 0; i < slots(); ++i) {
    if (rates_[i] > 0) taught.emplace_back(key_at(i) - 1, static_cast<std::uint32_t>(i));
  }
  if (!std::is_sorted(taught.begin(), taught.end())) std::sort(taught.begin(), taught.end());
  Writer out;
  out.bytes.reserve(2'048 + taught.size() * 12);
  out.bytes += kVersion;
  out.bytes += static_cast<char>(bits_);
  const std::string others = rest();
  out.u32(static_cast<std::uint32_t>(others.size()));
  out.bytes += others;
  out.u32(static_cast<std::uint32_t>(taught.size()));
  for (const auto& [place, at] : taught) {
    out.u32(place);
    out.f32(weight_at(at));
    out.f32(rates_[at]);
  }
  out.u64(fnv(out.bytes));  // against damage, not against forgers
  return std::move(out.bytes);
}

Result<Model> Model::load(std::string_view blob) {
  const auto damaged = [](const char* how) {
    return fail(Code::invalid, std::string("the model is damaged: ") + how, {}, "rebuild it from its events");
  };
  if (blob.size() < 2 + 8) return damaged("it is too short");
  if (blob[0] != kVersion) return damaged("its version is not known");
  if (blob[1] < 4 || blob[1] > 24) return damaged("its size is out of range");
  const std::string_view body = blob.substr(0, blob.size() - 8);
  if (BlobReader(blob.substr(body.size())).u64() != fnv(body)) return damaged("the checksum differs");
  Model model(blob[1]);
  BlobReader in(body.substr(2));
  const std::size_t others = in.u32();
  if (!in.good || others > in.left() || !model.set_rest(body.substr(6, others)))
    return damaged("its counts contradict each other");
  in = BlobReader(body.substr(6 + others));
  const std::size_t count = in.u32();
  if (!in.good || in.left() != count * 12) return damaged("it ends too early or too late");
  while (!model.full() && count * 4 > model.slots() * 3) model.grow();
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t place = in.u32();
    const float weight = in.f32(), rate = in.f32();
    if (!in.good || place < next || place >= std::uint32_t{1} << model.bits_ || !(rate > 0))
      return damaged("a weight is out of order or out of range");
    next = std::uint64_t{place} + 1;
    const std::size_t at = model.make(place);
    model.weight_at(at) = weight;
    model.rates_[at] = rate;
  }
  return model;
}

}  // namespace chaffinch
