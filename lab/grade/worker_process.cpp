#include "lab/grade/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lab/base/error.h"
#include "lab/grade/worker_channel.h"

namespace echolab::grade {

namespace {

// Between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* argv, int channel, int log, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);
  const int null = ::open("/dev/null", O_RDONLY);
  // The channel may be any number, 3 among them: then only its close-on-exec flag has to go.
  const bool placed = channel == WorkerChannel::descriptor ? ::fcntl(channel, F_SETFD, 0) == 0
                                                           : ::dup2(channel, WorkerChannel::descriptor) >= 0;
  if (!placed || ::dup2(null, 0) < 0 || ::dup2(log, 1) < 0 || ::dup2(log, 2) < 0) ::_exit(127);
  ::execv(argv[0], argv);
  ::_exit(127);
}

}  // namespace

WorkerProcess::WorkerProcess(const std::vector<std::string>& argv, const std::filesystem::path& log) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw EnvironmentError("make a pair of sockets", errno_text(errno), "");
  }
  channel_ = UniqueFd(ends[0]);
  const UniqueFd theirs(ends[1]);
  // Above the numbers that it will be given to: no copy overwrites another's source.
  const UniqueFd log_file = create_file(log);
  const UniqueFd high(::fcntl(log_file.get(), F_DUPFD_CLOEXEC, 10));
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw EnvironmentError("start " + argv[0], errno_text(errno), "");
  if (pid_ == 0) become(words.data(), theirs.get(), high.get(), parent);
  ::setpgid(pid_, pid_);
  pidfd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd_) throw EnvironmentError("watch " + argv[0], errno_text(errno), "");
}

WorkerProcess::~WorkerProcess() {
  if (pid_ <= 0) return;
  signal(SIGKILL);
  wait();
}

void WorkerProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

int WorkerProcess::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace echolab::grade
