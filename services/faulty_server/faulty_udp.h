#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "services/common/bound_socket.h"
#include "services/faulty_server/faulty_options.h"

namespace echo {

// Echoes datagrams of one socket, every n-th one wrongly.
class FaultyUdp {
 public:
  FaultyUdp(asio::io_context& loop, BoundSocket socket, const FaultyOptions& options, EventLog& log);
  asio::awaitable<void> serve();

 private:
  using Socket = asio::ip::udp::socket;
  using Peer = asio::ip::udp::endpoint;

  void answer(std::span<const std::uint8_t> bytes, const Peer& client);
  void answer_wrongly(std::span<const std::uint8_t> bytes, const Peer& client);
  bool is_hit(const Peer& client);
  void send(Socket& from, std::span<const std::uint8_t> bytes, const Peer& to);
  asio::awaitable<void> send_later(std::vector<std::uint8_t> bytes, Peer to);

  asio::io_context& loop_;
  const FaultyOptions& options_;
  EventLog& log_;
  Endpoint local_;
  Socket socket_, other_socket_;
  std::uint64_t messages_ = 0;
  Peer first_client_, last_client_, client_before_;  // client_before_: the last one that is not last_client_
};

}  // namespace echo
