#include "services/echo_client/client_run.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "services/common/diagnostics.h"
#include "services/echo_client/tcp_client.h"
#include "services/echo_client/udp_client.h"

namespace echo {

namespace {

constexpr std::chrono::milliseconds look_up_gap{200};

Endpoint to_endpoint(const asio::ip::udp::endpoint& found) {
  sockaddr_storage name{};
  std::memcpy(&name, found.data(), found.size());
  return Endpoint::from(name);
}

}  // namespace

ClientRun::ClientRun(const ClientOptions& options, EventLog& log)
    : options_(options),
      log_(log),
      context_{loop_, options, {}, log},
      end_signals_(loop_, SIGINT, SIGTERM),
      start_signal_(loop_, SIGUSR1),
      resolver_(loop_),
      timer_(loop_) {
  if (options.start_file.empty()) return;
  start_file_.emplace(options.start_file);
  start_file_wait_.emplace(loop_, ::dup(start_file_->fd()));
}

int ClientRun::run() {
  watch_signals();
  look_up_until_ = std::chrono::steady_clock::now() + options_.connect_deadline;
  look_up_server();
  loop_.run();
  return exit_status();
}

void ClientRun::watch_signals() {
  end_signals_.async_wait([this](const asio::error_code& error, int) {
    if (!error) stop();
  });
  // Also caught without --wait-for-start: a start signal must never kill a client.
  start_signal_.async_wait([this](const asio::error_code& error, int) {
    if (error) return;
    start_was_signalled_ = true;
    if (holding_) release();
  });
}

void ClientRun::look_up_server() {
  const auto done = [this](const asio::error_code& error, const asio::ip::udp::resolver::results_type& found) {
    if (error != asio::error::operation_aborted) on_addresses(error, found);
  };
  const std::string port = std::to_string(options_.port);
  if (options_.family == Endpoint::Family::none) {
    resolver_.async_resolve(options_.server, port, asio::ip::resolver_base::numeric_service, done);
  } else {
    const auto protocol = options_.family == Endpoint::Family::ipv6 ? asio::ip::udp::v6() : asio::ip::udp::v4();
    resolver_.async_resolve(protocol, options_.server, port, asio::ip::resolver_base::numeric_service, done);
  }
}

void ClientRun::on_addresses(const asio::error_code& error, const asio::ip::udp::resolver::results_type& found) {
  if (stopped_) return;
  if (!error && !found.empty()) {
    context_.server = to_endpoint(found.begin()->endpoint());
    return make_clients();
  }
  // A name server may not know a container that starts at the same time as this one.
  if (std::chrono::steady_clock::now() + look_up_gap < look_up_until_) {
    timer_.expires_after(look_up_gap);
    timer_.async_wait([this](const asio::error_code& cancelled) {
      if (!cancelled) look_up_server();
    });
    return;
  }
  complain("no address found for '" + options_.server + "': " + error.message());
  log_.push(Event("error").word(Key::operation, "look up the server").word(Key::error, "no address found"));
  failed_ = true;
  end();
}

void ClientRun::make_clients() {
  try {
    for (std::uint64_t number = 1; number <= options_.clients; ++number) {
      auto done = [this](Client& client) { on_client_done(client); };
      if (options_.tcp) {
        clients_.push_back(std::make_unique<TcpClient>(context_, number, std::move(done)));
      } else {
        clients_.push_back(std::make_unique<UdpClient>(context_, number, std::move(done)));
      }
    }
  } catch (const std::system_error& error) {
    complain(error.what());
    log_.push(Event("error")
                  .word(Key::operation, "make the client's socket")
                  .word(Key::error, Word::of_errno(error.code().value())));
    failed_ = true;
    return end();
  }
  hold();
}

void ClientRun::hold() {
  if (!options_.wait_for_start && !start_file_) return release();
  holding_ = true;
  log_.push(Event("ready"));
  log_.hurry();
  if (options_.wait_for_start && start_was_signalled_) return release();
  if (start_file_) wait_for_start_file();
}

void ClientRun::wait_for_start_file() {
  if (released_ || stopped_) return;
  if (start_file_->appeared()) return release();
  start_file_wait_->async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& error) {
    if (!error) wait_for_start_file();
  });
}

void ClientRun::release() {
  if (std::exchange(released_, true)) return;
  if (start_file_wait_) start_file_wait_->cancel();
  if (options_.start_delay.count() == 0) return start_clients();
  timer_.expires_after(options_.start_delay);
  timer_.async_wait([this](const asio::error_code& cancelled) {
    if (!cancelled) start_clients();
  });
}

void ClientRun::start_clients() {
  log_.push(Event("start"));
  running_ = clients_.size();
  for (const auto& client : clients_) client->start();
}

void ClientRun::on_client_done(Client& client) {
  totals_.add(client.tally());
  failed_ = failed_ || !client.could_connect();
  if (running_ > 0 && --running_ == 0) end();
}

void ClientRun::stop() {
  if (std::exchange(stopped_, true)) return;
  for (const auto& client : clients_) client->stop();
  end();
}

void ClientRun::end() {
  end_signals_.cancel();
  start_signal_.cancel();
  resolver_.cancel();
  timer_.cancel();
  if (start_file_wait_) start_file_wait_->cancel();
}

int ClientRun::exit_status() const {
  if (failed_) return 3;
  const bool all_echoed = totals_.echoed == options_.count * options_.clients;
  return all_echoed && totals_.unsolicited == 0 ? 0 : 1;
}

}  // namespace echo
