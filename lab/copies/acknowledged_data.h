#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "lab/capture/capture.h"

namespace echolab::copies {

// Bytes of TCP conversations that the receiver acknowledged and that no packet of the file carries. Only of
// conversations whose handshake is in the file: a capture that begins later, or that was filtered to one direction,
// lacks data honestly. The order of packets does not matter, and neither does a snaplen: lengths are those of the
// headers.
class AcknowledgedData {
 public:
  void add(const capture::TcpSegment& segment);
  // A sentence about the first such direction, when there is one. Ends what was added.
  std::optional<std::string> sign();

 private:
  using Ends = std::pair<Endpoint, Endpoint>;        // sender, receiver
  struct Sent {                                      // by one side; offset 0 is the first byte behind its SYN
    std::uint32_t initial = 0;                       // sequence number of the SYN
    std::uint64_t syn_packet = 0, ack_packet = 0;    // the latter: first with the highest acknowledgement
    std::uint32_t acknowledged = 0;                  // offset
    std::map<std::uint32_t, std::uint32_t> carried;  // offset → end, apart from each other
    bool uncertain = false;                          // too many pieces to keep
  };

  static void carry(Sent& sent, std::uint32_t begin, std::uint32_t end);
  void close(const Ends& ends, const Sent& sent);

  std::map<Ends, Sent> sent_;
  std::optional<std::string> sign_;
};

}  // namespace echolab::copies
