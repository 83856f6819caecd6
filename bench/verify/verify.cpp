#include "bench/verify/verify.h"

#include <fmt/format.h>

#include "bench/core/programs.h"
#include "bench/core/work_folder.h"
#include "bench/verify/echo_capture.h"
#include "lab/base/error.h"
#include "lab/base/text.h"

namespace echolab::bench {

namespace {

constexpr int most_slow_pairs = 3;  // tshark takes 20 seconds for a million packets

std::string capture_file(const WorkFolder& folder, std::uint64_t packets) {
  const auto path = folder / fmt::format("{}.pcap", packets);
  EchoCapture wanted;
  wanted.packets = packets;
  write_echo_capture(path, wanted);
  return path.string();
}

Contestant reader(std::string name, CommandLine command, std::uint64_t packets) {
  return {
      name, [name, command, packets] {
        const MeasuredRun run = run_measured(command);
        if (run.exit_status != 0) {
          throw EnvironmentError("measure " + name, fmt::format("it ended with status {}", run.exit_status), "");
        }
        const auto count = static_cast<double>(packets);
        return Sample{{{"packets/s", count / run.seconds}, {"seconds", run.seconds}}, run.cpu_seconds, run.peak_bytes};
      }};
}

}  // namespace

Section run_verify(const Settings& settings) {
  const WorkFolder folder(settings.folder);
  const std::uint64_t packets = settings.quick ? 100'000 : 1'000'000;
  const std::string file = capture_file(folder, packets);
  const std::string size = fmt::format("{} packets", with_thousands(packets));
  Section section{
      "verify",
      "`echolab verify FILE` judges every packet of a capture of UDP echoes; the peers only read it. Files lie "
      "in memory; starting the program is counted.",
      {},
      {}};
  const auto ours = reader("echolab", {settings.program, "verify", "--json", file}, packets);

  std::vector<Contestant> fast{ours,
                               reader("libpcap, only counting", {settings.peers / "count_packets", file}, packets)};
  if (is_installed("tcpdump")) {
    fast.push_back(reader("tcpdump -r", {"tcpdump", "-n", "-r", file}, packets));
  } else {
    section.notes.emplace_back("tcpdump is not installed: apt-get install tcpdump");
  }
  const auto raced = race("verify: " + size, fast, settings.rounds());
  section.rows.push_back(compare(size, "seconds", raced[0], raced[1], goal("verify/libpcap")));
  for (std::size_t i = 1; i < raced.size(); ++i) {
    section.rows.push_back(compare(size, "packets/s", raced[0], raced[i]));
  }

  if (is_installed("tshark")) {
    const CommandLine tshark{
        "tshark", "-n",     "-r", file,     "-T", "fields",      "-e", "frame.number", "-e", "frame.time_epoch",
        "-e",     "ip.src", "-e", "ip.dst", "-e", "udp.srcport", "-e", "udp.dstport",  "-e", "data"};
    const auto slow = race("verify beside tshark: " + size, {ours, reader("tshark -T fields", tshark, packets)},
                           settings.rounds(most_slow_pairs));
    section.rows.push_back(compare(size, "packets/s", slow[0], slow[1]));
  } else {
    section.notes.emplace_back("tshark is not installed: apt-get install tshark");
  }

  if (settings.quick) return section;
  // A file of a whole GiB at the end (88 bytes a packet).
  for (const std::uint64_t count : {10'000ULL, 100'000ULL, 10'000'000ULL, 12'201'612ULL}) {
    const std::string large = capture_file(folder, count);
    const std::string what = fmt::format("{} packets, {}", with_thousands(count), humanize_bytes(88 * count));
    const auto alone =
        race("verify: " + what, {reader("echolab", {settings.program, "verify", "--json", large}, count)},
             settings.rounds(5));
    section.rows.push_back(state(what, "seconds", alone[0]));
    std::error_code ignored;
    std::filesystem::remove(large, ignored);
  }
  return section;
}

}  // namespace echolab::bench
