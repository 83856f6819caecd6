#include "services/echo_client/tcp_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace echo {

namespace {
constexpr int pieces_per_turn = 16;  // then other clients get their turn
constexpr std::int64_t retry_gap_ns = 50'000'000;
}  // namespace

TcpClient::TcpClient(ClientContext& context, std::uint64_t number, OnDone on_done)
    : Client(context, number, std::move(on_done)),
      matcher_(options().payload, number),
      pacing_(options().count, options().window, options().interval.count()),
      timer_(context.loop, [this] { phase_ == Phase::connecting ? try_to_connect() : go_on(); }) {}

void TcpClient::start() {
  connect_until_ns_ = monotonic_ns() + options().connect_deadline.count();
  try_to_connect();
}

void TcpClient::try_to_connect() {
  if (socket_ && monotonic_ns() < connect_until_ns_) return;  // an attempt is under way
  if (socket_) return on_connect_result(ETIMEDOUT);
  ++attempts_;
  UniqueFd fd(::socket(context_.server.domain(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return retry_later(errno);
  if (attempts_ == 1) {
    context_.log.push(Event("socket")
                          .number(Key::client, number_)
                          .word(Key::proto, "tcp")
                          .word(Key::family, Word::from_static(context_.server.family_name())));
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_storage name{};
  if (const Endpoint wanted = wanted_local(); wanted.port != 0 || !wanted.is_wildcard()) {
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // an earlier run may be in TIME_WAIT
    const socklen_t length = wanted.to(name);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), length) != 0) return retry_later(errno);
  }
  const socklen_t length = context_.server.to(name);
  const int result = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&name), length);
  const int error = result == 0 ? 0 : errno;
  socket_.emplace(context_.loop, fd.release());
  if (error != EINPROGRESS) return on_connect_result(error);
  timer_.wake_at(connect_until_ns_);
  socket_->async_wait(asio::posix::descriptor_base::wait_write, [this](const asio::error_code& cancelled) {
    if (cancelled || phase_ != Phase::connecting) return;
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(socket_->native_handle(), SOL_SOCKET, SO_ERROR, &failure, &size);
    on_connect_result(failure);
  });
}

void TcpClient::on_connect_result(int error) {
  timer_.cancel();
  if (error != 0) {
    socket_.reset();
    return retry_later(error);
  }
  phase_ = Phase::open;
  local_ = Endpoint::local_of(socket_->native_handle());
  context_.log.push(Event("bind").number(Key::client, number_).word(Key::proto, "tcp").local(local_));
  context_.log.push(event("connect").number(Key::attempts, attempts_));
  progress_ns_ = monotonic_ns();
  wait_readable();
  go_on();
}

void TcpClient::retry_later(int error) {
  const std::int64_t now = monotonic_ns();
  if (now + retry_gap_ns < connect_until_ns_) return timer_.wake_at(now + retry_gap_ns);
  could_connect_ = false;
  log_error("connect", error);
  finish(error == ECONNREFUSED ? Word("refused") : Word("error"));
}

void TcpClient::wait_readable() {
  socket_->async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& error) {
    if (error || phase_ == Phase::done) return;
    receive_waiting();
    go_on();
    if (phase_ != Phase::done) wait_readable();
  });
}

void TcpClient::wait_writable() {
  if (std::exchange(waits_writable_, true)) return;
  socket_->async_wait(asio::posix::descriptor_base::wait_write, [this](const asio::error_code& error) {
    waits_writable_ = false;
    if (!error && phase_ != Phase::done) go_on();
  });
}

bool TcpClient::may_send(std::int64_t now_ns) const {
  if (phase_ != Phase::open || waits_writable_) return false;
  return message_ != 0 || (pacing_.window_allows(matcher_.open()) && pacing_.due_ns() <= now_ns);
}

void TcpClient::go_on() {
  if (phase_ == Phase::done) return;
  std::int64_t now = monotonic_ns();
  expire_overdue(now);
  for (int i = 0; may_send(now); ++i, now = monotonic_ns()) {
    if (i == pieces_per_turn) {
      wait_writable();  // it is writable: the turn comes again after the others'
      break;
    }
    if (!send_piece()) break;
  }
  if (phase_ == Phase::done) return;
  if (phase_ == Phase::open && message_ == 0 && pacing_.all_taken()) {
    if (options().half_close) {
      ::shutdown(socket_->native_handle(), SHUT_WR);
      phase_ = Phase::half_closed;
      context_.log.push(event("shutdown").word(Key::side, "send"));
    } else if (matcher_.open() == 0) {
      return finish("done");
    }
  }
  set_wakes(now);
}

void TcpClient::set_wakes(std::int64_t now_ns) {
  const std::int64_t stuck_at = progress_ns_ + options().timeout.count();
  // Nothing moves any more: a message that does not get out, or a server that does not end its stream.
  if (message_ != 0 || (phase_ == Phase::half_closed && matcher_.open() == 0)) {
    if (stuck_at <= now_ns) {
      return message_ != 0 ? fail("send", ETIMEDOUT) : fail("wait for the end of the server's stream", ETIMEDOUT);
    }
    timer_.wake_at(stuck_at);
  }
  if (message_ == 0 && pacing_.window_allows(matcher_.open())) timer_.wake_at(pacing_.due_ns());
  if (!deadlines_.empty()) timer_.wake_at(deadlines_.first().at_ns);
}

