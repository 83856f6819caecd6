#pragma once

#include "bench/core/benchmark.h"

namespace echolab::bench {

// How fast labs come up and go: on Docker beside the daemon alone and docker-compose, locally beside Mininet.
Section run_start(const Settings& settings);

}  // namespace echolab::bench
