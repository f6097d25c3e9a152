#include "store/codec.h"

#include <array>
#include <charconv>
#include <concepts>
#include <limits>

namespace chaffinch::codec {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kFacts = 2;  // since 2 with near copies

class Out {
 public:
  explicit Out(std::int64_t version = kVersion) { number(version); }

  template <std::integral T>
  void number(T value) {
    std::array<char, 24> room{};
    const auto end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
    text_.append(room.data(), end);
    text_ += ' ';
  }
  void flag(bool value) { number(value ? 1 : 0); }
  void real(double value) {
    std::array<char, 40> room{};
    const auto end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
    text_.append(room.data(), end);
    text_ += ' ';
  }
  void text(std::string_view value) {
    std::array<char, 24> room{};
    const auto end = std::to_chars(room.data(), room.data() + room.size(), value.size()).ptr;
    text_.append(room.data(), end);
    text_ += ':';
    text_ += value;
  }
  void id(const Id& value) { text(value.text()); }
  void count(std::size_t value) { number(value); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// Reads what Out wrote. After the first mistake everything reads as zero and `done` is false.
class In {
 public:
  explicit In(std::string_view text, std::int64_t newest = kVersion) : text_(text) {
    version_ = number<std::int64_t>();
    good_ = good_ && version_ >= 1 && version_ <= newest;
  }
  std::int64_t version() const { return version_; }

  template <std::integral T>
  T number() {
    T value{};
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    take(end, error == std::errc(), ' ');
    return good_ ? value : T{};
  }
  bool flag() { return number<int>() != 0; }
  double real() {
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    take(end, error == std::errc(), ' ');
    return good_ ? value : 0;
  }
  std::string text() {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
    take(end, error == std::errc(), ':');
    if (!good_ || size > text_.size()) {
      good_ = false;
      return {};
    }
    std::string value(text_.substr(0, size));
    text_.remove_prefix(size);
    return value;
  }
  Id id() {
    const auto value = Id::parse(text());
    good_ = good_ && value.has_value();
    return value.value_or(Id{});
  }
  // An element takes at least two bytes, so a count beyond the rest is a lie.
  std::size_t count() {
    const auto value = number<std::size_t>();
    if (value > text_.size()) good_ = false;
    return good_ ? value : 0;
  }
  template <class E>
  E word(std::optional<E> value) {
    good_ = good_ && value.has_value();
    return value.value_or(E{});
  }
  template <class E>
  E chosen(int last) {
    const int value = number<int>();
    if (value < 0 || value > last) good_ = false;
    return good_ ? static_cast<E>(value) : E{};
  }
  bool done() const { return good_ && text_.empty(); }
  bool good() const { return good_; }

 private:
  void take(const char* end, bool parsed, char last) {
    if (!good_ || !parsed || end == text_.data() + text_.size() || *end != last) {
      good_ = false;
      return;
    }
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()) + 1);
  }

  std::string_view text_;
  std::int64_t version_ = 0;
  bool good_ = true;
};

constexpr int kLastField = static_cast<int>(Field::type);
constexpr int kLastView = static_cast<int>(View::folded);
constexpr int kLastAction = static_cast<int>(Action::discard);

void write(Out& out, const Record& record) {
  for (const std::uint32_t value :
       {record.approved, record.rejected, record.spam, record.pending, record.checked}) {
    out.number(value);
  }
  out.number(record.first_seen);
  out.number(record.last_seen);
}

Record read_record(In& in) {
  Record record;
  for (std::uint32_t* value :
       {&record.approved, &record.rejected, &record.spam, &record.pending, &record.checked}) {
    *value = in.number<std::uint32_t>();
  }
  record.first_seen = in.number<Time>();
  record.last_seen = in.number<Time>();
  return record;
}

void write(Out& out, const std::vector<Skipped>& skipped) {
  out.count(skipped.size());
  for (const Skipped& one : skipped) {
    out.id(one.id);
    out.text(one.why);
  }
}

std::vector<Skipped> read_skipped(In& in) {
  std::vector<Skipped> skipped;
  for (std::size_t left = in.count(); left > 0 && in.good(); --left) {
    Skipped one;
    one.id = in.id();
    one.why = in.text();
    skipped.push_back(std::move(one));
  }
  return skipped;
}

}  // namespace

