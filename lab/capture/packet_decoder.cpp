#include "lab/capture/packet_decoder.h"

#include "lab/capture/byte_order.h"
#include "lab/capture/link_layer.h"
#include "lab/capture/transport_checksum.h"

namespace echolab::capture {

namespace {

bool is_judged(std::uint8_t protocol) {
  return protocol == protocol_udp || protocol == protocol_tcp || protocol == protocol_icmp ||
         protocol == protocol_icmpv6;
}

// Destination unreachable, source quench, redirect, time exceeded, parameter problem (RFC 1122 section 3.2.2).
bool is_icmpv4_error(std::uint8_t type) {
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

}  // namespace

void PacketDecoder::decode(const Frame& frame) {
  ++summary_.packets;
  if (!any_time_) summary_.first_time_ns = summary_.last_time_ns = frame.time_ns;
  any_time_ = true;
  summary_.first_time_ns = std::min(summary_.first_time_ns, frame.time_ns);
  summary_.last_time_ns = std::max(summary_.last_time_ns, frame.time_ns);
  if (frame.original_length > frame.data.size()) ++summary_.cut;
  sink_.on_frame(frame);
  if (decode_plain_udp(frame)) {
    ++summary_.decoded;
    return;
  }
  switch (decode_network(frame)) {
    case Outcome::decoded:
      ++summary_.decoded;
      break;
    case Outcome::other:
      ++summary_.other;
      break;
    case Outcome::malformed:
      ++summary_.malformed;
      break;
  }
}

Summary PacketDecoder::summary() const {
  Summary summary = summary_;
  summary.fragments_incomplete = reassembly_.incomplete();
  return summary;
}

bool PacketDecoder::decode_plain_udp(const Frame& frame) {
  constexpr std::size_t ip_at = 14, udp_at = ip_at + 20, payload_at = udp_at + 8;
  constexpr std::size_t ethernet_mtu = 1500;
  constexpr std::uint16_t link_ethernet = 1;
  if (frame.link_type != link_ethernet || frame.data.size() < payload_at || frame.data.size() > ip_at + ethernet_mtu ||
      frame.original_length != frame.data.size()) {
    return false;
  }
  const std::uint8_t* ip = frame.data.data() + ip_at;
  const std::uint8_t* udp = frame.data.data() + udp_at;
  const std::size_t length = load_be16(udp + 4);
  const bool plain = load_be16(ip - 2) == 0x0800 && ip[0] == 0x45 && ip[9] == protocol_udp &&
                     (load_be16(ip + 6) & 0x3fff) == 0 && load_be16(ip + 2) == 20 + length && length >= 8 &&
                     udp_at + length <= frame.data.size();
  if (!plain) return false;
  const Checksum checksum = verify_ipv4_checksum(ip + 12, protocol_udp, length, 6);
  if (checksum == Checksum::unfilled) ++summary_.checksums_unfilled;
  if (checksum == Checksum::bad) ++summary_.checksums_bad;
  sink_.on_udp({frame,
                {},
                {IpAddress::from_v4_bytes(ip + 12), Port{load_be16(udp)}},
                {IpAddress::from_v4_bytes(ip + 16), Port{load_be16(udp + 2)}},
                frame.data.subspan(payload_at, length - 8),
                static_cast<std::uint32_t>(length - 8),
                checksum});
  return true;
}

PacketDecoder::Outcome PacketDecoder::decode_network(const Frame& frame) {
  const NetworkPacket network = strip_link_layer(frame);
  constexpr std::uint16_t link_ethernet = 1;
  if (frame.link_type == link_ethernet && network.slice.length > 1500) ++summary_.oversized;
  switch (network.kind) {
    case NetworkPacket::Kind::ipv4: {
      IpPacket packet = parse_ipv4(network.slice, Lengths::strict);
      return decode_ip(frame, packet);
    }
    case NetworkPacket::Kind::ipv6: {
      IpPacket packet = parse_ipv6(network.slice, Lengths::strict);
      return decode_ip(frame, packet);
    }
    case NetworkPacket::Kind::malformed:
      return Outcome::malformed;
    default:
      return Outcome::other;
  }
}

PacketDecoder::Outcome PacketDecoder::decode_ip(const Frame& frame, IpPacket& packet) {
  if (packet.state == IpPacket::State::malformed) return Outcome::malformed;
  if (packet.state == IpPacket::State::cut) return Outcome::other;
  if (!packet.fragment) return decode_transport(frame, packet, {});

  Fragment fragment;
  fragment.key = {packet.source(), packet.destination(), packet.fragment->id, frame.interface,
                  packet.v4 ? packet.protocol : std::uint8_t{0}};
  fragment.next_header = packet.protocol;
  fragment.offset = packet.fragment->offset;
  fragment.more = packet.fragment->more;
  fragment.payload = packet.payload;
  WholeDatagram whole;
  switch (reassembly_.add(frame, fragment, whole)) {
    case Reassembly::Result::malformed:
      return Outcome::malformed;
    case Reassembly::Result::stored:
      return is_judged(packet.protocol) ? Outcome::decoded : Outcome::other;
    case Reassembly::Result::complete:
      break;
  }
  packet.fragment.reset();
  packet.protocol = whole.next_header;
  packet.payload = whole.payload;
  if (!packet.v4) {
    walk_extension_headers(packet);
    if (packet.state != IpPacket::State::good || packet.fragment) return Outcome::malformed;
  }
  return decode_transport(frame, packet, whole.frames);
}

PacketDecoder::Outcome PacketDecoder::decode_transport(const Frame& frame, const IpPacket& packet,
                                                       std::span<const std::uint64_t> fragments) {
  switch (packet.protocol) {
    case protocol_udp:
      return decode_udp(frame, packet, fragments);
    case protocol_tcp:
      return decode_tcp(frame, packet);
    case protocol_icmp:
    case protocol_icmpv6:
      return decode_icmp(frame, packet);
    default:
      return Outcome::other;
  }
}

Checksum PacketDecoder::checked(const IpPacket& packet, Slice segment, std::size_t field) {
  if (packet.rerouted) return Checksum::unknown;
  const Checksum checksum = verify_transport_checksum(packet, segment, field);
  if (checksum == Checksum::unfilled) ++summary_.checksums_unfilled;
  if (checksum == Checksum::bad) ++summary_.checksums_bad;
  return checksum;
}

//   |          Source Port          |       Destination Port        |
//   |            Length             |           Checksum            |
PacketDecoder::Outcome PacketDecoder::decode_udp(const Frame& frame, const IpPacket& packet,
                                                 std::span<const std::uint64_t> fragments) {
  constexpr std::size_t header_size = 8;
  Slice slice = packet.payload;
  if (slice.length < header_size) return Outcome::malformed;
  if (slice.captured < header_size) return Outcome::other;
  std::size_t length = load_be16(slice.data + 4);
  // Zero stands for what 16 bits can't say (RFC 2675), where the IP layer can't either.
  if (length == 0 && slice.length > 0xffff) length = slice.length;
  if (length < header_size || length > slice.length) {
    sink_.on_bad_udp_length({frame,
                             {packet.source(), Port{load_be16(slice.data)}},
                             {packet.destination(), Port{load_be16(slice.data + 2)}},
                             static_cast<std::uint16_t>(length),
                             static_cast<std::uint32_t>(slice.length)});
    return Outcome::malformed;
  }
  slice = slice.first(length);
  const Slice payload = slice.after(header_size);
  sink_.on_udp({frame,
                fragments,
                {packet.source(), Port{load_be16(slice.data)}},
                {packet.destination(), Port{load_be16(slice.data + 2)}},
                payload.bytes(),
                static_cast<std::uint32_t>(payload.length),
                checked(packet, slice, 6)});
  return Outcome::decoded;
}

//   |          Source Port          |       Destination Port        |
//   |                        Sequence Number                        |
//   |                    Acknowledgment Number                      |
//   | Offset| Rsrvd |C|E|U|A|P|R|S|F|            Window             |
//   |           Checksum            |         Urgent Pointer        |
PacketDecoder::Outcome PacketDecoder::decode_tcp(const Frame& frame, const IpPacket& packet) {
  constexpr std::size_t header_minimum = 20;
  const Slice slice = packet.payload;
  if (slice.length < header_minimum) return Outcome::malformed;
  if (slice.captured < header_minimum) return Outcome::other;
  const std::size_t header_size = std::size_t{4} * (slice.data[12] >> 4);
  if (header_size < header_minimum || header_size > slice.length) return Outcome::malformed;
  const std::uint8_t flags = slice.data[13];
  const Bytes payload = slice.captured > header_size ? slice.after(header_size).bytes()
                                                     : Bytes(slice.data + slice.captured, std::size_t{0});
  sink_.on_tcp(
      {frame,
       {packet.source(), Port{load_be16(slice.data)}},
       {packet.destination(), Port{load_be16(slice.data + 2)}},
       load_be32(slice.data + 4),
       load_be32(slice.data + 8),
       load_be16(slice.data + 14),
       {(flags & 0x02) != 0, (flags & 0x10) != 0, (flags & 0x01) != 0, (flags & 0x04) != 0, (flags & 0x08) != 0},
       payload,
       static_cast<std::uint32_t>(slice.length - header_size),
       checked(packet, slice, 16)});
  return Outcome::decoded;
}

// Both kinds: type, code, checksum, four bytes of their own, then the packet they answer, as much of it as fits.
PacketDecoder::Outcome PacketDecoder::decode_icmp(const Frame& frame, const IpPacket& packet) {
  constexpr std::size_t header_size = 8;
  const Slice slice = packet.payload;
  if (slice.length < header_size) return Outcome::malformed;
  if (slice.captured < header_size) return Outcome::other;
  const std::uint8_t type = slice.data[0];
  const bool v4 = packet.protocol == protocol_icmp;
  if (v4 != packet.v4) return Outcome::other;
  if (v4 ? !is_icmpv4_error(type) : type >= 128) return Outcome::other;  // ICMPv6: errors have the top bit clear

  const Slice rest = slice.after(header_size);
  const IpPacket quoted = v4 ? parse_ipv4(rest, Lengths::quoted) : parse_ipv6(rest, Lengths::quoted);
  if (quoted.state == IpPacket::State::malformed) return Outcome::malformed;
  const bool has_ports = quoted.state == IpPacket::State::good && quoted.payload.captured >= 4 &&
                         (!quoted.fragment || quoted.fragment->offset == 0) &&
                         (quoted.protocol == protocol_udp || quoted.protocol == protocol_tcp);
  if (!has_ports) return Outcome::other;
  sink_.on_icmp_error({frame,
                       type,
                       slice.data[1],
                       packet.source(),
                       quoted.protocol == protocol_udp ? Transport::udp : Transport::tcp,
                       {quoted.source(), Port{load_be16(quoted.payload.data)}},
                       {quoted.destination(), Port{load_be16(quoted.payload.data + 2)}}});
  return Outcome::decoded;
}

}  // namespace echolab::capture
