#include "lab/scenario/check_networks.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace echolab::scenario {

namespace {

// Lab traffic must never be able to collide with somebody's real addresses.
constexpr std::string_view allowed4 = "198.18.0.0/15 (set aside for tests), 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16";
constexpr std::string_view allowed6 = "fd00::/8 (unique local addresses, RFC 4193)";

bool is_allowed(const Prefix& prefix) {
  for (const std::string_view text : {"198.18.0.0/15", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"}) {
    const Prefix range = *Prefix::parse(text);
    if (range.overlaps(prefix) && range.length() <= prefix.length()) return true;
  }
  return false;
}

std::optional<Prefix> read_prefix(const Node& node, Family family, Mistakes& mistakes) {
  const std::string_view text = node.text;
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  const auto prefix = Prefix::parse(text);
  const bool v4 = family == Family::ipv4;
  if (prefix && prefix->family() == family) {
    if (is_allowed(*prefix)) return prefix;
    mistakes.at(node, fmt::format("{} is not for labs: it may belong to somebody", quote(text)),
                fmt::format("allowed: subnets of {}, or auto", v4 ? allowed4 : allowed6));
    return std::nullopt;
  }
  std::string hint = v4 ? "write it like 198.18.4.0/28" : "write it like fd00:1:2:3::/64";
  if (address && address->family() == family && slash != std::string_view::npos) {
    // Either the length is impossible, or bits behind it are set.
    for (int length = v4 ? 32 : 128; length >= 0; --length) {
      if (text.substr(slash + 1) != fmt::format("{}", length)) continue;
      hint = fmt::format("the address has bits set beyond /{}; did you mean '{}'?", length,
                         Prefix(*address, length).to_string());
    }
  }
  mistakes.at(node, fmt::format("{} is no {} prefix", quote(text), v4 ? "IPv4" : "IPv6"), hint);
  return std::nullopt;
}

void check_capacity(const Node& at, const Prefix& prefix, std::size_t nodes, std::string_view network,
                    Mistakes& mistakes) {
  const std::uint64_t usable = prefix.usable_hosts();
  if (usable >= nodes + 1) return;
  mistakes.at(
      at,
      fmt::format("{} is too small: network '{}' has {} node{} and a gateway", prefix.to_string(), network, nodes,
                  nodes == 1 ? "" : "s"),
      fmt::format("it has {} usable address{}; take a shorter prefix, or auto", usable, usable == 1 ? "" : "es"));
}

}  // namespace

std::size_t node_count(const Scenario& scenario, std::size_t network) {
  std::size_t nodes = 0;
  for (const Server& server : scenario.servers) nodes += server.network == network ? 1 : 0;
  for (const ClientGroup& group : scenario.clients) {
    if (group.server >= scenario.servers.size()) continue;
    nodes += scenario.servers[group.server].network == network ? group.containers : 0;
  }
  return nodes;
}

void read_subnets(const Reader& reader, Network& network, Mistakes& mistakes) {
  const Node* const v4 = reader.is_auto("subnet") ? nullptr : reader.given("subnet");
  const Node* const v6 = reader.is_auto("subnet6") ? nullptr : reader.given("subnet6");
  if (v4 != nullptr) {
    network.subnet4 = read_prefix(*v4, Family::ipv4, mistakes);
    if (network.families == Families::ipv6) {
      mistakes.at(*v4, "an IPv4 subnet on a network with family ipv6", "use 'subnet6', or family: dual");
    }
  }
  if (v6 != nullptr) {
    network.subnet6 = read_prefix(*v6, Family::ipv6, mistakes);
    if (network.families == Families::ipv4) {
      mistakes.at(*v6, "an IPv6 subnet on a network with family ipv4", "add 'family: dual' or 'family: ipv6'");
    }
  }
  if (network.families != Families::ipv4 && network.mtu < 1280) {
    mistakes.at(reader.place("mtu"), fmt::format("an MTU of {} is too small for IPv6", network.mtu),
                "allowed: 1280 and more (RFC 8200, section 5)");
  }
}

void check_networks(const Scenario& scenario, const std::vector<Reader>& readers,
                    const std::vector<Reader>& client_readers, Mistakes& mistakes) {
  for (std::size_t i = 0; i < scenario.networks.size(); ++i) {
    const Network& network = scenario.networks[i];
    const std::size_t nodes = node_count(scenario, i);
    if (nodes > max_nodes_per_network) {
      // The last group on it is as good a place as any; the network itself may not be in the file.
      for (std::size_t g = scenario.clients.size(); g-- > 0;) {
        const std::size_t server = scenario.clients[g].server;
        if (server >= scenario.servers.size() || scenario.servers[server].network != i) continue;
        mistakes.at(client_readers[g].place("containers"),
                    fmt::format("network '{}' would have {} nodes", network.name, nodes),
                    fmt::format("allowed: {} (a Linux bridge has 1,024 ports and misbehaves near 1,000); put several "
                                "clients into one container with clients_per_container",
                                max_nodes_per_network));
        break;
      }
    }
    if (i >= readers.size()) continue;
    const Reader& reader = readers[i];
    // Only when every server's network is known, and this is not the second of two with one name.
    const bool known = std::all_of(scenario.servers.begin(), scenario.servers.end(),
                                   [&](const Server& s) { return s.network < scenario.networks.size(); });
    const bool first =
        std::none_of(scenario.networks.begin(), scenario.networks.begin() + static_cast<std::ptrdiff_t>(i),
                     [&](const Network& n) { return n.name == network.name; });
    if (nodes == 0 && known && first && !scenario.servers.empty()) {
      mistakes.at(reader.place("name"), fmt::format("nothing is on network '{}'", network.name),
                  "name it in a server, or remove it");
    }
    if (network.subnet4) check_capacity(reader.place("subnet"), *network.subnet4, nodes, network.name, mistakes);
    if (network.subnet6) check_capacity(reader.place("subnet6"), *network.subnet6, nodes, network.name, mistakes);
    for (std::size_t j = 0; j < i; ++j) {
      const Network& other = scenario.networks[j];
      if (network.subnet4 && other.subnet4 && network.subnet4->overlaps(*other.subnet4)) {
        mistakes.at(reader.place("subnet"),
                    fmt::format("overlaps {} of network '{}'", other.subnet4->to_string(), other.name),
                    "give each network a subnet of its own, or auto");
      }
      if (network.subnet6 && other.subnet6 && network.subnet6->overlaps(*other.subnet6)) {
        mistakes.at(reader.place("subnet6"),
                    fmt::format("overlaps {} of network '{}'", other.subnet6->to_string(), other.name),
                    "give each network a subnet of its own, or auto");
      }
    }
  }
}

}  // namespace echolab::scenario
