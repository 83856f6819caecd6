#pragma once
// A load on an echo server, and what came of it. One thread, one epoll loop; every echoed byte is compared with what
// was sent.

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "bench/echo/round_trips.h"

namespace echolab::bench::load {

struct Order {
  sockaddr_in server{};
  unsigned sockets = 1;    // TCP connections, or UDP clients
  std::size_t size = 64;   // bytes of a message; of a write when streaming
  unsigned in_flight = 1;  // UDP: for each client
  double seconds = 0.3;    // measured, after a moment that is not
  bool sockperf = false;   // UDP: messages as sockperf's server wants them
};

struct Outcome {
  double seconds = 0;
  std::uint64_t echoes = 0;  // whole messages that came back right; bytes of them when streaming
  std::uint64_t wrong = 0;   // echoes with a wrong byte, or of nothing that was sent
  std::uint64_t lost = 0;    // datagrams without an echo
  RoundTrips round_trips;
};

// The load could not be put on: no server, or it stopped answering. Says so in a sentence.
struct NoAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Outcome ping_pong(const Order& order);  // TCP: each connection sends its next message when the last came back
Outcome stream(const Order& order);     // TCP: each connection sends whatever it takes, and reads
Outcome datagrams(const Order& order);  // UDP: each client keeps so many in flight

constexpr std::int64_t patience_ns = 3'000'000'000;  // without an answer
constexpr std::int64_t warm_up_ns = 50'000'000;
std::int64_t now_ns();

}  // namespace echolab::bench::load
