#pragma once
// Marks computed again from the evidence that a batch stores: nothing is started.

#include <filesystem>
#include <vector>

#include "lab/grade/batch_record.h"
#include "lab/marks/class_result.h"
#include "lab/scenario/scenario.h"

namespace echolab::grade {

struct Change {
  marks::StudentResult before, after;
  bool differs() const;  // in points, open points, status or a check's outcome
};

// Every graded student judged again by `scenarios`, whose names must be those of the batch's: their checks, points and
// hand-ins count; what was run stays as it was. A scenario that is not named stays as the batch has it. Throws
// InvalidInput when a scenario has another lab than the one that ran, EnvironmentError when evidence can't be read.
std::vector<Change> regrade(const std::filesystem::path& folder, const BatchRecord& batch,
                            const std::vector<scenario::Scenario>& scenarios);

// Writes result.json of everybody who changes (the old one stays beside it as result.before-<n>.json), the journal and
// the scenarios that now hold.
void apply(const std::filesystem::path& folder, const BatchRecord& batch,
           const std::vector<scenario::Scenario>& scenarios, const std::vector<Change>& changes);

}  // namespace echolab::grade
