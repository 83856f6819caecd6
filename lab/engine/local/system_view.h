#pragma once
// What the programs of a lab see of the host's files. Everything here happens in mount namespaces of the lab's own.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace echolab::engine::local {

// Where a node finds what was handed in, read-only, and where that may write.
constexpr const char* submission_folder = "/run/submission";
constexpr const char* work_folder = "/run/work";

struct NodeView {
  std::optional<std::size_t> network;  // whose names it knows
  std::string name;                    // of the host
  std::filesystem::path folder;        // stays visible when /tmp hides it
  std::filesystem::path submission;    // empty: none; else it also gets a folder to write in, and terminals
  std::uint64_t work_bytes = 0;
};

// For the lab process, once: the host's tree read-only, with an empty /run (no socket of a daemon can be reached) and a
// /dev of six devices. `hosts` are the contents of /etc/hosts, one per network. Throws SetupFailure, as below.
void make_system_view(const std::vector<std::string>& hosts);

// For a node, in a mount namespace of its own: /proc, with only its processes. Comes first, since other steps need it.
void mount_proc();
// An empty /tmp and /dev/shm, the network's /etc/hosts, the host name, and what was handed in.
void make_node_view(const NodeView& view);

}  // namespace echolab::engine::local
