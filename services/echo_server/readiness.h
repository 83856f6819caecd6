#pragma once
// A thread's loop: which of its sockets are ready, asked once for all of them (epoll(7)). Asio asks the kernel anew for
// each wait of each socket and goes through a loop of its own, which cost a single echo a third more.

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <memory>

#include "services/common/unique_fd.h"

namespace echo {

// A socket that is still ready is told again, but with EPOLLET only when something new came. Everything but the
// constructor belongs to one thread.
class Readiness {
 public:
  class Watcher : public std::enable_shared_from_this<Watcher> {
   public:
    virtual ~Watcher() = default;
    virtual void on_ready(std::uint32_t events) = 0;  // of epoll_ctl(2)
  };

  Readiness();  // throws std::system_error

  // Tells the watchers until stop().
  void run() noexcept;
  void stop() { stopped_ = true; }
  // The watcher, owned by a shared_ptr, must forget() before the descriptor is closed. False with errno.
  bool watch(int fd, Watcher& watcher, std::uint32_t events);
  bool change(int fd, Watcher& watcher, std::uint32_t events);  // 0: only errors
  void forget(int fd, const Watcher& watcher);

 private:
  void tell_ready();

  UniqueFd set_;
  std::array<epoll_event, 256> events_{};
  int count_ = 0;
  bool stopped_ = false;
};

}  // namespace echo
