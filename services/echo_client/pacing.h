#pragma once
// When the next message may go: not before its turn, and not with more requests in flight than the window allows.

#include <cstdint>

namespace echo {

class Pacing {
 public:
  Pacing(std::uint64_t count, std::uint64_t window, std::int64_t interval_ns)
      : count_(count), window_(window), interval_ns_(interval_ns) {}

  bool all_taken() const { return next_ > count_; }
  bool window_allows(std::uint64_t in_flight) const { return !all_taken() && in_flight < window_; }
  std::int64_t due_ns() const { return due_ns_; }
  std::uint64_t next() const { return next_; }
  void take(std::int64_t now_ns) {
    ++next_;
    // Turns are counted from the first send. Those that passed while the window was full are not made up for in a burst:
    // they are counted anew from this send.
    const bool in_turn = now_ns - due_ns_ < interval_ns_;
    due_ns_ = (in_turn ? due_ns_ : now_ns) + interval_ns_;
  }

 private:
  std::uint64_t count_, window_;
  std::int64_t interval_ns_;
  std::uint64_t next_ = 1;
  std::int64_t due_ns_ = 0;
};

}  // namespace echo
