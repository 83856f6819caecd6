#include "tests/support/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace echolab::test {

namespace {

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  return ends;
}

void close_fd(int& fd) {
  if (fd >= 0) ::close(std::exchange(fd, -1));
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> argv, Options options)
    : read_output_(options.read_output), name_(argv.at(0)) {
  std::vector<char*> arguments;
  for (std::string& argument : argv) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const auto input = make_pipe(), output = make_pipe(), error = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    ::dup2(input[0], STDIN_FILENO);
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(error[1], STDERR_FILENO);
    if (options.max_descriptors) {
      const rlimit limit{*options.max_descriptors, *options.max_descriptors};
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(input[0]);
  ::close(output[1]);
  ::close(error[1]);
  input_ = input[1];
  output_fd_ = output[0];
  error_fd_ = error[0];
}

ChildProcess::~ChildProcess() {
  if (!status_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  close_fd(input_);
  close_fd(output_fd_);
  close_fd(error_fd_);
}

void ChildProcess::signal(int number) const {
  if (!status_) ::kill(pid_, number);
}

void ChildProcess::write_input(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(input_, text.data(), text.size());
    if (written < 0) throw std::system_error(errno, std::generic_category(), "write to " + name_);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void ChildProcess::close_input() {
  close_fd(input_);
}
void ChildProcess::close_output() {
  close_fd(output_fd_);
}

bool ChildProcess::read_some(Clock::time_point until) {
  std::array<pollfd, 2> waits{{{read_output_ ? output_fd_ : -1, POLLIN, 0}, {error_fd_, POLLIN, 0}}};
  if (waits[0].fd < 0 && waits[1].fd < 0) return false;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  if (left <= 0 || ::poll(waits.data(), waits.size(), static_cast<int>(left)) == 0) return false;
  std::array<char, 65536> buffer;
  const auto take = [&](const pollfd& wait, int& fd, std::string& text) {
    if (wait.revents == 0) return;
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(size));
    } else {
      close_fd(fd);
    }
  };
  take(waits[0], output_fd_, output_);
  take(waits[1], error_fd_, error_);
  return true;
}

std::string ChildProcess::wait_for_error_line(std::string_view part, std::chrono::seconds limit) {
  return wait_for_line(error_, error_from_, part, limit);
}

std::string ChildProcess::wait_for_output_line(std::string_view part, std::chrono::seconds limit) {
  return wait_for_line(output_, output_from_, part, limit);
}

std::string ChildProcess::wait_for_line(const std::string& text, std::size_t& from, std::string_view part,
                                        std::chrono::seconds limit) {
  const auto until = Clock::now() + limit;
  for (;;) {
    for (std::size_t end = 0; (end = text.find('\n', from)) != std::string::npos;) {
      std::string line = text.substr(from, end - from);
      from = end + 1;
      if (line.find(part) != std::string::npos) return line;
    }
    if (!read_some(until)) give_up("no line with '" + std::string(part) + "'");
  }
}

int ChildProcess::wait(std::chrono::seconds limit) {
  const auto until = Clock::now() + limit;
  read_output_ = true;
  close_input();
  while (output_fd_ >= 0 || error_fd_ >= 0) {
    if (!read_some(until)) give_up("still running");
  }
  reap();
  return *status_;
}

void ChildProcess::reap() {
  int status = 0;
  if (status_ || ::waitpid(pid_, &status, 0) != pid_) return;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void ChildProcess::give_up(const std::string& what) const {
  throw std::runtime_error(name_ + ": " + what + "\n--- standard output\n" + output_ + "\n--- standard error\n" +
                           error_);
}

}  // namespace echolab::test
