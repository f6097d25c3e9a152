// Answers that are not there yet, for what must not hold a thread while it waits for a disk.
//
// Whoever is handed a Later calls it exactly once, from whichever thread: with what makes the answer, which
// the other side runs on a thread of its own choice. So the one who waited for the disk is kept for the next
// group, and what is to be done with its news (signing, writing JSON) is done elsewhere.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <utility>

namespace chaffinch {

template <class T>
using Finish = std::function<T()>;  // called at most once

template <class T>
using Later = std::function<void(Finish<T>)>;

// Runs what answers later, and waits for it: no longer than that promises to take.
template <class T, class Work>
T now_from(Work&& work) {
  const auto promised = std::make_shared<std::promise<Finish<T>>>();
  auto there = promised->get_future();
  work(Later<T>([promised](Finish<T> finish) { promised->set_value(std::move(finish)); }));
  return there.get()();
}

}  // namespace chaffinch
