#include "services/echo_server/wake_ups.h"

#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace echo {

namespace {

UniqueFd made(int fd, const char* attempt) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), attempt);
  return UniqueFd(fd);
}

void watch(Readiness& readiness, int fd, Readiness::Watcher& watcher) {
  if (!readiness.watch(fd, watcher, EPOLLIN)) throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

// Eight bytes, for an eventfd and a timerfd alike. False when nothing was there.
bool take(int fd) {
  std::uint64_t count = 0;
  return ::read(fd, &count, sizeof count) == static_cast<ssize_t>(sizeof count);
}

}  // namespace

Bell::Bell(Readiness& readiness, std::function<void()> on_ring)
    : readiness_(readiness),
      fd_(made(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      on_ring_(std::move(on_ring)) {}

void Bell::start() {
  watch(readiness_, fd_.get(), *this);
}

void Bell::ring() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = ::write(fd_.get(), &one, sizeof one);
}

void Bell::on_ready(std::uint32_t) {
  if (take(fd_.get())) on_ring_();
}

Alarm::Alarm(Readiness& readiness, std::function<void()> on_time)
    : readiness_(readiness),
      fd_(made(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")),
      on_time_(std::move(on_time)) {}

void Alarm::start() {
  watch(readiness_, fd_.get(), *this);
}

void Alarm::set(std::chrono::milliseconds from_now) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(from_now);
  const std::chrono::nanoseconds rest = from_now - seconds;
  const itimerspec moment{{}, {seconds.count(), rest.count()}};
  ::timerfd_settime(fd_.get(), 0, &moment, nullptr);
}

void Alarm::on_ready(std::uint32_t) {
  if (take(fd_.get())) on_time_();
}

}  // namespace echo
