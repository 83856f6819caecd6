#include "services/echo_server/echo_server.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "services/common/diagnostics.h"

namespace echo {

namespace {
bool means_no_ipv6(const std::system_error& error) {
  return error.code().value() == EAFNOSUPPORT || error.code().value() == EADDRNOTAVAIL;
}
}  // namespace

EchoServer::EchoServer(const ServerOptions& options, EventLog& log) : log_(log), signals_(control_, SIGINT, SIGTERM) {
  if (!options.stop_file.empty()) {
    stop_file_.emplace(options.stop_file);
    stop_file_wait_.emplace(control_, ::dup(stop_file_->fd()));
  }
  for (unsigned i = 0; i < options.threads; ++i) loops_.push_back(std::make_unique<EchoLoop>(log, connections_));
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
  // Of several threads each has a socket of its own; those after the first get the port that the first was given.
  Sharing sharing = loops_.size() > 1 ? Sharing::first : Sharing::none;
  Endpoint udp = address, tcp = address;
  for (const auto& loop : loops_) {
    if (options.udp) {
      BoundSocket socket = bind_udp(udp, log_, sharing);
      udp.port = socket.local.port;
      loop->add_udp(std::move(socket));
    }
    if (options.tcp) {
      BoundSocket socket = listen_tcp(tcp, log_, sharing);
      tcp.port = socket.local.port;
      loop->add_tcp(std::move(socket));
    }
    sharing = Sharing::further;
  }
}

void EchoServer::run() {
  const std::vector<std::uint16_t> own_ports = loops_.front()->udp_ports();
  for (const auto& loop : loops_) loop->start(own_ports);
  wait_for_signal();
  log_.push(Event("ready"));
  log_.hurry();
  if (stop_file_) wait_for_stop_file();

  std::vector<std::jthread> threads;
  threads.emplace_back([this] { control_.run(); });
  for (std::size_t i = 1; i < loops_.size(); ++i) threads.emplace_back([&loop = *loops_[i]] { loop.run(); });
  loops_.front()->run();
}

void EchoServer::wait_for_signal() {
  signals_.async_wait([this](const asio::error_code& error, int signal) {
    if (!error) stop(Event("stopping").word(Key::signal, signal == SIGINT ? Word("SIGINT") : Word("SIGTERM")));
  });
}

void EchoServer::wait_for_stop_file() {
  if (stop_file_->appeared()) return stop(Event("stopping").word(Key::reason, "stop_file"));
  stop_file_wait_->async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& error) {
    if (!error) wait_for_stop_file();
  });
}

void EchoServer::stop(Event event) {
  log_.push(event);
  control_.stop();
  for (const auto& loop : loops_) loop->stop();
}

ServerTotals EchoServer::totals() const {
  ServerTotals sum;
  for (const auto& loop : loops_) sum += loop->totals();
  return sum;
}

}  // namespace echo
