#include "services/echo_server/readiness.h"

#include <cerrno>
#include <system_error>

namespace echo {

namespace {
int make_set() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}
}  // namespace

Readiness::Readiness(asio::io_context& loop) : set_(loop, make_set()) {}

bool Readiness::watch(int fd, Watcher& watcher, std::uint32_t events) {
  epoll_event event{events, {.ptr = &watcher}};
  return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Readiness::change(int fd, Watcher& watcher, std::uint32_t events) {
  epoll_event event{events, {.ptr = &watcher}};
  return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, fd, &event) == 0;
}

void Readiness::forget(int fd, const Watcher& watcher) {
  if (set_.is_open()) ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
  for (int i = 0; i < count_; ++i) {
    epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &watcher) event.data.ptr = nullptr;
  }
}

void Readiness::wait() {
  set_.async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& error) {
    if (!error && set_.is_open()) tell_ready();
  });
}

void Readiness::tell_ready() {
  count_ = ::epoll_wait(set_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  for (int i = 0; i < count_; ++i) {
    auto* const watcher = static_cast<Watcher*>(events_[static_cast<std::size_t>(i)].data.ptr);
    if (watcher == nullptr) continue;  // forgotten by one before it
    const auto alive = watcher->shared_from_this();
    watcher->on_ready();
  }
  count_ = 0;
  if (set_.is_open()) wait();
}

void Readiness::stop() {
  asio::error_code ignored;
  set_.close(ignored);
}

}  // namespace echo
