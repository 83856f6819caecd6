// `./echolab bench start`: how fast a lab comes up and goes, beside Mininet and Docker, in the same run.

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <optional>

#include "bench/core/programs.h"
#include "bench/core/work_folder.h"
#include "bench/start/namespace_barrier.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/json.h"
#include "lab/report/table.h"

namespace {

using namespace echolab;
using Clock = std::chrono::steady_clock;
using nlohmann::ordered_json;

constexpr std::size_t most_per_network = 500;  // a Linux bridge misbehaves near 1,000 ports

struct Settings {
  std::string program;
  std::vector<std::size_t> sizes{2, 20, 200, 1000};
  std::size_t most_docker = 200, most_mininet = 1000;
  int rounds = 3;
  // Run folders are synced to the disk, whose other users are not what is measured.
  std::filesystem::path folder = "/dev/shm";
  bool json = false;
};

struct Times {
  double up = 0, down = 0, freed = 0;  // seconds; the last two from the same moment
};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// A program that is told by a line on its standard error that everything is up.
class Started {
 public:
  explicit Started(std::vector<std::string> command) {
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw EnvironmentError("make a pipe", errno_text(errno), "");
    errors_ = UniqueFd(ends[0]);
    const UniqueFd write(ends[1]);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, write.get(), STDERR_FILENO);
    const int error = ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw EnvironmentError("run " + command[0], errno_text(error), "");
  }
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;
  ~Started() {
    if (pid_ > 0) ::kill(pid_, SIGKILL), ::waitpid(pid_, nullptr, 0);
  }

  bool wait_for(std::string_view text) {
    std::array<char, 4096> buffer;
    while (said_.find(text) == std::string::npos) {
      const ssize_t length = ::read(errors_.get(), buffer.data(), buffer.size());
      if (length <= 0) return false;
      said_.append(buffer.data(), static_cast<std::size_t>(length));
    }
    return true;
  }
  void end() {
    ::kill(pid_, SIGINT);
    std::array<char, 4096> buffer;
    while (::read(errors_.get(), buffer.data(), buffer.size()) > 0) {
    }
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  const std::string& said() const { return said_; }

 private:
  pid_t pid_ = -1;
  UniqueFd errors_;
  std::string said_;
};

Times measure(const std::vector<std::string>& command, std::string_view up) {
  bench::wait_for_dead_namespaces();  // of what ran before
  Times times;
  auto begin = Clock::now();
  Started program(command);
  if (!program.wait_for(up)) throw EnvironmentError("bring up " + command.front(), program.said(), "");
  times.up = seconds_since(begin);
  begin = Clock::now();
  program.end();
  times.down = seconds_since(begin);
  bench::wait_for_dead_namespaces();
  times.freed = seconds_since(begin);
  return times;
}

// Half of the nodes or less hang on each bridge; every client is ready, sends one message and then waits.
std::string scenario_text(std::size_t nodes) {
  const std::size_t networks = (nodes + most_per_network - 1) / most_per_network;
  std::string text = "echolab: 1\nname: start\nnetworks:\n", servers = "servers:\n", clients = "clients:\n";
  for (std::size_t i = 0; i < networks; ++i) {
    const std::size_t share = nodes / networks + (i < nodes % networks ? 1 : 0);
    text += fmt::format("  - name: net{}\n", i);
    servers += fmt::format("  - {{name: server{0}, protocol: udp, network: net{0}}}\n", i);
    clients += fmt::format(
        "  - {{name: client{0}, server: server{0}, containers: {1}, messages: {{text: hello, count: 2, interval: "
        "60s}}}}\n",
        i, share - 1);
  }
  return text + servers + clients + "limits: {ready: 300s, run: 600s}\n";
}

// The same number of hosts on Linux bridges; up when net.start() returned.
constexpr std::string_view mininet_script = R"(
import signal, sys, threading
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
ended = threading.Event()
net = Mininet(topo=Star(), switch=LinuxBridge, controller=None)
net.start()
signal.signal(signal.SIGINT, lambda *_: ended.set())
print('all is up', file=sys.stderr, flush=True)
ended.wait()
net.stop()
)";

class Bench {
 public:
  explicit Bench(Settings settings) : settings_(std::move(settings)), folder_(settings_.folder) {
    write_file_atomically(folder_ / "star.py", mininet_script);
  }

  void run() {
    for (const std::size_t nodes : settings_.sizes) {
      write_file_atomically(folder_ / "lab.yaml", scenario_text(nodes));
      add("local", nodes, [&] { return measure(lab("local"), "clients are running"); });
      if (nodes <= settings_.most_mininet) add_mininet(nodes);
      if (nodes <= settings_.most_docker) add_docker(nodes);
    }
    print();
  }

