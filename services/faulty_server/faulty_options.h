#pragma once
// The faulty server's command line (docs/services.md).

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "services/faulty_server/fault.h"

namespace echo {

struct FaultyOptions {
  Fault fault = Fault::drop;
  std::string fault_name;
  std::uint64_t every = 3;
  std::chrono::nanoseconds delay = std::chrono::seconds(3);  // longer than the client's usual timeout
  bool udp = true, tcp = true;
  std::uint16_t port = 5000;
  std::string events;
  std::string stop_file;
};

// The options, or the exit status after help, version or a mistake were printed.
std::variant<FaultyOptions, int> read_faulty_options(int argc, const char* const* argv);

}  // namespace echo
