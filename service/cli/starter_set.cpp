#include "cli/starter_set.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/fnv.h"
#include "http/wire.h"
#include "starter_rows.h"

namespace chaffinch::cli {

namespace {

std::vector<Labelled> read_rows() {
  std::vector<Labelled> rows;
  for (const auto& [name, text] : kStarterRows) {
    std::string_view rest = text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      auto row = http::read_row(line);
      if (!row || !row->label ||
          !(*row->label == DecisionKind::approve || *row->label == DecisionKind::spam)) {
        throw std::logic_error(std::string(name) + ":" + std::to_string(number) + ": " +
                               (row ? "no label" : row.error().what));
      }
      rows.push_back({std::move(row->submission), *row->label == DecisionKind::spam});
    }
  }
  return rows;
}

}  // namespace

Starter starter_set() {
  Fnv digest;
  for (const auto& [name, text] : kStarterRows) digest.take(text);
  return {std::to_string(digest.value()), read_rows};
}

}  // namespace chaffinch::cli
