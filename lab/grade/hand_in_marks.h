#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "lab/marks/class_result.h"
#include "lab/scenario/scenario.h"

namespace echolab::grade {

// What the scenario asks of the files that were handed in: a mark each, none when it asks nothing. `capture` and
// `picture` lie in submission/ of the student's folder, as evidence calls them.
std::vector<marks::CheckMark> hand_in_marks(const scenario::Scenario& scenario, const marks::Student& student,
                                            const std::optional<std::filesystem::path>& capture,
                                            const std::optional<std::filesystem::path>& picture);

}  // namespace echolab::grade
