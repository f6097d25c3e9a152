// What the handlers of the API share: one call with its caller, and the parts of the house. Private to
// http/api*.cpp and http/routes.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/site.h"
#include "http/api.h"
#include "http/door.h"
#include "http/gate.h"
#include "intake.h"
#include "log.h"
#include "metrics.h"

namespace chaffinch::http {

// Sites as they were a moment ago, for what is asked at every public request (origins). Changes made through
// this process are seen at once, others within kFor. Safe from any thread.
class SiteMemory {
 public:
  static constexpr Time kFor = 2 * kSecond;
  static constexpr std::size_t kMost = 1'000;

  explicit SiteMemory(Store& store) : store_(store) {}
  Result<Site> site(const std::string& id, Time now);
  bool any_has(std::string_view origin, Time now);  // whether it is the origin of any site
  void forget();

 private:
  struct Seen {
    Site site;
    Time at = 0;
  };
  Store& store_;
  std::mutex lock_;
  std::map<std::string, Seen> seen_;  // all below: guarded by lock_
  std::vector<Site> all_;
  std::optional<Time> all_at_;
};

// Whether `url` lies under the site's URL or one of its further origins.
bool is_own(const Site& site, std::string_view url);

struct House {
  Intake& intake;
  Gate& gate;
  Metrics& metrics;
  Log& log;
  const ApiOptions& options;
  SiteMemory& sites;

  Store& store() const { return intake.store(); }
};

// Who calls.
struct Who {
  Role role = Role::everybody;
  std::string reach;    // site of the token; empty: all
  std::string name;     // of the token
  Id token;             // empty for everybody
  std::string address;  // of the client, behind proxies
  std::string receipt;  // from "Authorization: Receipt ..."

  bool is_public() const { return role == Role::everybody; }
};

struct Call {
  const Ask& ask;
  Who who;
  std::vector<std::string> places;  // what stood in the pattern's {…}
  Time now = 0;
  std::string site;     // known to the handler: whose origins may read the answer
  bool form = false;    // the body is an HTML form
};

using Handler = Result<Answer> (*)(House&, Call&);

// 200 (or another status) with a JSON body.
Answer json_answer(std::string body, int status = 200);
Answer empty_answer();  // 204

// The site that a call is about. A token of one site implies it and knows no other: naming another one is
// not_found, as if it did not exist. With `needed`, a token of all sites (and everybody) must name one.
Result<std::string> site_of(const Call& call, const std::string& named, bool needed,
                            std::string_view where = "/site");
Result<Id> id_of(const Call& call, std::string_view what);  // the {id} of the path
// The Idempotency-Key of a write; an empty key when there is none.
Result<Once> once_of(const Call& call);
void mark_replayed(Answer& answer);

// A front end's token names the site; these are the calls, by topic.
namespace calls {
// api_submit.cpp
Result<Answer> submit(House&, Call&);
Result<Answer> check(House&, Call&);
Result<Answer> learn(House&, Call&);
Result<Answer> change(House&, Call&);
Result<Answer> remove(House&, Call&);
// api_read.cpp
Result<Answer> thread(House&, Call&);
Result<Answer> counts(House&, Call&);
// api_queue.cpp
Result<Answer> queue(House&, Call&);
Result<Answer> claim(House&, Call&);
Result<Answer> unclaim(House&, Call&);
Result<Answer> detail(House&, Call&);
Result<Answer> recheck(House&, Call&);
// api_decisions.cpp
Result<Answer> decide(House&, Call&);
Result<Answer> decisions(House&, Call&);
Result<Answer> decision(House&, Call&);
Result<Answer> undo(House&, Call&);
// api_admin.cpp
Result<Answer> sites(House&, Call&);
Result<Answer> add_site(House&, Call&);
Result<Answer> site(House&, Call&);
Result<Answer> change_site(House&, Call&);
Result<Answer> articles(House&, Call&);
Result<Answer> put_article(House&, Call&);
Result<Answer> tokens(House&, Call&);
Result<Answer> add_token(House&, Call&);
Result<Answer> revoke_token(House&, Call&);
Result<Answer> blocks(House&, Call&);
Result<Answer> add_block(House&, Call&);
Result<Answer> remove_block(House&, Call&);
Result<Answer> forget(House&, Call&);
// api_operations.cpp
Result<Answer> stats(House&, Call&);
Result<Answer> rules(House&, Call&);
Result<Answer> health(House&, Call&);
Result<Answer> ready(House&, Call&);
Result<Answer> metrics(House&, Call&);
Result<Answer> document(House&, Call&);
Result<Answer> welcome(House&, Call&);
}  // namespace calls

}  // namespace chaffinch::http
