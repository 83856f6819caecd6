#pragma once
// Which exchange a datagram or connection on the wire belongs to, by its two endpoints. A client's ephemeral port is
// learnt from its bind event, or from the wire in the order of first appearance.

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lab/verify/ledger.h"

namespace echolab::verify {

class EndpointDirectory {
 public:
  // After the clients' logs were read: exchanges must hold their logged ports. Borrows the ledger.
  explicit EndpointDirectory(Ledger& ledger);

  bool is_server(const Endpoint& endpoint, Transport transport) const;
  bool is_server_address(const IpAddress& address) const { return server_addresses_.contains(address); }
  bool is_node_address(const IpAddress& address) const { return node_addresses_.contains(address); }

  // The exchange between these two, as far as known.
  ExchangeState* find(const Endpoint& client, const Endpoint& server, Transport transport);
  // Any exchange of the client at this endpoint.
  ExchangeState* find_client(const Endpoint& client, Transport transport);
  // The same as find, and takes an unknown port of a planned client for its first exchange that has none yet.
  ExchangeState* find_or_learn(const Endpoint& client, const Endpoint& server, Transport transport);
  // Exchanges with this server.
  const std::vector<std::uint32_t>& with_server(const Endpoint& server, Transport transport) const;

 private:
  struct Key {
    Endpoint client, server;
    Transport transport = Transport::udp;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const IpAddress& address) const;
    std::size_t operator()(const Key& key) const;
  };
  void bind(ExchangeState& exchange, const Endpoint& client);

  Ledger& ledger_;
  std::unordered_map<Key, std::uint32_t, Hash> pairs_;                 // both endpoints
  std::unordered_map<Key, std::uint32_t, Hash> clients_;               // server left empty
  std::unordered_map<Key, std::vector<std::uint32_t>, Hash> unbound_;  // client port 0
  std::unordered_map<Key, std::vector<std::uint32_t>, Hash> servers_;  // client left empty
  std::unordered_set<IpAddress, Hash> server_addresses_, node_addresses_;
};

}  // namespace echolab::verify
