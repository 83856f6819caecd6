#pragma once
// Accepts connections on one socket, whatever happens.

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <functional>

#include "services/common/bound_socket.h"
#include "services/echo_server/server_totals.h"

namespace echo {

// No accept error ends it. When the process has no descriptor left (EMFILE), a reserve descriptor is given up for a
// moment to take the connection and close it: left in the queue, it would keep the socket readable and the loop busy.
class TcpListener {
 public:
  using OnAccept = std::function<void(UniqueFd socket, const Endpoint& remote)>;

  TcpListener(asio::io_context& loop, BoundSocket socket, EventLog& log, ServerTotals& totals, OnAccept on_accept);

  void start() { wait(); }
  void stop();

 private:
  void wait();
  void accept_waiting();
  // False when accepting must pause.
  bool refuse_one();
  void log_error(Word operation, int error);

  asio::posix::stream_descriptor socket_;
  asio::steady_timer pause_;
  Endpoint local_;
  EventLog& log_;
  ServerTotals& totals_;
  OnAccept on_accept_;
  UniqueFd reserve_;
  std::int64_t warned_at_ns_ = 0;
  bool stopped_ = false;
};

}  // namespace echo
