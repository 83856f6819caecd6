#include "services/echo_client/udp_client.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

#include "services/common/hash.h"

namespace echo {

namespace {
constexpr int datagrams_per_turn = 64;  // then other clients get their turn
constexpr int wanted_buffer = 1024 * 1024;

int make_socket(const Endpoint& local) {
  const int fd = ::socket(local.domain(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "make a udp socket");
  return fd;
}
}  // namespace

UdpClient::UdpClient(ClientContext& context, std::uint64_t number, OnDone on_done)
    : Client(context, number, std::move(on_done)),
      socket_(context.loop, make_socket(context.server)),
      matcher_(options().payload, number),
      pacing_(options().count, options().window, options().interval.count()),
      timer_(context.loop, [this] { go_on(); }) {
  const int fd = socket_.native_handle();
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted_buffer, sizeof wanted_buffer);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted_buffer, sizeof wanted_buffer);
  context_.log.push(Event("socket")
                        .number(Key::client, number_)
                        .word(Key::proto, "udp")
                        .word(Key::family, Word::from_static(context.server.family_name())));
  const Endpoint wanted = wanted_local();
  sockaddr_storage name{};
  const socklen_t length = wanted.to(name);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), length) != 0) {
    throw std::system_error(errno, std::generic_category(), "bind udp " + wanted.to_string());
  }
  local_ = Endpoint::local_of(fd);
  // Bound to the wildcard, datagrams leave from the address that the route to the server gives.
  if (const Endpoint source = source_address_towards(context.server); local_.is_wildcard() && source.is_set()) {
    local_.address = source.address;
  }
  context_.log.push(Event("bind").number(Key::client, number_).word(Key::proto, "udp").local(local_));
}

void UdpClient::start() {
  wait_readable();
  go_on();
}

void UdpClient::wait_readable() {
  socket_.async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& error) {
    if (error || done_) return;
    receive_waiting();
    go_on();
    if (!done_) wait_readable();
  });
}

void UdpClient::wait_writable() {
  if (std::exchange(waits_writable_, true)) return;
  socket_.async_wait(asio::posix::descriptor_base::wait_write, [this](const asio::error_code& error) {
    waits_writable_ = false;
    if (!error && !done_) go_on();
  });
}

void UdpClient::go_on() {
  if (done_) return;
  std::int64_t now = monotonic_ns();
  expire_overdue(now);
  while (!waits_writable_ && !repeats_.empty()) {
    if (!send_message(repeats_.front())) return wait_writable();
    repeats_.pop_front();
  }
  while (!waits_writable_ && pacing_.window_allows(matcher_.open()) && pacing_.due_ns() <= now) {
    if (!send_message(pacing_.next())) {
      wait_writable();
      break;
    }
    pacing_.take(now);
    now = monotonic_ns();
  }
  if (pacing_.all_taken() && matcher_.open() == 0) {
    receive_waiting();  // a second echo may already be here
    return finish("done");
  }
  if (pacing_.window_allows(matcher_.open()) && !waits_writable_) timer_.wake_at(pacing_.due_ns());
  if (!deadlines_.empty()) timer_.wake_at(deadlines_.first().at_ns);
}

void UdpClient::expire_overdue(std::int64_t now_ns) {
  while (!deadlines_.empty()) {
    const auto deadline = deadlines_.first();
    const bool is_open = matcher_.attempts(deadline.message) == deadline.attempt;
    if (is_open && deadline.at_ns > now_ns) return;
    deadlines_.drop_first();
    if (!is_open) continue;
    log_timeout(deadline.message, deadline.attempt);
    if (deadline.attempt <= options().retries) {
      repeats_.push_back(deadline.message);
    } else {
      matcher_.expire(deadline.message);
    }
  }
}

bool UdpClient::send_message(std::uint64_t message) {
  const std::uint64_t attempt = matcher_.attempts(message) + 1;
  if (attempt == 1 && message < pacing_.next()) return true;  // answered while its repeat waited
  const auto size = static_cast<std::size_t>(options().payload.size(number_, message));
  const std::span<std::uint8_t> bytes(context_.buffer.data(), size);
  options().payload.fill(number_, message, 0, bytes);
  sockaddr_storage name{};
  const socklen_t name_length = context_.server.to(name);

  const Timestamp time = Timestamp::now();
  const ssize_t taken = ::sendto(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL,
                                 reinterpret_cast<const sockaddr*>(&name), name_length);
  const int error = taken < 0 ? errno : 0;
  if (error == EAGAIN || error == EINTR) return false;
  const std::uint64_t hash = hash_of(bytes);
  matcher_.sent(message, size, hash, time.mono_ns);
  deadlines_.add({time.mono_ns + options().timeout.count(), message, attempt});
  if (attempt == 1) ++tally_.sent;
  if (error != 0) {
    // No route, or the datagram is too long for this path: the message counts as sent and runs into its timeout.
    log_error("sendto", error);
    return true;
  }
  bytes_sent_ += size;
  context_.log.push(
      event("send", time).number(Key::message, message).number(Key::attempt, attempt).payload(bytes, hash));
  return true;
}

void UdpClient::receive_waiting() {
  for (int i = 0; i < datagrams_per_turn && !done_; ++i) {
    sockaddr_storage name{};
    socklen_t name_length = sizeof name;
    const ssize_t size = ::recvfrom(socket_.native_handle(), context_.buffer.data(), context_.buffer.size(),
                                    MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&name), &name_length);
    if (size < 0) {
      if (errno == EINTR || errno == ECONNREFUSED) continue;
      if (errno != EAGAIN) log_error("recvfrom", errno);
      return;
    }
    receive({context_.buffer.data(), static_cast<std::size_t>(size)}, Endpoint::from(name), Timestamp::now());
  }
}

void UdpClient::receive(std::span<const std::uint8_t> bytes, const Endpoint& remote, Timestamp time) {
  bytes_received_ += bytes.size();
  const std::uint64_t hash = hash_of(bytes);
  // Only the endpoint that was asked can answer.
  const DatagramMatch match = remote == context_.server ? matcher_.match(bytes, hash, time.mono_ns) : DatagramMatch{};
  tally_.count(match.status);
  Event recv = event("recv", time);
  recv.remote(remote).word(Key::status, word_of(match.status));
  if (match.message != 0) {
    recv.number(Key::message, match.message).number(Key::rtt_ns, static_cast<std::uint64_t>(match.rtt_ns));
  }
  if (match.first_difference) recv.number(Key::first_difference, *match.first_difference);
  context_.log.push(recv.payload(bytes, hash));
  if (match.status == EchoStatus::echo && !match.was_repeated) tally_.rtt.add(match.rtt_ns);
}

void UdpClient::stop() {
  finish("stopped");
}

void UdpClient::finish(Word reason) {
  if (std::exchange(done_, true)) return;
  timer_.cancel();
  asio::error_code ignored;
  socket_.close(ignored);
  log_close(reason, bytes_received_, bytes_sent_);
  log_summary();
  on_done_(*this);
}

}  // namespace echo
