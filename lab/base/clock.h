#pragma once
// Time is passed in: code that decides takes a Deadline or a time point, and only the edges read a clock.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace echolab {

using Nanoseconds = std::chrono::nanoseconds;
using Monotonic = std::chrono::steady_clock::time_point;  // CLOCK_MONOTONIC: deadlines
using WallTime = std::chrono::system_clock::time_point;   // CLOCK_REALTIME: display and ids only

// A point after which waiting is an error.
class Deadline {
 public:
  static Deadline in(Nanoseconds duration) { return Deadline(std::chrono::steady_clock::now() + duration); }
  explicit Deadline(Monotonic at) : at_(at) {}
  Monotonic at() const { return at_; }
  bool passed(Monotonic now = std::chrono::steady_clock::now()) const { return now >= at_; }
  // Never negative; for poll(2) and curl, rounded up so that the wait does not end before the deadline.
  std::chrono::milliseconds left(Monotonic now = std::chrono::steady_clock::now()) const;

 private:
  Monotonic at_;
};

// "250us", "100ms", "1.5s", "2m": what scenarios write. nullopt for anything else, negatives and overflow.
std::optional<Nanoseconds> parse_duration(std::string_view text);
// Shortest exact form in the same notation: "100ms", "2s", "90s" (never "1m30s").
std::string format_duration(Nanoseconds duration);
// For people: three significant digits, "1.23 ms", "12.3 s".
std::string humanize_duration(Nanoseconds duration);
// RFC 3339 in UTC with milliseconds: "2026-11-22T22:15:30.123Z".
std::string format_rfc3339(WallTime time);

}  // namespace echolab
