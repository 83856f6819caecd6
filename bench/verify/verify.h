#pragma once

#include "bench/core/benchmark.h"

namespace echolab::bench {

// How fast a capture is judged, beside programs that only read one; and how that grows with the capture.
Section run_verify(const Settings& settings);

}  // namespace echolab::bench
