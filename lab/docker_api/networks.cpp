#include "lab/docker_api/networks.h"

#include "lab/base/json.h"
#include "lab/docker_api/convert.h"

namespace echolab::docker_api {

namespace {

NetworkInfo network_info(const nlohmann::json& value) {
  NetworkInfo info{text(value, "Id"), text(value, "Name"), {}, string_map(member(value, "Labels")), {}};
  const auto& config = member(member(value, "IPAM"), "Config");
  if (config.is_array()) {
    for (const auto& entry : config) info.subnets.push_back({text(entry, "Subnet"), text(entry, "Gateway")});
  }
  const auto& containers = member(value, "Containers");
  if (containers.is_object()) {
    for (const auto& [id, endpoint] : containers.items()) info.containers.push_back(id);
  }
  return info;
}

}  // namespace

void create_network(Client& client, const NetworkSpec& spec, Callback<std::string> done) {
  nlohmann::json config = nlohmann::json::array();
  for (const auto& subnet : spec.subnets) {
    nlohmann::json entry{{"Subnet", subnet.subnet}};
    if (!subnet.gateway.empty()) entry["Gateway"] = subnet.gateway;
    config.push_back(entry);
  }
  const nlohmann::json body{{"Name", spec.name},
                            {"Driver", "bridge"},
                            {"Internal", spec.internal},
                            {"EnableIPv6", spec.ipv6},
                            {"Options", spec.options},
                            {"Labels", spec.labels},
                            {"IPAM", {{"Driver", "default"}, {"Config", config}}}};
  client.call({.method = "POST", .path = "/networks/create", .body = body.dump()},
              converted<std::string>(std::move(done), [](const nlohmann::json& value) { return text(value, "Id"); }));
}

void inspect_network(Client& client, const std::string& id, Callback<NetworkInfo> done) {
  client.call({.path = "/networks/" + percent_encoded(id)}, converted<NetworkInfo>(std::move(done), network_info));
}

void list_networks(Client& client, const std::string& label, Callback<std::vector<NetworkInfo>> done) {
  client.call({.path = "/networks" + label_filter("?", label)},
              converted_list<NetworkInfo>(std::move(done), network_info));
}

void disconnect_network(Client& client, const std::string& id, const std::string& container, Callback<Nothing> done) {
  const nlohmann::json body{{"Container", container}, {"Force", true}};
  client.call({.method = "POST", .path = "/networks/" + percent_encoded(id) + "/disconnect", .body = body.dump()},
              ignoring_body(std::move(done)));
}

void remove_network(Client& client, const std::string& id, Callback<Nothing> done) {
  client.call({.method = "DELETE", .path = "/networks/" + percent_encoded(id)}, ignoring_body(std::move(done)));
}

}  // namespace echolab::docker_api
