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

// Throws std::system_error that names the attempt: "bind udp 0.0.0.0:5000".
BoundSocket bind_udp(const Endpoint& local, EventLog& log);
// Bound and listening.
BoundSocket listen_tcp(const Endpoint& local, EventLog& log);

}  // namespace echo
