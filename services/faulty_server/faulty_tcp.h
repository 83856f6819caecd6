#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "services/common/bound_socket.h"
#include "services/faulty_server/faulty_options.h"

namespace echo {

// Echoes the streams of one listening socket; every n-th chunk that arrives is echoed wrongly.
class FaultyTcp {
 public:
  FaultyTcp(asio::io_context& loop, BoundSocket socket, const FaultyOptions& options, EventLog& log);
  asio::awaitable<void> serve();

 private:
  struct Connection {
    std::uint64_t number = 0;
    asio::ip::tcp::socket socket;
    Endpoint local, remote;
    std::uint64_t received = 0, sent = 0;
  };
  using Shared = std::shared_ptr<Connection>;

  asio::awaitable<void> echo(Shared connection);
  asio::awaitable<bool> answer(Shared connection, std::span<const std::uint8_t> chunk);  // false: closed
  asio::awaitable<void> send(Shared to, std::vector<std::uint8_t> bytes);
  bool is_hit(std::uint64_t connection);

  asio::io_context& loop_;
  const FaultyOptions& options_;
  EventLog& log_;
  asio::ip::tcp::acceptor acceptor_;
  std::map<std::uint64_t, Shared> open_;
  std::uint64_t connections_ = 0, chunks_ = 0;
};

}  // namespace echo
