#include "services/capture_agent/tcpdump.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "services/common/failure.h"

namespace echo {

namespace {

struct Pipe {
  UniqueFd read, write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure("make a pipe", errno);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// The number before " packet(s) <what>", as tcpdump prints it.
std::optional<std::uint64_t> count_of(std::string_view line, std::string_view what) {
  for (const std::string_view noun : {" packets ", " packet "}) {
    const std::size_t end = line.find(fmt::format("{}{}", noun, what));
    if (end == std::string_view::npos) continue;
    const std::size_t before = line.find_last_not_of("0123456789", end == 0 ? 0 : end - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(line.data() + begin, line.data() + end, number);
    if (error == std::errc{} && rest == line.data() + end) return number;
  }
  return std::nullopt;
}

// Runs in the child between fork and exec: only async-signal-safe calls.
[[noreturn]] void become_tcpdump(char* const* arguments, int output, int errors, int failure) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const int null = ::open("/dev/null", O_RDONLY);
  if (::dup2(null, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(errors, STDERR_FILENO) >= 0) {
    ::execvp(arguments[0], arguments);
  }
  const int error_number = errno;
  [[maybe_unused]] const ssize_t written = ::write(failure, &error_number, sizeof error_number);
  ::_exit(127);
}

}  // namespace

std::vector<std::string> tcpdump_arguments(const CaptureOptions& options) {
  // -Z root keeps tcpdump from changing its user, which fails where capabilities were dropped.
  std::vector<std::string> arguments{"tcpdump",
                                     "-n",
                                     "-U",
                                     "-Z",
                                     "root",
                                     "-w",
                                     "-",
                                     "-i",
                                     options.interface,
                                     "-s",
                                     std::to_string(options.snaplen),
                                     "-B",
                                     std::to_string((options.buffer_bytes + 1023) / 1024)};
  if (options.immediate) arguments.emplace_back("--immediate-mode");
  return arguments;
}

std::optional<Listening> parse_listening(std::string_view line) {
  constexpr std::string_view type_key = "link-type ", length_key = "snapshot length ";
  const std::size_t type = line.find(type_key), length = line.find(length_key);
  if (line.find("listening on ") == std::string_view::npos || type == std::string_view::npos ||
      length == std::string_view::npos) {
    return std::nullopt;
  }
  Listening result;
  const std::string_view type_text = line.substr(type + type_key.size());
  result.link_type = type_text.substr(0, type_text.find_first_of(" ,"));
  const char* const digits = line.data() + length + length_key.size();
  std::from_chars(digits, line.data() + line.size(), result.snaplen);
  return result;
}

std::optional<Counters> parse_counters(std::string_view line) {
  const auto captured = count_of(line, "captured"), received = count_of(line, "received by filter"),
             dropped = count_of(line, "dropped by kernel");
  if (!captured || !received || !dropped) return std::nullopt;
  return Counters{*captured, *received, *dropped, count_of(line, "dropped by interface").value_or(0)};
}

Tcpdump::Tcpdump(const CaptureOptions& options) {
  std::vector<std::string> arguments = tcpdump_arguments(options);
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  Pipe output = make_pipe(), errors = make_pipe(), failure = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw Failure("fork", errno);
  if (pid_ == 0) become_tcpdump(pointers.data(), output.write.get(), errors.write.get(), failure.write.get());

  failure.write.reset();
  int error_number = 0;
  if (::read(failure.read.get(), &error_number, sizeof error_number) == static_cast<ssize_t>(sizeof error_number)) {
    reap();
    if (error_number == ENOENT) throw Failure("run tcpdump", "it is not installed (apt-get install tcpdump)");
    throw Failure("run tcpdump", error_number);
  }
  output_ = std::move(output.read);
  errors_ = std::move(errors.read);
  for (const int fd : {output_.get(), errors_.get()}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
}

Tcpdump::~Tcpdump() {
  if (pid_ <= 0) return;
  signal(SIGKILL);
  reap();
}

void Tcpdump::signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);
}

std::string Tcpdump::reap() {
  int status = 0;
  while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                             : fmt::format("exit status {}", WEXITSTATUS(status));
}

}  // namespace echo
