// The command line: reads the words, calls the command. CLI11 stays in cli.cpp.
#pragma once

namespace chaffinch::cli {

// The exit code of the program. Never throws.
int run(int argc, char** argv);

}  // namespace chaffinch::cli
