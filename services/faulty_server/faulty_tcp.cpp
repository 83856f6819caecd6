#include "services/faulty_server/faulty_tcp.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>

#include "services/common/hash.h"

namespace echo {

namespace {

constexpr std::string_view unasked = "bytes that nobody asked for";

asio::ip::tcp protocol_of(const Endpoint& local) {
  return local.family == Endpoint::Family::ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
}

}  // namespace

FaultyTcp::FaultyTcp(asio::io_context& loop, BoundSocket socket, const FaultyOptions& options, EventLog& log)
    : loop_(loop), options_(options), log_(log), acceptor_(loop, protocol_of(socket.local), socket.fd.release()) {}

asio::awaitable<void> FaultyTcp::serve() {
  for (;;) {
    asio::error_code error;
    asio::ip::tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Such as no descriptor left: give the other connections time to end.
      asio::steady_timer pause(loop_, std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::use_awaitable);
      continue;
    }
    auto connection = std::make_shared<Connection>(Connection{++connections_, std::move(socket), {}, {}, 0, 0});
    const int fd = connection->socket.native_handle();
    connection->local = Endpoint::local_of(fd);
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&name), &length) == 0) connection->remote = Endpoint::from(name);
    log_.push(Event("accept")
                  .word(Key::proto, "tcp")
                  .number(Key::conn, connection->number)
                  .local(connection->local)
                  .remote(connection->remote));
    open_.emplace(connection->number, connection);
    asio::co_spawn(loop_, echo(connection), asio::detached);
  }
}

asio::awaitable<void> FaultyTcp::echo(Shared connection) {
  std::vector<std::uint8_t> buffer(65'536);
  asio::error_code error;
  for (;;) {
    const std::size_t size = co_await connection->socket.async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    const std::span<const std::uint8_t> chunk(buffer.data(), size);
    log_.push(Event("recv")
                  .word(Key::proto, "tcp")
                  .number(Key::conn, connection->number)
                  .number(Key::offset, std::exchange(connection->received, connection->received + size))
                  .local(connection->local)
                  .remote(connection->remote)
                  .payload(chunk, hash_of(chunk)));
    if (!co_await answer(connection, chunk)) break;
  }
  open_.erase(connection->number);
  log_.push(Event("close")
                .word(Key::proto, "tcp")
                .number(Key::conn, connection->number)
                .word(Key::reason, error == asio::error::eof ? Word("eof") : Word("error"))
                .number(Key::received, connection->received)
                .number(Key::sent, connection->sent)
                .local(connection->local)
                .remote(connection->remote));
  connection->socket.close(error);
}

bool FaultyTcp::is_hit(std::uint64_t connection) {
  ++chunks_;
  if (options_.fault == Fault::first_client_only) return connection != 1;
  return chunks_ % options_.every == 0;
}

asio::awaitable<bool> FaultyTcp::answer(Shared connection, std::span<const std::uint8_t> chunk) {
  const std::vector<std::uint8_t> bytes(chunk.begin(), chunk.end());
  if (!is_hit(connection->number)) {
    co_await send(connection, bytes);
    co_return true;
  }
  switch (options_.fault) {
    case Fault::drop:
    case Fault::first_client_only:
      co_return true;
    case Fault::close_early:
      co_return false;
    case Fault::duplicate:
      co_await send(connection, bytes);
      co_await send(connection, bytes);
      co_return true;
    case Fault::delay: {
      asio::steady_timer timer(loop_, options_.delay);
      co_await timer.async_wait(asio::use_awaitable);
      break;
    }
    case Fault::wrong_client: {
      const auto here = open_.find(connection->number);
      const Shared to = here == open_.begin() || here == open_.end() ? connection : std::prev(here)->second;
      co_await send(to, bytes);
      co_return true;
    }
    case Fault::unsolicited:
      co_await send(connection, bytes);
      co_await send(connection, {unasked.begin(), unasked.end()});
      co_return true;
    default:
      break;
  }
  co_await send(connection, faulty_echo(options_.fault, chunk));
  co_return true;
}

asio::awaitable<void> FaultyTcp::send(Shared to, std::vector<std::uint8_t> bytes) {
  Event sent("send");
  asio::error_code error;
  co_await asio::async_write(to->socket, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  log_.push(sent.word(Key::proto, "tcp")
                .number(Key::conn, to->number)
                .number(Key::offset, std::exchange(to->sent, to->sent + bytes.size()))
                .local(to->local)
                .remote(to->remote)
                .payload(bytes, hash_of(bytes)));
}

}  // namespace echo
