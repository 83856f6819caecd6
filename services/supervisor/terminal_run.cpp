#include "services/supervisor/terminal_run.h"

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

using namespace std::chrono_literals;

constexpr std::size_t output_most = std::size_t{64} * 1024;  // in our memory; then the program waits
constexpr std::size_t piece = 4096;                          // what a terminal gives at once
constexpr auto last_words = 5s;                              // for the reader of our output, after everything has ended

// Rounded up to the next nanosecond's worth of timespec; nothing: until a descriptor has news.
timespec time_left(std::chrono::nanoseconds left) {
  left = std::max(left, 0ns);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((left - seconds).count())};
}

}  // namespace

TerminalRun::TerminalRun(Settings settings, Signals& signals, EventWriter& events)
    : settings_(std::move(settings)),
      signals_(signals),
      events_(events),
      terminal_(settings_.echoes),
      output_(STDOUT_FILENO, output_most) {}

int TerminalRun::run() {
  begin(Clock::now());
  while (!ending_ && not_executed_.empty() && !(reason_ && pid_ < 0)) {
    const auto now = Clock::now();
    if (kill_at_ && now >= *kill_at_) {
      killed_ = true;
      break;
    }
    auto wake = act(now);
    if (kill_at_) wake = wake ? std::min(*wake, *kill_at_) : *kill_at_;
    if (!ending_ && not_executed_.empty()) wait(wake);
  }
  finish();
  const int status = report_end();
  if (settings_.stays) stay();
  return status;
}

void TerminalRun::start_program() {
  try {
    const int output = terminal_.program_output();
    pid_ = echo::start_program(settings_.program, settings_.work, {terminal_.program_input(), output, output});
    terminal_.started();
    events_.write("start");
  } catch (const NotExecutable& reason) {
    not_executed_ = reason.text();
    exit_status_ = reason.exit_status();
  }
}

void TerminalRun::stop(Word reason, Clock::time_point now) {
  if (reason_) return;
  reason_ = reason;
  // Whoever asked may come back with SIGKILL before the end.
  events_.write("limits", limit_members(settings_.work));
  if (!running()) return;
  ::kill(-pid_, SIGINT);
  kill_at_ = now + settings_.grace;
}

void TerminalRun::wait(std::optional<Clock::time_point> until) {
  output_.flush();
  const bool room = output_.has_room(piece);
  std::array<pollfd, 4> waits{{{signals_.fd(), POLLIN, 0},
                               {output_ended_ || !room ? -1 : terminal_.output_fd(), POLLIN, 0},
                               {output_.pending() ? output_.fd() : -1, POLLOUT, 0},
                               {typed_.empty() ? -1 : terminal_.input_fd(), POLLOUT, 0}}};
  timespec left{};
  if (until) left = time_left(*until - Clock::now());
  if (::ppoll(waits.data(), waits.size(), until ? &left : nullptr, nullptr) < 0 && errno != EINTR) {
    throw Failure("wait", errno);
  }
  const auto now = Clock::now();
  if (waits[1].revents != 0) read_output(now);
  if (waits[3].revents != 0) type_more();
  if (waits[0].revents == 0) return;
  const Signals::Seen seen = signals_.take();
  if (seen.child && !ending_) ending_ = reap_ended(pid_);
  if (seen.start) released();
  if (seen.stop) stop("stopped", now);
}

// False when there is nothing more to read now, or no room for it.
bool TerminalRun::read_output(Clock::time_point now) {
  if (output_ended_ || !output_.has_room(piece)) return false;
  std::array<char, piece> buffer;
  const ssize_t size = ::read(terminal_.output_fd(), buffer.data(), buffer.size());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  // EIO: the program has hung up its terminal.
  output_ended_ = size <= 0;
  if (output_ended_) return false;
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
  output_.append(bytes);
  took_output(bytes, now);
  return true;
}

void TerminalRun::read_all_output(Clock::time_point now) {
  while (read_output(now)) {
  }
}

void TerminalRun::type_more() {
  try {
    typed_.erase(0, terminal_.type(typed_));
  } catch (const Failure&) {
    typed_.clear();  // nobody reads it any more
  }
}

void TerminalRun::finish() {
  if (const auto ending = kill_everything(pid_); ending && !ending_) ending_ = ending;
  const auto give_up = Clock::now() + last_words;
  // Nobody writes any more: what can be read now is all.
  for (;;) {
    read_all_output(Clock::now());
    const bool more = !output_ended_ && !output_.has_room(piece);
    if (output_.flush() && !more) return;
    if (!output_.pending()) continue;
    pollfd wait{output_.fd(), POLLOUT, 0};
    const timespec left = time_left(give_up - Clock::now());
    if (::ppoll(&wait, 1, &left, nullptr) == 0) return;
  }
}

// Our node keeps its place in the network: what is sent to the ended program is on the wire, and the system says that
// nobody listens.
void TerminalRun::stay() {
  while (!reason_) {
    pollfd news{signals_.fd(), POLLIN, 0};
    if (::poll(&news, 1, -1) < 0 && errno != EINTR) throw Failure("wait", errno);
    if (signals_.take().stop) reason_ = Word("stopped");
  }
}

int TerminalRun::report_end() {
  std::string members;
  if (!not_executed_.empty()) {
    members = "\"error\":" + json_string(not_executed_);
  } else if (ending_) {
    members = ending_->members();
    exit_status_ = ending_->exit_status();
  } else {
    exit_status_ = 128 + SIGTERM;  // stopped before it was started
  }
  if (reason_) {
    members += (members.empty() ? "\"reason\":\"" : ",\"reason\":\"") + std::string(reason_->text()) + '"';
    if (killed_) members += ",\"killed\":true";
  }
  events_.write("ended", members);
  events_.write("limits", limit_members(settings_.work));
  return exit_status_;
}

}  // namespace echo
