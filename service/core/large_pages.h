// Memory for large tables that are read at random. Linux; safe from any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>

#include <sys/mman.h>

namespace chaffinch {

// For containers: what takes 4 MiB or more lies on pages of 2 MiB, if the system has some to give, so that a
// look at a random place seldom waits for its address. Sizes that are no multiple of 2 MiB waste the rest of
// the last page.
template <class T>
struct LargePages {
  using value_type = T;

  LargePages() = default;
  template <class U>
  LargePages(const LargePages<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (bytes < kLarge) return static_cast<T*>(::operator new(bytes, kAlign));
    void* const memory = ::operator new(bytes, kPage);
    // Advice: small pages do as well.
    ::madvise(memory, bytes, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    if (count * sizeof(T) < kLarge)
      ::operator delete(memory, kAlign);
    else
      ::operator delete(memory, kPage);
  }

  bool operator==(const LargePages&) const = default;

 private:
  static constexpr std::size_t kLarge = std::size_t{4} << 20U;
  static constexpr std::align_val_t kAlign{
      std::max<std::size_t>(alignof(T), __STDCPP_DEFAULT_NEW_ALIGNMENT__)};
  static constexpr std::align_val_t kPage{std::size_t{2} << 20U};
};

}  // namespace chaffinch
