#include "bench/core/programs.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <sstream>

#include "lab/base/error.h"

namespace echolab::bench {

namespace {

constexpr std::size_t most_kept = std::size_t{1} << 20;
constexpr int longest_silence = 600'000;  // ms: of a program that hangs, so that the others are still measured

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// The three standard streams of a child: /dev/null, but for one that may go to a descriptor of ours.
class Streams {
 public:
  Streams() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  ~Streams() { ::posix_spawn_file_actions_destroy(&actions_); }
  void connect(int stream, int to) { ::posix_spawn_file_actions_adddup2(&actions_, to, stream); }

  pid_t spawn(const CommandLine& command) const {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t child = 0;
    const int error = ::posix_spawnp(&child, arguments[0], &actions_, nullptr, arguments.data(), environ);
    if (error != 0) throw EnvironmentError("run " + command[0], errno_text(error), "");
    return child;
  }

 private:
  posix_spawn_file_actions_t actions_{};
};

MeasuredRun wait_for_end(pid_t child, double begin) {
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  MeasuredRun run;
  run.seconds = monotonic_seconds() - begin;
  run.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  run.peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;  // kibibytes on Linux
  run.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return run;
}

}  // namespace

double monotonic_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Program::Program(const CommandLine& command, Read read) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw EnvironmentError("make a pipe", errno_text(errno), "");
  stream_ = UniqueFd(ends[0]);
  const UniqueFd write(ends[1]);
  Streams streams;
  streams.connect(read == Read::output ? STDOUT_FILENO : STDERR_FILENO, write.get());
  begin_ = monotonic_seconds();
  pid_ = streams.spawn(command);
}

Program::~Program() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  wait_for_end(pid_, begin_);
}

bool Program::read_on() {
  std::array<char, 4096> buffer;
  ssize_t length = 0;
  pollfd waiting{stream_.get(), POLLIN, 0};
  if (::poll(&waiting, 1, longest_silence) == 0) {
    ::kill(pid_, SIGKILL);
    return false;
  }
  do {
    length = ::read(stream_.get(), buffer.data(), buffer.size());
  } while (length < 0 && errno == EINTR);
  if (length <= 0) return false;
  if (said_.size() < most_kept) said_.append(buffer.data(), static_cast<std::size_t>(length));
  return true;
}

bool Program::wait_for(std::string_view text) {
  while (said_.find(text) == std::string::npos) {
    if (!read_on()) return false;
  }
  return true;
}

MeasuredRun Program::end(int signal) {
  if (signal != 0) ::kill(pid_, signal);
  while (read_on()) {
  }
  const MeasuredRun run = wait_for_end(pid_, begin_);
  pid_ = -1;
  return run;
}

MeasuredRun run_measured(const CommandLine& command) {
  const double begin = monotonic_seconds();
  return wait_for_end(Streams().spawn(command), begin);
}

std::string output_of(const CommandLine& command) {
  try {
    Program program(command, Program::Read::output);
    program.end();
    return program.said();
  } catch (const EnvironmentError&) {
    return "";
  }
}

bool is_installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace echolab::bench
