#pragma once
// The wires of a lab: a bridge per network in the lab's namespace, and from it to each node one veth pair.

#include <optional>
#include <string>
#include <vector>

#include "lab/base/address.h"

namespace echolab::engine::local {

// In the current network namespace: no spanning tree, no multicast snooping, no address, up. Returns its index.
// Throws SetupFailure, as everything here.
unsigned make_bridge(const std::string& name, int mtu);

// A node that another one talks to, known without asking.
struct Neighbour {
  IpAddress address;
  MacAddress mac;
};

struct NodeLink {
  std::string port;     // name of the end at the bridge
  unsigned bridge = 0;  // index
  int mtu = 1500;
  MacAddress mac;
  std::optional<Prefix> subnet4, subnet6;
  std::optional<IpAddress> address4, address6;
  std::vector<Neighbour> neighbours;  // empty: asked for, with ARP or neighbour discovery
};

// Moves the calling process, which is in the bridge's namespace, into a network namespace of its own, with lo and eth0
// up and configured. Nothing is sent by the kernel itself but what IPv6 needs to hear of its neighbours. Needs /proc to
// be that of the process's PID namespace.
void enter_network(const NodeLink& link);
// Likewise, with nothing in it but loopback.
void leave_networks();

// No IPv6 on interfaces that are made later in the current network namespace.
void disable_ipv6();

}  // namespace echolab::engine::local
