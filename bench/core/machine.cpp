#include "bench/core/machine.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <thread>

#include "bench/core/programs.h"

namespace echolab::bench {

namespace {

std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

// The first line of what it prints that has a digit in it.
std::string version_of(const std::vector<std::string>& command) {
  if (!is_installed(command.front())) return "";
  const std::string said = output_of(command);
  for (std::size_t from = 0; from < said.size();) {
    const std::size_t end = std::min(said.find('\n', from), said.size());
    const std::string line = said.substr(from, end - from);
    if (line.find_first_of("0123456789") != std::string::npos) return line.substr(0, 60);
    from = end + 1;
  }
  return "";
}

}  // namespace

Machine this_machine() {
  Machine machine;
  machine.processor = processor_name();
  machine.cores = std::thread::hardware_concurrency();
  struct sysinfo memory {};
  ::sysinfo(&memory);
  machine.memory_bytes = static_cast<std::uint64_t>(memory.totalram) * memory.mem_unit;
  utsname system{};
  ::uname(&system);
  machine.kernel = fmt::format("{} {}", system.sysname, system.release);
  machine.date = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
  machine.versions.emplace_back("echolab", ECHOLAB_VERSION);
  machine.versions.emplace_back("g++", __VERSION__);
  for (const auto& [name, command] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"Docker engine", {"docker", "version", "--format", "{{.Server.Version}}"}},
           {"docker-compose", {"docker-compose", "version", "--short"}},
           {"tcpdump", {"tcpdump", "--version"}},
           {"tshark", {"tshark", "--version"}},
           {"Mininet", {"mn", "--version"}},
           {"sockperf", {"sockperf", "--version"}},
           {"socat", {"socat", "-V"}}}) {
    if (std::string version = version_of(command); !version.empty()) machine.versions.emplace_back(name, version);
  }
  return machine;
}

}  // namespace echolab::bench
