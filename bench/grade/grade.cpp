// `./echolab bench grade`: how fast a class is graded, beside a plain script with docker-compose for each student.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "bench/core/programs.h"
#include "bench/core/work_folder.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/json.h"
#include "lab/report/table.h"

namespace {

using namespace echolab;
using nlohmann::ordered_json;

constexpr double least_ratio = 2.5;       // students per minute, auto beside the script
constexpr double most_over_bound = 1.25;  // wall time beside the larger of CPU over cores and the longest job

constexpr const char* server = R"(import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("0.0.0.0", 5000))
print("listening on 0.0.0.0:5000", flush=True)
while True:
    data, peer = s.recvfrom(4096)
    print(f"{peer[0]}:{peer[1]} -> {data.decode()}", flush=True)
    s.sendto(data, peer)
)";

constexpr const char* scenario = R"(echolab: 1
name: udp-server
servers: [{name: server, protocol: udp, submitted: true}]
clients:
  - {name: client, containers: 2, student_identity: true, messages: {text: "{department} {student_id} {name} #{message}", count: 6}}
submission: {}
checks: [{kind: echoes_match, points: 4}, {kind: nothing_else_echoed}, {kind: own_port}]
limits: {ready: 30s, run: 60s, stop: 3s}
)";

// What a teaching assistant writes in an afternoon: server, two clients and a capture, with nothing judged but the
// clients' exit statuses. `init` and the short grace are in its favour: without them each server takes ten seconds to stop.
constexpr const char* compose_file = R"(services:
  server:
    image: echolab/runner
    entrypoint: [python3, -u, /submission/server.py]
    volumes: ["${SUBMISSION}:/submission:ro"]
    init: true
    stop_grace_period: 1s
  capture:
    image: echolab/capture-agent
    entrypoint: [tcpdump, -U, -i, eth0, -w, /evidence/lab.pcap]
    volumes: ["${EVIDENCE}:/evidence"]
    network_mode: "service:server"
    user: root
    init: true
    stop_grace_period: 1s
  client-1: &client
    image: echolab/echo-client
    command: [server, "5000", --protocol, udp, "--message=dept ${STUDENT} #{message}", --count, "6", --start-delay, 500ms]
    depends_on: [server, capture]
  client-2: *client
)";

