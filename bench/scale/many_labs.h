#pragma once

#include <cstddef>
#include <string>

#include "bench/core/benchmark.h"
#include "bench/core/work_folder.h"

namespace echolab::bench {

// Rows of so many labs that stand at the same time, each of them a run of its own with a network of its own.
void add_many_labs(Section& section, const Settings& settings, const WorkFolder& folder, const std::string& engine,
                   std::size_t labs);

}  // namespace echolab::bench
