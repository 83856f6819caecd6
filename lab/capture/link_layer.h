#pragma once
// From a frame of any supported link type to the network layer in it.

#include "lab/capture/slice.h"

namespace echolab::capture {

struct NetworkPacket {
  enum class Kind : std::uint8_t { ipv4, ipv6, arp, other, malformed } kind = Kind::other;
  Slice slice;
};

NetworkPacket strip_link_layer(const Frame& frame);

}  // namespace echolab::capture
