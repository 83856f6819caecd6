#pragma once
// The Internet checksum (RFC 1071) of UDP and TCP over their pseudo header (RFC 768, 9293, 8200 section 8.1).

#include "lab/capture/ip_header.h"

namespace echolab::capture {

// `segment` is the whole transport segment of the packet, header first, with its checksum field at `field`.
Checksum verify_transport_checksum(const IpPacket& packet, Slice segment, std::size_t field);
// The same for a whole segment of at most 65,535 bytes that follows its IPv4 addresses, as it does without options.
Checksum verify_ipv4_checksum(const std::uint8_t* addresses, std::uint8_t protocol, std::size_t length,
                              std::size_t field);

// One's complement sum of the bytes as 16-bit words in memory order, folded to 16 bits, not complemented.
std::uint16_t ones_complement_sum(const std::uint8_t* data, std::size_t size);

}  // namespace echolab::capture
