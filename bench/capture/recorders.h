#pragma once

#include "bench/core/benchmark.h"
#include "bench/core/work_folder.h"

namespace echolab::bench {

// Rows of what one capture of a bridge with 20 nodes costs, beside a tcpdump for each node.
void add_recorders(Section& section, const Settings& settings, const WorkFolder& folder);

}  // namespace echolab::bench
