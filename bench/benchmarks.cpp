#include <algorithm>
#include <array>

#include "bench/capture/capture.h"
#include "bench/core/benchmark.h"
#include "bench/echo/echo.h"
#include "bench/grade/grade.h"
#include "bench/scale/scale.h"
#include "bench/start/start.h"
#include "bench/verify/verify.h"

namespace echolab::bench {

Rounds Settings::rounds(int most) const {
  if (quick) return {1, std::min(2, most)};
  return {1, std::min(pairs, most)};
}

std::span<const Benchmark> benchmarks() {
  static constexpr std::array all{
      Benchmark{"echo", "how fast is the echo server, beside what its system calls alone cost?", run_echo},
      Benchmark{"verify", "how fast is a capture judged, beside programs that only read one?", run_verify},
      Benchmark{"start", "how fast does a lab come up and go, beside Docker alone, docker-compose and Mininet?",
                run_start},
      Benchmark{"capture", "is everything that was sent in the capture, and what does capturing cost?", run_capture},
      Benchmark{"scale", "do large labs, and many at once, cost what as many small ones do?", run_scale},
      Benchmark{"grade", "how fast is a class graded, beside a script with docker-compose?", run_grade},
  };
  return all;
}

}  // namespace echolab::bench
