// Lessons from one database to the same and to another one.
#include <algorithm>

#include "analysis/lesson.h"
#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

std::string lesson(std::uint32_t number) {
  return encode(Lesson{{number, number + 7, number + 900'000}, 0.25F});
}

std::string origin(int number) {
  std::string text = std::to_string(number);
  return std::string(32 - text.size(), 'a') + text;
}

ImportLessons some(const std::string& secret, int count, const std::string& site = "blog") {
  ImportLessons import;
  import.secret = secret;
  import.by = "import";
  import.now = kNoon;
  for (int i = 0; i < count; ++i)
    import.lessons.push_back({site, i % 2 == 0, lesson(static_cast<std::uint32_t>(i)), origin(i), 0});
  return import;
}

std::vector<LearnEvent> standing(Store& store, const std::string& site = "blog") {
  return value_of(store.lessons(site, 0, 1'000)).events;
}

}  // namespace

TEST_CASE("lessons are taken in once, in their order, as a decision that can be undone") {
  House house;
  const ImportLessons import = some(house.store->feature_secret(), 5);
  const LessonsImported first = value_of(house.store->import_lessons(import));
  CHECK(first.added == 5);
  CHECK(first.known == 0);
  CHECK_FALSE(first.adopted);
  REQUIRE(first.decisions.size() == 1);
  const auto events = standing(*house.store);
  REQUIRE(events.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(events[i].lesson == import.lessons[i].lesson);
    CHECK(events[i].spam == import.lessons[i].spam);
    CHECK(events[i].origin == import.lessons[i].origin);
    CHECK(events[i].comment.empty());
  }
  const LessonsImported again = value_of(house.store->import_lessons(some(import.secret, 7)));
  CHECK(again.added == 2);
  CHECK(again.known == 5);
  const Decision logged = value_of(house.store->decision({}, first.decisions[0]));
  CHECK(logged.kind == DecisionKind::learn);
  CHECK(logged.by == "import");
  CHECK(logged.site == "blog");

  CHECK(value_of(house.store->undo(undoing(first.decisions[0]))).lessons == 5);
  CHECK(standing(*house.store).size() == 2);
  // What was taken back is taken in again.
  CHECK(value_of(house.store->import_lessons(some(import.secret, 7))).added == 5);
  CHECK(standing(*house.store).size() == 7);
  CHECK(value_of(house.store->import_lessons(some(import.secret, 0))).added == 0);
}

TEST_CASE("a lesson that this database gave its number to is known by it") {
  House house;
  Learn learn{.site = "blog", .lesson = lesson(1), .spam = true, .by = "mona", .now = kNoon};
  done(house.store->learn(learn));
  const LearnEvent made = standing(*house.store).at(0);
  ImportLessons import = some(house.store->feature_secret(), 0);
  import.lessons.push_back({"blog", true, made.lesson, origin(1), made.seq});
  CHECK(value_of(house.store->import_lessons(import)).known == 1);
  // A copy of this database went its own way: the same number, another lesson.
  import.lessons[0].lesson = lesson(2);
  CHECK(value_of(house.store->import_lessons(import)).added == 1);
  import.lessons[0].spam = false;
  import.lessons[0].origin = origin(2);
  CHECK(value_of(house.store->import_lessons(import)).added == 1);
}

TEST_CASE("a database that has learned nothing takes the file's key over, another one refuses") {
  House house;
  const std::string own = house.store->feature_secret();
  CHECK(own.size() == 32);
  const std::string foreign(32, 'k');
  done(house.store->keep_starter_model("s", "model"));
  CHECK(refusal(house.store->import_lessons(some("short", 1))).code == Code::invalid);
  CHECK(value_of(house.store->import_lessons(some(foreign, 0))).adopted == false);
  CHECK(house.store->feature_secret() == own);
  const Error nowhere = refusal(house.store->import_lessons(some(foreign, 1, "none")));
  CHECK(nowhere.code == Code::not_found);
  CHECK(nowhere.where == "none");
  CHECK(house.store->feature_secret() == own);

  const LessonsImported taken = value_of(house.store->import_lessons(some(foreign, 3)));
  CHECK(taken.adopted);
  CHECK(house.store->feature_secret() == foreign);
  CHECK_FALSE(value_of(house.store->starter_model("s")).has_value());  // it was made with the old key
  house.reopen();
  CHECK(house.store->feature_secret() == foreign);
  CHECK_FALSE(value_of(house.store->import_lessons(some(foreign, 3))).adopted);

  const Error refused = refusal(house.store->import_lessons(some(std::string(32, 'x'), 3)));
  CHECK(refused.code == Code::conflict);
  CHECK(refused.what.find("another database's key") != std::string::npos);
  CHECK(standing(*house.store).size() == 3);

  House other;
  CHECK(other.store->feature_secret() != own);
  CHECK(other.store->lessons_name() != house.store->lessons_name());
  CHECK(other.store->lessons_name().size() == 16);
}

TEST_CASE("lessons of several sites are a decision each, and shared where the site shares") {
  House house;
  Site sharing = site_named("sharing");
  sharing.shares_lessons = true;
  REQUIRE(house.store->add_site(sharing, {}).has_value());
  ImportLessons import = some(house.store->feature_secret(), 2);
  import.lessons.push_back({"sharing", true, lesson(50), origin(50), 0});
  const LessonsImported taken = value_of(house.store->import_lessons(import));
  CHECK(taken.decisions.size() == 2);
  CHECK(standing(*house.store, "sharing").size() == 1);
  CHECK(standing(*house.store, "").size() == 1);
  // The same lesson may be another site's as well.
  CHECK(value_of(house.store->import_lessons(some(import.secret, 2, "sharing"))).added == 2);
}

TEST_SUITE_END();
