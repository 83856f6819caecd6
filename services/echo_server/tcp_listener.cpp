#include "services/echo_server/tcp_listener.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

#include "services/common/diagnostics.h"

namespace echo {

namespace {
constexpr int accepts_per_turn = 64;
constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::int64_t warning_gap_ns = 1'000'000'000;

UniqueFd open_reserve() {
  return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}
}  // namespace

TcpListener::TcpListener(asio::io_context& loop, BoundSocket socket, EventLog& log, ServerTotals& totals,
                         OnAccept on_accept)
    : socket_(loop, socket.fd.release()),
      pause_(loop),
      local_(socket.local),
      log_(log),
      totals_(totals),
      on_accept_(std::move(on_accept)),
      reserve_(open_reserve()) {}

void TcpListener::wait() {
  socket_.async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& error) {
    if (!error && !stopped_) accept_waiting();
  });
}

void TcpListener::accept_waiting() {
  for (int i = 0; i < accepts_per_turn; ++i) {
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    UniqueFd socket(
        ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&name), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
      on_accept_(std::move(socket), Endpoint::from(name));
      continue;
    }
    const int error = errno;
    if (error == EAGAIN) break;
    // accept(2): errors of the new connection surface here and mean "try the next one".
    if (error == EINTR || error == ECONNABORTED || error == EPROTO) continue;
    log_error("accept", error);
    if ((error == EMFILE || error == ENFILE) && refuse_one()) continue;
    pause_.expires_after(pause_without_descriptors);
    pause_.async_wait([this](const asio::error_code& aborted) {
      if (!aborted && !stopped_) wait();
    });
    return;
  }
  wait();
}

bool TcpListener::refuse_one() {
  if (!reserve_) reserve_ = open_reserve();
  if (!reserve_) return false;
  reserve_.reset();
  UniqueFd refused(::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC));
  const bool taken = static_cast<bool>(refused) || errno == EAGAIN;
  refused.reset();
  reserve_ = open_reserve();
  return taken;
}

void TcpListener::log_error(Word operation, int error) {
  ++totals_.errors;
  log_.push(Event("error")
                .word(Key::proto, "tcp")
                .word(Key::operation, operation)
                .word(Key::error, Word::of_errno(error))
                .local(local_));
  const std::int64_t now = monotonic_ns();
  if (warned_at_ns_ != 0 && now - warned_at_ns_ < warning_gap_ns) return;
  warned_at_ns_ = now;
  warn("accept on " + local_.to_string() + ": " + Word::of_errno(error).text() + "; the connection is refused");
}

void TcpListener::stop() {
  stopped_ = true;
  asio::error_code ignored;
  socket_.close(ignored);
  pause_.cancel();
  log_.push(Event("close").word(Key::proto, "tcp").word(Key::reason, "stopped").local(local_));
}

}  // namespace echo
