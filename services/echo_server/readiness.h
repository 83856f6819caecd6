#pragma once
// Which of many sockets are ready, asked once for all of them. Asio asks the kernel anew (epoll_ctl) for each wait of
// each socket, which costs an echo over TCP a fifth more.

#include <sys/epoll.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <memory>

namespace echo {

// A set of its own, which the loop waits for as for one descriptor. Level-triggered: a socket that is still ready is
// told again.
class Readiness {
 public:
  class Watcher : public std::enable_shared_from_this<Watcher> {
   public:
    virtual ~Watcher() = default;
    virtual void on_ready() = 0;
  };

  explicit Readiness(asio::io_context& loop);  // throws std::system_error

  void start() { wait(); }
  void stop();  // nothing is told any more
  // The watcher, owned by a shared_ptr, must forget() before the descriptor is closed. False with errno.
  bool watch(int fd, Watcher& watcher, std::uint32_t events);
  bool change(int fd, Watcher& watcher, std::uint32_t events);
  void forget(int fd, const Watcher& watcher);

 private:
  void wait();
  void tell_ready();

  asio::posix::stream_descriptor set_;
  std::array<epoll_event, 256> events_{};
  int count_ = 0;
};

}  // namespace echo
