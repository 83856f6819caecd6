#include "bench/start/standing.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <memory>

#include "bench/core/processor_time.h"
#include "bench/core/programs.h"
#include "bench/labs/lab.h"
#include "bench/start/namespace_barrier.h"
#include "lab/base/error.h"
#include "lab/base/file.h"

namespace echolab::bench {

namespace {

// The second name of `node` and `containers` alike: every node is a container, or is a namespace.
Sample sample_of(std::size_t nodes, double up, double down, double freed) {
  const auto per_node = [nodes](double seconds) { return 1e3 * seconds / static_cast<double>(nodes); };
  return {{{standing::up, up},
           {standing::down, down},
           {standing::freed, freed},
           {standing::both, up + down},
           {standing::up_per_node, per_node(up)},
           {standing::down_per_node, per_node(down)},
           {standing::both_per_node, per_node(up + down)}},
          0,
          0};
}

// A program that says when everything is up, and takes everything down at SIGINT.
Sample stand(const CommandLine& command, Program::Read stream, std::string_view up, std::size_t nodes) {
  wait_for_dead_namespaces();  // of what ran before
  const double cpu = busy_cpu_seconds();
  const double begin = monotonic_seconds();
  Program program(command, stream);
  if (!program.wait_for(up)) throw EnvironmentError("bring up " + command.front(), program.said(), "");
  const double risen = monotonic_seconds();
  const MeasuredRun run = program.end(SIGINT);
  const double fallen = monotonic_seconds();
  const double cpu_seconds = busy_cpu_seconds() - cpu;
  wait_for_dead_namespaces();
  Sample sample = sample_of(nodes, risen - begin, fallen - risen, monotonic_seconds() - risen);
  sample.cpu_seconds = cpu_seconds;
  sample.peak_bytes = run.peak_bytes;
  return sample;
}

Contestant our_scenario(const Settings& settings, const WorkFolder& folder, std::string name, const std::string& engine,
                        const std::string& file, const std::string& text, std::size_t nodes) {
  write_file_atomically(folder / file, text);
  return {std::move(name), [&settings, &folder, engine, file, nodes, runs = std::make_shared<int>(0)] {
            const auto out = folder / fmt::format("{}-{}-{}", file, engine, ++*runs);
            const Sample sample =
                stand(run_command(settings, engine, out, folder / file), Program::Read::errors, lab_is_up, nodes);
            std::error_code ignored;
            std::filesystem::remove_all(out, ignored);
            return sample;
          }};
}

constexpr std::string_view mininet_script = R"(
import signal, sys
from mininet.net import Mininet
from mininet.nodelib import LinuxBridge
from mininet.topo import Topo
hosts, most = int(sys.argv[1]), int(sys.argv[2])
class Star(Topo):
    def build(self):
        for bridge in range((hosts + most - 1) // most):
            switch = self.addSwitch('s%d' % (bridge + 1))
            for host in range(bridge * most, min(hosts, (bridge + 1) * most)):
                self.addLink(self.addHost('h%d' % (host + 1)), switch)
net = Mininet(topo=Star(), switch=LinuxBridge, controller=None, ipBase='198.18.0.0/16')
net.start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
print('all is up', file=sys.stderr, flush=True)
signal.sigwait({signal.SIGINT})
net.stop()
)";

// What a lab's nodes are given, as far as a compose file can say it.
constexpr std::string_view compose_file = R"(version: "2.4"
x-node: &node
  user: "65532:65532"
  cap_drop: [ALL]
  security_opt: [no-new-privileges]
  read_only: true
  tmpfs: ["/tmp:rw,noexec,nosuid,nodev,size=64m"]
  mem_limit: 256m
  memswap_limit: 256m
  cpus: 1.0
  pids_limit: 64
  ulimits: {core: 0, nofile: 16384}
  logging: {driver: none}
services:
  server:
    <<: *node
    image: echolab/echo-server
    command: [--protocol, udp, --port, "5000", --events, "-"]
  client:
    <<: *node
    image: echolab/echo-client
    command: [server, "5000", --protocol, udp, --message=hello, --count, "2", --interval, 60s, --events, "-"]
    depends_on: [server]
networks:
  default:
    internal: true
    ipam: {config: [{subnet: 198.19.253.0/24}]}
)";

// A project of docker-compose. What a failed `up` left is taken down with the object.
class ComposeProject {
 public:
  explicit ComposeProject(std::string file) : file_(std::move(file)) {}
  ComposeProject(const ComposeProject&) = delete;
  ComposeProject& operator=(const ComposeProject&) = delete;
  ~ComposeProject() {
    if (!is_down_) run_measured(command({"down"}));
  }

