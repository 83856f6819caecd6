#include "lab/grade/busy_machine.h"

#include <algorithm>
#include <cstdlib>

#include "lab/base/error.h"
#include "lab/base/file.h"

namespace echolab::grade {

namespace {

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345" in microseconds
std::optional<double> total_stalled_us() {
  try {
    const std::string text = read_file("/proc/pressure/cpu", 4096);
    const std::size_t at = text.find("total=");
    if (!text.starts_with("some") || at == std::string::npos) return {};
    return std::strtod(text.c_str() + at + 6, nullptr);
  } catch (const EnvironmentError&) {
    return {};  // a kernel without it
  }
}

Nanoseconds now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace

BusyMachine::BusyMachine() : begin_us_(total_stalled_us()), began_(now()) {}

std::optional<double> BusyMachine::stalled_share() const {
  const auto end_us = total_stalled_us();
  const double elapsed_us = std::chrono::duration<double, std::micro>(now() - began_).count();
  if (!begin_us_ || !end_us || elapsed_us <= 0) return {};
  return std::clamp((*end_us - *begin_us_) / elapsed_us, 0.0, 1.0);
}

}  // namespace echolab::grade