std::string write(const Verdict& verdict) {
  Out out;
  out.number(static_cast<int>(verdict.action));
  out.real(verdict.score);
  out.count(verdict.probability ? 1 : 0);
  if (verdict.probability) out.real(*verdict.probability);
  out.flag(verdict.unchecked);
  out.text(verdict.rules_version);
  out.text(verdict.model_version);
  out.count(verdict.findings.size());
  for (const Finding& finding : verdict.findings) {
    out.text(finding.rule);
    out.real(finding.score);
    out.text(finding.about);
    out.flag(finding.shadow);
    out.number(finding.action ? static_cast<int>(*finding.action) : -1);
    out.count(finding.evidence.size());
    for (const Spot& spot : finding.evidence) {
      out.number(static_cast<int>(spot.field));
      out.number(static_cast<int>(spot.view));
      out.number(spot.start);
      out.number(spot.end);
    }
  }
  return out.take();
}

std::optional<Verdict> read_verdict(std::string_view text) {
  In in(text);
  Verdict verdict;
  verdict.action = in.chosen<Action>(kLastAction);
  verdict.score = in.real();
  if (in.count() > 0) verdict.probability = in.real();
  verdict.unchecked = in.flag();
  verdict.rules_version = in.text();
  verdict.model_version = in.text();
  for (std::size_t left = in.count(); left > 0 && in.good(); --left) {
    Finding& finding = verdict.findings.emplace_back();
    finding.rule = in.text();
    finding.score = in.real();
    finding.about = in.text();
    finding.shadow = in.flag();
    const int action = in.number<int>();
    if (action > kLastAction || action < -1) return std::nullopt;
    if (action >= 0) finding.action = static_cast<Action>(action);
    for (std::size_t spots = in.count(); spots > 0 && in.good(); --spots) {
      Spot& spot = finding.evidence.emplace_back();
      spot.field = in.chosen<Field>(kLastField);
      spot.view = in.chosen<View>(kLastView);
      spot.start = in.number<std::uint32_t>();
      spot.end = in.number<std::uint32_t>();
    }
  }
  return in.done() ? std::optional(std::move(verdict)) : std::nullopt;
}

std::string write(const Facts& facts) {
  Out out(kFacts);
  out.number(facts.now);
  for (const Record* record : {&facts.author, &facts.email, &facts.address, &facts.network}) {
    write(out, *record);
  }
  out.count(facts.domains.size());
  for (const DomainRecord& domain : facts.domains) {
    out.text(domain.domain);
    write(out, domain.record);
  }
  for (const std::uint32_t value :
       {facts.recent_address_10m, facts.recent_address_1h, facts.recent_network_10m, facts.recent_email_1h,
        facts.recent_domain_1h, facts.copies, facts.copies_spam, facts.copies_approved}) {
    out.number(value);
  }
  out.flag(facts.article_known);
  out.flag(facts.article_closed);
  out.number(facts.article_first_seen);
  out.flag(facts.parent_known);
  out.count(facts.blocks.size());
  for (const BlockHit& hit : facts.blocks) {
    out.id(hit.block);
    out.text(hit.kind);
    out.number(static_cast<int>(hit.field));
  }
  out.flag(facts.incomplete);
  for (const std::uint32_t value :
       {facts.near_copies, facts.near_spam, facts.near_spam_told, facts.near_ham}) {
    out.number(value);
  }
  return out.take();
}

