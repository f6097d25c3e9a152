// A verdict for people: action, score, findings, and the text with what was seen marked. Made for terminals;
// all that came from a comment is made plain.
#pragma once

#include <string>

#include "core/comment.h"
#include "core/verdict.h"

namespace chaffinch::cli {

// `colour`: marks by colour, else by « ». Of a long text the first 4,000 bytes are shown. Ends with a line
// end.
std::string explained(const Submission& comment, const Verdict& verdict, bool colour);

}  // namespace chaffinch::cli
