#pragma once
// One thread's share of the server: its own sockets and connections, in its own loop.

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "services/common/event_log.h"
#include "services/echo_server/readiness.h"
#include "services/echo_server/server_totals.h"
#include "services/echo_server/tcp_connection.h"
#include "services/echo_server/tcp_listener.h"
#include "services/echo_server/udp_echo.h"
#include "services/echo_server/wake_ups.h"

namespace echo {

class EchoLoop {
 public:
  // `connections` numbers the connections of all loops. Throws std::system_error.
  EchoLoop(EventLog& log, std::atomic<std::uint64_t>& connections);

  void add_udp(BoundSocket socket);
  void add_tcp(BoundSocket socket);
  // From then on the sockets are watched; throws std::system_error. `own_ports`: see UdpEcho::start.
  void start(const std::vector<std::uint16_t>& own_ports);
  // Serves until stop(), and finishes what is in hand within a second.
  void run() { readiness_.run(); }
  // Any thread.
  void stop() const { stop_bell_->ring(); }

  std::vector<std::uint16_t> udp_ports() const;
  // Of this loop, when run() has returned.
  const ServerTotals& totals() const { return totals_; }

 private:
  void add_connection(UniqueFd socket, const Endpoint& remote);
  void begin_stop();
  void close_all();
  void finish_if_idle();

  EventLog& log_;
  std::atomic<std::uint64_t>& connection_count_;
  ServerTotals totals_;
  Readiness readiness_;
  ConnectionContext context_{readiness_, log_, totals_};
  std::shared_ptr<Bell> stop_bell_;
  std::shared_ptr<Alarm> stop_limit_;
  std::vector<std::shared_ptr<UdpEcho>> udp_;
  std::vector<std::shared_ptr<TcpListener>> tcp_;
  std::unordered_map<std::uint64_t, std::shared_ptr<TcpConnection>> connections_;
  bool stopping_ = false;
};

}  // namespace echo
