// What is read when the store opens: the velocity of the last hour, and what the tables do not count yet.
#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "store/codec.h"
#include "store/sqlite/engine.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kRemembered = 20'000;  // comments of the last hour that are read at the start

// What of a comment's coming its shares of the tables do not have. All else moved with the comment.
void add_uncounted(Deltas came, std::int64_t seq, const CountedTo& known, Deltas& to) {
  for (auto& one : came.records)
    if (seq > known[share_of(one.first)]) to.records.push_back(std::move(one));
  for (auto& one : came.copies)
    if (seq > known[share_of(one.first)]) to.copies.push_back(std::move(one));
  if (seq <= known[kNumbersShare]) return;
  std::ranges::move(came.rules, std::back_inserter(to.rules));
  std::ranges::move(came.days, std::back_inserter(to.days));
}

}  // namespace

// Velocity is in memory: after a start it is read from the comments of the hour before the last one.
void Engine::remember_last_hour() {
  (void)read([&](Db& db) -> Done {
    Time newest = 0;
    std::vector<std::pair<Marks::Ask, std::uint64_t>> all;
    auto query = db.use(
        "SELECT site, key_address, key_network, key_email, domains, coalesce(created_at, received_at), "
        "received_at, id"
        " FROM comment ORDER BY seq DESC LIMIT ?1");
    query.bind(kRemembered);
    while (query.step()) {
      newest = std::max(newest, query.integer(6));
      if (query.integer(6) < newest - kHour) break;
      Marks::Ask ask;
      ask.site = query.integer(0);
      ask.keys = {
          .author = 0, .email = query.integer(3), .address = query.integer(1), .network = query.integer(2)};
      for (const std::string& domain : codec::read_list(query.text(4)).value_or(std::vector<std::string>())) {
        ask.domains.push_back(keys_.domain(domain));
      }
      ask.as_of = query.integer(5);
      all.push_back({std::move(ask), tag_of(query.id(7))});
    }
    for (auto one = all.rbegin(); one != all.rend(); ++one) marks_.remember(one->first, one->second);
    return {};
  });
}

// What came after the tables were written last, when the process ended before the next time.
void Engine::count_again() {
  const Done done = writer_.run([&](Change& change) -> Done {
    const CountedTo known = counted_to(change.db);
    backlog_.opened(known);
    std::int64_t seq = *std::ranges::min_element(known);
    while (const auto row = row_after(change.db, sites_, seq)) {
      seq = row->seq;
      // Before there were numbers over time, rules moved with the comment.
      const bool numbered = seq > backlog_.numbers_after();
      Deltas came;
      came.numbers_after = backlog_.numbers_after();
      came.arrived(numbered ? counted(*row, keys_) : counted_without_rules(*row, keys_),
                   row->comment.received_at, row->comment.received_at);
      add_uncounted(std::move(came), seq, known, change.deltas);
    }
    change.deltas.through = seq;
    return {};
  });
  if (!done) throw std::runtime_error("cannot write to the database '" + file_ + "': " + done.error().what);
}

}  // namespace chaffinch::sqlite
