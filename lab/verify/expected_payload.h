#pragma once
// The bytes a client is planned to send, compared in place: no message is kept, and a part of a large one is made
// without making the whole.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "lab/plan/plan.h"

namespace echolab::verify {

using Bytes = std::span<const std::uint8_t>;

// XXH3 64 bit, seed 0: the hash of the event logs (docs/events.md).
std::uint64_t payload_hash(Bytes bytes);
// Enough to look a message up among its neighbours.
inline std::uint32_t fold(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

// Borrows the exchange.
class ExpectedPayload {
 public:
  explicit ExpectedPayload(const plan::Exchange& exchange) : exchange_(&exchange) {}

  std::uint64_t size(std::uint32_t message) const;
  // Index into `bytes` of the first byte that differs from the message at `offset`, bytes.size() being past the end of
  // the message counted as a difference; nullopt when all are equal.
  std::optional<std::uint64_t> difference(std::uint32_t message, std::uint64_t offset, Bytes bytes) const;
  // Equal in length and content. `length` may exceed bytes.size() when the capture cut the datagram.
  bool equals(std::uint32_t message, Bytes bytes, std::uint64_t length) const;
  // At most count bytes from offset; shorter at the end of the message.
  std::string part(std::uint32_t message, std::uint64_t offset, std::uint64_t count) const;

 private:
  const plan::Exchange* exchange_;
};

}  // namespace echolab::verify
