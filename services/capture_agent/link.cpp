#include "services/capture_agent/link.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "services/common/failure.h"

namespace echo {

Link::Link(std::string name) : name_(std::move(name)) {
  index_ = static_cast<int>(::if_nametoindex(name_.c_str()));
  if (index_ == 0) throw Failure("find interface " + name_, errno);

  // Watching begins before the state is read, so that no change falls between the two.
  news_ = UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  sockaddr_nl group{};
  group.nl_family = AF_NETLINK;
  group.nl_groups = RTMGRP_LINK;
  if (!news_ || ::bind(news_.get(), reinterpret_cast<const sockaddr*>(&group), sizeof group) != 0) {
    throw Failure("watch interface " + name_, errno);
  }

  // Protocol 0: this socket only sends, and must not queue what passes.
  packets_ = UniqueFd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!packets_) throw Failure("open packet socket", errno);
  ifreq request{};
  name_.copy(static_cast<char*>(request.ifr_name), IFNAMSIZ - 1);
  if (::ioctl(packets_.get(), SIOCGIFFLAGS, &request) != 0) throw Failure("read state of " + name_, errno);
  running_ = (request.ifr_flags & IFF_RUNNING) != 0;
  loopback_ = (request.ifr_flags & IFF_LOOPBACK) != 0;
}

void Link::read_news() {
  alignas(nlmsghdr) std::array<char, 16384> buffer;
  ssize_t length = 0;
  while ((length = ::recv(news_.get(), buffer.data(), buffer.size(), 0)) > 0) {
    std::size_t offset = 0;
    while (offset + sizeof(nlmsghdr) + sizeof(ifinfomsg) <= static_cast<std::size_t>(length)) {
      nlmsghdr header{};
      std::memcpy(&header, buffer.data() + offset, sizeof header);
      if (header.nlmsg_len < sizeof header) return;
      ifinfomsg info{};
      std::memcpy(&info, buffer.data() + offset + NLMSG_HDRLEN, sizeof info);
      if (info.ifi_index == index_) running_ = header.nlmsg_type == RTM_NEWLINK && (info.ifi_flags & IFF_RUNNING) != 0;
      offset += NLMSG_ALIGN(header.nlmsg_len);
    }
  }
  // Messages were lost: ask anew rather than guess.
  if (length < 0 && errno == ENOBUFS) {
    ifreq request{};
    name_.copy(static_cast<char*>(request.ifr_name), IFNAMSIZ - 1);
    running_ = ::ioctl(packets_.get(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_RUNNING) != 0;
  }
}

void Link::send(std::span<const std::uint8_t> frame) {
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = index_;
  to.sll_halen = 6;
  std::memcpy(static_cast<unsigned char*>(to.sll_addr), frame.data(), 6);
  const ssize_t sent =
      ::sendto(packets_.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  if (sent < 0) throw Failure("send a sentinel on " + name_, errno);
}

}  // namespace echo
