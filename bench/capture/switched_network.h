#pragma once
// Nodes on one Linux bridge, each in a network namespace of its own. Needs root.

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

#include "bench/core/programs.h"
#include "bench/core/work_folder.h"

namespace echolab::bench {

// A network namespace, and the process that holds it; gone with the object, and with our process.
class NetworkNamespace {
 public:
  NetworkNamespace();  // throws EnvironmentError
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;
  NetworkNamespace(NetworkNamespace&& other) noexcept;
  ~NetworkNamespace();

  pid_t pid() const { return holder_; }
  // Runs as that command itself: nsenter is replaced by it.
  CommandLine inside(CommandLine command) const;

 private:
  pid_t holder_ = -1;
};

class SwitchedNetwork {
 public:
  SwitchedNetwork(const WorkFolder& folder, std::size_t nodes);  // throws EnvironmentError

  std::size_t size() const { return nodes_.size(); }
  static std::string address(std::size_t node);  // from 0: 198.18.0.1
  CommandLine in_node(std::size_t node, CommandLine command) const { return nodes_[node].inside(std::move(command)); }
  // Where the bridge is, and the other end of each node's cable.
  CommandLine at_bridge(CommandLine command) const { return hub_.inside(std::move(command)); }
  static constexpr const char* bridge = "bridge";
  static std::string port(std::size_t node);

 private:
  NetworkNamespace hub_;
  std::vector<NetworkNamespace> nodes_;
};

}  // namespace echolab::bench
