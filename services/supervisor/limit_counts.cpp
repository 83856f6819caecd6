#include "services/supervisor/limit_counts.h"

#include <sys/statvfs.h>

#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <optional>

namespace echo {

namespace {

// Of the first of these files that has it: the number behind `key` in a line of its own.
std::optional<std::uint64_t> count_of(const std::string& key, std::initializer_list<std::string> files) {
  for (const std::string& name : files) {
    std::ifstream file(name);
    std::string word;
    for (std::uint64_t number = 0; file >> word >> number;) {
      if (word == key) return number;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string limit_members(const std::string& work, const std::string& cgroup) {
  std::string members;
  const auto add = [&members](const std::string& member) { members += (members.empty() ? "" : ",") + member; };
  if (const auto kills = count_of("oom_kill", {cgroup + "/memory.events", cgroup + "/memory/memory.oom_control"})) {
    add("\"oom_kills\":" + std::to_string(*kills));
  }
  if (const auto hits = count_of("max", {cgroup + "/pids.events", cgroup + "/pids/pids.events"})) {
    add("\"pids_hits\":" + std::to_string(*hits));
  }
  struct statvfs space {};
  if (::statvfs(work.c_str(), &space) == 0) {
    // A file system without a fixed number of inodes says 0 of 0.
    const bool full = space.f_bavail == 0 || (space.f_files > 0 && space.f_favail == 0);
    add(std::string("\"disk_full\":") + (full ? "true" : "false"));
  }
  return members;
}

}  // namespace echo
