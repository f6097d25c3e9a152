// Who works on what, as the queue's pages show it.
#pragma once

#include <optional>

#include "store/sqlite/rows.h"
#include "store/store.h"

namespace chaffinch::sqlite {

std::optional<Lease> lease_of(Db&, std::int64_t seq, Time now);  // while it runs
QueueItem item_of(Db&, Row&&, Time now);

bool waits(Db&, std::int64_t seq);  // whether it is pending

}  // namespace chaffinch::sqlite
