#pragma once
// One program, run once and measured by the kernel.

#include <cstdint>
#include <string>
#include <vector>

namespace echolab::bench {

struct MeasuredRun {
  double seconds = 0;      // wall clock, from start to end
  double cpu_seconds = 0;  // user and system
  std::uint64_t peak_bytes = 0;
  int exit_status = 0;  // 128 and the signal's number when one ended it
};

// Standard output and error go to /dev/null. Throws EnvironmentError when the program can't be started.
MeasuredRun run_measured(const std::vector<std::string>& command);
bool is_installed(const std::string& program);  // in PATH

}  // namespace echolab::bench
