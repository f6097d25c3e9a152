#include "analysis/composite.h"

#include <utility>

namespace chaffinch {
namespace {

constexpr std::size_t kMaxText = 4'096;
constexpr int kMaxDepth =
    30;  // of nesting: two values wait on each level, and the evaluation has a stack of 64 bits

bool name_begins(char c) {
  return c >= 'a' && c <= 'z';
}

bool name_goes_on(char c) {
  return name_begins(c) || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

class ExpressionParser {
 public:
  using Trouble = Expression::Trouble;

  ExpressionParser(std::string_view text, const Expression::Lookup& lookup) : text_(text), lookup_(lookup) {}

  tl::expected<Expression, Trouble> run() {
    if (text_.size() > kMaxText)
      return tl::unexpected(Trouble{"the condition is longer than 4,096 bytes", 0, {}});
    next();
    if (!either(0)) return tl::unexpected(std::move(trouble_));
    if (!word_.empty()) {
      refuse(word_ == ")" ? "this parenthesis closes none"
                          : "expected 'and' or 'or' before '" + std::string(word_) + "'");
      return tl::unexpected(std::move(trouble_));
    }
    return std::move(made_);
  }

 private:
  using Kind = Expression::Kind;

  // The next word: a name, a keyword, a parenthesis, or any other character alone. Empty at the end.
  void next() {
    at_ = after_;
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
    after_ = at_;
    if (at_ == text_.size()) {
      word_ = {};
      return;
    }
    ++after_;
    if (name_begins(text_[at_])) {
      while (after_ < text_.size() && name_goes_on(text_[after_])) ++after_;
    } else {
      while (after_ < text_.size() && (static_cast<unsigned char>(text_[after_]) & 0xC0U) == 0x80U) ++after_;
    }
    word_ = text_.substr(at_, after_ - at_);
  }

  bool refuse(std::string what, std::string unknown = {}) {
    trouble_ = {std::move(what), at_, std::move(unknown)};
    return false;
  }

  bool either(int depth) {
    if (!both(depth)) return false;
    while (word_ == "or") {
      next();
      if (!both(depth)) return false;
      made_.steps_.push_back({Kind::either, 0});
    }
    return true;
  }

  bool both(int depth) {
    if (!one(depth)) return false;
    while (word_ == "and") {
      next();
      if (!one(depth)) return false;
      made_.steps_.push_back({Kind::both, 0});
    }
    return true;
  }

  bool one(int depth) {
    if (depth > kMaxDepth) return refuse("nested deeper than 30 levels");
    if (word_ == "not") {
      next();
      if (!one(depth + 1)) return false;
      made_.steps_.push_back({Kind::negate, 0});
      return true;
    }
    if (word_ == "(") {
      const std::size_t opened = at_;
      next();
      if (!either(depth + 1)) return false;
      if (word_ != ")") {
        if (word_.empty()) {
          at_ = opened;
          return refuse("this parenthesis is never closed");
        }
        return refuse("expected 'and', 'or' or ')' before '" + std::string(word_) + "'");
      }
      next();
      return true;
    }
    if (word_.empty()) return refuse("a rule's name is missing at the end");
    if (!name_begins(word_.front()) || word_ == "and" || word_ == "or") {
      return refuse("expected a rule's name, 'not' or '(', saw '" + std::string(word_) + "'");
    }
    const std::optional<std::uint32_t> rule = lookup_(word_);
    if (!rule) return refuse("no rule is named '" + std::string(word_) + "'", std::string(word_));
    made_.steps_.push_back({Kind::rule, *rule});
    next();
    return true;
  }

  std::string_view text_;
  const Expression::Lookup& lookup_;
  std::size_t at_ = 0;
  std::size_t after_ = 0;
  std::string_view word_;
  Expression made_;
  Trouble trouble_;
};

tl::expected<Expression, Expression::Trouble> Expression::parse(std::string_view text, const Lookup& lookup) {
  return ExpressionParser(text, lookup).run();
}

bool Expression::value(std::span<const Hit> hits, Hit least) const {
  std::uint64_t stack = 0;  // the top is the lowest bit
  for (const Step& step : steps_) {
    const std::uint64_t top = stack & 1U;
    switch (step.kind) {
      case Kind::rule:
        stack = (stack << 1U) | (hits[step.rule] >= least ? 1U : 0U);
        break;
      case Kind::negate:
        stack ^= 1U;
        break;
      case Kind::both:
        stack = (stack >> 1U) & (~std::uint64_t{1} | top);
        break;
      case Kind::either:
        stack = (stack >> 1U) | top;
        break;
    }
  }
  return (stack & 1U) != 0;
}

std::optional<bool> Expression::known(
    const std::function<std::optional<bool>(std::uint32_t rule)>& hit) const {
  std::vector<std::optional<bool>> stack;
  for (const Step& step : steps_) {
    if (step.kind == Kind::rule) {
      stack.push_back(hit(step.rule));
      continue;
    }
    if (step.kind == Kind::negate) {
      if (stack.back()) stack.back() = !*stack.back();
      continue;
    }
    const std::optional<bool> right = stack.back();
    stack.pop_back();
    std::optional<bool>& left = stack.back();
    const bool decides = step.kind == Kind::either;  // true decides an "or", false an "and"
    if (left == decides || right == decides) {
      left = decides;
    } else if (!left || !right) {
      left.reset();
    }
  }
  return stack.empty() ? false : stack.back();
}

std::vector<std::uint32_t> Expression::rules() const {
  std::vector<std::uint32_t> named;
  for (const Step& step : steps_) {
    if (step.kind == Kind::rule) named.push_back(step.rule);
  }
  return named;
}

}  // namespace chaffinch
