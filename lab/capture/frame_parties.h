#pragma once
// Whose frame it is, at a glance: for sorting frames by node, also those that carry no echo.

#include <array>
#include <optional>

#include "lab/capture/capture.h"

namespace echolab::capture {

struct FrameParties {
  std::optional<MacAddress> source_mac, destination_mac;  // Ethernet
  // IP source and destination, of fragments too; ARP sender and target (RFC 826); the target of a neighbour
  // solicitation or advertisement (RFC 4861), whose destination may be a multicast group.
  std::array<IpAddress, 3> addresses;
  std::size_t address_count = 0;
};

FrameParties find_parties(const Frame& frame);

}  // namespace echolab::capture
