#include <algorithm>
#include <array>

#include "bench/core/benchmark.h"
#include "bench/echo/echo.h"
#include "bench/verify/verify.h"

namespace echolab::bench {

Rounds Settings::rounds(int most) const {
  if (quick) return {1, std::min(3, most)};
  return {1, std::min(pairs, most)};
}

std::span<const Benchmark> benchmarks() {
  static constexpr std::array all{
      Benchmark{"echo", "how fast is the echo server, beside what its system calls alone cost?", run_echo},
      Benchmark{"verify", "how fast is a capture judged, beside programs that only read one?", run_verify},
  };
  return all;
}

}  // namespace echolab::bench
