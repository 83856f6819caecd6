#pragma once
// What wakes a loop besides its sockets: another thread, and time.

#include <chrono>
#include <functional>

#include "services/common/unique_fd.h"
#include "services/echo_server/readiness.h"

namespace echo {

// A call from another thread, carried out in the loop (eventfd(2)).
class Bell final : public Readiness::Watcher {
 public:
  Bell(Readiness& readiness, std::function<void()> on_ring);  // throws std::system_error
  void start();                                               // throws std::system_error
  // Any thread, also before start(). Several rings may be one call.
  void ring() const;
  void on_ready(std::uint32_t events) override;

 private:
  Readiness& readiness_;
  UniqueFd fd_;
  std::function<void()> on_ring_;
};

// A moment in the loop's own future (timerfd_create(2)).
class Alarm final : public Readiness::Watcher {
 public:
  Alarm(Readiness& readiness, std::function<void()> on_time);  // throws std::system_error
  void start();                                                // throws std::system_error
  // Once; replaces the moment set before. Zero: none.
  void set(std::chrono::milliseconds from_now) const;
  void on_ready(std::uint32_t events) override;

 private:
  Readiness& readiness_;
  UniqueFd fd_;
  std::function<void()> on_time_;
};

}  // namespace echo
