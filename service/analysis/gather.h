// From a submission to the evidence: text views, links, shape, once for all rules. Pure; safe from any
// thread.
#pragma once

#include "core/evidence.h"

namespace chaffinch {

// REQUIRES: the submission is within core/limits.h and valid UTF-8 (the doors see to it). `facts` stays
// empty; the caller sets it from Store::recall.
Evidence gather(Submission submission);

}  // namespace chaffinch
