#include "bench/capture/switched_network.h"

#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "lab/base/error.h"
#include "lab/base/file.h"

namespace echolab::bench {

namespace {

void run_ip(const CommandLine& batch) {
  const MeasuredRun run = run_measured(batch);
  if (run.exit_status != 0) {
    throw EnvironmentError("lay cables between network namespaces", fmt::format("ip ended with {}", run.exit_status),
                           "apt-get install iproute2");
  }
}

}  // namespace

NetworkNamespace::NetworkNamespace() {
  holder_ = static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (holder_ < 0) throw EnvironmentError("make a network namespace", errno_text(errno), "run as root");
  if (holder_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) ::pause();
}

NetworkNamespace::NetworkNamespace(NetworkNamespace&& other) noexcept : holder_(std::exchange(other.holder_, -1)) {}

NetworkNamespace::~NetworkNamespace() {
  if (holder_ < 0) return;
  ::kill(holder_, SIGKILL);
  ::waitpid(holder_, nullptr, 0);
}

CommandLine NetworkNamespace::inside(CommandLine command) const {
  CommandLine line{"nsenter", fmt::format("--net=/proc/{}/ns/net", holder_)};
  line.insert(line.end(), std::make_move_iterator(command.begin()), std::make_move_iterator(command.end()));
  return line;
}

SwitchedNetwork::SwitchedNetwork(const WorkFolder& folder, std::size_t nodes) : nodes_(nodes) {
  std::string cables = fmt::format("link add {0} type bridge\nlink set {0} up\n", bridge);
  for (std::size_t i = 0; i < nodes; ++i) {
    cables += fmt::format("link add {0} type veth peer name eth0 netns {1}\nlink set {0} master {2} up\n", port(i),
                          nodes_[i].pid(), bridge);
  }
  write_file_atomically(folder / "cables", cables);
  run_ip(at_bridge({"ip", "-batch", folder / "cables"}));
  for (std::size_t i = 0; i < nodes; ++i) {
    write_file_atomically(folder / "cables",
                          fmt::format("addr add {}/24 dev eth0\nlink set eth0 up\nlink set lo up\n", address(i)));
    run_ip(in_node(i, {"ip", "-batch", folder / "cables"}));
  }
}

std::string SwitchedNetwork::address(std::size_t node) {
  return fmt::format("198.18.0.{}", node + 1);
}

std::string SwitchedNetwork::port(std::size_t node) {
  return fmt::format("port{}", node);
}

}  // namespace echolab::bench
