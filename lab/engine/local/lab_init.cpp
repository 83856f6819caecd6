#include "lab/engine/local/lab_init.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <set>
#include <unordered_map>

#include "lab/engine/host_names.h"
#include "lab/engine/local/node_birth.h"
#include "lab/engine/local/setup_failure.h"
#include "lab/engine/local/system_view.h"

namespace echolab::engine::local {

namespace {

// Everything else that the controller had open is not ours: pipes and sockets must close when it closes them.
UniqueFd keep_only(int socket) {
  constexpr int lowest = STDERR_FILENO + 1;
  if (socket != lowest) ::dup3(socket, lowest, O_CLOEXEC);
  ::close_range(lowest + 1, ~0u, 0);
  return UniqueFd(lowest);
}

std::string hosts_of(const plan::Plan& plan, std::size_t network) {
  std::string text = "127.0.0.1\tlocalhost\n::1\tlocalhost\n";
  for (const auto& [name, address] : names_on_network(plan, network)) {
    text += fmt::format("{}\t{}\n", address.to_string(), name);
  }
  return text;
}

// Whom each node talks to.
std::vector<std::vector<Neighbour>> neighbours_of(const plan::Plan& plan) {
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  for (const auto& exchange : plan.exchanges) {
    pairs.emplace(exchange.client_node, exchange.server_node);
    pairs.emplace(exchange.server_node, exchange.client_node);
  }
  std::vector<std::vector<Neighbour>> neighbours(plan.nodes.size());
  for (const auto& [one, other] : pairs) {
    for (const auto& address : {plan.nodes[other].address4, plan.nodes[other].address6}) {
      if (address) neighbours[one].push_back({*address, plan.nodes[other].mac});
    }
  }
  return neighbours;
}

UniqueFd open_program(const std::filesystem::path& file) {
  if (file.empty()) return {};
  UniqueFd fd(::open(file.c_str(), O_PATH | O_CLOEXEC));
  if (!fd) throw SetupFailure("open " + file.string(), errno);
  return fd;
}

class LabInit {
 public:
  LabInit(const LabSpec& spec, const Channel& channel) : spec_(spec), channel_(channel) {}

  void run() {
    if (!set_up()) return;
    while (serve()) {
    }
  }

 private:
  bool set_up() {
    // The controller maps the ids of this user namespace; until then this process is nobody.
    Output none;
    if (!channel_.next_order(none)) return false;
    ::setsid();  // a Ctrl-C in the terminal is for the controller
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) throw SetupFailure("end with the controller", errno);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &children, nullptr);
    signals_ = UniqueFd(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) throw SetupFailure("watch children", errno);

    for (const auto& program : spec_.programs) nursery_.files.push_back(open_program(program.file));
    nursery_.capture_agent = open_program(spec_.capture_agent);
    disable_ipv6();
    std::vector<std::string> hosts;
    for (std::size_t i = 0; i < spec_.plan.networks.size(); ++i) {
      nursery_.bridges.push_back(make_bridge(bridge_name(i), spec_.plan.networks[i].mtu));
      hosts.push_back(hosts_of(spec_.plan, i));
    }
    if (spec_.tells_neighbours) nursery_.neighbours = neighbours_of(spec_.plan);
    make_system_view(hosts);
    channel_.report({Report::Kind::networks_ready, 0, 0, {}});
    return true;
  }

  bool serve() {
    std::array<pollfd, 2> fds{{{channel_.fd(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) throw SetupFailure("poll", errno);
    if (fds[1].revents != 0) bury_the_dead();
    if (fds[0].revents == 0) return true;
    Output output;
    const auto order = channel_.next_order(output);
    if (!order) return false;
    obey(*order, output);
    return true;
  }

  void obey(const Order& order, const Output& output) {
    const bool about_node = order.kind == Order::Kind::start_node || order.kind == Order::Kind::signal_node;
    const std::uint32_t number = about_node ? order.index : capture_number(order.index);
    switch (order.kind) {
      case Order::Kind::ids_mapped:
        return;
      case Order::Kind::start_node:
      case Order::Kind::start_capture:
        try {
          const pid_t pid =
              about_node ? bear_node(nursery_, order.index, output) : bear_capture_agent(nursery_, order.index, output);
          children_.emplace(pid, number);
          living_.emplace(number, pid);
        } catch (const SetupFailure& failure) {
          Report report{about_node ? Report::Kind::node_failed : Report::Kind::capture_failed, order.index, 0, {}};
          report.add_text(failure.what());
          channel_.report(report);
        }
        return;
      case Order::Kind::signal_node:
      case Order::Kind::signal_capture:
        // Not reaped yet, if it is in the table: the number is still its own.
        if (const auto found = living_.find(number); found != living_.end()) ::kill(found->second, order.signal);
        return;
    }
  }

  void bury_the_dead() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) > 0) {
    }
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      const auto child = children_.find(pid);
      if (child == children_.end()) continue;  // an orphan of a capture agent's
      const std::uint32_t number = child->second;
      const bool is_node = number < spec_.plan.nodes.size();
      living_.erase(number);
      children_.erase(child);
      channel_.report({is_node ? Report::Kind::node_ended : Report::Kind::capture_ended,
                       is_node ? number : number - capture_number(0),
                       status,
                       {}});
    }
  }

  // Nodes and captures in one row of numbers.
  std::uint32_t capture_number(std::uint32_t index) const {
    return static_cast<std::uint32_t>(spec_.plan.nodes.size()) + index;
  }

  const LabSpec& spec_;
  const Channel& channel_;
  Nursery nursery_{spec_, channel_, {}, {}, {}, {}, {}};
  UniqueFd signals_;
  std::unordered_map<pid_t, std::uint32_t> children_;
  std::unordered_map<std::uint32_t, pid_t> living_;
};

}  // namespace

void run_lab_init(const LabSpec& spec, int socket) {
  const Channel channel(keep_only(socket));
  Report report{Report::Kind::lab_failed, 0, 0, {}};
  try {
    LabInit(spec, channel).run();
    ::_exit(0);
  } catch (const std::exception& error) {
    report.add_text(error.what());
  }
  channel.report(report);
  ::_exit(1);
}

}  // namespace echolab::engine::local
