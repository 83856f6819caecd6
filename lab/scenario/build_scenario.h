#pragma once
// Tree → Scenario. Resolves names, fills defaults in, and finds the mistakes that need more than one value to see.

#include <filesystem>

#include "lab/scenario/mistakes.h"
#include "lab/scenario/scenario.h"
#include "lab/scenario/yaml_tree.h"

namespace echolab::scenario {

// `folder` is where relative build contexts begin. The result is only meaningful when no mistakes were added.
Scenario build_scenario(const Node& root, const std::filesystem::path& folder, Mistakes& mistakes);

}  // namespace echolab::scenario
