#pragma once
// The echo server: who serves, and how it ends.

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "services/common/event_log.h"
#include "services/common/file_appearance.h"
#include "services/echo_server/echo_loop.h"
#include "services/echo_server/server_options.h"
#include "services/echo_server/server_totals.h"

namespace echo {

// The bytes go through loops of their own, one a thread; what rules the server, signals and the stop file, waits in
// Asio's loop on a thread beside them.
class EchoServer {
 public:
  // Binds every socket; throws std::system_error when one can't be bound or the stop file can't be watched.
  EchoServer(const ServerOptions& options, EventLog& log);

  // Serves until SIGINT, SIGTERM or the stop file, finishes what is in hand within a second, and returns. The calling
  // thread is the first of those that serve.
  void run();
  ServerTotals totals() const;

 private:
  void bind(const Endpoint& address, const ServerOptions& options);
  void wait_for_signal();
  void wait_for_stop_file();
  void stop(Event event);

  EventLog& log_;
  std::atomic<std::uint64_t> connections_{0};
  std::vector<std::unique_ptr<EchoLoop>> loops_;
  asio::io_context control_{1};
  asio::signal_set signals_;
  std::optional<FileAppearance> stop_file_;
  std::optional<asio::posix::stream_descriptor> stop_file_wait_;
};

}  // namespace echo
