#pragma once

#include <string>

#include "lab/marks/class_result.h"

namespace echolab::report {

// How the complete marks lie, in tenths of all points: bars as inline SVG, with a sentence for who can't see them. Empty
// when there is no complete mark.
std::string points_chart(const marks::ClassResult& result);

}  // namespace echolab::report
