#include "lab/engine/machine_limits.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <fstream>
#include <optional>
#include <set>

#include "lab/base/text.h"

namespace echolab::engine {

namespace {

constexpr std::size_t linux_table_size = 1024;
constexpr std::size_t descriptors_per_node =
    4;  // of the controller: output, errors, and what a start needs for a moment

std::optional<std::size_t> setting(const std::filesystem::path& settings, const char* name) {
  std::ifstream file(settings / name);
  std::size_t value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

}  // namespace

std::size_t neighbour_entries(const plan::Plan& plan) {
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  for (const plan::Exchange& exchange : plan.exchanges) pairs.emplace(exchange.client_node, exchange.server_node);
  return 2 * pairs.size();
}

std::size_t neighbour_table_size(const std::filesystem::path& settings) {
  return setting(settings, "net/ipv4/neigh/default/gc_thresh3").value_or(linux_table_size);
}

bool crowds_neighbour_table(const plan::Plan& plan, std::size_t table_size) {
  return neighbour_entries(plan) > table_size / 2;
}

std::vector<std::string> predict_limits(const plan::Plan& plan, const std::filesystem::path& settings) {
  std::vector<std::string> warnings;
  const std::size_t table = neighbour_table_size(settings);
  if (crowds_neighbour_table(plan, table)) {
    warnings.push_back(
        fmt::format("{} neighbour entries are needed, and this machine's table holds {}: engine docker needs sysctl -w "
                    "net.ipv4.neigh.default.gc_thresh3={}; engine local tells its nodes their neighbours instead",
                    with_thousands(neighbour_entries(plan)), with_thousands(table), 4 * neighbour_entries(plan)));
  }
  const auto namespaces = setting(settings, "user/max_net_namespaces");
  if (namespaces && *namespaces <= plan.nodes.size()) {
    warnings.push_back(
        fmt::format("{} network namespaces are needed, and a user may have {}: engine local needs sysctl -w "
                    "user.max_net_namespaces={}",
                    with_thousands(plan.nodes.size() + 1), with_thousands(*namespaces), 2 * plan.nodes.size() + 2));
  }
  rlimit descriptors{};
  const std::size_t wanted = descriptors_per_node * plan.nodes.size();
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0 && descriptors.rlim_max < wanted) {
    warnings.push_back(fmt::format("about {} descriptors are needed, and this process may have {}: ulimit -Hn {}",
                                   with_thousands(wanted), with_thousands(descriptors.rlim_max), 2 * wanted));
  }
  return warnings;
}

}  // namespace echolab::engine
