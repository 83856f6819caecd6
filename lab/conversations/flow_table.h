#pragma once
// Directed flows (source and destination endpoint) to what they belong to. Looked up once per datagram: open
// addressing in one array, seeded so that nobody can write a capture whose flows all collide.

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "lab/base/address.h"

namespace echolab::conversations {

enum class FlowRole : std::uint8_t {
  free,        // no flow
  to_server,   // requests
  to_client,   // replies
  other_port,  // replies from a port that the client did not write to
  undecided,   // which side is the server is not known yet
  left_out,    // not about echoes
};

struct Flow {
  std::uint32_t index = 0;  // of the conversation, or of the undecided one
  FlowRole role = FlowRole::free;
};

class FlowTable {
 public:
  static constexpr std::size_t most_flows = std::size_t{1} << 18;

  explicit FlowTable(std::uint64_t seed);

  Flow* find(const Endpoint& source, const Endpoint& destination) {
    const Key key = key_of(source, destination);
    for (std::size_t at = hash(key);; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.flow.role == FlowRole::free) return nullptr;
      if (equal(slot.key, key)) return &slot.flow;
    }
  }
  bool full() const { return size_ >= most_flows; }
  // The flow must not be in the table, which must not be full. Invalidates what find() returned.
  void insert(const Endpoint& source, const Endpoint& destination, Flow flow);

 private:
  using Key = std::array<std::uint64_t, 5>;
  struct Slot {
    Key key{};
    Flow flow;
  };

  static Key key_of(const Endpoint& source, const Endpoint& destination) {
    Key key;
    std::memcpy(key.data(), source.address.bytes().data(), 16);
    std::memcpy(key.data() + 2, destination.address.bytes().data(), 16);
    key[4] = std::uint64_t{source.port.value} | std::uint64_t{destination.port.value} << 16 |
             static_cast<std::uint64_t>(source.address.family()) << 32;
    return key;
  }
  // Without branches, and without the call that comparing arrays would be.
  static bool equal(const Key& a, const Key& b) {
    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) | (a[4] ^ b[4])) == 0;
  }
  // Multilinear hashing with secret odd factors: the multiplications do not wait for each other.
  std::size_t hash(const Key& key) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < key.size(); ++i) sum += key[i] * secrets_[i];
    return static_cast<std::size_t>(sum ^ sum >> 29 ^ sum >> 47);
  }

  std::array<std::uint64_t, 5> secrets_;
  std::size_t size_ = 0;
  std::vector<Slot> slots_;  // a power of two of them, at most half in use
};

}  // namespace echolab::conversations
