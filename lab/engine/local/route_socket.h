#pragma once
// rtnetlink (rtnetlink(7)) in the network namespace in which the socket was opened, wherever its owner goes later.

#include <libmnl/libmnl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lab/base/file.h"

namespace echolab::engine::local {

// Requests are collected and go to the kernel in one system call; each must be acknowledged.
class RouteSocket {
 public:
  RouteSocket();  // throws SetupFailure

  // Begins a request; what is put behind its header belongs to it until the next begin() or send(). `what` names it in
  // errors.
  nlmsghdr* begin(std::uint16_t type, std::uint16_t flags, const char* what);
  void send();  // throws SetupFailure for the first request that the kernel refused

 private:
  void finish_last();

  UniqueFd socket_;
  alignas(nlmsghdr) std::array<char, 4096> buffer_{};
  std::size_t used_ = 0;
  nlmsghdr* last_ = nullptr;
  std::vector<const char*> names_;  // by sequence number, from 1
};

}  // namespace echolab::engine::local
