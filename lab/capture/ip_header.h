#pragma once
// IPv4 (RFC 791) and IPv6 (RFC 8200) headers, walked in place down to the transport protocol.

#include <optional>

#include "lab/capture/slice.h"

namespace echolab::capture {

inline constexpr std::uint8_t protocol_icmp = 1, protocol_tcp = 6, protocol_udp = 17, protocol_icmpv6 = 58;

struct FragmentField {
  std::uint32_t id = 0;
  std::size_t offset = 0;  // bytes
  bool more = false;
};

struct IpPacket {
  enum class State : std::uint8_t { good, malformed, cut } state = State::good;  // cut: headers not captured whole
  bool v4 = true;
  // Where the addresses lie in the header. Values are made only once, in what a sink gets: copying them from struct to
  // struct cost a third of the time per packet.
  const std::uint8_t* source_at = nullptr;
  const std::uint8_t* destination_at = nullptr;
  std::uint8_t protocol = 0;  // of the payload; an IPv6 extension header only when it is a fragment
  Slice payload;
  std::optional<FragmentField> fragment;
  bool rerouted = false;  // a routing header names another final destination: pseudo header unknown

  IpAddress source() const { return address(source_at); }
  IpAddress destination() const { return address(destination_at); }

 private:
  IpAddress address(const std::uint8_t* at) const {
    return v4 ? IpAddress::from_v4_bytes(at) : IpAddress::from_v6_bytes(at);
  }
};

// How strictly lengths are taken: a packet quoted in an ICMP error is cut on purpose.
enum class Lengths : std::uint8_t { strict, quoted };

IpPacket parse_ipv4(Slice slice, Lengths lengths);
IpPacket parse_ipv6(Slice slice, Lengths lengths);
// Passes over extension headers from `protocol` on, into the packet: also used on a reassembled payload.
void walk_extension_headers(IpPacket& packet);

}  // namespace echolab::capture
