#include "services/echo_server/echo_server.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <system_error>
#include <utility>

#include "services/common/diagnostics.h"

namespace echo {

namespace {
constexpr std::chrono::milliseconds stop_time{900};  // a second, less the time for the last lines

bool means_no_ipv6(const std::system_error& error) {
  return error.code().value() == EAFNOSUPPORT || error.code().value() == EADDRNOTAVAIL;
}
}  // namespace

EchoServer::EchoServer(const ServerOptions& options, EventLog& log)
    : log_(log), signals_(loop_, SIGINT, SIGTERM), stop_limit_(loop_) {
  if (!options.stop_file.empty()) {
    stop_file_.emplace(options.stop_file);
    stop_file_wait_.emplace(loop_, ::dup(stop_file_->fd()));
  }
  for (const Endpoint& address : options.addresses) {
    try {
      bind(address, options);
    } catch (const std::system_error& error) {
      if (address.family != Endpoint::Family::ipv6 || !options.ipv6_is_optional || !means_no_ipv6(error)) throw;
      note(std::string("no IPv6 on this machine: ") + error.what());
    }
  }
}

void EchoServer::bind(const Endpoint& address, const ServerOptions& options) {
  if (options.udp) udp_.push_back(std::make_unique<UdpEcho>(loop_, bind_udp(address, log_), log_, totals_));
  if (options.tcp) {
    tcp_.push_back(std::make_unique<TcpListener>(
        loop_, listen_tcp(address, log_), log_, totals_,
        [this](UniqueFd socket, const Endpoint& remote) { add_connection(std::move(socket), remote); }));
  }
}

void EchoServer::run() {
  signals_.async_wait([this](const asio::error_code& error, int signal) {
    if (error) return;
    log_.push(Event("stopping").word(Key::signal, signal == SIGINT ? Word("SIGINT") : Word("SIGTERM")));
    begin_stop();
  });
  std::vector<std::uint16_t> own_ports;
  for (const auto& udp : udp_) own_ports.push_back(udp->port());
  for (const auto& udp : udp_) udp->start(own_ports);
  for (const auto& tcp : tcp_) tcp->start();
  readiness_.start();
  log_.push(Event("ready"));
  log_.hurry();
  if (stop_file_) wait_for_stop_file();
  loop_.run();
}

void EchoServer::wait_for_stop_file() {
  if (stopping_) return;
  if (stop_file_->appeared()) {
    log_.push(Event("stopping").word(Key::reason, "stop_file"));
    return begin_stop();
  }
  stop_file_wait_->async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& error) {
    if (!error) wait_for_stop_file();
  });
}

void EchoServer::add_connection(UniqueFd socket, const Endpoint& remote) {
  const std::uint64_t number = ++totals_.connections;
  auto connection =
      std::make_shared<TcpConnection>(context_, std::move(socket), number, remote, [this](std::uint64_t closed) {
        connections_.erase(closed);
        finish_if_idle();
      });
  connections_.emplace(number, connection);
  connection->start();
}

void EchoServer::begin_stop() {
  if (std::exchange(stopping_, true)) return;
  signals_.cancel();
  if (stop_file_wait_) stop_file_wait_->cancel();
  for (const auto& tcp : tcp_) tcp->stop();
  for (const auto& udp : udp_) udp->stop();

  std::vector<std::shared_ptr<TcpConnection>> open;
  for (const auto& [number, connection] : connections_) open.push_back(connection);
  for (const auto& connection : open) connection->stop();
  stop_limit_.expires_after(stop_time);
  stop_limit_.async_wait([this](const asio::error_code& cancelled) {
    if (cancelled) return;
    while (!connections_.empty()) {
      const auto connection = connections_.begin()->second;  // closing drops the server's own
      connection->close("stopped");
    }
  });
  finish_if_idle();
}

void EchoServer::finish_if_idle() {
  if (!stopping_ || !connections_.empty()) return;
  stop_limit_.cancel();
  readiness_.stop();
}

}  // namespace echo
