#pragma once
// Accepts connections on one socket, whatever happens.

#include <cstdint>
#include <functional>
#include <memory>

#include "services/common/bound_socket.h"
#include "services/echo_server/readiness.h"
#include "services/echo_server/server_totals.h"
#include "services/echo_server/wake_ups.h"

namespace echo {

// No accept error ends it. When the process has no descriptor left (EMFILE), a reserve descriptor is given up for a
// moment to take the connection and close it: left in the queue, it would keep the socket readable and the loop busy.
class TcpListener final : public Readiness::Watcher {
 public:
  using OnAccept = std::function<void(UniqueFd socket, const Endpoint& remote)>;

  TcpListener(Readiness& readiness, BoundSocket socket, EventLog& log, ServerTotals& totals, OnAccept on_accept);

  void start();  // throws std::system_error
  void stop();
  void on_ready(std::uint32_t) override { accept_waiting(); }

 private:
  void accept_waiting();
  // False when accepting must pause.
  bool refuse_one();
  void log_error(Word operation, int error);

  Readiness& readiness_;
  UniqueFd socket_;
  std::shared_ptr<Alarm> pause_end_;
  Endpoint local_;
  EventLog& log_;
  ServerTotals& totals_;
  OnAccept on_accept_;
  UniqueFd reserve_;
  std::int64_t warned_at_ns_ = 0;
};

}  // namespace echo
