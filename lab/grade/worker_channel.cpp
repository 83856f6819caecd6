#include "lab/grade/worker_channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lab/base/error.h"

namespace echolab::grade {

namespace {

constexpr std::size_t most_bytes = 2000;  // of one message

}  // namespace

void WorkerChannel::send(const WorkerMessage& message) {
  if (!fd_) return;
  std::string bytes(1, static_cast<char>('0' + static_cast<int>(message.kind)));
  bytes += message.text.substr(0, most_bytes - 1);
  ssize_t sent = 0;
  do {
    sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
}

void WorkerChannel::acquire(Interrupt& interrupt) {
  if (!fd_ || holds_) return;
  send({WorkerMessage::Kind::wants});
  std::array<pollfd, 2> waits{{{fd_.get(), POLLIN, 0}, {interrupt.fd(), POLLIN, 0}}};
  while (::poll(waits.data(), waits.size(), -1) < 0 && errno == EINTR) {
  }
  interrupt.check();
  char answer = 0;
  if (::recv(fd_.get(), &answer, 1, 0) != 1) throw Interrupted();
  holds_ = true;
}

void WorkerChannel::release() {
  if (!holds_) return;
  holds_ = false;
  send({WorkerMessage::Kind::releases});
}

std::optional<WorkerMessage> receive(int fd) {
  std::array<char, most_bytes> bytes{};
  const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got < 1) return {};
  const int kind = bytes[0] - '0';
  if (kind < 0 || kind > static_cast<int>(WorkerMessage::Kind::fault)) return {};
  return WorkerMessage{static_cast<WorkerMessage::Kind>(kind),
                       std::string(bytes.data() + 1, static_cast<std::size_t>(got - 1))};
}

void grant(int fd) {
  [[maybe_unused]] const ssize_t sent = ::send(fd, "g", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace echolab::grade
