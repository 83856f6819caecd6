#pragma once
// Everything a run will do, decided before anything is started: names, addresses, argument vectors, order, deadlines,
// captures, expectations. A value: equal input gives an equal plan, byte for byte, and plan.json is its full form.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lab/base/address.h"
#include "lab/base/clock.h"
#include "lab/scenario/scenario.h"

namespace echolab::plan {

struct Network {
  std::string name;
  std::optional<Prefix> subnet4, subnet6;       // at least one
  std::optional<IpAddress> gateway4, gateway6;  // reserved, given to nobody
  int mtu = 1500;
  bool operator==(const Network&) const = default;
};

enum class Role : std::uint8_t { server, client };

// How a node tells that it is ready.
enum class Readiness : std::uint8_t {
  event,    // its event log says "ready"
  started,  // the process runs (foreign programs)
};

// A program that was handed in, ready to be started: files that the node sees, read-only, in /submission. Nobody trusts it.
struct Bundle {
  std::string folder;  // absolute
  std::string sha256;  // of names and contents: equal programs have equal ones
  bool operator==(const Bundle&) const = default;
};
using Program = std::variant<scenario::Image, scenario::Build, Bundle>;

struct Node {
  std::string name;  // "server", "client-1": unique, [a-z0-9-], at most 63 characters
  Role role = Role::server;
  std::string group;  // the scenario's server or client group
  std::size_t network = 0;
  std::optional<IpAddress> address4, address6;
  MacAddress mac;
  Program program;
  std::vector<std::string> arguments;  // what follows the image's entrypoint
  bool replaces_entrypoint = false;    // arguments are a whole command
  std::vector<std::pair<std::string, std::string>> environment;
  scenario::Limits limits;
  bool writes_events = true;  // standard error carries an event log (docs/events.md)
  // Runs under the supervisor of the runner image: standard error carries the supervisor's events, which engines keep
  // and no check reads; standard output is all that the program wrote to its terminal.
  bool supervised = false;
  Readiness readiness = Readiness::event;
  bool waits_for_start = false;                                // holds until the engine sends it SIGUSR1
  std::vector<std::pair<std::string, std::string>> variables;  // of the container's identity, for texts of checks
  bool together = true;  // released only when every node is ready; else when it and its server are
  bool operator==(const Node&) const = default;
};

struct Capture {
  std::size_t network = 0;
  std::uint32_t snaplen = 2048;
  std::uint64_t buffer_bytes = 0;
  std::uint64_t limit_bytes = 0;
  std::string nonce;  // 16 hexadecimal digits, in the sentinels
  bool operator==(const Capture&) const = default;
};

struct TextPayload {
  std::vector<std::string> templates;  // only {message} and {client} are left in them
  bool operator==(const TextPayload&) const = default;
};
struct BytePayload {
  std::vector<std::uint32_t> sizes;
  scenario::Fill fill = scenario::Fill::random;
  std::uint64_t seed = 0;
  bool operator==(const BytePayload&) const = default;
};
using Payload = std::variant<TextPayload, BytePayload>;

// What one client is expected to exchange with one server.
struct Exchange {
  std::size_t client_node = 0;  // index into Plan::nodes
  std::uint32_t client = 1;     // number of the client in its container, from 1
  std::size_t server_node = 0;
  Transport protocol = Transport::udp;
  Endpoint server;
  IpAddress client_address;
  Port client_port{0};  // 0: ephemeral
  Payload payload;
  std::uint32_t messages = 0;
  std::uint32_t retries = 0;
  Nanoseconds timeout{0};
  bool half_close = true;
  bool operator==(const Exchange&) const = default;
};

using Check = scenario::Check;

struct Plan {
  std::string run_id;  // "20261122T221530Z-7f3a91"
  std::string scenario_name;
  std::string scenario_description;
  std::string scenario_file;
  std::string scenario_sha256;
  std::uint64_t seed = 0;
  std::vector<Network> networks;
  std::vector<Node> nodes;        // servers first, then clients, in scenario order
  std::vector<Capture> captures;  // one per captured network
  std::vector<Exchange> exchanges;
  std::vector<Check> checks;
  scenario::TimeLimits limits;
  bool operator==(const Plan&) const = default;
};

// For people: the image, "build my-server", "submission 1f3a…".
std::string to_string(const Program& program);

// Bytes of message number `message` (from 1) of client number `client` (from 1): docs/events.md, "Payloads".
std::string payload_of(const Payload& payload, std::uint32_t client, std::uint32_t message);
std::uint64_t payload_size(const Payload& payload, std::uint32_t client, std::uint32_t message);

}  // namespace echolab::plan
