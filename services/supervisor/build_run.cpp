#include "services/supervisor/build_run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "services/common/failure.h"
#include "services/supervisor/limit_counts.h"
#include "services/supervisor/processes.h"
#include "services/supervisor/program.h"

namespace echo {

namespace {

constexpr int step_failed = 10;

// Equal trees give equal archives. Hard links are packed as files, so that the reader need not follow any.
const std::vector<std::string> pack_command{
    "tar", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--hard-dereference",
    "-cf", "-",           "."};

}  // namespace

BuildRun::BuildRun(const BuildOptions& options, Signals& signals, EventWriter& events)
    : options_(options), signals_(signals), events_(events), output_(STDERR_FILENO, options.output_bytes) {}

int BuildRun::run() {
  int status = 0;
  for (std::size_t number = 1; number <= options_.steps.size() && status == 0; ++number) {
    if (!run_step(number)) status = step_failed;
  }
  output_.finish();
  if (status == 0 && !stopped_) status = pack();
  events_.write("limits", limit_members(options_.place.work));
  return stopped_ ? 128 + SIGTERM : status;
}

bool BuildRun::run_step(std::size_t number) {
  const std::string step = "\"step\":" + std::to_string(number) + ',';
  std::string members;
  try {
    const Ending ending = run_command(options_.steps[number - 1], -1);
    if (ending.well() && !stopped_) return true;
    members = ending.members();
    if (stopped_) members += ",\"reason\":\"stopped\"";
  } catch (const NotExecutable& reason) {
    members = "\"error\":" + json_string(reason.text());
  }
  output_.finish();
  events_.write("step_failed", step + members);
  return false;
}

// Everything it leaves behind ends with it. What it prints goes to output_, but for its standard output when that is
// given.
Ending BuildRun::run_command(const std::vector<std::string>& argv, int standard_output) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure("make a pipe", errno);
  UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  ::fcntl(reading.get(), F_SETFL, O_NONBLOCK);
  const UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!nothing) throw Failure("open /dev/null", errno);
  ending_.reset();
  pid_ = start_program(argv, options_.place.work,
                       {nothing.get(), standard_output < 0 ? writing.get() : standard_output, writing.get()});
  writing.reset();
  while (!ending_ && !(kill_at_ && Clock::now() >= *kill_at_)) wait(reading);
  if (const auto ending = kill_everything(pid_); ending && !ending_) ending_ = ending;
  std::array<char, 65536> buffer;
  for (ssize_t size = 0; (size = ::read(reading.get(), buffer.data(), buffer.size())) > 0;) {
    output_.append({buffer.data(), static_cast<std::size_t>(size)});
  }
  return *ending_;
}

void BuildRun::wait(UniqueFd& output) {
  std::array<pollfd, 2> waits{{{signals_.fd(), POLLIN, 0}, {output.get(), POLLIN, 0}}};
  int timeout_ms = -1;
  if (kill_at_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*kill_at_ - Clock::now());
    timeout_ms = static_cast<int>(std::max<std::int64_t>(0, left.count()));
  }
  if (::poll(waits.data(), waits.size(), timeout_ms) < 0 && errno != EINTR) throw Failure("wait", errno);
  if (waits[1].revents != 0) {
    std::array<char, 65536> buffer;
    const ssize_t size = ::read(output.get(), buffer.data(), buffer.size());
    if (size > 0) output_.append({buffer.data(), static_cast<std::size_t>(size)});
    if (size == 0) output.reset();  // whoever still runs has closed its streams
  }
  if (waits[0].revents == 0) return;
  const Signals::Seen seen = signals_.take();
  if (seen.child && !ending_) ending_ = reap_ended(pid_);
  if (!seen.stop || stopped_) return;
  stopped_ = true;
  ::kill(-pid_, SIGINT);
  kill_at_ = Clock::now() + options_.grace;
}

int BuildRun::pack() {
  const std::string operation = "pack " + options_.place.work;
  try {
    const Ending ending = run_command(pack_command, STDOUT_FILENO);
    output_.finish();
    if (!ending.well() && !stopped_) throw Failure(operation, "tar failed: " + ending.members());
  } catch (const NotExecutable& reason) {
    throw Failure(operation, reason.text());
  }
  return 0;
}

}  // namespace echo
