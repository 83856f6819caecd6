#include "bench/core/goals.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace echolab::bench {

namespace {

using enum Goal::Bound;

// Ratios are ours to the peer's, of what the name says.
constexpr Goal goals[] = {
    // echo: one server thread, events logged as in a lab
    {"echo/floor/rate", at_least, 0.95},
    {"echo/floor/p99", at_most, 1.10},
    {"echo/asio/tcp-rate", at_least, 1.15},  // 64 connections and more
    {"echo/recvfrom/flat-out-rate", at_least, 1.20},
    {"echo/wrong-bytes", at_most, 0},
    // start: a lab with its capture proven
    {"start/docker/floor", at_most, 1.10},           // up, beside the daemon alone
    {"start/docker/compose-up", at_most, 1.00},      // never slower
    {"start/docker/compose-down", at_most, 0.65},    // and verified clean
    {"start/docker/fan-out", at_most, 0.20},         // 50 clients in 5 containers, beside compose with 50
    {"start/local/up-per-node-ms", at_most, 3.0},    // at 200
    {"start/local/down-per-node-ms", at_most, 1.5},  // at 200
    {"start/local/mininet", at_most, 0.10},          // up and down together
    {"start/local/growth", at_most, 1.3},            // per node, 1,000 to 20
    // capture
    {"capture/silent-losses", at_most, 0},
    {"capture/cpu", at_most, 0.50},  // one bridge capture to a tcpdump for each of 20 nodes
    // verify
    {"verify/libpcap", at_most, 1.25},
    // grade: 24 students
    {"grade/script", at_most, 0.40},  // of the time of a script: 2.5 times as many a minute
    {"grade/bound", at_most, 1.25},   // to the larger of CPU over cores and the longest job
    // scale
    {"scale/start-growth", at_most, 1.3},  // per container, 200 to 20
    {"scale/lab-networks", at_least, 100},
    {"scale/controller-memory", at_most, 1.0},  // of 20 MiB + 20 KiB a node
};

}  // namespace

const Goal& goal(std::string_view name) {
  const auto found = std::find_if(std::begin(goals), std::end(goals), [&](const Goal& g) { return g.name == name; });
  if (found == std::end(goals)) {
    fmt::print(stderr, "no goal is called {}\n", name);
    std::abort();
  }
  return *found;
}

}  // namespace echolab::bench