std::optional<Facts> read_facts(std::string_view text) {
  In in(text, kFacts);
  Facts facts;
  facts.now = in.number<Time>();
  for (Record* record : {&facts.author, &facts.email, &facts.address, &facts.network}) {
    *record = read_record(in);
  }
  for (std::size_t left = in.count(); left > 0 && in.good(); --left) {
    DomainRecord& domain = facts.domains.emplace_back();
    domain.domain = in.text();
    domain.record = read_record(in);
  }
  for (std::uint32_t* value : {&facts.recent_address_10m, &facts.recent_address_1h, &facts.recent_network_10m,
                               &facts.recent_email_1h, &facts.recent_domain_1h, &facts.copies,
                               &facts.copies_spam, &facts.copies_approved}) {
    *value = in.number<std::uint32_t>();
  }
  facts.article_known = in.flag();
  facts.article_closed = in.flag();
  facts.article_first_seen = in.number<Time>();
  facts.parent_known = in.flag();
  for (std::size_t left = in.count(); left > 0 && in.good(); --left) {
    BlockHit& hit = facts.blocks.emplace_back();
    hit.block = in.id();
    hit.kind = in.text();
    hit.field = in.chosen<Field>(kLastField);
  }
  facts.incomplete = in.flag();
  if (in.version() >= 2) {
    for (std::uint32_t* value :
         {&facts.near_copies, &facts.near_spam, &facts.near_spam_told, &facts.near_ham}) {
      *value = in.number<std::uint32_t>();
    }
  }
  return in.done() ? std::optional(std::move(facts)) : std::nullopt;
}

std::string write(const std::vector<std::string>& list) {
  Out out;
  out.count(list.size());
  for (const std::string& one : list) out.text(one);
  return out.take();
}

std::optional<std::vector<std::string>> read_list(std::string_view text) {
  In in(text);
  std::vector<std::string> list;
  for (std::size_t left = in.count(); left > 0 && in.good(); --left) list.push_back(in.text());
  return in.done() ? std::optional(std::move(list)) : std::nullopt;
}

std::string write(const std::map<std::string, double, std::less<>>& numbers) {
  Out out;
  out.count(numbers.size());
  for (const auto& [name, value] : numbers) {
    out.text(name);
    out.real(value);
  }
  return out.take();
}

std::optional<std::map<std::string, double, std::less<>>> read_numbers(std::string_view text) {
  In in(text);
  std::map<std::string, double, std::less<>> numbers;
  for (std::size_t left = in.count(); left > 0 && in.good(); --left) {
    std::string name = in.text();
    numbers[std::move(name)] = in.real();
  }
  return in.done() ? std::optional(std::move(numbers)) : std::nullopt;
}

std::string write(const std::vector<Skipped>& skipped) {
  Out out;
  write(out, skipped);
  return out.take();
}

std::optional<std::vector<Skipped>> read_skipped(std::string_view text) {
  In in(text);
  auto skipped = read_skipped(in);
  return in.done() ? std::optional(std::move(skipped)) : std::nullopt;
}

std::string write(const Settled& settled) {
  Out out;
  out.id(settled.id);
  out.number(settled.changed);
  out.flag(settled.approximate);
  write(out, settled.skipped);
  // What came later is written only where it says something.
  if (settled.partial || settled.lessons != 0) out.flag(settled.partial);
  if (settled.lessons != 0) out.number(settled.lessons);
  return out.take();
}

std::optional<Settled> read_settled(std::string_view text) {
  In in(text);
  Settled settled;
  settled.id = in.id();
  settled.changed = in.number<std::uint32_t>();
  settled.approximate = in.flag();
  settled.skipped = read_skipped(in);
  if (in.done()) return settled;
  settled.partial = in.flag();
  if (in.done()) return settled;
  settled.lessons = in.number<std::uint32_t>();
  return in.done() ? std::optional(std::move(settled)) : std::nullopt;
}

}  // namespace chaffinch::codec
