// Learn events inside the writer's transaction: making them, taking them back.
//
// A lesson belongs to one or two lanes: the site's own model, and the one that sites share. A model is a fold
// over its lane's lessons in the order of their numbers. Up to the number in learn_state a lane is folded:
// what was learned there cannot be taken out any more, and a lesson that works against it is added instead.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "store/sqlite/db.h"
#include "store/sqlite/rows.h"

namespace chaffinch::sqlite {

inline constexpr std::int64_t kSiteLane = 1;
inline constexpr std::int64_t kSharedLane = 2;

struct Teaching {
  std::int64_t site = 0;
  Id comment;  // empty: it is not in here
  bool spam = false;
  std::string
      lesson;  // as analysis/lesson.h writes it; empty: it teaches nothing, and only the label is kept
  std::string by;
  Time at = 0;
  std::optional<std::int64_t> decision;  // of a comment that is not in here
  std::string origin = {};               // LearnEvent::origin
};

// Its number.
std::int64_t teach(Db&, const Sites&, const Teaching&);

// Takes a lesson back, or lets it count again. `lesson` is asked for when the lesson was folded and its own
// one is gone ("" when there is none any more). True when that was only approximately so.
bool take_lesson(Db&, std::int64_t seq, bool back, Time now, const std::function<std::string()>& lesson);
// What a comment teaches as its row stands; "" when the row is damaged.
std::string lesson_of(const Row&, const LessonMaker&);

}  // namespace chaffinch::sqlite
