#include "lab/engine/host_names.h"

namespace echolab::engine {

namespace {

constexpr std::size_t most_named = 128;

}  // namespace

std::vector<std::pair<std::string, IpAddress>> names_on_network(const plan::Plan& plan, std::size_t network) {
  std::vector<std::pair<std::string, IpAddress>> names;
  for (const auto& node : plan.nodes) {
    if (node.network != network) continue;
    if (plan.nodes.size() > most_named && node.role != plan::Role::server) continue;
    for (const auto& address : {node.address4, node.address6}) {
      if (address) names.emplace_back(node.name, *address);
    }
  }
  return names;
}

}  // namespace echolab::engine
