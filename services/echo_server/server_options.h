#pragma once
// The echo server's command line (docs/services.md).

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "services/common/endpoint.h"

namespace echo {

struct ServerOptions {
  bool udp = true, tcp = true;
  std::vector<Endpoint> addresses;  // with the port
  bool ipv6_is_optional = true;     // the wildcards were not chosen by anybody: no IPv6 on the machine is a note
  std::string events;
  bool quiet = false;
  unsigned threads = 1;   // that serve, each with sockets of its own (SO_REUSEPORT)
  std::string stop_file;  // empty: none
};

// The options, or the exit status after help, version or a mistake were printed.
std::variant<ServerOptions, int> read_server_options(int argc, const char* const* argv);

}  // namespace echo
