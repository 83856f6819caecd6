#pragma once
// A socket of the server's side: made, bound, and told in the event log step by step.

#include <system_error>

#include "services/common/endpoint.h"
#include "services/common/event_log.h"
#include "services/common/unique_fd.h"

namespace echo {

struct BoundSocket {
  UniqueFd fd;     // non-blocking, close-on-exec
  Endpoint local;  // with the real port
};

// Sockets of one program may share an address, and with it the datagrams or connections that come to it (SO_REUSEPORT).
// The first of them makes sure that no other program has the address.
enum class Sharing : std::uint8_t { none, first, further };

// Throws std::system_error that names the attempt: "bind udp 0.0.0.0:5000".
BoundSocket bind_udp(const Endpoint& local, EventLog& log, Sharing sharing = Sharing::none);
// Bound and listening.
BoundSocket listen_tcp(const Endpoint& local, EventLog& log, Sharing sharing = Sharing::none);

}  // namespace echo
