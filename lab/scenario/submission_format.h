#pragma once

#include "lab/scenario/format.h"

namespace echolab::scenario {

// What students hand in: the section `submission` of a scenario.
const Section& submission_section();

}  // namespace echolab::scenario
