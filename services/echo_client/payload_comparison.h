#pragma once
// Received bytes against those that were sent, which are computed again in small pieces.

#include <cstdint>
#include <optional>
#include <span>

#include "services/common/payload.h"

namespace echo {

// Where `bytes` first differ from the message's bytes from `offset` on; nullopt when they don't.
// offset + bytes.size() is at most the message's size.
std::optional<std::uint64_t> first_difference(const Payload& payload, std::uint64_t client, std::uint64_t message,
                                              std::uint64_t offset, std::span<const std::uint8_t> bytes);

}  // namespace echo
