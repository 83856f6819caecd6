#pragma once
// When to type the next line into an interactive client: a person would read the answer first.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace echo {

// Pure: time is passed in. The next line's time has come when the program has read the last one and
//   its output since then ends within a line (a prompt) and rests for `prompt_rest`, or
//   it has written something and rests for `quiet`;
// and when `reply_timeout` has passed since the last line, whatever it did.
class LineFeeder {
 public:
  using Clock = std::chrono::steady_clock;
  // Programs write the parts of a line one by one.
  static constexpr std::chrono::milliseconds prompt_rest{20};
  // The kernel has no event for "it has read its input".
  static constexpr std::chrono::milliseconds look_again{10};
  struct Pace {
    std::chrono::nanoseconds quiet, reply_timeout;
  };

  // An empty line follows the last one.
  LineFeeder(std::vector<std::string> lines, const Pace& pace);

  void started(Clock::time_point now) { fed_at_ = now; }
  void took_output(std::string_view bytes, Clock::time_point now);
  bool done() const { return next_ == lines_.size(); }
  // When to ask is_due() again, if no output comes before; nothing when all lines are fed, or before the start.
  std::optional<Clock::time_point> wake_at(Clock::time_point now) const;
  bool is_due(Clock::time_point now, bool input_read) const;
  // The next line with its line end. `echoed`: it will appear in the output, and is no answer there.
  std::string take_next(Clock::time_point now, bool echoed);
  std::size_t number() const { return next_; }  // of the line taken last, from 1

 private:
  std::optional<Clock::time_point> answer_complete_at() const;

  std::vector<std::string> lines_;
  Pace pace_;
  std::size_t next_ = 0;
  std::size_t echo_left_ = 0;  // bytes of the echo that have not come yet
  bool answered_ = false;      // there was output beyond the echo
  bool within_line_ = false;
  std::optional<Clock::time_point> fed_at_;
  Clock::time_point last_output_{};
};

}  // namespace echo
