// Plan ⇄ plan.json. Keys are the member names; durations are integers in nanoseconds (…_ns), addresses and endpoints
// texts. Writing and reading stand side by side, type by type, so that neither forgets a member.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include "lab/base/error.h"
#include "lab/base/json.h"
#include "lab/plan/check_json.h"
#include "lab/plan/make_plan.h"

namespace echolab::plan {

namespace {

using Json = nlohmann::ordered_json;
constexpr int plan_version = 1;

template <typename Enum, std::size_t n>
using Words = std::array<std::pair<Enum, std::string_view>, n>;

constexpr Words<Transport, 2> transports{{{Transport::udp, "udp"}, {Transport::tcp, "tcp"}}};
constexpr Words<Role, 2> roles{{{Role::server, "server"}, {Role::client, "client"}}};
constexpr Words<Readiness, 2> readinesses{{{Readiness::event, "event"}, {Readiness::started, "started"}}};
constexpr Words<scenario::Fill, 3> fills{
    {{scenario::Fill::zero, "zero"}, {scenario::Fill::pattern, "pattern"}, {scenario::Fill::random, "random"}}};

template <typename Enum, std::size_t n>
std::string word_of(const Words<Enum, n>& words, Enum value) {
  for (const auto& [v, word] : words) {
    if (v == value) return std::string(word);
  }
  throw std::logic_error("an enumerator without a word");
}

template <typename Enum, std::size_t n>
Enum value_of(const Words<Enum, n>& words, const Json& json) {
  const auto text = json.get<std::string>();
  for (const auto& [value, word] : words) {
    if (word == text) return value;
  }
  throw std::invalid_argument(fmt::format("unknown word '{}'", text));
}

template <typename T>
T parsed(std::optional<T> value, const std::string& text) {
  if (!value) throw std::invalid_argument(fmt::format("'{}' is malformed", text));
  return *value;
}
IpAddress address_from(const Json& json) {
  const auto text = json.get<std::string>();
  return parsed(IpAddress::parse(text), text);
}
Endpoint endpoint_from(const Json& json) {
  const auto text = json.get<std::string>();
  return parsed(Endpoint::parse(text), text);
}
Prefix prefix_from(const Json& json) {
  const auto text = json.get<std::string>();
  return parsed(Prefix::parse(text), text);
}
MacAddress mac_from(const Json& json) {
  const auto text = json.get<std::string>();
  MacAddress mac;
  if (text.size() == 17 && text.find_first_not_of("0123456789abcdef:") == std::string::npos) {
    for (std::size_t i = 0; i < 6; ++i)
      mac.bytes[i] = static_cast<std::uint8_t>(std::stoul(text.substr(3 * i, 2), nullptr, 16));
  }
  return parsed(mac.to_string() == text ? std::optional(mac) : std::nullopt, text);
}
Nanoseconds duration_from(const Json& json) {
  return Nanoseconds(json.get<std::int64_t>());
}

template <typename T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = value->to_string();
}
template <typename T, typename Read>
void take(const Json& json, const char* key, std::optional<T>& value, Read read) {
  if (json.contains(key)) value = read(json.at(key));
}

// --- Network

Json write(const Network& n) {
  Json json{{"name", n.name}};
  put(json, "subnet4", n.subnet4);
  put(json, "subnet6", n.subnet6);
  put(json, "gateway4", n.gateway4);
  put(json, "gateway6", n.gateway6);
  json["mtu"] = n.mtu;
  return json;
}
void read(const Json& json, Network& n) {
  json.at("name").get_to(n.name);
  take(json, "subnet4", n.subnet4, prefix_from);
  take(json, "subnet6", n.subnet6, prefix_from);
  take(json, "gateway4", n.gateway4, address_from);
  take(json, "gateway6", n.gateway6, address_from);
  json.at("mtu").get_to(n.mtu);
}

// --- Node

Json write(const Program& program) {
  if (const auto* const image = std::get_if<scenario::Image>(&program)) return {{"image", image->reference}};
  if (const auto* const bundle = std::get_if<Bundle>(&program)) {
    return {{"bundle", bundle->folder}, {"sha256", bundle->sha256}};
  }
  const auto& build = std::get<scenario::Build>(program);
  return {{"context", build.context}, {"dockerfile", build.dockerfile}};
}
Program program_from(const Json& json) {
  if (json.contains("bundle")) {
    return Bundle{json.at("bundle").get<std::string>(), json.at("sha256").get<std::string>()};
  }
  if (json.contains("image")) return scenario::Image{json.at("image").get<std::string>()};
  return scenario::Build{json.at("context").get<std::string>(), json.at("dockerfile").get<std::string>()};
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Json write(const Pairs& pairs) {
  Json json = Json::array();
  for (const auto& [name, value] : pairs) json.push_back(Json::array({name, value}));
  return json;
}
Pairs pairs_from(const Json& json) {
  Pairs pairs;
  for (const Json& entry : json) pairs.emplace_back(entry.at(0).get<std::string>(), entry.at(1).get<std::string>());
  return pairs;
}

Json write(const Node& n) {
  Json json{{"name", n.name}, {"role", word_of(roles, n.role)}, {"group", n.group}, {"network", n.network}};
  put(json, "address4", n.address4);
  put(json, "address6", n.address6);
  json["mac"] = n.mac.to_string();
  json["program"] = write(n.program);
  json["arguments"] = n.arguments;
  json["replaces_entrypoint"] = n.replaces_entrypoint;
  json["environment"] = write(n.environment);
  if (!n.variables.empty()) json["variables"] = write(n.variables);
  json["limits"] = {{"memory_bytes", n.limits.memory_bytes}, {"cpus", n.limits.cpus}, {"pids", n.limits.pids}};
  json["writes_events"] = n.writes_events;
  if (n.supervised) json["supervised"] = true;
  json["readiness"] = word_of(readinesses, n.readiness);
  json["waits_for_start"] = n.waits_for_start;
  json["together"] = n.together;
  return json;
}
void read(const Json& json, Node& n) {
  json.at("name").get_to(n.name);
  n.role = value_of(roles, json.at("role"));
  json.at("group").get_to(n.group);
  json.at("network").get_to(n.network);
  take(json, "address4", n.address4, address_from);
  take(json, "address6", n.address6, address_from);
  n.mac = mac_from(json.at("mac"));
  n.program = program_from(json.at("program"));
  json.at("arguments").get_to(n.arguments);
  json.at("replaces_entrypoint").get_to(n.replaces_entrypoint);
  n.environment = pairs_from(json.at("environment"));
  if (json.contains("variables")) n.variables = pairs_from(json.at("variables"));
  const Json& limits = json.at("limits");
  limits.at("memory_bytes").get_to(n.limits.memory_bytes);
  limits.at("cpus").get_to(n.limits.cpus);
  limits.at("pids").get_to(n.limits.pids);
  json.at("writes_events").get_to(n.writes_events);
  n.supervised = json.value("supervised", false);
  n.readiness = value_of(readinesses, json.at("readiness"));
  json.at("waits_for_start").get_to(n.waits_for_start);
  json.at("together").get_to(n.together);
}

// --- Capture

Json write(const Capture& c) {
  return {{"network", c.network},
          {"snaplen", c.snaplen},
          {"buffer_bytes", c.buffer_bytes},
          {"limit_bytes", c.limit_bytes},
          {"nonce", c.nonce}};
}
void read(const Json& json, Capture& c) {
  json.at("network").get_to(c.network);
  json.at("snaplen").get_to(c.snaplen);
  json.at("buffer_bytes").get_to(c.buffer_bytes);
  json.at("limit_bytes").get_to(c.limit_bytes);
  json.at("nonce").get_to(c.nonce);
}

// --- Exchange

Json write(const Payload& payload) {
  if (const auto* const text = std::get_if<TextPayload>(&payload)) return {{"templates", text->templates}};
  const auto& bytes = std::get<BytePayload>(payload);
  return {{"sizes", bytes.sizes}, {"fill", word_of(fills, bytes.fill)}, {"seed", bytes.seed}};
}
Payload payload_from(const Json& json) {
  if (json.contains("templates")) return TextPayload{json.at("templates").get<std::vector<std::string>>()};
  return BytePayload{json.at("sizes").get<std::vector<std::uint32_t>>(), value_of(fills, json.at("fill")),
                     json.at("seed").get<std::uint64_t>()};
}

Json write(const Exchange& e) {
  return {{"client_node", e.client_node},
          {"client", e.client},
          {"server_node", e.server_node},
          {"protocol", word_of(transports, e.protocol)},
          {"server", e.server.to_string()},
          {"client_address", e.client_address.to_string()},
          {"client_port", e.client_port.value},
          {"payload", write(e.payload)},
          {"messages", e.messages},
          {"retries", e.retries},
          {"timeout_ns", e.timeout.count()},
          {"half_close", e.half_close}};
}
void read(const Json& json, Exchange& e) {
  json.at("client_node").get_to(e.client_node);
  json.at("client").get_to(e.client);
  json.at("server_node").get_to(e.server_node);
  e.protocol = value_of(transports, json.at("protocol"));
  e.server = endpoint_from(json.at("server"));
  e.client_address = address_from(json.at("client_address"));
  json.at("client_port").get_to(e.client_port.value);
  e.payload = payload_from(json.at("payload"));
  json.at("messages").get_to(e.messages);
  json.at("retries").get_to(e.retries);
  e.timeout = duration_from(json.at("timeout_ns"));
  json.at("half_close").get_to(e.half_close);
}

// --- Check and limits

Json write(const Check& c) {
  return check_to_json(c);
}
void read(const Json& json, Check& c) {
  c = check_from_json(json);
}

Json write(const scenario::TimeLimits& limits) {
  return {{"ready_ns", limits.ready.count()}, {"run_ns", limits.run.count()}, {"stop_ns", limits.stop.count()}};
}

// --- Plan

// Reads a list; what goes wrong inside is told with its place.
template <typename T>
void read_list(const Json& plan, const char* key, std::vector<T>& items) {
  const Json& list = plan.at(key);
  if (!list.is_array()) throw std::invalid_argument(fmt::format("'{}' is no list", key));
  for (std::size_t i = 0; i < list.size(); ++i) {
    try {
      read(list[i], items.emplace_back());
    } catch (const std::exception& error) {
      throw std::invalid_argument(fmt::format("{}[{}]: {}", key, i, error.what()));
    }
  }
}

void check_index(std::size_t index, std::size_t size, std::string_view what) {
  if (index >= size) throw std::invalid_argument(fmt::format("{} {} does not exist", what, index));
}

// Whoever reads a plan follows its indices and names without asking.
void check_references(const Plan& plan) {
  for (const Check& check : plan.checks) {
    for (const std::string& id : check.prerequisites) {
      const bool known =
          std::any_of(plan.checks.begin(), plan.checks.end(), [&](const Check& c) { return c.id == id; });
      if (!known) throw std::invalid_argument(fmt::format("check '{}' does not exist", id));
    }
  }
  for (const Node& node : plan.nodes) check_index(node.network, plan.networks.size(), "network");
  for (const Capture& capture : plan.captures) check_index(capture.network, plan.networks.size(), "network");
  for (const Exchange& exchange : plan.exchanges) {
    check_index(exchange.client_node, plan.nodes.size(), "node");
    check_index(exchange.server_node, plan.nodes.size(), "node");
    const bool empty = std::visit(
        [](const auto& payload) {
          if constexpr (requires { payload.sizes; })
            return payload.sizes.empty();
          else
            return payload.templates.empty();
        },
        exchange.payload);
    if (empty) throw std::invalid_argument("an exchange without a payload");
  }
}

Plan read_plan(const Json& json) {
  Plan plan;
  if (const int version = json.at("v").get<int>(); version != plan_version) {
    throw std::invalid_argument(
        fmt::format("version {} of the plan format; this program reads {}", version, plan_version));
  }
  json.at("run_id").get_to(plan.run_id);
  json.at("scenario_name").get_to(plan.scenario_name);
  json.at("scenario_description").get_to(plan.scenario_description);
  json.at("scenario_file").get_to(plan.scenario_file);
  json.at("scenario_sha256").get_to(plan.scenario_sha256);
  json.at("seed").get_to(plan.seed);
  read_list(json, "networks", plan.networks);
  read_list(json, "nodes", plan.nodes);
  read_list(json, "captures", plan.captures);
  read_list(json, "exchanges", plan.exchanges);
  read_list(json, "checks", plan.checks);
  const Json& limits = json.at("limits");
  plan.limits = {duration_from(limits.at("ready_ns")), duration_from(limits.at("run_ns")),
                 duration_from(limits.at("stop_ns"))};
  check_references(plan);
  return plan;
}

}  // namespace

std::string to_json(const Plan& plan) {
  const auto list = [](const auto& items) {
    Json json = Json::array();
    for (const auto& item : items) json.push_back(write(item));
    return json;
  };
  const Json json{{"v", plan_version},
                  {"run_id", plan.run_id},
                  {"scenario_name", plan.scenario_name},
                  {"scenario_description", plan.scenario_description},
                  {"scenario_file", plan.scenario_file},
                  {"scenario_sha256", plan.scenario_sha256},
                  {"seed", plan.seed},
                  {"networks", list(plan.networks)},
                  {"nodes", list(plan.nodes)},
                  {"captures", list(plan.captures)},
                  {"exchanges", list(plan.exchanges)},
                  {"checks", list(plan.checks)},
                  {"limits", write(plan.limits)}};
  // A file name may hold bytes that are no UTF-8; they become U+FFFD rather than an exception.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Plan from_json(const std::string& text) {
  try {
    return read_plan(Json::parse(text));
  } catch (const std::exception& error) {
    throw EnvironmentError("read plan.json", error.what(),
                           "the file is damaged or from another version; run the scenario again");
  }
}

}  // namespace echolab::plan
