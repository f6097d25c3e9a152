#include <malloc.h>

#include "cli/cli.h"

int main(int argc, char** argv) {
  // A thread for each connection would spread the heap over eight arenas a core; four cost less memory and
  // time.
  mallopt(M_ARENA_MAX, 4);
  return chaffinch::cli::run(argc, argv);
}
