#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "services/capture_agent/dump.h"
#include "services/capture_agent/offload.h"
#include "services/capture_agent/recorder.h"
#include "services/capture_agent/untracked_bridge.h"
#include "services/common/event_writer.h"
#include "services/common/failure.h"

namespace {

constexpr int incomplete = 1, usage_mistake = 2, could_not_capture = 3;
constexpr std::uint32_t whole_packet = 65535 + 18;  // the largest IP packet behind an Ethernet header with VLAN tag

struct Arguments {
  echo::RecordOptions record;
  std::string write = "-";
  std::string events;
  bool untracked = false;
  std::string interface = "eth0";
  std::vector<int> pids;
  echo::DumpOptions dump;
};

void write_process_event(echo::EventWriter& events) {
  events.write("process",
               fmt::format(R"("program":"capture-agent","version":"{}","pid":{})", ECHOLAB_VERSION, ::getpid()));
}

int report(echo::EventWriter& events, const echo::Failure& failure) {
  events.write("error", fmt::format(R"("operation":{},"error":{})", echo::json_string(failure.operation()),
                                    echo::json_string(failure.cause())));
  if (!events.enabled()) fmt::print(stderr, "capture-agent: {}\n", failure.what());
  return could_not_capture;
}

// Without the rule the capture shows reassembled datagrams, up to the largest that IP carries: they must fit.
std::unique_ptr<echo::UntrackedBridge> keep_fragments(echo::RecordOptions& options, echo::EventWriter& events) {
  try {
    auto bridge = std::make_unique<echo::UntrackedBridge>(options.capture.interface, options.nonce);
    events.write("untracked", fmt::format(R"("interface":{})", echo::json_string(options.capture.interface)));
    return bridge;
  } catch (const echo::Failure& failure) {
    report(events, failure);
    options.capture.snaplen = std::max(options.capture.snaplen, whole_packet);
    options.capture.immediate = false;  // it would take a slot of that size for every packet
    return nullptr;
  }
}

int record(const Arguments& arguments) {
  echo::EventWriter events;
  try {
    if (!arguments.events.empty()) events = echo::EventWriter(arguments.events);
    write_process_event(events);
    echo::UniqueFd file;
    int output = STDOUT_FILENO;
    if (arguments.write != "-") {
      file = echo::UniqueFd(::open(arguments.write.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
      if (!file) throw echo::Failure("create " + arguments.write, errno);
      output = file.get();
    } else if (::isatty(STDOUT_FILENO) != 0) {
      throw echo::Failure("write the capture to the terminal", "name a file with --write, or use a pipe");
    }
    echo::RecordOptions options = arguments.record;
    if (options.nonce.empty()) options.nonce = echo::random_nonce();
    std::unique_ptr<echo::UntrackedBridge> untracked;
    if (arguments.untracked) untracked = keep_fragments(options, events);
    echo::Recorder recorder(options, output, events);
    const echo::RecordResult result = recorder.run();
    if (!result.started) return could_not_capture;
    return result.reasons.empty() ? 0 : incomplete;
  } catch (const echo::Failure& failure) {
    return report(events, failure);
  }
}

int offload_off(const Arguments& arguments) {
  echo::EventWriter events("-");
  int status = 0;
  for (const int pid : arguments.pids) {
    try {
      std::string off;
      for (const auto& feature : echo::switch_offloads_off(pid, arguments.interface)) {
        off += (off.empty() ? "" : ",") + echo::json_string(feature);
      }
      events.write("offload", fmt::format(R"("pid":{},"interface":{},"off":[{}])", pid,
                                          echo::json_string(arguments.interface), off));
    } catch (const echo::Failure& failure) {
      // The other nodes can still be helped.
      status = report(events, failure);
    }
  }
  return status;
}

int dump(const Arguments& arguments) {
  try {
    echo::dump(arguments.dump);
    return 0;
  } catch (const echo::Failure& failure) {
    fmt::print(stderr, "capture-agent dump: {}\n", failure.what());
    return 1;
  }
}

std::string check_nonce(const std::string& text) {
  return echo::is_nonce(text) ? std::string() : "a nonce is 16 lower-case hexadecimal digits";
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Records a lab network and proves that the recording is complete.");
  app.set_version_flag("--version", ECHOLAB_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  capture-agent record --interface br-lab --write lab.pcap --events -\n"
      "  capture-agent record --interface eth0 --immediate | tcpdump -n -r -\n"
      "  capture-agent offload-off 4711 4712\n\n"
      "Exit status of record: 0 complete, 1 incomplete, 2 usage, 3 could not capture.");

  CLI::App* const recording = app.add_subcommand("record", "Record one interface until SIGINT or SIGTERM");
  auto& options = arguments.record;
  recording->add_option("--interface,-i", options.capture.interface, "Interface to record")->required();
  recording->add_option("--write,-w", arguments.write, "File for the capture, - for standard output")
      ->capture_default_str();
  recording->add_option("--snaplen", options.capture.snaplen, "Bytes kept of each frame")
      ->check(CLI::Range(64, 262144))
      ->capture_default_str();
  recording->add_option("--buffer", options.capture.buffer_bytes, "Bytes of the kernel's ring")
      ->check(CLI::Range(65536, 1 << 30))
      ->capture_default_str();
  recording->add_flag("--immediate", options.capture.immediate,
                      "Deliver each packet at once; each then takes a whole snaplen of the ring");
  recording->add_flag("--untracked", arguments.untracked,
                      "Keep the host's connection tracking away from this bridge, so that fragments stay fragments");
  recording->add_option("--nonce", options.nonce, "16 hexadecimal digits in the sentinels; default: drawn")
      ->check(check_nonce);
  recording->add_option("--limit", options.limit_bytes, "Bytes of the file; a longer recording is incomplete")
      ->capture_default_str();
  recording->add_option("--events", arguments.events, "File for event lines, - for standard error");
  recording->add_option("--stop-file", options.stop_file, "End when this file appears");

  CLI::App* const offloads =
      app.add_subcommand("offload-off", "Switch segmentation, receive and checksum offloads off in nodes");
  offloads->add_option("--interface,-i", arguments.interface, "Interface inside the node")->capture_default_str();
  offloads->add_option("PID", arguments.pids, "A process of each node")->required()->check(CLI::PositiveNumber);

  std::string written = "-", user;
  CLI::App* const dumping = app.add_subcommand(
      "dump", "Capture through libpcap, with tcpdump's options: what record uses where it is missing");
  dumping->add_option("-i", arguments.dump.interface, "Interface")->required();
  dumping->add_option("-s", arguments.dump.snaplen, "Bytes kept of each frame")->check(CLI::Range(1, 262144));
  dumping->add_option("-B", arguments.dump.buffer_kib, "KiB of the kernel's ring")->check(CLI::Range(1, 1 << 20));
  dumping->add_flag("--immediate-mode", arguments.dump.immediate, "Deliver each packet at once");
  dumping->add_option("-w", written, "Only -, standard output")->check(CLI::IsMember({"-"}));
  bool as_always = false;
  dumping->add_flag("-n", as_always, "As it always does");
  dumping->add_flag("-U", as_always, "As it always does");
  dumping->add_option("-Z", user, "Not looked at: it keeps its user");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage_mistake;
  }
  if (dumping->parsed()) return dump(arguments);
  return recording->parsed() ? record(arguments) : offload_off(arguments);
}
