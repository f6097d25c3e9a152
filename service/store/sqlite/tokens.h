// Tokens, and the codes that sign in in their names, as parts of larger operations. The writer's thread only.
#pragma once

#include <string>

#include "core/result.h"
#include "core/site.h"
#include "store/sqlite/db.h"
#include "store/store.h"

namespace chaffinch::sqlite {

// A secret is shown once and kept nowhere: a request that made one cannot be answered again. `what`: "a
// token", for the sentence. conflict: this key came before.
Done never_before(Db& db, const Once& once, Time now, const std::string& what);

Done insert_token(Db& db, const Token& token, const std::string& secret_hash);  // conflict: there is one
void insert_code(Db& db, const Id& token, const NewCode& code);  // of too many unused ones the oldest goes

// Columns id, name, role, site, created_at, expires_at, revoked_at, last_used_at from `first` on.
Token read_token(Query& query, int first = 0);
Done check_living(const Token& token, Time now);  // unauthorized: it was revoked, or has expired

}  // namespace chaffinch::sqlite
