#pragma once

#include "bench/core/benchmark.h"

namespace echolab::bench {

// How fast the echo server echoes while it logs as in a lab, beside what its system calls alone cost.
Section run_echo(const Settings& settings);

}  // namespace echolab::bench
