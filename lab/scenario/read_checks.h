#pragma once
// Checks as written → checks that can be made: kinds with their own keys, groups and other checks that exist, texts and
// expressions that can be filled in.

#include <vector>

#include "lab/scenario/mistakes.h"
#include "lab/scenario/reader.h"
#include "lab/scenario/scenario.h"

namespace echolab::scenario {

// Fills scenario.checks; servers and clients must be there. client_readers belong to scenario.clients, index by index.
void read_checks(const std::vector<Reader>& readers, const std::vector<Reader>& client_readers, Scenario& scenario,
                 Mistakes& mistakes);

}  // namespace echolab::scenario
