#pragma once

#include "services/supervisor/line_feeder.h"
#include "services/supervisor/options.h"
#include "services/supervisor/terminal_run.h"

namespace echo {

// An interactive client: held until the start, then typed to line by line.
class DriveRun final : public TerminalRun {
 public:
  DriveRun(const DriveOptions& options, Signals& signals, EventWriter& events);

 private:
  void begin(Clock::time_point now) override;
  std::optional<Clock::time_point> act(Clock::time_point now) override;
  void released() override;
  void took_output(std::string_view bytes, Clock::time_point now) override;
  void feed(Clock::time_point now);

  std::chrono::nanoseconds start_delay_, time_;
  bool waits_;
  LineFeeder feeder_;
  std::optional<Clock::time_point> start_at_;  // until it was started
  std::optional<Clock::time_point> end_at_;    // from then on
};

}  // namespace echo
