#include "bench/capture/completeness.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "bench/capture/ground_truth.h"
#include "bench/core/programs.h"
#include "bench/labs/lab.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/text.h"

namespace echolab::bench {

namespace {

constexpr int exit_passed = 0, exit_incomplete = 4;
constexpr std::array<std::string_view, 2> protocols{"tcp", "udp"};

std::string short_exchange(std::string_view protocol) {
  return fmt::format(
      "echolab: 1\nname: short\nservers: [{{name: server, protocol: {}}}]\n"
      "clients: [{{name: client, messages: {{text: \"message {{message}}\", count: 10}}}}]\n",
      protocol);
}

// The same exchange on the loopback of a network namespace of its own, as people write it down: nothing waits for the
// capture, neither at its beginning nor at its end. The server is ready before, so that only the capture can lose.
constexpr std::string_view naive_script = R"(set -eu
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
ip link set lo up
"$1/echo-server" --protocol "$3" --events "$2/server.jsonl" >/dev/null & server=$!
until grep -qs '"ready"' "$2/server.jsonl"; do sleep 0.01; done
tcpdump -i lo -w "$2/lab.pcap" 2>/dev/null & capture=$!
sleep "$4"
"$1/echo-client" 127.0.0.1 5000 --protocol "$3" --message='message {message}' --count 10 \
  --events "$2/client.jsonl" >/dev/null
kill $capture $server
wait $capture $server || true
)";

struct Losses {
  std::uint64_t sent = 0, missing = 0, runs_with_losses = 0;

  void add(const Comparison& of_run) {
    sent += of_run.sent;
    missing += of_run.missing;
    if (of_run.missing > 0) ++runs_with_losses;
  }
};

void tell_progress(const std::string& what, int run, int runs) {
  if (::isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\r\x1b[K{}: {} of {}", what, run, runs);
  if (run == runs) fmt::print(stderr, "{}\n", ::isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : what);
}

}  // namespace

void add_completeness(Section& section, const Settings& settings, const WorkFolder& folder, const std::string& engine,
                      int runs) {
  for (const auto protocol : protocols) {
    write_file_atomically(folder / fmt::format("{}.yaml", protocol), short_exchange(protocol));
  }
  const std::string what = fmt::format("{} short runs, {}", with_thousands(static_cast<std::uint64_t>(runs)), engine);
  Losses silent;
  std::uint64_t incomplete = 0;
  for (int run = 1; run <= runs; ++run) {
    const auto out = folder / "run";
    const std::string scenario = fmt::format("{}.yaml", protocols[static_cast<std::size_t>(run) % protocols.size()]);
    const MeasuredRun ended = run_measured(run_command(settings, engine, out, folder / scenario));
    if (ended.exit_status == exit_incomplete) {
      ++incomplete;
    } else if (ended.exit_status == exit_passed) {
      silent.add(compare_with_logs({out / "nodes/server/events.jsonl", out / "nodes/client-1/events.jsonl"},
                                   out / "captures/lab.pcapng"));
    } else {
      throw EnvironmentError("measure the captures of " + engine,
                             fmt::format("a run ended with status {}", ended.exit_status), "");
    }
    std::filesystem::remove_all(out);
    tell_progress("capture: " + what, run, runs);
  }
  section.rows.push_back(fact(what, "packets sent", static_cast<double>(silent.sent)));
  section.rows.push_back(fact(what, "runs that say incomplete", static_cast<double>(incomplete)));
  section.rows.push_back(
      fact(what, "packets silently lost", static_cast<double>(silent.missing), goal("capture/silent-losses")));
}

void add_naive_script(Section& section, const Settings& settings, const WorkFolder& folder, const std::string& pause,
                      int runs) {
  if (::geteuid() != 0) {
    section.notes.emplace_back("the script with tcpdump needs root, for a network namespace of its own");
    return;
  }
  write_file_atomically(folder / "naive.sh", naive_script);
  const std::string what = fmt::format("{} runs of a script: tcpdump &, sleep {}, exchange, kill", runs, pause);
  Losses losses;
  for (int run = 1; run <= runs; ++run) {
    const auto out = folder / "naive";
    create_folders(out);
    const auto protocol = std::string(protocols[static_cast<std::size_t>(run) % protocols.size()]);
    const MeasuredRun ended =
        run_measured({"unshare", "--net", "bash", folder / "naive.sh", settings.services, out, protocol, pause});
    if (ended.exit_status != 0) {
      throw EnvironmentError("measure the script with tcpdump", fmt::format("status {}", ended.exit_status), "");
    }
    losses.add(compare_with_logs({out / "server.jsonl", out / "client.jsonl"}, out / "lab.pcap"));
    std::filesystem::remove_all(out);
    tell_progress("capture: " + what, run, runs);
  }
  section.rows.push_back(fact(what, "packets sent", static_cast<double>(losses.sent)));
  section.rows.push_back(fact(what, "runs with losses", static_cast<double>(losses.runs_with_losses)));
  section.rows.push_back(fact(what, "packets silently lost", static_cast<double>(losses.missing)));
}

}  // namespace echolab::bench
