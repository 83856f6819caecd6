#include "services/common/bound_socket.h"

#include <netinet/in.h>

#include <cerrno>
#include <string>

namespace echo {

namespace {

// Bursts of many clients wait here while the loop is busy; the system caps it at net.core.rmem_max.
constexpr int wanted_buffer = 4 * 1024 * 1024;

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

[[noreturn]] void fail(const std::string& attempt) {
  throw std::system_error(errno, std::generic_category(), attempt);
}

// With SO_REUSEPORT a second server of the same user could take part without a word; without it, bind(2) refuses.
void refuse_strangers(const Endpoint& local, int type, Word proto) {
  const UniqueFd probe(::socket(local.domain(), type | SOCK_CLOEXEC, 0));
  if (type == SOCK_STREAM) set_option(probe.get(), SOL_SOCKET, SO_REUSEADDR, 1);  // connections that have ended
  if (local.family == Endpoint::Family::ipv6) set_option(probe.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  sockaddr_storage name{};
  const socklen_t length = local.to(name);
  if (probe && ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&name), length) != 0) {
    fail(std::string("bind ") + proto.text() + " " + local.to_string());
  }
}

UniqueFd make_socket(const Endpoint& local, int type, Word proto, EventLog& log, Sharing sharing) {
  if (sharing == Sharing::first && local.port != 0) refuse_strangers(local, type, proto);
  UniqueFd fd(::socket(local.domain(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) fail(std::string("make a ") + proto.text() + " socket for " + local.to_string());
  log.push(Event("socket").word(Key::proto, proto).word(Key::family, Word::from_static(local.family_name())));
  // IPv4 has sockets of its own, so that logs and captures show IPv4 addresses as such.
  if (local.family == Endpoint::Family::ipv6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (sharing != Sharing::none) set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  return fd;
}

Endpoint bind_to(int fd, const Endpoint& local, Word proto, EventLog& log) {
  sockaddr_storage name{};
  const socklen_t length = local.to(name);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), length) != 0) {
    fail(std::string("bind ") + proto.text() + " " + local.to_string());
  }
  const Endpoint bound = Endpoint::local_of(fd);
  log.push(Event("bind").word(Key::proto, proto).local(bound));
  return bound;
}

}  // namespace

BoundSocket bind_udp(const Endpoint& local, EventLog& log, Sharing sharing) {
  BoundSocket socket{make_socket(local, SOCK_DGRAM, "udp", log, sharing), {}};
  const int fd = socket.fd.get();
  set_option(fd, SOL_SOCKET, SO_RCVBUF, wanted_buffer);
  set_option(fd, SOL_SOCKET, SO_SNDBUF, wanted_buffer);
  // Tells to which of our addresses a datagram came, so that the answer can leave from there (ip(7), RFC 3542).
  if (local.family == Endpoint::Family::ipv6) {
    set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  } else {
    set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
  }
  socket.local = bind_to(fd, local, "udp", log);
  // Set before bind, it would let a second server start on the same port and take datagrams away without a word.
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  log.push(Event("listen").word(Key::proto, "udp").local(socket.local));
  return socket;
}

BoundSocket listen_tcp(const Endpoint& local, EventLog& log, Sharing sharing) {
  BoundSocket socket{make_socket(local, SOCK_STREAM, "tcp", log, sharing), {}};
  const int fd = socket.fd.get();
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  socket.local = bind_to(fd, local, "tcp", log);
  if (::listen(fd, 4096) != 0) fail("listen on tcp " + socket.local.to_string());
  log.push(Event("listen").word(Key::proto, "tcp").local(socket.local));
  return socket;
}

}  // namespace echo
