#include "bench/texts.h"

#include <array>
#include <string_view>

namespace chaffinch::bench {
namespace {

constexpr std::array<std::string_view, 96> kWords = {
    "the",      "a",       "of",       "and",     "to",       "in",       "is",       "it",     "that",
    "was",      "for",     "on",       "with",    "as",       "I",        "you",      "this",   "but",
    "not",      "are",     "have",     "my",      "they",     "we",       "from",     "or",     "one",
    "had",      "by",      "what",     "bread",   "flour",    "oven",     "recipe",   "water",  "salt",
    "crust",    "starter", "hours",    "dough",   "compiler", "template", "pointer",  "thread", "lock",
    "socket",   "buffer",  "test",     "release", "branch",   "garden",   "tomato",   "seeds",  "rain",
    "soil",     "winter",  "summer",   "morning", "weekend",  "children", "camera",   "lens",   "light",
    "portrait", "shutter", "picture",  "film",    "colour",   "shadow",   "print",    "train",  "bicycle",
    "mountain", "river",   "village",  "station", "ticket",   "journey",  "map",      "bridge", "really",
    "perhaps",  "because", "although", "finally", "probably", "actually", "slightly", "thanks", "question",
    "wonder",   "tried",   "worked",   "failed",  "read",     "wrote"};

constexpr std::array<std::string_view, 16> kNames = {"Ana",   "Bertil", "Chidi", "Dagmar", "Emre",  "Farah",
                                                     "Goran", "Hana",   "Ines",  "Jonas",  "Keiko", "Lars",
                                                     "Mbali", "Nils",   "Olga",  "Pablo"};

}  // namespace

Submission made_up(std::uint64_t number, const std::string& site) {
  std::uint64_t state = number * 0x2545F4914F6CDD1DULL + 1;
  const auto pick = [&state](std::uint64_t below) { return mix(state) % below; };
  Submission made;
  made.site = site;
  const std::uint64_t article = pick(1000);
  made.article.id = "post/" + std::to_string(article);
  made.article.url = "https://blog.example/post/" + std::to_string(article);
  made.article.title = "Post number " + std::to_string(article);
  const std::uint64_t author = pick(50'000);
  made.author.name = std::string(kNames[author % kNames.size()]) + " " + std::to_string(author);
  made.author.email = "reader" + std::to_string(author) + "@mail" + std::to_string(author % 97) + ".example";
  if (pick(4) == 0) made.author.url = "https://home" + std::to_string(author % 5000) + ".example/";
  const std::uint64_t address = pick(60'000);
  made.client.ip = "10." + std::to_string(address / 65536) + "." + std::to_string(address / 256 % 256) + "." +
                   std::to_string(address % 256);
  made.client.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  made.client.referrer = made.article.url;
  const std::uint64_t words = 40 + pick(45);
  for (std::uint64_t i = 0; i < words; ++i) {
    if (i != 0) made.content += i % 11 == 10 ? ". " : " ";
    made.content += kWords[pick(kWords.size())];
    if (pick(8) == 0) made.content += std::to_string(pick(10'000));
  }
  if (pick(10) == 0) made.content += " see https://site" + std::to_string(pick(20'000)) + ".example/page";
  if (pick(20) == 0) made.content += " cheap viagra pills online casino bonus";
  made.content += ".";
  return made;
}

std::string as_json(const Submission& made) {
  // The made-up texts hold nothing that JSON would have to escape.
  std::string json = "{\"site\":\"" + made.site + "\",\"article\":{\"id\":\"" + made.article.id +
                     "\",\"url\":\"" + made.article.url + "\",\"title\":\"" + made.article.title +
                     "\"},\"author\":{\"name\":\"" + made.author.name + "\",\"email\":\"" +
                     made.author.email + "\"";
  if (!made.author.url.empty()) json += ",\"url\":\"" + made.author.url + "\"";
  return json + "},\"content\":\"" + made.content + "\",\"client\":{\"ip\":\"" + made.client.ip +
         "\",\"user_agent\":\"" + made.client.user_agent + "\",\"referrer\":\"" + made.client.referrer +
         "\"}}";
}

}  // namespace chaffinch::bench
