#include "lab/grade/admission.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "lab/base/file.h"

namespace echolab::grade {

namespace {

constexpr std::size_t labs_per_processor = 4;
constexpr std::uint64_t worker_bytes = 64u << 20, build_bytes = 512u << 20, capture_bytes = 96u << 20;
constexpr std::uint64_t disk_watermark = 1u << 30;

// MemAvailable of /proc/meminfo, in bytes; 0 when it isn't told.
std::uint64_t available_memory() {
  const std::string text = read_file("/proc/meminfo", 1u << 16);
  constexpr std::string_view key = "MemAvailable:";
  const std::size_t at = text.find(key);
  if (at == std::string::npos) return 0;
  const std::size_t digits = text.find_first_not_of(' ', at + key.size());
  std::uint64_t kib = 0;
  if (digits != std::string::npos) std::from_chars(text.data() + digits, text.data() + text.size(), kib);
  return kib << 10;
}

}  // namespace

std::uint64_t memory_of_student(const std::vector<scenario::Scenario>& scenarios) {
  std::uint64_t most = build_bytes;
  for (const scenario::Scenario& scenario : scenarios) {
    std::uint64_t lab = capture_bytes;
    for (const scenario::Server& server : scenario.servers) lab += server.container.limits.memory_bytes;
    for (const scenario::ClientGroup& group : scenario.clients) {
      lab += group.container.limits.memory_bytes * group.containers;
    }
    most = std::max(most, lab);
  }
  return most + worker_bytes;
}

Admission admit(std::size_t wanted, const std::vector<scenario::Scenario>& scenarios) {
  const std::size_t processors = std::max(1u, std::thread::hardware_concurrency());
  if (wanted > 0) return {wanted, std::min(wanted, processors)};
  // A fifth stays for the engine and everybody else.
  const std::uint64_t fitting = available_memory() / 5 * 4 / memory_of_student(scenarios);
  const std::size_t most = processors * labs_per_processor;
  return {static_cast<std::size_t>(std::clamp<std::uint64_t>(fitting, 1, most)), processors};
}

bool has_room_on_disk(const std::filesystem::path& folder) {
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  return error || space.available > disk_watermark;
}

}  // namespace echolab::grade
