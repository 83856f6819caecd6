#include "services/echo_server/udp_echo.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "services/common/diagnostics.h"
#include "services/common/hash.h"

namespace echo {

namespace {
constexpr int batches_per_turn = 8;  // then other sockets of the loop get theirs
constexpr int batches_at_the_end = 256;
constexpr std::int64_t warning_gap_ns = 1'000'000'000;
constexpr int full_batch = static_cast<int>(DatagramBatch::capacity);
}  // namespace

UdpEcho::UdpEcho(Readiness& readiness, BoundSocket socket, EventLog& log, ServerTotals& totals)
    : readiness_(readiness),
      socket_(std::move(socket.fd)),
      local_(socket.local),
      log_(log),
      totals_(totals),
      batch_(local_) {}

void UdpEcho::start(std::vector<std::uint16_t> own_ports) {
  own_ports_ = std::move(own_ports);
  if (!readiness_.watch(socket_.get(), *this, EPOLLIN)) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

void UdpEcho::on_ready(std::uint32_t) {
  if (next_answer_ < batch_.queued()) {
    on_writable();
  } else {
    on_readable();
  }
}

void UdpEcho::on_readable() {
  for (int i = 0; i < batches_per_turn; ++i) {
    const int count = echo_batch();
    if (next_answer_ < batch_.queued()) return wait_for(EPOLLOUT);
    if (count < full_batch) break;
  }
}

void UdpEcho::on_writable() {
  if (send_answers()) wait_for(EPOLLIN);
}

void UdpEcho::wait_for(std::uint32_t events) {
  if (!readiness_.change(socket_.get(), *this, events)) log_error("epoll_ctl", {}, errno);
}

int UdpEcho::echo_batch() {
  const int count = batch_.receive(socket_.get());
  next_answer_ = 0;
  is_told_ = false;
  if (count < 0) {
    // ICMP errors about earlier answers may surface here; they concern a peer, not this socket.
    const bool of_a_peer = errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH;
    if (errno != EAGAIN && errno != EINTR && !of_a_peer) log_error("recvmmsg", {}, errno);
    return of_a_peer ? full_batch : 0;
  }
  received_ns_ = monotonic_ns();
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    ++totals_.datagrams_received;
    totals_.bytes_received += batch_.bytes(i).size();
    const bool is_ours = std::find(own_ports_.begin(), own_ports_.end(), batch_.remote(i).port) != own_ports_.end();
    outcomes_[i] = {.is_ignored = is_ours};
    if (!is_ours) batch_.queue_answer(i);
  }
  send_answers();
  return count;
}

bool UdpEcho::send_answers() {
  const std::size_t first = next_answer_;
  bool may_send = true;
  while (may_send && next_answer_ < batch_.queued()) {
    const std::int64_t now = monotonic_ns();
    const int count = batch_.send(socket_.get(), next_answer_);
    if (count > 0) {
      for (int k = 0; k < count; ++k) outcomes_[batch_.answered(next_answer_++)].sent_ns = now;
    } else if (errno == EAGAIN) {
      may_send = false;
    } else if (errno != EINTR) {
      outcomes_[batch_.answered(next_answer_++)].error = errno;
    }
  }
  // Logging comes after the answers: it must not add to the round trip.
  if (!std::exchange(is_told_, true)) {
    for (std::size_t i = 0; i < batch_.size(); ++i) log(i, received_ns_);
  } else {
    for (std::size_t k = first; k < next_answer_; ++k) log(batch_.answered(k), 0);
  }
  return next_answer_ == batch_.queued();
}

void UdpEcho::log(std::size_t i, std::int64_t received_ns) {
  Outcome& outcome = outcomes_[i];
  const auto bytes = batch_.bytes(i);
  if (outcome.sent_ns != 0) {
    ++totals_.datagrams_sent;
    totals_.bytes_sent += bytes.size();
  }
  if (!log_.is_silent() && (received_ns != 0 || outcome.sent_ns != 0)) {
    if (received_ns != 0) outcome.hash = hash_of(bytes);
    log_.push(
        {"udp", received_ns, outcome.sent_ns, 0, 0, bytes.size(), outcome.hash, batch_.local(i), batch_.remote(i)},
        bytes);
  }
  if (outcome.is_ignored) ignore(i);
  if (outcome.error != 0) log_error("sendmmsg", batch_.remote(i), outcome.error);
}

void UdpEcho::ignore(std::size_t i) {
  ++totals_.ignored;
  ++ignored_since_warning_;
  Event event("ignored");
  event.word(Key::proto, "udp").word(Key::reason, "own_port").local(batch_.local(i)).remote(batch_.remote(i));
  log_.push(event.payload(batch_.bytes(i), outcomes_[i].hash));

  const std::int64_t now = received_ns_;
  if (warned_at_ns_ != 0 && now - warned_at_ns_ < warning_gap_ns) return;
  warned_at_ns_ = now;
  warn("not echoed: " + std::to_string(std::exchange(ignored_since_warning_, 0)) + " datagram(s), the last from " +
       batch_.remote(i).to_string() +
       ", whose port is one this server listens on; two echo servers would answer "
       "each other for ever");
}

void UdpEcho::log_error(Word operation, const Endpoint& remote, int error) {
  ++totals_.errors;
  log_.push(Event("error")
                .word(Key::proto, "udp")
                .word(Key::operation, operation)
                .word(Key::error, Word::of_errno(error))
                .local(local_)
                .remote(remote));
}

void UdpEcho::stop() {
  for (int i = 0; i < batches_at_the_end && next_answer_ == batch_.queued(); ++i) {
    if (echo_batch() < full_batch) break;
  }
  readiness_.forget(socket_.get(), *this);
  socket_.reset();
  log_.push(Event("close").word(Key::proto, "udp").word(Key::reason, "stopped").local(local_));
}

}  // namespace echo
