#include "analysis/patterns.h"

#include <string>
#include <utility>

#include "analysis/earliest.h"
#include "analysis/letter_case.h"
#include "analysis/literals.h"
#include "analysis/regexes.h"

namespace chaffinch {
namespace {

constexpr std::size_t kMaxLiteral = 1'000;

class CompiledPatterns final : public PatternSet {
 public:
  std::unique_ptr<RegexSet> regexes;
  std::unique_ptr<Literals> plain;
  std::unique_ptr<Literals> caseless;

  bool find(std::string_view text, std::vector<Match>& matches) const override {
    // Neither a regex nor a literal may be empty, so an empty text holds none of them.
    if (text.empty()) return true;
    Earliest found;
    if (plain) plain->find(text, found);
    if (caseless) caseless->find(lower_letters(text), found);
    const bool checked = !regexes || regexes->find(text, found);
    found.hand_over(matches);
    return checked;
  }
  void renew() override {
    if (regexes) regexes->renew();
  }
};

}  // namespace

std::shared_ptr<RegexPool> regex_pool() {
  return std::make_shared<RegexPool>();
}

struct PatternSet::Builder::Parts {
  explicit Parts(std::shared_ptr<RegexPool> with) : pool(std::move(with)), regexes(pool) {}

  std::shared_ptr<RegexPool> pool;
  RegexSet::Builder regexes;
  std::vector<LiteralEntry> plain;
  std::vector<LiteralEntry> caseless;
};

PatternSet::Builder::Builder(std::shared_ptr<RegexPool> pool)
    : parts_(std::make_unique<Parts>(std::move(pool))) {}
PatternSet::Builder::~Builder() = default;
PatternSet::Builder::Builder(Builder&&) noexcept = default;
PatternSet::Builder& PatternSet::Builder::operator=(Builder&&) noexcept = default;

Done PatternSet::Builder::add_regex(std::uint32_t pattern, std::string_view regex, bool ignore_case,
                                    bool accepted) {
  return parts_->regexes.add(pattern, regex, ignore_case, accepted);
}

Done PatternSet::Builder::add_literal(std::uint32_t pattern, std::string_view text, Literal kind,
                                      bool ignore_case) {
  if (kind == Literal::exact) {
    const auto [start, end] = without_outer_space(text);
    text = text.substr(start, end - start);
  }
  if (text.empty()) return fail(Code::invalid, "the entry is empty");
  if (text.size() > kMaxLiteral) return fail(Code::invalid, "the entry is longer than 1,000 bytes");
  LiteralEntry entry{ignore_case ? lower_letters(text) : std::string(text), pattern, kind};
  (ignore_case ? parts_->caseless : parts_->plain).push_back(std::move(entry));
  return {};
}

Result<std::unique_ptr<PatternSet>> PatternSet::Builder::build() {
  Parts parts = std::move(*parts_);
  *parts_ = Parts(parts.pool);
  auto made = std::make_unique<CompiledPatterns>();
  if (!parts.regexes.empty()) {
    Result<std::unique_ptr<RegexSet>> regexes = parts.regexes.build();
    if (!regexes) return tl::unexpected(std::move(regexes).error());
    made->regexes = std::move(*regexes);
  }
  if (!parts.plain.empty()) made->plain = std::make_unique<Literals>(std::move(parts.plain));
  if (!parts.caseless.empty()) made->caseless = std::make_unique<Literals>(std::move(parts.caseless));
  return made;
}

}  // namespace chaffinch
