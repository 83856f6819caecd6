#pragma once

#include "bench/core/benchmark.h"

namespace echolab::bench {

// Whether large labs, and many labs at once, cost what as many small ones do.
Section run_scale(const Settings& settings);

}  // namespace echolab::bench
