#pragma once
// All clients of the process, from the look-up of the server to the last echo.

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "services/common/event_log.h"
#include "services/common/file_appearance.h"
#include "services/echo_client/client.h"
#include "services/echo_client/client_options.h"

namespace echo {

class ClientRun {
 public:
  // From here on SIGUSR1, SIGINT and SIGTERM are caught. Throws std::system_error when the start file can't be watched.
  ClientRun(const ClientOptions& options, EventLog& log);
  // Returns the exit status of docs/services.md.
  int run();
  const ClientTally& totals() const { return totals_; }

 private:
  void watch_signals();
  void look_up_server();
  void on_addresses(const asio::error_code& error, const asio::ip::udp::resolver::results_type& found);
  void make_clients();
  void hold();
  void wait_for_start_file();
  void release();
  void start_clients();
  void on_client_done(Client& client);
  void stop();
  void end();
  int exit_status() const;

  const ClientOptions& options_;
  EventLog& log_;
  asio::io_context loop_{1};
  ClientContext context_;
  asio::signal_set end_signals_, start_signal_;
  asio::ip::udp::resolver resolver_;
  asio::steady_timer timer_;  // repeats the look-up, then the start delay
  std::chrono::steady_clock::time_point look_up_until_;
  std::optional<FileAppearance> start_file_;
  std::optional<asio::posix::stream_descriptor> start_file_wait_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t running_ = 0;
  ClientTally totals_;
  bool start_was_signalled_ = false, holding_ = false, released_ = false;
  bool failed_ = false;  // could not connect, or not even make the sockets
  bool stopped_ = false;
};

}  // namespace echo
