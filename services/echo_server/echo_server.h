#pragma once
// The echo server: its sockets, its connections, and how they end.

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "services/common/event_log.h"
#include "services/common/file_appearance.h"
#include "services/echo_server/readiness.h"
#include "services/echo_server/server_options.h"
#include "services/echo_server/server_totals.h"
#include "services/echo_server/tcp_connection.h"
#include "services/echo_server/tcp_listener.h"
#include "services/echo_server/udp_echo.h"

namespace echo {

class EchoServer {
 public:
  // Binds every socket; throws std::system_error when one can't be bound or the stop file can't be watched.
  EchoServer(const ServerOptions& options, EventLog& log);

  // Serves until SIGINT, SIGTERM or the stop file, finishes what is in hand within a second, and returns.
  void run();
  const ServerTotals& totals() const { return context_.totals; }

 private:
  void bind(const Endpoint& address, const ServerOptions& options);
  void wait_for_stop_file();
  void add_connection(UniqueFd socket, const Endpoint& remote);
  void begin_stop();
  void finish_if_idle();

  asio::io_context loop_{ASIO_CONCURRENCY_HINT_UNSAFE};  // one thread: without locks
  EventLog& log_;
  ServerTotals totals_;
  Readiness readiness_{loop_};
  ConnectionContext context_{readiness_, log_, totals_};
  asio::signal_set signals_;
  std::optional<FileAppearance> stop_file_;
  std::optional<asio::posix::stream_descriptor> stop_file_wait_;
  asio::steady_timer stop_limit_;
  std::vector<std::unique_ptr<UdpEcho>> udp_;
  std::vector<std::unique_ptr<TcpListener>> tcp_;
  std::unordered_map<std::uint64_t, std::shared_ptr<TcpConnection>> connections_;
  bool stopping_ = false;
};

}  // namespace echo
