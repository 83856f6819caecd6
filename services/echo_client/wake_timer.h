#pragma once
// One timer that is moved only when it must fire earlier: most echoes come long before their deadline, and re-arming a
// timer for each would cost more than the echo.

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

namespace echo {

class WakeTimer {
 public:
  WakeTimer(asio::io_context& loop, std::function<void()> on_wake) : timer_(loop), on_wake_(std::move(on_wake)) {}

  // on_wake is called at at_ns (CLOCK_MONOTONIC) or earlier, once: it looks what is due and sets the next wake.
  void wake_at(std::int64_t at_ns) {
    if (at_ns >= armed_ns_) return;
    armed_ns_ = at_ns;
    timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(at_ns)));
    timer_.async_wait([this](const asio::error_code& cancelled) {
      if (cancelled) return;
      armed_ns_ = never;
      on_wake_();
    });
  }
  void cancel() {
    armed_ns_ = never;
    timer_.cancel();
  }

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  asio::steady_timer timer_;
  std::function<void()> on_wake_;
  std::int64_t armed_ns_ = never;
};

}  // namespace echo
