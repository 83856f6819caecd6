#include "lab/engine/compose/discovery.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "lab/base/diagnostic.h"
#include "lab/base/error.h"

namespace echolab::engine {

namespace {

IpAddress address_of(const sockaddr* address) {
  const auto* internet = reinterpret_cast<const sockaddr_in*>(address);
  return IpAddress::v4(ntohl(internet->sin_addr.s_addr));
}

// Everything that does not fit, at once.
void check_shape(const scenario::Scenario& scenario) {
  std::vector<Diagnostic> mistakes;
  const auto want_one = [&](std::size_t count, const char* what) {
    if (count != 1) {
      mistakes.push_back(
          {{},
           std::string("the compose engine runs scenarios with exactly one ") + what + ", not " + std::to_string(count),
           "run it with --engine docker"});
    }
  };
  want_one(scenario.networks.size(), "network");
  want_one(scenario.servers.size(), "server");
  want_one(scenario.clients.size(), "client group");
  for (const scenario::Network& network : scenario.networks) {
    if (network.families != scenario::Families::ipv4) {
      mistakes.push_back({{}, "the compose engine runs IPv4 networks only", "run it with --engine docker"});
    }
  }
  if (!mistakes.empty()) throw InvalidInput(scenario.file, scenario.source, std::move(mistakes));
}

// What the planner told a client, in terms of the lab that compose started.
void adapt_arguments(std::vector<std::string>& arguments, const std::string& planned, const std::string& real) {
  std::replace(arguments.begin(), arguments.end(), planned, real);
}

}  // namespace

std::vector<IpAddress> resolve_service(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* results = nullptr;
  if (const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &results); error != 0) {
    throw EnvironmentError("find the containers of service " + name, ::gai_strerror(error),
                           "start the lab with: docker compose up --build --exit-code-from lab");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(results, &::freeaddrinfo);
  std::vector<IpAddress> addresses;
  for (const addrinfo* result = results; result != nullptr; result = result->ai_next) {
    addresses.push_back(address_of(result->ai_addr));
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

Prefix local_subnet_of(const IpAddress& address) {
  ifaddrs* interfaces = nullptr;
  if (::getifaddrs(&interfaces) != 0) throw EnvironmentError("list network interfaces", errno_text(errno), "");
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(interfaces, &::freeifaddrs);
  for (const ifaddrs* each = interfaces; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET || each->ifa_netmask == nullptr) continue;
    const Prefix subnet(address_of(each->ifa_addr), std::popcount(address_of(each->ifa_netmask).v4_host_order()));
    if (subnet.contains(address)) return subnet;
  }
  throw EnvironmentError("find the lab's network", "no interface of this container reaches " + address.to_string(),
                         "attach the lab service to the network of the server");
}

plan::Plan plan_for(scenario::Scenario scenario, plan::PlanInputs inputs, const Discovered& found) {
  check_shape(scenario);
  scenario.clients.front().containers = static_cast<std::uint32_t>(found.clients.size());
  scenario.networks.front().subnet4 = found.subnet;
  inputs.occupied.clear();  // the subnet is ours already; nothing is chosen

  plan::Plan plan = plan::make_plan(scenario, inputs);
  std::size_t next_client = 0;
  std::string planned_server, real_server = found.server.to_string();
  for (plan::Node& node : plan.nodes) {
    if (node.role == plan::Role::server) {
      planned_server = node.address4 ? node.address4->to_string() : std::string();
      node.address4 = found.server;
    } else {
      node.address4 = found.clients.at(next_client++);
      adapt_arguments(node.arguments, planned_server, real_server);
    }
    node.mac = {};  // compose chose it, and nothing depends on it
  }
  for (plan::Exchange& exchange : plan.exchanges) {
    exchange.client_address = *plan.nodes.at(exchange.client_node).address4;
    exchange.server.address = found.server;
  }
  if (!found.nonce.empty()) {
    for (plan::Capture& capture : plan.captures) capture.nonce = found.nonce;
  }
  return plan;
}

}  // namespace echolab::engine
