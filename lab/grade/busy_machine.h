#pragma once
// How long programs that could run had to wait for a processor: /proc/pressure/cpu (Documentation/accounting/psi.rst).

#include <optional>

#include "lab/base/clock.h"

namespace echolab::grade {

// Measures from its construction on.
class BusyMachine {
 public:
  BusyMachine();
  // Share of the time since in which something waited, 0 to 1; nothing where the kernel doesn't tell.
  std::optional<double> stalled_share() const;

 private:
  std::optional<double> begin_us_;
  Nanoseconds began_;
};

}  // namespace echolab::grade
