#pragma once
// The echo client's command line (docs/services.md).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "services/common/endpoint.h"
#include "services/common/payload.h"

namespace echo {

struct ClientOptions {
  std::string server;  // name or address
  std::uint16_t port = 0;
  bool tcp = false;
  Endpoint::Family family = Endpoint::Family::none;  // none: any
  std::optional<Endpoint> bind_address;              // port is not used
  std::uint16_t bind_port = 0;

  bool interactive = false;  // nothing to send was given: the course's client
  Payload payload = Payload::fixed("");
  std::uint64_t count = 1;  // messages per client
  std::chrono::nanoseconds interval{0};
  std::uint64_t window = 1;
  std::chrono::nanoseconds timeout = std::chrono::seconds(2);
  std::uint64_t retries = 0;
  std::uint64_t chunk = 0;  // TCP: bytes per write, 0: no limit
  std::uint64_t clients = 1;
  std::chrono::nanoseconds connect_deadline = std::chrono::seconds(5);
  bool half_close = false;

  bool wait_for_start = false;
  std::string start_file;
  std::chrono::nanoseconds start_delay{0};
  std::string events;
  bool quiet = false;
};

// The options, or the exit status after help, version or a mistake were printed.
std::variant<ClientOptions, int> read_client_options(int argc, const char* const* argv);

}  // namespace echo
