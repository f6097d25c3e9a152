#include "cli/cli.h"

int main(int argc, char** argv) {
  return chaffinch::cli::run(argc, argv);
}
