#include "bench/echo/server_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <utility>

#include "lab/base/error.h"

namespace echolab::bench {

namespace {

constexpr std::size_t head_size = 65536, tail_size = 8192;

pid_t spawn(const CommandLine& command, int output, int errors) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw EnvironmentError("run " + command[0], errno_text(error), "");
  return child;
}

std::array<UniqueFd, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw EnvironmentError("make a pipe", errno_text(errno), "");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// What getrusage(2) calls the peak includes that of the program that started it.
std::uint64_t peak_bytes_of(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ServerProcess::ServerProcess(const CommandLine& command) : begin_(monotonic_seconds()) {
  auto [output, output_end] = make_pipe();
  auto [errors, errors_end] = make_pipe();
  pid_ = spawn(command, output_end.get(), errors_end.get());
  output_ = std::move(output);
  errors_ = std::move(errors);
  reader_ = std::thread([this] { read_away(); });
}

ServerProcess::~ServerProcess() {
  if (pid_ >= 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (reader_.joinable()) reader_.join();
}

void ServerProcess::read_away() {
  std::array<char, 65536> buffer;
  std::array<pollfd, 2> waits{{{output_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}}};
  while (waits[0].fd >= 0 || waits[1].fd >= 0) {
    ::poll(waits.data(), waits.size(), -1);
    for (pollfd& wait : waits) {
      if (wait.fd < 0 || wait.revents == 0) continue;
      const ssize_t got = ::read(wait.fd, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        wait.fd = -1;
        continue;
      }
      const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
      if (head_.size() < head_size) {
        const std::lock_guard guard(mutex_);
        head_ += text;
        changed_.notify_all();
      }
      if (&wait == &waits[1]) {
        tail_ += text.substr(text.size() - std::min(text.size(), tail_size));
        if (tail_.size() > tail_size) tail_.erase(0, tail_.size() - tail_size);
      }
    }
  }
  const std::lock_guard guard(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool ServerProcess::wait_for(std::string_view text) {
  std::unique_lock guard(mutex_);
  const auto has_said = [&] { return head_.find(text) != std::string::npos; };
  changed_.wait_for(guard, std::chrono::seconds(5), [&] { return ended_ || has_said(); });
  return has_said();
}

void ServerProcess::keep_first_thread_on(int processor) const {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<unsigned>(processor), &one);
  ::sched_setaffinity(pid_, sizeof one, &one);
}

MeasuredRun ServerProcess::stop() {
  MeasuredRun run;
  run.peak_bytes = peak_bytes_of(pid_);
  ::kill(pid_, SIGTERM);
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  reader_.join();
  run.seconds = monotonic_seconds() - begin_;
  run.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  run.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return run;
}

}  // namespace echolab::bench
