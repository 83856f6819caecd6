#pragma once

#include <filesystem>
#include <vector>

#include "lab/engine/engine.h"

namespace echolab::engine::local {

// Whether this machine can run labs in namespaces, by making some.
std::vector<ReadinessItem> check_machine(const std::filesystem::path& services);

}  // namespace echolab::engine::local
