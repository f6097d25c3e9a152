#include "analysis/features.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>
#include <tuple>

#include "analysis/address.h"
#include "analysis/feature_collector.h"
#include "analysis/feature_parts.h"
#include "analysis/impression.h"
#include "analysis/judge.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

class FeatureReader {
 public:
  FeatureReader(const Evidence& seen, FeatureCollector& to) : seen_(seen), to_(to) {}

  void content() {
    const std::string_view visible = seen_.visible.value;
    const Window parts = window_of(visible);
    visible_words(visible, 0, parts.first_end);
    visible_words(visible, parts.second_start, visible.size());
    const std::string_view folded = seen_.folded.value;
    const Window folded_parts = window_of(folded);
    folded_words(folded, 0, folded_parts.first_end);
    folded_words(folded, folded_parts.second_start, folded.size());
    grams(folded, 0, folded_parts.first_end, FeatureClass::grams, FeatureKind::gram,
          {Field::content, View::folded, 0, 0});
    grams(folded, folded_parts.second_start, folded.size(), FeatureClass::grams, FeatureKind::gram,
          {Field::content, View::folded, 0, 0});
  }

  void author() {
    const std::string_view name = seen_.name_folded.value;
    words_of(name, FeatureClass::name, FeatureKind::name_word, Field::author_name, View::folded);
    grams(name, 0, name.size(), FeatureClass::name, FeatureKind::name_gram,
          {Field::author_name, View::folded, 0, 0});
    const std::string& raw = seen_.comment.author.name;
    const FeaturePlace whole = all_of(Field::author_name);
    if (!raw.empty()) {
      to_.add(FeatureClass::name, FeatureKind::name_whole, raw, whole);
      to_.add(FeatureClass::name, FeatureKind::name_shape, shape_of_word(raw), whole);
    }
  }

  void email() {
    const std::string& email = seen_.comment.author.email;
    if (email.empty()) return;
    const FeaturePlace whole = all_of(Field::author_email);
    const std::size_t at = std::min(email.rfind('@'), email.size());
    FeaturePlace domain = whole, local = whole;
    domain.start = u32(std::min(at + 1, email.size()));
    local.end = u32(at);
    if (!seen_.email_domain.empty()) {
      to_.add(FeatureClass::places, FeatureKind::email_domain, seen_.email_domain, domain);
      to_.add(FeatureClass::places, FeatureKind::email_end, end_of(seen_.email_domain), domain);
    }
    to_.add(FeatureClass::places, FeatureKind::email_shape,
            shape_of_word(std::string_view(email).substr(0, at)), local);
    words_between(std::string_view(email).substr(0, at), 0, FeatureClass::places, FeatureKind::email_local,
                  Field::author_email);
  }

  void links() {
    for (const Link& link : seen_.links) {
      const bool own = link.kind == LinkKind::author_url;
      const FeaturePlace place = {link.spot.field, link.spot.view, link.spot.start, link.spot.end};
      const auto add = [&](FeatureKind mine, FeatureKind theirs, std::string_view bytes) {
        to_.add(FeatureClass::places, own ? mine : theirs, bytes, place);
      };
      add(FeatureKind::own_host, FeatureKind::link_host, link.host);
      add(FeatureKind::own_domain, FeatureKind::link_domain, link.domain);
      add(FeatureKind::own_end, FeatureKind::link_end, end_of(link.domain));
      std::string shape = {static_cast<char>('0' + static_cast<int>(link.kind))};
      shape += static_cast<char>(
          '0' + step_of(static_cast<std::uint64_t>(std::count(link.host.begin(), link.host.end(), '-'))));
      shape += static_cast<char>(
          '0' + step_of(static_cast<std::uint64_t>(std::count(link.path.begin(), link.path.end(), '/'))));
      shape += link.path.find('?') != std::string::npos ? '?' : ' ';
      add(FeatureKind::own_shape, FeatureKind::link_shape, shape);
      const auto parts = [&](std::string_view text) {
        std::size_t words = 0;
        for (std::size_t i = 0; i < text.size() && words < 24;) {
          if (!ascii_alnum(text[i]) && static_cast<unsigned char>(text[i]) < 0x80) {
            ++i;
            continue;
          }
          std::size_t end = i;
          while (end < text.size() &&
                 (ascii_alnum(text[end]) || static_cast<unsigned char>(text[end]) >= 0x80))
            ++end;
          std::string word;
          for (std::size_t j = i; j < end; ++j) word += ascii_small(text[j]);
          add(FeatureKind::own_word, FeatureKind::link_word, word);
          ++words;
          i = end;
        }
      };
      parts(link.host);
      parts(link.path);
      std::string anchor;
      for (const char c : link.anchor) anchor += ascii_small(c);
      std::size_t words = 0;
      walk(
          anchor, 0, std::min<std::size_t>(anchor.size(), 400),
          [&](std::size_t start, std::size_t end) {
            if (++words <= 24)
              to_.add(FeatureClass::places, FeatureKind::anchor_word,
                      std::string_view(anchor).substr(start, end - start), place);
          },
          [](std::size_t, std::size_t) {});
    }
  }

