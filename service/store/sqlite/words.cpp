#include "store/sqlite/words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

#include <sqlite3.h>

namespace chaffinch::sqlite {
namespace {

// Scripts written without spaces between words: kana, ideographs, Hangul, and their compatibility forms.
bool stands_alone(std::uint32_t c) {
  return (c >= 0x2E80 && c <= 0x2FDF) || (c >= 0x3005 && c <= 0x3007) || (c >= 0x3040 && c <= 0x30FF) ||
         (c >= 0x3100 && c <= 0x312F) || (c >= 0x31A0 && c <= 0x31FF) || (c >= 0x3400 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF66 && c <= 0xFF9D) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

// The length of the character at `at`, and what it is. Anything malformed is one byte.
std::size_t character(std::string_view text, std::size_t at, std::uint32_t& c) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(at);
  c = first;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  if (length == 1 || at + length > text.size()) return 1;
  c = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) c = c << 6 | (byte(at + i) & 0x3FU);
  return length;
}

}  // namespace

std::string spaced(std::string_view text) {
  if (std::none_of(text.begin(), text.end(), [](char c) { return static_cast<std::uint8_t>(c) >= 0xE0; })) {
    return std::string(text);
  }
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t c = 0;
    const std::size_t length = character(text, i, c);
    const bool alone = length >= 3 && stands_alone(c);
    if (alone) out += ' ';
    out += text.substr(i, length);
    if (alone) out += ' ';
    i += length;
  }
  return out;
}

std::vector<std::string> runs_of(std::string_view text) {
  std::vector<std::string> runs;
  std::string run;
  std::size_t characters = 0;
  const auto end = [&] {
    if (characters > 1) runs.push_back(run);
    run.clear();
    characters = 0;
  };
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t c = 0;
    const std::size_t length = character(text, i, c);
    if (length >= 3 && stands_alone(c)) {
      run += text.substr(i, length);
      ++characters;
    } else {
      end();
    }
    i += length;
  }
  end();
  return runs;
}

struct Words::Functions {
  fts5_tokenizer table{};
  Fts5Tokenizer* instance = nullptr;
};

Words::Words(sqlite3* connection) : functions_(std::make_unique<Functions>()) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  void* context = nullptr;
  // As in the schema: tokenize = 'unicode61 remove_diacritics 2'.
  std::array<const char*, 2> arguments = {"remove_diacritics", "2"};
  if (api == nullptr || api->xFindTokenizer(api, "unicode61", &context, &functions_->table) != SQLITE_OK ||
      functions_->table.xCreate(context, arguments.data(), static_cast<int>(arguments.size()),
                                &functions_->instance) != SQLITE_OK) {
    throw std::runtime_error("this SQLite has no full-text search (FTS5)");
  }
}

Words::~Words() {
  if (functions_->instance != nullptr) functions_->table.xDelete(functions_->instance);
}

std::vector<std::string> Words::of(const std::string& text) const {
  std::vector<std::string> words;
  const auto take = [](void* out, int, const char* word, int size, int, int) {
    static_cast<std::vector<std::string>*>(out)->emplace_back(word, static_cast<std::size_t>(size));
    return SQLITE_OK;
  };
  functions_->table.xTokenize(functions_->instance, &words, FTS5_TOKENIZE_DOCUMENT, text.data(),
                              static_cast<int>(text.size()), take);
  return words;
}

}  // namespace chaffinch::sqlite
