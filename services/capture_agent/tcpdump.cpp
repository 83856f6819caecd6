#include "services/capture_agent/tcpdump.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
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

// Bytes of the capture on their way to us: some milliseconds of a fast one.
constexpr int wanted_pipe = 1 << 20;

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

// What the child tells through its last pipe before it becomes another program: that it tries the stand-in (0), then the
// errno of its failure, if any.
constexpr int stand_in = 0;

void tell(int pipe, int value) {
  [[maybe_unused]] const ssize_t written = ::write(pipe, &value, sizeof value);
}

// Runs in the child between fork and exec: only async-signal-safe calls.
[[noreturn]] void become_tcpdump(char* const* tcpdump, char* const* dump, int output, int errors, int failure) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  // Woken for each packet, it would take the processor from the programs that it watches, each time for one packet.
  // Where they leave none free it reads several at once; the kernel's ring holds them meanwhile.
  const sched_param none_of_real_time{};
  ::sched_setscheduler(0, SCHED_BATCH, &none_of_real_time);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const int null = ::open("/dev/null", O_RDONLY);
  if (::dup2(null, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(errors, STDERR_FILENO) >= 0) {
    ::execvp(tcpdump[0], tcpdump);
    if (errno == ENOENT || errno == EACCES) {
      tell(failure, stand_in);
      ::execv("/proc/self/exe", dump);
    }
  }
  tell(failure, errno);
  ::_exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (auto& text : strings) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
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

std::vector<std::string> dump_arguments(const CaptureOptions& options) {
  std::vector<std::string> arguments = tcpdump_arguments(options);
  arguments.front() = "dump";
  arguments.insert(arguments.begin(), "capture-agent");
  return arguments;
}

Tcpdump::Tcpdump(const CaptureOptions& options) {
  std::vector<std::string> first = tcpdump_arguments(options), second = dump_arguments(options);
  const std::vector<char*> tcpdump = pointers(first), dump = pointers(second);
  Pipe output = make_pipe(), errors = make_pipe(), failure = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw Failure("fork", errno);
  if (pid_ == 0) {
    become_tcpdump(tcpdump.data(), dump.data(), output.write.get(), errors.write.get(), failure.write.get());
  }

  failure.write.reset();
  int told = 0;
  while (::read(failure.read.get(), &told, sizeof told) == static_cast<ssize_t>(sizeof told)) {
    if (told == stand_in) {
      stands_in_ = true;
      continue;
    }
    reap();
    throw Failure(stands_in_ ? "run this program in place of tcpdump" : "run tcpdump", told);
  }
  output_ = std::move(output.read);
  errors_ = std::move(errors.read);
  ::fcntl(output_.get(), F_SETPIPE_SZ, wanted_pipe);  // a smaller one does, too
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