 private:
  std::vector<std::string> lab(const std::string& engine) {
    return {settings_.program,
            "run",
            "--engine",
            engine,
            "--out",
            (folder_ / fmt::format("run-{}", ++runs_)).string(),
            (folder_ / "lab.yaml").string()};
  }

  void add_mininet(std::size_t nodes) {
    if (::geteuid() != 0) return note("Mininet needs root");
    if (!bench::is_installed("mn")) return note("Mininet is not installed: apt-get install mininet bridge-utils");
    add("Mininet", nodes, [&] {
      return measure(
          {"/usr/bin/python3", (folder_ / "star.py").string(), std::to_string(nodes), std::to_string(most_per_network)},
          "all is up");
    });
  }

  void add_docker(std::size_t nodes) {
    if (!docker_) {
      docker_ = bench::is_installed("docker") &&
                bench::run_measured({"docker", "image", "inspect", "echolab/echo-client"}).exit_status == 0;
    }
    if (!*docker_) return note("Docker does not answer, or has not the lab's images: ./echolab images");
    add("docker", nodes, [&] { return measure(lab("docker"), "clients are running"); });
  }

  // The best of the rounds: everything else that the machine does only adds.
  template <class Measure>
  void add(const std::string& what, std::size_t nodes, Measure once) {
    Times best{1e9, 1e9, 1e9};
    for (int round = 0; round < settings_.rounds; ++round) {
      fmt::print(stderr, "{} {} nodes, round {}\n", what, nodes, round + 1);
      try {
        const Times times = once();
        best = {std::min(best.up, times.up), std::min(best.down, times.down), std::min(best.freed, times.freed)};
      } catch (const EnvironmentError& error) {
        return note(fmt::format("{} with {} nodes did not come up: {}", what, nodes, error.cause()));
      }
    }
    rows_.push_back({what, nodes, best});
  }
  void note(std::string text) {
    if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(std::move(text));
  }

  void print() const {
    ordered_json json{{"schema", "echolab.bench-start/v1"}, {"rows", ordered_json::array()}};
    using Align = report::Table::Align;
    report::Table table({{"engine"},
                         {"nodes", Align::right},
                         {"up", Align::right},
                         {"per node", Align::right},
                         {"down", Align::right},
                         {"per node", Align::right},
                         {"freed", Align::right}});
    for (const Row& row : rows_) {
      const auto count = static_cast<double>(row.nodes);
      table.add_row({{row.what},
                     {std::to_string(row.nodes)},
                     {fmt::format("{:.2f} s", row.times.up)},
                     {fmt::format("{:.2f} ms", 1e3 * row.times.up / count)},
                     {fmt::format("{:.2f} s", row.times.down)},
                     {fmt::format("{:.2f} ms", 1e3 * row.times.down / count)},
                     {fmt::format("{:.2f} s", row.times.freed)}});
      json["rows"].push_back({{"engine", row.what},
                              {"nodes", row.nodes},
                              {"up_seconds", row.times.up},
                              {"down_seconds", row.times.down},
                              {"freed_seconds", row.times.freed}});
    }
    if (settings_.json) {
      fmt::print("{}\n", json.dump(2));
      return;
    }
    fmt::print(
        "{}\nup: from the command until all nodes are ready and the capture is proven (Mininet: until its hosts\n"
        "are there, without programs); down: from Ctrl-C until the program and every process of the lab ended. freed:\n"
        "until the kernel also took the last network namespace apart, for which nobody waits. Best of {}.\n",
        table.render({}), settings_.rounds);
    for (const auto& text : notes_) fmt::print("{}\n", text);
  }

  struct Row {
    std::string what;
    std::size_t nodes;
    Times times;
  };
  Settings settings_;
  bench::WorkFolder folder_;
  int runs_ = 0;
  std::optional<bool> docker_;
  std::vector<Row> rows_;
  std::vector<std::string> notes_;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("How fast labs come up and go.", "bench start");
  app.add_option("--program", settings.program, "the echolab program")->required();
  app.add_option("--nodes", settings.sizes, "numbers of nodes")->check(CLI::Range(2, 1000));
  app.add_option("--docker-up-to", settings.most_docker, "largest lab on Docker; 0: none")->capture_default_str();
  app.add_option("--mininet-up-to", settings.most_mininet, "largest lab of Mininet; 0: none")->capture_default_str();
  app.add_option("--rounds", settings.rounds, "the best of so many counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--folder", settings.folder, "where run folders go")->capture_default_str();
  app.add_flag("--json", settings.json, "print JSON");
  CLI11_PARSE(app, argc, argv);
  try {
    Bench(std::move(settings)).run();
    return 0;
  } catch (const EnvironmentError& error) {
    fmt::print(stderr, "cannot {}: {}\n", error.tried(), error.cause());
    return 3;
  }
}
