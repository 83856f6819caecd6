#include "lab/engine/local/event_loop.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

#include "lab/base/error.h"

namespace echolab::engine::local {

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw EnvironmentError("watch descriptors", errno_text(errno), "");
}

void EventLoop::add(int fd, Callback ready) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    throw EnvironmentError("watch a descriptor", errno_text(errno), "");
  }
  callbacks_[fd] = std::move(ready);
}

void EventLoop::wants_to_write(int fd, bool wanted) {
  epoll_event event{.events = EPOLLIN | (wanted ? std::uint32_t{EPOLLOUT} : 0u), .data = {.fd = fd}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::remove(int fd) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  callbacks_.erase(fd);
}

void EventLoop::wait(std::chrono::milliseconds most) {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(std::max<std::int64_t>(most.count(), 0)));
  for (int i = 0; i < count; ++i) {
    const auto found = callbacks_.find(events[static_cast<std::size_t>(i)].data.fd);
    if (found == callbacks_.end()) continue;
    const Callback ready = found->second;  // it may remove itself
    ready();
  }
}

}  // namespace echolab::engine::local
