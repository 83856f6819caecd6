#pragma once
// The steps of a build, and the packed result.

#include <sys/types.h>

#include <chrono>
#include <optional>

#include "services/common/event_writer.h"
#include "services/common/unique_fd.h"
#include "services/supervisor/ending.h"
#include "services/supervisor/options.h"
#include "services/supervisor/signals.h"
#include "services/supervisor/step_output.h"

namespace echo {

class BuildRun {
 public:
  BuildRun(const BuildOptions& options, Signals& signals, EventWriter& events);
  // The exit status. Throws Failure.
  int run();

 private:
  using Clock = std::chrono::steady_clock;

  bool run_step(std::size_t number);
  Ending run_command(const std::vector<std::string>& argv, int standard_output);
  void wait(UniqueFd& output);
  int pack();

  const BuildOptions& options_;
  Signals& signals_;
  EventWriter& events_;
  StepOutput output_;
  pid_t pid_ = -1;
  std::optional<Ending> ending_;
  bool stopped_ = false;
  std::optional<Clock::time_point> kill_at_;
};

}  // namespace echo
