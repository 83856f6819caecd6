#include "lab/engine/docker/owner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <sstream>

namespace echolab::engine::docker {

namespace {

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

// 0 when there is no such process. The second field is the program's name, which may hold spaces and
// parentheses.
unsigned long long start_ticks_of(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  for (int number = 3; number < 22; ++number) fields >> field;
  unsigned long long ticks = 0;
  fields >> ticks;
  return ticks;
}

}  // namespace

Owner Owner::self() {
  return {::getpid(), start_ticks_of(::getpid()), boot_id()};
}

std::optional<Owner> Owner::parse(const std::string& text) {
  Owner owner;
  const char* const end = text.data() + text.size();
  const auto [dash, error] = std::from_chars(text.data(), end, owner.pid);
  if (error != std::errc{} || dash == end || *dash != '-') return std::nullopt;
  const auto [second, error2] = std::from_chars(dash + 1, end, owner.start_ticks);
  if (error2 != std::errc{} || second == end || *second != '-') return std::nullopt;
  owner.boot_id.assign(second + 1, end);
  return owner;
}

std::string Owner::to_string() const {
  return fmt::format("{}-{}-{}", pid, start_ticks, boot_id);
}

bool Owner::alive() const {
  return boot_id == docker::boot_id() && start_ticks_of(pid) == start_ticks;
}

docker_api::Labels labels_for(const std::string& run, const Owner& owner, const std::string& node,
                              const std::string& role) {
  return {{label_run, run}, {label_owner, owner.to_string()}, {label_node, node}, {label_role, role}};
}

}  // namespace echolab::engine::docker
