#include "lab/engine/local/lab_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <optional>

#include "lab/base/error.h"
#include "lab/engine/local/sandbox.h"

namespace echolab::engine::local {

namespace {

constexpr std::uint64_t lab_namespaces =
    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;

std::pair<UniqueFd, UniqueFd> make_channel() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw EnvironmentError("make a socket pair", errno_text(errno), "");
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void write_map(pid_t pid, const char* file, const std::string& content) {
  const std::string path = fmt::format("/proc/{}/{}", pid, file);
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd || ::write(fd.get(), content.data(), content.size()) < 0) {
    throw EnvironmentError("give the lab its user ids", path + ": " + errno_text(errno), mend_for_namespaces());
  }
}

// An ordinary user has one id to give: the lab's programs run as it. Root gives two, so that programs are not root.
void map_ids(pid_t pid, bool as_root) {
  if (as_root) {
    const std::string both = fmt::format("0 0 1\n{0} {0} 1\n", node_user);
    write_map(pid, "uid_map", both);
    write_map(pid, "gid_map", both);
    return;
  }
  write_map(pid, "uid_map", fmt::format("{} {} 1\n", node_user, ::geteuid()));
  write_map(pid, "setgroups", "deny");  // else an ordinary user may not map a group
  write_map(pid, "gid_map", fmt::format("{} {} 1\n", node_user, ::getegid()));
}

std::optional<long> setting(const char* name) {
  std::ifstream file(std::string("/proc/sys/") + name);
  long value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

}  // namespace

std::string mend_for_namespaces() {
  if (setting("kernel/unprivileged_userns_clone") == 0) return "sysctl -w kernel.unprivileged_userns_clone=1";
  if (setting("kernel/apparmor_restrict_unprivileged_userns") == 1) {
    return "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
  }
  for (const char* const name :
       {"user/max_user_namespaces", "user/max_net_namespaces", "user/max_mnt_namespaces", "user/max_pid_namespaces"}) {
    if (setting(name) == 0) return fmt::format("sysctl -w {}=65536", std::string(name).replace(4, 1, "."));
  }
  return "in a container: run it outside, or use --engine docker";
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

LabProcess::LabProcess(const LabSpec& spec) : LabProcess(spec, make_channel()) {}

LabProcess::LabProcess(const LabSpec& spec, std::pair<UniqueFd, UniqueFd> ends) : channel_(std::move(ends.first)) {
  pid_ = static_cast<pid_t>(::syscall(SYS_clone, lab_namespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (pid_ < 0) throw EnvironmentError("make namespaces for the lab", errno_text(errno), mend_for_namespaces());
  if (pid_ == 0) run_lab_init(spec, ends.second.get());
  try {
    map_ids(pid_, spec.as_root);
    channel_.try_order({Order::Kind::ids_mapped, 0, 0});
  } catch (...) {
    end();
    throw;
  }
}

void LabProcess::end() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  // The first process of a PID namespace is reaped last: then all others are gone.
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

}  // namespace echolab::engine::local
