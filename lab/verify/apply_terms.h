#pragma once
// What every check may have, whatever its kind: level, negation, texts of its own, and other checks that must have
// passed. Applied to the findings of all checks, after each was made.

#include <vector>

#include "lab/verify/check.h"

namespace echolab::verify {

void apply_terms(const CheckContext& context, std::vector<Finding>& findings);

}  // namespace echolab::verify
