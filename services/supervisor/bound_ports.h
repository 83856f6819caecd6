#pragma once
// Which sockets of this network namespace are bound to a port. The kernel has no event for that.

#include <cstdint>
#include <string>
#include <vector>

#include "services/supervisor/options.h"

namespace echo {

// "udp 0.0.0.0:5000", "tcp [::]:5000": UDP sockets bound to the port and TCP sockets listening on it, at most eight.
// `folder` is /proc/net, or a test's.
std::vector<std::string> sockets_on(std::uint16_t port, Protocols protocols, const std::string& folder = "/proc/net");

}  // namespace echo
