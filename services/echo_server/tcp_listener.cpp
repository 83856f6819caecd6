#include "services/echo_server/tcp_listener.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
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

TcpListener::TcpListener(Readiness& readiness, BoundSocket socket, EventLog& log, ServerTotals& totals,
                         OnAccept on_accept)
    : readiness_(readiness),
      socket_(std::move(socket.fd)),
      pause_end_(std::make_shared<Alarm>(readiness,
                                         [this] {
                                           if (socket_) readiness_.change(socket_.get(), *this, EPOLLIN);
                                         })),
      local_(socket.local),
      log_(log),
      totals_(totals),
      on_accept_(std::move(on_accept)),
      reserve_(open_reserve()) {}

void TcpListener::start() {
  pause_end_->start();
  if (!readiness_.watch(socket_.get(), *this, EPOLLIN)) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

void TcpListener::accept_waiting() {
  for (int i = 0; i < accepts_per_turn; ++i) {
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    UniqueFd socket(
        ::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&name), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
      on_accept_(std::move(socket), Endpoint::from(name));
      continue;
    }
    const int error = errno;
    if (error == EAGAIN) return;
    // accept(2): errors of the new connection surface here and mean "try the next one".
    if (error == EINTR || error == ECONNABORTED || error == EPROTO) continue;
    log_error("accept", error);
    if ((error == EMFILE || error == ENFILE) && refuse_one()) continue;
    readiness_.change(socket_.get(), *this, 0);
    return pause_end_->set(pause_without_descriptors);
  }
}

bool TcpListener::refuse_one() {
  if (!reserve_) reserve_ = open_reserve();
  if (!reserve_) return false;
  reserve_.reset();
  UniqueFd refused(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
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
  readiness_.forget(socket_.get(), *this);
  socket_.reset();
  log_.push(Event("close").word(Key::proto, "tcp").word(Key::reason, "stopped").local(local_));
}

}  // namespace echo
