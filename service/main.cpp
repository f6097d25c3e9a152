#include <malloc.h>

#include "cli/cli.h"

int main(int argc, char** argv) {
  // Threads that wait for slow clients would spread the heap over eight arenas a core; those at work have one
  // each with so many.
  mallopt(M_ARENA_MAX, 8);
  return chaffinch::cli::run(argc, argv);
}
