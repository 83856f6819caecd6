#include "services/supervisor/drive_run.h"

#include <algorithm>

namespace echo {

DriveRun::DriveRun(const DriveOptions& options, Signals& signals, EventWriter& events)
    : TerminalRun({options.program, options.place.work, options.grace, true}, signals, events),
      start_delay_(options.start_delay),
      time_(options.time),
      waits_(options.wait_for_start),
      feeder_(options.lines, {options.quiet, options.reply_timeout}) {}

void DriveRun::begin(Clock::time_point now) {
  events().write("ready");
  if (!waits_) start_at_ = now + start_delay_;
}

void DriveRun::released() {
  if (!waits_) return;
  waits_ = false;
  start_at_ = Clock::now() + start_delay_;
}

void DriveRun::took_output(std::string_view bytes, Clock::time_point now) {
  feeder_.took_output(bytes, now);
}

std::optional<TerminalRun::Clock::time_point> DriveRun::act(Clock::time_point now) {
  if (start_at_ && now >= *start_at_) {
    start_at_.reset();
    start_program();
    feeder_.started(now);
    end_at_ = now + time_;
  }
  if (start_at_) return start_at_;
  if (!running()) return std::nullopt;
  if (now >= *end_at_) {
    stop("time", now);
    return std::nullopt;
  }
  if (all_typed() && feeder_.is_due(now, terminal().input_read())) feed(now);
  const auto wake = feeder_.wake_at(now);
  return wake ? std::min(*wake, *end_at_) : end_at_;
}

void DriveRun::feed(Clock::time_point now) {
  read_all_output(now);  // so that what follows is an answer
  const std::string line = feeder_.take_next(now, terminal().echoing());
  type(line);
  events().write("line", "\"number\":" + std::to_string(feeder_.number()));
}

}  // namespace echo
