#pragma once
// From frames to facts: link layer, IP, fragments, UDP, TCP and ICMP errors, in place and without allocation.

#include "lab/capture/ip_header.h"
#include "lab/capture/reassembly.h"

namespace echolab::capture {

class PacketDecoder {
 public:
  explicit PacketDecoder(Sink& sink) : sink_(sink) {}

  // Hands the frame to the sink, then what is in it. Each frame counts as exactly one of decoded, other, malformed;
  // a fragment of UDP, TCP or ICMP counts as decoded.
  void decode(const Frame& frame);

  Summary summary() const;  // without what only the file knows: interfaces, comments, truncated

 private:
  enum class Outcome : std::uint8_t { decoded, other, malformed };
  // Most frames of most captures: Ethernet, IPv4 without options, whole UDP datagram. False for all others, and for
  // whatever is odd about one.
  bool decode_plain_udp(const Frame& frame);
  Outcome decode_network(const Frame& frame);
  Outcome decode_ip(const Frame& frame, IpPacket& packet);
  Outcome decode_transport(const Frame& frame, const IpPacket& packet, std::span<const std::uint64_t> fragments);
  Outcome decode_udp(const Frame& frame, const IpPacket& packet, std::span<const std::uint64_t> fragments);
  Outcome decode_tcp(const Frame& frame, const IpPacket& packet);
  Outcome decode_icmp(const Frame& frame, const IpPacket& packet);
  Checksum checked(const IpPacket& packet, Slice segment, std::size_t field);

  Sink& sink_;
  Summary summary_;
  Reassembly reassembly_;
  bool any_time_ = false;
};

}  // namespace echolab::capture
