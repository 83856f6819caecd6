#pragma once
// What the programs of a lab see of the host's files. Everything here happens in mount namespaces of the lab's own.

#include <filesystem>
#include <string>
#include <vector>

namespace echolab::engine::local {

// For the lab process, once: the host's tree read-only, with an empty /run (no socket of a daemon can be reached) and a
// /dev of six devices. `hosts` are the contents of /etc/hosts, one per network. Throws SetupFailure, as below.
void make_system_view(const std::vector<std::string>& hosts);

// For a node, in a mount namespace of its own: /proc, with only its processes. Comes first, since other steps need it.
void mount_proc();
// An empty /tmp and /dev/shm, the network's /etc/hosts, the host name. Of what /tmp hides, `folder` stays visible when it is below.
void make_node_view(std::size_t network, const std::string& name, const std::filesystem::path& folder);

}  // namespace echolab::engine::local
