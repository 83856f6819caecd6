#include "tests/support/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
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

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!added.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
  }
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  return all;
}

// Waits for the end of a process, which may have closed its streams long before.
bool ended_before(pid_t pid, std::chrono::steady_clock::time_point until) {
  int process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  int ready = -1;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd waiting{process, POLLIN, 0};
    ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
  } while (ready < 0 && errno == EINTR);
  close_fd(process);
  return ready > 0;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (std::string& text : strings) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

ChildProcess::ChildProcess(Command command) : read_output_(command.read_output), name_(command.argv.at(0)) {
  std::vector<std::string> environment = merged_environment(command.environment);
  const std::vector<char*> arguments = pointers(command.argv), variables = pointers(environment);
  // The last pipe closes when the program starts, or brings the errno of why it did not.
  const auto input = make_pipe(), output = make_pipe(), error = make_pipe(), start = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    ::dup2(input[0], STDIN_FILENO);
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(error[1], STDERR_FILENO);
    if (command.max_descriptors) {
      const rlimit limit{*command.max_descriptors, *command.max_descriptors};
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (command.folder.empty() || ::chdir(command.folder.c_str()) == 0) {
      ::execvpe(arguments[0], arguments.data(), variables.data());
    }
    const int reason = errno;
    [[maybe_unused]] const ssize_t written = ::write(start[1], &reason, sizeof reason);
    ::_exit(127);
  }
  for (const int end : {input[0], output[1], error[1], start[1]}) ::close(end);
  input_ = input[1];
  output_fd_ = output[0];
  error_fd_ = error[0];
  int reason = 0;
  const bool failed = ::read(start[0], &reason, sizeof reason) > 0;
  ::close(start[0]);
  if (!failed) return;
  end();
  throw std::system_error(reason, std::generic_category(), "start " + name_);
}

ChildProcess::~ChildProcess() {
  end();
}

void ChildProcess::end() {
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

bool ChildProcess::read_some(Clock::time_point until, int watched) {
  std::array<pollfd, 3> waits{
      {{read_output_ ? output_fd_ : -1, POLLIN, 0}, {error_fd_, POLLIN, 0}, {watched, POLLIN, 0}}};
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

void ChildProcess::wait_until(const Predicate& predicate, std::chrono::seconds limit) {
  const auto until = Clock::now() + limit;
  while (!predicate(output_, error_)) {
    if (!read_some(until) && !predicate(output_, error_)) give_up("what was waited for did not come");
  }
}

bool ChildProcess::wait_until_or_end_of(const ChildProcess& other, const Predicate& predicate,
                                        std::chrono::seconds limit) {
  const auto until = Clock::now() + limit;
  int process = static_cast<int>(::syscall(SYS_pidfd_open, other.pid(), 0));
  bool holds = false, ended = false;
  while (!(holds = predicate(output_, error_)) && !ended) {
    if (!read_some(until, process)) break;
    pollfd waiting{process, POLLIN, 0};
    ended = ::poll(&waiting, 1, 0) == 1;
  }
  close_fd(process);
  if (!holds && !ended) give_up("what was waited for did not come");
  return holds;
}

int ChildProcess::wait(std::chrono::seconds limit) {
  const auto until = Clock::now() + limit;
  read_output_ = true;
  close_input();
  while (output_fd_ >= 0 || error_fd_ >= 0) {
    if (!read_some(until)) give_up("still running");
  }
  if (!status_) {
    if (!ended_before(pid_, until)) give_up("still running");
    int status = 0;
    ::waitpid(pid_, &status, 0);
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return *status_;
}

void ChildProcess::give_up(const std::string& what) const {
  throw std::runtime_error(name_ + ": " + what + "\n--- standard output\n" + output_ + "\n--- standard error\n" +
                           error_);
}

Finished run_program(const Command& command, std::chrono::seconds limit) {
  ChildProcess child(command);
  const int status = child.wait(limit);
  return {status, child.output(), child.error()};
}

bool has_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const std::filesystem::path file = std::filesystem::path(rest.substr(0, colon)) / name;
    if (::access(file.c_str(), X_OK) == 0) return true;
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  return false;
}

}  // namespace echolab::test
