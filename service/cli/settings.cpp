#include <algorithm>

#include "cli/commands.h"
#include "cli/terminal.h"

namespace chaffinch::cli {

int show_settings(const ShowSettings& wish) {
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  std::size_t names = 0;
  std::size_t values = 0;
  for (const Settings::Row& row : settings->rows) {
    names = std::max(names, row.name.size());
    values = std::max(values, std::min<std::size_t>(plain(row.value).size(), 40));
  }
  std::string text;
  for (const Settings::Row& row : settings->rows) {
    const std::string value = plain(row.value);
    text += row.name + std::string(names - row.name.size() + 2, ' ') + value +
            std::string(values > value.size() ? values - value.size() + 2 : 2, ' ') + plain(row.origin) +
            "\n";
  }
  return out(text) ? kFine : kFailed;
}

}  // namespace chaffinch::cli
