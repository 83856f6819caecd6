#pragma once
// What programs say they did, held against a capture: each datagram they sent, each piece of a TCP stream, each SYN and
// FIN, must be in it. Reads the event logs (docs/events.md) on its own, without the judge's help.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace echolab::bench {

struct Comparison {
  std::uint64_t sent = 0;     // packets, or pieces of streams, that must be there
  std::uint64_t missing = 0;  // of them, in the capture
};

// A capture that is not there, or is none, lacks everything. Throws EnvironmentError when a log can't be read or says
// that nothing was sent: then there is nothing to compare with.
Comparison compare_with_logs(const std::vector<std::filesystem::path>& event_logs,
                             const std::filesystem::path& capture);

}  // namespace echolab::bench