constexpr const char* script = R"(set -eu
for folder in "$1"/*/; do
  STUDENT=$(basename "$folder"); SUBMISSION=$folder; EVIDENCE=$2/$STUDENT
  export STUDENT SUBMISSION EVIDENCE
  mkdir -p "$EVIDENCE"
  docker-compose -p "bench$STUDENT" -f "$3" up -d
  docker wait "bench${STUDENT}_client-1_1" "bench${STUDENT}_client-2_1" >"$EVIDENCE/statuses"
  docker-compose -p "bench$STUDENT" -f "$3" logs --no-color >"$EVIDENCE/logs"
  docker-compose -p "bench$STUDENT" -f "$3" down -v
done
)";

struct Settings {
  std::string program;
  int students = 24, pairs = 3;
  bool json = false;
};

// All of the machine's processors together, since containers are not our children.
double busy_cpu_seconds() {
  std::ifstream in("/proc/stat");
  std::string word;
  in >> word;
  double total = 0, value = 0;
  for (int field = 0; field < 8 && in >> value; ++field) {
    if (field != 3 && field != 4) total += value;  // idle, iowait
  }
  return total / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

struct Sample {
  double seconds = 0, cpu_seconds = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

class Bench {
 public:
  explicit Bench(Settings settings) : settings_(std::move(settings)), folder_(std::filesystem::temp_directory_path()) {
    std::string roster = "id,name,department\n";
    for (int i = 1; i <= settings_.students; ++i) {
      const std::string id = fmt::format("2026{:04}", i);
      roster += fmt::format("{},학생 {},컴퓨터공학과\n", id, i);
      create_folders(folder_ / "hand-ins" / id);
      write_file_atomically(folder_ / "hand-ins" / id / "server.py", server);
    }
    write_file_atomically(folder_ / "roster.csv", roster);
    write_file_atomically(folder_ / "udp.yaml", scenario);
    write_file_atomically(folder_ / "compose.yaml", compose_file);
    write_file_atomically(folder_ / "grade.sh", script);
  }

  void run() {
    ways_ = {{"echolab --jobs auto", {}}, {"echolab --jobs 1", {}}};
    if (bench::is_installed("docker-compose")) {
      ways_.push_back({"script with docker-compose", {}});
    } else {
      notes_.emplace_back("docker-compose is not installed: apt-get install docker-compose");
    }
    // A B C, C B A, A B C …: what drifts over the run weighs on all alike.
    for (int pair = 0; pair < settings_.pairs; ++pair) {
      for (std::size_t i = 0; i < ways_.size(); ++i) measure(pair % 2 == 0 ? i : ways_.size() - 1 - i);
    }
    print();
  }

 private:
  struct Way {
    std::string name;
    std::vector<Sample> samples;
  };

  std::vector<std::string> command_of(std::size_t way, const std::filesystem::path& out) const {
    const auto path = [&](const char* name) { return (folder_ / name).string(); };
    if (way == 2) return {"bash", path("grade.sh"), path("hand-ins"), out.string(), path("compose.yaml")};
    return {settings_.program, "grade",          "--engine",
            "docker",          "--roster",       path("roster.csv"),
            "--submissions",   path("hand-ins"), "--scenario",
            path("udp.yaml"),  "--out",          out.string(),
            "--strict",        "--jobs",         way == 0 ? "auto" : "1"};
  }

  void measure(std::size_t way) {
    fmt::print(stderr, "{}: run {}\n", ways_[way].name, ways_[way].samples.size() + 1);
    const auto out = folder_ / fmt::format("out-{}", ++runs_);
    const double cpu = busy_cpu_seconds();
    const bench::MeasuredRun run = bench::run_measured(command_of(way, out));
    if (run.exit_status != 0) {
      throw EnvironmentError("measure " + ways_[way].name, fmt::format("it ended with status {}", run.exit_status),
                             "./echolab images makes the images; ./echolab doctor shows what else is missing");
    }
    ways_[way].samples.push_back({run.seconds, busy_cpu_seconds() - cpu});
  }

  double median_of(std::size_t way, double Sample::*field) const {
    std::vector<double> values;
    for (const Sample& sample : ways_[way].samples) values.push_back(sample.*field);
    return median(values);
  }

  void print() const {
    using Align = report::Table::Align;
    report::Table table({{"way"}, {"wall", Align::right}, {"per minute", Align::right}, {"CPU", Align::right}});
    ordered_json json{
        {"schema", "echolab.bench-grade/v1"}, {"students", settings_.students}, {"rows", ordered_json::array()}};
    for (std::size_t way = 0; way < ways_.size(); ++way) {
      const double wall = median_of(way, &Sample::seconds), cpu = median_of(way, &Sample::cpu_seconds);
      const double rate = 60 * settings_.students / wall;
      table.add_row({{ways_[way].name},
                     {fmt::format("{:.1f} s", wall)},
                     {fmt::format("{:.1f}", rate)},
                     {fmt::format("{:.1f} s", cpu)}});
      json["rows"].push_back(
          {{"way", ways_[way].name}, {"wall_seconds", wall}, {"students_per_minute", rate}, {"cpu_seconds", cpu}});
    }
    const double wall = median_of(0, &Sample::seconds);
    // One student alone, without waiting for others.
    const double longest = median_of(1, &Sample::seconds) / settings_.students;
    const double bound =
        std::max(median_of(0, &Sample::cpu_seconds) / std::max(1u, std::thread::hardware_concurrency()), longest);
    json["over_bound"] = wall / bound;
    if (ways_.size() == 3) json["ratio_to_script"] = median_of(2, &Sample::seconds) / wall;
    if (settings_.json) {
      fmt::print("{}\n", json.dump(2));
      return;
    }
    fmt::print("{} students, {}\n{}\n", settings_.students, median_note(), table.render({}));
    if (ways_.size() == 3) {
      const double ratio = median_of(2, &Sample::seconds) / wall;
      fmt::print("auto beside the script: {:.2f} times as many students a minute (goal {:.1f}: {})\n", ratio,
                 least_ratio, ratio >= least_ratio ? "met" : "short");
    }
    fmt::print("auto beside the larger of CPU over cores and one job: {:.2f} (goal at most {:.2f}: {})\n", wall / bound,
               most_over_bound, wall / bound <= most_over_bound ? "met" : "short");
    for (const auto& note : notes_) fmt::print("{}\n", note);
  }
  std::string median_note() const { return fmt::format("median of {} runs each, in turn", settings_.pairs); }

  Settings settings_;
  bench::WorkFolder folder_;
  int runs_ = 0;
  std::vector<Way> ways_;
  std::vector<std::string> notes_;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("How fast a class is graded.", "bench grade");
  app.add_option("--program", settings.program, "the echolab program")->required();
  app.add_option("--students", settings.students)->check(CLI::Range(2, 500))->capture_default_str();
  app.add_option("--pairs", settings.pairs, "runs of each way, in turn")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
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