  MeasuredRun up(std::size_t clients) {
    return checked(command({"up", "-d", "--scale", fmt::format("client={}", clients)}));
  }
  MeasuredRun down() {
    const MeasuredRun run = checked(command({"down"}));
    is_down_ = true;
    return run;
  }

 private:
  CommandLine command(const CommandLine& words) const {
    CommandLine line{"docker-compose", "-p", "echolab-bench", "-f", file_};
    line.insert(line.end(), words.begin(), words.end());
    return line;
  }
  static MeasuredRun checked(const CommandLine& line) {
    const MeasuredRun run = run_measured(line);
    if (run.exit_status == 0) return run;
    throw EnvironmentError("measure docker-compose", fmt::format("it ended with status {}", run.exit_status),
                           "./echolab images makes the images; ./echolab doctor shows what else is missing");
  }

  const std::string file_;
  bool is_down_ = false;
};

}  // namespace

Contestant our_lab(const Settings& settings, const WorkFolder& folder, const std::string& engine, std::size_t nodes) {
  return our_scenario(settings, folder, "echolab", engine, fmt::format("lab-{}.yaml", nodes), standing_lab(nodes),
                      nodes);
}

Contestant our_groups(const Settings& settings, const WorkFolder& folder, std::size_t containers,
                      std::size_t clients_each) {
  return our_scenario(settings, folder, "echolab, groups", "docker", fmt::format("groups-{}.yaml", containers),
                      standing_lab_of_groups(containers, clients_each), containers * clients_each);
}

Contestant mininet(const WorkFolder& folder, std::size_t nodes) {
  const std::string script = folder / "star.py";
  write_file_atomically(script, mininet_script);
  return {"Mininet", [script, nodes] {
            return stand({"/usr/bin/python3", script, std::to_string(nodes), std::to_string(most_per_network)},
                         Program::Read::errors, "all is up", nodes);
          }};
}

Contestant docker_floor(const Settings& settings, std::size_t nodes, std::size_t in_flight) {
  return {"the daemon alone", [&settings, nodes, in_flight] {
            return stand({settings.peers / "docker_floor", std::to_string(nodes), std::to_string(in_flight)},
                         Program::Read::output, "up\n", nodes);
          }};
}

Contestant docker_compose(const WorkFolder& folder, std::size_t nodes) {
  const std::string file = folder / "compose.yaml";
  write_file_atomically(file, compose_file);
  return {"docker-compose", [file, nodes] {
            wait_for_dead_namespaces();
            const double cpu = busy_cpu_seconds();
            ComposeProject project(file);
            const MeasuredRun up = project.up(nodes - 1);
            const double risen = monotonic_seconds();
            const MeasuredRun down = project.down();
            const double cpu_seconds = busy_cpu_seconds() - cpu;
            wait_for_dead_namespaces();
            Sample sample = sample_of(nodes, up.seconds, down.seconds, monotonic_seconds() - risen);
            sample.cpu_seconds = cpu_seconds;
            sample.peak_bytes = std::max(up.peak_bytes, down.peak_bytes);
            return sample;
          }};
}

std::string why_no_mininet() {
  if (::geteuid() != 0) return "Mininet needs root";
  if (!is_installed("mn") || !is_installed("brctl")) {
    return "Mininet is not installed: apt-get install --no-install-recommends mininet bridge-utils";
  }
  return "";
}

std::string why_no_compose() {
  return is_installed("docker-compose") ? "" : "docker-compose is not installed: apt-get install docker-compose";
}

}  // namespace echolab::bench
