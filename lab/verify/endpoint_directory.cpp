#include "lab/verify/endpoint_directory.h"

#include <xxhash.h>

#include <algorithm>

namespace echolab::verify {

std::size_t EndpointDirectory::Hash::operator()(const IpAddress& address) const {
  return XXH3_64bits(address.bytes().data(), address.bytes().size());
}

std::size_t EndpointDirectory::Hash::operator()(const Key& key) const {
  std::array<std::uint8_t, 37> bytes{};
  auto out = std::copy(key.client.address.bytes().begin(), key.client.address.bytes().end(), bytes.begin());
  out = std::copy(key.server.address.bytes().begin(), key.server.address.bytes().end(), out);
  for (const std::uint16_t port : {key.client.port.value, key.server.port.value}) {
    *out++ = static_cast<std::uint8_t>(port >> 8);
    *out++ = static_cast<std::uint8_t>(port & 0xff);
  }
  *out = static_cast<std::uint8_t>(key.transport);
  return XXH3_64bits(bytes.data(), bytes.size());
}

EndpointDirectory::EndpointDirectory(Ledger& ledger) : ledger_(ledger) {
  for (const plan::Node& node : ledger.plan.nodes) {
    for (const auto& address : {node.address4, node.address6}) {
      if (!address) continue;
      node_addresses_.insert(*address);
      if (node.role == plan::Role::server) server_addresses_.insert(*address);
    }
  }
  for (ExchangeState& exchange : ledger.exchanges) {
    const plan::Exchange& planned = *exchange.plan;
    server_addresses_.insert(planned.server.address);
    servers_[{{}, planned.server, planned.protocol}].push_back(exchange.index);
    const Port port = planned.client_port.value != 0 ? planned.client_port : exchange.logged_port.value_or(Port{0});
    if (port.value != 0) {
      bind(exchange, {planned.client_address, port});
    } else {
      unbound_[{{planned.client_address, Port{0}}, planned.server, planned.protocol}].push_back(exchange.index);
    }
  }
}

bool EndpointDirectory::is_server(const Endpoint& endpoint, Transport transport) const {
  return servers_.contains({{}, endpoint, transport});
}

ExchangeState* EndpointDirectory::find(const Endpoint& client, const Endpoint& server, Transport transport) {
  const auto at = pairs_.find({client, server, transport});
  return at == pairs_.end() ? nullptr : &ledger_.exchanges[at->second];
}

ExchangeState* EndpointDirectory::find_client(const Endpoint& client, Transport transport) {
  const auto at = clients_.find({client, {}, transport});
  return at == clients_.end() ? nullptr : &ledger_.exchanges[at->second];
}

ExchangeState* EndpointDirectory::find_or_learn(const Endpoint& client, const Endpoint& server, Transport transport) {
  if (ExchangeState* known = find(client, server, transport)) return known;
  const auto at = unbound_.find({{client.address, Port{0}}, server, transport});
  if (at == unbound_.end()) return nullptr;
  for (const std::uint32_t index : at->second) {
    ExchangeState& exchange = ledger_.exchanges[index];
    if (exchange.client) continue;
    bind(exchange, client);
    exchange.client = client;
    return &exchange;
  }
  // One client alone behind an address may use a socket per message: all of them are its own.
  if (at->second.size() != 1) return nullptr;
  ExchangeState& only = ledger_.exchanges[at->second.front()];
  bind(only, client);
  ++only.further_ports;
  return &only;
}

const std::vector<std::uint32_t>& EndpointDirectory::with_server(const Endpoint& server, Transport transport) const {
  static const std::vector<std::uint32_t> none;
  const auto at = servers_.find({{}, server, transport});
  return at == servers_.end() ? none : at->second;
}

// Whoever comes first owns an endpoint pair; two clients on one port are what the check own_port is about.
void EndpointDirectory::bind(ExchangeState& exchange, const Endpoint& client) {
  pairs_.try_emplace({client, exchange.plan->server, exchange.plan->protocol}, exchange.index);
  clients_.try_emplace({client, {}, exchange.plan->protocol}, exchange.index);
}

}  // namespace echolab::verify
