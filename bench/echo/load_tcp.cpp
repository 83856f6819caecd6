#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "bench/echo/load.h"
#include "bench/echo/pattern.h"
#include "lab/base/file.h"

namespace echolab::bench::load {

namespace {

// One connection; what it sends is the pattern from `origin` on, so that no two connections send the same.
struct Connection {
  UniqueFd socket;
  std::uint64_t origin = 0;
  std::uint64_t sent = 0, received = 0;
  std::int64_t sent_at = 0;
};

// Tries again for a while: the server may still be starting.
UniqueFd connect_to(const sockaddr_in& server, std::int64_t give_up) {
  for (;;) {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) throw NoAnswer("no socket: too many open files?");
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&server), sizeof server) == 0) {
      const int on = 1;
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      // Closed with a reset: tens of thousands of connections would else wait a minute in TIME_WAIT.
      const linger at_once{1, 0};
      ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return socket;
    }
    if (now_ns() > give_up) throw NoAnswer("the server accepts no connection");
    ::usleep(2000);
  }
}

class TcpLoad {
 public:
  TcpLoad(const Order& order, bool streams)
      : order_(order), streams_(streams), loop_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(Pattern::longest) {
    const std::int64_t give_up = now_ns() + patience_ns;
    for (unsigned i = 0; i < order.sockets; ++i) {
      Connection& one = connections_.emplace_back(Connection{connect_to(order.server, give_up), i * 7919ULL});
      epoll_event event{streams ? EPOLLIN | EPOLLOUT : EPOLLIN, {.u32 = i}};
      ::epoll_ctl(loop_.get(), EPOLL_CTL_ADD, one.socket.get(), &event);
    }
  }

  Outcome run() {
    const std::int64_t begin = now_ns() + warm_up_ns;
    const std::int64_t end = begin + static_cast<std::int64_t>(order_.seconds * 1e9);
    std::int64_t now = now_ns();
    for (Connection& one : connections_) send(one, now);
    std::array<epoll_event, 256> events;
    while (now < end) {
      const int count = ::epoll_wait(loop_.get(), events.data(), events.size(), patience_ns / 1'000'000);
      if (count == 0) throw NoAnswer("the server answers no more");
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        Connection& one = connections_[event.data.u32];
        if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) now = receive(one, now);
        if ((event.events & EPOLLOUT) != 0) send(one, now);
      }
      if (!measuring_ && now >= begin) {
        measuring_ = true;
        begun_at_ = now;
      }
    }
    outcome_.seconds = static_cast<double>(now - begun_at_) / 1e9;
    return outcome_;
  }

 private:
  // Pings are whole messages; a stream is what one call takes, for else its echo would wait.
  void send(Connection& one, std::int64_t now) {
    one.sent_at = now;
    const ssize_t taken =
        ::send(one.socket.get(), pattern_.at(one.origin + one.sent), order_.size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN) throw NoAnswer("the server closed a connection");
    if (taken > 0) one.sent += static_cast<std::uint64_t>(taken);
  }

  // Returns the time after the system call.
  std::int64_t receive(Connection& one, std::int64_t now) {
    const ssize_t got = ::recv(one.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return now;
    if (got <= 0) throw NoAnswer("the server closed a connection");
    const auto size = static_cast<std::size_t>(got);
    now = now_ns();
    const bool right = one.received + size <= one.sent &&
                       std::memcmp(buffer_.data(), pattern_.at(one.origin + one.received), size) == 0;
    if (!right) ++outcome_.wrong;
    one.received += size;
    if (streams_) {
      if (measuring_ && right) outcome_.echoes += size;
    } else if (one.received >= one.sent) {
      if (measuring_ && right) {
        ++outcome_.echoes;
        outcome_.round_trips.add(now - one.sent_at);
      }
      send(one, now);
    }
    return now;
  }

  const Order& order_;
  bool streams_;
  UniqueFd loop_;
  Pattern pattern_;
  std::vector<char> buffer_;
  std::vector<Connection> connections_;
  Outcome outcome_;
  bool measuring_ = false;
  std::int64_t begun_at_ = 0;
};

}  // namespace

Outcome ping_pong(const Order& order) {
  return TcpLoad(order, false).run();
}

Outcome stream(const Order& order) {
  return TcpLoad(order, true).run();
}

}  // namespace echolab::bench::load
