#include "lab/capture/ip_header.h"

#include "lab/capture/byte_order.h"

namespace echolab::capture {

namespace {

using State = IpPacket::State;

State unreadable(Slice slice, std::size_t needed) {
  return slice.length < needed ? State::malformed : State::cut;
}

// The bytes that the header claims, which the wire must have had.
bool clip(Slice& slice, std::size_t claimed, Lengths lengths) {
  if (claimed <= slice.length) {
    slice = slice.first(claimed);
    return true;
  }
  slice.length = claimed;
  return lengths == Lengths::quoted;
}

}  // namespace

//   0                   1                   2                   3
//   |Version|  IHL  |Type of Service|          Total Length         |
//   |         Identification        |Flags|     Fragment Offset     |
//   |  Time to Live |    Protocol   |        Header Checksum        |
//   |                         Source Address                        |
//   |                      Destination Address                      |
//   |                     Options, to 4 × IHL bytes                 |
IpPacket parse_ipv4(Slice slice, Lengths lengths) {
  IpPacket packet;  // every return names it, so that it is built in the caller's place
  if (slice.captured < 20) {
    packet.state = unreadable(slice, 20);
    return packet;
  }
  const std::uint8_t* header = slice.data;
  const std::size_t header_size = std::size_t{4} * (header[0] & 0x0f);
  std::size_t total = load_be16(header + 2);
  if (total == 0) total = slice.length;  // segmentation offloading above 64 KiB leaves it zero
  if (header[0] >> 4 != 4 || header_size < 20 || total < header_size || !clip(slice, total, lengths)) {
    packet.state = State::malformed;
    return packet;
  }
  if (slice.captured < header_size) {
    packet.state = unreadable(slice, header_size);
    return packet;
  }
  packet.source_at = header + 12;
  packet.destination_at = header + 16;
  packet.protocol = header[9];
  packet.payload = slice.after(header_size);
  const std::uint16_t flags = load_be16(header + 6);
  if ((flags & 0x3fff) != 0) {  // more fragments, or an offset in units of eight bytes
    packet.fragment = FragmentField{load_be16(header + 4), std::size_t{8} * (flags & 0x1fff), (flags & 0x2000) != 0};
  }
  return packet;
}

//   |Version| Traffic Class |           Flow Label                  |
//   |         Payload Length        |  Next Header  |   Hop Limit   |
//   |                  Source Address, 16 bytes                     |
//   |                Destination Address, 16 bytes                  |
IpPacket parse_ipv6(Slice slice, Lengths lengths) {
  constexpr std::size_t header_size = 40;
  IpPacket packet;
  if (slice.captured < header_size) {
    packet.state = unreadable(slice, header_size);
    return packet;
  }
  const std::uint8_t* header = slice.data;
  std::size_t total = header_size + load_be16(header + 4);
  if (total == header_size) total = slice.length;  // a jumbogram (RFC 2675), or offloading above 64 KiB
  if (header[0] >> 4 != 6 || !clip(slice, total, lengths)) {
    packet.state = State::malformed;
    return packet;
  }
  packet.v4 = false;
  packet.source_at = header + 8;
  packet.destination_at = header + 24;
  packet.protocol = header[6];
  packet.payload = slice.after(header_size);
  walk_extension_headers(packet);
  return packet;
}

void walk_extension_headers(IpPacket& packet) {
  for (;;) {
    std::size_t size = 0;
    const Slice& rest = packet.payload;
    switch (packet.protocol) {
      case 0:    // hop-by-hop options
      case 43:   // routing
      case 60:   // destination options
      case 135:  // mobility
      case 139:  // host identity
      case 140:  // shim6
        if (rest.captured >= 2) size = std::size_t{8} * (rest.data[1] + std::size_t{1});
        break;
      case 51:  // authentication: counted in 4 bytes, less two
        if (rest.captured >= 2) size = std::size_t{4} * (rest.data[1] + std::size_t{2});
        break;
      case 44:
        size = 8;
        break;  // fragment
      default:
        return;
    }
    if (size == 0) size = 8;
    if (rest.captured < size) {
      packet.state = unreadable(rest, size);
      return;
    }
    if (packet.protocol == 43 && rest.data[3] != 0) packet.rerouted = true;  // segments left
    const bool is_fragment = packet.protocol == 44;
    if (is_fragment) {
      const std::uint16_t field = load_be16(rest.data + 2);
      const FragmentField fragment{load_be32(rest.data + 4), field & std::size_t{0xfff8}, (field & 1) != 0};
      // Offset 0 and nothing more: an atomic fragment, processed as if it were none (RFC 6946).
      if (fragment.more || fragment.offset != 0) packet.fragment = fragment;
    }
    packet.protocol = rest.data[0];
    packet.payload = rest.after(size);
    if (is_fragment && packet.fragment) return;
  }
}

}  // namespace echolab::capture
