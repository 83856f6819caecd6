#include "bench/core/processor_time.h"

#include <unistd.h>

#include <fstream>
#include <string>

namespace echolab::bench {

double busy_cpu_seconds() {
  constexpr int fields = 8;  // user nice system idle iowait irq softirq steal
  constexpr int idle = 3, waiting_for_disks = 4, stolen = 7;
  std::ifstream in("/proc/stat");
  std::string word;
  in >> word;
  double ticks = 0, value = 0;
  for (int field = 0; field < fields && in >> value; ++field) {
    if (field != idle && field != waiting_for_disks && field != stolen) ticks += value;
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace echolab::bench
