#include "lab/engine/local/readiness.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "lab/base/error.h"
#include "lab/engine/local/lab_process.h"
#include "lab/engine/local/programs.h"

namespace echolab::engine::local {

namespace {

using State = ReadinessItem::State;

ReadinessItem check_namespaces() {
  ReadinessItem item{State::good, "namespaces", ::geteuid() == 0 ? "made, as root" : "made, without root", ""};
  // A lab of one network without nodes.
  plan::Plan plan;
  plan.networks.push_back({.name = "lab", .subnet4 = {}, .subnet6 = {}, .gateway4 = {}, .gateway6 = {}});
  const LabSpec spec{plan, {}, {}, ::geteuid() == 0};
  try {
    LabProcess lab(spec);
    pollfd answer{lab.channel().fd(), POLLIN, 0};
    ::poll(&answer, 1, 10'000);
    bool ended = false;
    const auto report = lab.channel().try_report(&ended);
    if (report && report->kind == Report::Kind::networks_ready) return item;
    item.found = report ? report->text.data() : "the lab process did not answer";
    item.mend = mend_for_namespaces();
  } catch (const EnvironmentError& error) {
    item.found = error.cause();
    item.mend = error.mend();
  }
  item.state = State::broken;
  return item;
}

ReadinessItem check_services(const std::filesystem::path& given) {
  try {
    return {State::good, "the lab's programs", find_services(given).string(), ""};
  } catch (const EnvironmentError& error) {
    return {State::broken, "the lab's programs", error.cause(), error.mend()};
  }
}

ReadinessItem check_capture() {
  std::istringstream path(capture_path());
  for (std::string folder; std::getline(path, folder, ':');) {
    const std::string file = folder + "/tcpdump";
    if (::access(file.c_str(), X_OK) == 0) return {State::good, "capture", file, ""};
  }
  return {State::good, "capture", "libpcap, in the capture agent (no tcpdump in PATH)", ""};
}

// All namespaces of a machine share one table; above gc_thresh3 the kernel refuses to learn more.
ReadinessItem check_neighbours() {
  std::ifstream file("/proc/sys/net/ipv4/neigh/default/gc_thresh3");
  long limit = 0;
  file >> limit;
  if (limit == 0) return {State::good, "neighbour table", "unknown", ""};
  // A client and the server each learn the other.
  const std::string found = fmt::format("{} entries: labs of up to {} clients", limit, limit / 2);
  if (limit >= 8192) return {State::good, "neighbour table", found, ""};
  return {State::warning, "neighbour table", found, "sysctl -w net.ipv4.neigh.default.gc_thresh3=8192"};
}

}  // namespace

std::vector<ReadinessItem> check_machine(const std::filesystem::path& services) {
  return {check_namespaces(), check_services(services), check_capture(), check_neighbours()};
}

}  // namespace echolab::engine::local
