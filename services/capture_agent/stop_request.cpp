#include "services/capture_agent/stop_request.h"

#include <signal.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "services/common/failure.h"

namespace echo {

StopRequest::StopRequest(std::string stop_file) : stop_file_(std::move(stop_file)) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) throw Failure("watch for signals", errno);

  if (stop_file_.empty()) return;
  const std::filesystem::path folder = std::filesystem::absolute(stop_file_).parent_path();
  watch_ = UniqueFd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!watch_ || ::inotify_add_watch(watch_.get(), folder.c_str(), IN_CREATE | IN_MOVED_TO) < 0) {
    throw Failure("watch folder " + folder.string(), errno);
  }
}

int StopRequest::count() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) ++signals_seen_;
  if (watch_) {
    alignas(inotify_event) std::array<char, 4096> events;
    while (::read(watch_.get(), events.data(), events.size()) > 0) {
    }
    file_seen_ = file_seen_ || file_exists();
  }
  return signals_seen_ + (file_seen_ ? 1 : 0);
}

bool StopRequest::file_exists() const {
  struct stat status {};
  return ::stat(stop_file_.c_str(), &status) == 0;
}

}  // namespace echo
