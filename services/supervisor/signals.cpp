#include "services/supervisor/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "services/common/failure.h"

namespace echo {

Signals::Signals() : parent_(::getppid()) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGCHLD}) ::sigaddset(&set, number);
  fd_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_) throw Failure("watch for signals", errno);
}

Signals::Seen Signals::take() {
  Seen seen;
  signalfd_siginfo info{};
  while (::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const auto number = static_cast<int>(info.ssi_signo);
    if (number == SIGCHLD) {
      seen.child = true;
      continue;
    }
    // SI_USER is what only kill(2) sets, with the sender's number as this namespace sees it: 0 from outside. Any other
    // code a sender may invent (rt_sigqueueinfo(2)), but neither this one nor the kernel's own: a terminal's Ctrl+C.
    const bool from_parent =
        info.ssi_code == SI_USER && (info.ssi_pid == 0 || info.ssi_pid == static_cast<std::uint32_t>(parent_));
    const bool from_keyboard = info.ssi_code == SI_KERNEL && number == SIGINT;
    if (!from_parent && !from_keyboard) continue;
    (number == SIGUSR1 ? seen.start : seen.stop) = true;
  }
  return seen;
}

}  // namespace echo
