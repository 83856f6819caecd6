#include "lab/engine/local/links.h"

#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "lab/engine/local/route_socket.h"
#include "lab/engine/local/setup_failure.h"

namespace echolab::engine::local {

namespace {

constexpr const char* interface = "eth0";

// A kernel without IPv6 has no such files, and needs none.
void write_setting(const char* file, std::string_view value) {
  const UniqueFd fd(::open(file, O_WRONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return;
  if (!fd || ::write(fd.get(), value.data(), value.size()) < 0) {
    throw SetupFailure(std::string("write ") + file, errno);
  }
}

unsigned index_of(const char* name) {
  const unsigned index = ::if_nametoindex(name);
  if (index == 0) throw SetupFailure(std::string("find interface ") + name, errno);
  return index;
}

ifinfomsg* put_link(nlmsghdr* request, unsigned index, unsigned flags) {
  auto* const link = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifinfomsg)));
  link->ifi_family = AF_UNSPEC;
  link->ifi_index = static_cast<int>(index);
  link->ifi_flags = link->ifi_change = flags;
  return link;
}

void put_address(RouteSocket& route, const IpAddress& address, int length, unsigned index) {
  nlmsghdr* const request = route.begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, "give eth0 its address");
  auto* const header = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifaddrmsg)));
  header->ifa_family = address.is_v4() ? AF_INET : AF_INET6;
  header->ifa_prefixlen = static_cast<unsigned char>(length);
  header->ifa_flags = IFA_F_PERMANENT | (address.is_v4() ? 0 : IFA_F_NODAD);
  header->ifa_index = index;
  const std::size_t size = address.is_v4() ? 4 : 16;
  mnl_attr_put(request, IFA_LOCAL, size, address.bytes().data());
  mnl_attr_put(request, IFA_ADDRESS, size, address.bytes().data());
}

// Permanent entries do not count against the size of the machine's table (neighbour(7), NUD_PERMANENT).
void put_neighbour(RouteSocket& route, const Neighbour& neighbour, unsigned index) {
  nlmsghdr* const request = route.begin(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, "tell a node its neighbour");
  auto* const header = static_cast<ndmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ndmsg)));
  header->ndm_family = neighbour.address.is_v4() ? AF_INET : AF_INET6;
  header->ndm_ifindex = static_cast<int>(index);
  header->ndm_state = NUD_PERMANENT;
  mnl_attr_put(request, NDA_DST, neighbour.address.is_v4() ? 4 : 16, neighbour.address.bytes().data());
  mnl_attr_put(request, NDA_LLADDR, neighbour.mac.bytes.size(), neighbour.mac.bytes.data());
}

// One request makes both ends: the peer is born in this process's namespace, the port on the bridge and up. (A peer
// that is up from the beginning is refused: at that moment it is connected to nothing.)
void make_veth(RouteSocket& lab, const NodeLink& link) {
  const auto mtu = static_cast<std::uint32_t>(link.mtu);
  nlmsghdr* const request = lab.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, "make a veth pair");
  put_link(request, 0, IFF_UP);
  mnl_attr_put_strz(request, IFLA_IFNAME, link.port.c_str());
  mnl_attr_put_u32(request, IFLA_MTU, mtu);
  mnl_attr_put_u32(request, IFLA_MASTER, link.bridge);
  nlattr* const info = mnl_attr_nest_start(request, IFLA_LINKINFO);
  mnl_attr_put_strz(request, IFLA_INFO_KIND, "veth");
  nlattr* const data = mnl_attr_nest_start(request, IFLA_INFO_DATA);
  nlattr* const peer = mnl_attr_nest_start(request, VETH_INFO_PEER);
  put_link(request, 0, 0);
  mnl_attr_put_strz(request, IFLA_IFNAME, interface);
  mnl_attr_put_u32(request, IFLA_NET_NS_PID, static_cast<std::uint32_t>(::getpid()));
  mnl_attr_put_u32(request, IFLA_MTU, mtu);
  mnl_attr_put(request, IFLA_ADDRESS, link.mac.bytes.size(), link.mac.bytes.data());
  mnl_attr_nest_end(request, peer);
  mnl_attr_nest_end(request, data);
  mnl_attr_nest_end(request, info);
  lab.send();
}

// So that frames look like those on a wire: segmentation first, for the kernel refuses checksums off before.
void switch_offloads_off() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) throw SetupFailure("open a socket", errno);
  for (const auto feature : {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_STXCSUM}) {
    ethtool_value off{static_cast<std::uint32_t>(feature), 0};
    ifreq request{};
    std::string_view(interface).copy(static_cast<char*>(request.ifr_name), IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(&off);
    if (::ioctl(socket.get(), SIOCETHTOOL, &request) != 0 && errno != EOPNOTSUPP) {
      throw SetupFailure("switch offloads off", errno);
    }
  }
}

}  // namespace

void disable_ipv6() {
  write_setting("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
}

unsigned make_bridge(const std::string& name, int mtu) {
  RouteSocket route;
  nlmsghdr* const request = route.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, "make a bridge");
  put_link(request, 0, IFF_UP);
  mnl_attr_put_strz(request, IFLA_IFNAME, name.c_str());
  mnl_attr_put_u32(request, IFLA_MTU, static_cast<std::uint32_t>(mtu));
  nlattr* const info = mnl_attr_nest_start(request, IFLA_LINKINFO);
  mnl_attr_put_strz(request, IFLA_INFO_KIND, "bridge");
  nlattr* const data = mnl_attr_nest_start(request, IFLA_INFO_DATA);
  mnl_attr_put_u8(request, IFLA_BR_MCAST_SNOOPING, 0);
  mnl_attr_nest_end(request, data);
  mnl_attr_nest_end(request, info);
  route.send();
  return index_of(name.c_str());
}

void leave_networks() {
  if (::unshare(CLONE_NEWNET) != 0) throw SetupFailure("make a network namespace", errno);
  RouteSocket own;
  put_link(own.begin(RTM_NEWLINK, 0, "bring lo up"), index_of("lo"), IFF_UP);
  own.send();
}

void enter_network(const NodeLink& link) {
  RouteSocket lab;  // stays in the bridge's namespace
  if (::unshare(CLONE_NEWNET) != 0) throw SetupFailure("make a network namespace", errno);
  if (link.address6) {
    // Only the planned address, at once, and nobody is asked about it.
    write_setting("/proc/sys/net/ipv6/conf/default/accept_ra", "0");
    write_setting("/proc/sys/net/ipv6/conf/default/autoconf", "0");
    write_setting("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
    write_setting("/proc/sys/net/ipv6/conf/default/addr_gen_mode", "1");
  } else {
    disable_ipv6();
  }
  write_setting("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");  // as in a container
  make_veth(lab, link);

  switch_offloads_off();
  RouteSocket own;
  const unsigned eth = index_of(interface);
  put_link(own.begin(RTM_NEWLINK, 0, "bring lo up"), index_of("lo"), IFF_UP);
  put_link(own.begin(RTM_NEWLINK, 0, "bring eth0 up"), eth, IFF_UP);
  if (link.address4) put_address(own, *link.address4, link.subnet4->length(), eth);
  if (link.address6) put_address(own, *link.address6, link.subnet6->length(), eth);
  own.send();
  constexpr std::size_t most_at_once = 32;  // requests in one message
  for (std::size_t i = 0; i < link.neighbours.size(); ++i) {
    put_neighbour(own, link.neighbours[i], eth);
    if (i % most_at_once == most_at_once - 1 || i + 1 == link.neighbours.size()) own.send();
  }
}

}  // namespace echolab::engine::local
