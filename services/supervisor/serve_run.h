#pragma once

#include "services/supervisor/options.h"
#include "services/supervisor/terminal_run.h"

namespace echo {

// A server: started at once, ready when a socket is bound to its port.
class ServeRun final : public TerminalRun {
 public:
  ServeRun(const ServeOptions& options, Signals& signals, EventWriter& events);

 private:
  void begin(Clock::time_point now) override;
  std::optional<Clock::time_point> act(Clock::time_point now) override;

  std::uint16_t port_;
  Protocols protocols_;
  bool ready_ = false;
  Clock::time_point started_{}, look_at_{};
};

}  // namespace echo
