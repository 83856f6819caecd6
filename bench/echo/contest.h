#pragma once
// One run of one server under one load.

#include <cstdint>
#include <string>

#include "bench/core/benchmark.h"
#include "bench/core/programs.h"
#include "bench/core/race.h"

namespace echolab::bench {

// Where server and load run, and how they meet.
struct Place {
  std::string name;  // "loopback"
  std::string address;
  CommandLine in_server, in_client;  // what their command lines begin with
};

struct Load {
  enum class Kind : std::uint8_t { ping_pong, stream, udp };
  Kind kind = Kind::ping_pong;
  unsigned sockets = 1;
  unsigned size = 64;
  unsigned in_flight = 1;
  bool flat_out = false;  // UDP: as much in flight as keeps a server busy all the time

  std::string name() const;  // "TCP ping-pong, 64 connections, 64 bytes"
  const char* rate() const;  // the figure: "echoes/s" or "MiB/s"
  bool has_round_trips() const { return kind != Kind::stream; }
};

struct Server {
  std::string name;
  // "@PORT" and "@ADDRESS" stand for themselves.
  CommandLine command;
  std::string ready;  // what it prints when it serves; "": nothing, then the load tries until it does
  bool is_ours = false;
  bool is_sockperf = false;  // speaks sockperf's own messages only
};

// Figures: the rate, "p50 us" and "p99 us" with round trips, "wrong" and "lost" echoes,
// and of our server "events kept, %".
Contestant contestant(const Settings& settings, const Place& place, const Load& load, const Server& server,
                      double seconds);

}  // namespace echolab::bench
