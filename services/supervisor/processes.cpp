#include "services/supervisor/processes.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "services/common/failure.h"

namespace echo {

namespace {

// Of one process a namespace's init reaps at most so many at once: whoever forks without end must not hold us up.
constexpr int most_at_once = 1000;

void kill_children() {
  const std::string self = std::to_string(::getpid());
  std::ifstream children("/proc/self/task/" + self + "/children");
  for (pid_t child = 0; children >> child;) ::kill(child, SIGKILL);
}

}  // namespace

void guard_this_process() {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) throw Failure("guard this process", errno);
  if (::getpid() != 1 && ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) throw Failure("adopt orphans", errno);
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
}

std::optional<Ending> reap_ended(pid_t main) {
  std::optional<Ending> ending;
  int status = 0;
  for (int i = 0; i < most_at_once; ++i) {
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid <= 0) return ending;
    if (pid == main) ending = Ending(status);
  }
  // There may be more; their signal was taken already.
  ::kill(::getpid(), SIGCHLD);
  return ending;
}

std::optional<Ending> kill_everything(pid_t main) {
  std::optional<Ending> ending;
  for (;;) {
    // With -1 no fork escapes: the kernel walks all processes under the lock that forks take. Without a namespace of
    // our own only our children may be meant; theirs become ours as they die, and are met in the next round.
    if (::getpid() == 1) {
      ::kill(-1, SIGKILL);
    } else {
      kill_children();
    }
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, 0);
    if (pid < 0 && errno == ECHILD) return ending;
    if (pid == main && pid > 0) ending = Ending(status);
  }
}

}  // namespace echo
