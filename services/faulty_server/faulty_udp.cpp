#include "services/faulty_server/faulty_udp.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <cstring>
#include <string_view>
#include <utility>

#include "services/common/hash.h"

namespace echo {

namespace {

asio::ip::udp protocol_of(const Endpoint& local) {
  return local.family == Endpoint::Family::ipv6 ? asio::ip::udp::v6() : asio::ip::udp::v4();
}

Endpoint to_endpoint(const asio::ip::udp::endpoint& peer) {
  sockaddr_storage name{};
  std::memcpy(&name, peer.data(), peer.size());
  return Endpoint::from(name);
}

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

FaultyUdp::FaultyUdp(asio::io_context& loop, BoundSocket socket, const FaultyOptions& options, EventLog& log)
    : loop_(loop),
      options_(options),
      log_(log),
      local_(socket.local),
      socket_(loop, protocol_of(local_), socket.fd.release()),
      other_socket_(loop, asio::ip::udp::endpoint(protocol_of(local_), 0)) {}

asio::awaitable<void> FaultyUdp::serve() {
  std::vector<std::uint8_t> buffer(65'536);
  for (;;) {
    Peer client;
    const std::size_t size = co_await socket_.async_receive_from(asio::buffer(buffer), client, asio::use_awaitable);
    const std::span<const std::uint8_t> bytes(buffer.data(), size);
    log_.push(
        Event("recv").word(Key::proto, "udp").local(local_).remote(to_endpoint(client)).payload(bytes, hash_of(bytes)));
    // Like the echo server: no endless exchange with another server on the same port (CVE-2024-2169).
    if (client.port() != local_.port) answer(bytes, client);
  }
}

bool FaultyUdp::is_hit(const Peer& client) {
  ++messages_;
  if (messages_ == 1) first_client_ = last_client_ = client;
  if (client != last_client_) client_before_ = std::exchange(last_client_, client);
  if (options_.fault == Fault::first_client_only) return client != first_client_;
  return messages_ % options_.every == 0;
}

void FaultyUdp::answer(std::span<const std::uint8_t> bytes, const Peer& client) {
  if (is_hit(client)) {
    answer_wrongly(bytes, client);
  } else {
    send(socket_, bytes, client);
  }
}

void FaultyUdp::answer_wrongly(std::span<const std::uint8_t> bytes, const Peer& client) {
  switch (options_.fault) {
    case Fault::drop:
    case Fault::first_client_only:
      return;
    case Fault::duplicate:
      send(socket_, bytes, client);
      break;
    case Fault::delay:
      asio::co_spawn(loop_, send_later({bytes.begin(), bytes.end()}, client), asio::detached);
      return;
    case Fault::other_port:
      return send(other_socket_, bytes, client);
    case Fault::wrong_client:
      return send(socket_, bytes, client_before_.port() != 0 ? client_before_ : client);
    case Fault::unsolicited:
      send(socket_, bytes, client);
      return send(socket_, as_bytes("a datagram that nobody asked for"), client);
    default:
      break;
  }
  send(socket_, faulty_echo(options_.fault, bytes), client);
}

asio::awaitable<void> FaultyUdp::send_later(std::vector<std::uint8_t> bytes, Peer to) {
  asio::steady_timer timer(loop_, options_.delay);
  co_await timer.async_wait(asio::use_awaitable);
  send(socket_, bytes, to);
}

void FaultyUdp::send(Socket& from, std::span<const std::uint8_t> bytes, const Peer& to) {
  Event sent("send");
  asio::error_code error;
  from.send_to(asio::buffer(bytes.data(), bytes.size()), to, 0, error);
  if (error) return;
  Endpoint local = local_;
  local.port = from.local_endpoint(error).port();
  log_.push(sent.word(Key::proto, "udp").local(local).remote(to_endpoint(to)).payload(bytes, hash_of(bytes)));
}

}  // namespace echo
