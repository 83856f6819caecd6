#include <fcntl.h>
#include <unistd.h>

#include "services/common/event_writer.h"
#include "services/common/failure.h"
#include "services/supervisor/build_run.h"
#include "services/supervisor/drive_run.h"
#include "services/supervisor/options.h"
#include "services/supervisor/processes.h"
#include "services/supervisor/serve_run.h"
#include "services/supervisor/submission_copy.h"

namespace {

constexpr int supervisor_failed = 125;

struct Run {
  echo::Signals& signals;
  echo::EventWriter& events;

  int operator()(const echo::ServeOptions& options) const { return echo::ServeRun(options, signals, events).run(); }
  int operator()(const echo::DriveOptions& options) const { return echo::DriveRun(options, signals, events).run(); }
  int operator()(const echo::BuildOptions& options) const { return echo::BuildRun(options, signals, events).run(); }
  int operator()(int status) const { return status; }
};

const echo::Workplace* workplace_of(const echo::Options& options) {
  return std::visit(
      [](const auto& one) -> const echo::Workplace* {
        if constexpr (requires { one.place; }) {
          return &one.place;
        } else {
          return nullptr;
        }
      },
      options);
}

}  // namespace

int main(int argc, char** argv) {
  const echo::Options options = echo::read_options(argc, argv);
  const echo::Workplace* const place = workplace_of(options);
  if (place == nullptr) return std::get<int>(options);
  // Descriptors of ours are never 0, 1 or 2.
  int null = 0;
  while ((null = ::open("/dev/null", O_RDWR | O_CLOEXEC)) >= 0 && null <= STDERR_FILENO) {
  }
  ::close(null);

  echo::EventWriter events("-");
  try {
    echo::guard_this_process();
    echo::Signals signals;
    events.write("process", "\"program\":\"supervisor\",\"version\":\"" ECHOLAB_VERSION "\",\"pid\":" +
                                std::to_string(::getpid()));
    echo::copy_submission(place->from, place->work);
    return std::visit(Run{signals, events}, options);
  } catch (const echo::Failure& failure) {
    echo::kill_everything(-1);
    events.write("error", "\"operation\":" + echo::json_string(failure.operation()) +
                              ",\"error\":" + echo::json_string(failure.cause()));
    return supervisor_failed;
  }
}
