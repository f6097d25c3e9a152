#include <stdexcept>

#include "rules/rule.h"

namespace chaffinch {

double Knobs::operator[](std::string_view name) const {
  for (std::size_t i = 0; i < knobs_.size(); ++i) {
    if (knobs_[i].name == name) return values_[i];
  }
  throw std::logic_error("no knob named " + std::string(name));
}

}  // namespace chaffinch
