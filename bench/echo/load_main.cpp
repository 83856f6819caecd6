// echo_load: a load on an echo server, as one line of figures. A program of its own, so that it can run in another
// network namespace than the benchmark.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "bench/echo/load.h"

namespace echolab::bench::load {

std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace echolab::bench::load

namespace {

using namespace echolab::bench;

void stay_on(int processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<unsigned>(processor), &one);
  ::sched_setaffinity(0, sizeof one, &one);
}

void allow_many_sockets() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) {
    fmt::print(stderr,
               "usage: echo_load ping-pong|stream|udp|sockperf ADDRESS PORT SOCKETS SIZE IN_FLIGHT SECONDS CPU\n");
    return 2;
  }
  const std::string_view kind = argv[1];
  load::Order order;
  order.server.sin_family = AF_INET;
  ::inet_pton(AF_INET, argv[2], &order.server.sin_addr);
  order.server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[3])));
  order.sockets = static_cast<unsigned>(std::atoi(argv[4]));
  order.size = static_cast<std::size_t>(std::atoi(argv[5]));
  order.in_flight = static_cast<unsigned>(std::atoi(argv[6]));
  order.seconds = std::atof(argv[7]);
  order.sockperf = kind == "sockperf";
  if (const int processor = std::atoi(argv[8]); processor >= 0) stay_on(processor);
  allow_many_sockets();
  try {
    const load::Outcome outcome = kind == "ping-pong" ? load::ping_pong(order)
                                  : kind == "stream"  ? load::stream(order)
                                                      : load::datagrams(order);
    fmt::print("{} {} {} {} {} {}\n", static_cast<double>(outcome.echoes) / outcome.seconds,
               outcome.round_trips.quantile(0.5) / 1e3, outcome.round_trips.quantile(0.99) / 1e3, outcome.wrong,
               outcome.lost, outcome.echoes);
    return 0;
  } catch (const load::NoAnswer& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
