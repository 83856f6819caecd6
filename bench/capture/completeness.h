#pragma once
// Many short runs, each of which must have everything in its capture, or say that it has not.

#include "bench/core/benchmark.h"
#include "bench/core/work_folder.h"

namespace echolab::bench {

// Rows of runs on `engine`, TCP and UDP in turn.
void add_completeness(Section& section, const Settings& settings, const WorkFolder& folder, const std::string& engine,
                      int runs);
// Rows of a script that starts tcpdump with `&`, sleeps so many seconds, lets the same client talk to the same server,
// and kills tcpdump.
void add_naive_script(Section& section, const Settings& settings, const WorkFolder& folder, const std::string& pause,
                      int runs);

}  // namespace echolab::bench
