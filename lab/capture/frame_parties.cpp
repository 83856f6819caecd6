#include "lab/capture/frame_parties.h"

#include <algorithm>

#include "lab/capture/byte_order.h"
#include "lab/capture/ip_header.h"
#include "lab/capture/link_layer.h"

namespace echolab::capture {

namespace {

void add(FrameParties& parties, const IpAddress& address) {
  parties.addresses[parties.address_count++] = address;
}

//   hardware type u16 | protocol type u16 | sizes u8 u8 | operation u16 | sender MAC, IP | target MAC, IP
void add_arp(FrameParties& parties, Slice slice) {
  if (slice.captured < 28 || load_be16(slice.data + 2) != 0x0800 || slice.data[4] != 6 || slice.data[5] != 4) return;
  add(parties, IpAddress::from_v4_bytes(slice.data + 14));
  add(parties, IpAddress::from_v4_bytes(slice.data + 24));
}

void add_ip(FrameParties& parties, const IpPacket& packet) {
  if (packet.state == IpPacket::State::malformed || packet.source_at == nullptr) return;
  add(parties, packet.source());
  add(parties, packet.destination());
  const bool neighbour_discovery = packet.protocol == protocol_icmpv6 && !packet.fragment &&
                                   packet.payload.captured >= 24 &&
                                   (packet.payload.data[0] == 135 || packet.payload.data[0] == 136);
  if (neighbour_discovery) add(parties, IpAddress::from_v6_bytes(packet.payload.data + 8));
}

}  // namespace

FrameParties find_parties(const Frame& frame) {
  FrameParties parties;
  constexpr std::uint16_t link_ethernet = 1;
  if (frame.link_type == link_ethernet && frame.data.size() >= 12) {
    parties.destination_mac.emplace();
    parties.source_mac.emplace();
    std::copy_n(frame.data.begin(), 6, parties.destination_mac->bytes.begin());
    std::copy_n(frame.data.begin() + 6, 6, parties.source_mac->bytes.begin());
  }
  const NetworkPacket network = strip_link_layer(frame);
  switch (network.kind) {
    case NetworkPacket::Kind::arp:
      add_arp(parties, network.slice);
      break;
    case NetworkPacket::Kind::ipv4:
      add_ip(parties, parse_ipv4(network.slice, Lengths::quoted));
      break;
    case NetworkPacket::Kind::ipv6:
      add_ip(parties, parse_ipv6(network.slice, Lengths::quoted));
      break;
    default:
      break;
  }
  return parties;
}

}  // namespace echolab::capture
