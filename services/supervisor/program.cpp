#include "services/supervisor/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "services/common/failure.h"
#include "services/common/unique_fd.h"
#include "services/supervisor/program_filter.h"

namespace echo {

namespace {

std::vector<std::string> program_environment(const std::string& work) {
  const std::array<std::string, 6> ours{"HOME=" + work, "PWD=" + work,        "LANG=C.UTF-8",
                                        "TERM=dumb",    "PYTHONUNBUFFERED=1", "PYTHONIOENCODING=utf-8"};
  std::vector<std::string> all(ours.begin(), ours.end());
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('=') + 1);
    bool replaced = text.starts_with("LC_");
    for (const std::string& one : ours) replaced = replaced || one.starts_with(name);
    if (!replaced) all.emplace_back(text);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (std::string& text : strings) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

struct Child {
  char* const* arguments;
  char* const* environment;
  const char* work;
  Streams streams;
  pid_t parent;
  int failure;  // the writing end of a pipe
};

// When memory ends the program must go, not its supervisor. (A process without privileges may raise its own score.)
void offer_to_the_oom_killer() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    [[maybe_unused]] const ssize_t written = ::write(file, "1000", 4);
    ::close(file);
  }
}

// Between fork and exec: only async-signal-safe calls.
[[noreturn]] void become_program(const Child& child) {
  constexpr int first = STDERR_FILENO + 1;
  const auto fail = [](int pipe) {
    const int error_number = errno;
    [[maybe_unused]] const ssize_t written = ::write(pipe, &error_number, sizeof error_number);
    ::_exit(127);
  };
  // Not a session of its own: then the terminal could become its controlling one, and the kernel would throw away
  // what it wrote last as it ends.
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != child.parent) ::_exit(127);
  // The streams are above 2 (main.cpp sees to that), so that none overwrites another.
  if (::dup2(child.streams.input, STDIN_FILENO) < 0 || ::dup2(child.streams.output, STDOUT_FILENO) < 0 ||
      ::dup2(child.streams.error, STDERR_FILENO) < 0 ||
      (child.failure != first && ::dup3(child.failure, first, O_CLOEXEC) < 0)) {
    fail(child.failure);
  }
  // Before this process may be looked into by others of its user, it has nothing of ours any more.
  ::close_range(first + 1, ~0U, 0);
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  offer_to_the_oom_killer();
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (!refuse_dangerous_calls()) fail(first);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir(child.work) == 0) ::execvpe(child.arguments[0], child.arguments, child.environment);
  fail(first);
  ::_exit(127);
}

}  // namespace

NotExecutable::NotExecutable(const std::string& file, int error_number)
    : text_(file.substr(0, 256) + ": " + ::strerrordesc_np(error_number)),
      exit_status_(error_number == ENOENT ? 127 : 126) {}

pid_t start_program(const std::vector<std::string>& argv, const std::string& work, const Streams& streams) {
  std::vector<std::string> arguments = argv, environment = program_environment(work);
  const std::vector<char*> argument_list = pointers(arguments), environment_list = pointers(environment);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure("make a pipe", errno);
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  const Child child{argument_list.data(), environment_list.data(), work.c_str(), streams, ::getpid(), writing.get()};
  const pid_t pid = ::fork();
  if (pid < 0) throw Failure("start " + argv.front(), errno);
  if (pid == 0) become_program(child);
  // From both sides, so that it is done for whoever needs it first.
  ::setpgid(pid, pid);
  writing.reset();
  int error_number = 0;
  if (::read(reading.get(), &error_number, sizeof error_number) == static_cast<ssize_t>(sizeof error_number)) {
    ::waitpid(pid, nullptr, 0);
    throw NotExecutable(argv.front(), error_number);
  }
  return pid;
}

}  // namespace echo