  void client() {
    const Client& client = seen_.comment.client;
    if (const auto address = Address::parse(client.ip)) {
      const std::string bytes(address->bytes.begin(), address->bytes.end());
      to_.add(FeatureClass::client, FeatureKind::network_near,
              std::string_view(bytes).substr(0, address->v4 ? 15 : 6), all_of(Field::ip));
      to_.add(FeatureClass::client, FeatureKind::network_far,
              std::string_view(bytes).substr(0, address->v4 ? 14 : 4), all_of(Field::ip));
    }
    if (!client.user_agent.empty()) {
      to_.add(FeatureClass::client, FeatureKind::agent_whole, client.user_agent, all_of(Field::user_agent));
      agent(client.user_agent);
    }
    if (!client.referrer.empty()) {
      const std::string_view referrer = client.referrer;
      const std::size_t from = std::min(referrer.find("://"), referrer.size());
      const std::size_t host = std::min(from + 3, referrer.size());
      const std::size_t end = std::min(referrer.find_first_of("/?#", host), referrer.size());
      to_.add(FeatureClass::client, FeatureKind::referrer_host, referrer.substr(host, end - host),
              {Field::referrer, View::raw, u32(host), u32(end)});
    }
  }

  void shape() {
    const Shape& shape = seen_.shape;
    const auto step = [&](char what, std::uint64_t value) {
      const char bytes[2] = {what, static_cast<char>('0' + static_cast<int>(value))};
      to_.add(FeatureClass::shape, FeatureKind::step, std::string_view(bytes, 2), {});
    };
    const std::uint64_t characters = std::max<std::uint64_t>(1, shape.characters);
    step('c', step_of(shape.characters));
    step('w', step_of(shape.words));
    step('l', step_of(shape.links));
    step('n', step_of(shape.lines));
    step('t', step_of(shape.tags));
    step('b', step_of(shape.bbcodes));
    step('e', step_of(shape.emoji));
    step('h', step_of(shape.hidden));
    step('m', step_of(shape.mixed_words));
    step('u', step_of(shape.upper * 64ULL / std::max<std::uint64_t>(1, shape.letters)));
    step('d', step_of(shape.digits * 64ULL / characters));
    step('x', step_of(shape.longest_word));
    step('r', step_of(shape.longest_run));
    if (!shape.scripts.empty())
      to_.add(FeatureClass::shape, FeatureKind::script, shape.scripts.front().first, {});
    step('s', std::min<std::size_t>(shape.scripts.size(), 4));
    to_.add(FeatureClass::shape, FeatureKind::type, seen_.comment.type, all_of(Field::type));
    const auto field = [&](char what, bool there) {
      const char bytes[2] = {what, there ? '1' : '0'};
      to_.add(FeatureClass::shape, FeatureKind::field, std::string_view(bytes, 2), {});
    };
    field('e', !seen_.comment.author.email.empty());
    field('u', !seen_.comment.author.url.empty());
    field('n', !seen_.comment.author.name.empty());
    field('p', seen_.comment.parent.has_value());
  }

  void rules(std::span<const Finding> findings) {
    for (const Finding& finding : findings) {
      if (finding.rule == kLearnedRule || is_policy_rule(finding.rule)) continue;
      FeaturePlace place;
      if (!finding.evidence.empty()) {
        const Spot& spot = finding.evidence.front();
        place = {spot.field, View::raw, spot.start, spot.end};
      }
      to_.add(FeatureClass::rules, FeatureKind::rule, finding.rule, place);
    }
  }

 private:
  FeaturePlace all_of(Field field) const { return {field, View::raw, 0, u32(seen_.raw(field).size())}; }

  static std::string_view end_of(std::string_view host) {
    const std::size_t dot = host.rfind('.');
    return dot == std::string_view::npos ? host : host.substr(dot + 1);
  }

  void visible_words(std::string_view text, std::size_t from, std::size_t to) {
    walk(
        text, from, to,
        [&](std::size_t start, std::size_t end) {
          to_.add(FeatureClass::words, FeatureKind::word, text.substr(start, end - start),
                  {Field::content, View::visible, u32(start), u32(end)});
        },
        [&](std::size_t start, std::size_t end) {
          to_.add(FeatureClass::words, FeatureKind::sign, text.substr(start, end - start),
                  {Field::content, View::visible, u32(start), u32(end)});
        });
  }

