#pragma once

#include "bench/core/benchmark.h"

namespace echolab::bench {

// Whether everything that was sent is in the capture, and what capturing costs.
Section run_capture(const Settings& settings);

}  // namespace echolab::bench
