#pragma once
// Bytes that came and went back: nearly all that an echo server has to tell, so it has a record of its own. One record
// gives both lines, `recv` and `send`, which have everything but their times in common; it is small, and filled in where
// the log keeps it.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/common/endpoint.h"
#include "services/common/event.h"

namespace echo {

struct Transfer {
  Word proto = "udp";
  // CLOCK_MONOTONIC; 0: it has no such line, since that was or will be told in a record of its own.
  std::int64_t received_ns = 0, sent_ns = 0;
  std::uint64_t conn = 0, offset = 0;  // TCP only
  std::uint64_t length = 0, hash = 0;
  Endpoint local, remote;

  // Two lines of this length at most.
  static constexpr std::size_t max_line = 1024;
  // Writes the lines of docs/events.md to `out`, where room for two is, and returns their end. `wall_offset_ns` is
  // CLOCK_REALTIME less CLOCK_MONOTONIC, `beginning` are the payload's first bytes.
  char* write_lines(char* out, std::int64_t wall_offset_ns, std::string_view beginning) const;
};

}  // namespace echo
