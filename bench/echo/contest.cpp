#include "bench/echo/contest.h"

#include <fmt/format.h>
#include <sched.h>

#include <sstream>
#include <utility>

#include "bench/echo/server_process.h"
#include "lab/base/error.h"
#include "lab/base/text.h"

namespace echolab::bench {

namespace {

// With two processors or more the load has one and the server's first thread another: who shares one depends else on
// the kernel's mood, and with it the result.
struct Processors {
  int load = -1, server = -1;

  static Processors of_this_machine() {
    cpu_set_t all;
    CPU_ZERO(&all);
    ::sched_getaffinity(0, sizeof all, &all);
    Processors found;
    for (int i = 0; i < CPU_SETSIZE; ++i) {
      if (!CPU_ISSET(static_cast<unsigned>(i), &all)) continue;
      if (found.load < 0) {
        found.load = i;
      } else {
        found.server = i;
        return found;
      }
    }
    return {};
  }
};

// A new one for each server: nothing of the last one is in its way.
std::uint16_t next_port() {
  static std::uint16_t last = 21'000;
  return last = last == 29'999 ? 21'001 : static_cast<std::uint16_t>(last + 1);
}

CommandLine filled_in(const Server& server, const Place& place, std::uint16_t port) {
  CommandLine command = place.in_server;
  for (std::string word : server.command) {
    for (const auto& [mark, value] :
         {std::pair<std::string, std::string>{"@PORT", fmt::format("{}", port)}, {"@ADDRESS", place.address}}) {
      if (const auto at = word.find(mark); at != std::string::npos) word.replace(at, mark.size(), value);
    }
    command.push_back(word);
  }
  return command;
}

const char* word(const Load& load, const Server& server) {
  switch (load.kind) {
    case Load::Kind::ping_pong:
      return "ping-pong";
    case Load::Kind::stream:
      return "stream";
    case Load::Kind::udp:
      break;
  }
  return server.is_sockperf ? "sockperf" : "udp";
}

// `"key":123` in the last line of an event log.
double count_in(const std::string& text, const std::string& key) {
  const auto at = text.rfind("\"" + key + "\":");
  return at == std::string::npos ? 0 : std::stod(text.substr(at + key.size() + 3));
}

double events_kept(const std::string& totals, const Load& load) {
  const double lost = count_in(totals, "events_dropped");
  const double made = load.kind == Load::Kind::udp
                          ? count_in(totals, "datagrams_received") + count_in(totals, "datagrams_sent")
                          : (count_in(totals, "bytes_received") + count_in(totals, "bytes_sent")) / load.size;
  return made > 0 ? 100 * (1 - lost / made) : 100;
}

Sample measure(const Settings& settings, const Place& place, const Load& load, const Server& server, double seconds) {
  static const Processors processors = Processors::of_this_machine();
  const std::uint16_t port = next_port();
  ServerProcess process(filled_in(server, place, port));
  if (!server.ready.empty() && !process.wait_for(server.ready)) {
    throw EnvironmentError("start " + server.name, "it did not get ready", "");
  }
  if (processors.server >= 0) process.keep_first_thread_on(processors.server);
  CommandLine command = place.in_client;
  for (const std::string& argument :
       {(settings.peers / "echo_load").string(), std::string(word(load, server)), place.address,
        fmt::format("{}", port), fmt::format("{}", load.sockets), fmt::format("{}", load.size),
        fmt::format("{}", load.in_flight), fmt::format("{}", seconds), fmt::format("{}", processors.load)}) {
    command.push_back(argument);
  }
  std::istringstream line(output_of(command));
  double rate = 0, p50 = 0, p99 = 0, wrong = 0, lost = 0, echoes = 0;
  if (!(line >> rate >> p50 >> p99 >> wrong >> lost >> echoes) || echoes == 0) {
    throw EnvironmentError(fmt::format("measure {} ({}, {})", server.name, load.name(), place.name),
                           "the load got no echoes", "");
  }
  const MeasuredRun run = process.stop();
  Sample sample{{{load.rate(), rate}, {"wrong", wrong}, {"lost", lost}}, run.cpu_seconds, run.peak_bytes};
  if (load.kind == Load::Kind::stream) {
    sample.figures[load.rate()] = rate / (1 << 20);
  } else {
    sample.figures["p50 us"] = p50;
    sample.figures["p99 us"] = p99;
    if (server.is_ours) sample.figures["events kept, %"] = events_kept(process.last_words(), load);
  }
  return sample;
}

}  // namespace

std::string Load::name() const {
  switch (kind) {
    case Kind::ping_pong:
      return fmt::format("TCP ping-pong, {} {}, {} bytes", with_thousands(sockets),
                         sockets == 1 ? "connection" : "connections", size);
    case Kind::stream:
      return fmt::format("TCP stream, {} connections", sockets);
    case Kind::udp:
      break;
  }
  if (flat_out) return fmt::format("UDP flat out, {} clients, {} bytes", sockets, with_thousands(size));
  return fmt::format("UDP, {} in flight, {} bytes", in_flight, with_thousands(size));
}

const char* Load::rate() const {
  return kind == Kind::stream ? "MiB/s" : "echoes/s";
}

Contestant contestant(const Settings& settings, const Place& place, const Load& load, const Server& server,
                      double seconds) {
  return {server.name, [=, &settings] { return measure(settings, place, load, server, seconds); }};
}

}  // namespace echolab::bench