void TcpClient::expire_overdue(std::int64_t now_ns) {
  while (!deadlines_.empty() && deadlines_.first().at_ns <= now_ns) {
    const std::uint64_t message = deadlines_.first().message;
    deadlines_.drop_first();
    if (matcher_.expire(message)) log_timeout(message, 1);
  }
}

void TcpClient::begin_message() {
  message_ = pacing_.next();
  message_size_ = options().payload.size(number_, message_);
  message_done_ = 0;
  message_hash_.reset();
  pacing_.take(monotonic_ns());
}

bool TcpClient::send_piece() {
  if (message_ == 0) begin_message();
  const Timestamp time = Timestamp::now();
  if (message_done_ < message_size_) {
    std::uint64_t size = std::min<std::uint64_t>(message_size_ - message_done_, context_.buffer.size());
    if (options().chunk > 0) size = std::min(size, options().chunk);
    const std::span<std::uint8_t> piece(context_.buffer.data(), static_cast<std::size_t>(size));
    options().payload.fill(number_, message_, message_done_, piece);
    const ssize_t taken = ::send(socket_->native_handle(), piece.data(), piece.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0) {
      if (errno == EINTR) return true;
      if (errno == EAGAIN) {
        wait_writable();
      } else {
        fail("send", errno);
      }
      return false;
    }
    const auto count = static_cast<std::size_t>(taken);
    message_hash_.update(piece.first(count));
    matcher_.sent_bytes(count);
    message_done_ += count;
    bytes_sent_ += count;
    progress_ns_ = time.mono_ns;
  }
  if (message_done_ == message_size_) end_message(time);
  return true;
}

void TcpClient::end_message(Timestamp time) {
  const std::uint64_t message = std::exchange(message_, 0);
  ++tally_.sent;
  matcher_.sent(message, time.mono_ns);
  deadlines_.add({time.mono_ns + options().timeout.count(), message, 1});
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(message_size_, Event::max_excerpt));
  const std::span<std::uint8_t> beginning(context_.buffer.data(), size);
  options().payload.fill(number_, message, 0, beginning);
  context_.log.push(event("send", time)
                        .number(Key::message, message)
                        .number(Key::attempt, 1)
                        .number(Key::offset, bytes_sent_ - message_size_)
                        .payload(message_size_, message_hash_.digest(), beginning));
  if (message_size_ == 0) {
    matcher_.receive({}, time.mono_ns, [&](const StreamEcho& echo) { log_echo(echo, time); });
  }
}

void TcpClient::receive_waiting() {
  for (int i = 0; i < pieces_per_turn; ++i) {
    const ssize_t size = ::recv(socket_->native_handle(), context_.buffer.data(), context_.buffer.size(), MSG_DONTWAIT);
    if (size == 0) return on_end_of_stream();
    if (size < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) fail("recv", errno);
      return;
    }
    const Timestamp time = Timestamp::now();
    const std::span<const std::uint8_t> bytes(context_.buffer.data(), static_cast<std::size_t>(size));
    progress_ns_ = time.mono_ns;
    const std::size_t extra =
        matcher_.receive(bytes, time.mono_ns, [&](const StreamEcho& echo) { log_echo(echo, time); });
    if (extra > 0) receive_unsolicited(bytes.last(extra), time);
    bytes_received_ += bytes.size();
    if (bytes.size() < context_.buffer.size()) return;
  }
}

void TcpClient::log_echo(const StreamEcho& echo, Timestamp time) {
  tally_.count(echo.status);
  if (echo.status == EchoStatus::echo && echo.length > 0) tally_.rtt.add(echo.rtt_ns);
  Event recv = event("recv", time);
  recv.word(Key::status, word_of(echo.status))
      .number(Key::message, echo.message)
      .number(Key::rtt_ns, static_cast<std::uint64_t>(echo.rtt_ns))
      .number(Key::offset, echo.offset);
  if (echo.first_difference) recv.number(Key::first_difference, *echo.first_difference);
  context_.log.push(recv.payload(echo.length, echo.hash, echo.beginning));
}

void TcpClient::receive_unsolicited(std::span<const std::uint8_t> bytes, Timestamp time) {
  tally_.count(EchoStatus::unsolicited);
  context_.log.push(event("recv", time)
                        .word(Key::status, word_of(EchoStatus::unsolicited))
                        .number(Key::offset, matcher_.received())
                        .payload(bytes, hash_of(bytes)));
}

void TcpClient::on_end_of_stream() {
  context_.log.push(event("shutdown").word(Key::side, "recv"));
  if (phase_ == Phase::half_closed && matcher_.open() == 0) return finish("done");
  context_.log.push(event("error")
                        .word(Key::operation, "recv")
                        .word(Key::error, "the server ended its stream before every echo was there"));
  finish("eof");
}

void TcpClient::fail(Word operation, int error) {
  log_error(operation, error);
  finish(error == ECONNRESET || error == EPIPE ? Word("reset") : Word("error"));
}

void TcpClient::stop() {
  finish("stopped");
}

void TcpClient::finish(Word reason) {
  if (std::exchange(phase_, Phase::done) == Phase::done) return;
  timer_.cancel();
  asio::error_code ignored;
  if (socket_) socket_->close(ignored);
  log_close(reason, bytes_received_, bytes_sent_);
  log_summary();
  on_done_(*this);
}

}  // namespace echo
