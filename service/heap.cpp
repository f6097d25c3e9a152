#include "heap.h"

#include <cstddef>

#include <malloc.h>

extern "C" {
// Read by jemalloc before anything else runs. Few threads are at work at once, so they get an arena each with
// four; more cost memory.
extern const char* malloc_conf;
const char* malloc_conf = "narenas:4,background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";

// Null where jemalloc is not linked.
int mallctl(const char* name, void* old, std::size_t* old_size, void* fresh, std::size_t fresh_size)
    __attribute__((weak));
}

namespace chaffinch {

void give_back_memory() {
  if (mallctl != nullptr)
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096: MALLCTL_ARENAS_ALL
  else
    ::malloc_trim(0);
}

}  // namespace chaffinch
