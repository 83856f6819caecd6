// The kernel takes network namespaces apart after their processes ended, in batches, one batch after the other, and
// tells so at the beginning of a namespace's batch (RTM_DELNSID). So two probes are needed: the first's batch is that of
// what we wait for or a later one, and the second's batch begins when the first's is done.

#include "bench/start/namespace_barrier.h"

#include <libmnl/libmnl.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "lab/base/file.h"

namespace echolab::bench {

namespace {

// Gives the namespace of a process a number here: only then its end is told.
bool number_namespace(int socket, pid_t pid) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* const request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = RTM_NEWNSID;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  static_cast<rtgenmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(rtgenmsg)))->rtgen_family = AF_UNSPEC;
  mnl_attr_put_u32(request, NETNSA_PID, static_cast<std::uint32_t>(pid));
  mnl_attr_put_u32(request, NETNSA_NSID, static_cast<std::uint32_t>(NETNSA_NSID_NOT_ASSIGNED));
  return ::send(socket, request, request->nlmsg_len, 0) > 0;
}

bool wait_for_end(int socket) {
  alignas(nlmsghdr) std::array<char, 8192> buffer;
  for (;;) {
    const ssize_t length = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (length <= 0) return false;
    int left = static_cast<int>(length);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_type == RTM_DELNSID) return true;
      if (message->nlmsg_type == NLMSG_ERROR &&
          static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error != 0) {
        return false;
      }
    }
  }
}

bool see_a_namespace_end() {
  const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  const int group = RTNLGRP_NSID;
  if (::setsockopt(socket.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0) return false;
  const auto probe =
      static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (probe < 0) return false;
  if (probe == 0) {
    ::pause();
    ::_exit(0);
  }
  const bool numbered = number_namespace(socket.get(), probe);
  ::kill(probe, SIGKILL);
  ::waitpid(probe, nullptr, 0);
  return numbered && wait_for_end(socket.get());
}

}  // namespace

bool wait_for_dead_namespaces() {
  // In a child with a network namespace of its own, so that no other namespace that ends is taken for the probe.
  const pid_t child = ::fork();
  if (child == 0) {
    const bool as_root = ::geteuid() == 0;
    if (::unshare(as_root ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) != 0) ::_exit(1);
    ::_exit(see_a_namespace_end() && see_a_namespace_end() ? 0 : 1);
  }
  int status = -1;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace echolab::bench
