// `./echolab bench verify`: how fast a capture is judged, beside programs that only read one, in the same run.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bench/echo_capture.h"
#include "bench/measured_run.h"
#include "lab/base/error.h"
#include "lab/base/text.h"
#include "lab/report/table.h"

namespace {

using namespace echolab;
using bench::MeasuredRun;
using nlohmann::ordered_json;

struct Settings {
  std::string program, counter;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
  std::uint64_t packets = 1'000'000;
  int rounds = 7;
  bool json = false;
};

// A capture that is gone with the object.
class CaptureFile {
 public:
  CaptureFile(const std::filesystem::path& folder, std::uint64_t packets)
      : path_(folder / fmt::format("echolab-bench-{}-{}.pcap", ::getpid(), packets)) {
    bench::EchoCapture wanted;
    wanted.packets = packets;
    bench::write_echo_capture(path_, wanted);
  }
  CaptureFile(const CaptureFile&) = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;
  ~CaptureFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  std::string path() const { return path_.string(); }
  std::uint64_t bytes() const { return std::filesystem::file_size(path_); }

 private:
  std::filesystem::path path_;
};

struct Contestant {
  std::string name;
  std::vector<std::string> command;
  int rounds = 1;
  MeasuredRun best{};
};

// Machines are noisy: the fastest round is the one that was least disturbed.
void keep_best(Contestant& contestant, const MeasuredRun& run) {
  if (run.exit_status != 0) {
    throw EnvironmentError("measure " + contestant.name, fmt::format("it ended with status {}", run.exit_status), "");
  }
  const std::uint64_t peak = std::max(contestant.best.peak_bytes, run.peak_bytes);
  if (contestant.best.seconds == 0 || run.seconds < contestant.best.seconds) contestant.best = run;
  contestant.best.peak_bytes = peak;
}

std::vector<Contestant> contestants(const Settings& settings, const std::string& file) {
  std::vector<Contestant> all;
  all.push_back({"echolab verify", {settings.program, "verify", "--json", file}, settings.rounds});
  all.push_back({"libpcap, only counting", {settings.counter, file}, settings.rounds});
  if (bench::is_installed("tcpdump")) {
    all.push_back({"tcpdump -r", {"tcpdump", "-n", "-r", file}, std::min(settings.rounds, 2)});
  }
  if (bench::is_installed("tshark")) {
    all.push_back(
        {"tshark -T fields",
         {"tshark", "-n",     "-r", file,     "-T", "fields",      "-e", "frame.number", "-e", "frame.time_epoch",
          "-e",     "ip.src", "-e", "ip.dst", "-e", "udp.srcport", "-e", "udp.dstport",  "-e", "data"},
         1});
  }
  return all;
}

// In turn, so that what disturbs the machine for a while disturbs all of them.
void compete(std::vector<Contestant>& all) {
  const bool watched = ::isatty(STDERR_FILENO) == 1;
  for (int round = 0;; ++round) {
    bool any = false;
    for (Contestant& contestant : all) {
      if (round >= contestant.rounds) continue;
      any = true;
      if (watched) std::fprintf(stderr, "\rround %d: %-40s", round + 1, contestant.name.c_str());
      keep_best(contestant, bench::run_measured(contestant.command));
    }
    if (!any) break;
  }
  if (watched) std::fprintf(stderr, "\r%60s\r", "");
}

std::string per_second(double packets, double seconds) {
  return with_thousands(static_cast<std::uint64_t>(std::llround(packets / seconds)));
}

ordered_json race(const Settings& settings) {
  const CaptureFile file(settings.folder, settings.packets);
  std::vector<Contestant> all = contestants(settings, file.path());
  bench::run_measured({settings.counter, file.path()});  // into the page cache
  compete(all);
  using enum report::Table::Align;
  report::Table table({{"reads the capture"},
                       {"seconds", right},
                       {"CPU", right},
                       {"packets/s", right},
                       {"echolab is", right},
                       {"peak memory", right}});
  ordered_json json = ordered_json::array();
  const auto packets = static_cast<double>(settings.packets);
  const double ours = all.front().best.seconds;
  for (const Contestant& contestant : all) {
    const MeasuredRun& run = contestant.best;
    table.add_row({{contestant.name},
                   {fmt::format("{:.3f}", run.seconds)},
                   {fmt::format("{:.3f}", run.cpu_seconds)},
                   {per_second(packets, run.seconds)},
                   {fmt::format("{:.2f} x", run.seconds / ours)},
                   {humanize_bytes(run.peak_bytes)}});
    json.push_back({{"name", contestant.name},
                    {"seconds", run.seconds},
                    {"cpu_seconds", run.cpu_seconds},
                    {"packets_per_second", packets / run.seconds},
                    {"times_echolab", run.seconds / ours},
                    {"peak_bytes", run.peak_bytes}});
  }
  if (!settings.json) {
    fmt::print("{} packets, {}; the fastest of up to {} rounds, in turn\n\n{}\n", with_thousands(settings.packets),
               humanize_bytes(file.bytes()), settings.rounds, table.render({}));
  }
  return json;
}

ordered_json growth(const Settings& settings) {
  using enum report::Table::Align;
  report::Table table(
      {{"packets", right}, {"file", right}, {"seconds", right}, {"ns/packet", right}, {"peak memory", right}});
  ordered_json json = ordered_json::array();
  // 10^4 to 10^7, and a file of a whole GiB (88 bytes a packet).
  for (const std::uint64_t packets : {10'000ULL, 100'000ULL, 1'000'000ULL, 10'000'000ULL, 12'201'612ULL}) {
    const CaptureFile file(settings.folder, packets);
    Contestant contestant{"echolab verify", {settings.program, "verify", "--json", file.path()}, 3};
    for (int round = 0; round < contestant.rounds; ++round)
      keep_best(contestant, bench::run_measured(contestant.command));
    const MeasuredRun& run = contestant.best;
    const double each = run.seconds * 1e9 / static_cast<double>(packets);
    table.add_row({{with_thousands(packets)},
                   {humanize_bytes(file.bytes())},
                   {fmt::format("{:.4f}", run.seconds)},
                   {fmt::format("{:.1f}", each)},
                   {humanize_bytes(run.peak_bytes)}});
    json.push_back({{"packets", packets},
                    {"bytes", file.bytes()},
                    {"seconds", run.seconds},
                    {"ns_per_packet", each},
                    {"peak_bytes", run.peak_bytes}});
  }
  if (!settings.json) fmt::print("growth (the time to start the program is in every line)\n\n{}\n", table.render({}));
  return json;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("How fast a capture is judged, beside programs that only read one.", "bench verify");
  app.add_option("--program", settings.program, "the echolab program")->required();
  app.add_option("--counter", settings.counter, "the libpcap loop that only counts")->required();
  app.add_option("--folder", settings.folder, "where the captures are made, 1 GiB at most at a time");
  app.add_option("--packets", settings.packets, "packets of the race")->check(CLI::Range(1000, 100'000'000));
  app.add_option("--rounds", settings.rounds, "rounds of the race")->check(CLI::Range(1, 1000));
  app.add_flag("--json", settings.json, "print numbers as JSON");
  CLI11_PARSE(app, argc, argv);
  try {
    ordered_json json{{"schema", "echolab.bench-verify/v1"}, {"packets", settings.packets}};
    json["race"] = race(settings);
    json["growth"] = growth(settings);
    if (settings.json) fmt::print("{}\n", json.dump(2));
  } catch (const EnvironmentError& error) {
    fmt::print(stderr, "bench: cannot {}\n  cause: {}\n", error.tried(), error.cause());
    return 3;
  }
}
