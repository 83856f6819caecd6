#include "lab/plan/make_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/base/hash.h"
#include "lab/plan/arguments.h"
#include "lab/plan/submitted.h"
#include "lab/plan/subnets.h"
#include "lab/scenario/message_template.h"

namespace echolab::plan {

namespace {

constexpr std::size_t max_nodes_per_network = 900;  // a Linux bridge has 1,024 ports and misbehaves near 1,000
constexpr std::uint64_t first_node = 2;             // .0 is the network, .1 the gateway
constexpr std::uint32_t link_header_bytes = 18;     // Ethernet with one VLAN tag
constexpr std::uint32_t least_snaplen = 2048;

class Planner {
 public:
  Planner(const scenario::Scenario& scenario, const PlanInputs& inputs)
      : scenario_(scenario), inputs_(inputs), subnets_(inputs.run_id, inputs.occupied) {}

  Plan make() {
    plan_.run_id = inputs_.run_id;
    plan_.scenario_name = scenario_.name;
    plan_.scenario_description = scenario_.description;
    plan_.scenario_file = scenario_.file;
    plan_.scenario_sha256 = sha256_hex(scenario_.source);
    plan_.seed = inputs_.seed.value_or(scenario_.seed);
    plan_.limits = scenario_.limits;
    add_networks();
    for (const scenario::Server& server : scenario_.servers) add_server(server);
    for (const scenario::ClientGroup& group : scenario_.clients) add_group(group);
    plan_.checks = scenario_.checks;
    add_captures();
    return std::move(plan_);
  }

 private:
  std::uint64_t node_count(std::size_t network) const {
    std::uint64_t nodes = 0;
    for (const scenario::Server& server : scenario_.servers) nodes += server.network == network ? 1 : 0;
    for (const scenario::ClientGroup& group : scenario_.clients) {
      nodes += scenario_.servers.at(group.server).network == network ? group.containers : 0;
    }
    return nodes;
  }

  // The loader finds these with their place in the file; a scenario made by code gets here.
  [[noreturn]] void refuse(std::string message, std::string hint) const {
    throw InvalidInput(scenario_.file, scenario_.source, {{{}, std::move(message), std::move(hint)}});
  }

  void check_size(const scenario::Network& network, std::uint64_t nodes) const {
    if (nodes > max_nodes_per_network) {
      refuse(fmt::format("network '{}' would have {} nodes", network.name, nodes),
             fmt::format("allowed: {}; use clients_per_container", max_nodes_per_network));
    }
    for (const auto& subnet : {network.subnet4, network.subnet6}) {
      if (subnet && subnet->usable_hosts() < nodes + 1) {
        refuse(fmt::format("{} is too small for the {} nodes of network '{}' and a gateway", subnet->to_string(), nodes,
                           network.name),
               "take a shorter prefix, or auto");
      }
    }
  }

  // Subnets that the scenario names come first, so that automatic ones avoid them.
  void add_networks() {
    for (const scenario::Network& network : scenario_.networks) {
      for (const auto& subnet : {network.subnet4, network.subnet6}) {
        if (!subnet) continue;
        if (!subnets_.is_free(*subnet)) {
          throw EnvironmentError(fmt::format("use subnet {} for network '{}'", subnet->to_string(), network.name),
                                 "another network or a route of this host overlaps it",
                                 "take another subnet, or leave it out to have a free one chosen");
        }
        subnets_.occupy(*subnet);
      }
    }
    for (std::size_t i = 0; i < scenario_.networks.size(); ++i) {
      const scenario::Network& wanted = scenario_.networks[i];
      const std::uint64_t nodes = node_count(i);
      check_size(wanted, nodes);
      Network network{wanted.name, wanted.subnet4, wanted.subnet6, {}, {}, wanted.mtu};
      if (wanted.families != scenario::Families::ipv6 && !network.subnet4)
        network.subnet4 = subnets_.allocate_v4(nodes);
      if (wanted.families != scenario::Families::ipv4 && !network.subnet6) network.subnet6 = subnets_.allocate_v6();
      if (network.subnet4) network.gateway4 = network.subnet4->host(1);
      if (network.subnet6) network.gateway6 = network.subnet6->host(1);
      plan_.networks.push_back(std::move(network));
    }
    next_host_.assign(plan_.networks.size(), first_node);
  }

