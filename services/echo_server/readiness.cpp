#include "services/echo_server/readiness.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace echo {

Readiness::Readiness() : set_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!set_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

bool Readiness::watch(int fd, Watcher& watcher, std::uint32_t events) {
  epoll_event event{events, {.ptr = &watcher}};
  return ::epoll_ctl(set_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Readiness::change(int fd, Watcher& watcher, std::uint32_t events) {
  epoll_event event{events, {.ptr = &watcher}};
  return ::epoll_ctl(set_.get(), EPOLL_CTL_MOD, fd, &event) == 0;
}

void Readiness::forget(int fd, const Watcher& watcher) {
  ::epoll_ctl(set_.get(), EPOLL_CTL_DEL, fd, nullptr);
  for (int i = 0; i < count_; ++i) {
    epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &watcher) event.data.ptr = nullptr;
  }
}

void Readiness::run() noexcept {
  while (!stopped_) {
    // Of a set of our own it fails only with EINTR.
    const int count = ::epoll_wait(set_.get(), events_.data(), static_cast<int>(events_.size()), -1);
    count_ = std::max(count, 0);
    tell_ready();
  }
}

void Readiness::tell_ready() {
  for (int i = 0; i < count_; ++i) {
    const epoll_event event = events_[static_cast<std::size_t>(i)];
    auto* const watcher = static_cast<Watcher*>(event.data.ptr);
    if (watcher == nullptr) continue;  // forgotten by one before it
    const auto alive = watcher->shared_from_this();
    watcher->on_ready(event.events);
  }
  count_ = 0;
}

}  // namespace echo
