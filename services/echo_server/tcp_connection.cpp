#include "services/echo_server/tcp_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "services/common/hash.h"

namespace echo {

namespace {
// Edges: level-triggered, epoll_wait(2) would ask each socket a second time, after it was read empty. A shutdown that
// came with the last bytes has no edge of its own, so EPOLLRDHUP has to tell of it.
constexpr std::uint32_t readable = EPOLLIN | EPOLLRDHUP | EPOLLET, writable = EPOLLOUT | EPOLLET;
constexpr std::uint32_t at_the_end = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

constexpr int chunks_per_turn = 16;  // then other connections of the loop get their turn
constexpr int chunks_at_the_end = 1024;
}  // namespace

TcpConnection::TcpConnection(ConnectionContext& context, UniqueFd socket, std::uint64_t number, const Endpoint& remote,
                             OnClose on_close)
    : context_(context), socket_(std::move(socket)), number_(number), remote_(remote), on_close_(std::move(on_close)) {
  const int fd = socket_.get();
  local_ = Endpoint::local_of(fd);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void TcpConnection::start() {
  context_.log.push(event("accept"));
  if (!context_.readiness.watch(socket_.get(), *this, readable)) fail(errno);
}

void TcpConnection::on_ready(std::uint32_t events) {
  if (tail_ == nullptr) {
    on_readable((events & at_the_end) != 0);
  } else {
    on_writable();
  }
}

void TcpConnection::on_readable(bool to_the_end) {
  const int chunks = stopping_ ? chunks_at_the_end : chunks_per_turn;
  bool more = true;
  for (int i = 0; i < chunks && more; ++i) {
    const ssize_t size = ::recv(socket_.get(), context_.buffer.data(), context_.buffer.size(), MSG_DONTWAIT);
    if (size == 0) {
      context_.log.push(event("shutdown").word(Key::side, "recv"));
      end_stream();
      return close(stopping_ ? Word("stopped") : Word("eof"));
    }
    if (size < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return fail(errno);
      more = false;
      break;
    }
    const auto count = static_cast<std::size_t>(size);
    if (!echo_chunk({context_.buffer.data(), count})) return;
    more = to_the_end || count == context_.buffer.size();
  }
  if (stopping_) {
    end_stream();
    return close("stopped");
  }
  if (more && !wait_for(readable)) fail(errno);  // other connections first; what waits here is told anew
}

bool TcpConnection::echo_chunk(std::span<const std::uint8_t> chunk) {
  const std::int64_t now = monotonic_ns();
  ssize_t taken = 0;
  do {
    taken = ::send(socket_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (taken < 0 && errno == EINTR);
  const int error = taken < 0 && errno != EAGAIN ? errno : 0;
  const std::size_t done = taken > 0 ? static_cast<std::size_t>(taken) : 0;
  const bool whole = done == chunk.size();

  // Logging comes after the answer: it must not add to the round trip.
  Transfer transfer;
  if (!context_.log.is_silent()) {
    transfer = {"tcp", now, whole ? now : 0, number_, received_, chunk.size(), hash_of(chunk), local_, remote_};
    context_.log.push(transfer, chunk);
  }
  received_ += chunk.size();
  sent_ += done;
  context_.totals.bytes_received += chunk.size();
  context_.totals.bytes_sent += done;
  if (error != 0) {
    fail(error);
    return false;
  }
  if (whole) return true;
  transfer.received_ns = 0;
  const auto beginning = chunk.first(std::min(chunk.size(), Event::max_head));
  tail_ = std::make_unique<Tail>(Tail{{chunk.begin() + static_cast<std::ptrdiff_t>(done), chunk.end()},
                                      0,
                                      transfer,
                                      {beginning.begin(), beginning.end()}});
  if (!wait_for(writable)) fail(errno);
  return false;
}

void TcpConnection::on_writable() {
  while (tail_->done < tail_->bytes.size()) {
    tail_->sent.sent_ns = monotonic_ns();
    const ssize_t taken = ::send(socket_.get(), tail_->bytes.data() + tail_->done, tail_->bytes.size() - tail_->done,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return fail(errno);
      return;
    }
    tail_->done += static_cast<std::size_t>(taken);
    sent_ += static_cast<std::size_t>(taken);
    context_.totals.bytes_sent += static_cast<std::size_t>(taken);
  }
  context_.log.push(tail_->sent, tail_->beginning);
  tail_.reset();
  if (!wait_for(readable)) return fail(errno);
  on_readable(true);
}

bool TcpConnection::wait_for(std::uint32_t events) {
  return context_.readiness.change(socket_.get(), *this, events);
}

void TcpConnection::end_stream() {
  if (::shutdown(socket_.get(), SHUT_WR) == 0) context_.log.push(event("shutdown").word(Key::side, "send"));
}

void TcpConnection::fail(int error) {
  if (error == ECONNRESET || error == EPIPE) return close("reset");
  ++context_.totals.errors;
  context_.log.push(event("error").word(Key::operation, "echo").word(Key::error, Word::of_errno(error)));
  close("error");
}

void TcpConnection::stop() {
  if (closed_) return;
  stopping_ = true;
  if (tail_ == nullptr) on_readable(true);
}

void TcpConnection::close(Word reason) {
  if (std::exchange(closed_, true)) return;
  context_.log.push(event("close").word(Key::reason, reason).number(Key::received, received_).number(Key::sent, sent_));
  tail_.reset();
  context_.readiness.forget(socket_.get(), *this);
  socket_.reset();
  on_close_(number_);  // may drop the last owner but the caller's
}

Event TcpConnection::event(Word name) const {
  Event event(name);
  event.word(Key::proto, "tcp").number(Key::conn, number_).local(local_).remote(remote_);
  return event;
}

}  // namespace echo
