#include "lab/conversations/server_side.h"

#include <algorithm>
#include <array>

namespace echolab::conversations {

namespace {

constexpr std::uint16_t first_unprivileged = 1024;
// Where Linux begins to choose ephemeral ports; Windows, macOS and the BSDs begin higher (RFC 6335: 49152).
constexpr std::uint16_t first_ephemeral = 32768;

bool is_multicast_or_broadcast(const IpAddress& address) {
  const auto& bytes = address.bytes();
  if (!address.is_v4()) return bytes[0] == 0xff;
  // Not "ends in 255": in a subnet larger than /24 that is a host.
  return (bytes[0] >= 224 && bytes[0] < 240) || address == IpAddress::v4(0xffffffff) || address == IpAddress::v4(0);
}

}  // namespace

bool is_other_service(const Endpoint& one, const Endpoint& other) {
  // Of the IANA registry: SSH, DNS, DHCP, HTTP, NTP, NetBIOS, SNMP, LDAP, HTTPS and QUIC, SMB, DHCPv6, DNS over TLS, SSDP,
  // STUN, Teredo, WS-Discovery, mDNS, LLMNR.
  static constexpr std::array<std::uint16_t, 24> ports{22,  53,   67,   68,   80,   123,  137,  138,
                                                       139, 161,  162,  389,  443,  445,  546,  547,
                                                       853, 1900, 3478, 3544, 3702, 5353, 5355, 5357};
  const auto listed = [](const Endpoint& endpoint) {
    return std::find(ports.begin(), ports.end(), endpoint.port.value) != ports.end();
  };
  return listed(one) || listed(other) || is_multicast_or_broadcast(one.address) ||
         is_multicast_or_broadcast(other.address);
}

bool ServerSide::is_named(const Endpoint& endpoint, Transport protocol) const {
  return std::any_of(options_.servers.begin(), options_.servers.end(), [&](const ServerPort& server) {
    return server.port == endpoint.port && server.protocol.value_or(protocol) == protocol;
  });
}

ServerSide::Decision ServerSide::of_first_datagram(const Endpoint& source, const Endpoint& destination) const {
  if (!options_.servers.empty()) {
    if (is_named(destination, Transport::udp)) return {Side::destination, ServerBy::named_port};
    if (is_named(source, Transport::udp)) return {Side::source, ServerBy::named_port};
    return {Side::neither, ServerBy::named_port};
  }
  if (is_other_service(source, destination)) return {Side::neither, ServerBy::first_datagram};
  if (known_.contains({Transport::udp, destination})) return {Side::destination, ServerBy::other_client};
  if (known_.contains({Transport::udp, source})) return {Side::source, ServerBy::other_client};
  const std::uint16_t from = source.port.value, to = destination.port.value;
  if ((from < first_unprivileged) != (to < first_unprivileged)) {
    return {from < first_unprivileged ? Side::source : Side::destination, ServerBy::well_known_port};
  }
  // A capture that began in the middle may show a reply first.
  if (from < first_ephemeral && to >= first_ephemeral) return {Side::open, ServerBy::first_datagram};
  return {Side::destination, ServerBy::first_datagram};
}

ServerSide::Decision ServerSide::of_connection(const Endpoint& client, const Endpoint& server, bool syn_seen) const {
  if (!options_.servers.empty()) {
    if (is_named(server, Transport::tcp)) return {Side::destination, ServerBy::named_port};
    if (is_named(client, Transport::tcp)) return {Side::source, ServerBy::named_port};
    return {Side::neither, ServerBy::named_port};
  }
  if (is_other_service(client, server)) return {Side::neither, ServerBy::syn};
  if (syn_seen) return {Side::destination, ServerBy::syn};
  if (known_.contains({Transport::tcp, server})) return {Side::destination, ServerBy::other_client};
  if (known_.contains({Transport::tcp, client})) return {Side::source, ServerBy::other_client};
  return {Side::destination, ServerBy::higher_port};
}

}  // namespace echolab::conversations
