#pragma once

#include <map>
#include <string>
#include <vector>

#include "lab/docker_api/client.h"

namespace echolab::docker_api {

using Labels = std::map<std::string, std::string>;

struct Subnet {
  std::string subnet;   // "198.18.0.0/24"
  std::string gateway;  // may be empty
};

struct NetworkSpec {
  std::string name;
  std::vector<Subnet> subnets;
  bool ipv6 = false;
  bool internal = true;
  std::map<std::string, std::string> options;  // of the bridge driver
  Labels labels;
};

struct NetworkInfo {
  std::string id, name;
  std::vector<Subnet> subnets;
  Labels labels;
  std::vector<std::string> containers;  // endpoints' container ids; only from inspect_network
};

void create_network(Client& client, const NetworkSpec& spec, Callback<std::string> done);  // id
void inspect_network(Client& client, const std::string& id, Callback<NetworkInfo> done);
void list_networks(Client& client, const std::string& label,
                   Callback<std::vector<NetworkInfo>> done);  // "": all
void disconnect_network(Client& client, const std::string& id, const std::string& container, Callback<Nothing> done);
void remove_network(Client& client, const std::string& id, Callback<Nothing> done);

}  // namespace echolab::docker_api
