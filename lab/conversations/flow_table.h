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

  explicit FlowTable(std::uint64_t seed) : seed_(seed), slots_(1024) {}

  Flow* find(const Endpoint& source, const Endpoint& destination) {
    const Key key = key_of(source, destination);
    for (std::size_t at = hash(key);; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.flow.role == FlowRole::free) return nullptr;
      if (slot.key == key) return &slot.flow;
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
  std::size_t hash(const Key& key) const {
    std::uint64_t value = seed_;
    for (const std::uint64_t word : key) {
      value = (value ^ word) * 0x9E3779B97F4A7C15u;
      value ^= value >> 32;
    }
    return static_cast<std::size_t>(value);
  }

  std::uint64_t seed_;
  std::size_t size_ = 0;
  std::vector<Slot> slots_;  // a power of two of them, at most half in use
};

}  // namespace echolab::conversations