  Node make_node(std::string name, Role role, const std::string& group, std::size_t network,
                 const scenario::Container& container) {
    Node node;
    node.name = std::move(name);
    node.role = role;
    node.group = group;
    node.network = network;
    node.program = program_of(container, role);
    node.limits = container.limits;
    const std::uint64_t host = next_host_.at(network)++;
    const Network& on = plan_.networks[network];
    if (on.subnet4) node.address4 = on.subnet4->host(host);
    if (on.subnet6) node.address6 = on.subnet6->host(host);
    node.mac = mac_of(node, network, host);
    return node;
  }

  Program program_of(const scenario::Container& container, Role role) const {
    if (const auto* const image = std::get_if<scenario::Image>(&container.program)) return *image;
    if (const auto* const build = std::get_if<scenario::Build>(&container.program)) return *build;
    return prepared(role).bundle;
  }

  const PreparedProgram& prepared(Role role) const {
    const auto& student = inputs_.student;
    const bool server = role == Role::server;
    if (!student) refuse_without_student();
    const auto& program = server ? student->server : student->client;
    if (!program) refuse(fmt::format("there is no {} of the student's to run", server ? "server" : "client"), "");
    return *program;
  }

  [[noreturn]] void refuse_without_student() const {
    refuse("this scenario is for grading: it needs a student",
           "echolab grade --roster FILE --submissions FOLDER --scenario " + scenario_.file + " --out FOLDER");
  }

  // 02:42 and the IPv4 address, as Docker does it; without one, 02:42:fd, the network's number and the host's.
  static MacAddress mac_of(const Node& node, std::size_t network, std::uint64_t host) {
    if (node.address4) {
      const auto& b = node.address4->bytes();
      return {{0x02, 0x42, b[0], b[1], b[2], b[3]}};
    }
    return {{0x02, 0x42, 0xfd, static_cast<std::uint8_t>(network), static_cast<std::uint8_t>(host >> 8),
             static_cast<std::uint8_t>(host)}};
  }

  void add_server(const scenario::Server& server) {
    Node node = make_node(server.name, Role::server, server.name, server.network, server.container);
    if (std::holds_alternative<Bundle>(node.program)) {
      set_submitted_server(node, server, prepared(Role::server).start);
    } else {
      set_server_program(node, server, scenario_.networks.at(server.network));
    }
    plan_.nodes.push_back(std::move(node));
  }

  void add_group(const scenario::ClientGroup& group) {
    const scenario::Server& server = scenario_.servers.at(group.server);
    for (std::uint32_t i = 1; i <= group.containers; ++i) {
      const std::size_t index = plan_.nodes.size();
      Node node =
          make_node(fmt::format("{}-{}", group.name, i), Role::client, group.name, server.network, group.container);
      if (group.identity_of_student) {
        if (!inputs_.student) refuse_without_student();
        node.variables = inputs_.student->identity;
      } else if (!group.identities.empty()) {
        node.variables = group.identities[(i - 1) % group.identities.size()];
      }
      const Payload payload = payload_for(group, node, i, index);
      // Servers come first, in the scenario's order: the server's index is the same in both.
      const Endpoint endpoint{address_of(plan_.nodes[group.server], group.family), server.port};
      const Nanoseconds delay = group.start.delay + group.start.spacing * (i - 1);
      if (std::holds_alternative<Bundle>(node.program)) {
        set_submitted_client(node, group, endpoint, payload, prepared(Role::client).start, delay,
                             scenario_.limits.run * 9 / 10);  // its supervisor ends it before the engine must
      } else {
        set_client_program(node, group, endpoint, payload, delay);
      }
      for (std::uint32_t client = 1; client <= group.clients_per_container; ++client) {
        Exchange exchange;
        exchange.client_node = index;
        exchange.client = client;
        exchange.server_node = group.server;
        exchange.protocol = group.protocol;
        exchange.server = endpoint;
        exchange.client_address = address_of(node, group.family);
        if (group.local_port.value != 0) {
          exchange.client_port = Port{static_cast<std::uint16_t>(group.local_port.value + client - 1)};
        }
        exchange.payload = payload;
        exchange.messages = group.messages.count;
        exchange.retries = group.messages.retries;
        exchange.timeout = group.messages.timeout;
        exchange.half_close = group.protocol == Transport::tcp && group.half_close && !node.supervised;
        plan_.exchanges.push_back(std::move(exchange));
      }
      plan_.nodes.push_back(std::move(node));
    }
  }

