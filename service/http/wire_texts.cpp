// The texts of a language, for pages that are made here.
#include "http/wire.h"
#include "http/wire_json.h"

namespace chaffinch::http {

std::map<std::string, std::string> read_texts(std::string_view file) {
  std::map<std::string, std::string> texts;
  const auto json = parse_json(file);
  if (!json || !json->is_object()) return texts;
  for (const auto& [name, value] : json->items())
    if (value.is_string()) texts.emplace(name, value.get<std::string>());
  return texts;
}

}  // namespace chaffinch::http
