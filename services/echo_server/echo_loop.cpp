#include "services/echo_server/echo_loop.h"

#include <chrono>
#include <utility>

namespace echo {

namespace {
constexpr std::chrono::milliseconds stop_time{900};  // a second, less the time for the last lines
}

EchoLoop::EchoLoop(EventLog& log, std::atomic<std::uint64_t>& connections)
    : log_(log),
      connection_count_(connections),
      stop_bell_(std::make_shared<Bell>(readiness_, [this] { begin_stop(); })),
      stop_limit_(std::make_shared<Alarm>(readiness_, [this] { close_all(); })) {}

void EchoLoop::add_udp(BoundSocket socket) {
  udp_.push_back(std::make_shared<UdpEcho>(readiness_, std::move(socket), log_, totals_));
}

void EchoLoop::add_tcp(BoundSocket socket) {
  tcp_.push_back(std::make_shared<TcpListener>(
      readiness_, std::move(socket), log_, totals_,
      [this](UniqueFd accepted, const Endpoint& remote) { add_connection(std::move(accepted), remote); }));
}

std::vector<std::uint16_t> EchoLoop::udp_ports() const {
  std::vector<std::uint16_t> ports;
  for (const auto& udp : udp_) ports.push_back(udp->port());
  return ports;
}

void EchoLoop::start(const std::vector<std::uint16_t>& own_ports) {
  stop_bell_->start();
  stop_limit_->start();
  for (const auto& udp : udp_) udp->start(own_ports);
  for (const auto& tcp : tcp_) tcp->start();
}

void EchoLoop::add_connection(UniqueFd socket, const Endpoint& remote) {
  ++totals_.connections;
  const std::uint64_t number = 1 + connection_count_.fetch_add(1, std::memory_order_relaxed);
  auto connection =
      std::make_shared<TcpConnection>(context_, std::move(socket), number, remote, [this](std::uint64_t closed) {
        connections_.erase(closed);
        finish_if_idle();
      });
  connections_.emplace(number, connection);
  connection->start();
}

void EchoLoop::begin_stop() {
  if (std::exchange(stopping_, true)) return;
  for (const auto& tcp : tcp_) tcp->stop();
  for (const auto& udp : udp_) udp->stop();

  std::vector<std::shared_ptr<TcpConnection>> open;
  for (const auto& [number, connection] : connections_) open.push_back(connection);
  for (const auto& connection : open) connection->stop();
  stop_limit_->set(stop_time);
  finish_if_idle();
}

void EchoLoop::close_all() {
  while (!connections_.empty()) {
    const auto connection = connections_.begin()->second;  // closing drops the loop's own
    connection->close("stopped");
  }
}

void EchoLoop::finish_if_idle() {
  if (stopping_ && connections_.empty()) readiness_.stop();
}

}  // namespace echo