  static IpAddress address_of(const Node& node, Family family) {
    const auto& address = family == Family::ipv4 ? node.address4 : node.address6;
    if (!address) throw std::logic_error("a client's family is not on its network");
    return *address;
  }

  Payload payload_for(const scenario::ClientGroup& group, const Node& node, std::uint32_t container,
                      std::size_t index) const {
    if (const auto* const bytes = std::get_if<scenario::ByteMessages>(&group.messages.content)) {
      BytePayload payload{bytes->sizes, bytes->fill, seed_for(index)};
      if (bytes->drawn_between) payload.sizes = draw_sizes(*bytes->drawn_between, group.messages.count, index);
      if (group.messages.shuffled) shuffle(payload.sizes, index);
      return payload;
    }
    const auto value_of = [&](std::string_view name) -> std::optional<std::string> {
      if (name == "group") return group.name;
      if (name == "container") return fmt::format("{}", container);
      if (name == "node") return node.name;
      if (name == "scenario") return scenario_.name;
      for (const auto& [key, value] : node.variables) {
        if (key == name) return value;
      }
      return std::nullopt;  // {message} and {client} stay for the client to fill in
    };
    TextPayload payload;
    for (const std::string& text : std::get<scenario::TextMessages>(group.messages.content).templates) {
      payload.templates.push_back(scenario::fill_template(scenario::parse_template(text), true, value_of));
    }
    if (group.messages.shuffled) shuffle(payload.templates, index);
    return payload;
  }

  // The same number for the same seed on every machine, which the standard library's distributions do not promise.
  std::uint64_t draw(std::string_view what, std::size_t node, std::size_t which, std::uint64_t below) const {
    return stable_hash(fmt::format("{} {} node {} number {}", what, plan_.seed, node, which)) % below;
  }

  std::vector<std::uint32_t> draw_sizes(std::pair<std::uint32_t, std::uint32_t> between, std::uint32_t count,
                                        std::size_t node) const {
    std::vector<std::uint32_t> sizes(count);
    const std::uint64_t choices = std::uint64_t{between.second} - between.first + 1;
    for (std::size_t i = 0; i < count; ++i) {
      sizes[i] = between.first + static_cast<std::uint32_t>(draw("size", node, i, choices));
    }
    return sizes;
  }

  template <class Item>
  void shuffle(std::vector<Item>& items, std::size_t node) const {
    for (std::size_t left = items.size(); left > 1; --left) {
      std::swap(items[left - 1], items[draw("order", node, left, left)]);
    }
  }

  // Apart for every node, and kept below 2^53 so that no JSON reader rounds it.
  std::uint64_t seed_for(std::size_t node) const {
    return stable_hash(fmt::format("seed {} node {}", plan_.seed, node)) >> 11;
  }

  void add_captures() {
    if (!scenario_.capture.enabled) return;
    for (std::size_t i = 0; i < plan_.networks.size(); ++i) {
      const auto whole = static_cast<std::uint32_t>(plan_.networks[i].mtu) + link_header_bytes;
      Capture capture;
      capture.network = i;
      capture.snaplen = scenario_.capture.snaplen != 0 ? scenario_.capture.snaplen : std::max(least_snaplen, whole);
      capture.buffer_bytes = scenario_.capture.buffer_bytes;
      capture.limit_bytes = scenario_.capture.limit_bytes;
      capture.nonce = fmt::format("{:016x}", stable_hash(fmt::format("{}/capture/{}", inputs_.run_id, i)));
      plan_.captures.push_back(std::move(capture));
    }
  }

  const scenario::Scenario& scenario_;
  const PlanInputs& inputs_;
  SubnetAllocator subnets_;
  Plan plan_;
  std::vector<std::uint64_t> next_host_;  // by network
};

}  // namespace

std::string to_string(const Program& program) {
  if (const auto* const image = std::get_if<scenario::Image>(&program)) return image->reference;
  if (const auto* const build = std::get_if<scenario::Build>(&program)) return "build " + build->context;
  return "submission " + std::get<Bundle>(program).sha256.substr(0, 12);
}

Plan make_plan(const scenario::Scenario& scenario, const PlanInputs& inputs) {
  return Planner(scenario, inputs).make();
}

}  // namespace echolab::plan
