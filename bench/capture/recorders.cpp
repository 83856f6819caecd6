#include "bench/capture/recorders.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <deque>
#include <string>

#include "bench/capture/switched_network.h"
#include "bench/core/programs.h"
#include "lab/base/error.h"
#include "lab/capture/frame_reader.h"

namespace echolab::bench {

namespace {

constexpr std::size_t recorded_nodes = 20;
constexpr const char* cpu_seconds = "CPU seconds";
constexpr const char* frames = "frames in the files";

// The server is node 0; every other node sends it messages as fast as it answers.
class Traffic {
 public:
  Traffic(const Settings& settings, const SwitchedNetwork& network, int messages)
      : settings_(settings),
        network_(network),
        messages_(std::to_string(messages)),
        server_(
            network.in_node(0, {settings.services / "echo-server", "--protocol", "udp", "--quiet", "--events", "-"}),
            Program::Read::errors) {
    if (!server_.wait_for("\"ready\"")) throw EnvironmentError("start an echo server", server_.said(), "");
  }

  void run() const {
    std::deque<Program> clients;
    for (std::size_t node = 1; node < network_.size(); ++node) {
      clients.emplace_back(
          network_.in_node(node, {settings_.services / "echo-client", SwitchedNetwork::address(0), "5000", "--protocol",
                                  "udp", "--size", "200", "--count", messages_, "--window", "4", "--quiet"}),
          Program::Read::output);
    }
    for (Program& client : clients) client.end();
  }

 private:
  const Settings& settings_;
  const SwitchedNetwork& network_;
  const std::string messages_;
  Program server_;
};

std::uint64_t frames_in(const std::filesystem::path& file) {
  capture::FrameReader reader(file);
  capture::Frame frame;
  std::uint64_t count = 0;
  while (reader.next(frame)) ++count;
  return count;
}

struct Recorder {
  CommandLine command;
  std::filesystem::path file;
};

// Starts the recorders, waits until each of them listens, sends, and ends them.
Sample record(const std::vector<Recorder>& recorders, std::string_view listening, const Traffic& traffic) {
  std::deque<Program> running;
  for (const Recorder& recorder : recorders) running.emplace_back(recorder.command, Program::Read::errors);
  for (Program& program : running) {
    if (!program.wait_for(listening)) throw EnvironmentError("start a capture", program.said(), "");
  }
  traffic.run();
  // The time after which libpcap hands over a block that is not full: what came last is in the files then.
  ::usleep(1'000'000);
  Sample sample;
  for (Program& program : running) {
    const MeasuredRun run = program.end(SIGTERM);
    sample.cpu_seconds += run.cpu_seconds;
    sample.peak_bytes += run.peak_bytes;
  }
  std::uint64_t recorded = 0;
  for (const Recorder& recorder : recorders) recorded += frames_in(recorder.file);
  sample.figures = {{cpu_seconds, sample.cpu_seconds}, {frames, static_cast<double>(recorded)}};
  return sample;
}

}  // namespace

void add_recorders(Section& section, const Settings& settings, const WorkFolder& folder) {
  if (::geteuid() != 0 || !is_installed("tcpdump") || !is_installed("nsenter") || !is_installed("ip")) {
    section.notes.emplace_back("captures of 20 nodes need root, and tcpdump, iproute2 and util-linux");
    return;
  }
  const SwitchedNetwork network(folder, recorded_nodes);
  const int messages = settings.quick ? 500 : 1000;
  const Traffic traffic(settings, network, messages);
  // As a lab's engine calls it: lab/engine/capture_run.cpp.
  const auto whole = folder / "bridge.pcap";
  const std::vector<Recorder> ours{
      {network.at_bridge({settings.services / "capture-agent", "record", "--interface", SwitchedNetwork::bridge,
                          "--write", whole, "--events", "-", "--immediate", "--snaplen", "2048", "--buffer",
                          std::to_string(32 << 20)}),
       whole}};
  std::vector<Recorder> each;
  for (std::size_t node = 0; node < recorded_nodes; ++node) {
    const auto file = folder / fmt::format("node-{}.pcap", node);
    each.push_back({network.at_bridge(
                        {"tcpdump", "-n", "-Z", "root", "-s", "2048", "-i", SwitchedNetwork::port(node), "-w", file}),
                    file});
  }
  const std::string what =
      fmt::format("{} nodes, {} frames", recorded_nodes, 2 * (recorded_nodes - 1) * static_cast<std::size_t>(messages));
  const auto raced = race("capture: " + what,
                          {{"echolab", [&] { return record(ours, "\"ready\"", traffic); }},
                           {"a tcpdump for each node", [&] { return record(each, "listening on", traffic); }}},
                          settings.rounds());
  section.rows.push_back(compare(what, cpu_seconds, raced[0], raced[1], goal("capture/cpu")));
  section.rows.push_back(compare(what, frames, raced[0], raced[1]));
}

}  // namespace echolab::bench