  // Words and pairs. A word as folded is the same feature as one written so.
  void folded_words(std::string_view text, std::size_t from, std::size_t to) {
    std::uint64_t before = 0;
    std::size_t before_start = from;
    bool any = false;
    walk(
        text, from, to,
        [&](std::size_t start, std::size_t end) {
          const std::uint64_t hash = to_.hash(text.substr(start, end - start));
          to_.put(FeatureClass::words, hash, FeatureKind::word,
                  {Field::content, View::folded, u32(start), u32(end)});
          to_.put(FeatureClass::pairs, before * 0x94D049BB133111EBULL + hash, FeatureKind::pair,
                  {Field::content, View::folded, u32(any ? before_start : start), u32(end)});
          before = hash;
          before_start = start;
          any = true;
        },
        [](std::size_t, std::size_t) {});
  }

  void words_of(std::string_view text, FeatureClass group, FeatureKind kind, Field field, View view) {
    walk(
        text, 0, text.size(),
        [&](std::size_t start, std::size_t end) {
          to_.add(group, kind, text.substr(start, end - start), {field, view, u32(start), u32(end)});
        },
        [&](std::size_t start, std::size_t end) {
          to_.add(group, FeatureKind::sign, text.substr(start, end - start),
                  {field, view, u32(start), u32(end)});
        });
  }

  void words_between(std::string_view text, std::size_t offset, FeatureClass group, FeatureKind kind,
                     Field field) {
    for (std::size_t i = 0; i < text.size();) {
      std::size_t end = i;
      while (end < text.size() && (ascii_letter(text[end]) || static_cast<unsigned char>(text[end]) >= 0x80))
        ++end;
      if (end > i) {
        std::string word;
        for (std::size_t j = i; j < end; ++j) word += ascii_small(text[j]);
        to_.add(group, kind, word, {field, View::raw, u32(offset + i), u32(offset + end)});
      }
      i = end + 1;
    }
  }

  // "Mozilla/5.0 (Windows NT 5.1; rv:31.0) Firefox/31.0": words with the whole number that follows.
  void agent(std::string_view text) {
    std::size_t words = 0;
    for (std::size_t i = 0; i < text.size() && words < 32;) {
      if (!ascii_letter(text[i])) {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < text.size() && ascii_letter(text[end])) ++end;
      const std::size_t word_end = end;
      if (end < text.size() && (text[end] == '/' || text[end] == ' ')) {
        std::size_t digits = end + 1;
        while (digits < text.size() && ascii_digit(text[digits])) ++digits;
        if (digits > end + 1) end = digits;
      }
      to_.add(FeatureClass::client, FeatureKind::agent_word, text.substr(i, word_end - i),
              {Field::user_agent, View::raw, u32(i), u32(end)});
      if (end > word_end)
        to_.add(FeatureClass::client, FeatureKind::agent_word, text.substr(i, end - i),
                {Field::user_agent, View::raw, u32(i), u32(end)});
      ++words;
      i = end;
    }
  }

  void grams(std::string_view text, std::size_t from, std::size_t to, FeatureClass group, FeatureKind kind,
             FeaturePlace place) {
    if (from >= to) return;
    if (skip_ascii(text.substr(0, to), from) == to) {
      to_.add_grams(group, kind, text, from, to, place);
      return;
    }
    starts_.clear();
    for (std::size_t i = from; i < to;) {
      starts_.push_back(u32(i));
      const CodePoint c = decode_at(text, i);
      if (unspaced(c.value)) {
        place.start = u32(i);
        place.end = u32(i + c.length);
        to_.add(group == FeatureClass::grams ? FeatureClass::words : group, FeatureKind::script_gram,
                text.substr(i, c.length), place);
        if (i + c.length < to) {
          const CodePoint next = decode_at(text, i + c.length);
          place.end = u32(i + c.length + next.length);
          to_.add(group == FeatureClass::grams ? FeatureClass::words : group, FeatureKind::script_gram,
                  text.substr(i, c.length + next.length), place);
        }
      }
      i += c.length;
    }
    starts_.push_back(u32(to));
    for (std::size_t i = 0; i + kGram < starts_.size(); ++i) {
      place.start = starts_[i];
      place.end = starts_[i + kGram];
      to_.add(group, kind, text.substr(place.start, place.end - place.start), place);
    }
  }

  const Evidence& seen_;
  FeatureCollector& to_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace

FeatureKey::FeatureKey(std::string_view secret) {
  if (secret.size() < 16) throw std::logic_error("a feature key needs at least 16 bytes");
  make_hash_secret(secret_, secret);
}

Spot Features::spot(const Evidence& seen, std::size_t at) const {
  const FeaturePlace& place = this->place(at);
  const Text* text = seen.view(place.field, place.view);
  Spot spot{place.field, place.view, place.start, place.end};
  if (text != nullptr) std::tie(spot.start, spot.end) = text->original(place.start, place.end);
  return spot;
}

Features features_of(const Evidence& seen, std::span<const Finding> findings, const FeatureKey& key) {
  FeatureCollector collector(key);
  FeatureReader reader(seen, collector);
  reader.content();
  reader.author();
  reader.email();
  reader.links();
  reader.client();
  reader.shape();
  reader.rules(findings);
  return collector.finish();
}

}  // namespace chaffinch
