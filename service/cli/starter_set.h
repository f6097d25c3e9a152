// The starter set as it ships: rules/starter/*.jsonl, one labelled comment a line, a file for each language.
// All of it was written for this; it is what the learner knows before any decision (analysis/starter.h).
#pragma once

#include "analysis/starter.h"

namespace chaffinch::cli {

// The rows are read when they are asked for, some 50 ms. Throws std::logic_error for one that is none: a test
// reads them all.
Starter starter_set();

}  // namespace chaffinch::cli
