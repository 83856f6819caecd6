#include "lab/engine/local/node_birth.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "lab/engine/capture_run.h"
#include "lab/engine/local/programs.h"
#include "lab/engine/local/setup_failure.h"
#include "lab/engine/local/system_view.h"

namespace echolab::engine::local {

namespace {

constexpr const char* search_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

pid_t fork_into(std::uint64_t namespaces) {
  // As fork(2), but with namespaces: the child goes on here, on a copy of this stack.
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone, namespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (pid < 0) throw SetupFailure("make a process with namespaces of its own", errno);
  return pid;
}

void connect_output(const Output& output) {
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (::dup2(null.get(), STDIN_FILENO) < 0 || ::dup2(output[0].get(), STDOUT_FILENO) < 0 ||
      ::dup2(output[1].get(), STDERR_FILENO) < 0) {
    throw SetupFailure("connect the output", errno);
  }
}

// What the controller had set for itself ends here.
void restore_signals() {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
}

// A program and what it is called with, ready to be executed without allocating: the last steps before are limits that
// may leave no room for it.
class Execution {
 public:
  Execution(const UniqueFd& file, std::vector<std::string> arguments, std::vector<std::string> variables)
      : file_(file), arguments_(std::move(arguments)), variables_(std::move(variables)) {
    ::setenv("PATH", search_path, 1);  // for the search itself
  }
  // When there is no such program, `failure` is told to the controller.
  [[noreturn]] void begin(const Channel& channel, Report failure) const {
    failure.add_text("execute ");
    failure.add_text(arguments_.front());
    failure.add_text(": ");
    if (file_) {
      ::execveat(file_.get(), "", argv_.data(), envp_.data(), AT_EMPTY_PATH);
    } else {
      ::execvpe(argv_.front(), argv_.data(), envp_.data());
    }
    failure.add_text(::strerrordesc_np(errno));
    channel.report(failure);
    ::_exit(127);
  }

 private:
  static std::vector<char*> pointers_to(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (auto& text : strings) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  const UniqueFd& file_;
  std::vector<std::string> arguments_, variables_;
  const std::vector<char*> argv_ = pointers_to(arguments_), envp_ = pointers_to(variables_);
};

NodeLink link_of(const Nursery& nursery, std::uint32_t index) {
  const plan::Node& node = nursery.spec.plan.nodes[index];
  const plan::Network& network = nursery.spec.plan.networks[node.network];
  return {fmt::format("node{}", index),
          nursery.bridges[node.network],
          network.mtu,
          node.mac,
          network.subnet4,
          network.subnet6,
          node.address4,
          node.address6,
          nursery.neighbours.empty() ? std::vector<Neighbour>() : nursery.neighbours[index]};
}

[[noreturn]] void live_as_node(const Nursery& nursery, std::uint32_t index, const Output& output) {
  const LabSpec& spec = nursery.spec;
  const plan::Node& node = spec.plan.nodes[index];
  const Program& program = spec.programs[index];
  connect_output(output);
  mount_proc();
  const bool has_network = !spec.plan.networks.empty();
  has_network ? enter_network(link_of(nursery, index)) : leave_networks();
  make_node_view({has_network ? std::optional(node.network) : std::nullopt, node.name, program.folder,
                  program.submission, program.work_bytes});
  if (::chdir(program.folder.c_str()) != 0) throw SetupFailure("enter " + program.folder.string(), errno);
  std::vector<std::string> variables{std::string("PATH=") + search_path, "HOME=/tmp", "LANG=C.UTF-8",
                                     "HOSTNAME=" + node.name};
  for (const auto& [name, value] : node.environment) variables.push_back(name + "=" + value);
  const Execution execution(nursery.files[index], program.arguments, std::move(variables));
  ::umask(022);
  drop_privileges(spec.as_root);
  nursery.filter.apply();
  restore_signals();
  limit_resources(node.limits, spec.plan.nodes.size());
  execution.begin(nursery.channel, {Report::Kind::node_failed, index, 0, {}});
}

[[noreturn]] void live_as_capture_agent(const Nursery& nursery, std::uint32_t index, const Output& output) {
  const plan::Capture& capture = nursery.spec.plan.captures[index];
  connect_output(output);
  keep_capture_rights(nursery.spec.as_root);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  restore_signals();
  std::vector<std::string> arguments{"capture-agent"};
  for (auto& argument : record_arguments(capture, bridge_name(capture.network))) arguments.push_back(argument);
  Execution(nursery.capture_agent, std::move(arguments), {"PATH=" + capture_path()})
      .begin(nursery.channel, {Report::Kind::capture_failed, index, 0, {}});
}

template <class Live>
pid_t bear(const Nursery& nursery, std::uint64_t namespaces, Report::Kind failed, std::uint32_t index, Live live) {
  const pid_t pid = fork_into(namespaces);
  if (pid > 0) return pid;
  Report report{failed, index, 0, {}};
  try {
    live();
  } catch (const std::exception& error) {
    report.add_text(error.what());
  }
  nursery.channel.report(report);
  ::_exit(127);
}

}  // namespace

// The network namespace comes a step later, in the child, so that many are made at once: see enter_network().
pid_t bear_node(const Nursery& nursery, std::uint32_t index, const Output& output) {
  return bear(nursery, CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS, Report::Kind::node_failed, index,
              [&] { live_as_node(nursery, index, output); });
}

pid_t bear_capture_agent(const Nursery& nursery, std::uint32_t index, const Output& output) {
  return bear(nursery, 0, Report::Kind::capture_failed, index, [&] { live_as_capture_agent(nursery, index, output); });
}

std::string bridge_name(std::size_t network) {
  return fmt::format("lab{}", network);
}

}  // namespace echolab::engine::local
