// The textbook: Asio coroutines, a connection each, as in every tutorial.
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace {

using asio::use_awaitable;
using asio::ip::tcp;
using asio::ip::udp;

asio::awaitable<void> echo(tcp::socket socket) {
  socket.set_option(tcp::no_delay(true));
  std::vector<char> buffer(65536);
  try {
    for (;;) {
      const std::size_t size = co_await socket.async_read_some(asio::buffer(buffer), use_awaitable);
      co_await asio::async_write(socket, asio::buffer(buffer, size), use_awaitable);
    }
  } catch (const std::exception&) {
    // the peer ended the connection
  }
}

asio::awaitable<void> accept_all(std::uint16_t port) {
  const auto loop = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(loop, {tcp::v4(), port});
  for (;;) asio::co_spawn(loop, echo(co_await acceptor.async_accept(use_awaitable)), asio::detached);
}

asio::awaitable<void> echo_datagrams(std::uint16_t port) {
  udp::socket socket(co_await asio::this_coro::executor, {udp::v4(), port});
  socket.set_option(asio::socket_base::receive_buffer_size(4 << 20));
  socket.set_option(asio::socket_base::send_buffer_size(4 << 20));
  std::vector<char> buffer(65536);
  for (;;) {
    udp::endpoint peer;
    const std::size_t size = co_await socket.async_receive_from(asio::buffer(buffer), peer, use_awaitable);
    co_await socket.async_send_to(asio::buffer(buffer, size), peer, use_awaitable);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  asio::io_context loop(1);
  asio::co_spawn(loop, accept_all(port), asio::detached);
  asio::co_spawn(loop, echo_datagrams(port), asio::detached);
  std::puts("ready");
  std::fflush(stdout);
  loop.run();
}
