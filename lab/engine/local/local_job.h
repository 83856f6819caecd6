#pragma once

#include <filesystem>

#include "lab/engine/engine.h"

namespace echolab::engine::local {

// Runs the job in a lab of one node without a network. With it go all its processes. `services` holds the supervisor.
JobResult run_local_job(const Job& job, const std::filesystem::path& services, bool as_root, Interrupt& interrupt);

}  // namespace echolab::engine::local
