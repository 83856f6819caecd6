#pragma once

#include "bench/core/benchmark.h"

namespace echolab::bench {

// How fast a class is graded, beside a plain script with docker-compose for each student.
Section run_grade(const Settings& settings);

}  // namespace echolab::bench
