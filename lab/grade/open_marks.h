#pragma once

#include <string>
#include <vector>

#include "lab/marks/class_result.h"
#include "lab/scenario/scenario.h"

namespace echolab::grade {

// Everything that a scenario asks, open: the machine failed, and nobody's work was judged.
std::vector<marks::CheckMark> open_marks(const scenario::Scenario& scenario, const std::string& reason);

}  // namespace echolab::grade
