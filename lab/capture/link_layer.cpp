#include "lab/capture/link_layer.h"

#include "lab/capture/byte_order.h"

namespace echolab::capture {

namespace {

// LINKTYPE_ values, https://www.tcpdump.org/linktypes.html. 12 and 14 are DLT_RAW where a writer did not translate it.
enum LinkType : std::uint16_t {
  link_null = 0,
  link_ethernet = 1,
  link_raw_bsd = 12,
  link_raw_openbsd = 14,
  link_raw = 101,
  link_loop = 108,
  link_linux_sll = 113,
  link_ipv4 = 228,
  link_ipv6 = 229,
  link_linux_sll2 = 276,
};

using Kind = NetworkPacket::Kind;

constexpr std::uint16_t ethertype_ipv4 = 0x0800, ethertype_arp = 0x0806, ethertype_ipv6 = 0x86dd;

bool is_vlan_tag(std::uint16_t type) {  // 802.1Q, 802.1ad, and two values in use before it
  return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

// Too few bytes: the sender's fault when the wire had no more, else the snaplen's.
NetworkPacket too_short(Slice slice, std::size_t needed) {
  return {slice.length < needed ? Kind::malformed : Kind::other, slice};
}

// What an EtherType says follows, VLAN tags passed over.
NetworkPacket by_ethertype(std::uint16_t type, Slice slice) {
  while (is_vlan_tag(type)) {
    if (slice.captured < 4) return too_short(slice, 4);
    type = load_be16(slice.data + 2);
    slice = slice.after(4);
  }
  switch (type) {
    case ethertype_ipv4:
      return {Kind::ipv4, slice};
    case ethertype_ipv6:
      return {Kind::ipv6, slice};
    case ethertype_arp:
      return {Kind::arp, slice};
    default:
      return {Kind::other, slice};
  }
}

NetworkPacket ethernet(Slice slice) {
  constexpr std::size_t header = 14;  // destination, source, EtherType
  if (slice.captured < header) return too_short(slice, header);
  return by_ethertype(load_be16(slice.data + 12), slice.after(header));
}

// NULL and LOOP: the address family of the machine that captured. LOOP writes it in network order, NULL in its host's
// order, and not every writer keeps to that; families are small, so the order shows.
NetworkPacket loopback(Slice slice) {
  if (slice.captured < 4) return too_short(slice, 4);
  std::uint32_t family = load_le32(slice.data);
  if (family > 0xffff) family = __builtin_bswap32(family);
  const Slice rest = slice.after(4);
  switch (family) {
    case 2:
      return {Kind::ipv4, rest};  // AF_INET everywhere
    case 10:                      // AF_INET6 on Linux
    case 23:                      // Windows
    case 24:                      // NetBSD, OpenBSD
    case 28:                      // FreeBSD
    case 30:
      return {Kind::ipv6, rest};  // macOS
    default:
      return {Kind::other, rest};
  }
}

NetworkPacket raw(Slice slice) {
  if (slice.captured < 1) return too_short(slice, 1);
  switch (slice.data[0] >> 4) {
    case 4:
      return {Kind::ipv4, slice};
    case 6:
      return {Kind::ipv6, slice};
    default:
      return {Kind::malformed, slice};
  }
}

// Linux cooked captures: the protocol field is an EtherType for every device type that carries IP; for netlink
// (ARPHRD_NETLINK, 824) it is something else.
NetworkPacket cooked(Slice slice, std::size_t header, std::size_t protocol_at, std::size_t device_type_at) {
  if (slice.captured < header) return too_short(slice, header);
  if (load_be16(slice.data + device_type_at) == 824) return {Kind::other, slice};
  return by_ethertype(load_be16(slice.data + protocol_at), slice.after(header));
}

}  // namespace

NetworkPacket strip_link_layer(const Frame& frame) {
  // Some writers leave an original length below the captured one: the captured bytes were on the wire.
  const Slice slice{frame.data.data(), frame.data.size(),
                    std::max<std::size_t>(frame.original_length, frame.data.size())};
  switch (frame.link_type) {
    case link_ethernet:
      return ethernet(slice);
    case link_null:
    case link_loop:
      return loopback(slice);
    case link_raw:
    case link_raw_bsd:
    case link_raw_openbsd:
      return raw(slice);
    case link_ipv4:
      return {Kind::ipv4, slice};
    case link_ipv6:
      return {Kind::ipv6, slice};
    case link_linux_sll:
      return cooked(slice, 16, 14, 2);
    case link_linux_sll2:
      return cooked(slice, 20, 0, 8);
    default:
      return {Kind::other, slice};
  }
}

}  // namespace echolab::capture
