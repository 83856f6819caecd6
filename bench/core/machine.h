#pragma once
// Where numbers were measured, and with what: no number means anything without it.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace echolab::bench {

struct Machine {
  std::string processor;  // "Intel(R) Xeon(R) CPU @ 2.60GHz"
  unsigned cores = 0;
  std::uint64_t memory_bytes = 0;
  std::string kernel;  // "Linux 6.1.0"
  std::string date;    // "2026-11-26"
  // Program and what it calls its version; those that are missing are left out.
  std::vector<std::pair<std::string, std::string>> versions;
};

Machine this_machine();

}  // namespace echolab::bench
